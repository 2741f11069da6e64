"""Demands: in, criteria; out, what a patient must satisfy, one demand a criterion, in two-valued logic and leaves that FHIR has values for.

The registry's own fields come first, where they demand something that no inclusion criterion says: ages, one sex, no healthy volunteers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from eligibility.conditionals import unconditional
from eligibility.constraints import Age, Constraint, Sex
from eligibility.export.fhir.leaves import Unsaid, sayable
from eligibility.logic import AllOf, Leaf, Not, Requirement, leaves
from eligibility.ranges import Bound, Span
from eligibility.result import Criteria, Criterion

Section = Literal["header", "inclusion", "exclusion"]


class Demand(NamedTuple):
    """A criterion with the items under it, or a field of the header, whose text is its requirement in words.

    `requirement` is None where nothing was read; `unsaid` narrows the whole of it.
    """

    section: Section
    number: str | None
    text: str
    span: Span | None
    requirement: Requirement | None
    unsaid: tuple[Unsaid, ...] = ()


def demands(criteria: Criteria) -> Iterator[Demand]:
    """The header's, then the inclusion criteria and the exclusion criteria, each in text order."""
    required = [
        leaf.constraint for criterion in criteria.inclusion if criterion.cohort is None for leaf in _required(criterion.requirement)
    ]
    for constraint in criteria.header:
        if (requirement := _of_header(constraint, required)) is not None:
            yield Demand("header", None, str(requirement), constraint.evidence, requirement)
    for criterion in (*criteria.inclusion, *criteria.exclusion):
        yield _of_criterion(criterion)


def _required(node: Requirement | None) -> Iterator[Leaf]:
    """The leaves that everyone must satisfy."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, AllOf):
        for item in node.items:
            yield from _required(item)


def _of_header(constraint: Constraint, required: Iterable[Constraint]) -> Requirement | None:
    """What a field demands: no sex of "all", nothing of those who are not healthy, nothing that the inclusion criteria say as well."""
    leaf = Leaf(constraint=constraint)
    match constraint:
        case Age():
            same = {bound for age in required if isinstance(age, Age) and age.about == "patient" for bound in _bounds(age)}
            return None if same.issuperset(_bounds(constraint)) else sayable(leaf)
        case Sex():
            said = any(isinstance(sex, Sex) and (sex.sex, sex.about) == (constraint.sex, "patient") for sex in required)
            return None if said or constraint.sex == "all" else leaf
    if constraint.rule == "healthy_volunteers":
        return Not(item=leaf) if constraint.negated else None
    return leaf


def _bounds(age: Age) -> set[tuple[str, Bound]]:
    ends = (("lower", age.value.lower), ("upper", age.value.upper)) if age.value else ()
    return {(side, bound) for side, bound in ends if bound}


def _of_criterion(criterion: Criterion) -> Demand:
    parts = tuple(criterion.walk())
    span = Span(min(part.span.start for part in parts), max(part.span.end for part in parts))
    text = " ".join(part.text for part in parts)
    requirement = criterion.requirement
    unsaid = [Unsaid("cohort", f"for {criterion.cohort}")] if criterion.cohort else []
    if requirement is not None:
        unsaid += (Unsaid("unstructured", part.text) for part in parts if _is_missing(part, requirement))
        requirement = unconditional(sayable(requirement))
    return Demand(criterion.section, criterion.number, text, span, requirement, tuple(unsaid))


def _is_missing(part: Criterion, requirement: Requirement) -> bool:
    """Whether an item that nothing was read in is in no leaf of the tree of its criterion."""
    if part.requirement is not None or part.structured or part.children:
        return False
    places = [leaf.constraint.evidence for leaf in leaves(requirement)]
    return not any(place and part.span.start <= place.start < part.span.end for place in places)
