"""A batch from end to end: in, paths; out, a folder of tables. The one place that knows the order of its steps."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from eligibility import __version__
from eligibility.batch.columns import BATCH_COLUMNS
from eligibility.batch.entries import Entry, in_chunks, read_all, split_chunk
from eligibility.batch.folder import PART, BatchFolder
from eligibility.batch.reading import Parser, Read, default_parser, error_of, make_reader
from eligibility.batch.summary import BatchSummary, summarise
from eligibility.errors import InputError
from eligibility.export.frame import to_arrow
from eligibility.extras import require
from eligibility.processes import Died, in_processes
from eligibility.sources import find_files
from eligibility.sources.rows import check_columns
from eligibility.versioning import SCHEMA_VERSION

EngineName = Literal["local", "daft"]
Chunk = tuple[Entry, ...]


def run_batch(
    paths: Iterable[str | Path],
    out: str | Path,
    *,
    workers: int | None = None,
    resume: bool = False,
    engine: EngineName = "local",
    address: str | None = None,
    columns: Mapping[str, str] | None = None,
    parser: Callable[[], Parser] = default_parser,
    part: int = PART,
    progress: Callable[[int], None] = lambda entries: None,
) -> BatchSummary:
    """Read every study of files, folders and globs into four Parquet tables in the folder `out` (or beside `out`, named `*.parquet`).

    `workers`: processes, all cores where not given. `resume`: go on with the batch that is there. `engine`: `local` (processes of this
    machine) or `daft` (`address`: of a Ray cluster; Daft's local runner without one). `columns`: for CSV and Parquet input, which column
    holds which field. `parser`: makes, once in each process, what reads a study. `part`: entries that are written together, and that a kill
    can cost. `progress` is told how many entries are done.

    What cannot be read is a line of errors.jsonl and costs nothing else. The tables are the same for any engine and number of workers,
    and however often the batch was killed and resumed. InputError where a path is missing, or `out` holds another batch. A script calls
    this beneath `if __name__ == "__main__":`.
    """
    require("pyarrow")
    check_columns(columns or {})
    read_chunks = _engine(engine, workers, parser, address)
    found = find_files(paths)
    if found.missing:
        raise InputError("; ".join(found.missing))
    settings = _settings(found.files, columns, parser)
    folder = BatchFolder(Path(out), settings, resume=resume)
    try:
        if folder.finished:
            return BatchSummary.model_validate_json(folder.name("summary.json").read_bytes())
        position, tally = folder.done()
        progress(position.total)
        chunks = in_chunks(read_all(found.files, columns, position))
        for read in _in_parts(read_chunks(chunks), folder, part, progress):
            tally += read.tally
        ignored = {str(path): why for path, why in found.ignored}
        summary = summarise(tally, len(found.files), ignored, settings)
        folder.finish(summary.model_dump_json(indent=1) + "\n", _metadata(settings))
        return summary
    finally:
        folder.close()


def _in_parts(reads: Iterator[Read], folder: BatchFolder, part: int, progress: Callable[[int], None]) -> Iterator[Read]:
    """The reads as they come, written part by part."""
    number, held = len(folder.parts()), list[Read]()
    for read in reads:
        held.append(read)
        if sum(each.entries for each in held) >= part:
            folder.add_part(number, held)
            number, held = number + 1, []
        progress(read.after.total)
        yield read
    if held:
        folder.add_part(number, held)


def _engine(
    name: EngineName, workers: int | None, parser: Callable[[], Parser], address: str | None
) -> Callable[[Iterator[Chunk]], Iterator[Read]]:
    """What reads chunks in order; EligibilityError where its library is not installed."""
    make = partial(make_reader, parser)
    if name == "daft":
        from eligibility.integrations.daft import read_chunks

        return partial(read_chunks, make=make, workers=workers, address=address)
    return partial(_by_processes, make, workers or os.cpu_count() or 1)


def _by_processes(make: Callable[[], Callable[[Chunk], Read]], workers: int, chunks: Iterator[Chunk]) -> Iterator[Read]:
    for read in in_processes(make, chunks, workers, split_chunk):
        yield _given_up(read) if isinstance(read, Died) else read


def _given_up(died: Died[Chunk]) -> Read:
    """An entry on which a process died twice: once among others, once alone."""
    (entry,) = died.task
    error = error_of(entry, "not parsed", f"the process that read it {died.how}: read it by itself, with more memory")
    return Read(1, entry.after, {table: to_arrow([], columns) for table, columns in BATCH_COLUMNS.items()}, [error], Counter(errors=1))


def _settings(files: tuple[Path, ...], columns: Mapping[str, str] | None, parser: Callable[[], Parser]) -> dict[str, Any]:
    """What decides the output: a batch is resumed only with the same."""
    from eligibility.rulebook import load_rulebook

    listed = hashlib.sha256()
    for path in files:
        state = path.stat()
        listed.update(json.dumps([str(path), state.st_size, state.st_mtime_ns]).encode())
    return {
        "schema_version": SCHEMA_VERSION,
        "version": __version__,
        "rules": load_rulebook().digest,
        "parser": getattr(parser, "__qualname__", type(parser).__name__),
        "columns": dict(columns or {}),
        "files": listed.hexdigest(),
    }


def _metadata(settings: dict[str, Any]) -> dict[str, str]:
    return {"schema_version": settings["schema_version"], "generator": f"eligibility {settings['version']}"}
