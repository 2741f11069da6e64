"""Stages: in, a stage as a record has it ("IIIB", "3b", "T2"), and a range of stages; out, whether it lies within."""

from __future__ import annotations

import re

from eligibility.ranges import Bound, Range
from eligibility.screening.truth import NO, UNKNOWN, YES

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_STAGE = re.compile(r"(?:stage|grade|class)?\s*(?:(?P<roman>i{1,3}|iv|v)|(?P<digits>\d+))\s*(?P<letter>[a-e])?\d?\Z")


def stage_truth(stage: str, limits: Range) -> int:
    """A stage without a letter may be any of its letters: unknown where that decides."""
    found = _STAGE.fullmatch(stage.strip().lower())
    if found is None:
        return UNKNOWN
    magnitude = float(_ROMAN[found["roman"]] if found["roman"] else found["digits"])
    letters = [found["letter"]] if found["letter"] else ["a", "b", "c", "d"]
    truths = {_lies(magnitude, letter, limits) for letter in letters}
    return UNKNOWN if len(truths) > 1 else YES if truths.pop() else NO


def _lies(magnitude: float, letter: str, limits: Range) -> bool:
    low, high = limits.lower, limits.upper
    inside = (low is None or _order(magnitude, letter, low) >= (0 if low.inclusive else 1)) and (
        high is None or _order(magnitude, letter, high) <= (0 if high.inclusive else -1)
    )
    return inside and (not limits.values or magnitude in limits.values or bool(limits.letters))


def _order(magnitude: float, letter: str, bound: Bound) -> int:
    """-1, 0 or 1: below, at or above the bound; a bound without a letter holds all its letters."""
    if magnitude != bound.magnitude:
        return -1 if magnitude < bound.magnitude else 1
    if bound.letter is None or letter == bound.letter:
        return 0
    return -1 if letter < bound.letter else 1
