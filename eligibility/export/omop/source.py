"""Where OMOP tables lie: in, a DuckDB file, a folder of CSV files or an open connection; out, a connection on which they are views.

The views hold the standard columns in their standard types (OMOP CDM v5.4), whatever else the tables have, in the schema `VIEWS` that only
this connection sees. Nothing is ever written to the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eligibility.errors import InputError
from eligibility.extras import require

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VIEWS = "temp.main"
NEEDS_DUCKDB = "OMOP tables are read with it"
_ID, _NAME, _NUMBER, _DAY = "BIGINT", "VARCHAR", "DOUBLE", "DATE"
_TABLES: dict[str, dict[str, str]] = {
    "concept": {
        "concept_id": _ID, "concept_name": _NAME, "domain_id": _NAME, "vocabulary_id": _NAME, "concept_class_id": _NAME,
        "standard_concept": _NAME, "concept_code": _NAME, "invalid_reason": _NAME,
    },
    "concept_relationship": {"concept_id_1": _ID, "concept_id_2": _ID, "relationship_id": _NAME, "invalid_reason": _NAME},
    "concept_ancestor": {"ancestor_concept_id": _ID, "descendant_concept_id": _ID},
    "concept_synonym": {"concept_id": _ID, "concept_synonym_name": _NAME},
    "person": {"person_id": _ID, "gender_concept_id": _ID, "year_of_birth": _ID},
    "observation_period": {
        "observation_period_id": _ID, "person_id": _ID, "observation_period_start_date": _DAY, "observation_period_end_date": _DAY,
        "period_type_concept_id": _ID,
    },
    "condition_occurrence": {
        "condition_occurrence_id": _ID, "person_id": _ID, "condition_concept_id": _ID, "condition_start_date": _DAY,
        "condition_end_date": _DAY, "visit_occurrence_id": _ID,
    },
    "drug_exposure": {
        "drug_exposure_id": _ID, "person_id": _ID, "drug_concept_id": _ID, "drug_exposure_start_date": _DAY,
        "drug_exposure_end_date": _DAY, "days_supply": _ID, "quantity": _NUMBER, "refills": _ID, "route_concept_id": _ID,
        "visit_occurrence_id": _ID,
    },
    "procedure_occurrence": {
        "procedure_occurrence_id": _ID, "person_id": _ID, "procedure_concept_id": _ID, "procedure_date": _DAY, "quantity": _ID,
        "visit_occurrence_id": _ID,
    },
    "measurement": {
        "measurement_id": _ID, "person_id": _ID, "measurement_concept_id": _ID, "measurement_date": _DAY, "value_as_number": _NUMBER,
        "unit_concept_id": _ID, "range_low": _NUMBER, "range_high": _NUMBER, "visit_occurrence_id": _ID,
    },
}  # fmt: skip
VOCABULARY = ("concept", "concept_relationship", "concept_ancestor", "concept_synonym")
RECORDS = (
    "person", "observation_period", "condition_occurrence", "drug_exposure", "procedure_occurrence", "measurement", "concept",
    "concept_ancestor",
)  # fmt: skip
_REQUIRED = frozenset({"concept", "person", "observation_period"})
_ONLY = {"observation_period": "person_id IN (SELECT person_id FROM temp.main.person)"}  # some CDMs hold periods of nobody


class Source(NamedTuple):
    """An open connection with the tables as views; `absent` are the tables that the source lacks, and which are empty."""

    connection: DuckDBPyConnection
    absent: tuple[str, ...]


def open_source(where: str | Path | DuckDBPyConnection, tables: Sequence[str], schema: str = "main") -> Source:
    """The tables of a DuckDB file, of a folder with a CSV file each, or of a connection's `schema`. InputError where there are none.

    A file is attached read-only. Of a connection a cursor is taken: it sees what is committed, and none of its temporary tables.
    """
    duckdb = require("duckdb", NEEDS_DUCKDB)
    connection = duckdb.connect() if isinstance(where, str | Path) else where.cursor()
    try:
        found = _find(connection, where, schema)
        absent = tuple(table for table in tables if table not in found)
        missing = sorted(_REQUIRED.intersection(absent))
        if missing:
            raise InputError(f"{_named(where)} has no table {missing[0]!r}: give an OMOP CDM with the tables {', '.join(tables)}")
        for table in tables:
            connection.execute(_view(connection, table, found.get(table)))
    except duckdb.Error as error:
        connection.close()
        raise InputError(f"{_named(where)} cannot be read as OMOP tables: {_first_line(error)}") from error
    except InputError:
        connection.close()
        raise
    return Source(connection, absent)


def _named(where: object) -> str:
    return str(where) if isinstance(where, str | Path) else "the connection"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _find(connection: DuckDBPyConnection, where: str | Path | DuckDBPyConnection, schema: str) -> dict[str, str]:
    """What each table is called in SQL."""
    if isinstance(where, str | Path):
        return _attach(connection, Path(where))
    return _in_catalog(connection, "current_database()", schema)


def _attach(connection: DuckDBPyConnection, path: Path) -> dict[str, str]:
    if path.is_dir():
        return {table: _reader(file) for table in _TABLES if (file := _csv(path, table)) is not None}
    if not path.is_file():
        raise InputError(f"{path} is neither a file nor a folder: give a DuckDB file or a folder of CSV files with OMOP tables")
    connection.execute(f"ATTACH {_quoted(str(path))} AS source (READ_ONLY)")
    query = "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_catalog = 'source' ORDER BY table_schema = 'main'"
    found: dict[str, str] = {}
    for (schema,) in connection.execute(query).fetchall():
        found |= _in_catalog(connection, "'source'", schema)
    return found


def _in_catalog(connection: DuckDBPyConnection, catalog: str, schema: str) -> dict[str, str]:
    query = f"SELECT table_catalog, table_name FROM information_schema.tables WHERE table_catalog = {catalog} AND table_schema = ?"
    rows = connection.execute(query, [schema]).fetchall()
    return {name.lower(): f'"{database}"."{schema}"."{name}"' for database, name in rows if name.lower() in _TABLES}


def _csv(folder: Path, table: str) -> Path | None:
    return next((file for file in sorted(folder.iterdir()) if file.name.lower() in (f"{table}.csv", f"{table}.csv.gz")), None)


def _reader(file: Path) -> str:
    """A table of a CSV file; those of Athena are parted by tabs, and their quotes are letters like any other."""
    import gzip

    with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
        tabs = "\t" in lines.readline()
    how = "delim='\t', quote='', escape=''" if tabs else "delim=',', quote='\"', escape='\"'"
    return f"read_csv({_quoted(str(file))}, header=true, all_varchar=true, {how})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _view(connection: DuckDBPyConnection, table: str, found: str | None) -> str:
    """The view of a table: its standard columns, NULL where the source lacks one."""
    own = [] if found is None else [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {found}").fetchall()]
    names = {name.lower(): f'"{name}"' for name in own}
    columns = ", ".join(f"CAST({names.get(name, 'NULL')} AS {kind}) AS {name}" for name, kind in _TABLES[table].items())
    rows = f"SELECT {columns} {f'FROM {found}' if found is not None else 'WHERE false'}"
    return f"CREATE TEMP VIEW {table} AS SELECT * FROM ({rows}) WHERE {_ONLY.get(table, 'true')}"
