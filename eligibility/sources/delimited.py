"""Delimited text: in, lines and what parts the cells; out, rows with the lines they stand on, those that are broken among them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from eligibility.sources.blobs import MOST


class Row(NamedTuple):
    """A row with its first and last line in the file; `problem` where it is none."""

    first: int
    last: int
    cells: list[str]
    problem: str | None

    @property
    def lines(self) -> str:
        return f"line {self.first}" if self.first == self.last else f"lines {self.first} to {self.last}"


def wrong_width(row: Row, header: Sequence[str]) -> str | None:
    """What is wrong with a row that has more or fewer cells than the header."""
    if len(row.cells) == len(header):
        return None
    return f"{len(row.cells)} cells where the header has {len(header)} columns: a quote or a delimiter is not escaped, export the row again"


def read_rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    """The rows with their lines, the header first; blank ones are none."""
    csv.field_size_limit(max(csv.field_size_limit(), MOST))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(first, reader.line_num, [], f"broken row ({error}): quote the cell and double its quotes, export it again")
            continue
        if cells:
            yield Row(first, reader.line_num, cells, None)
