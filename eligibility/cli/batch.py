"""The command `batch`: whole registries into Parquet tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from eligibility.cli.inputs import Complaints
from eligibility.cli.output import print_all
from eligibility.errors import EligibilityError


class Engine(StrEnum):
    local = "local"
    daft = "daft"


def batch_studies(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders or globs of any source of trials.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the tables; or x.parquet for the records, the rest beside it.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the batch that is there.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes (default: all cores).")] = None,
    engine: Annotated[Engine, typer.Option(help="Processes of this machine, or Daft.")] = Engine.local,
    address: Annotated[str | None, typer.Option(help="With Daft: a Ray cluster (auto, host:port), or local for a Ray here.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=NAME", help="For CSV and Parquet: the column of a field; may be given again.")
    ] = None,
) -> None:
    """Read every trial of a registry into four Parquet tables: records, criteria, studies, issues.

    What cannot be read goes to errors.jsonl. A batch that was stopped or killed goes on with --resume.
    """
    from eligibility.batch import run_batch

    summary = None
    complaints = Complaints()
    columns = _columns(column or [])
    try:
        with _progress(paths, columns) as progress:
            summary = run_batch(
                paths, out, workers=workers, resume=resume, engine=engine.value, address=address, columns=columns, progress=progress
            )
    except KeyboardInterrupt:
        complaints.add(str(out), "stopped: what is done stays; go on with --resume")
    except Exception as error:
        complaints.add(str(out), error)
    if summary is not None:
        print_all([f"{summary}\n"])
        if summary.errors:
            complaints.add(str(out), f"{summary.errors:,} entries could not be read: errors.jsonl says which and why")
    if complaints.count:
        raise typer.Exit(1)


def _columns(given: list[str]) -> dict[str, str] | None:
    pairs = [pair.partition("=") for pair in given]
    if any(not (field and sign and name) for field, sign, name in pairs):
        raise typer.BadParameter("give FIELD=NAME, as in text=criteria_text", param_hint="--column")
    return {field: name for field, _, name in pairs} or None


@contextmanager
def _progress(paths: list[str], columns: dict[str, str] | None) -> Iterator[Callable[[int], None]]:
    """A bar with the rate and the time left on stderr, where that is a terminal; how many entries there are is counted meanwhile."""
    if not sys.stderr.isatty():
        yield lambda entries: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    counted = (TextColumn("studies"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*counted, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True), speed_estimate_period=60) as bar:
        task = bar.add_task("studies", total=None, rate="")
        Thread(target=lambda: bar.update(task, total=_count(paths, columns)), daemon=True).start()

        def progress(entries: int) -> None:
            bar.update(task, completed=entries)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}/s" if speed else "")

        yield progress


def _count(paths: list[str], columns: dict[str, str] | None) -> int | None:
    """How many entries there are; None where that cannot be told: the batch itself says why."""
    from eligibility.sources import find_files, read_entries

    try:
        return sum(1 for file in find_files(paths).files for _ in read_entries(file, columns))
    except (OSError, EligibilityError):
        return None
