"""Checks of what must be there: in, a dossier; out, findings on conditions, drugs and procedures that are required and excluded."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from eligibility.constraints import Concept, Constraint
from eligibility.errors import RuleError
from eligibility.linter.demands import Demand, Dossier
from eligibility.linter.findings import Finding, find
from eligibility.linter.ranges import excluding_pairs
from eligibility.rulebook import Rulebook

_TYPES = ("condition", "medication", "procedure", "biomarker", "pregnancy", "lactation")
_DETAILS = ("window", "population", "stage", "dose", "duration", "count", "frequency", "value", "route", "alteration", "status")


def required_and_excluded(dossier: Dossier) -> Iterator[Finding]:
    """What every patient must have, and what none may have, is one thing, or the one is a kind of the other.

    Where the inclusion contradicts itself it is about several groups, whoever they are, and the exclusion may be about one of them.
    """
    if any(a.demand.included and b.demand.included for a, b in excluding_pairs(dossier)):
        return
    asked = [demand for demand in dossier.demands if demand.constraint.type in _TYPES and dossier.is_whole(demand)]
    required = [demand for demand in asked if demand.included and demand.wanted and not demand.list]
    refused = [demand for demand in asked if not demand.included and not demand.wanted]
    for demand, other in product(required, refused):
        if demand.cohort == other.cohort and _refuses(other, demand, dossier):
            label = other.constraint.concept.label if other.constraint.concept else other.constraint.name
            message = f"{demand.where} requires {demand.constraint.phrase}, but {other.where} excludes {label}"
            yield find("required_and_excluded", message, [demand, other])


def _refuses(other: Demand, demand: Demand, dossier: Dossier) -> bool:
    """True where whoever has the required has the refused: no detail of the refused is lacking in the required.

    Whoever has it has a history of it, and "known" is no detail.
    """
    refused, required = other.constraint, demand.constraint
    if refused.type != required.type or not _is_kind_of(required.concept, refused.concept, dossier.rulebook):
        return False
    if refused.temporality not in (None, "history", required.temporality):
        return False
    if not set(refused.modifiers) <= dossier.words.plain.union(required.modifiers):
        return False
    return all(_detail(refused, name) in (None, _detail(required, name)) for name in _DETAILS)


def _is_kind_of(narrow: Concept | None, wide: Concept | None, rulebook: Rulebook) -> bool:
    """By the rules alone: in the tree of MeSH, prediabetes is a diabetes."""
    if narrow is None or wide is None:
        return False
    ids, seen = [narrow.id], set()
    while ids:
        id = ids.pop()
        if id == wide.id:
            return True
        seen.add(id)
        ids += [wider for wider in _wider(id, rulebook) if wider not in seen]
    return False


def _wider(id: str, rulebook: Rulebook) -> tuple[str, ...]:
    """Classes of drugs are no help: "dual antiplatelet therapy" is one, and aspirin alone is none."""
    try:
        return getattr(rulebook.entry(id), "is_a", ())
    except RuleError:
        return ()  # a concept of the terminology


def _detail(constraint: Constraint, name: str) -> object:
    return constraint.__dict__.get(name)
