"""Explanations: in, a criterion or criteria; out, the requirement as an indented tree, each leaf with the words that it was read from."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.constraints import ConstraintBase
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.ranges import Span
from eligibility.result import Criteria, Criterion

_INDENT = "  "


def explain_criterion(criterion: Criterion) -> str:
    """The criterion's words, and below them its tree."""
    head = f"{criterion.section} {criterion.number}: {' '.join(criterion.text.split())}"
    if criterion.cohort:
        head += f" [{criterion.cohort}]"
    if criterion.requirement is None:
        return f"{head}\n{_INDENT}{'see what stands under it' if criterion.children else 'not understood'}"
    pieces = [(part.span, part.text) for part in criterion.walk()]
    return "\n".join([head, *(_INDENT + line for line in _lines(criterion.requirement, pieces))])


def explain_criteria(criteria: Criteria) -> str:
    """Every top-level criterion in text order; the tree of a criterion has what stands under it."""
    tops = sorted(criteria.inclusion + criteria.exclusion, key=lambda criterion: criterion.span)
    return "\n".join(explain_criterion(criterion) for criterion in tops)


def _lines(node: Requirement, pieces: list[tuple[Span, str]]) -> Iterator[str]:
    if isinstance(node, Leaf):
        said = _evidence(node.constraint, pieces)
        yield f"{node} <- {said!r} ({node.constraint.rule})" if said else str(node)
        return
    yield _name(node)
    for label, part in _parts(node):
        inner = list(_lines(part, pieces))
        yield f"{_INDENT}{label}{inner[0]}"
        yield from (_INDENT + line for line in inner[1:])


def _name(node: Requirement) -> str:
    if isinstance(node, AtLeast):
        return f"at least {node.n} of"
    names = {Not: "not", AllOf: "all of", AnyOf: "any of", IfThen: "for those with"}
    return names[type(node)]


def _parts(node: Requirement) -> list[tuple[str, Requirement]]:
    if isinstance(node, Not):
        return [("", node.item)]
    if isinstance(node, IfThen):
        otherwise = [("else: ", node.otherwise)] if node.otherwise is not None else []
        return [("", node.premise), ("then: ", node.then), *otherwise]
    assert not isinstance(node, Leaf)
    return [("", item) for item in node.items]


def _evidence(constraint: ConstraintBase, pieces: list[tuple[Span, str]]) -> str:
    """The words that the constraint was read from; empty where they stand in another criterion."""
    place = constraint.evidence
    for span, text in pieces if place is not None else ():
        if place is not None and span.start <= place.start and place.end <= span.end:
            return " ".join(text[place.start - span.start : place.end - span.start].split())
    return ""
