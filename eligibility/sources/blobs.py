"""Blobs: in, a path, or a member of an archive; out, its bytes as a stream, as often as they are asked for, and its text.

What is no regular file (a pipe) is kept in a temporary one. Text is UTF-8 or what its byte order mark says; bytes that are neither are read
as Windows-1252, which `Decoded.note` says.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEAD = 65_536  # bytes by which a content is told
MOST = 32_000_000  # characters of one entry, line or page: what is longer is none
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # how `surrogateescape` keeps a byte


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that have a name. `beside` finds what lies beside it under another name; `path` is where it lies as it is, if it does."""

    name: str
    stem: str
    open: Callable[[], BinaryIO]
    beside: Callable[[str], Blob | None]
    path: Path | None = None

    def head(self) -> bytes:
        """The first HEAD bytes."""
        with self.open() as stream:
            return stream.read(HEAD)

    @contextmanager
    def on_disk(self) -> Iterator[BinaryIO]:
        """The bytes as a file that one may seek in: those of a member of an archive are copied to a temporary one."""
        if self.path is not None:
            with self.path.open("rb") as file:
                yield file
            return
        with tempfile.TemporaryFile() as copy, self.open() as stream:
            shutil.copyfileobj(stream, copy)
            copy.seek(0)
            yield copy

    @contextmanager
    def text(self) -> Iterator[Decoded]:
        """The text, from its beginning."""
        head = self.head()[:4]
        with self.open() as stream:
            yield Decoded(stream, head)


def blob_of(path: Path) -> Blob:
    """The blob of a path; raises OSError where it cannot be read."""
    if path.exists() and not path.is_file() and not path.is_dir():
        copy = tempfile.NamedTemporaryFile()  # noqa: SIM115 - open, and there, as long as the blob is
        with path.open("rb") as stream:
            shutil.copyfileobj(stream, copy)
        copy.flush()
        return Blob(str(path), path.stem, lambda: Path(copy.name).open("rb"), lambda _: None, Path(copy.name))

    def beside(name: str) -> Blob | None:
        other = path.with_name(name)
        return blob_of(other) if other.is_file() else None

    return Blob(str(path), path.stem, lambda: path.open("rb"), beside, path)


def encoding_of(head: bytes) -> str:
    """The encoding that the first bytes tell."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(BOM_UTF8) else "utf-8"


class Decoded:
    """A text that is read piece by piece, line ends as they are. `note`: what was assumed of its encoding in the text read so far."""

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        encoding = encoding_of(head)
        self._text = io.TextIOWrapper(stream, encoding, "replace" if encoding == "utf-16" else "surrogateescape", newline="")
        self._bytes = len(BOM_UTF8) if encoding == "utf-8-sig" else 0
        self.note: str | None = None

    def read(self, size: int) -> str:
        """The next characters, at most `size` of them; none at the end."""
        return self._mended(self._text.read(size))

    def lines(self) -> Iterator[str]:
        """Line by line, with the line ends; what is longer than MOST comes in parts."""
        while line := self._text.readline(MOST):
            yield self._mended(line)

    def _mended(self, text: str) -> str:
        odd = None if text.isascii() else _NOT_UTF8.search(text)
        if self.note is None:
            if odd is None:
                self._bytes += len(text.encode("utf-8", "surrogatepass"))
            else:
                at = self._bytes + len(text[: odd.start()].encode("utf-8", "surrogatepass"))
                self.note = f"not UTF-8 (byte {at}): read as Windows-1252, so some characters may be wrong"
        if odd is None:
            return text
        return _NOT_UTF8.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)
