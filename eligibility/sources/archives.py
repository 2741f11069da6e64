"""Archives: in, a zip; out, its members one by one, each as the stream that it is, and those that are not read with the reason."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import IO, BinaryIO, NamedTuple, cast

from eligibility.errors import InputError
from eligibility.sources.blobs import HEAD, Blob
from eligibility.sources.sifting import is_hidden, why_not

_OFFICE = "[Content_Types].xml"


class Member(NamedTuple):
    """A member and why it is not read, if it is not."""

    blob: Blob
    ignored: str | None


def members(file: BinaryIO, name: str) -> Iterator[Member]:
    """The members of a zip, in its own order, without folders and hidden files; `name` is the archive's. Raises zipfile.BadZipFile."""
    archive = zipfile.ZipFile(file)
    names = archive.namelist()
    if _OFFICE in names:
        raise InputError("is an Office document, not text: save the criteria as plain text, JSON or XML")
    folders: dict[PurePosixPath, set[str]] = {}
    for path in map(PurePosixPath, names):
        folders.setdefault(path.parent, set()).add(path.name)
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        if not info.is_dir() and not is_hidden(path):
            yield Member(_blob(archive, name, path), why_not(path, folders[path.parent], partial(_head, archive, info.filename)))


def _head(archive: zipfile.ZipFile, member: str) -> bytes:
    with archive.open(member) as stream:
        return stream.read(HEAD)


def _blob(archive: zipfile.ZipFile, name: str, path: PurePosixPath) -> Blob:
    def beside(other: str) -> Blob | None:
        sibling = path.with_name(other)
        return _blob(archive, name, sibling) if str(sibling) in archive.NameToInfo else None

    def stream() -> BinaryIO:
        found: IO[bytes] = archive.open(str(path))
        return cast(BinaryIO, found)

    return Blob(f"{name}/{path}", path.stem, stream, beside)
