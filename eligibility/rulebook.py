"""The rulebook: in, folders of TOML files; out, frozen entries, checked, with a digest of what they were read from.

An entry of an overlay folder replaces the entry of the same id that came before it. Tables that belong to other readers (units,
headings, times), which check them, are passed on as they are. `lint` asks whether the entries agree with
each other. Nothing here reads a criterion, and no rule knows inclusion from exclusion.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from eligibility.entries import (
    TABLES,
    Analyte,
    Anchor,
    Biomarker,
    Comparator,
    Condition,
    Cue,
    Drug,
    DrugClass,
    Entry,
    Example,
    KnownGap,
    Panel,
    Procedure,
    Score,
    Sex,
    State,
    narrower_entries,
    nearest,
    read_entry,
    rows,
    strings,
)
from eligibility.errors import RuleError
from eligibility.resources import data_dir
from eligibility.ucum import known

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = [
    "Analyte", "Anchor", "Biomarker", "Comparator", "Condition", "Cue", "Drug", "DrugClass", "Entry", "Example", "KnownGap", "Panel",
    "Procedure", "Rulebook", "Score", "Sex", "State", "TermEntry", "lint", "load_rulebook",
]  # fmt: skip

_MEMBERS = {"panel": ("analyte", "panel"), "biomarker": ("biomarker",)}
RawTables = Mapping[str, tuple[dict[str, Any], ...]]
_MESH = re.compile(r"D[0-9]{6}(?:[0-9]{3})?")
_RAW_TABLES = frozenset(
    {"unit", "multiple", "heading", "page_part", "header_field", "time_cue", "vague", "marker_word", "age_at", "half_life"}
)


class TermEntry(NamedTuple):
    """One surface form for a matcher of many patterns; `never` marks a phrase that hides what is found inside it; `kind` is the table."""

    surface: str
    cased: bool
    never: bool
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, in the order of their files. `units`, `multiples` and `other` hold unchecked tables of the files that others read."""

    analytes: tuple[Analyte, ...]
    scores: tuple[Score, ...]
    panels: tuple[Panel, ...]
    drugs: tuple[Drug, ...]
    drug_classes: tuple[DrugClass, ...]
    conditions: tuple[Condition, ...]
    procedures: tuple[Procedure, ...]
    states: tuple[State, ...]
    sexes: tuple[Sex, ...]
    comparators: tuple[Comparator, ...]
    cues: tuple[Cue, ...]
    anchors: tuple[Anchor, ...]
    biomarkers: tuple[Biomarker, ...]
    shared_terms: tuple[str, ...]
    units: tuple[dict[str, Any], ...]
    multiples: tuple[dict[str, Any], ...]
    other: RawTables
    digest: str
    folders: tuple[Path, ...]
    _by_id: Mapping[str, Entry] = field(repr=False, compare=False)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_id.values())

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return load_rulebook, (self.folders,) if self.folders else ()

    def find(self, id: str) -> Entry | None:
        """The entry of that id, if there is one."""
        return self._by_id.get(id)

    def entry(self, id: str) -> Entry:
        """The entry of that id; RuleError with the nearest one where there is none."""
        if id in self._by_id:
            return self._by_id[id]
        raise RuleError(f"no rule has the id {id!r}{nearest(id, self._by_id)}")

    def terms(self) -> Iterator[TermEntry]:
        """Every surface form of every entry, as written, but an anchor's `after_only` and a comparator's `before` and `after`."""
        for e in self:
            for surfaces, cased, never in ((e.terms, False, False), (e.cased, True, False), (e.never, False, True)):
                for surface in surfaces:
                    yield TermEntry(surface, cased, never, e.table, e.id)


def by_condition(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The ids in `by` of all rows that name each condition, as of [[defined_by]]: "anaemia" by haemoglobin."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        for condition in row["conditions"]:
            found[condition] = tuple(dict.fromkeys((*found.get(condition, ()), *row["by"])))
    return found


def load_rulebook(folders: tuple[Path, ...] = ()) -> Rulebook:
    """The package's own rules, with each of the folders laid over them in turn; read once for each."""
    return _load(folders)


@cache
def _load(folders: tuple[Path, ...]) -> Rulebook:
    digest = hashlib.sha256()
    by_id: dict[str, Entry] = {}
    raw: dict[str, tuple[dict[str, Any], ...]] = {}
    shared: list[str] = []
    for folder in (data_dir("rules"), *folders):
        layer: dict[str, Entry] = {}
        for name, tables in _files(folder, digest):
            for table, value in tables.items():
                if table not in TABLES and table != "shared_term":
                    _refuse_misspelt(name, table)
                    raw[table] = raw.get(table, ()) + _raw_rows(value)
                elif table == "shared_term":
                    shared += [term for row in rows(name, table, value) for term in strings(name, table, "terms", row.get("terms"))]
                else:
                    _add(layer, name, table, value)
        _overlay(by_id, layer)
    return _assemble(by_id, raw, tuple(shared), digest.hexdigest(), folders)


def _files(folder: Path, digest: _Hash) -> Iterator[tuple[str, dict[str, Any]]]:
    if not folder.is_dir():
        raise RuleError(f"{folder} is not a folder of rules: give a folder that holds .toml files")
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
        try:
            yield name, tomllib.loads(content.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise RuleError(f"{path}: not TOML in UTF-8: {error}") from error


def _add(layer: dict[str, Entry], file: str, table: str, value: Any) -> None:
    for number, row in enumerate(rows(file, table, value), 1):
        entry = read_entry(file, table, number, row)
        for one in (entry, *narrower_entries(entry)):
            if one.id in layer:
                raise RuleError(f"{file}: {table} {one.id!r} is there already, in {layer[one.id].file}: ids are unique over all kinds")
            layer[one.id] = one


def _refuse_misspelt(file: str, table: str) -> None:
    if table not in _RAW_TABLES and difflib.get_close_matches(table, [*TABLES, *_RAW_TABLES, "shared_term"], 1, 0.75):
        raise RuleError(f"{file}: unknown table {table!r}{nearest(table, (*TABLES, *_RAW_TABLES, 'shared_term'))}")


def _overlay(below: dict[str, Entry], layer: Mapping[str, Entry]) -> None:
    for id, entry in layer.items():
        old = below.get(id, entry)
        if old.table != entry.table:
            raise RuleError(f"{entry.file}: {entry.table} {id!r} would replace the {old.table} of that id in {old.file}: choose another id")
        below[id] = entry


def _raw_rows(value: Any) -> tuple[dict[str, Any], ...]:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return tuple(value)
    return (value if isinstance(value, dict) else {"value": value},)


def _assemble(
    by_id: dict[str, Entry], raw: dict[str, tuple[dict[str, Any], ...]], shared: tuple[str, ...], digest: str, folders: tuple[Path, ...]
) -> Rulebook:
    of: dict[str, list[Any]] = {table: [] for table in TABLES}
    for entry in by_id.values():
        of[entry.table].append(entry)
    units, multiples = raw.pop("unit", ()), raw.pop("multiple", ())
    kinds: Any = [tuple(of[table]) for table in TABLES]
    return Rulebook(*kinds, shared, units, multiples, MappingProxyType(raw), digest, folders, MappingProxyType(by_id))  # type: ignore[call-arg]


def lint(rulebook: Rulebook) -> list[str]:
    """What a rule's author should mend, one line each: empty where all is well."""
    known = {e.id: e.table for e in rulebook}
    found = [f"{e.file}: {e.table} {e.id!r}: {complaint}" for e in rulebook for complaint in _complaints(e, known)]
    return found + _claimed_twice(rulebook) + _coded_twice(rulebook) + _listed_codes(rulebook, known) + _circles(rulebook)


def _complaints(entry: Entry, known: Mapping[str, str]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", entry.id):
        yield "the id is not snake_case"
    for surfaces, key in (([s.casefold() for s in entry.terms], "terms"), (list(entry.cased), "cased"), (list(entry.never), "never")):
        yield from (f"{surface!r} is twice among its {key}" for surface, n in Counter(map(_same, surfaces)).items() if n > 1)
    words = (*entry.terms, *entry.cased, *_more_words(entry))
    if not words:
        yield "it has no terms: nothing can ever name it"
    yield from (f"{word!r} has blanks at an end or two in a row" for word in words if " ".join(word.split()) != word)
    for n, example in enumerate(entry.examples, 1):
        if not example.texts or not example.gives:
            yield f"example {n} has no {'gives' if example.texts else 'texts'}"
    yield from _unknown_members(entry, known)
    yield from _ranges(entry)
    yield from _code(entry)


def _more_words(entry: Entry) -> tuple[str, ...]:
    if isinstance(entry, Comparator):
        return entry.before + entry.after
    return entry.after_only if isinstance(entry, Anchor) else ()


def _unknown_members(entry: Entry, known: Mapping[str, str]) -> Iterator[str]:
    wanted: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
        ("members", _MEMBERS.get(entry.table, ("drug", "drug_class")), getattr(entry, "members", ())),
        ("marker", ("biomarker",), (entry.marker,) if isinstance(entry, Biomarker) and entry.marker else ()),
        ("pair", ("analyte",), getattr(entry, "pair", None) or ()),
        ("is_a", (entry.table,), getattr(entry, "is_a", ())),
        ("stages", ("condition",), tuple(id for id in getattr(entry, "stages", ()) if id not in ("*", entry.id))),
    )
    for key, tables, ids in wanted:
        for id in ids:
            if known.get(id) not in tables or id == entry.id:
                fitting = [k for k, table in known.items() if table in tables and k != entry.id]
                yield f"{key} names {id!r}, which is no other {' or '.join(tables)}{nearest(id, fitting)}"
        yield from (f"{key} names {id!r} twice" for id, n in Counter(ids).items() if n > 1)


def _ranges(entry: Entry) -> Iterator[str]:
    interval = entry.plausible if isinstance(entry, Analyte) else entry.range if isinstance(entry, Score) else None
    if interval is not None and interval[0] >= interval[1]:
        yield f"the range [{interval[0]:g}, {interval[1]:g}] is inverted or empty"
    if isinstance(entry, Score):
        if entry.range is not None and entry.classes:
            yield "it has a range and classes: a score has one of them"
        if len(entry.classes) == 1 or len(set(entry.classes)) < len(entry.classes):
            yield "classes must be two or more, each once"
    if isinstance(entry, Analyte) and entry.unit is not None and not known(entry.unit):
        yield f"the unit {entry.unit!r} is not known"


def _code(entry: Entry) -> Iterator[str]:
    if isinstance(entry, Biomarker):
        if entry.hgnc is not None and not re.fullmatch(r"[1-9][0-9]{0,5}", entry.hgnc):
            yield f"{entry.hgnc!r} is not the number of an HGNC identifier, such as 1097"
        if entry.marker is not None and entry.alteration is None and entry.status is None:
            yield f"it says no alteration and no status of {entry.marker!r}"
    code: str | None = getattr(entry, "loinc", None)
    mesh: str | None = getattr(entry, "mesh", None)
    if mesh is not None and not _MESH.fullmatch(mesh):
        yield f"{mesh!r} is not of the form of a MeSH code, such as D003920"
    if code is None:
        return
    if not re.fullmatch(r"[1-9][0-9]{0,6}-[0-9]", code):
        yield f"{code!r} is not of the form of a LOINC code, such as 718-7"
    elif int(code[-1]) != (digit := _check_digit(code[:-2])):
        yield f"the LOINC code {code!r} has a wrong check digit: {code[:-1]}{digit} would be right"


def _listed_codes(rulebook: Rulebook, known: Mapping[str, str]) -> list[str]:
    """Rows of the table `codes`: each is of an entry that there is, which has no code of its own, and of the form of its system."""
    found = []
    for row in rulebook.other.get("codes", ()):
        for id, code in row["of"].items():
            if id not in known:
                found.append(f"codes: no rule has the id {id!r}{nearest(id, known)}")
            elif getattr(rulebook.entry(id), "mesh", None) or getattr(rulebook.entry(id), "loinc", None):
                found.append(f"codes: {known[id]} {id!r} has a code of its own")
            if row["system"] != "MESH" or not _MESH.fullmatch(code):
                found.append(f"codes: {id!r}: {code!r} is not of the form of a MeSH code, such as D003920")
    return found


def _circles(rulebook: Rulebook) -> list[str]:
    """Entries that are a kind of themselves, by `is_a` and `members`."""
    wider: dict[str, set[str]] = {entry.id: set(getattr(entry, "is_a", ())) for entry in rulebook}
    for entry in rulebook:
        for member in getattr(entry, "members", ()):
            wider.setdefault(member, set()).add(entry.id)
    found = []
    for id in wider:
        waiting, seen = list(wider[id]), set[str]()
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(wider.get(one, ()))
        if id in seen:
            found.append(f"{rulebook.entry(id).file}: {id!r} is a kind of itself, by way of {', '.join(sorted(wider[id] & seen))}")
    return found


def _check_digit(number: str) -> int:
    """The digit that a LOINC code ends in (mod 10, Luhn): from the right, every other digit is doubled, and digits are added."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in number[::-2])
    return -(doubled + sum(int(digit) for digit in number[-2::-2])) % 10


def _same(surface: str) -> str:
    return re.sub(r"[\s-]+", " ", surface)


def _claimed_twice(rulebook: Rulebook) -> list[str]:
    """Anchors, cues, comparators and biomarkers are read only where times, contexts, numbers or words of a status are, so they may repeat
    the words of other kinds."""
    claims: dict[str, list[tuple[Entry, bool]]] = defaultdict(list)
    for term in rulebook.terms():
        if not term.never:
            claims[_same(term.surface).casefold()].append((rulebook.entry(term.id), term.cased))
    shared = {_same(term).casefold() for term in rulebook.shared_terms}
    apart = {"anchor", "cue", "biomarker"}
    found = []
    for word, owners in claims.items():
        for i, (a, a_cased) in enumerate(owners):
            for b, b_cased in owners[i + 1 :]:
                allowed = word in shared or (a_cased and b_cased) or (a.table != b.table and bool({a.table, b.table} & apart))
                if a.id != b.id and not allowed:
                    found.append(f"{b.file}: {b.table} {b.id!r}: {word!r} is claimed by {a.table} {a.id!r} in {a.file} too")
    return found


def _coded_twice(rulebook: Rulebook) -> list[str]:
    """A code says one thing: two entries of one code are the same thing, or one of them has the code of another."""
    owners: dict[str, Analyte | Score] = {}
    found = []
    coded: tuple[Analyte | Score, ...] = (*rulebook.analytes, *rulebook.scores)
    for entry in coded:
        if entry.loinc is not None and (first := owners.setdefault(entry.loinc, entry)).id != entry.id:
            found.append(f"{entry.file}: {entry.table} {entry.id!r}: the LOINC code {entry.loinc!r} is of {first.table} {first.id!r} too")
    return found
