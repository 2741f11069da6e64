"""Dates: in, a window of time and what happened when; out, whether it falls within, with the arithmetic in words.

Months and years are those of the calendar: three months before 31 May is 28 (or 29) February. Hours count as the days that they begin.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from eligibility.ranges import Bound, Range, Window
from eligibility.screening.truth import NO, UNKNOWN, YES, all_of, any_of
from eligibility.ucum import DAYS, DAYS_OF_A_MONTH, MONTHS

_FEWEST = date(1, 1, 1)
_MOST = date(9999, 12, 31)


class Period(NamedTuple):
    """From when to when; `start` None where that is not known, `end` None where it goes on."""

    start: date | None
    end: date | None


class Placed(NamedTuple):
    """Whether something falls in a window, and the dates that say so; `lacks` is what is not known, where that matters."""

    truth: int
    words: str
    lacks: str = ""


def shifted(day: date, amount: float, unit: str, sign: int = 1) -> date:
    """The day that is so much later, or earlier with sign -1; UCUM a, mo, wk, d, h, min. Whole months by the calendar."""
    try:
        if unit in MONTHS and float(amount * MONTHS[unit]).is_integer():
            return _months_later(day, sign * int(amount * MONTHS[unit]))
        days = amount * (DAYS_OF_A_MONTH * MONTHS[unit] if unit in MONTHS else DAYS[unit])
        return day + sign * timedelta(days=math.ceil(days - 1e-9))
    except OverflowError:
        return _MOST if sign > 0 else _FEWEST


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def completed(start: date, end: date, unit: str) -> float:
    """The completed units between two days."""
    days = (end - start).days
    if unit not in MONTHS:
        return math.floor(days / DAYS[unit])
    months = (end.year - start.year) * 12 + end.month - start.month
    if end.day < start.day and end.day < monthrange(end.year, end.month)[1]:
        months -= 1
    return months // MONTHS[unit]


class Calendar:
    """The dates of one screening: of the patient's anchors, and the day of the screening for all that are not given."""

    def __init__(self, on: date, anchors: Mapping[str, date], birth: date | None = None) -> None:
        self.on = on
        self._anchors = {**({"birth": birth} if birth else {}), **anchors}

    def anchor(self, name: str | None) -> date | None:
        """The day of an anchor; None for a birth that is not known."""
        return self._anchors.get(name or "", None if name == "birth" else self.on)

    def place(self, window: Window, period: Period, half_life: float | None = None) -> Placed:
        """Whether the period reaches into the window, or for one with a lower bound alone ("at least 4 weeks since"): ended before it.

        `half_life`: days, of what the window counts in half-lives of; None where it is not known.
        """
        anchor = self.anchor(window.anchor)
        if anchor is None:
            return Placed(UNKNOWN, f"the day of {window.anchor} is not known", window.anchor or "")
        placed = [self._in_one(found, window.direction, anchor, period, half_life) for found in window.alternatives]
        if len(placed) == 1:
            return placed[0]
        widest = (window.choose != "shortest") == (window.range.upper is not None)
        truth = (any_of if widest else all_of)(one.truth for one in placed)
        decisive = [one for one in placed if one.truth == truth] or placed
        return Placed(
            truth, "; ".join(dict.fromkeys(one.words for one in decisive)), next((one.lacks for one in decisive if one.lacks), "")
        )

    def _in_one(self, found: Range, direction: str | None, anchor: date, period: Period, half_life: float | None) -> Placed:
        bounds = [_in_days(bound, half_life) for bound in (found.lower, found.upper)]
        if any(bound is not None and bound.unit not in {**DAYS, **MONTHS} for bound in bounds):
            return Placed(UNKNOWN, f"how long {found} is, is not known", "half-life")
        near, far = bounds
        if direction == "after":
            return _after(near, far, anchor, period, self.on)
        if near is not None and far is None:
            return _before(period, anchor, near)
        if far is None:
            return Placed(UNKNOWN, f"{found} is no window")
        first = shifted(anchor, far.magnitude, far.unit or "d", -1)
        last = shifted(anchor, far.magnitude, far.unit or "d") if direction == "around" else anchor
        if near is not None and direction != "around":
            last = shifted(anchor, near.magnitude, near.unit or "d", -1)
        return _overlap(period, first, last, anchor, far.inclusive)


def _in_days(bound: Bound | None, half_life: float | None) -> Bound | None:
    if bound is None or bound.unit != "half_life" or half_life is None:
        return bound
    return bound.model_copy(update={"magnitude": bound.magnitude * half_life, "unit": "d"})


def _overlap(period: Period, first: date, last: date, anchor: date, inclusive: bool) -> Placed:
    """Whether any day of the period lies between the two; the first counts only where the window is inclusive."""
    start, end = period
    if end is not None and (end < first or (end == first and not inclusive)):
        return Placed(NO, f"{end} is {days(anchor, end)}, before {first}")
    if start is not None and start > last:
        return Placed(NO, f"{start} is after {last}")
    shown = end if end is not None else start
    if start is None and end is not None and end > last:
        return Placed(UNKNOWN, "when it began is not known", "start")
    if shown is None or end is None:
        return Placed(YES, f"goes on{f' since {start}' if start else ''}")
    return Placed(YES, f"{shown} is {days(anchor, shown)}, from {first} on")


def _before(period: Period, anchor: date, near: Bound) -> Placed:
    """Whether the period had ended so long before the anchor."""
    latest = shifted(anchor, near.magnitude, near.unit or "d", -1)
    if period.end is None:
        return Placed(NO, "goes on")
    soon_enough = period.end <= latest if near.inclusive else period.end < latest
    return Placed(YES if soon_enough else NO, f"{period.end} is {days(anchor, period.end)}, {'not ' * (not soon_enough)}by {latest}")


def _after(near: Bound | None, far: Bound | None, anchor: date, period: Period, on: date) -> Placed:
    first = shifted(anchor, near.magnitude, near.unit or "d") if near else anchor
    last = shifted(anchor, far.magnitude, far.unit or "d") if far else _MOST
    if last > on:
        return Placed(UNKNOWN, f"the window ends on {last}, after the screening" if far else "the window does not end")
    return _overlap(period, first, last, anchor, True)


def days(anchor: date, day: date) -> str:
    """ "28 days before 2026-03-05"."""
    count = (anchor - day).days
    if count == 0:
        return f"the day {anchor} itself"
    return f"{abs(count)} day{'s' if abs(count) != 1 else ''} {'before' if count > 0 else 'after'} {anchor}"
