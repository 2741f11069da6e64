"""The chart: a patient in, the records of each list with the concepts that their names and codes mean, and the issues of the data.

A record means what its code means, else what its name means, else the longest known name that ends in the name's head ("external beam
radiotherapy" is a radiotherapy). Data that cannot be used is set aside with an issue: a date in the future, an end before a start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from eligibility.constraints import Concept, ConstraintBase
from eligibility.entries import Entry
from eligibility.patient import Observation, Patient
from eligibility.screening.dates import Calendar, Period
from eligibility.screening.knowledge import Knowledge
from eligibility.screening.truth import NO, UNKNOWN, YES
from eligibility.spelling import normalise, singulars

TABLES: dict[str, tuple[str, ...]] = {
    "conditions": ("condition", "state"),
    "medications": ("drug", "drug_class"),
    "procedures": ("procedure",),
    "observations": ("analyte", "score", "panel"),
}
_MALIGNANCY, _SURGERY = "malignancy", "surgery"
_STEM = 5  # letters that the names of an organ share: gastric, gastrectomy
_SHORTEST_NAME = 4  # letters; what is shorter may be an abbreviation
_LONGEST_NAME = 12  # words; what is longer is a text


class Meaning(NamedTuple):
    """What a name means: the node and all above it; `exact` False where the name says more than the node. Empty where nothing is known.

    `head` are the words up to the first preposition, in the singular.
    """

    node: str
    kinds: frozenset[str]
    exact: bool
    words: tuple[str, ...]
    head: tuple[str, ...]


class Record(NamedTuple):
    """One entry of a list of the patient, with its meaning and its time. `usable` is False where its dates contradict each other."""

    item: Any
    name: str
    meaning: Meaning
    period: Period
    usable: bool = True


class Chart:
    """All lists of one patient on the day of a screening."""

    def __init__(self, patient: Patient, on: date, knowledge: Knowledge) -> None:
        self.patient = patient
        self.knowledge = knowledge
        self.calendar = Calendar(on, patient.anchors, patient.birth_date)
        self.on = on
        self.issues: list[str] = list(patient.notes)
        self._lists = {
            "conditions": self._read("conditions", ((item, item.onset, item.abated) for item in patient.conditions)),
            "medications": self._read("medications", ((item, item.start, item.end) for item in patient.medications)),
            "procedures": self._read("procedures", ((item, item.date, item.date) for item in patient.procedures)),
            "trials": self._read("trials", ((item, item.start, item.end) for item in patient.trials)),
        }
        self._observations = [
            (meaning_of(knowledge, "observations", item.name, item.code), item) for item in self._dated(patient.observations)
        ]
        self._matched: dict[tuple[str, Concept | str], list[tuple[Record, int]]] = {}
        self._measured: dict[str, list[Observation]] = {}
        if patient.birth_date is not None and patient.birth_date > on:
            self.issues.append(f"the birth date {patient.birth_date} is after the screening on {on}: the age is not known")

    def _read(self, name: str, rows: Iterable[tuple[Any, date | None, date | None]]) -> tuple[Record, ...]:
        records = []
        for item, start, end in rows:
            called = getattr(item, "name", "a trial")
            meaning = meaning_of(self.knowledge, name, called, getattr(item, "code", None)) if name in TABLES else _UNNAMED
            problem = self._problem(start, end)
            if problem:
                self.issues.append(f"{called}: {problem}: its dates are not used")
            records.append(Record(item, called, meaning, Period(start, end), not problem))
        return tuple(records)

    def _problem(self, start: date | None, end: date | None) -> str:
        if start is not None and end is not None and end < start:
            return f"it ends on {end}, before it begins on {start}"
        if start is not None and start > self.on:
            return f"it begins on {start}, after the screening on {self.on}"
        birth = self.patient.birth_date
        if birth is not None and end is not None and end < birth:
            return f"it ends on {end}, before the birth on {birth}"
        return ""

    def _dated(self, observations: Iterable[Observation]) -> Iterator[Observation]:
        for item in observations:
            if item.date is not None and item.date > self.on:
                self.issues.append(f"{item.name}: it is dated {item.date}, after the screening on {self.on}: it is not used")
            else:
                yield item

    def report(self, issue: str) -> None:
        """Say once that something in the data could not be used."""
        if issue not in self.issues:
            self.issues.append(issue)

    def wider(self, concept: Concept, name: str) -> Concept | None:
        """The concept of a name, where the other is a kind of it."""
        hierarchy = self.knowledge.hierarchy
        node = hierarchy.find_node(name) if name else None
        if node is None or node not in hierarchy.above(hierarchy.node(concept)):
            return None
        entry = self.knowledge.rulebook.find(node)
        return Concept(id=node, label=entry.label if entry else name, codes=hierarchy.codes.get(node, ()))

    def observations(self, constraint: ConstraintBase) -> list[Observation]:
        """The observations of what the constraint measures, or of a kind of it."""
        node = self.knowledge.hierarchy.node(constraint.concept) if constraint.concept else ""
        own = node or normalise(constraint.subject.text if constraint.subject else constraint.name)
        if own not in self._measured:
            self._measured[own] = [
                item for meaning, item in self._observations if (node in meaning.kinds if node else " ".join(meaning.words) == own)
            ]
        return self._measured[own]

    def observed(self, id: str) -> list[Observation]:
        """The observations of an analyte by its id."""
        return [item for meaning, item in self._observations if meaning.node == id]

    def matches(self, constraint: ConstraintBase, list_name: str) -> list[tuple[Record, int]]:
        """The records of a list that are what the constraint names (YES), or may be (UNKNOWN)."""
        key = (list_name, constraint.concept or constraint.name)
        if key not in self._matched:
            wanted = wanted_of(self.knowledge, constraint.concept, constraint.subject.text if constraint.subject else constraint.name)
            named = ((record, wanted.is_named_by(record.meaning)) for record in self.records(list_name))
            self._matched[key] = [(record, truth) for record, truth in named if truth != NO]
        return self._matched[key]

    def records(self, list_name: str) -> tuple[Record, ...]:
        """The records of one of the patient's lists but the observations."""
        return self._lists[list_name]


class Wanted:
    """A thing that a criterion names, to be looked for among records."""

    def __init__(self, knowledge: Knowledge, concept: Concept | None, text: str) -> None:
        self._knowledge = knowledge
        self.node = knowledge.hierarchy.node(concept) if concept else ""
        self.above = knowledge.hierarchy.above(self.node) if self.node else frozenset()
        entry = knowledge.rulebook.find(self.node)
        names = dict.fromkeys((text, *((concept.label,) if concept else ()), *(entry.terms if entry else ())))
        self._names = tuple(tuple(map(_singular, normalise(name).split())) for name in names)
        self._by_last: dict[str, list[tuple[str, ...]]] = {}
        for name in filter(None, self._names):
            self._by_last.setdefault(name[-1], []).append(name)

    def is_named_by(self, meaning: Meaning) -> int:
        """YES, NO, or UNKNOWN: for a record that is wider than the thing, or whose name leaves open what it is."""
        if self.node and self.node in meaning.kinds:
            return YES
        if not meaning.exact or not self.node:
            if meaning.head and any(_holds(meaning.head, name) for name in self._by_last.get(meaning.head[-1], ())):
                return YES
            if (not meaning.node and _is_short(meaning.words)) or self._shares_a_word(meaning.words):
                return UNKNOWN
        wider = meaning.exact and meaning.node in self.above and not self._is_complication()
        return UNKNOWN if wider or self._may_be_one(meaning) else NO

    def _may_be_one(self, meaning: Meaning) -> bool:
        """Whether two names may be of one thing: tumours of one site, operations on one organ."""
        if _MALIGNANCY in self.above and _MALIGNANCY in meaning.kinds:
            if any(name[0] == "non" and name[1] in meaning.words for name in self._names if len(name) > 1):
                return False  # a melanoma is no non-melanoma skin cancer
            return bool(self._sites() & meaning.kinds)
        if meaning.node in self._knowledge.words["either"] and meaning.kinds.intersection(self._knowledge.hierarchy.parents(self.node)):
            return True
        if _SURGERY not in self.above or _SURGERY not in meaning.kinds:
            return False
        stems = {word[:_STEM] for name in self._names for word in name if len(word) > _STEM}
        return any(word[:_STEM] in stems for word in meaning.words)

    def _sites(self) -> frozenset[str]:
        """The next wider kinds of a tumour but for those that name its histology."""
        hierarchy, histologies = self._knowledge.hierarchy, self._knowledge.words["histology"]
        labels = {node: normalise(hierarchy.label(node)).split() for node in hierarchy.parents(self.node)}
        return frozenset(node for node, words in labels.items() if not histologies.issuperset(words))

    def _is_complication(self) -> bool:
        """True for what a list would name beside the wider thing: SLE says nothing of lupus nephritis."""
        return not self._knowledge.words["complication"].isdisjoint(self._by_last)

    def _shares_a_word(self, words: tuple[str, ...]) -> bool:
        telling = {_singular(word) for word in words if len(word) > 2} - self._knowledge.words["shared"]
        return any(telling.intersection(name) for name in self._names)


@lru_cache(maxsize=20_000)
def wanted_of(knowledge: Knowledge, concept: Concept | None, text: str) -> Wanted:
    return Wanted(knowledge, concept, text)


def _holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether the words hold those of the name in their order: "active pulmonary tuberculosis" those of "active tuberculosis"."""
    rest = iter(words)
    return len(name) <= len(words) and all(word in rest for word in name)


def _is_short(words: tuple[str, ...]) -> bool:
    """Whether a name may be short for anything."""
    return len(words) == 1 and len(words[0]) <= _SHORTEST_NAME


def _head(words: tuple[str, ...], knowledge: Knowledge) -> tuple[str, ...]:
    """The words up to the first preposition, in the singular: "excision of a cyst" is an excision."""
    behind = knowledge.words["behind_head"]
    cut = next((place for place, word in enumerate(words) if place and word in behind), len(words))
    return tuple(map(_singular, words[:cut]))


def _singular(word: str) -> str:
    return next(iter(singulars(word)), word)


_UNNAMED = Meaning("", frozenset(), False, (), ())


@lru_cache(maxsize=50_000)
def meaning_of(knowledge: Knowledge, list_name: str, name: str, code: str | None = None) -> Meaning:
    """What a name, or a code, means in a list of the patient."""
    hierarchy = knowledge.hierarchy
    words = tuple(normalise(name).split())
    operations = _operations(words, knowledge) if list_name == "procedures" else ()
    found = hierarchy.of_code(code) if code else None
    if found is not None:
        return _of_node(knowledge, found.id if isinstance(found, Entry) else hierarchy.place(found), True, words, operations)
    for part, exact in ((name, True), *_parts(words, list_name, knowledge)):
        node = hierarchy.find_node(part, *TABLES[list_name])
        if node is not None:
            return _of_node(knowledge, node, exact, words, operations)
    if operations:
        return _of_node(knowledge, operations[0], False, words)
    return Meaning("", frozenset(), False, words, _head(words, knowledge))


def _of_node(knowledge: Knowledge, node: str, exact: bool, words: tuple[str, ...], more: tuple[str, ...] = ()) -> Meaning:
    kinds = {node, *more}.union(*(knowledge.hierarchy.above(one) for one in (node, *more)))
    return Meaning(node, frozenset(kinds), exact, words, _head(words, knowledge))


def _operations(words: tuple[str, ...], knowledge: Knowledge) -> tuple[str, ...]:
    """The kinds of operation that a name tells by itself, the narrowest first: "left hemicolectomy" is major surgery."""
    text = f" {' '.join(words)} "
    named = (kind for name, kind in knowledge.operations.items() if f" {name} " in text)
    ended = (kind for word in words for ending, kind in knowledge.operation_ends.items() if word.endswith(ending))
    return tuple(dict.fromkeys((*named, *ended)))


def _parts(words: tuple[str, ...], list_name: str, knowledge: Knowledge) -> Iterator[tuple[str, bool]]:
    """Parts of a name that may name the thing, the longest first, each with True where nothing else was said."""
    if len(words) > _LONGEST_NAME:
        return
    if list_name == "medications":
        kept = [word for word in words if word not in knowledge.words["package"] and not word[0].isdigit()]
        yield " ".join(kept), True
        yield from ((" ".join(kept[first:last]), False) for first, last in _stretches(len(kept)))
        return
    if list_name == "observations":
        for first, last in _stretches(len(words)):
            if knowledge.words["measured"].issuperset((*words[:first], *words[last:])):
                yield " ".join(words[first:last]), True
        return
    head = _head(words, knowledge)
    if "of" in words:
        place = words.index("of")
        yield " ".join((*(word for word in words[place + 1 :] if word != "the"), *words[:place])), True
    yield from ((" ".join(words[first:]), False) for first in range(1, len(words)))
    if len(head) < len(words):
        yield from ((" ".join(head[first:]), False) for first in range(len(head)))


def _stretches(count: int) -> Iterator[tuple[int, int]]:
    for length in range(count, 0, -1):
        yield from ((first, first + length) for first in range(count - length + 1))
