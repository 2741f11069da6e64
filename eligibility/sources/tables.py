"""Tables: in, a text whose first line names columns (CSV, TSV, or the pipe-delimited files of AACT); out, a study a row, row by row.

A row that cannot be read is an `Unreadable`, and the next one is read. AACT's `eligibilities.txt` takes title, phase and conditions from
the tables beside it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence

from eligibility.errors import InputError
from eligibility.sources.blobs import Blob
from eligibility.sources.companions import JOINED, Companions, companions_of
from eligibility.sources.delimited import Row, read_rows, wrong_width
from eligibility.sources.rows import fields_of, known_fields, study_of_row
from eligibility.sources.study import Study, Unreadable

_DELIMITERS = "|\t,;"
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST_NAME = 80


def delimiter_of(head: str, columns: Mapping[str, str]) -> str | None:
    """What parts the columns, where the first line of the text is the header of a table; None where it is not."""
    first, _, rest = head.lstrip("\r\n").replace("\r", "\n").partition("\n")
    for delimiter in _DELIMITERS:
        cells = _cells(first, delimiter)
        if len(cells) > 1 and all(0 < len(cell) <= _LONGEST_NAME for cell in cells) and _is_header(cells, delimiter, columns):
            return delimiter
        if columns and len(cells) > 1 and len(cells) == len(_cells(rest.lstrip("\n").partition("\n")[0], delimiter)):
            return delimiter
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _is_header(cells: Sequence[str], delimiter: str, columns: Mapping[str, str]) -> bool:
    known = known_fields(cells)
    if "criteria" in known or not set(columns.values()).isdisjoint(cells):
        return True
    of_database = delimiter == "|" and all(map(_IDENTIFIER.fullmatch, cells))
    return (of_database or len(known) > 1) and not {"text", "id", "nct_id"}.isdisjoint(known)


def is_companion(head: str) -> bool:
    """True for a table of AACT other than `eligibilities`, told by its header."""
    if delimiter_of(head, {}) != "|":
        return False
    known = known_fields(_cells(head.lstrip("\r\n").splitlines()[0], "|"))
    return "criteria" not in known and "text" not in known


def read_table(blob: Blob, delimiter: str, columns: Mapping[str, str]) -> Iterator[Study | Unreadable]:
    """Every row in order."""
    with blob.text() as text:
        rows = read_rows(text.lines(), delimiter)
        header = next(rows).cells
        try:
            fields = fields_of(header, columns)
        except InputError as error:
            yield Unreadable(blob.name, None, str(error))
            return
        aact = delimiter == "|" and {"criteria", "nct_id"} <= fields.keys()
        if aact:
            fields = dict(zip(JOINED, JOINED, strict=True)) | fields
            if "id" not in columns:
                fields.pop("id", None)  # a number of the database: the trial's own id says more
        with companions_of(blob if aact else None) as companions:
            yield from companions.problems
            for number, row in enumerate(rows, 1):
                yield _study(blob, number, row, header, fields, companions, text.note)


def _study(
    blob: Blob, number: int, row: Row, header: list[str], fields: Mapping[str, str], companions: Companions, note: str | None
) -> Study | Unreadable:
    problem = row.problem or wrong_width(row, header)
    if problem is None:
        try:
            cells = dict(zip(header, row.cells, strict=True))
            return study_of_row(companions.of(cells.get("nct_id")) | cells, fields, blob.stem).noted(note)
        except InputError as error:
            problem = str(error)
    return Unreadable(blob.name, number, f"{row.lines}: {problem}")
