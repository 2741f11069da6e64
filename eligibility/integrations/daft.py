"""Daft: in, chunks of a batch, or a DataFrame with a column of text; out, what was read, by Daft's local runner or on a Ray cluster.

A worker makes its parser once a query. What cannot be parsed is caught row by row and never fails a query. Importing this module turns
off the usage reports of Daft and Ray, which would call out at run time.
"""

from __future__ import annotations

import os
import pickle
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from eligibility.batch.entries import Entry
from eligibility.batch.reading import Parser, Read, default_parser
from eligibility.errors import EligibilityError, InputError
from eligibility.export.frame import arrow_schema
from eligibility.extras import require
from eligibility.sources import read_study
from eligibility.tables import COLUMNS_OF, Table, rows

if TYPE_CHECKING:
    import daft
    import pyarrow as pa
else:
    os.environ.setdefault("DAFT_ANALYTICS_ENABLED", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    daft = require("daft", "this engine is it")

Chunk = tuple[Entry, ...]

_WAVE = 128  # chunks of a query for each worker: long against the start of a worker, short against memory
_TABLES: tuple[Table, ...] = ("records", "criteria", "issues")
_ERROR = "error"


def read_chunks(
    chunks: Iterator[Chunk], make: Callable[[], Callable[[Chunk], Read]], workers: int | None, address: str | None
) -> Iterator[Read]:
    """What `make()` gives for each chunk, in order. `address`: of a Ray cluster, or `local` for a Ray of this machine; without one, Daft's
    local runner. `workers`: processes; all cores where not given. EligibilityError where a worker dies or the cluster is not reached.
    """
    count = _connect(workers, address)
    reading = daft.cls(_ChunkReader, use_process=True, max_concurrency=count)(pickle.dumps(make))
    while wave := [_packed(chunk) for chunk in islice(chunks, _WAVE * count)]:
        frame = daft.from_pydict({"place": list(range(len(wave))), "chunk": wave})
        if address is not None:
            frame = frame.into_partitions(min(len(wave), 4 * count))
        yield from _in_order(frame.select("place", reading.read(frame["chunk"]).alias("read")))


def parse_frame(
    frame: daft.DataFrame,
    text: str = "text",
    source: str | None = None,
    *,
    column: str = "eligibility",
    workers: int | None = None,
    parser: Callable[[], Parser] = default_parser,
) -> daft.DataFrame:
    """A Daft DataFrame of trials with one column more, a struct: `records`, `criteria` and `issues` (lists of structs with the columns of
    `eligibility.tables.COLUMNS_OF`), and `error` (null, or why the row has none of them).

    `text`: the column of pages or criteria blocks; `source`: the column of their ids. Lazy as the frame is, and run by the runner that is
    set (`daft.set_runner_ray(address)`). `workers`: processes that parse; all cores of this machine where not given. InputError where the
    frame lacks a column, or has one of the new column's name.
    """
    names = frame.column_names
    missing = [name for name in (text, source) if name is not None and name not in names]
    if missing or column in names:
        problem = f"the frame has no column {missing[0]!r}" if missing else f"the frame has a column {column!r} already: choose another"
        raise InputError(f"{problem}; its columns are {', '.join(names)}")
    parsing = daft.cls(_RowParser, use_process=True, max_concurrency=workers or _cores())(pickle.dumps(parser))
    ids = frame[source] if source is not None else daft.lit(None).cast(daft.DataType.string())
    return frame.with_column(column, parsing.parse(frame[text], ids))


class _ChunkReader:
    def __init__(self, make: bytes) -> None:
        self._read: Callable[[Chunk], Read] = pickle.loads(make)()

    @daft.method.batch(return_dtype=daft.DataType.binary(), batch_size=1)
    def read(self, chunks: daft.Series) -> list[bytes]:
        return [_packed(self._read(_unpacked(chunk))) for chunk in chunks.to_pylist()]


def _parsed_type() -> pa.DataType:
    pa = require("pyarrow")
    tables = [(table, pa.list_(pa.struct(list(arrow_schema(COLUMNS_OF[table]).remove_metadata())))) for table in _TABLES]
    return pa.struct([*tables, (_ERROR, pa.string())])


class _RowParser:
    def __init__(self, parser: bytes) -> None:
        self._parse: Parser = pickle.loads(parser)()

    @daft.method.batch(return_dtype=daft.DataType.from_arrow_type(_parsed_type()), batch_size=16)
    def parse(self, texts: daft.Series, sources: daft.Series) -> pa.Array:
        made = [self._row(text, source) for text, source in zip(texts.to_pylist(), sources.to_pylist(), strict=True)]
        return require("pyarrow").array(made, _parsed_type())

    def _row(self, text: str | None, source: str | None) -> dict[str, Any]:
        if text is None:
            return dict.fromkeys(_TABLES) | {_ERROR: "there is no text"}
        try:
            criteria = self._parse(read_study(text, source))
            return {table: rows(criteria, table) for table in _TABLES} | {_ERROR: None}
        except Exception as error:
            return dict.fromkeys(_TABLES) | {_ERROR: f"{type(error).__name__}: {error}"}


def _packed(value: object) -> bytes:
    """A query's data stays in the memory of the cluster until the query ends: packed, it is a fifth."""
    return zlib.compress(pickle.dumps(value), 1)


def _unpacked(packed: bytes) -> Any:
    return pickle.loads(zlib.decompress(packed))


def _in_order(frame: daft.DataFrame) -> Iterator[Read]:
    """The reads of a query in the order of their places, whatever the order in which workers finish."""
    held: dict[int, bytes] = {}
    place = 0
    try:
        for row in frame.iter_rows():
            held[row["place"]] = row["read"]
            while place in held:
                yield _unpacked(held.pop(place))
                place += 1
    except Exception as error:
        raise EligibilityError(
            f"the query failed ({type(error).__name__}: {' '.join(str(error).split())[:300]}): what is written stays; "
            "go on with --resume, or with --engine local --resume, which gives up only the entry that ends a process"
        ) from error


def _connect(workers: int | None, address: str | None) -> int:
    """Set the runner; how many processes may parse."""
    if address is None:
        return workers or _cores()
    ray = require("ray", "Daft reaches a cluster by it")
    try:
        if not ray.is_initialized():
            local = address == "local"
            ray.init(None if local else address, num_cpus=workers if local else None, log_to_driver=False, logging_level="WARNING")
        if daft.set_runner_ray(noop_if_initialized=True).name != "ray":
            raise EligibilityError("Daft's local runner is already at work in this process: begin the batch in another one")
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        raise EligibilityError(f"{address}: no Ray cluster is reached there ({error}): check the address (`ray status`)") from error
    return workers or int(ray.cluster_resources().get("CPU", 1))


def _cores() -> int:
    return os.cpu_count() or 1
