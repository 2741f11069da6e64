"""Containment: in, two constraints; out, whether the one holds for everyone for whom the other holds. Said only where it is certain.

Units convert as the analyte's rule allows; a limit without a unit, a multiple of a normal limit and an absolute one, or a calendar month
and 30 days, have no order.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import NamedTuple

from eligibility.constraints import Age, Constraint, Sex
from eligibility.conversion import Converter, load_converter
from eligibility.errors import UnitError
from eligibility.hierarchy import Hierarchy, load_hierarchy
from eligibility.ranges import Bound, Range, Window
from eligibility.rulebook import load_rulebook
from eligibility.ucum import MONTHS

FACETS = ("value", "dose", "stage", "window", "duration", "count", "frequency")
_NOT_KIND = {
    *FACETS, "subject", "concept", "evidence", "rule", "examples", "population", "exception", "sex", "modifiers", "agents",
}  # fmt: skip
_EVENTS = ("condition", "medication", "procedure")
_NEAR = 1e-9  # relative: what is left of the rounding of a conversion
_OF_A_MONTH = 0.08  # relative: months have 28 to 31 days, in the mean 30.44
_ROUNDED = 0.005  # relative: as limits in a second unit are rounded
_FIRST, _LAST = "", "~"  # before and behind every letter of a stage


class Knowledge(NamedTuple):
    converter: Converter
    hierarchy: Hierarchy


def load_knowledge() -> Knowledge:
    return Knowledge(load_converter(load_rulebook()), load_hierarchy())


def kind_of(constraint: Constraint) -> Hashable:
    """All that a constraint says but of what, and how much: two that differ in it are not compared."""
    said = ((name, value) for name, value in constraint.__dict__.items() if name not in _NOT_KIND)
    return (*said, frozenset(constraint.modifiers), frozenset(agent.id for agent in getattr(constraint, "agents", ())))


def is_within(a: Constraint, b: Constraint, knowledge: Knowledge) -> bool:
    """Whether b holds wherever a does."""
    if a.type != b.type or not _is_same_or_kind_of(a, b, knowledge) or kind_of(a) != kind_of(b):
        return False
    return all(facet_within(name, a, b, knowledge) for name in FACETS)


def _is_same_or_kind_of(a: Constraint, b: Constraint, knowledge: Knowledge) -> bool:
    if isinstance(a, Sex) and isinstance(b, Sex):
        return b.sex in (a.sex, "all")
    if a.name == b.name:
        return True
    return a.type in _EVENTS and a.concept is not None and b.concept is not None and knowledge.hierarchy.is_a(a.concept, b.concept)


def facet_within(name: str, a: Constraint, b: Constraint, knowledge: Knowledge) -> bool:
    """Whether what a leaves open of the facet lies in what b does."""
    narrow, wide = getattr(a, name, None), getattr(b, name, None)
    if narrow == wide:
        return True
    analyte = a.concept.id if a.concept and name == "value" else ""
    try:
        if wide is None:
            return _is_of_some(name, a, narrow)
        if narrow is None:
            return False
        if isinstance(narrow, Window):
            return _window_within(narrow, wide, knowledge)
        return _range_within(narrow, wide, knowledge, analyte, completed=isinstance(a, Age))
    except UnitError:
        return False


def _is_of_some(name: str, constraint: Constraint, found: Range | Window | None) -> bool:
    """Whether what has the facet is among what is asked for without it: "> 10 mg of prednisone" is prednisone, "up to 2 lines" may be none.

    A window narrows what may be of any time; what goes on today is not all that there was within five years.
    """
    if isinstance(found, Window):
        ever = constraint.temporality == "history" or constraint.type in ("procedure", "trial")
        return ever and all(one.lower is None for one in found.alternatives)
    return found is None or name == "stage" or (name != "value" and found.lower is not None)


def _window_within(a: Window, b: Window, knowledge: Knowledge) -> bool:
    """Of several times the longest or the shortest counts: each of the one side is held against all of the other."""
    if (a.anchor, a.direction) != (b.anchor, b.direction) or len({one.choose for one in (a, b) if len(one.alternatives) > 1}) > 1:
        return False
    choose = a.choose if len(a.alternatives) > 1 else b.choose

    def within(narrow: Range, wide: Range) -> bool:
        try:
            return _range_within(narrow, wide, knowledge, "", completed=False)
        except UnitError:
            return False

    sides = {(one.lower is None, one.upper is None) for one in (*a.alternatives, *b.alternatives)}
    if choose is None or sides not in ({(True, False)}, {(False, True)}):
        pairs = zip(a.alternatives, b.alternatives, strict=False)
        return len(a.alternatives) == len(b.alternatives) and all(within(*pair) for pair in pairs)
    for_each_of_wide = (choose == "longest") == (sides == {(False, True)})
    if for_each_of_wide:
        return all(any(within(narrow, wide) for narrow in a.alternatives) for wide in b.alternatives)
    return all(any(within(narrow, wide) for wide in b.alternatives) for narrow in a.alternatives)


def _range_within(a: Range, b: Range, knowledge: Knowledge, analyte: str, *, completed: bool) -> bool:
    """Whether every value of a is one of b; UnitError where they have no order."""
    if a.reference != b.reference or (b.values and not _listed(a) <= _listed(b)):
        return False
    return all(side_within(side, a, b, knowledge, analyte, completed=completed) for side in ("lower", "upper"))


def _listed(found: Range) -> set[tuple[float | None, str | None, str | None]]:
    """What the range lists; where it lists nothing, something that no range does."""
    letters = found.letters or (None,) * len(found.values)
    listed: set[tuple[float | None, str | None, str | None]] = {
        (one, by, found.unit) for one, by in zip(found.values, letters, strict=True)
    }
    return listed or {(None, None, None)}


def side_within(side: str, a: Range, b: Range, knowledge: Knowledge, analyte: str = "", *, completed: bool = False) -> bool:
    """Whether a goes no further than b on the side, "lower" or "upper"; UnitError where the two have no order."""
    narrow, wide = getattr(a, side), getattr(b, side)
    if wide is None or narrow is None:
        return wide is None
    first, second = (_place(bound, side, completed) for bound in (narrow, wide))
    value = first[0] if narrow.unit == wide.unit else _in_unit(first[0], narrow, second[0], wide, knowledge, analyte)
    if abs(value - second[0]) <= _NEAR * max(abs(value), abs(second[0])):
        value = second[0]
    placed = (value, *first[1:])
    return placed >= second if side == "lower" else placed <= second


def _place(bound: Bound, side: str, completed: bool) -> tuple[float, str, int]:
    """Where the range begins or ends: the number, the letter, and a step further in where the bound itself is outside.

    Completed units are whole: "over 17 years" begins where 18 years does, and "up to 75" ends where 76 begins.
    """
    lower = side == "lower"
    if completed and bound.unit in (*MONTHS, "wk", "d"):
        above = lower != bound.inclusive
        return (math.floor(bound.magnitude) + 1 if above else math.ceil(bound.magnitude)), _FIRST, 0
    letter = bound.letter if bound.letter and bound.letter.islower() else _FIRST if lower == bound.inclusive else _LAST
    return bound.magnitude, letter, 0 if bound.inclusive else 1 if lower else -1


def _in_unit(value: float, a: Bound, other: float, b: Bound, knowledge: Knowledge, analyte: str) -> float:
    """The value of a in the unit of b; UnitError where that has no order with the other value, which is of b."""
    if a.unit is None or b.unit is None:
        raise UnitError("one of them has no unit")
    try:
        there = knowledge.converter.convert(value, a.unit, b.unit, analyte)
    except UnitError as error:
        raise UnitError(f"{a.unit} and {b.unit} do not compare") from error
    distance = abs(there - other) / max(abs(there), abs(other), _NEAR)
    calendar = (a.unit in MONTHS) != (b.unit in MONTHS)
    if distance <= _OF_A_MONTH if calendar else _NEAR < distance <= _ROUNDED:
        raise UnitError(f"about the same: {a} is {knowledge.converter.convert(a.magnitude, a.unit, b.unit, analyte):.4g} {b.unit}")
    return there
