"""Windows of a screening: calendar arithmetic, and whether a period falls within."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility.ranges import Bound, Range, Window
from eligibility.screening.dates import Calendar, Period, completed, shifted
from eligibility.screening.truth import NO, UNKNOWN, YES

ON = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "amount", "unit", "earlier"),
    [
        ("2026-05-31", 3, "mo", "2026-02-28"),
        ("2024-02-29", 1, "a", "2023-02-28"),
        ("2026-03-01", 4, "wk", "2026-02-01"),
        ("2026-03-01", 72, "h", "2026-02-26"),
        ("2026-03-01", 36, "h", "2026-02-27"),
        ("2026-03-01", 1.5, "mo", "2026-01-14"),
        ("2026-03-01", 5000, "a", "0001-01-01"),
    ],
)
def test_so_much_earlier(day: str, amount: float, unit: str, earlier: str) -> None:
    assert shifted(date.fromisoformat(day), amount, unit, -1) == date.fromisoformat(earlier)


@pytest.mark.parametrize(
    ("start", "end", "unit", "units"),
    [
        ("2008-03-01", "2026-03-01", "a", 18),
        ("2008-03-02", "2026-03-01", "a", 17),
        ("2008-02-29", "2026-02-28", "a", 18),
        ("2026-01-31", "2026-02-28", "mo", 1),
        ("2025-12-15", "2026-03-01", "mo", 2),
        ("2026-01-01", "2026-03-01", "wk", 8),
    ],
)
def test_completed_units(start: str, end: str, unit: str, units: int) -> None:
    assert completed(date.fromisoformat(start), date.fromisoformat(end), unit) == units


def window(
    lower: tuple[float, str] | None = None, upper: tuple[float, str] | None = None, inclusive: bool = True, **more: object
) -> Window:
    low, high = (Bound(magnitude=side[0], unit=side[1], inclusive=inclusive) if side else None for side in (lower, upper))
    return Window.model_validate({"alternatives": (Range(lower=low, upper=high),), "direction": "before", **more})


def period(start: str | None, end: str | None) -> Period:
    return Period(*(date.fromisoformat(day) if day else None for day in (start, end)))


@pytest.mark.parametrize(
    ("asked", "when", "expected"),
    [
        (window(upper=(28, "d")), period("2025-10-01", None), YES),  # goes on
        (window(upper=(28, "d")), period("2025-10-01", "2026-02-01"), YES),  # the 28th day
        (window(upper=(28, "d"), inclusive=False), period("2025-10-01", "2026-02-01"), NO),
        (window(upper=(28, "d")), period("2025-10-01", "2026-01-31"), NO),
        (window(upper=(28, "d")), period(None, "2026-02-10"), YES),
        (window(upper=(6, "mo"), direction=None), period("2025-09-01", "2025-09-01"), YES),
        (window(lower=(4, "wk")), period("2025-10-01", "2026-02-01"), YES),  # ended four weeks ago
        (window(lower=(4, "wk")), period("2025-10-01", "2026-02-02"), NO),
        (window(lower=(4, "wk")), period("2025-10-01", None), NO),
        (window(lower=(1, "mo"), upper=(6, "mo")), period("2025-12-01", "2025-12-01"), YES),
        (window(lower=(1, "mo"), upper=(6, "mo")), period("2026-02-20", "2026-02-20"), NO),
        (window(upper=(30, "d"), direction="around"), period("2026-03-20", "2026-03-20"), YES),
        (window(upper=(30, "d"), direction="after"), period("2026-03-02", None), UNKNOWN),
        (window(upper=(5, "half_life")), period("2025-01-01", "2026-02-20"), UNKNOWN),
        (window(upper=(1, "a"), anchor="birth"), period("2026-02-01", None), UNKNOWN),
    ],
)
def test_in_a_window(asked: Window, when: Period, expected: int) -> None:
    assert Calendar(ON, {}).place(asked, when).truth == expected


def test_an_anchor_that_is_given_counts_for_the_day_of_the_screening() -> None:
    asked = window(upper=(28, "d"), anchor="baseline")
    assert Calendar(ON, {"baseline": date(2026, 3, 20)}).place(asked, period("2026-02-10", "2026-02-10")).truth == NO
    assert Calendar(ON, {"screening": date(2026, 3, 20)}).place(asked, period("2026-02-10", "2026-02-10")).truth == YES


def test_the_longest_of_two_needs_no_half_life_where_the_days_suffice() -> None:
    days, half_lives = (Range(upper=Bound(magnitude=n, unit=unit)) for n, unit in ((30, "d"), (5, "half_life")))
    longest = Window(alternatives=(days, half_lives), direction="before", choose="longest")
    shortest = longest.model_copy(update={"choose": "shortest"})
    recent, old = period("2026-01-01", "2026-02-20"), period("2025-01-01", "2025-12-01")
    calendar = Calendar(ON, {})
    assert [calendar.place(longest, recent).truth, calendar.place(longest, old).truth] == [YES, UNKNOWN]
    assert [calendar.place(shortest, recent).truth, calendar.place(shortest, old).truth] == [UNKNOWN, NO]
    assert calendar.place(longest, old, half_life=2).truth == NO
    assert calendar.place(longest, old, half_life=20).truth == YES  # 100 days


def test_the_reason_has_the_arithmetic() -> None:
    placed = Calendar(ON, {}).place(window(upper=(28, "d")), period("2026-02-10", "2026-02-10"))
    assert placed.words == "2026-02-10 is 19 days before 2026-03-01, from 2026-02-01 on"
