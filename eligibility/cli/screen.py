"""The command `screen`: patients against trials."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eligibility.cli.documents import leave_quietly
from eligibility.cli.inputs import Complaints, find_inputs, read_each
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
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder:
        patients = list(read_each(find_inputs(patient, Path(folder), complaints), lambda path: iter([Patient.read(path)]), complaints))
        trials = list(read_each(find_inputs(trial, Path(folder), complaints), read_criteria, complaints)) if patients else []
    screenings = screen_many(patients, trials, on=on.date() if on else None)
    try:
        if format is FindingsFormat.json:
            for screening in screenings:
                print(document_to_json(screening))
        else:
            _print_screenings(list(screenings), color)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()
    if complaints.count:
        raise typer.Exit(1)


def _print_screenings(screenings: list[Screening], color: bool) -> None:
    from eligibility.export.screenings import to_ranking, to_table

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 120
    if len(screenings) == 1:
        print(to_table(screenings[0], width=width, color=color), end="")
    elif screenings:
        print(to_ranking(screenings, width=width, color=color), end="")
