"""Tables in memory: in, criteria or rows of one of the four tables; out, pyarrow (pandas, polars) tables with one documented schema."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, get_args

from eligibility.errors import InputError
from eligibility.extras import require
from eligibility.result import Criteria
from eligibility.tables import COLUMNS_OF, Column, Row, Table, rows

if TYPE_CHECKING:
    import pyarrow as pa

Library = Literal["pyarrow", "pandas", "polars"]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def frame(many: Criteria | Iterable[Criteria], table: Table = "records", library: Library = "pyarrow") -> Any:
    """The table of one or many trials, rows in their order: a `pyarrow.Table`, a `pandas.DataFrame` or a `polars.DataFrame`.

    Columns and their meaning: `eligibility.tables.COLUMNS_OF[table]`. EligibilityError where the library is not installed, InputError
    where there is no such table or library. Lone surrogates, which no such table can hold, become U+FFFD.
    """
    if table not in COLUMNS_OF:
        raise InputError(f"there is no table {table!r}: give one of {', '.join(COLUMNS_OF)}")
    if library not in get_args(Library):
        raise InputError(f"there are no tables of {library!r}: give one of {', '.join(get_args(Library))}")
    each = [many] if isinstance(many, Criteria) else many
    made = to_arrow([row for criteria in each for row in rows(criteria, table)], COLUMNS_OF[table])
    if library == "pandas":
        require("pandas")
        return made.to_pandas()
    return require("polars").from_arrow(made) if library == "polars" else made


def to_arrow(made: list[Row], columns: tuple[Column, ...]) -> pa.Table:
    """Rows that have all of the columns, as a pyarrow table of their schema."""
    pa = require("pyarrow")
    schema = arrow_schema(columns)
    arrays = [_array(pa, [row[field.name] for row in made], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The pyarrow schema of columns, each field with its description in its metadata."""
    pa = require("pyarrow")
    types = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "strings": pa.list_(pa.string())}
    return pa.schema(pa.field(column.name, types[column.kind], column.nullable, {"description": column.description}) for column in columns)


def _array(pa: Any, values: list[Any], kind: Any) -> Any:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array([_LONE_SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value for value in values], kind)
