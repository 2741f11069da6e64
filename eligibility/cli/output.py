"""Output of commands: in, pieces of text as they are made; out, they on stdout, with the width and the colour that suit it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import NamedTuple, NoReturn

import typer

_WIDTH = 120  # where there is no terminal
_PIPE_CLOSED = 141


class Look(NamedTuple):
    """How wide a table may be, and whether it has colours."""

    width: int
    color: bool


def look(terminal: bool | None = None) -> Look:
    """The look of what goes to stdout; of a file (`terminal` False) that of no terminal."""
    shown = sys.stdout.isatty() if terminal is None else terminal
    return Look(shutil.get_terminal_size().columns if shown else _WIDTH, shown and "NO_COLOR" not in os.environ)


def print_all(pieces: Iterable[str]) -> None:
    """Write the pieces, which end their lines themselves; quietly end where nobody reads on."""
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()


def leave_quietly() -> NoReturn:
    """End where nobody reads on. What is left in the buffer would fail again when Python flushes it at exit."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    raise typer.Exit(_PIPE_CLOSED) from None
