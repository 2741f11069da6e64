"""The listing: criteria in; out, one line a criterion with its numbered constraints and the issues that concern it.

What table and html show, in text order, the header first. No criterion and no issue is left out:
an issue that belongs to no line is in `loose`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eligibility.constraints import ConstraintBase
from eligibility.ranges import Span
from eligibility.result import Criteria, Criterion, Issue

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion as a reader sees it; the header's constraints are one line without a criterion."""

    section: str
    number: str
    text: str
    criterion: Criterion | None
    constraints: tuple[tuple[int, ConstraintBase], ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    lines: tuple[Line, ...]
    loose: tuple[Issue, ...]


def make_listing(criteria: Criteria) -> Listing:
    """The lines of one trial, in text order."""
    walked = tuple(criteria.walk())
    homes = _homes(criteria, walked)
    issues: list[list[Issue]] = [[] for _ in range(len(walked) + 1)]
    loose: list[Issue] = []
    for issue in criteria.issues:
        home = _home(issue, homes, walked)
        (loose if home is None else issues[home]).append(issue)
    number = len(criteria.header)
    header = tuple(enumerate(criteria.header, start=1))
    lines = [Line("header", "", "", None, header, tuple(issues[0]))] if header else []
    for place, criterion in enumerate(walked, start=1):
        numbered = tuple(enumerate(criterion.constraints, start=number + 1))
        number += len(numbered)
        text = " ".join(criterion.text.split())
        lines.append(Line(criterion.section, criterion.number, text, criterion, numbered, tuple(issues[place])))
    return Listing(tuple(lines), tuple(loose))


def _homes(criteria: Criteria, walked: tuple[Criterion, ...]) -> list[int]:
    """For each constraint, the place of its line: 0 is the header's."""
    return [0] * len(criteria.header) + [place for place, criterion in enumerate(walked, start=1) for _ in criterion.constraints]


def _home(issue: Issue, homes: list[int], walked: tuple[Criterion, ...]) -> int | None:
    if issue.constraint is not None and 1 <= issue.constraint <= len(homes):
        return homes[issue.constraint - 1]
    if issue.span is None:
        return None
    around = [place for place, criterion in enumerate(walked, start=1) if _holds(criterion.span, issue.span)]
    return around[-1] if around else None


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def printable(text: str) -> str:
    """The text without what a terminal or a browser would act on: control characters and lone surrogates become U+FFFD, one for one."""
    return _CONTROLS.sub("\ufffd", text)


def name_of(criteria: Criteria) -> str:
    """What a reader calls this trial: its NCT id, its source and its title, as far as they are known."""
    parts = dict.fromkeys(part for part in (criteria.trial, criteria.source, criteria.title) if part)
    return " · ".join(parts) or "criteria"
