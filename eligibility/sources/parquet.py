"""Parquet: in, a file with named columns; out, a study a row, batch by batch. Needs pyarrow, the extra `batch`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from eligibility.errors import InputError
from eligibility.extras import how_to_install
from eligibility.sources.blobs import Blob
from eligibility.sources.rows import fields_of, study_of_row
from eligibility.sources.study import Study, Unreadable

_ROWS = 256  # of a batch


def read_parquet(blob: Blob, columns: Mapping[str, str]) -> Iterator[Study | Unreadable]:
    """Every row in order."""
    try:
        import pyarrow.parquet
    except ImportError:
        yield Unreadable(blob.name, None, f"is Parquet, which needs pyarrow: {how_to_install('pyarrow')}")
        return
    number = 0
    try:
        with blob.on_disk() as file:
            for number, row in enumerate(_rows(file, columns), 1):
                yield _study(blob, number, *row)
    except InputError as error:
        yield Unreadable(blob.name, None, str(error))
    except (pyarrow.ArrowException, OSError) as error:
        lost = f" behind row {number}: the rest of the file is lost" if number else ""
        yield Unreadable(blob.name, None, f"broken Parquet{lost} ({error}): export the file again")


def _rows(file: BinaryIO, columns: Mapping[str, str]) -> Iterator[tuple[dict[str, object], dict[str, str]]]:
    """Each row with the column of each field; only those columns are read."""
    from pyarrow.parquet import ParquetFile

    table = ParquetFile(file, pre_buffer=False)
    fields = fields_of(table.schema_arrow.names, columns)
    for batch in table.iter_batches(batch_size=_ROWS, columns=list(dict.fromkeys(fields.values()))):
        yield from ((row, fields) for row in batch.to_pylist())


def _study(blob: Blob, number: int, row: dict[str, object], fields: dict[str, str]) -> Study | Unreadable:
    try:
        return study_of_row(row, fields, blob.stem)
    except InputError as error:
        return Unreadable(blob.name, number, str(error))
