"""Measurements: in, a constraint on a value and the chart; out, the verdict by the patient's latest value.

The latest in the window counts; without a window, the latest of all. Values of one day, and those without a date, must agree. A multiple of
a normal limit is by the result's own reference range, and by no other. A value that was not measured is computed where its parts are there.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from eligibility.constraints import Measurement
from eligibility.errors import UnitError
from eligibility.patient import Observation
from eligibility.ranges import Bound, Range
from eligibility.romans import roman
from eligibility.screening.amounts import compare, number, read_unit, with_unit
from eligibility.screening.chart import Chart
from eligibility.screening.computed import FORMULAS, INPUT_UNITS, Computed, Inputs
from eligibility.screening.dates import Period
from eligibility.screening.persons import age_in_years
from eligibility.screening.truth import UNKNOWN, YES
from eligibility.screening.verdicts import Verdict, unknown

_LIMITS = {"ULN": "upper limit of normal", "LLN": "lower limit of normal"}
_LEADS = frozenset({"class", "grade", "stage", "score", "level"})
_CLASS = "{class}"  # a value that is the place of its letter in the alphabet
_RELATIVE = ("ULN", "LLN", "baseline", "predicted")


class Value(NamedTuple):
    """An observed or computed value; `how` says how it was computed."""

    name: str
    magnitude: float
    unit: str | None
    day: date | None
    low: float | None = None
    high: float | None = None
    how: str = ""

    @property
    def shown(self) -> str:
        unit = f" {self.unit}" if self.unit and self.unit != "1" else ""
        return f"{self.name} {number(self.magnitude)}{unit}" + (f" on {self.day}" if self.day else "")


def measurement(constraint: Measurement, chart: Chart) -> Verdict:
    name = constraint.meant
    if constraint.value is None:
        return unknown(f"no limit is given for {name}", "judgement", name)
    candidates = _candidates(constraint, chart)
    if isinstance(candidates, Verdict):
        return candidates
    verdicts = [_judged(constraint.value, value, constraint, chart) for value in candidates]
    if len({verdict.truth for verdict in verdicts}) > 1 and any(verdict.truth != UNKNOWN for verdict in verdicts):
        chart.report(f"{name}: the values of one day, or without a date, contradict each other: none is used")
        shown = " and ".join(dict.fromkeys(value.shown for value in candidates))
        return unknown(f"{shown} contradict each other", "observations", name, "one value of that day", shown)
    return verdicts[0]


def _candidates(constraint: Measurement, chart: Chart) -> list[Value] | Verdict:
    """The values that count: those of the latest day, in the window where there is one, and those without a date."""
    values = _values(constraint, chart)
    name = constraint.meant
    if not values:
        return unknown(f"{name} is not known", "observations", name, *_also(constraint))
    if constraint.window is not None:
        window = constraint.window
        undated = [value for value in values if value.day is None]
        values = [v for v in values if v.day is not None and chart.calendar.place(window, Period(v.day, v.day)).truth == YES]
        if not values or undated:
            shown = f"{name} {window.phrase} is not known"
            return unknown(shown, "observations", name, window.phrase)
    latest = max((value.day for value in values if value.day is not None), default=None)
    return [value for value in values if value.day is None or value.day == latest]


def _also(constraint: Measurement) -> tuple[str, ...]:
    relative = [_LIMITS[unit] for unit in _LIMITS if constraint.value is not None and constraint.value.unit == unit]
    return (f"with its {relative[0]}",) if relative else ()


def _values(constraint: Measurement, chart: Chart) -> list[Value]:
    observed = (_value(item) if item.magnitude is not None else _said(item, constraint) for item in chart.observations(constraint))
    return [value for value in (*observed, _computed(constraint, chart)) if value is not None]


def _said(item: Observation, constraint: Measurement) -> Value | None:
    """What was observed in words: "class III" as its number, "B" as its place in the alphabet where the limit is a class."""
    words = (item.value or "").lower().split()
    text = words[-1] if words and (len(words) == 1 or (len(words) == 2 and words[0] in _LEADS)) else ""
    if _asks_for_class(constraint.value):
        return Value(item.name, ord(text) - ord("a") + 1, _CLASS, item.date) if len(text) == 1 and "a" <= text <= "z" else None
    number_said = roman(text) or (float(text) if text.isdecimal() else None)
    return Value(item.name, number_said, None, item.date) if number_said is not None else None


def _asks_for_class(limits: Range | None) -> bool:
    return limits is not None and any(bound is not None and bound.letter is not None for bound in (limits.lower, limits.upper))


def _value(item: Observation) -> Value:
    assert item.magnitude is not None
    return Value(item.name, item.magnitude, item.unit, item.date, item.reference_low, item.reference_high)


def _computed(constraint: Measurement, chart: Chart) -> Value | None:
    """What follows from other values, dated by the latest of them; None where one of them is missing or does not convert."""
    id = constraint.concept.id if constraint.concept else ""
    if id not in chart.knowledge.computed or (constraint.value is not None and constraint.value.unit in _RELATIVE):
        return None
    return _compute(id, constraint.meant, chart)


def _compute(id: str, name: str, chart: Chart) -> Value | None:
    formula, sources = chart.knowledge.computed[id]
    parts = [_part(source, chart) for source in sources]
    found = {source: part[0] for source, part in zip(sources, parts, strict=True) if part is not None}
    days = [part[1] for part in parts if part is not None]
    if len(found) < len(sources):
        return None
    day = max((day for day in days if day is not None), default=None)
    made = FORMULAS[formula](Inputs(found, age_in_years(chart, day or chart.on), chart.patient.sex))
    return Value(name, made.value, made.unit, day, how=made.how) if isinstance(made, Computed) else None


def _part(source: str, chart: Chart) -> tuple[float, date | None] | None:
    """The latest value of an analyte in the unit of the formulas; None where it is missing, contradicts itself or does not convert."""
    values = [
        value for value in map(_value, (item for item in chart.observed(source) if item.magnitude is not None)) if value.magnitude > 0
    ]
    latest = max((value.day for value in values if value.day is not None), default=None)
    found = {_in_unit(value, INPUT_UNITS[source], source, chart) for value in values if value.day is None or value.day == latest}
    one = next(iter(found), None)
    return (one, latest) if len(found) == 1 and one is not None else None


def _in_unit(value: Value, unit: str, id: str, chart: Chart) -> float | None:
    own = read_unit(chart.knowledge.units, value.unit)
    try:
        return None if own is None else chart.knowledge.converter.convert(value.magnitude, own, unit, id)
    except UnitError:
        return None


def _judged(limits: Range, value: Value, constraint: Measurement, chart: Chart) -> Verdict:
    """One value against the range."""
    name = constraint.meant
    if _asks_for_class(limits):
        return _of_class(limits, value, constraint, chart)
    own = read_unit(chart.knowledge.units, value.unit)
    if own is None:
        chart.report(f"{value.shown}: {value.unit!r} is no unit that is known: the value is not used")
        return unknown(f"{value.shown}: the unit is not known", "observations", name, "in a unit that is known", value.shown)
    id = constraint.concept.id if constraint.concept else ""
    entry = chart.knowledge.rulebook.find(id)
    share = limits.reference == "predicted" and own == "%"
    odd = "" if share else _implausible(value, own, entry, chart)
    if odd:
        chart.report(f"{value.shown}: {odd}: the value is not used")
        return unknown(f"{value.shown}: {odd}", "observations", name, "", value.shown)
    if limits.reference or limits.unit in ("baseline", "predicted"):
        return _of_reference(limits, value, own, constraint)
    if limits.unit in _LIMITS:
        return _of_limit(limits, value, constraint)
    wanted, assumed = _wanted_unit(limits, own, entry)
    if wanted is None:
        return unknown(f"{value.shown}: the limit {limits} has no unit", "judgement", f"the unit of {name} {limits}", "", value.shown)
    try:
        magnitude = chart.knowledge.converter.convert(value.magnitude, own, wanted, id)
        bounds = _in_one_unit(limits, wanted, id, chart)
    except UnitError as error:
        chart.report(f"{value.shown}: {error}: the value is not used")
        return unknown(f"{value.shown}: {error}", "observations", name, f"in {wanted}" if wanted != "1" else "", value.shown)
    shown = value.shown + (f" ({value.how})" if value.how else "")
    if wanted != own:
        shown += f" = {with_unit(magnitude, wanted)}"
    if assumed:
        shown += f" (the limit has no unit: read as {wanted})"
    found = compare(magnitude, bounds, shown, wanted)
    return Verdict(found.truth, found.words, value.shown, found.margin)


def _implausible(value: Value, own: str, entry: Any, chart: Chart) -> str:
    """Why the value cannot be one of the analyte: a unit of another dimension, or far outside of what is measured."""
    unit, span = getattr(entry, "unit", None), getattr(entry, "plausible", None) or getattr(entry, "range", None)
    if value.how or entry is None:
        return ""
    if unit is None:
        scored = span is not None and not span[0] <= value.magnitude <= span[1]
        return f"{entry.label} goes from {span[0]:g} to {span[1]:g}" if scored and span else ""
    if own == "1" and unit != "1":
        return ""  # without a unit: compared only with a limit that has none either
    try:
        amount = chart.knowledge.converter.convert(value.magnitude, own, unit, entry.id)
    except UnitError:
        return "" if _per_time(own, unit) else f"{entry.label} is not measured in {value.unit or 'numbers without a unit'}"
    if span is not None and not span[0] / 2 <= amount <= span[1] * 2:
        return f"{with_unit(amount, unit)} is outside of what is plausible ({span[0]:g} to {span[1]:g} {unit})"
    return ""


def _per_time(own: str, unit: str) -> bool:
    """ "24 h urine protein 1 g" leaves the time to the name."""
    return unit.startswith(own + "/") or unit.partition("/")[2] in ("(24.h)", "d")


def _wanted_unit(limits: Range, own: str, entry: Any) -> tuple[str | None, bool]:
    """The unit to compare in, and whether it is assumed: for a limit without one, the usual unit where the limit is plausible in it."""
    if limits.unit is not None:
        return limits.unit, False
    usual = getattr(entry, "unit", None)
    if own == "1" or usual in (None, "1"):
        return (None if own != "1" and usual is None and entry is None else own), False
    span = getattr(entry, "plausible", None)
    bounds = [bound.magnitude for bound in (limits.lower, limits.upper) if bound is not None]
    if span is not None and all(span[0] <= magnitude <= span[1] for magnitude in bounds):
        return usual, True
    return None, False


def _in_one_unit(limits: Range, unit: str, id: str, chart: Chart) -> Range:
    """The range with both bounds in the unit: "14 weeks to 23 weeks 6 days" has two."""
    if all(bound is None or bound.unit in (unit, None) for bound in (limits.lower, limits.upper)):
        return limits

    def moved(bound: Bound | None) -> Bound | None:
        if bound is None or bound.unit in (unit, None):
            return bound
        return bound.model_copy(
            update={"magnitude": chart.knowledge.converter.convert(bound.magnitude, bound.unit or "1", unit, id), "unit": unit}
        )

    return limits.model_copy(update={"lower": moved(limits.lower), "upper": moved(limits.upper)})


def _of_class(limits: Range, value: Value, constraint: Measurement, chart: Chart) -> Verdict:
    """A class with a letter, by the letter or by the points that were observed."""
    points = chart.knowledge.points.get(constraint.name, {})
    letter = next((name for name, (least, most) in points.items() if least <= value.magnitude <= most), None)
    place = value.magnitude if value.unit == _CLASS else ord(letter) - ord("A") + 1 if letter else None
    if place is None or any(bound is not None and not (bound.letter or "A").isupper() for bound in (limits.lower, limits.upper)):
        return unknown(f"{value.name} {number(value.magnitude)}: its class is not known", "observations", constraint.meant, "as a class")
    shown = f"{value.name} {chr(int(place) + ord('A') - 1)}" if value.unit == _CLASS else f"{value.shown} = class {letter}"
    found = compare(place, limits, shown, "1")
    return Verdict(found.truth, found.words, shown)


def _of_limit(limits: Range, value: Value, constraint: Measurement) -> Verdict:
    """A multiple of the limit of normal that the result itself carries."""
    unit = limits.unit or ""
    words = _LIMITS[unit]
    reference = value.high if unit == "ULN" else value.low
    if reference is None or reference <= 0:
        return unknown(f"{value.shown} has no {words}", "observations", constraint.meant, f"with its {words}", value.shown)
    other = next((b for b in (limits.lower, limits.upper) if b is not None and b.unit != unit), None)
    if other is not None:
        return unknown(f"{value.shown}: {limits} has two kinds of limits", "judgement", constraint.meant, "", value.shown)
    multiple = value.magnitude / reference
    shown = f"{value.shown} ({words} {number(reference)}) = {number(multiple)} {unit}"
    found = compare(float(f"{multiple:.12g}"), limits, shown, unit)
    return Verdict(found.truth, found.words, value.shown, found.margin)


def _of_reference(limits: Range, value: Value, own: str, constraint: Measurement) -> Verdict:
    """A percentage of what is predicted, of a normal limit or of a baseline."""
    reference = limits.reference or limits.unit or ""
    if reference in _LIMITS and limits.unit == "%":
        scaled = {
            side: bound.model_copy(update={"magnitude": bound.magnitude / 100, "unit": reference})
            for side in ("lower", "upper")
            if (bound := getattr(limits, side)) is not None
        }
        return _of_limit(limits.model_copy(update={**scaled, "reference": None}), value, constraint)
    if reference == "predicted" and own == "%" and limits.unit == "%":
        found = compare(value.magnitude, limits, f"{value.shown} (of what is predicted)", "%")
        return Verdict(found.truth, found.words, value.shown, found.margin)
    return unknown(
        f"{value.shown}: what is {reference} is not known", "observations", constraint.meant, f"as a share of {reference}", value.shown
    )
