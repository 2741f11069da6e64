"""The command `summary`: the limits of many trials."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eligibility.cli.inputs import Complaints, find_inputs, read_each
from eligibility.cli.output import look, print_all
from eligibility.cli.trials import FindingsFormat

if TYPE_CHECKING:
    from eligibility.summary import Summary


def summarise_folder(
    path: Annotated[str, typer.Argument(metavar="DIR", help="A folder that `batch` wrote, or one of trials or saved criteria.")],
    analyte: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An analyte, score or vital sign, by name or code; may be given again.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw the distributions, too: a .png or .svg file.")] = None,
    format: Annotated[FindingsFormat, typer.Option(help="A table to read, or one JSON object.")] = FindingsFormat.table,
) -> None:
    """How the limits of age, and of analytes, are distributed over many trials."""
    from eligibility.export.formats import document_to_json
    from eligibility.export.summaries import to_table

    complaints = Complaints()
    try:
        summary = _summarise(path, analyte or [], complaints)
        if plot is not None and summary.trials:
            from eligibility.summary import plot as draw

            draw(summary, plot)
    except Exception as error:
        complaints.add(path, error)
    else:
        as_json = format is FindingsFormat.json
        print_all([document_to_json(summary) + "\n" if as_json else to_table(summary, **look()._asdict())])
    if complaints.count:
        raise typer.Exit(1)


def _summarise(path: str, analytes: list[str], complaints: Complaints) -> Summary:
    from eligibility.summary import read_folder, summarise
    from eligibility.summary.folder import find_batch

    if find_batch(path) is not None:
        rows, trials = read_folder(path)
        return summarise(rows, analytes, trials=trials)
    count, found = _parsed(path, complaints)
    return summarise(found, analytes, trials=count)


def _parsed(path: str, complaints: Complaints) -> tuple[int, list[dict[str, Any]]]:
    """How many trials a folder has, and the rows of their limits."""
    from eligibility.inputs import read_criteria

    count, found = 0, []
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder:
        for criteria in read_each(find_inputs([path], Path(folder), complaints), read_criteria, complaints):
            count += 1
            found += [row | {"study": count} for row in criteria.records() if row["facet"] == "value"]
    return count, found
