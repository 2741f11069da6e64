"""The command line. Exit codes: 0 done, 1 some input was bad (a line each on stderr: what, where, what to do; the rest is done), 2 usage.

Trials are read, parsed and written one by one, in order: nothing is held but the trial at hand. There is never a traceback.
A reader of the output that stops early (`| head`) ends the command quietly, as other commands do, with 141.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn, TextIO, TypeVar

import typer

from eligibility.errors import EligibilityError, InputError, RuleError

if TYPE_CHECKING:
    from eligibility.export.formats import Document
    from eligibility.screening import Screening
    from eligibility.sources import Study

T = TypeVar("T")
_SUFFIXES = (".txt", ".json", ".xml")
_MANY_FILES, _MANY_BYTES = 20, 1_000_000
_PIPE_CLOSED = 141

app = typer.Typer(
    name="eligibility",
    help="Reads the eligibility criteria of clinical trials and returns computable constraints.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class OutputFormat(StrEnum):
    table = "table"
    json = "json"
    records = "records"
    html = "html"


class FindingsFormat(StrEnum):
    table = "table"
    json = "json"


class Input(NamedTuple):
    """A file to read and the name that the user knows it by."""

    name: str
    path: Path


class Complaints:
    """Says what is wrong with an input, in one line on stderr, and counts."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, name: str, problem: Exception | str, path: Path | None = None) -> None:
        """`path` is where the input really lies, if that is not its name."""
        self.count += 1
        message = " ".join(_message(problem).split())
        message = message.replace(str(path), name) if path is not None else message
        line = message if name in message else f"{name}: {message}"
        print(f"eligibility: {line}".encode("utf-8", "backslashreplace").decode(), file=sys.stderr)


def main() -> None:
    """The console script. Output is UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    if version:
        import eligibility

        print(f"eligibility {eligibility.__version__}")
        raise typer.Exit


@app.command()
def parse(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders (all .txt, .json and .xml in them), or - for stdin.")],
    format: Annotated[
        OutputFormat, typer.Option(help="A table to read, JSON, records (JSON Lines, one row a fact), or a page.")
    ] = OutputFormat.table,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here instead of to stdout.")] = None,
) -> None:
    """Read the criteria of trials: registry pages, criteria blocks, ClinicalTrials.gov API v2 JSON, classic XML."""
    from eligibility.export.formats import make_document

    def make(several: bool, width: int, color: bool) -> Document:
        return make_document(format.value, several=several, width=width, color=color)

    if _run(paths, out, make):
        raise typer.Exit(1)


@app.command()
def lint(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders (all .txt, .json and .xml in them), or - for stdin.")],
    format: Annotated[FindingsFormat, typer.Option(help="A table to read, or JSON Lines, one trial a line.")] = FindingsFormat.table,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 where there is an error or a warning, not only a note.")] = False,
) -> None:
    """Contradictions, gaps, vague thresholds and missing units in the criteria of trials."""
    from eligibility.export.findings import FindingsDocument

    made: list[FindingsDocument] = []

    def make(several: bool, width: int, color: bool) -> Document:
        made.append(FindingsDocument(json=format is FindingsFormat.json, width=width, color=color))
        return made[0]

    if _run(paths, None, make) or (strict and any(document.count for document in made)):
        raise typer.Exit(1)


@app.command("screen")
def screen_patients(
    trial: Annotated[list[str], typer.Option(metavar="PATH", help="A trial, saved criteria, or a folder of them; may be given again.")],
    patient: Annotated[list[str], typer.Option(metavar="PATH", help="A patient (JSON or FHIR bundle), or a folder; may be given again.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the screening (default: today).")] = None,
    format: Annotated[FindingsFormat, typer.Option(help="A table to read, or JSON Lines, one screening a line.")] = FindingsFormat.table,
) -> None:
    """Decide for patients whether trials would take them, with the reasons: one in full, several as a ranked table."""
    from eligibility.patient import Patient
    from eligibility.screening import screen_many
    from eligibility.screening.inputs import read_criteria

    complaints = Complaints()
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder:
        patients = list(_read_each(_inputs(patient, Path(folder), complaints), lambda path: iter([Patient.read(path)]), complaints))
        trials = list(_read_each(_inputs(trial, Path(folder), complaints), read_criteria, complaints)) if patients else []
    screenings = screen_many(patients, trials, on=on.date() if on else None)
    try:
        if format is FindingsFormat.json:
            for screening in screenings:
                print(screening.model_dump_json())
        else:
            _print_screenings(list(screenings), color)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_quietly()
    if complaints.count:
        raise typer.Exit(1)


def _print_screenings(screenings: list[Screening], color: bool) -> None:
    from eligibility.export.screenings import to_ranking, to_table

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 120
    if len(screenings) == 1:
        print(to_table(screenings[0], width=width, color=color), end="")
    elif screenings:
        print(to_ranking(screenings, width=width, color=color), end="")


def _read_each(inputs: Iterable[Input], read: Callable[[Path], Iterator[T]], complaints: Complaints) -> Iterator[T]:
    """What can be read of each input; a complaint for what cannot."""
    for file in inputs:
        try:
            yield from read(file.path)
        except RuleError as error:
            complaints.add("rules", error)
        except Exception as error:
            complaints.add(file.name, error, file.path)


@app.command("rules")
def show_rules(name: Annotated[str | None, typer.Argument(help="An id, a term, a name or a code, in any case.")] = None) -> None:
    """What is known: how many rules of each kind, or the rules of that NAME with their terms, codes and examples."""
    from eligibility.export.catalogue import count_entries, describe_name, nearest_names
    from eligibility.rulebook import load_rulebook
    from eligibility.terminology import load_terminology

    complaints = Complaints()
    try:
        rulebook, terminology = load_rulebook(), load_terminology()
        text = count_entries(rulebook, terminology) if name is None else describe_name(rulebook, terminology, name)
        if text is not None:
            print(text, end="")
        elif name is not None:
            near = ", ".join(nearest_names(rulebook, name))
            complaints.add(
                name,
                f"neither a rule nor the terminology knows {name!r}" + (f": did you mean {near}?" if near else ": see `eligibility rules`"),
            )
    except EligibilityError as error:
        complaints.add("rules", error)
    if complaints.count:
        raise typer.Exit(1)


def _run(paths: list[str], out: Path | None, make: Callable[[bool, int, bool], Document]) -> int:
    """Write the document of all trials; how many inputs were bad. `make` is given whether they are several, a width, and color or not."""
    complaints = Complaints()
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder:
        inputs = list(_inputs(paths, Path(folder), complaints))
        if out is not None and any(out.exists() and out.samefile(file.path) for file in inputs):
            raise typer.BadParameter(f"{out} is also an input: choose another file", param_hint="--out")
        color = out is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        width = shutil.get_terminal_size().columns if out is None and sys.stdout.isatty() else 120
        several = len(inputs) > 1 or any(Path(path).is_dir() for path in paths)
        document = make(several, width, color)
        if inputs:
            _write_to(out, inputs, document, complaints)
    return complaints.count


def _write_to(out: Path | None, inputs: list[Input], document: Document, complaints: Complaints) -> None:
    try:
        with _output(out) as stream, _progress(inputs, out) as advance:
            _write(inputs, document, stream, complaints, advance)
            stream.flush()
    except BrokenPipeError:
        _leave_quietly()
    except RuleError as error:
        complaints.add("rules", error)
    except OSError as error:
        complaints.add(str(out or "stdout"), f"cannot be written ({error.strerror or error}): choose another --out")


def _leave_quietly() -> NoReturn:
    """End where nobody reads on. What is left in the buffer would fail again when Python flushes it at exit."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    raise typer.Exit(_PIPE_CLOSED) from None


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
    """The trials of a file, as far as it can be read."""
    from eligibility.sources import read_file

    count = 0
    try:
        for study in read_file(file.path):
            count += 1
            yield study
        if not count:
            complaints.add(file.name, "no trial in it: give a registry page, a criteria block, a study as JSON or XML")
    except RuleError:
        raise
    except Exception as error:
        complaints.add(file.name, error, file.path)


def _inputs(paths: list[str], scratch: Path, complaints: Complaints) -> Iterator[Input]:
    for given in paths:
        path = Path(given)
        if given == "-":
            yield _stdin(scratch)
        elif path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
            yield from (Input(str(file), file) for file in found)
            if not found:
                complaints.add(given, InputError(f"{given}: no trials in this folder: it must hold {', '.join(_SUFFIXES)} files"))
        elif path.exists():
            yield Input(given, path)
        else:
            complaints.add(given, InputError(f"{given}: no such file or folder: check the path"))


def _stdin(scratch: Path) -> Input:
    """What stands on stdin, as a file: what it holds is told by its content."""
    path = scratch / "stdin"
    path.write_bytes(sys.stdin.buffer.read())
    return Input("stdin", path)


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


def _message(problem: Exception | str) -> str:
    if isinstance(problem, str | EligibilityError):
        return str(problem)
    if isinstance(problem, OSError):
        return f"{problem.strerror or problem}: check the path and its permissions"
    return f"could not be parsed ({type(problem).__name__}: {problem}): please report this together with the file"
