"""Quantities: in, a range; out, the Quantity or the Range of FHIR that says exactly the same, or None where no single one does.

A Range of FHIR includes both of its ends, and its ends have no comparator. So what is open at one end is a Quantity with a comparator, what
is closed at both a Range, a single value a Quantity. An interval with an end of its own unit, or with one that it excludes, is two halves;
a list of values is its members. A number with a letter behind it (stage 3b) is none of these.
"""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.export.fhir.systems import UCUM, Json, own
from eligibility.ranges import Bound, Range
from eligibility.ucum import NOT_UCUM, known


def amount(found: Range) -> tuple[str, Json] | None:
    """The type ("Quantity" or "Range") and its elements."""
    low, high = found.lower, found.upper
    if (low and low.letter) or (high and high.letter) or found.values or (low is None and high is None):
        return None
    if low is None or high is None:
        return "Quantity", _one_sided(found)
    if low.unit != high.unit or not (low.inclusive and high.inclusive) or low.magnitude > high.magnitude:
        return None
    if low.magnitude == high.magnitude:
        return "Quantity", quantity(low, found.reference)
    return "Range", {"low": quantity(low, found.reference), "high": quantity(high, found.reference)}


def halves(found: Range) -> tuple[Range, ...]:
    """An interval as its two ends, each by itself, where `amount` cannot say it as a whole; nothing of what has only one."""
    if found.lower is None or found.upper is None:
        return ()
    return found.model_copy(update={"upper": None}), found.model_copy(update={"lower": None})


def members(found: Range) -> Iterator[Range]:
    """The values of a list, each as a range of its own."""
    letters = found.letters or (None,) * len(found.values)
    for magnitude, letter in zip(found.values, letters, strict=True):
        bound = Bound(magnitude=magnitude, unit=found.unit, letter=letter)
        yield Range(lower=bound, upper=bound, reference=found.reference, span=found.span)


def class_of(found: Range) -> str | None:
    """The class that a value is, where it is a single one that has a letter: "B" of Child-Pugh B, "3b"."""
    low, high = found.lower, found.upper
    if low is None or high is None or low.letter is None or (low.magnitude, low.letter) != (high.magnitude, high.letter):
        return None
    return low.number if low.inclusive and high.inclusive and not found.values else None


def foreign_unit(found: Range) -> str | None:
    """The unit that is not of UCUM, in words; None where both ends are."""
    for bound in (found.lower, found.upper):
        if bound and found.reference:
            return f"{bound.unit or '1'} of {found.reference}"
        if bound and bound.unit and not is_ucum(bound.unit):
            return bound.unit
    return None


def is_ucum(unit: str) -> bool:
    return unit not in NOT_UCUM and known(unit)


def quantity(bound: Bound, reference: str | None = None) -> Json:
    """A SimpleQuantity; one without a unit has none here either."""
    magnitude = bound.magnitude
    value: Json = {"value": int(magnitude) if magnitude.is_integer() else magnitude}
    if reference:
        coding = own("unit", f"{bound.unit or ''}{reference}")
        return value | {"unit": f"{bound.unit or ''} of {reference}".strip(), **coding}
    if bound.unit is None:
        return value
    return value | {"unit": bound.unit} | ({"system": UCUM, "code": bound.unit} if is_ucum(bound.unit) else own("unit", bound.unit))


def _one_sided(found: Range) -> Json:
    bound, sign = (found.lower, ">") if found.lower else (found.upper, "<")
    assert bound is not None
    return quantity(bound, found.reference) | {"comparator": f"{sign}{'=' * bound.inclusive}"}
