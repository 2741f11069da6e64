"""Windows: in, a window of time; out, the days before the index that it spans, rounded so that it contains it or lies within it.

Circe counts in days. A month is 30.4375 days and a year twelve of them; as calendar months differ from that by up to two days, the longest
and the shortest reading do so too. Every anchor of the trial's beginning is the index; what is counted from others is not known.
"""

from __future__ import annotations

import math

from eligibility.export.omop.circe import Days
from eligibility.ranges import Bound, Range, Window
from eligibility.ucum import DAYS, DAYS_OF_A_MONTH, MONTHS

_SLACK = 2  # days by which some calendar months are longer or shorter than as many mean ones
_INDEX = frozenset({None, "screening", "baseline", "enrollment", "randomization", "consent", "treatment_start", "study"})


def days_of(window: Window, *, longest: bool, half_life: float | None = None) -> Days | None:
    """The days of a window that looks back (or around) from the index, in their longest or shortest reading; None where none is known.

    `half_life`, in days, is that of what the window is about. Of alternatives ("28 days or 5 half-lives") the union counts, and with
    `choose="shortest"` what they share; one that is not known leaves the other where that keeps to the reading that is asked for.
    """
    if window.direction == "after" or window.anchor not in _INDEX:
        return None
    around = window.direction == "around"
    found = [_stretch(one, around, longest, half_life) for one in window.alternatives]
    known = [one for one in found if one is not None]
    union = (window.choose != "shortest") == (window.range.upper is not None)
    if not known or (len(known) < len(found) and union == longest):
        return None
    starts, ends = [one.first for one in known if one.first is not None], [one.last for one in known if one.last is not None]
    if union:
        return Days(max(starts) if len(starts) == len(known) else None, min(ends, default=0))
    return Days(min(starts, default=None), max(ends, default=0))


def _stretch(found: Range, around: bool, longest: bool, half_life: float | None) -> Days | None:
    far = _in_days(found.upper, longest, half_life) if found.upper is not None else None
    near = _in_days(found.lower, not longest, half_life) if found.lower is not None else 0
    if near is None or (found.upper is not None and far is None):
        return None
    if around and found.lower is not None:
        return None
    return Days(far, -far if around and far is not None else near)


def _in_days(bound: Bound, longest: bool, half_life: float | None) -> int | None:
    amount, unit = bound.magnitude, bound.unit
    if unit == "half_life" and half_life is not None:
        amount, unit = amount * half_life, "d"
    if unit in MONTHS:
        days = amount * MONTHS[unit] * DAYS_OF_A_MONTH
        return math.ceil(days) + _SLACK if longest else max(math.floor(days) - _SLACK, 0)
    if unit not in DAYS:
        return None
    days = amount * DAYS[unit]
    return math.ceil(days) if longest else max(math.floor(days) - (0 if bound.inclusive else 1), 0)
