"""Reading: in, a chunk of entries; out, their rows in four tables, what could not be read, and a count. Runs in any process."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from eligibility.batch.columns import BATCH_COLUMNS
from eligibility.batch.entries import Entry, Position
from eligibility.export.frame import to_arrow
from eligibility.result import Criteria
from eligibility.sources import Study, Unreadable
from eligibility.tables import Row, Table, rows
from eligibility.versioning import Versioned

if TYPE_CHECKING:
    import pyarrow as pa

Parser = Callable[[Study], Criteria]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class BatchError(Versioned):
    """A line of errors.jsonl: the number of the entry in the batch, what happened, where (`file`, `entry` in it), why and what to do."""

    study: int
    what: Literal["not readable", "not parsed"]
    where: str
    why: str
    file: str
    entry: int
    source: str | None = None
    trial: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a chunk. `after`: where reading goes on; `tally`: how many of what, issues as `issue <code>`."""

    entries: int
    after: Position
    tables: dict[Table, pa.Table]
    errors: list[BatchError]
    tally: Counter[str] = field(default_factory=Counter)


def default_parser() -> Parser:
    """The parser that a process makes for itself where the caller names no other."""
    from eligibility.pipeline import default_pipeline, parse

    return partial(parse, nlp=default_pipeline())


def make_reader(parser: Callable[[], Parser]) -> Callable[[tuple[Entry, ...]], Read]:
    """What a process does with each chunk; made once in each."""
    return partial(read_chunk, parser())


def read_chunk(parser: Parser, chunk: tuple[Entry, ...]) -> Read:
    """The rows of every study that can be parsed; an error for every other entry."""
    made: dict[Table, list[Row]] = {table: [] for table in BATCH_COLUMNS}
    errors: list[BatchError] = []
    tally: Counter[str] = Counter()
    for entry in chunk:
        try:
            found = _rows(parser, entry)
        except Exception as error:
            found = error_of(entry, "not parsed", f"{type(error).__name__}: {error}: please report this together with the text")
        if not isinstance(found, tuple):
            errors.append(found)
            tally["errors"] += 1
            continue
        tables, counts = found
        for table, those in tables.items():
            made[table] += those
        tally += counts
    return Read(len(chunk), chunk[-1].after, {table: to_arrow(made[table], BATCH_COLUMNS[table]) for table in made}, errors, tally)


def error_of(entry: Entry, what: Literal["not readable", "not parsed"], why: str) -> BatchError:
    """The error of an entry."""
    study = entry.what if isinstance(entry.what, Study) else None
    place = f"{entry.file}, entry {entry.place}"
    return BatchError(
        study=entry.number,
        what=what,
        where=f"{place} ({study.id})" if study is not None and study.id else place,
        why=why,
        file=entry.file,
        entry=entry.place,
        source=study.source if study is not None else None,
        trial=study.id if study is not None else None,
    )


def _rows(parser: Parser, entry: Entry) -> tuple[dict[Table, list[Row]], Counter[str]] | BatchError:
    if isinstance(entry.what, Unreadable):
        return error_of(entry, "not readable", entry.what.problem)
    study = _storable(entry.what)
    criteria = parser(study)
    tables = {table: rows(criteria, table) for table in BATCH_COLUMNS}
    for row in tables["studies"]:
        row.update(_registry(study), file=entry.file, entry=entry.place)
    for those in tables.values():
        for row in those:
            row["study"] = entry.number
    return tables, _tally(tables)


def _storable(study: Study) -> Study:
    """The study without lone surrogates, which no table can hold: each becomes U+FFFD, and a note says so."""
    if _LONE_SURROGATE.search(study.text) is None:
        return study
    note = "half of a surrogate pair stands alone in the text: it is kept as U+FFFD"
    return replace(study, text=_LONE_SURROGATE.sub("\ufffd", study.text), notes=(*study.notes, note))


def _registry(study: Study) -> Row:
    fields = {header.name: header.value for header in study.header}
    own = {"conditions": list(study.conditions), "phase": study.phase}
    return own | {name: fields.get(name) for name in ("age", "minimum_age", "maximum_age", "sex", "healthy_volunteers")}


def _tally(tables: dict[Table, list[Row]]) -> Counter[str]:
    (study,) = tables["studies"]
    counts = Counter({name: study[name] for name in ("structured", "constraints")})
    counts.update(studies=1, criteria=len(tables["criteria"]), records=len(tables["records"]))
    counts.update(f"issue {row['code']}" for row in tables["issues"])
    return counts
