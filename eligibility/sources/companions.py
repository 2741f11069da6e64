"""Companions: in, AACT's `eligibilities.txt`; out, what `studies.txt` and `conditions.txt` beside it say of each trial, by its NCT id.

They are far too large for memory: a temporary sqlite file holds them while the trials are read.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from eligibility.sources.blobs import Blob
from eligibility.sources.delimited import read_rows, wrong_width
from eligibility.sources.study import Unreadable

JOINED = ("title", "phase", "conditions")  # fields of a study that stand in the companions
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Companions:
    """`problems`: the rows of the tables that could not be read; without a database nothing is known of any trial."""

    database: sqlite3.Connection | None
    problems: tuple[Unreadable, ...] = ()

    def of(self, nct_id: str | None) -> dict[str, object]:
        """What is said of the trial, under the names of JOINED; nothing where nothing is known."""
        if self.database is None or nct_id is None:
            return {}
        row = self.database.execute("select title, phase from studies where nct_id = ?", (nct_id,)).fetchone() or (None, None)
        named = self.database.execute("select name from conditions where nct_id = ? order by rowid", (nct_id,))
        return dict(zip(JOINED, (*row, [name for (name,) in named]), strict=True))


@contextmanager
def companions_of(eligibilities: Blob | None) -> Iterator[Companions]:
    """What lies beside the file; nothing is known where there is no file or nothing beside it."""
    tables = {name: eligibilities.beside(f"{name}.txt") for name in ("studies", "conditions")} if eligibilities else {}
    if not any(tables.values()):
        yield Companions(None)
        return
    with tempfile.TemporaryDirectory(prefix="eligibility-") as folder, closing(sqlite3.connect(Path(folder) / "companions")) as database:
        database.executescript(
            "pragma journal_mode = off; pragma synchronous = off;"
            "create table studies (nct_id text, title text, phase text); create table conditions (nct_id text, name text);"
        )
        problems = [problem for name, blob in tables.items() if blob is not None for problem in _load(database, name, blob)]
        database.executescript("create index s on studies (nct_id); create index c on conditions (nct_id);")
        yield Companions(database, tuple(problems))


def _load(database: sqlite3.Connection, name: str, blob: Blob) -> Iterator[Unreadable]:
    with blob.text() as text:
        rows = read_rows(text.lines(), "|")
        first = next(rows, None)
        header = {column: place for place, column in enumerate(first.cells)} if first else {}
        wanted = ("nct_id", "brief_title", "official_title", "phase") if name == "studies" else ("nct_id", "name")
        if "nct_id" not in header:
            yield Unreadable(blob.name, None, "a table without a column nct_id: its trials are read without it")
            return
        lost: list[Unreadable] = []

        def values() -> Iterator[tuple[str | None, ...]]:
            for number, row in enumerate(rows, 1):
                problem = row.problem or wrong_width(row, list(header))
                if problem:
                    lost.append(Unreadable(blob.name, number, f"{row.lines}: {problem}"))
                    continue
                yield tuple(row.cells[header[column]] or None if column in header else None for column in wanted)

        kept = values()
        insert = "insert into studies values (?1, coalesce(?2, ?3), ?4)" if name == "studies" else "insert into conditions values (?, ?)"
        while batch := list(islice(kept, _BATCH)):
            database.executemany(insert, batch)
        yield from lost
