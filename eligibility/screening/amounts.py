"""Amounts: in, a number with a unit as somebody wrote it, and a range; out, whether it lies within, with the conversion in words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from eligibility.characters import fold, plain
from eligibility.ranges import Bound, Range
from eligibility.screening.truth import NO, YES
from eligibility.ucum import known
from eligibility.units import UnitReader

_NEAR = 1e-9  # relative: what is left of the rounding of a conversion


class Compared(NamedTuple):
    """`margin`: the distance from the nearest bound as a share of it, negative beyond."""

    truth: int
    words: str
    margin: float | None


def read_unit(units: UnitReader, written: str | None) -> str | None:
    """The UCUM code of a unit as somebody wrote it, "1" for none; None where it is not known. Surface forms first: K/uL is no kelvin."""
    return _read_unit(units, (written or "1").strip() or "1")


@lru_cache(maxsize=4096)
def _read_unit(units: UnitReader, written: str) -> str | None:
    if written in ("1", "{score}", "{ratio}", "{index}"):
        return "1"
    if written in units:
        return written
    even, folded = plain(written), fold(written)
    found = units.read(even, folded, 0)
    if found is not None and found.end == len(folded) and found.reference is None:
        return found.ucum
    return written if known(written) else None


def compare(value: float, limits: Range, shown: str, unit: str) -> Compared:
    """Whether a value lies in a range whose bounds are in its unit."""
    low, high = limits.lower, limits.upper
    words = f"{shown} {_within(limits, unit)}"
    inside = (low is None or _above(value, low)) and (high is None or _below(value, high))
    if inside and limits.values and not any(_equal(value, one) for one in limits.values) and value.is_integer():
        inside = False
    margins = [gap / abs(bound.magnitude) for bound, gap in _gaps(value, low, high) if bound.magnitude]
    return Compared(YES if inside else NO, words if inside else f"{shown}, not {_within(limits, unit)}", min(margins, default=None))


def _gaps(value: float, low: Bound | None, high: Bound | None) -> list[tuple[Bound, float]]:
    gaps = [(low, value - low.magnitude)] if low is not None else []
    return [*gaps, (high, high.magnitude - value)] if high is not None else gaps


def _within(limits: Range, unit: str) -> str:
    said = limits.model_copy(update={"reference": None})
    text = str(said).replace(">=", "≥").replace("<=", "≤")
    if ".." in text:
        text = "within " + text.replace("..", " to ")
    return text


def _equal(a: float, b: float) -> bool:
    return abs(a - b) <= _NEAR * max(abs(a), abs(b))


def _above(value: float, bound: Bound) -> bool:
    return bound.inclusive if _equal(value, bound.magnitude) else value > bound.magnitude


def _below(value: float, bound: Bound) -> bool:
    return bound.inclusive if _equal(value, bound.magnitude) else value < bound.magnitude


def number(value: float) -> str:
    """A number as a reader writes it: four digits, or all of a whole number."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"


def with_unit(value: float, unit: str) -> str:
    return number(value) if unit == "1" else f"{number(value)} {unit}"
