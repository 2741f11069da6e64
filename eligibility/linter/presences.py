"""Checks of what must be there: in, a dossier; out, findings on conditions, drugs and procedures that are required and excluded."""

from __future__ import annotations

from collections.abc import Iterator

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
    refused: dict[str, list[Demand]] = {}
    for demand in asked:
        if demand.constraint.concept is not None and not demand.included and not demand.wanted:
            refused.setdefault(demand.constraint.concept.id, []).append(demand)
    for demand in required:
        ids = _wider(demand.constraint.concept, dossier.rulebook)
        other = next((other for id in ids for other in refused.get(id, ()) if _refuses(other, demand, dossier)), None)
        if other is not None:
            label = other.constraint.concept.label if other.constraint.concept else other.constraint.name
            message = f"{demand.where} requires {demand.constraint.phrase}, but {other.where} excludes {label}"
            yield find("required_and_excluded", message, [demand, other])


def _refuses(other: Demand, demand: Demand, dossier: Dossier) -> bool:
    """True where whoever has the required has the refused: no detail of the refused is lacking in the required.

    Whoever has it has a history of it, and "known" is no detail.
    """
    refused, required = other.constraint, demand.constraint
    if refused.type != required.type or demand.cohort != other.cohort or refused.temporality not in (None, "history", required.temporality):
        return False
    if not set(refused.modifiers) <= dossier.words.plain.union(required.modifiers):
        return False
    return all(_detail(refused, name) in (None, _detail(required, name)) for name in _DETAILS)


def _wider(concept: Concept | None, rulebook: Rulebook) -> list[str]:
    """The ids of the concept and of all that it is a kind of by the rules: in the tree of MeSH, prediabetes is a diabetes.

    Classes of drugs are no help: "dual antiplatelet therapy" is one, and aspirin alone is none.
    """
    ids = [concept.id] if concept is not None else []
    for id in ids:
        ids += [wider for wider in _is_a(id, rulebook) if wider not in ids]
    return ids


def _is_a(id: str, rulebook: Rulebook) -> tuple[str, ...]:
    try:
        return getattr(rulebook.entry(id), "is_a", ())
    except RuleError:
        return ()  # a concept of the terminology


def _detail(constraint: Constraint, name: str) -> object:
    return constraint.__dict__.get(name)
