"""The tidy table: criteria in, one flat row a fact out. A dose within 28 days is two rows of one constraint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from eligibility.columns import COLUMNS_OF
from eligibility.constraints import ConstraintBase, Sex
from eligibility.ranges import Range, Span
from eligibility.result import Criteria

COLUMNS = tuple(column.name for column in COLUMNS_OF["records"])
_EXACT = {("a", "mo"): 12, ("wk", "d"): 7, ("wk", "h"): 168, ("d", "h"): 24, ("h", "min"): 60, ("min", "s"): 60}


def records(criteria: Criteria) -> list[dict[str, Any]]:
    """Rows in text order, the header's first; every row has all of COLUMNS, null where a column does not apply."""
    issues: defaultdict[int | None, list[str]] = defaultdict(list)
    for issue in criteria.issues:
        issues[issue.constraint].append(issue.code)
    rows = []
    for number, (section, criterion, constraint) in enumerate(_constraints(criteria), start=1):
        shared = _shared(criteria.text, constraint) | {
            "source": criteria.source,
            "trial": criteria.trial,
            "section": section,
            "criterion": criterion,
            "constraint": number,
            "issues": issues.get(number, []),
        }
        for facet, found in _facets(constraint):
            row = dict.fromkeys(COLUMNS) | shared | _facet(criteria.text, constraint, facet, found)
            rows.append(row)
        rows.extend(dict.fromkeys(COLUMNS) | shared | example for example in _examples(criteria.text, constraint))
    return rows


def _examples(text: str, constraint: ConstraintBase) -> Iterator[dict[str, Any]]:
    """What the text names as kinds of the subject, each a row of the facet `example`: they explain the constraint and demand nothing."""
    for example in constraint.examples:
        start, end = example.span
        yield {
            "type": example.type,
            "facet": "example",
            "subject": text[start:end],
            "concept": example.label,
            "code": example.codes[0] if example.codes else None,
            "subject_start": start,
            "subject_end": end,
            "start": start,
            "end": end,
            "text": text[start:end],
        }


def _closed(text: str, start: int, end: int) -> int:
    """The end, behind the bracket that closes the subject's other name: "human immunodeficiency virus (HIV)"."""
    opened = text.count("(", start, end) > text.count(")", start, end)
    return end + 1 if opened and text.startswith(")", end) else end


def _facets(constraint: ConstraintBase) -> list[tuple[str, Range | None]]:
    """The constraint's ranges by facet; where it has none, that it is there, which for a sex is its value."""
    facets: list[tuple[str, Range | None]] = [(name, part) for name, found in constraint.facets for part in _of_one_unit(found)]
    return facets or [("value" if isinstance(constraint, Sex) else "presence", None)]


def _of_one_unit(found: Range) -> tuple[Range, ...]:
    """The range in one unit, since a row has only one: the larger unit in the smaller where that is exact, else each end by itself."""
    low, high = found.lower, found.upper
    if low is None or high is None or low.unit == high.unit:
        return (found,)
    for small, large, side in ((low, high, "upper"), (high, low, "lower")):
        factor = _EXACT.get((large.unit or "", small.unit or ""))
        if factor:
            same = large.model_copy(update={"magnitude": large.magnitude * factor, "unit": small.unit})
            return (found.model_copy(update={side: same}),)
    return found.model_copy(update={"upper": None}), found.model_copy(update={"lower": None})


def _constraints(criteria: Criteria) -> Iterator[tuple[str, str | None, ConstraintBase]]:
    for constraint in criteria.header:
        yield "header", None, constraint
    for criterion in criteria.walk():
        for constraint in criterion.constraints:
            yield criterion.section, criterion.number, constraint


def _shared(text: str, constraint: ConstraintBase) -> dict[str, Any]:
    subject, concept = constraint.subject, constraint.concept
    spans = subject.spans if subject else ()
    return {
        "type": constraint.type,  # type: ignore[attr-defined]
        "subject": subject.text if subject else None,
        "concept": concept.label if concept else None,
        "code": concept.codes[0] if concept and concept.codes else None,
        "sex": constraint.sex if isinstance(constraint, Sex) else None,
        "negated": constraint.negated,
        "exception": constraint.exception,
        "temporality": constraint.temporality,
        "population": constraint.population,
        "subject_start": spans[0].start if spans else None,
        "subject_end": _closed(text, spans[0].start, spans[-1].end) if spans else None,
        "rule": constraint.rule,
    }


def _facet(text: str, constraint: ConstraintBase, facet: str, found: Range | None) -> dict[str, Any]:
    subject = constraint.subject.spans[0] if constraint.subject and constraint.subject.spans else None
    span: Span | None = found.span if found is not None and found.span else (subject or constraint.evidence)
    row: dict[str, Any] = {"facet": facet}
    if span is not None:
        row |= {"start": span.start, "end": span.end, "text": text[span.start : span.end]}
    elif constraint.subject is not None:
        row["text"] = constraint.subject.text
    if found is not None:
        row["unit"] = found.unit
        for side, bound in (("lower", found.lower), ("upper", found.upper)):
            row[side] = bound.magnitude if bound else None
            row[side + "_inclusive"] = bound.inclusive if bound else None
    if facet == "window" and constraint.window is not None:
        row |= {"anchor": constraint.window.anchor, "direction": constraint.window.direction, "choose": constraint.window.choose}
    return row
