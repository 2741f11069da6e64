"""Dates: in, an element that says when; out, the days it may be. The day is the one written, whatever the time zone.

A year or a month alone is no day: it dates nothing. Only an end is taken as the last day it may be, since no end at all would
mean that what it ends goes on. Both are said in a note.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import NamedTuple

from eligibility.fhir.elements import Json, Unreadable, kind_of, number_of, object_of, text_of
from eligibility.fhir.notes import Entry

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T[0-9].*)?)?)?", re.DOTALL)
_DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7}
_MONTHS = {"mo": 1, "month": 1, "months": 1, "a": 12, "year": 12, "years": 12, "yr": 12, "yrs": 12}
_OLDEST = 150 * 366  # days


class When(NamedTuple):
    """The first and the last day that something may have been on, and how it was said."""

    first: date
    last: date
    said: str

    @property
    def exact(self) -> bool:
        return self.first == self.last


class Times(NamedTuple):
    """From when to when; both the same where it is a point."""

    start: When | None = None
    end: When | None = None

    @property
    def latest(self) -> When | None:
        return self.end or self.start


def when_of(owner: Json, key: str) -> When | None:
    """The date or dateTime of an element."""
    value = owner.get(key)
    if value is None:
        return None
    if isinstance(value, date):  # of an object's dump
        day = value.date() if isinstance(value, datetime) else value
        return When(day, day, day.isoformat())
    if not isinstance(value, str):
        raise Unreadable(f"{key} is {kind_of(value)}, not a date")
    match = _DATE.fullmatch(value.strip())
    if match is None:
        raise Unreadable(f"{key} is not a date")
    year, month, day_of_month = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day_of_month or 1)
    except ValueError as error:
        raise Unreadable(f"{key} is a day that does not exist") from error
    last = first if day_of_month else date(first.year, month or 12, monthrange(first.year, month or 12)[1])
    return When(first, last, value.strip()[:10])


def period_of(owner: Json, key: str) -> Times:
    period = object_of(owner, key)
    return Times(when_of(period, "start"), when_of(period, "end")) if period else Times()


def times_of(entry: Entry, stem: str) -> Times:
    """When the resource says it was (`performed` in `performedDateTime` or `performedPeriod`); words and ages date nothing."""
    resource = entry.resource
    for ending in ("DateTime", "Instant"):
        point = when_of(resource, stem + ending)
        if point is not None:
            return Times(point, point)
    found = period_of(resource, f"{stem}Period")
    if found.latest is None and any(resource.get(stem + ending) is not None for ending in ("String", "Age", "Range", "Timing")):
        entry.note("it is dated in words, by an age or by a schedule: its date is not known")
    return found


def exact_day(entry: Entry, when: When | None, what: str) -> str | None:
    """The day, None with a note where it is only a month or a year."""
    if when is None or when.exact:
        return when.first.isoformat() if when else None
    entry.note(f"{what} is only a month or a year: no day is taken from it", when.said)
    return None


def last_day(entry: Entry, when: When, what: str) -> str:
    """The day, the last one with a note where it is only a month or a year."""
    if not when.exact:
        entry.note(f"{what} is only a month or a year: taken as its last day", when.said)
    return when.last.isoformat()


def at_age(owner: Json, key: str, birth: date | None) -> When | None:
    """The days of a life on which one has the age; None where there is no birth date to count from, or no unit of time."""
    age = object_of(owner, key)
    if age is None:
        return None
    amount, unit = number_of(age, "value"), text_of(age, "code") or text_of(age, "unit")
    if amount is None or unit not in _MONTHS.keys() | _DAYS.keys() or birth is None:
        return None
    if not 0 <= amount <= _OLDEST:
        raise Unreadable(f"{key} is no age")
    try:
        return When(_later(birth, amount, unit), _later(birth, amount + 1, unit) - timedelta(days=1), f"{amount:g} {unit}")
    except (OverflowError, ValueError) as error:
        raise Unreadable(f"{key} is beyond the calendar") from error


def _later(day: date, amount: float, unit: str) -> date:
    if unit in _DAYS:
        return day + timedelta(days=int(amount * _DAYS[unit]))
    months = day.year * 12 + day.month - 1 + int(amount * _MONTHS[unit])
    year, month = divmod(months, 12)
    missing = max(0, day.day - monthrange(year, month + 1)[1])  # 29 February is followed by 1 March
    return date(year, month + 1, day.day - missing) + timedelta(days=bool(missing))
