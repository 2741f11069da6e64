"""Entries of the rulebook: in, one row of a TOML table; out, a frozen entry of its kind, every key and type checked.

The messages name the file and the entry. Nothing here opens a file, and nothing compares one entry with another.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar, Literal, get_args

from eligibility.errors import RuleError

Raw = Mapping[str, Any]
CueKind = Literal[
    "negation",
    "exception",
    "history",
    "current",
    "planned",
    "family",
    "hypothetical",
    "about",
    "modifier",
    "unwilling",
    "prohibition",
    "response",
]
StateType = Literal["pregnancy", "lactation", "contraception", "consent", "trial"]
EntrySex = Literal["male", "female", "all"]
Comparison = Literal[">=", ">", "<=", "<", "=", "!=", "~"]
CueScope = Literal["following", "preceding", "both", "adjacent"]
Relation = Literal["donor", "partner", "parent", "family"]
CueTemporality = Literal["history", "current", "planned"]


@dataclass(frozen=True, slots=True)
class Example:
    """Texts that give exactly these constraints (`str(constraint)`), and nothing else."""

    gives: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownGap:
    """A text that is not read right yet, what it should give, and why it does not."""

    text: str
    wants: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every entry says: `terms` count in any case, `cased` only as written, `never` are phrases in which a term is something else."""

    table: ClassVar[str] = "entry"
    id: str
    label: str
    terms: tuple[str, ...] = ()
    cased: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    plural: bool = True
    examples: tuple[Example, ...] = ()
    known_gaps: tuple[KnownGap, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyte(Entry):
    """Something measured: `unit` is UCUM, `plausible` is in that unit, `molar_mass` in g/mol; `pair` names the two halves of "120/80".

    `fraction` is True where "20/40" is one number, the quotient (visual acuity); `assumed` where a number without a unit can only be in
    the unit (weeks of gestation): it is read so then, with an issue.
    """

    table: ClassVar[str] = "analyte"
    loinc: str | None = None
    unit: str | None = None
    plausible: tuple[float, float] | None = None
    molar_mass: float | None = None
    pair: tuple[str, str] | None = None
    fraction: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Entry):
    """A scale without a unit: `range` of its numbers, or its ordered `classes`.

    `stages` names the conditions that it stages: its values are no measurement but the `stage` of such a condition, or a narrower one.
    `*` is whichever condition stands right beside it; a scale that names itself classes a trait that is no disease.
    """

    table: ClassVar[str] = "score"
    loinc: str | None = None
    range: tuple[float, float] | None = None
    classes: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()

    @property
    def letter(self) -> str | None:
        """The letter before the numbers of its classes (F of F0, F1 …); "" where its classes are letters, None where they have none."""
        if "A" in self.classes:
            return ""
        first = self.classes[0] if self.classes else ""
        return first[0] if len(first) == 2 and first[0].isalpha() and first[1].isdecimal() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel(Entry):
    """A name for several analytes: a limit on it is a limit on each of its `members`."""

    table: ClassVar[str] = "panel"
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug(Entry):
    """A substance; for a corticosteroid, the mg of it that do what 5 mg of prednisone do."""

    table: ClassVar[str] = "drug"
    equivalent_to_5_mg_prednisone: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugClass(Entry):
    """A class of medication; `members` are ids of drugs or of narrower classes. `denied`: its terms say that there was none."""

    table: ClassVar[str] = "drug_class"
    members: tuple[str, ...] = ()
    denied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Entry):
    """A disease, an injury, a finding; `is_a` names the wider conditions it belongs to; `narrower` terms become entries of their own."""

    table: ClassVar[str] = "condition"
    mesh: str | None = None
    is_a: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Entry):
    """Something done to a patient; `is_a` names the wider procedures it belongs to; `narrower` terms become entries of their own."""

    table: ClassVar[str] = "procedure"
    is_a: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Entry):
    """A state that has its own type of constraint."""

    table: ClassVar[str] = "state"
    type: StateType


@dataclass(frozen=True, slots=True, kw_only=True)
class Sex(Entry):
    """Words for who may take part."""

    table: ClassVar[str] = "sex"
    sex: EntrySex


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparator(Entry):
    """A comparison; `before` stand before the number, `after` behind it or its unit. They are not among the terms.

    `graded`: only behind a number that is a grade, class or stage ("grade 2 or worse").
    """

    table: ClassVar[str] = "comparator"
    op: Comparison
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    graded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue(Entry):
    """Words that change what is meant nearby; `scope` is the side on which they do, `who` whom they bring in.

    A `response` is what came of a treatment: its label becomes a modifier of that. `temporality` is what another cue says of time.
    """

    table: ClassVar[str] = "cue"
    kind: CueKind
    scope: CueScope = "following"
    who: Relation | None = None
    temporality: CueTemporality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor(Entry):
    """An event that times are counted from; `after_only` are words that name it only behind "after", "following" or "since"."""

    table: ClassVar[str] = "anchor"
    after_only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Biomarker(Entry):
    """A gene, a protein or a chromosome. Its name alone demands nothing: words around it say how it is altered, or its status.

    `variants` name an alteration and, alone, the gene (T790M: EGFR); `members` are the narrower ones ("RAS"). `alteration`, `status`: what
    its terms say by themselves ("MSI-H"), and `marker` then the entry that they say it of.
    """

    table: ClassVar[str] = "biomarker"
    hgnc: str | None = None
    loinc: str | None = None
    members: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    alteration: str | None = None
    status: str | None = None
    marker: str | None = None


TABLES: Mapping[str, type[Entry]] = MappingProxyType(
    {c.table: c for c in (Analyte, Score, Panel, Drug, DrugClass, Condition, Procedure, State, Sex, Comparator, Cue, Anchor, Biomarker)}
)
_TWO_CAPITALS = re.compile(r"[A-Z][^A-Z]*[A-Z]")
_WORDS = re.compile(r"[a-z0-9]+")
_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "type": get_args(StateType),
        "sex": get_args(EntrySex),
        "op": get_args(Comparison),
        "kind": get_args(CueKind),
        "scope": get_args(CueScope),
        "who": get_args(Relation),
        "temporality": get_args(CueTemporality),
    }
)
_KEYS = MappingProxyType({kind: tuple(f.name for f in fields(c) if f.name != "file") for kind, c in TABLES.items()})
_REQUIRED = MappingProxyType({"state": ("id", "type"), "sex": ("id", "sex"), "comparator": ("id", "op"), "cue": ("id", "kind")})


def read_entry(file: str, table: str, number: int, row: Raw) -> Entry:
    """The entry that the row of that table says; RuleError where a key is unknown, lacking or of the wrong type."""
    id = row.get("id")
    if not isinstance(id, str) or not id:
        raise RuleError(f"{file}: {table} number {number} has no id: give it one in snake_case")
    where = f"{table} {id!r}"
    for key in row:
        if key not in _KEYS[table]:
            raise RuleError(f"{file}: {where} has the unknown key {key!r}{nearest(key, _KEYS[table])}")
    for key in _REQUIRED.get(table, ()):
        if key not in row:
            raise RuleError(f"{file}: {where} lacks the key {key!r}: one of {', '.join(_CHOICES[key])}")
    values = {key: _READERS[key](file, where, key, value) for key, value in row.items()}
    return TABLES[table](**{"label": id.replace("_", " "), **values, "file": file})


def narrower_entries(entry: Entry) -> Iterator[Entry]:
    """An entry for each of the `narrower` terms, a kind of `entry`: its synonyms are parted by " | ", those with two capitals are cased."""
    if not isinstance(entry, Condition | Procedure):
        return
    for group in entry.narrower:
        words = group.split(" | ")
        cased = tuple(word for word in words if _TWO_CAPITALS.search(word))
        terms = tuple(word for word in words if word not in cased) if cased else tuple(words)
        id = "_".join(_WORDS.findall(words[0].lower()))
        yield type(entry)(id=id, label=words[0], terms=terms, cased=cased, plural=entry.plural, is_a=(entry.id,), file=entry.file)


def rows(file: str, table: str, value: Any) -> list[Raw]:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return value
    raise RuleError(f"{file}: {table!r} must be a list of tables: write [[{table}]]")


def _wrong(file: str, where: str, key: str, wanted: str, value: Any) -> RuleError:
    return RuleError(f"{file}: {where}: {key} must be {wanted}, not {value!r}")


def _string(file: str, where: str, key: str, value: Any) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise _wrong(file, where, key, "a text that is not empty", value)


def strings(file: str, where: str, key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value):
        return tuple(value)
    raise _wrong(file, where, key, "a list of texts, none of them empty", value)


def _flag(file: str, where: str, key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(file, where, key, "true or false", value)


def _number(file: str, where: str, key: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    raise _wrong(file, where, key, "a number above 0", value)


def _interval(file: str, where: str, key: str, value: Any) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
        return float(value[0]), float(value[1])
    raise _wrong(file, where, key, "two numbers, [lowest, highest]", value)


def _pair(file: str, where: str, key: str, value: Any) -> tuple[str, ...]:
    both = strings(file, where, key, value)
    if len(both) == 2:
        return both
    raise _wrong(file, where, key, "two ids", value)


def _choice(file: str, where: str, key: str, value: Any) -> str:
    if isinstance(value, str) and value in _CHOICES[key]:
        return value
    raise _wrong(file, where, key, f"one of {', '.join(_CHOICES[key])}", value)


def _examples(file: str, where: str, key: str, value: Any) -> tuple[Example, ...]:
    return tuple(
        Example(strings(file, where, f"{key}.gives", row["gives"]), strings(file, where, f"{key}.texts", row["texts"]))
        for row in _parts(file, where, key, value, ("gives", "texts"))
    )


def _known_gaps(file: str, where: str, key: str, value: Any) -> tuple[KnownGap, ...]:
    return tuple(
        KnownGap(
            _string(file, where, f"{key}.text", row["text"]),
            strings(file, where, f"{key}.wants", row["wants"]),
            _string(file, where, f"{key}.why", row["why"]),
        )
        for row in _parts(file, where, key, value, ("text", "wants", "why"))
    )


def _parts(file: str, where: str, key: str, value: Any, keys: tuple[str, ...]) -> list[Raw]:
    parts = rows(file, f"{where}.{key}", value)
    for row in parts:
        for unknown in row.keys() - set(keys):
            raise RuleError(f"{file}: {where}: {key} has the unknown key {unknown!r}{nearest(unknown, keys)}")
        for missing in keys:
            if missing not in row:
                raise RuleError(f"{file}: {where}: {key} lacks the key {missing!r}")
    return parts


def nearest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


_READERS: Mapping[str, Callable[[str, str, str, Any], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("id", "label", "loinc", "unit", "mesh", "hgnc", "alteration", "status", "marker"), _string),
        **dict.fromkeys(
            ("terms", "cased", "never", "members", "is_a", "classes", "stages", "before", "after", "after_only", "narrower", "variants"),
            strings,
        ),
        **dict.fromkeys(("plausible", "range"), _interval),
        **dict.fromkeys(("molar_mass", "equivalent_to_5_mg_prednisone"), _number),
        **dict.fromkeys(_CHOICES, _choice),
        "plural": _flag,
        "graded": _flag,
        "fraction": _flag,
        "assumed": _flag,
        "denied": _flag,
        "pair": _pair,
        "examples": _examples,
        "known_gaps": _known_gaps,
    }
)
