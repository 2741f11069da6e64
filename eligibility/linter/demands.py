"""Demands: in, parsed criteria; out, what each of them asks of every patient, one constraint at a time.

Only what stands under AllOf, and what an exclusion names under AnyOf, is asked of every patient: an alternative, a demand on a part of
the patients, an exception is none, and so contradicts nothing. Nothing here compares.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from eligibility.constraints import Constraint
from eligibility.linter.remainder import Remainder, read_remainder
from eligibility.linter.words import Words, load_words, words_of
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.result import Criteria, Criterion
from eligibility.rulebook import Rulebook


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

    @cached_property
    def _remainders(self) -> dict[str, Remainder]:
        return {f"{c.section} {c.number}": read_remainder(c, self.words) for c in self.criteria.walk() if c.constraints}

    def is_whole(self, demand: Demand) -> bool:
        """True where its criterion says nothing else: then, and only then, the demand may be held against another.

        "Surgery at another hospital" asks for more than surgery, and "Surgery:" for nothing.
        """
        return demand.criterion is None or self._remainders[demand.where].is_whole(demand.constraint)

    def is_beside(self, demand: Demand) -> bool:
        """True where nothing stands between the subject and its value but what compares them, and what shares the value."""
        return demand.criterion is not None and self._remainders[demand.where].is_beside(demand.constraint, self.words)

    @cached_property
    def has_groups(self) -> bool:
        """True where the inclusion is about several groups of patients."""
        said = (words_of(criterion.text) for criterion in self.criteria.walk() if criterion.section == "inclusion")
        return any(not self.words.group.isdisjoint(words) for words in said)


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
