"""Folders: in, the folder of a batch, or its table of records; out, its rows, streaming, and how many trials it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eligibility.errors import InputError
from eligibility.extras import require

# What a summary reads of the columns of records, and what joins a batch's tables.
_COLUMNS = (
    "source", "trial", "section", "type", "facet", "subject", "concept", "lower", "upper", "unit", "negated", "exception", "population",
    "issues",
)  # fmt: skip
_STUDY = "study"


def find_batch(path: str | Path) -> Path | None:
    """The table of records of a batch that wrote to this folder or file; None where there is none."""
    path = Path(path)
    table = path if path.suffix == ".parquet" else path / "records.parquet"
    return table if table.is_file() else None


def read_folder(path: str | Path) -> tuple[Iterator[dict[str, Any]], int | None]:
    """The rows of a batch's table, and how many trials it read, None where its table of studies is not beside it.

    InputError where the table is none of records; EligibilityError where pyarrow is not installed.
    """
    table = find_batch(path)
    if table is None:
        raise InputError(f"{path}: holds no records.parquet: give a folder that `eligibility batch` wrote")
    name = "studies.parquet" if table.name == "records.parquet" else f"{table.stem}.studies.parquet"
    studies = table.with_name(name)
    file = _open(table)
    missing = [column for column in _COLUMNS if column not in file.schema_arrow.names]
    if missing:
        raise InputError(
            f"{table}: is no table of records, it lacks the column {missing[0]!r}: give a folder that `eligibility batch` wrote"
        )
    return _rows(file), _open(studies).metadata.num_rows if studies.is_file() else None


def _open(path: Path) -> Any:
    arrow, parquet = require("pyarrow"), require("pyarrow.parquet")
    try:
        return parquet.ParquetFile(path)
    except (OSError, arrow.ArrowException) as error:
        raise InputError(f"{path}: is no Parquet file ({error}): write the batch again") from error


def _rows(file: Any) -> Iterator[dict[str, Any]]:
    columns = [*_COLUMNS, *(name for name in (_STUDY,) if name in file.schema_arrow.names)]
    for batch in file.iter_batches(columns=columns):
        yield from batch.to_pylist()
