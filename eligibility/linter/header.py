"""Checks of the header: in, a dossier; out, findings where the registry's own fields and the criteria do not say the same."""

from __future__ import annotations

import math
from collections.abc import Iterator

from eligibility.constraints import Age, Sex
from eligibility.linter.demands import Demand, Dossier
from eligibility.linter.findings import Finding, find
from eligibility.linter.limits import End, Limit, limits, mirrored


def ages(dossier: Dossier) -> Iterator[Finding]:
    """Age limits that differ; a cohort's own, or that of a part of the patients, says nothing of the trial's."""
    header = [demand for demand in dossier.stated if demand.criterion is None and isinstance(demand.constraint, Age)]
    told = [demand for demand in dossier.stated if demand.criterion is not None and isinstance(demand.constraint, Age)]
    asked = [demand for demand in dossier.demands if isinstance(demand.constraint, Age) and not _partial(demand)]
    whole = [demand for demand in asked if dossier.is_whole(demand)]
    if len(header) != 1 or not whole or len(whole) < len(told):
        return
    for same in limits([header[0], *whole], dossier.rulebook):
        for upper in (False, True):
            yield from _side(same[0], same[1:], upper)


def _side(header: Limit, told: list[Limit], upper: bool) -> Iterator[Finding]:
    side = "upper" if upper else "lower"
    ends = [(end, limit.demand) for limit in told if (end := limit.high if upper else mirrored(limit.low))]
    if header.demand.criterion is not None or not ends:
        return
    end, demand = min(ends, key=lambda pair: pair[0])
    own = header.high if upper else mirrored(header.low)
    if own is None:
        message = f"the header has no {side} limit of age, but {demand.where} has one: {demand.constraint.phrase}"
        yield find("header", message, [header.demand, demand])
    elif not _same(own, end, upper):
        message = f"the header says {header.demand.constraint.phrase}, but {demand.where} says {demand.constraint.phrase}"
        yield find("header", message, [header.demand, demand])


def _same(header: End, told: End, upper: bool) -> bool:
    """True where both limit the age alike: a header gives completed units, so that "under 18" is 17, and cannot say "over 18" but by 18."""
    if not upper:
        return header.value == told.value
    last = math.floor(told.value) if told.inclusive or told.value % 1 else told.value - 1
    return math.floor(header.value) == last


def _partial(demand: Demand) -> bool:
    return demand.cohort is not None or demand.constraint.population is not None


def sexes(dossier: Dossier) -> Iterator[Finding]:
    """Who may take part, by the header and by the criteria."""
    header = [demand for demand in dossier.stated if demand.criterion is None and isinstance(demand.constraint, Sex)]
    for demand in dossier.demands:
        if not header or not isinstance(demand.constraint, Sex) or _partial(demand) or not dossier.is_whole(demand):
            continue
        stated, told = header[0].constraint.sex, demand.constraint.sex  # type: ignore[union-attr]
        admitted = told if demand.wanted else {"male": "female", "female": "male"}.get(told, told)
        if stated != admitted:
            message = f"the header admits {_persons(stated)}, but {demand.where} admits {_persons(admitted)}"
            yield find("header", message, [header[0], demand])


def _persons(sex: str) -> str:
    return "both sexes" if sex == "all" else f"only {sex} patients"


def volunteers(dossier: Dossier) -> Iterator[Finding]:
    """Healthy volunteers that the inclusion asks for, and the header does not accept.

    The other way round says little: trials of whoever once had chickenpox accept healthy volunteers.
    """
    refusing = [d for d in dossier.stated if d.criterion is None and d.constraint.rule == "healthy_volunteers" and d.constraint.negated]
    for criterion in dossier.criteria.inclusion if refusing else ():
        if dossier.words.asks_for_healthy(criterion.text):
            where = f"{criterion.section} {criterion.number}"
            field = find("header", f"the header accepts no healthy volunteers, but {where} asks for them", refusing)
            yield field.model_copy(update={"spans": (*field.spans, criterion.span), "criteria": (*field.criteria, where)})
