"""The command `screen`: patients against trials."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eligibility.cli.inputs import Complaints, find_inputs, read_each
from eligibility.cli.output import look, print_all
from eligibility.cli.trials import FindingsFormat

if TYPE_CHECKING:
    from eligibility.screening import Screening


def screen_patients(
    trial: Annotated[list[str], typer.Option(metavar="PATH", help="A trial, saved criteria, or a folder of them; may be given again.")],
    patient: Annotated[list[str], typer.Option(metavar="PATH", help="A patient (JSON or FHIR bundle), or a folder; may be given again.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the screening (default: today).")] = None,
    format: Annotated[FindingsFormat, typer.Option(help="A table to read, or JSON Lines, one screening a line.")] = FindingsFormat.table,
) -> None:
    """Decide for patients whether trials would take them, with the reasons: one in full, several as a ranked table."""
    from eligibility.export.formats import document_to_json
    from eligibility.inputs import read_criteria
    from eligibility.patient import Patient
    from eligibility.screening import screen_many

    complaints = Complaints()
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder:
        patients = list(read_each(find_inputs(patient, Path(folder), complaints), lambda path: iter([Patient.read(path)]), complaints))
        trials = list(read_each(find_inputs(trial, Path(folder), complaints), read_criteria, complaints)) if patients else []
    screenings = screen_many(patients, trials, on=on.date() if on else None)
    if format is FindingsFormat.json:
        print_all(document_to_json(screening) + "\n" for screening in screenings)
    else:
        print_all(_table(list(screenings)))
    if complaints.count:
        raise typer.Exit(1)


def _table(screenings: list[Screening]) -> Iterator[str]:
    """One screening in full, several as a ranking, of none nothing."""
    from eligibility.export.screenings import to_ranking, to_table

    if len(screenings) == 1:
        yield to_table(screenings[0], **look()._asdict())
    elif screenings:
        yield to_ranking(screenings, **look()._asdict())
