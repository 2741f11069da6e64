"""Checks of what must be there: in, a dossier; out, findings on conditions, drugs and procedures that are required and excluded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from eligibility.constraints import Constraint
from eligibility.linter.demands import Dossier
from eligibility.linter.findings import Finding, find

_TYPES = ("condition", "medication", "procedure", "biomarker", "pregnancy", "lactation")
_QUALIFIERS = ("modifiers", "temporality", "window", "population", "stage", "dose", "duration", "count", "frequency", "value", "route")


def required_and_excluded(dossier: Dossier) -> Iterator[Finding]:
    """What every patient must have, and what none may have, is one thing."""
    asked = [demand for demand in dossier.demands if demand.constraint.type in _TYPES and dossier.is_whole(demand)]
    for demand, other in product(asked, asked):
        required = (
            demand.included
            and demand.wanted
            and not demand.list
            and not other.included
            and not other.wanted
            and demand.cohort == other.cohort
        )
        if required and _refuses(other.constraint, demand.constraint):
            label = other.constraint.concept.label if other.constraint.concept else other.constraint.name
            message = f"{demand.where} requires {demand.constraint.phrase}, but {other.where} excludes {label}"
            yield find("required_and_excluded", message, [demand, other])


def _refuses(refused: Constraint, required: Constraint) -> bool:
    """True where whoever has the required has the refused: the same concept, and no detail of the refused that the required lacks."""
    if refused.concept is None or required.concept is None or refused.concept.id != required.concept.id or refused.type != required.type:
        return False
    return all(_detail(refused, name) in (None, (), _detail(required, name)) for name in _QUALIFIERS)


def _detail(constraint: Constraint, name: str) -> object:
    return constraint.__dict__.get(name)
