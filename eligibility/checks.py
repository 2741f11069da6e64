"""Checks: in, parsed criteria with their reading; out, the issues that a reader should know. One small function a check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligibility.constraints import Age, Constraint, Measurement
from eligibility.logic import Not
from eligibility.nlp.reading import Reading
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.ranges import Bound, Span
from eligibility.result import Criteria, Criterion, Issue
from eligibility.sources import Study
from eligibility.ucum import convert

_COMMON_Z = 2  # standard deviations: 97.7 % of a reference population lie below
_AMOUNTS = frozenset({"g", "mg", "ug", "mmol", "umol"})
_BARE_SIGN = re.compile(r"(?<![<>=/!&;])(?<![<>] )=(?![<>=/])(?! [<>])")


def check(criteria: Criteria, study: Study, reading: Reading, vocabulary: Vocabulary) -> tuple[Issue, ...]:
    """All issues, those of a place in text order."""
    found: list[Issue] = [Issue.trusted(code="text", message=note) for note in study.notes]
    found += _sections(criteria, reading)
    noted: dict[Span | None, list[Issue]] = {}
    for issue in reading.issues:
        noted.setdefault(issue.span, []).append(issue)
    for number, constraint in enumerate(criteria.constraints, 1):
        found += (issue.model_copy(update={"constraint": number}) for issue in noted.pop(constraint.evidence, ()))
        if constraint.value is None and constraint.window is None and constraint.duration is None:
            continue
        found += _empty(number, constraint)
        found += _plausible(number, constraint, vocabulary)
        found += _equality(number, constraint, criteria.text)
        found += _lost_minus(number, constraint)
    found += _unread(reading)
    found += _unstructured(criteria)
    found += _denied_exclusions(criteria)
    found += _disagreement(criteria, reading)
    return tuple(sorted(found, key=lambda issue: issue.span or Span(0, 0)))


def _sections(criteria: Criteria, reading: Reading) -> Iterator[Issue]:
    if not criteria.inclusion and not criteria.exclusion:
        yield Issue.trusted(code="no_criteria", message="no criteria were found in the text")
    for section in reading.sections:
        if section.implied and reading.text[section.start : section.end].strip():
            yield Issue.trusted(
                code="no_section", message="no heading says whether these criteria include or exclude: read as inclusion",
                span=Span(section.start, section.end),
            )  # fmt: skip


def _empty(number: int, constraint: Constraint) -> Iterator[Issue]:
    for facet, found in constraint.facets:
        if found.empty:
            yield Issue.trusted(
                code="contradiction", message=f"the range of the {facet} is empty: {found}", span=found.span, constraint=number
            )


def _equality(number: int, constraint: Constraint, text: str) -> Iterator[Issue]:
    """A limit written with a bare "=": exports lose the ≤ and ≥ of a text that way, and which it was cannot be told."""
    value = constraint.value
    if not isinstance(constraint, (Age, Measurement)) or value is None or value.span is None or value.lower is None or value.upper is None:
        return
    if value.lower != value.upper:
        if _BARE_SIGN.search(text, value.span.start, value.span.end):
            message = f'"{text[value.span.start : value.span.end]}" is read as a range; comparators may have been lost'
            yield Issue.trusted(code="ambiguous", message=message, span=value.span, constraint=number)
        return
    if value.unit is not None and text[value.span.start : value.span.end].lstrip().startswith("="):
        message = f'"{text[value.span.start : value.span.end]}" is read as an equality; a comparator may have been lost'
        yield Issue.trusted(code="ambiguous", message=message, span=value.span, constraint=number)


def _lost_minus(number: int, constraint: Constraint) -> Iterator[Issue]:
    """A z-score below 2 or 3 is that of nearly everyone: exports lose the minus of "< -3"."""
    value = constraint.value
    if value is None or value.lower is not None or value.upper is None or not constraint.name.endswith("z_score"):
        return
    if value.upper.magnitude >= _COMMON_Z:
        message = f"{value} is true of nearly everyone: a minus sign may have been lost"
        yield Issue.trusted(code="implausible", message=message, span=value.span, constraint=number)


def _plausible(number: int, constraint: Constraint, vocabulary: Vocabulary) -> Iterator[Issue]:
    """A value of a known analyte without a unit, or far outside of what can be measured."""
    if not isinstance(constraint, Measurement) or constraint.concept is None or constraint.value is None:
        return
    if constraint.concept.id not in vocabulary.concepts:
        return
    entry = vocabulary.rulebook.entry(constraint.concept.id)
    wanted = getattr(entry, "unit", None)
    plausible = getattr(entry, "plausible", None) or getattr(entry, "range", None)
    for bound in (constraint.value.lower, constraint.value.upper):
        if bound is None:
            continue
        if bound.unit is None and wanted not in (None, "1"):
            yield Issue.trusted(
                code="unit_missing", message=f"{entry.label} {bound} has no unit", span=constraint.value.span, constraint=number
            )
            return
        if plausible is None or bound.unit in ("ULN", "LLN", "baseline", "predicted") or (bound.unit is None and wanted is not None):
            continue
        try:
            value = (
                bound.magnitude
                if bound.unit == wanted or wanted is None
                else convert(bound.magnitude, bound.unit or "1", wanted, getattr(entry, "molar_mass", None))
            )
        except ValueError:
            kinds = {vocabulary.units.kind(unit) for unit in (bound.unit, wanted) if unit}
            counted = (bound.unit or "").startswith("{")  # drinks a day are no grams, and no error
            if bound.unit != "%" and not counted and len(kinds) > 1 and not _per_day(bound.unit, wanted):
                message = f"{entry.label} is not measured in {bound.unit}"
                yield Issue.trusted(code="implausible", message=message, span=constraint.value.span, constraint=number)
            return
        written = (value, value / 100) if bound.unit == "%" and wanted in (None, "1") else (value,)  # a ratio in per cent
        if not any(plausible[0] <= number <= plausible[1] for number in written):
            message = (
                f"{entry.label} {bound} is outside of what is plausible ({plausible[0]:g} to {plausible[1]:g} {wanted or ''})".replace(
                    " )", ")"
                )
            )
            yield Issue.trusted(code="implausible", message=message, span=constraint.value.span, constraint=number)
            return


def _per_day(unit: str | None, wanted: str | None) -> bool:
    """ "24 h urine protein ≥ 1 g" leaves the time to the name of the analyte."""
    return unit in _AMOUNTS and wanted is not None and wanted.endswith(("/(24.h)", "/d"))


def _unread(reading: Reading) -> Iterator[Issue]:
    for segment in reading.segments:
        for start, end in segment.unread:
            message = f"the number {reading.text[start:end]!r} is in no constraint"
            yield Issue.trusted(code="unread_number", message=message, span=Span(start, end))


def _unstructured(criteria: Criteria) -> Iterator[Issue]:
    for criterion in criteria.walk():
        if not criterion.structured and not (criterion.children and (criterion.lead_in or _names_what_is_under_it(criterion))):
            message = f"{criterion.section} {criterion.number}: nothing in it was understood"
            yield Issue.trusted(code="unstructured", message=message, span=criterion.span)


def _denied_exclusions(criteria: Criteria) -> Iterator[Issue]:
    """An exclusion that begins with "no": as it stands it excludes whoever does not have it, and often the reverse is meant."""
    for criterion in criteria.exclusion:
        inner = criterion.requirement.item if isinstance(criterion.requirement, Not) else None
        if isinstance(inner, Not) and criterion.text.lower().startswith("no "):
            message = "an exclusion that begins with a denial: read as it stands, whoever lacks it is excluded"
            yield Issue.trusted(code="ambiguous", message=message, span=criterion.span)


def _names_what_is_under_it(criterion: Criterion) -> bool:
    """True for "Serum creatinine" over "≤ 1.5 mg/dL": the subject of what stands under it is in its words."""
    below = (c.subject for child in criterion.children for part in child.walk() for c in part.constraints)
    return any(criterion.span.start <= span.start < criterion.span.end for subject in below if subject for span in subject.spans)


def _disagreement(criteria: Criteria, reading: Reading) -> Iterator[Issue]:
    """Ages of the header, of the criteria and of a second list in the description that are not the same."""
    stated = [c for c in criteria.header if isinstance(c, Age)]
    own = [
        c
        for criterion in criteria.inclusion
        for part in criterion.walk()
        for c in part.constraints
        if isinstance(c, Age) and c.about == "patient"
    ]
    if stated and len(own) == 1 and not _same(stated[0], own[0]):
        yield Issue.trusted(code="contradiction", message=f"the header says {stated[0]}, the criteria say {own[0]}", span=own[0].evidence)
    for segment in reading.segments:
        for other in segment.constraints if segment.alternate else ():
            twin = _twin(other, criteria)
            if twin is not None and str(twin.value) != str(other.value):
                message = f"the description says {other}, the criteria say {twin}"
                yield Issue.trusted(code="contradiction", message=message, span=other.evidence)


def _twin(other: Constraint, criteria: Criteria) -> Constraint | None:
    """The one constraint of the criteria on the same thing."""
    same = [c for c in criteria.constraints if c.type == other.type and c.name == other.name and c.value is not None and c.rule != "header"]
    return same[0] if len(same) == 1 and other.value is not None else None


def _same(header: Age, text: Age) -> bool:
    """A limit that only one of them names is no disagreement."""
    if header.value is None or text.value is None:
        return True
    for side in ("lower", "upper"):
        a, b = getattr(header.value, side), getattr(text.value, side)
        if a is not None and b is not None and (a.magnitude, a.unit) != (b.magnitude, b.unit) and _completed(a) != _completed(b):
            return False
    return True


def _completed(bound: Bound) -> tuple[float, str | None]:
    """An upper limit in completed units: "under 16 years" is "up to 15 years"."""
    return (bound.magnitude - (0 if bound.inclusive else 1), bound.unit)
