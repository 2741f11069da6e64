"""Stages: in, a stage as a record has it ("IIIB", "stage 3b"), and a range of stages; out, whether it lies within."""

from __future__ import annotations

import re

from eligibility.ranges import Bound, Range
from eligibility.romans import roman
from eligibility.screening.truth import NO, UNKNOWN, YES

_STAGE = re.compile(r"(?:stage|grade|class)?\s*(?:(?P<roman>i{1,3}|iv|v)|(?P<digits>\d+))\s*(?P<letter>[a-e])?\d?\Z")


def stage_truth(stage: str, limits: Range) -> int:
    """A stage without a letter may be any of its letters: unknown where that decides."""
    found = _STAGE.fullmatch(stage.strip().lower())
    if found is None:
        return UNKNOWN
    magnitude = roman(found["roman"] or "") or float(found["digits"] or 0)
    letters = [found["letter"]] if found["letter"] else ["a", "b", "c", "d"]
    truths = {_lies(magnitude, letter, limits) for letter in letters}
    return UNKNOWN if len(truths) > 1 else YES if truths.pop() else NO


def _lies(magnitude: float, letter: str, limits: Range) -> bool:
    low, high = limits.lower, limits.upper
    inside = (low is None or _order(magnitude, letter, low) >= (0 if low.inclusive else 1)) and (
        high is None or _order(magnitude, letter, high) <= (0 if high.inclusive else -1)
    )
    return inside and (not limits.values or _is_listed(magnitude, letter, limits))


def _is_listed(magnitude: float, letter: str, limits: Range) -> bool:
    """Whether the text lists the stage: "IB or IIIA" holds no IIA."""
    letters = limits.letters or (None,) * len(limits.values)
    return any(magnitude == value and own in (None, letter) for value, own in zip(limits.values, letters, strict=True))


def _order(magnitude: float, letter: str, bound: Bound) -> int:
    """-1, 0 or 1: below, at or above the bound; a bound without a letter holds all its letters."""
    if magnitude != bound.magnitude:
        return -1 if magnitude < bound.magnitude else 1
    if bound.letter is None or letter == bound.letter:
        return 0
    return -1 if letter < bound.letter else 1
