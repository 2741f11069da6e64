"""Checks of ranges: in, a dossier; out, findings on ranges that are empty, that leave nothing open together, or that do not meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from eligibility.constraints import Range
from eligibility.linter.demands import Demand, Dossier
from eligibility.linter.findings import Finding, find
from eligibility.linter.limits import End, Limit, crosses, limits, mirrored, narrower, nothing_between

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


def contradictions(dossier: Dossier) -> Iterator[Finding]:
    """Two criteria that no patient satisfies together: of one section, or one that lets in and one that excludes everyone let in."""
    for same in limits(dossier.demands, dossier.rulebook):
        for a, b in combinations(same, 2):
            if not _exclude_each_other(a, b) or not _comparable(dossier, a.demand, b.demand):
                continue
            first, second = (a, b) if a.demand.included or not b.demand.included else (b, a)
            if first.demand.included != second.demand.included:
                message = f"{_asks(first)}, but {_asks(second)}: that excludes everyone who is let in"
                yield find("excludes_everyone", message, [a.demand, b.demand])
            elif not dossier.has_groups and (a.demand.list == b.demand.list or "" in (a.demand.list, b.demand.list)):
                message = f"{_asks(first)}, and {_asks(second)}: no patient satisfies both"
                yield find("contradiction", message, [a.demand, b.demand])


def _comparable(dossier: Dossier, a: Demand, b: Demand) -> bool:
    """True for two criteria that say nothing else: what a criterion says besides may tell for whom, or of what, its limit is."""
    return a.criterion is not b.criterion and dossier.is_whole(a) and dossier.is_whole(b)


def boundaries(dossier: Dossier) -> Iterator[Finding]:
    """Where the inclusion ends and the exclusion begins at another value: a gap between them, or values that are in both."""
    for same in limits(dossier.demands, dossier.rulebook):
        if any(_exclude_each_other(a, b) for a, b in combinations(same, 2)):
            continue
        yield from _boundary(same, upper=True)
        yield from _boundary(same, upper=False)


def _boundary(same: list[Limit], upper: bool) -> Iterator[Finding]:
    inner, outer = (_tightest([limit for limit in same if limit.demand.included == side], upper) for side in (True, False))
    if inner is None or outer is None:
        return
    (limit, included), (other, left) = inner, outer
    if narrower(left, included):
        message = f"{_asks(limit)}, but {_asks(other)}: {_between(left, included, limit.unit, upper)} in both"
        yield find("overlap", message, [limit.demand, other.demand])
    elif not nothing_between(included, left, limit.unit):
        message = f"{_asks(limit)}, but {_asks(other)}: {_between(included, left, limit.unit, upper)} in neither"
        yield find("gap", message, [limit.demand, other.demand])


def _tightest(same: list[Limit], upper: bool) -> tuple[Limit, End] | None:
    """The limit that leaves least open on that side, with its end (a lower one mirrored); None where none has an end there."""
    ends = [(limit, end) for limit in same if (end := limit.high if upper else mirrored(limit.low))]
    return min(ends, key=lambda pair: (pair[1].value, pair[1].inclusive), default=None)


def _between(a: End, b: End, unit: str | None, upper: bool) -> str:
    """What lies between two ends, in words: "65 a is", "values between 60 and 65 a are"."""
    low, high = sorted(abs(end.value) if not upper else end.value for end in (a, b))
    what = f" {unit}" if unit else ""
    return f"{low:g}{what} is" if low == high else f"values from {low:g} to {high:g}{what} are"


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
    return low.unit == high.unit and low.upper.magnitude < high.lower.magnitude
