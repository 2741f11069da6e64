"""Checks of ranges: in, a dossier; out, findings on ranges that are empty, that leave nothing open together, or that do not meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from eligibility.linter.demands import Demand, Dossier
from eligibility.linter.findings import Finding, find
from eligibility.linter.limits import End, Limit, beyond, crosses, limits, mirrored, narrower
from eligibility.ranges import Range

_AND = re.compile(r"\band\b|&", re.IGNORECASE)
_OR = re.compile(r"\bor\b|/", re.IGNORECASE)


def empty_ranges(dossier: Dossier) -> Iterator[Finding]:
    """A range that no value satisfies: "BMI between 35 and 20". "0 to -5" is how scales below zero are written."""
    for demand in dossier.stated:
        for facet, found in demand.constraint.facets:
            if found.empty and not (found.upper and found.upper.magnitude < 0):
                yield find(
                    "empty_range", f"no value satisfies {_said(demand)}: the lower end of the {facet} is above its upper end", [demand]
                )


def excluding_pairs(dossier: Dossier) -> Iterator[tuple[Limit, Limit]]:
    """Two limits on one thing, of different criteria, that leave nothing open together; that of the inclusion first."""
    for same in limits(dossier.demands, dossier.rulebook):
        for a, b in combinations(same, 2):
            if a.demand.criterion is not b.demand.criterion and _exclude_each_other(a, b):
                yield (a, b) if a.demand.included or not b.demand.included else (b, a)


def contradictions(dossier: Dossier) -> Iterator[Finding]:
    """Two criteria that no patient satisfies together: of one section, or one that lets in and one that excludes everyone let in.

    Both must say nothing else: what a criterion says besides may tell for whom, or of what, its limit is.
    """
    for first, second in excluding_pairs(dossier):
        a, b = first.demand, second.demand
        if not (dossier.is_whole(a) and dossier.is_whole(b)):
            continue
        if a.included != b.included:
            yield find("excludes_everyone", f"{_asks(first)}, but {_asks(second)}: that excludes everyone who is let in", [a, b])
        elif not dossier.has_groups and (a.list == b.list or "" in (a.list, b.list)):
            yield find("contradiction", f"{_asks(first)}, and {_asks(second)}: no patient satisfies both", [a, b])


def boundaries(dossier: Dossier) -> Iterator[Finding]:
    """Where the inclusion ends and the exclusion begins at another value: a gap between them, or values that are in both."""
    for same in limits(dossier.demands, dossier.rulebook):
        if any(_exclude_each_other(a, b) for a, b in combinations(same, 2)):
            continue
        sided = [limit for limit in same if limit.low != limit.high]  # a value is no boundary
        yield from _boundary(sided, upper=True)
        yield from _boundary(sided, upper=False)


def _boundary(same: list[Limit], upper: bool) -> Iterator[Finding]:
    inner, outer = (_tightest([limit for limit in same if limit.demand.included == side], upper) for side in (True, False))
    if inner is None or outer is None:
        return
    (limit, included), (other, left) = inner, outer
    said = f"{_asks(limit)}, but {_asks(other)}"
    if between := beyond(included, left, limit.unit):
        yield find("gap", f"{said}: {_said_of(between, limit.unit)} in neither", [limit.demand, other.demand])
    if between := beyond(left, included, limit.unit):
        yield find("overlap", f"{said}: {_said_of(between, limit.unit)} in both", [limit.demand, other.demand])


def _tightest(same: list[Limit], upper: bool) -> tuple[Limit, End] | None:
    """The limit that leaves least open on that side, with its end (a lower one mirrored); None where none has an end there."""
    ends = [(limit, end) for limit in same if (end := limit.high if upper else mirrored(limit.low))]
    return min(ends, key=lambda pair: (pair[1].value, pair[1].inclusive), default=None)


def _said_of(values: tuple[float, float], unit: str | None) -> str:
    """ "65 a is", "60 to 65 a are"; values of a lower end are mirrored."""
    low, high = sorted(map(abs, values))
    said = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    return f"{said} {unit or ''}".rstrip() + (" is" if low == high else " are")


def _exclude_each_other(a: Limit, b: Limit) -> bool:
    if a.hole and not b.hole:
        a, b = b, a
    if b.hole is None:
        return crosses(a.low, b.high) or crosses(b.low, a.high)
    if a.hole or a.low is None or a.high is None:
        return False
    bottom, top = b.hole
    return not narrower(top, a.high) and not narrower(End(-bottom.value, bottom.inclusive), End(-a.low.value, a.low.inclusive))


def _asks(limit: Limit) -> str:
    return f"{limit.demand.where} {'asks for' if limit.demand.wanted else 'excludes'} {_said(limit.demand)}"


def _said(demand: Demand) -> str:
    return demand.constraint.phrase


def impossible_ands(dossier: Dossier) -> Iterator[Finding]:
    """ "below 18 and above 45": no value is both, so "or" is meant."""
    for a, b in pairwise(dossier.stated):
        first, second = a.constraint, b.constraint
        if a.criterion is not b.criterion or (first.name, first.population) != (second.name, second.population):
            continue
        if first.value is None or second.value is None or not _apart(first.value, second.value):
            continue
        words = dossier.criteria.text[first.value.span.end : second.value.span.start] if first.value.span and second.value.span else ""
        if _AND.search(words) and not _OR.search(words):
            yield find("impossible_and", f'no value is {first.value} and {second.value}: "or" is meant, and read', [a, b])


def _apart(first: Range, second: Range) -> bool:
    """True for two ranges, each open on one side, that have no value in common."""
    low, high = (first, second) if first.lower is None else (second, first)
    if low.upper is None or low.lower is not None or high.lower is None or high.upper is not None:
        return False
    return (low.unit == high.unit or None in (low.unit, high.unit)) and low.upper.magnitude < high.lower.magnitude
