"""Demands: in, parsed criteria; out, what each of them asks of every patient, one constraint at a time.

Only what stands under AllOf, and what an exclusion names under AnyOf, is asked of every patient: an alternative, a demand on a part of
the patients, an exception is none, and so contradicts nothing. Nothing here compares.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from eligibility.constraints import Constraint, Span
from eligibility.linter.words import Words, load_words, words_of
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.result import Criteria, Criterion
from eligibility.rulebook import Rulebook

_PREMISE = re.compile(r"[^:]*\d[^:]*:")  # "Stage 2: FEV1 < 80 %"
_EQUAL = re.compile(r"\bor equal\b")
_DIGIT = re.compile(r"\d")


class Demand(NamedTuple):
    """A constraint that every patient must satisfy (`wanted`) or must not; `criterion` is where its words stand, None for the header.

    `number` is the constraint's running number.
    """

    constraint: Constraint
    wanted: bool
    criterion: Criterion | None
    number: int

    @property
    def where(self) -> str:
        return f"{self.criterion.section} {self.criterion.number}" if self.criterion else "header"

    @property
    def cohort(self) -> str | None:
        return self.criterion.cohort if self.criterion else None

    @property
    def list(self) -> str:
        """The number of the criterion it stands under; "" at the top."""
        return self.criterion.number.rpartition(".")[0] if self.criterion else ""

    @property
    def included(self) -> bool:
        """True where an inclusion criterion says it."""
        return self.criterion is not None and self.criterion.section == "inclusion"


@dataclass(frozen=True, eq=False)
class Dossier:
    """What every check is given: the criteria of one trial, and the rules they were read with."""

    criteria: Criteria
    rulebook: Rulebook

    @cached_property
    def stated(self) -> tuple[Demand, ...]:
        """Every constraint with its place, as a demand that it hold, whether or not it is asked of every patient."""
        header = [(None, constraint) for constraint in self.criteria.header]
        told = [(criterion, constraint) for criterion in self.criteria.walk() for constraint in criterion.constraints]
        return tuple(Demand(constraint, True, criterion, number) for number, (criterion, constraint) in enumerate([*header, *told], 1))

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        """What is asked of every patient, in text order."""
        places = {_place(demand.constraint): demand for demand in self.stated if demand.criterion}
        found = []
        for criterion in (*self.criteria.inclusion, *self.criteria.exclusion):
            for constraint, wanted in asked(criterion.requirement) if criterion.requirement else ():
                place = places.get(_place(constraint))
                if place is not None and not constraint.exception and place.number not in self._doubtful:
                    found.append(place._replace(constraint=constraint, wanted=wanted))
        return tuple(sorted(found, key=lambda demand: demand.number))

    @cached_property
    def _doubtful(self) -> frozenset[int]:
        """The numbers of constraints whose comparators the export has lost, or whose range is empty: they are no limits to rely on."""
        lost = {issue.constraint for issue in self.criteria.issues if issue.code in ("ambiguous", "contradiction")}
        return frozenset(number for number in lost if number is not None)

    @cached_property
    def words(self) -> Words:
        return load_words(self.rulebook)

    def is_whole(self, demand: Demand) -> bool:
        """True where the criterion says nothing but its constraints: then, and only then, its demand may be held against another.

        "Surgery at another hospital" asks for more than surgery, "Surgery:" for nothing, and the age of "Age under 5: creatinine < 1" is
        a premise.
        """
        criterion = demand.criterion
        if criterion is None:
            return True
        text = _blanked(criterion, criterion.constraints)
        end = max((span.end for span in spans_of(demand.constraint)), default=0) - criterion.span.start
        premise = _PREMISE.match(criterion.text) or ":" in criterion.text[max(0, end) :]
        if premise or _DIGIT.search(text) or _is_part(demand.constraint, criterion):
            return False
        return set(words_of(text)) <= self.words.plain

    def is_beside(self, demand: Demand) -> bool:
        """True where nothing stands between the subject and its value but what compares them, and what shares the value."""
        criterion, subject, value = demand.criterion, demand.constraint.subject, demand.constraint.value
        if criterion is None or subject is None or value is None or value.span is None or not subject.spans:
            return False
        low, high, start = (place - criterion.span.start for place in (subject.spans[-1].end, value.span.start, subject.spans[0].start))
        if low > high or criterion.text[:start].endswith("/"):
            return False
        sharing = [c for c in criterion.constraints if c.value == value]
        between = _EQUAL.sub(" ", _blanked(criterion, sharing)[low:high].lower())
        lists = {"and", "or", "and/or"} if len(sharing) > 1 else set()
        allowed = self.words.plain.difference({"and", "or", "and/or"}) | self.words.comparing | lists
        return not _DIGIT.search(between) and set(words_of(between)) <= allowed

    @cached_property
    def has_groups(self) -> bool:
        """True where the inclusion is about several groups of patients."""
        said = (words_of(criterion.text) for criterion in self.criteria.walk() if criterion.section == "inclusion")
        return any(not self.words.group.isdisjoint(words) for words in said)


def _blanked(criterion: Criterion, constraints: Iterable[Constraint]) -> str:
    """The criterion's text, the subjects and values of these constraints blank; of the same length."""
    text = criterion.text
    for constraint in constraints:
        for start, end in spans_of(constraint):
            low, high = (min(max(0, place - criterion.span.start), len(text)) for place in (start, end))
            text = text[:low] + " " * (high - low) + text[high:]
    return text


def _is_part(constraint: Constraint, criterion: Criterion) -> bool:
    """True for a name inside another one: the HIV of "HIV-1 RNA"."""
    own = constraint.subject.spans if constraint.subject else ()
    others = [span for c in criterion.constraints if c.subject != constraint.subject for span in (c.subject.spans if c.subject else ())]
    return any(a.start < b.end and b.start < a.end for a in own for b in others)


def spans_of(constraint: Constraint) -> Iterator[Span]:
    """Where its subject and its values stand; the evidence may hold words between them that are no part of it."""
    yield from constraint.subject.spans if constraint.subject else ()
    yield from (found.span for _, found in constraint.facets if found.span)


def asked(requirement: Requirement) -> Iterator[tuple[Constraint, bool]]:
    """Each constraint that must hold, or must not, for the requirement to hold."""
    match requirement:
        case Leaf(constraint=constraint):
            yield constraint, True
        case AllOf(items=items):
            for item in items:
                yield from asked(item)
        case AnyOf(items=(item,)):
            yield from asked(item)
        case AtLeast(n=n, items=items) if n >= len(items):
            for item in items:
                yield from asked(item)
        case Not(item=item):
            yield from _refused(item)
        case AnyOf() | AtLeast() | IfThen():
            return


def _refused(requirement: Requirement) -> Iterator[tuple[Constraint, bool]]:
    """Each constraint that must hold, or must not, for the requirement not to hold."""
    match requirement:
        case Leaf(constraint=constraint):
            yield constraint, False
        case AnyOf(items=items) | AtLeast(n=1, items=items):
            for item in items:
                yield from _refused(item)
        case AllOf(items=(item,)):
            yield from _refused(item)
        case Not(item=item):
            yield from asked(item)
        case AllOf() | AtLeast() | IfThen():
            return


def _place(constraint: Constraint) -> Hashable:
    """What tells a constraint of a tree from the others, though the tree asserts what the criterion denies."""
    subject = constraint.subject.spans if constraint.subject else ()
    return constraint.type, constraint.evidence, subject, tuple(found for _, found in constraint.facets), constraint.exception
