"""Finding: in, paths of files and folders and glob patterns; out, the files to read, and every other with the reason why it is not read."""

from __future__ import annotations

import glob
import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path

from eligibility.errors import InputError
from eligibility.sources.archives import members
from eligibility.sources.blobs import blob_of
from eligibility.sources.sifting import SUFFIXES, is_hidden, why_not


@dataclass(frozen=True, slots=True)
class Found:
    """`files`: in the order of the paths, sorted within a folder, each once; `ignored`: what lies in a folder or a zip and is not read,
    with the reason (a member of a zip as `archive.zip/member`); `missing`: for each path without anything to read what is wrong, in a line.
    """

    files: tuple[Path, ...]
    ignored: tuple[tuple[Path, str], ...]
    missing: tuple[str, ...]


def find_files(paths: Iterable[str | Path]) -> Found:
    """The files of the paths. Folders are read with all below them, without what is hidden; a file that is named is read whatever its name.

    A path with `*`, `?` or `[` that is no file is a glob pattern, `**` for any folders.
    """
    files: dict[str, Path] = {}  # by where it really lies
    ignored: dict[Path, str] = {}
    missing: list[str] = []
    for given in map(str, paths):
        found = _matches(given)
        kept: list[Path] = []
        for path in found:
            kept += _in_folder(path, ignored, missing) if path.is_dir() else [path]
        for file in kept:
            files.setdefault(os.path.realpath(file), file)
        if not kept:
            missing.append(f"{given}: {_nothing(given, bool(found))}")
    for file in files.values():
        ignored.update(_ignored_members(file))
    read = set(files.values())
    return Found(tuple(files.values()), tuple((path, why) for path, why in ignored.items() if path not in read), tuple(missing))


def _matches(given: str) -> list[Path]:
    path = Path(given)
    if path.exists() or not glob.has_magic(given):
        return [path] if path.exists() else []
    return [Path(match) for match in sorted(glob.glob(given, recursive=True))]


def _nothing(given: str, found: bool) -> str:
    if found:
        return f"no trials in this folder: it must hold {', '.join(SUFFIXES)} files"
    if glob.has_magic(given):
        return "no file has such a name: check the pattern"
    return "no such file or folder: check the path"


def _in_folder(folder: Path, ignored: dict[Path, str], missing: list[str]) -> Iterator[Path]:
    """The files below the folder that are read, sorted; the others go into `ignored`, folders that cannot be entered into `missing`."""

    def refused(error: OSError) -> None:
        missing.append(f"{error.filename}: cannot be read ({error.strerror}): check its permissions")

    below: list[tuple[Path, frozenset[str]]] = []
    for place, folders, names in os.walk(folder, onerror=refused):
        folders[:] = [name for name in folders if not is_hidden(Path(name))]
        beside = frozenset(names)
        below += ((Path(place, name), beside) for name in names if not is_hidden(Path(name)))
    for path, beside in sorted(below, key=itemgetter(0)):
        reason = why_not(path, beside, partial(_head, path))
        if reason is None:
            yield path
        else:
            ignored[path] = reason


def _head(path: Path) -> bytes:
    try:
        return blob_of(path).head()
    except OSError:
        return b""


def _ignored_members(path: Path) -> Iterator[tuple[Path, str]]:
    """What a zip holds that is not read; nothing of what is no zip, or a broken one: reading it says so."""
    if not path.is_file():
        return  # a pipe can be read once
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                yield from ((Path(member.blob.name), member.ignored) for member in members(file, str(path)) if member.ignored is not None)
    except (OSError, zipfile.BadZipFile, InputError):
        return
