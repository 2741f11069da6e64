"""Inputs of commands: in, the paths that a user gives; out, files to read, what can be read of each, and a complaint for what cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from eligibility.errors import EligibilityError, InputError, RuleError

T = TypeVar("T")
SUFFIXES = (".txt", ".json", ".xml")


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


def find_inputs(paths: list[str], scratch: Path, complaints: Complaints) -> Iterator[Input]:
    for given in paths:
        path = Path(given)
        if given == "-":
            yield _stdin(scratch)
        elif path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
            yield from (Input(str(file), file) for file in found)
            if not found:
                complaints.add(given, InputError(f"{given}: no trials in this folder: it must hold {', '.join(SUFFIXES)} files"))
        elif path.exists():
            yield Input(given, path)
        else:
            complaints.add(given, InputError(f"{given}: no such file or folder: check the path"))


def _stdin(scratch: Path) -> Input:
    """What stands on stdin, as a file: what it holds is told by its content."""
    path = scratch / "stdin"
    path.write_bytes(sys.stdin.buffer.read())
    return Input("stdin", path)


def read_each(inputs: Iterable[Input], read: Callable[[Path], Iterator[T]], complaints: Complaints) -> Iterator[T]:
    """What can be read of each input; a complaint for what cannot."""
    for file in inputs:
        try:
            yield from read(file.path)
        except RuleError as error:
            complaints.add("rules", error)
        except Exception as error:
            complaints.add(file.name, error, file.path)


def _message(problem: Exception | str) -> str:
    if isinstance(problem, str | EligibilityError):
        return str(problem)
    if isinstance(problem, OSError):
        return f"{problem.strerror or problem}: check the path and its permissions"
    return f"could not be parsed ({type(problem).__name__}: {problem}): please report this together with the file"
