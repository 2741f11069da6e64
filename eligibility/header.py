"""Header constraints: in, the registry's own fields (ages, sex, healthy volunteers); out, constraints of type age, sex and other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligibility.characters import fold, plain
from eligibility.constraints import Age, Concept, Constraint, Other, Sex, Subject
from eligibility.numbers import find_numbers
from eligibility.ranges import Bound, Range, Span
from eligibility.sources import HeaderField
from eligibility.units import UnitReader

_SEXES = {"all": "all", "both": "all", "male": "male", "female": "female", "men": "male", "women": "female"}
_VOLUNTEERS = Concept(id="healthy_volunteers", label="healthy volunteers")
_UPPER_ONLY = re.compile(r"\b(?:up to|and younger|or younger|under|maximum|less than)\b")


def header_constraints(fields: Sequence[HeaderField], units: UnitReader) -> tuple[Constraint, ...]:
    """The constraints that the fields state; a field without a limit ("N/A", "No limit") states none."""
    found: list[Constraint] = []
    ages = [_age(field, units) for field in fields if field.name in ("age", "minimum_age", "maximum_age")]
    lower = next((low for low, _, _ in ages if low), None)
    upper = next((high for _, high, _ in ages if high), None)
    if lower or upper:
        spans = [span for _, _, span in ages if span is not None]
        span = Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else None
        found.append(Age(value=Range(lower=lower, upper=upper, span=span), evidence=span, rule="header"))
    for field in fields:
        if field.name == "sex" and (sex := _SEXES.get(field.value.strip().lower())):
            found.append(Sex(sex=sex, subject=_subject(field), evidence=_span(field), rule="header"))  # type: ignore[arg-type]
        if field.name == "healthy_volunteers":
            negated = field.value.strip().lower() in ("no", "false", "no healthy volunteers")
            found.append(
                Other(subject=_subject(field), concept=_VOLUNTEERS, negated=negated, evidence=_span(field), rule="healthy_volunteers")
            )
    return tuple(found)


def _span(field: HeaderField) -> Span | None:
    return None if field.start is None or field.end is None else Span(field.start, field.end)


def _subject(field: HeaderField) -> Subject:
    span = _span(field)
    return Subject(text=field.value, spans=(span,) if span else ())


def _age(field: HeaderField, units: UnitReader) -> tuple[Bound | None, Bound | None, Span | None]:
    even, folded = plain(field.value), fold(field.value)
    bounds = []
    for number in find_numbers(folded):
        unit = units.read(even, folded, number.end)
        bounds.append((number.value, unit.ucum if unit else None))
    if not bounds:
        return None, None, None
    shared = next((unit for _, unit in reversed(bounds) if unit), "a")
    first, last = (Bound(magnitude=value, unit=unit or shared) for value, unit in (bounds[0], bounds[-1]))
    if field.name == "minimum_age":
        return first, None, _span(field)
    if field.name == "maximum_age" or (len(bounds) == 1 and _UPPER_ONLY.search(folded)):
        return None, first, _span(field)
    return first, last if len(bounds) > 1 else None, _span(field)
