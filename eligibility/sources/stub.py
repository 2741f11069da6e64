"""Stub."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from eligibility.sources.files import read_file


@dataclass(frozen=True, slots=True)
class Unreadable:
    file: str
    entry: int | None
    problem: str


class Found(NamedTuple):
    files: tuple[Path, ...]
    ignored: tuple[tuple[Path, str], ...]
    missing: tuple[str, ...]


def find_files(paths):
    out = []
    for p in map(Path, paths):
        out += sorted(f for f in p.rglob("*") if f.is_file()) if p.is_dir() else [p]
    return Found(tuple(out), (), ())


def read_entries(path, columns=None):
    try:
        yield from read_file(path)
    except Exception as e:
        yield Unreadable(str(path), None, str(e))
