"""Limits: in, demands; out, what each leaves open of the thing it limits, on one scale for all demands on that thing.

Demands are on the same thing where nothing tells them apart: subject, population, specimen, modifiers, cohort, and the time they speak of.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from eligibility.constraints import Constraint
from eligibility.conversion import Converter, load_converter
from eligibility.errors import UnitError
from eligibility.linter.demands import Demand
from eligibility.ranges import Bound
from eligibility.rulebook import Rulebook

_MANY = 60  # limits on one thing; a text with more is a table and no protocol, and each would be held against all others
_WHOLE = (None, "1", "a", "mo", "wk", "d")  # units that are counted in whole numbers, if the limits are whole numbers


class End(NamedTuple):
    """One end of what is left open, in the unit of the thing's first demand."""

    value: float
    inclusive: bool


class Limit(NamedTuple):
    """What a demand leaves open, `low` to `high`; where it refuses a range, `hole` is that and both ends are open."""

    demand: Demand
    low: End | None
    high: End | None
    hole: tuple[End, End] | None
    unit: str | None


def limits(demands: Iterable[Demand], rulebook: Rulebook) -> Iterator[list[Limit]]:
    """The limits on each thing that has more than one, and not too many, in text order."""
    things: dict[Hashable, list[Demand]] = {}
    for demand in demands:
        if demand.constraint.type in ("age", "measurement") and demand.constraint.value is not None:
            things.setdefault(thing(demand), []).append(demand)
    for same in (part for demands_on in things.values() for part in _at_one_time(demands_on)):
        found = [limit for demand in same if (limit := _limit(demand, same[0].constraint, rulebook))]
        if 1 < len(found) <= _MANY:
            yield found


def _at_one_time(demands: list[Demand]) -> list[list[Demand]]:
    """The demands, parted by their windows where they have several; a demand without one is of any time."""
    windows = list(dict.fromkeys(demand.constraint.window for demand in demands if demand.constraint.window))
    if len(windows) < 2:
        return [demands]
    return [[demand for demand in demands if demand.constraint.window == window] for window in (*windows, None)]


def thing(demand: Demand) -> Hashable:
    """What the demand is on; two demands on the same thing limit each other, at one time."""
    c = demand.constraint
    reference = c.value.reference if c.value else None
    details = tuple(getattr(c, name, None) for name in ("specimen", "method"))
    return c.type, c.name, c.population, c.modifiers, c.temporality, c.about, reference, details, demand.cohort


def _limit(demand: Demand, first: Constraint, rulebook: Rulebook) -> Limit | None:
    """The demand's limit in the unit of the first one; None where the units have nothing to do with each other, or stages have letters."""
    value, unit = demand.constraint.value, first.value.unit if first.value else None
    if value is None or value.empty or any(bound and bound.letter and bound.letter.islower() for bound in (value.lower, value.upper)):
        return None
    analyte, converter = demand.constraint.concept.id if demand.constraint.concept else "", load_converter(rulebook)
    try:
        low, high = (_end(bound, unit, analyte, converter) for bound in (value.lower, value.upper))
    except UnitError:
        return None
    if demand.wanted:
        return Limit(demand, low, high, None, unit)
    if low and high:
        return Limit(demand, None, None, (low, high), unit)
    return Limit(demand, _beyond(high), _beyond(low), None, unit)


def _end(bound: Bound | None, unit: str | None, analyte: str, converter: Converter) -> End | None:
    if bound is None:
        return None
    if (bound.unit is None) != (unit is None):
        raise UnitError(f"a bound without a unit does not compare with {bound.unit or unit}")
    value = bound.magnitude if unit is None else converter.convert(bound.magnitude, bound.unit or "1", unit, analyte)
    return End(value, bound.inclusive)


def _beyond(end: End | None) -> End | None:
    """The end of what a refused range leaves open."""
    return End(end.value, not end.inclusive) if end else None


def crosses(low: End | None, high: End | None) -> bool:
    """True where nothing lies between the two ends."""
    if low is None or high is None:
        return False
    return low.value > high.value or (low.value == high.value and not (low.inclusive and high.inclusive))


def narrower(a: End, b: End) -> bool:
    """True where the upper end `a` leaves less open than `b`."""
    return (a.value, a.inclusive) < (b.value, b.inclusive)


def mirrored(end: End | None) -> End | None:
    """A lower end as an upper one, so that one function is enough for both sides."""
    return End(-end.value, end.inclusive) if end else None


def beyond(inner: End, outer: End, unit: str | None) -> tuple[float, float] | None:
    """The first and the last value that the upper end `outer` leaves open beyond `inner`; None where there is none.

    Of what is counted in whole numbers, there is none between "up to 2" and "not 3 or more".
    """
    if not narrower(inner, outer):
        return None
    if unit not in _WHOLE or any(end.value != int(end.value) for end in (inner, outer)):
        return inner.value, outer.value
    first, last = inner.value + int(inner.inclusive), outer.value - int(not outer.inclusive)
    return (first, last) if first <= last else None
