"""Distributions: what a summary says, as frozen values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import quantiles
from typing import Literal

from eligibility.frozen import Frozen

_DIGITS = 6  # significant: what is left of the rounding of a conversion is less


class Distribution(Frozen):
    """The limits of one side in one unit, one a trial: how many trials have one, and its five numbers (quartiles: linear interpolation).

    `unit`: UCUM, or ULN and LLN for multiples of a normal limit; None for scores. `counts`: (limit, trials), the most frequent first.
    """

    side: Literal["lower", "upper"]
    unit: str | None
    trials: int
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float
    counts: tuple[tuple[float, int], ...]


class Apart(Frozen):
    """Rows that speak of the thing and are in no distribution, and how many trials they are of."""

    reason: str
    rows: int
    trials: int


class Limits(Frozen):
    """What patients must satisfy of one thing. `trials`: those that limit it; `without_lower`, `without_upper`: all that do not on a side.

    `several`: trials that have more than one limit on a side in one unit, of which the strictest counts (of ages, the header's).
    """

    name: str
    trials: int
    without_lower: int
    without_upper: int
    several: int
    distributions: tuple[Distribution, ...] = ()
    apart: tuple[Apart, ...] = ()


class Summary(Frozen):
    """`trials`: of how many trials; `age`, and `analytes` in the order they were asked for."""

    trials: int
    age: Limits
    analytes: tuple[Limits, ...] = ()


def distribution(side: Literal["lower", "upper"], unit: str | None, limits: Iterable[float]) -> Distribution:
    """The distribution of at least one limit."""
    values = sorted(limits)
    low, middle, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    counts = sorted(Counter(values).items(), key=lambda one: (-one[1], one[0]))
    return Distribution(
        side=side, unit=unit, trials=len(values), minimum=values[0], lower_quartile=low, median=middle, upper_quartile=high,
        maximum=values[-1], counts=tuple(counts),
    )  # fmt: skip


def rounded(limit: float) -> float:
    """The limit without the noise of a conversion, so that the same limit in two units is one."""
    return float(f"{limit:.{_DIGITS}g}")
