"""The folder of a batch: in, what was read, in order; out, parts that are there whole or not at all, and at the end the finished tables.

    OUT/records.parquet criteria.parquet studies.parquet issues.parquet errors.jsonl summary.json
    OUT/in-progress/run.json lock part-000000/ part-000001/ …     while it is not finished

With OUT named `*.parquet`, that is the table of records, and the others stand beside it: `facts.parquet`, `facts.criteria.parquet`…
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from eligibility.batch.columns import BATCH_COLUMNS
from eligibility.batch.entries import Position
from eligibility.batch.reading import Read
from eligibility.errors import InputError
from eligibility.export.formats import to_json
from eligibility.export.frame import arrow_schema
from eligibility.extras import require
from eligibility.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

PART = 256  # entries
_ROW_GROUP = 16_384  # rows, or a few more
_COMPRESSION = "zstd"


class BatchFolder:
    """Where a batch is written. InputError where another batch is there, finished or at work."""

    def __init__(self, out: Path, settings: dict[str, Any], *, resume: bool) -> None:
        self._out, self._single = out, out.suffix == ".parquet"
        self.work = out.with_name(out.stem + ".in-progress") if self._single else out / "in-progress"
        self.finished = self._begin(settings, resume)

    def name(self, what: str) -> Path:
        """The finished file of a table (`records.parquet`), of errors.jsonl or summary.json."""
        if not self._single:
            return self._out / what
        return self._out if what == "records.parquet" else self._out.with_name(f"{self._out.stem}.{what}")

    def _begin(self, settings: dict[str, Any], resume: bool) -> bool:
        """Make ready for these settings; True where a batch of the same settings is finished here."""
        summary, run = self.name("summary.json"), self.work / "run.json"
        earlier = _settings(summary) if summary.exists() else _settings(run) if run.exists() else None
        if not resume:
            taken = [path for path in (summary, run, *map(self.name, _NAMES)) if path.exists()]
            if taken:
                raise InputError(
                    f"{self._out}: holds a batch already ({taken[0].name}): add --resume to go on with it, or choose another --out"
                )
        elif earlier is not None and earlier != settings:
            differing = ", ".join(sorted(key for key in settings.keys() | earlier.keys() if settings.get(key) != earlier.get(key)))
            raise InputError(f"{self._out}: the batch that is there is another one (other {differing}): choose another --out")
        if summary.exists():
            return True
        self.work.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.work / "lock", self._out)
        for stale in self.work.glob("*.tmp"):
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        if earlier is None:
            write_whole(run, json.dumps({"settings": settings}, indent=1))
        return False

    def parts(self) -> list[Path]:
        """The parts that are there, in order."""
        return sorted(self.work.glob("part-*[0-9]"))

    def done(self) -> tuple[Position, Counter[str]]:
        """Where reading goes on, and what is counted so far."""
        position, tally = Position(), Counter[str]()
        for part in self.parts():
            noted = json.loads((part / "part.json").read_text(encoding="utf-8"))
            position = Position(*noted["after"])
            tally.update(noted["tally"])
        return position, tally

    def add_part(self, number: int, reads: list[Read]) -> None:
        """Write what was read as the part of that number: a folder that appears under its name when it is complete."""
        pa, pq = require("pyarrow"), require("pyarrow.parquet")
        part = self.work / f"part-{number:06d}"
        temporary = part.with_suffix(".tmp")
        temporary.mkdir()
        for table in BATCH_COLUMNS:
            pq.write_table(
                pa.concat_tables([read.tables[table] for read in reads]), temporary / f"{table}.parquet", compression=_COMPRESSION
            )
        lines = "".join(to_json(error.model_dump()) + "\n" for read in reads for error in read.errors)
        (temporary / "errors.jsonl").write_text(lines, encoding="utf-8", newline="\n")
        tally = sum((read.tally for read in reads), Counter[str]())
        (temporary / "part.json").write_text(json.dumps({"after": reads[-1].after, "tally": tally}), encoding="utf-8")
        temporary.rename(part)

    def finish(self, summary: str, metadata: dict[str, str]) -> None:
        """Make the finished files of the parts; the summary last: where it is, all is."""
        for table in BATCH_COLUMNS:
            self._merge(table, metadata)
        with _whole(self.name("errors.jsonl")) as errors:
            for part in self.parts():
                errors.write((part / "errors.jsonl").read_bytes())
        write_whole(self.name("summary.json"), summary)
        self.close()

    def close(self) -> None:
        """Let go of the folder; where the batch is finished, take away its parts."""
        if not self.finished:
            self._lock.close()
        if self.name("summary.json").exists():
            shutil.rmtree(self.work, ignore_errors=True)

    def _merge(self, table: Table, metadata: dict[str, str]) -> None:
        pq = require("pyarrow.parquet")
        schema = arrow_schema(BATCH_COLUMNS[table]).with_metadata(metadata)
        with _whole(self.name(f"{table}.parquet")) as file, pq.ParquetWriter(file, schema, compression=_COMPRESSION) as writer:
            for group in self._row_groups(table):
                writer.write_table(group.cast(schema), row_group_size=max(group.num_rows, 1))

    def _row_groups(self, table: Table) -> Iterator[pa.Table]:
        """The rows of the parts, some parts at a time."""
        concat, pq = require("pyarrow").concat_tables, require("pyarrow.parquet")
        held: list[pa.Table] = []
        for part in self.parts():
            held.append(pq.read_table(part / f"{table}.parquet", partitioning=None))
            if sum(found.num_rows for found in held) >= _ROW_GROUP:
                yield concat(held)
                held = []
        if held:
            yield concat(held)


_NAMES = (*(f"{table}.parquet" for table in BATCH_COLUMNS), "errors.jsonl")


def _settings(path: Path) -> dict[str, Any]:
    """The settings that a run.json or summary.json notes."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is not what a batch writes there ({error}): choose another --out") from error
    return dict(found)


def _locked(path: Path, out: Path) -> IO[bytes]:
    """The lock of a folder, which the system takes back when this process ends, however it ends."""
    lock = path.open("wb")
    with suppress(ImportError):  # where the system has no such locks
        import fcntl

        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise InputError(f"{out}: another batch is writing here: wait until it is done, or choose another --out") from error
    return lock


def write_whole(path: Path, text: str) -> None:
    with _whole(path) as file:
        file.write(text.encode("utf-8"))


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when it is complete."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
