"""Doses: in, the dosages of a resource; out, the dose of a day or another period with its unit, and the route, as fields of a medication.

A dose without a timing, and one taken as needed, has the plain unit ("mg"). What is no single number is left out with a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from eligibility.fhir.codings import bare_name, codes_of, named
from eligibility.fhir.dates import Times, period_of
from eligibility.fhir.elements import Json, Unreadable, flag_of, number_of, object_of, objects_of, text_of
from eligibility.fhir.notes import Entry

_UCUM = "http://unitsofmeasure.org"
_PER_DAY = {"s": 86400.0, "min": 1440.0, "h": 24.0, "d": 1.0}
_LONGER = ("wk", "mo", "a")
_ABBREVIATIONS = {
    "QD": (1, "d"), "BID": (2, "d"), "TID": (3, "d"), "QID": (4, "d"), "QOD": (0.5, "d"), "AM": (1, "d"), "PM": (1, "d"),
    "BED": (1, "d"),    "Q1H": (24, "d"), "Q2H": (12, "d"), "Q3H": (8, "d"), "Q4H": (6, "d"), "Q6H": (4, "d"), "Q8H": (3, "d"),
    "WK": (1, "wk"), "MO": (1, "mo"),
}  # fmt: skip
_RATE = re.compile(r"/\s*(?:d|day|h|hr|hour|wk|week|mo|month)$", re.IGNORECASE)
_NOTHING_COUNTED = re.compile(r"(?:\{[^{}]*\})?|1")
_ROUTES = {
    "26643006": "oral", "47625008": "intravenous", "34206005": "subcutaneous", "78421000": "intramuscular", "6064005": "topical",
    "447694001": "inhaled", "46713006": "intranasal", "37161004": "rectal", "54485002": "ophthalmic", "45890007": "transdermal",
    "37839007": "sublingual", "16857009": "vaginal", "72607000": "intrathecal", "418401004": "intravitreal", "372464004": "intradermal",
    "PO": "oral", "IV": "intravenous", "IVINJ": "intravenous", "IVPUSH": "intravenous", "SC": "subcutaneous", "SQ": "subcutaneous",
    "IM": "intramuscular", "IMINJ": "intramuscular", "TOPICAL": "topical", "IPINHL": "inhaled", "NASINHLC": "intranasal", "PR": "rectal",
    "SL": "sublingual", "IDINJ": "intradermal", "TRNSDERM": "transdermal",
    "respiratory tract": "inhaled", "inhalation": "inhaled", "nasal": "intranasal", "by mouth": "oral", "cutaneous": "topical",
}  # fmt: skip


class Dose(NamedTuple):
    """An amount; `per` is the period it is the total of, None for a single dose."""

    amount: float
    unit: str
    per: str | None


def dose_fields(entry: Entry, dosages: Sequence[Json]) -> dict[str, Any]:
    """`dose`, `dose_unit` and `route`, those that are known."""
    dose = _dose(entry, dosages)
    found: dict[str, Any] = {}
    if dose is not None:
        found = {"dose": dose.amount, "dose_unit": f"{dose.unit}/{dose.per}" if dose.per else dose.unit}
    routes = list(dict.fromkeys(route for one in dosages if (route := route_of(object_of(one, "route")))))
    if len(routes) > 1:
        entry.note("it has several routes: left out", ", ".join(routes))
    return found | ({"route": routes[0]} if len(routes) == 1 else {})


def route_of(concept: Json | None) -> str | None:
    """The route in a word, else as it is written."""
    found = named(concept, ())
    known = next((_ROUTES[code] for code in codes_of(concept) if code in _ROUTES), None)
    if known or found is None:
        return known
    words = re.sub(r"\s+(?:route|use|administration)(?:\s+of administration)?$", "", bare_name(found.name).lower())
    return _ROUTES.get(words, _ROUTES.get(words.upper(), words))


def _dose(entry: Entry, dosages: Sequence[Json]) -> Dose | None:
    doses = [_of_dosage(entry, dosage) for dosage in dosages]
    known = [dose for dose in doses if dose is not None]
    if len(dosages) == 1 or not known:
        return known[0] if known else None
    if len(known) < len(dosages):
        entry.note("not all of its dosages are read: its dose is left out")
        return None
    first = known[0]
    at_once = all(_time(dosage) == _time(dosages[0]) for dosage in dosages)
    if not at_once or first.per is None or any((dose.unit, dose.per) != (first.unit, first.per) for dose in known):
        entry.note("its dosages do not add up to one dose: left out")
        return None
    return Dose(_rounded(sum(dose.amount for dose in known)), first.unit, first.per)


def _time(dosage: Json) -> tuple[float | None, Times]:
    """Dosages that differ in this follow each other."""
    repeat = object_of(object_of(dosage, "timing") or {}, "repeat") or {}
    return number_of(dosage, "sequence"), period_of(repeat, "boundsPeriod")


def _of_dosage(entry: Entry, dosage: Json) -> Dose | None:
    quantity = _quantity(entry, dosage)
    amount = number_of(quantity, "value") if quantity else None
    if quantity is None or amount is None:
        return None
    unit = _unit(quantity)
    if amount < 0:
        raise Unreadable("a dose is less than nothing")
    if quantity.get("comparator") is not None or unit is None:
        entry.note("its dose has a comparator: left out" if unit else "its dose has no unit: left out")
        return None
    if _RATE.search(unit):
        return Dose(amount, unit, None)
    often = None if _as_needed(dosage) else _frequency(object_of(dosage, "timing") or {})
    if often is None:
        return Dose(amount, unit, None)
    return Dose(_rounded(amount * often[0]), unit, often[1])


def _quantity(entry: Entry, dosage: Json) -> Json | None:
    """The amount of one dose: `doseAndRate`, or `dose` of an administration."""
    given = objects_of(dosage, "doseAndRate")
    ordered = [one for one in given if "ordered" in codes_of(object_of(one, "type"))]
    if len(given) > 1 and len(ordered) != 1:
        entry.note("a dosage has several amounts: its dose is left out")
        return None
    chosen = ordered[0] if ordered else given[0] if given else None
    quantity = object_of(chosen, "doseQuantity") if chosen else object_of(dosage, "dose")
    if quantity is None and (chosen or text_of(dosage, "text") or any(str(key).startswith("rate") for key in dosage)):
        entry.note("its dose is in words, a range or a rate: left out", text_of(dosage, "text") or "")
    return quantity


def _unit(quantity: Json) -> str | None:
    system, code, unit = (text_of(quantity, key) for key in ("system", "code", "unit"))
    chosen = code if code and (system == _UCUM or not unit) else unit
    if chosen is not None and _NOTHING_COUNTED.fullmatch(chosen):
        chosen = unit if unit and not _NOTHING_COUNTED.fullmatch(unit) else None
    return chosen


def _as_needed(dosage: Json) -> bool:
    flags = [flag_of(dosage, key) for key in ("asNeededBoolean", "asNeeded")]
    return any(flags) or bool(dosage.get("asNeededCodeableConcept") or dosage.get("asNeededFor"))


def _frequency(timing: Json) -> tuple[float, str] | None:
    """How often in a day, a week, a month or a year; None where the timing does not say it as one number."""
    repeat = object_of(timing, "repeat") or {}
    unit, period, times = text_of(repeat, "periodUnit"), number_of(repeat, "period"), number_of(repeat, "frequency")
    if unit is None and period is None:
        return next((_ABBREVIATIONS[code] for code in codes_of(object_of(timing, "code")) if code in _ABBREVIATIONS), None)
    if not period or period < 0 or unit is None or any(repeat.get(key) is not None for key in ("frequencyMax", "periodMax")):
        return None
    listed = [repeat.get(key) for key in ("dayOfWeek", "timeOfDay", "when")]
    counts = [len(one) for one in listed if isinstance(one, list | tuple)]
    if times is None:
        times = float(max([1, *counts]))
    if times < 0 or any(count > times for count in counts) or (listed[0] and unit != "wk"):
        return None
    if unit in _PER_DAY:
        return times / period * _PER_DAY[unit], "d"
    return (times / period, unit) if unit in _LONGER else None


def _rounded(amount: float) -> float:
    if not amount <= 1e300:  # nor where it is not a number
        raise Unreadable("a dose is beyond all measure")
    return float(f"{amount:.12g}")
