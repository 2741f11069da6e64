"""The command `compare`: two versions of a trial, or two trials."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eligibility.cli.inputs import Complaints, find_inputs, read_each
from eligibility.cli.output import look, print_all
from eligibility.cli.trials import FindingsFormat
from eligibility.errors import InputError

if TYPE_CHECKING:
    from eligibility.result import Criteria
    from eligibility.sources import Unreadable


def compare_trials(
    before: Annotated[str, typer.Argument(metavar="A", help="A file with one trial, of any source or saved criteria; or - for stdin.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The other version, or the other trial.")],
    format: Annotated[FindingsFormat, typer.Option(help="A table of what differs, or one JSON object with all of it.")] = (
        FindingsFormat.table
    ),
) -> None:
    """What was added, dropped, loosened, tightened or otherwise changed from trial A to trial B."""
    from eligibility.comparison import compare
    from eligibility.export.comparisons import to_table
    from eligibility.export.formats import document_to_json

    complaints = Complaints()
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder:
        trials = [
            one for path in (before, after) for one in read_each(find_inputs([path], Path(folder), complaints), _read_one, complaints)
        ]
    if len(trials) < 2:
        raise typer.Exit(1)
    comparison = compare(*trials)
    as_json = format is FindingsFormat.json
    print_all([document_to_json(comparison) + "\n" if as_json else to_table(comparison, **look()._asdict())])


def _read_one(path: Path) -> Iterator[Criteria | Unreadable]:
    """The one trial of a file."""
    from eligibility.inputs import read_criteria

    found = list(read_criteria(path))
    if len(found) != 1:
        raise InputError(f"{path}: holds {len(found)} trials: give a file with one, to compare it with another")
    return iter(found)
