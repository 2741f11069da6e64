"""One document of many trials: in, the paths that a user gives; out, each trial written to stdout or a file as soon as it is parsed."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from eligibility.cli.inputs import Complaints, Input, find_inputs
from eligibility.cli.output import leave_quietly, look
from eligibility.errors import RuleError

if TYPE_CHECKING:
    from eligibility.export.formats import Document
    from eligibility.sources import Study

_MANY_FILES, _MANY_BYTES = 20, 1_000_000


def write_document(paths: list[str], out: Path | None, make: Callable[[bool, int, bool], Document]) -> int:
    """Write the document of all trials; how many inputs were bad. `make` is given whether they are several, a width, and color or not."""
    complaints = Complaints()
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder:
        inputs = list(find_inputs(paths, Path(folder), complaints))
        if out is not None and any(out.exists() and out.samefile(file.path) for file in inputs):
            raise typer.BadParameter(f"{out} is also an input: choose another file", param_hint="--out")
        shown = look() if out is None else look(terminal=False)
        several = len(inputs) > 1 or any(Path(path).is_dir() for path in paths)
        document = make(several, *shown)
        if inputs:
            _write_to(out, inputs, document, complaints)
    return complaints.count


def _write_to(out: Path | None, inputs: list[Input], document: Document, complaints: Complaints) -> None:
    try:
        with _output(out) as stream, _progress(inputs, out) as advance:
            _write(inputs, document, stream, complaints, advance)
            stream.flush()
    except BrokenPipeError:
        leave_quietly()
    except RuleError as error:
        complaints.add("rules", error)
    except OSError as error:
        complaints.add(str(out or "stdout"), f"cannot be written ({error.strerror or error}): choose another --out")


def _write(inputs: list[Input], document: Document, stream: TextIO, complaints: Complaints, advance: Callable[[], None]) -> None:
    from eligibility.pipeline import parse as parse_trial

    stream.write(document.head())
    for file in inputs:
        for study in _studies(file, complaints):
            try:
                piece = document.trial(parse_trial(study))
            except RuleError:
                raise
            except Exception as error:
                complaints.add(file.name, error, file.path)
                continue
            stream.write(piece)
        advance()
    stream.write(document.tail())


def _studies(file: Input, complaints: Complaints) -> Iterator[Study]:
    """The trials of a file; a complaint for each that cannot be read."""
    from eligibility.sources import Unreadable, read_entries

    empty = True
    for entry in read_entries(file.path):
        empty = False
        if isinstance(entry, Unreadable):
            complaints.add(file.name, str(entry), file.path)
        else:
            yield entry
    if empty:
        complaints.add(file.name, "no trial in it: give a registry page, a criteria block, a study as JSON or XML, or a table of them")


@contextmanager
def _output(out: Path | None) -> Iterator[TextIO]:
    """Stdout, or a file that appears under its name only when it is complete."""
    if out is None:
        yield sys.stdout
        return
    special = out.exists() and not out.is_file()
    part = out if special else out.with_name(out.name + ".part")
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream
        if not special:
            part.replace(out)
    finally:
        if not special:
            part.unlink(missing_ok=True)


@contextmanager
def _progress(inputs: list[Input], out: Path | None) -> Iterator[Callable[[], None]]:
    """A bar on stderr where that is a terminal, the input is long, and the output does not go to the same terminal."""
    long = len(inputs) > _MANY_FILES or sum(file.path.stat().st_size for file in inputs) > _MANY_BYTES
    if not (long and sys.stderr.isatty()) or (out is None and sys.stdout.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("parsing", total=len(inputs))
        yield lambda: progress.advance(task)
