"""Files: in, a path; out, the studies in it, whatever the file holds, and in the place of each that cannot be read what is wrong with it.

Judged by content, not by name: a page or criteria, API v2 JSON (one, a list, a search page, lines), classic XML, tables (CSV, TSV, AACT,
Parquet), zip archives of these, gzip of any. No more than an entry is in memory; bad input is never raised.
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path, PurePath
from typing import BinaryIO, cast
from xml.etree import ElementTree

from eligibility.errors import InputError, RuleError
from eligibility.sources.archives import members
from eligibility.sources.blobs import HEAD, MOST, Blob, blob_of, encoding_of
from eligibility.sources.ctgov import read_element, read_record
from eligibility.sources.jsons import Broken, read_values
from eligibility.sources.page import read_page
from eligibility.sources.parquet import read_parquet
from eligibility.sources.rows import check_columns, fields_of, study_of_row
from eligibility.sources.study import Study, Unreadable
from eligibility.sources.tables import delimiter_of, read_table

_BINARY = ((b"%PDF", "a PDF"), (b"\x89PNG", "a PNG image"), (b"\xd0\xcf\x11\xe0", "an Office document"))
_ZIP, _GZIP, _PARQUET = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b", b"PAR1"
_CONTROLS = bytes(set(range(32)) - {9, 10, 11, 12, 13})
_LIST_OF_RECORDS = re.compile(r"\[\s*\{")
_DEEPEST = 4  # archives within archives
_BROKEN_ARCHIVE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error, RuntimeError, ValueError, OverflowError)
_SAVED = ("inclusion", "exclusion")  # lists of parsed criteria, which no row of a table has


def read_file(path: str | Path) -> Iterator[Study]:
    """The studies of one file, in order; raises InputError at the first that cannot be read, and at once where that is the first of all."""
    entries = read_entries(path)
    first = next(entries, None)
    if isinstance(first, Unreadable):
        raise InputError(str(first))
    return (_or_raise(entry) for entry in chain((first,) if first else (), entries))


def _or_raise(entry: Study | Unreadable) -> Study:
    if isinstance(entry, Unreadable):
        raise InputError(str(entry))
    return entry


def read_entries(path: str | Path, columns: Mapping[str, str] | None = None) -> Iterator[Study | Unreadable]:
    """Every entry of one file, in order: a study, or an Unreadable in its place, and the rest goes on.

    `columns`: field -> column of tables and JSON rows whose columns have other names (`rules/columns.toml` has the fields and their usual
    names); InputError where there is no such field. A study's `source` is the file's stem, or the id of its row.
    """
    given = dict(columns or {})
    check_columns(given)
    path = Path(path)
    try:
        blob = blob_of(path)
    except OSError as error:
        return iter([Unreadable(str(path), None, _unread(error))])
    return _entries(blob, given, 0)


def read_json(path: str | Path) -> Iterator[object]:
    """Every entry of a JSON file as it stands, whatever it holds; an Unreadable in the place of one that is broken."""
    name = str(path)
    try:
        with blob_of(Path(path)).text() as text:
            for number, value in enumerate(read_values(text), 1):
                yield Unreadable(name, number, str(value)) if isinstance(value, Broken) else value
    except OSError as error:
        yield Unreadable(name, None, _unread(error))


def _entries(blob: Blob, columns: Mapping[str, str], depth: int) -> Iterator[Study | Unreadable]:
    try:
        yield from _by_content(blob, columns, depth)
    except InputError as error:
        yield Unreadable(blob.name, None, str(error))
    except RuleError:
        raise
    except _BROKEN_ARCHIVE as error:
        yield Unreadable(blob.name, None, _unread(error))


def _unread(error: Exception) -> str:
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return f"cannot be read ({error.strerror or error}): check the path and its permissions"
    return f"broken archive ({error}): what follows in it is lost, export it again"


def _by_content(blob: Blob, columns: Mapping[str, str], depth: int) -> Iterator[Study | Unreadable]:
    head = blob.head()
    if head.startswith((*_ZIP, _GZIP)) and depth >= _DEEPEST:
        raise InputError(f"{_DEEPEST} archives lie in each other: unpack them")
    if head.startswith(_ZIP):
        return _in_archive(blob, columns, depth)
    if head.startswith(_GZIP):
        return _entries(_unzipped(blob), columns, depth + 1)
    if head.startswith(_PARQUET):
        return read_parquet(blob, columns)
    _refuse_binary(head)
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("{") or (text.startswith("[") and _is_json_list(text, len(head))):
        return _in_json(blob, columns)
    if text.startswith("<") and ("<clinical_study" in text or text.startswith("<?xml")):
        return _in_xml(blob)
    delimiter = delimiter_of(text, columns)
    return read_table(blob, delimiter, columns) if delimiter else _page(blob)


def _in_archive(blob: Blob, columns: Mapping[str, str], depth: int) -> Iterator[Study | Unreadable]:
    with blob.on_disk() as file:
        for member in members(file, blob.name):
            if member.ignored is None:
                yield from _entries(member.blob, columns, depth + 1)


def _unzipped(blob: Blob) -> Blob:
    """What gzip packed, with the stem that it had before; what lies beside it may be packed too."""

    def beside(name: str) -> Blob | None:
        packed = blob.beside(f"{name}.gz")
        return _unzipped(packed) if packed else blob.beside(name)

    def unpacked() -> BinaryIO:
        packed = blob.open()
        stream = gzip.GzipFile(fileobj=packed, mode="rb")
        stream.myfileobj = packed  # type: ignore[assignment]  # closed with it
        return cast(BinaryIO, stream)

    return Blob(blob.name, PurePath(blob.stem).stem, unpacked, beside)


def _refuse_binary(head: bytes) -> None:
    if encoding_of(head) == "utf-16":
        return
    for magic, name in _BINARY:
        if head.startswith(magic):
            raise InputError(f"is {name}, not text: save the criteria as plain text, JSON or XML")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls * 10 > len(head):
        raise InputError("is binary, not text: give a registry page or criteria as text, JSON or XML")


def _is_json_list(text: str, size: int) -> bool:
    """False for criteria that begin with a bracket: "[Inclusion Criteria]"."""
    if _LIST_OF_RECORDS.match(text):
        return True
    if size >= HEAD:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _in_json(blob: Blob, columns: Mapping[str, str]) -> Iterator[Study | Unreadable]:
    with blob.text() as text:
        for number, value in enumerate(read_values(text), 1):
            try:
                study = _of_value(value, columns, blob.stem)
            except (InputError, Broken) as error:
                yield Unreadable(blob.name, number, str(error))
            else:
                yield study.noted(text.note)


def _of_value(value: object, columns: Mapping[str, str], stem: str) -> Study:
    if isinstance(value, Broken):
        raise value
    if not isinstance(value, dict):
        raise InputError("not an API v2 study, it has no 'protocolSection': give studies as the API returns them")
    if isinstance(value.get("protocolSection"), dict):
        return read_record(value, stem)
    if any(isinstance(value.get(name), list) for name in _SAVED):
        raise InputError("not an API v2 study but criteria that were parsed and saved: give the trial itself")
    try:
        fields = fields_of(tuple(value), columns)
    except InputError as error:
        raise InputError(f"not an API v2 study, it has no 'protocolSection', and no row of a table: {error}") from error
    return study_of_row(value, fields, stem)


def _in_xml(blob: Blob) -> Iterator[Study]:
    root = None
    with blob.open() as stream:
        try:
            for _, element in ElementTree.iterparse(stream, events=("start",)):
                if root is None:
                    root = element
                    if root.tag != "clinical_study":
                        raise InputError(f"its root is <{root.tag}>, not <clinical_study>: give a ClinicalTrials.gov record")
        except (ElementTree.ParseError, LookupError) as error:
            raise InputError(f"broken XML ({error}): download the record again") from error
    if root is not None:
        yield read_element(root, blob.stem)


def _page(blob: Blob) -> Iterator[Study]:
    with blob.text() as text:
        parts, size = [], 0
        while part := text.read(HEAD):
            parts.append(part)
            size += len(part)
            if size > MOST:
                raise InputError(f"more than {MOST:,} characters that are neither JSON nor a table: give studies one by one")
    yield read_page("".join(parts), blob.stem).noted(text.note)
