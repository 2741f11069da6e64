"""Leaves: in, one constraint, or its opposite; out, what Circe is asked so that everyone is found who satisfies it.

A record is asked for what it holds: its concept, its dates, its value. What else a constraint says is lost, and noted: where the constraint
lets in, it is asked without that; where its opposite does (an exclusion), nothing can be asked, for more would be excluded than it says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from eligibility.constraints import Age, Concept, Constraint, Measurement, Sex
from eligibility.errors import UnitError
from eligibility.export.omop.circe import (
    EVER,
    Days,
    Json,
    Tree,
    at_least,
    concept_json,
    concept_set,
    none_of,
    numeric,
    occurrence,
    person,
)
from eligibility.export.omop.facets import Kind, beyond, is_current, narrowing, narrows
from eligibility.export.omop.measurements import Asked, bands, opposite
from eligibility.export.omop.resolution import Resolver, Unresolved
from eligibility.export.omop.vocabulary import Domain, OmopConcept
from eligibility.export.omop.windows import days_of
from eligibility.ranges import Range, Span
from eligibility.screening.events import is_washout
from eligibility.screening.knowledge import Knowledge
from eligibility.ucum import convert

_GENDERS = {
    "male": concept_json(8507, "MALE", "M", "Gender", "Gender", "Gender"),
    "female": concept_json(8532, "FEMALE", "F", "Gender", "Gender", "Gender"),
}
_TABLES: dict[str, tuple[str, Domain]] = {
    "condition": ("ConditionOccurrence", "Condition"),
    "medication": ("DrugExposure", "Drug"),
    "procedure": ("ProcedureOccurrence", "Procedure"),
    "measurement": ("Measurement", "Measurement"),
}


class Loss(NamedTuple):
    """What of a constraint is not asked."""

    kind: Kind
    constraint: Constraint


class Leaves:
    """Asks constraints of one trial, and keeps the concept sets, the losses and the names that were not found.

    `text` is what the constraints were read from, `apart` the parts of it that are for one cohort of the trial alone, `until` the last day
    that counts, where that is not the end of all records.
    """

    def __init__(self, resolver: Resolver, knowledge: Knowledge, text: str, apart: Sequence[Span], until: date | None) -> None:
        self._resolver = resolver
        self._knowledge = knowledge
        self._text = text
        self._apart = apart
        self._until = {"Value": until.isoformat(), "Op": "lte"} if until is not None else None
        self._sets: dict[tuple[tuple[OmopConcept, ...], tuple[OmopConcept, ...]], Json] = {}
        self.losses: list[Loss] = []
        self.unresolved: list[Unresolved] = []

    @property
    def concept_sets(self) -> list[Json]:
        return list(self._sets.values())

    def ask(self, constraint: Constraint, negated: bool, excepted: Sequence[Constraint]) -> Tree | None:
        """What contains the constraint, or its opposite; None, with a loss, where nothing does. What is excepted does not count."""
        kind = "cohort" if self._is_apart(constraint) else beyond(constraint, self._knowledge)
        if kind is not None:
            self._lose(constraint, kind)
            return None
        match constraint:
            case Sex():
                return _sex(constraint, negated)
            case Age():
                return self._age(constraint, negated)
        constraint = self._as_one_name(constraint)
        lost = list(narrowing(constraint, self._text, self._knowledge))
        for kind in lost:
            self._lose(constraint, kind)
        if lost and negated:
            return None
        if isinstance(constraint, Measurement):
            return self._measurement(constraint, negated)
        return self._event(constraint, negated, excepted)

    def _lose(self, constraint: Constraint, kind: Kind) -> None:
        self.losses.append(Loss(kind, constraint))

    def _is_apart(self, constraint: Constraint) -> bool:
        own = constraint.evidence
        return own is not None and any(span.start <= own.start < span.end for span in self._apart)

    def _age(self, constraint: Age, negated: bool) -> Tree | None:
        if constraint.value is None:
            self._lose(constraint, "value")
            return None
        sides = opposite(constraint.value) if negated else [constraint.value]
        try:
            years = [_years(side) for side in sides]
        except UnitError:
            self._lose(constraint, "unit_missing")
            return None
        if any(high is not None for _, high in years) or any((low, high) == (None, None) for low, high in years):
            self._lose(constraint, "age")
        if any((low, high) == (None, None) for low, high in years):
            return None
        return at_least(1, (person(Age=numeric(low, high)) for low, high in years))

    def _event(self, constraint: Constraint, negated: bool, excepted: Sequence[Constraint]) -> Tree | None:
        table, domain = _TABLES[constraint.type]
        own = [one for one in excepted if one.type == constraint.type]
        by_route = [one for one in own if one.__dict__.get("route") and one.concept == constraint.concept]
        codeset = self._codeset(constraint, domain, negated, [one for one in own if one not in by_route])
        if codeset is None:
            return None
        criteria: Json = {"CodesetId": codeset}
        if by_route or constraint.__dict__.get("route"):
            routes = self._routes(constraint, by_route) if negated else ()
            if not routes:
                self._lose(constraint, "route")
                if negated:
                    return None
            else:
                criteria["RouteConcept"] = [concept.json() for concept in routes]
        return self._dated({table: criteria}, constraint, negated)

    def _routes(self, constraint: Constraint, by_route: Sequence[Constraint]) -> list[OmopConcept]:
        """The routes by which a record excludes for certain: those of the constraint, or all, without those that are excepted."""
        own = constraint.__dict__.get("route")
        named = self._resolver.routes(own) if own else self._resolver.routes(*self._knowledge.routes.values())
        without = self._resolver.routes(*(one.__dict__["route"] for one in by_route)) if by_route else ()
        return [concept for concept in named if concept not in without]

    def _codeset(self, constraint: Constraint, domain: Domain, negated: bool, excepted: Sequence[Constraint] = ()) -> int | None:
        """The number of the set of the constraint's concepts without those of the exceptions; None, with a loss, where there is none."""
        included = self._concepts(constraint, domain)
        if included is None:
            return None
        excluded: list[OmopConcept] = []
        for exception in excepted:
            is_certain = self._is_certain(exception)
            found = self._concepts(exception, domain) if negated or is_certain else None
            excluded += found or ()
            if found is None or not is_certain:
                self._lose(exception, "exception")
            if found is None and negated:
                return None
        without = tuple(dict.fromkeys(excluded))
        if set(included) <= set(without):
            self._lose(constraint, "exception")
            return None
        if (included, without) not in self._sets:
            names = [constraint.meant, *(exception.meant for exception in excepted if without)]
            made = concept_set(len(self._sets), " without ".join(dict.fromkeys(names)), _jsons(included), _jsons(without))
            self._sets[included, without] = made
        return int(self._sets[included, without]["id"])

    def _is_certain(self, exception: Constraint) -> bool:
        """Whether every record of the exception's concept is excepted; if not, an exclusion leaves all of them out, an inclusion none."""
        narrowed = exception.window is not None or exception.__dict__.get("route") or exception.temporality == "current"
        return not narrowed and not any(narrowing(exception, self._text, self._knowledge))

    def _concepts(self, constraint: Constraint, domain: Domain) -> tuple[OmopConcept, ...] | None:
        found = self._resolver.resolve(constraint.meant, constraint.concept, domain)
        if isinstance(found, Unresolved):
            self.unresolved.append(found)
            self._lose(constraint, "ambiguous" if found.candidates else "unresolved")
            return None
        return found

    def _as_one_name(self, constraint: Constraint) -> Constraint:
        """ "Viral" and "sinusitis" as one concept where the vocabulary has that: then nothing of it is lost."""
        words = [word for word in constraint.modifiers if narrows(word, constraint, self._knowledge)]
        name = " ".join((*words, constraint.meant))
        if not words or isinstance(self._resolver.resolve(name, None, _TABLES[constraint.type][1]), Unresolved):
            return constraint
        kept = tuple(word for word in constraint.modifiers if word not in words)
        return constraint.model_copy(update={"concept": Concept(id=name, label=name), "modifiers": kept})

    def _dated(self, criteria: Json, constraint: Constraint, negated: bool) -> Tree | None:
        """A record in the window of the constraint, or none."""
        spans = constraint.type != "procedure" and not self._happens(constraint)
        if constraint.window is None:
            return self._undated(criteria, constraint, negated, spans)
        if is_washout(constraint):
            return self._washed_out(criteria, constraint, negated, spans)
        days = days_of(constraint.window, longest=not negated, half_life=self._half_life(constraint))
        if days is None:
            self._lose(constraint, "window")
            return None if negated or constraint.window.direction == "after" else occurrence(criteria, EVER)
        if not spans or days.first is None:
            return occurrence(criteria, days, none=negated)
        # Circe has a record without an end end a day after it began: one that is to exclude must reach a day further.
        reach = max(days.first - 1, 0) if negated else days.first
        return occurrence(criteria, Days(None, days.last), Days(reach, None), none=negated)

    def _washed_out(self, criteria: Json, constraint: Constraint, negated: bool, spans: bool) -> Tree | None:
        """ "At least 4 weeks since the last dose": no record reaches into the time that must be free; who has none need not wait."""
        days = days_of(constraint.window, longest=True, half_life=self._half_life(constraint)) if constraint.window else None
        free = (days.last or 0) - (2 if spans else 1) if days is not None else -1  # of two, one as above
        if negated or free < 0:
            self._lose(constraint, "window")
            return None
        return occurrence(criteria, EVER, Days(free, None), none=True) if spans else occurrence(criteria, Days(free, 0), none=True)

    def _undated(self, criteria: Json, constraint: Constraint, negated: bool, spans: bool) -> Tree | None:
        if not is_current(constraint, self._knowledge):
            return occurrence(criteria, EVER, none=negated)
        if not negated:
            self._lose(constraint, "current")
            return occurrence(criteria, EVER)
        if spans:
            return occurrence(criteria, EVER, Days(0, None), none=True)
        self._lose(constraint, "current")
        return None

    def _happens(self, constraint: Constraint) -> bool:
        """Whether it is an event that counts by its onset, such as a stroke."""
        knowledge = self._knowledge
        return constraint.concept is not None and knowledge.is_among(knowledge.hierarchy.node(constraint.concept), knowledge.happens)

    def _half_life(self, constraint: Constraint) -> float | None:
        node = self._knowledge.hierarchy.node(constraint.concept) if constraint.concept is not None else ""
        return self._knowledge.half_lives.get(node)

    def _measurement(self, constraint: Measurement, negated: bool) -> Tree | None:
        """The latest value that can be compared, within the limit; for the opposite one beyond it, or none at all."""
        found = bands(constraint, self._resolver, self._knowledge)
        if isinstance(found, str):
            if found == "unit" and constraint.value is not None and constraint.value.unit is not None:
                self.unresolved.append(Unresolved(name=constraint.value.unit, domain="Unit"))
            self._lose(constraint, found)
            return None
        codeset = self._codeset(constraint, "Measurement", negated)
        days: Days | None = EVER
        if constraint.window is not None:
            days = days_of(constraint.window, longest=not negated)
        if days is None:
            self._lose(constraint, "window")
            days = EVER if not negated and constraint.window and constraint.window.direction != "after" else None
        if codeset is None or days is None:
            return None
        asked = Asked(found, codeset, self._until)
        return asked.latest_outside(days) if negated else asked.latest_inside(days)


def _sex(constraint: Sex, negated: bool) -> Tree | None:
    if constraint.sex == "all":
        return None
    asked = person(Gender=[_GENDERS[constraint.sex]])
    return none_of([asked]) if negated else asked


def _years(limits: Range) -> tuple[int | None, int | None]:
    """The differences of calendar years between which an age in the range may lie.

    Ages count in completed units, 75 years and 6 months as 75. Who is n completed years old was born n or n + 1 calendar years ago.
    """
    low = high = None
    if limits.lower is not None:
        low = math.floor(convert(limits.lower.magnitude + (not limits.lower.inclusive), limits.lower.unit or "1", "a") + 1e-9) or None
    if limits.upper is not None:
        high = math.ceil(convert(limits.upper.magnitude + limits.upper.inclusive, limits.upper.unit or "1", "a") - 1e-9)
    return low, high


def _jsons(concepts: Iterable[OmopConcept]) -> list[Json]:
    return [concept.json() for concept in concepts]
