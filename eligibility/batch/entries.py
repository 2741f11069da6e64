"""Entries: in, the files of a batch; out, every study and every thing that is none, in order, each with its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from eligibility.sources import Study, Unreadable, read_entries

CHUNK = 16  # entries that go to a process at a time


class Position(NamedTuple):
    """Where reading goes on: the file's place in the list of files, how many of its entries are done, and how many of all."""

    file: int = 0
    entries: int = 0
    total: int = 0


class Entry(NamedTuple):
    """`number`: in the batch, from 1. `file`, `place`: which file, and where in it, from 1; `after`: where reading goes on behind it."""

    number: int
    file: str
    place: int
    what: Study | Unreadable
    after: Position


def read_all(files: Sequence[Path], columns: Mapping[str, str] | None, start: Position) -> Iterator[Entry]:
    """The entries of all files from `start` on."""
    number = start.total
    for index in range(start.file, len(files)):
        skipped = start.entries if index == start.file else 0
        for place, what in enumerate(islice(read_entries(files[index], columns), skipped, None), skipped + 1):
            number += 1
            yield Entry(number, str(files[index]), place, what, Position(index, place, number))


def in_chunks(entries: Iterator[Entry]) -> Iterator[tuple[Entry, ...]]:
    """The entries, CHUNK at a time."""
    while chunk := tuple(islice(entries, CHUNK)):
        yield chunk


def split_chunk(chunk: tuple[Entry, ...]) -> list[tuple[Entry, ...]]:
    """A chunk as chunks of one."""
    return [(entry,) for entry in chunk]
