"""Observations: in, an Observation; out, what was measured or found, each component on its own, as rows of the patient.

A value with a comparator is no number: it stays as words ("< 5 mg/L"). A reference limit counts only in the unit of the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eligibility.fhir.codings import MEASURED, Named, codes_of, named
from eligibility.fhir.dates import exact_day, times_of, when_of
from eligibility.fhir.elements import Json, Unreadable, flag_of, number_of, object_of, objects_of, shown, text_of
from eligibility.fhir.notes import Entry

_NO_RESULT = ("entered-in-error", "cancelled")
_UCUM = ("http://unitsofmeasure.org", "https://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8")
_NO_UNIT = re.compile(r"(?:\{[^{}]*\})+|1|\[?(?:score|points?|ratio|index)\]?", re.IGNORECASE)
_UNREAD = ("Range", "SampledData", "Period", "Attachment", "Reference")


def observations_of(entry: Entry) -> Iterator[dict[str, Any]]:
    """The rows of one Observation; none of one that has no result."""
    status = text_of(entry.resource, "status")
    if status in _NO_RESULT:
        return
    if status == "registered":
        entry.note("it is registered only and has no result yet: left out")
        return
    day = _day(entry)
    components = objects_of(entry.resource, "component")
    own = _row(entry, entry.resource, day, silent=bool(components or entry.resource.get("hasMember")))
    if own:
        yield own
    for component in components:
        try:
            row = _row(entry, component, day)
        except Unreadable as problem:
            entry.note(f"a component is left out: {problem}")
        else:
            if row:
                yield row


def _day(entry: Entry) -> str | None:
    when = times_of(entry, "effective").latest
    if when is None and (when := when_of(entry.resource, "issued")) is not None:
        entry.note("it does not say when it was made: dated by its issue")
    return exact_day(entry, when, "its date")


def _row(entry: Entry, owner: Json, day: str | None, silent: bool = False) -> dict[str, Any] | None:
    """The row of the Observation or of a component. `silent`: it may have no value, its parts have."""
    subject = named(object_of(owner, "code"), MEASURED)
    value = _value(entry, owner, subject.name if subject else "")
    if value is None:
        if not silent or owner.get("dataAbsentReason") is not None:
            _note_absence(entry, owner, subject)
        return None
    if subject is None:
        entry.note("it has neither a name nor a known code: left out")
        return None
    dated = {"date": day} if day else {}
    return {"name": subject.name, **({"code": subject.code} if subject.code else {}), **value, **dated}


def _note_absence(entry: Entry, owner: Json, subject: Named | None) -> None:
    reason = named(object_of(owner, "dataAbsentReason"), ())
    if owner.get("dataAbsentReason") is not None:
        about = ": ".join(part for part in (subject.name if subject else "", reason.name if reason else "") if part)
        entry.note("its value is absent: left out", about)
    else:
        entry.note("it has no value that is read: left out", subject.name if subject else "")


def _value(entry: Entry, owner: Json, name: str) -> dict[str, Any] | None:
    quantity = object_of(owner, "valueQuantity")
    if quantity is not None and (number := number_of(quantity, "value")) is not None:
        return _quantity(entry, owner, quantity, number, name)
    integer = number_of(owner, "valueInteger")
    if integer is not None:
        return {"magnitude": integer} | _limits(entry, owner, {})
    words = _words(owner)
    if words is None and any(owner.get(f"value{kind}") is not None for kind in _UNREAD):
        entry.note("its kind of value is not read", name)
    return {"value": words} if words else None


def _quantity(entry: Entry, owner: Json, quantity: Json, number: float, name: str) -> dict[str, Any]:
    comparator, unit = text_of(quantity, "comparator"), unit_of(quantity)
    if comparator is not None:
        words = " ".join(part for part in (comparator, shown(number), unit) if part)
        entry.note("it has no exact value: kept as words, not as a number", f"{name} {words}".strip())
        return {"value": words}
    measured = {"magnitude": number} | ({"unit": unit} if unit else {})
    return measured | _limits(entry, owner, quantity)


def _words(owner: Json) -> str | None:
    concept = named(object_of(owner, "valueCodeableConcept"), MEASURED)
    if concept is not None:
        return concept.name
    flag = flag_of(owner, "valueBoolean")
    if flag is not None:
        return "true" if flag else "false"
    ratio = object_of(owner, "valueRatio")
    if ratio is not None:
        return _ratio(ratio)
    said = [text_of(owner, f"value{kind}") for kind in ("String", "Time")]
    day = when_of(owner, "valueDateTime")
    return next(filter(None, [*said, day.said if day else None]), None)


def _ratio(ratio: Json) -> str | None:
    """A titre, as 1:128."""
    parts = [object_of(ratio, key) or {} for key in ("numerator", "denominator")]
    numbers = [number_of(part, "value") for part in parts]
    if None in numbers or any(part.get("comparator") or unit_of(part) for part in parts):
        return None
    return ":".join(shown(number) for number in numbers if number is not None)


def unit_of(quantity: Json) -> str | None:
    """The UCUM code, else the unit as it is shown; None for a score or a ratio."""
    system, code, unit = (text_of(quantity, key) for key in ("system", "code", "unit"))
    chosen = code if code and (system in _UCUM or not unit) else unit
    return None if chosen is None or _NO_UNIT.fullmatch(chosen) else chosen


def _limits(entry: Entry, owner: Json, quantity: Json) -> dict[str, float]:
    """The limits of the normal range in the unit of the value; what cannot be used is noted."""
    ranges = [one for one in objects_of(owner, "referenceRange") if _is_normal(one)]
    if not ranges:
        if owner.get("referenceRange"):
            entry.note("its reference range is not one of normal values: left out")
        return {}
    if len(ranges) > 1:
        entry.note("it has several reference ranges, which of them applies is not known: left out")
        return {}
    limits = {f"reference_{key}": object_of(ranges[0], key) for key in ("low", "high")}
    found = {key: number for key, limit in limits.items() if limit and (number := _limit(entry, limit, quantity)) is not None}
    if not any(limits.values()):
        entry.note("its reference range is not in numbers: left out", text_of(ranges[0], "text") or "")
    return found


def _is_normal(reference: Json) -> bool:
    kind = object_of(reference, "type")
    return kind is None or not codes_of(kind) or "normal" in codes_of(kind)


def _limit(entry: Entry, limit: Json, quantity: Json) -> float | None:
    number = number_of(limit, "value")
    if number is None:
        return None
    if limit.get("comparator") is not None:
        entry.note("a reference limit has a comparator: left out")
        return None
    same = unit_of(limit) == unit_of(quantity) or (text_of(limit, "unit") or "") == text_of(quantity, "unit")
    if not same:
        entry.note(
            "a reference limit is not in the unit of the value: left out",
            f"{unit_of(limit) or 'no unit'} beside {unit_of(quantity) or 'no unit'}",
        )
        return None
    return number
