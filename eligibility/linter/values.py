"""Checks of values: in, a dossier; out, as findings, what the parser already noted of units, of values, and of lost comparators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from eligibility.linter.demands import Demand, Dossier
from eligibility.linter.findings import SEVERITIES, Finding, FindingCode
from eligibility.ranges import Span

_CODES: Mapping[str, FindingCode] = MappingProxyType(
    {"unit_missing": "unit_missing", "implausible": "implausible", "ambiguous": "comparator_lost"}
)

_NEAR = 60  # characters on either side of a value in which its kind is said
_SPREAD = re.compile(r"\u00b1|\+\s*/\s*-")
_DIGIT = re.compile(r"\d")
_TIMES = ("s", "min", "h", "d", "wk", "mo", "a")
_FAR_DATE = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]2[1-9]\d\d\b|\b2[1-9]\d\d-\d\d-\d\d\b")
_MULTIPLE = re.compile(r"\s*(?:times|fold|-fold|x\b|\u00d7|n\b|%)", re.IGNORECASE)


def noted_values(dossier: Dossier) -> Iterator[Finding]:
    """A unit that is missing, a value that cannot be, an "=" where a comparator may have been lost."""
    for issue in dossier.criteria.issues:
        code = _CODES.get(issue.code)
        if code is None or issue.constraint is None:
            continue
        demand = dossier.stated[issue.constraint - 1]
        value = demand.constraint.value
        if value is None or issue.span != value.span or (code != "comparator_lost" and not _is_own(code, demand, dossier)):
            continue
        spans = (issue.span,) if issue.span else ()
        yield Finding(
            code=code, severity=SEVERITIES[code], message=issue.message, spans=spans, constraints=(demand.number,), criteria=(demand.where,)
        )


def far_dates(dossier: Dossier) -> Iterator[Finding]:
    """A date of the next century, which is a slip of the pen: "between 1/4/2019 and 31/12/2120"."""
    for criterion in dossier.criteria.walk():
        for date in _FAR_DATE.finditer(criterion.text):
            span = Span(criterion.span.start + date.start(), criterion.span.start + date.end())
            where = (f"{criterion.section} {criterion.number}",)
            message = f"the date {date[0]} is too far ahead to be meant"
            yield Finding(code="implausible", severity=SEVERITIES["implausible"], message=message, spans=(span,), criteria=where)


def _is_own(code: FindingCode, demand: Demand, dossier: Dossier) -> bool:
    """True where the value is the subject's, and of the usual kind: a misread subject makes the best value implausible."""
    concept, criterion, value = demand.constraint.concept, demand.criterion, demand.constraint.value
    if concept is None or criterion is None or value is None or value.span is None or not dossier.is_beside(demand):
        return False
    if code == "implausible" and value.unit is not None and _unit(concept.id, dossier) is None:
        return False  # a range of plain numbers says nothing of a value with a unit
    if concept.id in dossier.words.unit_open or (code == "unit_missing" and concept.id in dossier.words.unit_unsaid):
        return False
    start, end = (place - criterion.span.start for place in value.span)
    near, said = criterion.text[max(0, start - _NEAR) : end + _NEAR], criterion.text[max(0, start - 4) : end]
    if _SPREAD.search(said) or not _DIGIT.search(said) or _MULTIPLE.match(criterion.text, end):
        return False
    timed = value.unit in _TIMES and code == "implausible"  # the second of "forced expiratory volume in 1 second" is in its name
    return not timed and not dossier.words.is_other_kind(near)


def _unit(id: str, dossier: Dossier) -> str | None:
    """The unit that the rules have for the analyte of that id."""
    return next((analyte.unit for analyte in dossier.rulebook.analytes if analyte.id == id), None)
