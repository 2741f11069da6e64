"""Inputs of commands: in, the paths that a user gives; out, files to read, what can be read of each, and a complaint for what cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from eligibility.errors import EligibilityError, RuleError

if TYPE_CHECKING:
    from eligibility.sources import Unreadable

T = TypeVar("T")
_NAMED = 3  # files of one kind that are named where they are not read


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
        say(message if name in message else f"{name}: {message}")


def find_inputs(paths: list[str], scratch: Path, complaints: Complaints) -> Iterator[Input]:
    """Every file of the paths; a complaint for a path without any, and a word for each kind of file that is not read."""
    from eligibility.sources import find_files

    stdin = scratch / "stdin"
    if "-" in paths:
        stdin.write_bytes(sys.stdin.buffer.read())
    found = find_files(stdin if path == "-" else path for path in paths)
    for problem in found.missing:
        complaints.add(problem.partition(": ")[0], problem)
    reasons: dict[str, list[str]] = {}
    for path, reason in found.ignored:
        reasons.setdefault(reason, []).append(str(path))
    for reason, names in reasons.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        say(f"not read: {', '.join(names[:_NAMED])}{more}: {reason}")
    return (Input("stdin" if path == stdin else str(path), path) for path in found.files)


def read_each(inputs: Iterable[Input], read: Callable[[Path], Iterator[T | Unreadable]], complaints: Complaints) -> Iterator[T]:
    """What can be read of each input; a complaint for what cannot."""
    from eligibility.sources import Unreadable

    for file in inputs:
        try:
            for entry in read(file.path):
                if isinstance(entry, Unreadable):
                    complaints.add(file.name, str(entry), file.path)
                else:
                    yield entry
        except RuleError as error:
            complaints.add("rules", error)
        except Exception as error:
            complaints.add(file.name, error, file.path)


def say(line: str) -> None:
    """One line on stderr, in any locale."""
    print(f"eligibility: {line}".encode("utf-8", "backslashreplace").decode(), file=sys.stderr)


def _message(problem: Exception | str) -> str:
    if isinstance(problem, str | EligibilityError):
        return str(problem)
    if isinstance(problem, OSError):
        return f"{problem.strerror or problem}: check the path and its permissions"
    return f"could not be parsed ({type(problem).__name__}: {problem}): please report this together with the file"
