"""One self-contained page: criteria in; out, HTML with the text as given, its constraints highlighted, and the same as tables.

No script, no link, no request: the style is inline and a reading shows on hover or focus by CSS alone. All text is escaped.
`page_head`, one `to_section` a trial and `PAGE_TAIL`, joined, are a page; `to_html` joins them for a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from eligibility.constraints import BY_TYPE, ConstraintBase
from eligibility.export.listing import Line, Listing, make_listing, name_of, printable
from eligibility.ranges import Span
from eligibility.result import Criteria, Issue

PAGE_TAIL = "</body>\n</html>\n"
_READINGS = 12


class Mark(NamedTuple):
    """A stretch of the text and what is said about it; `kind` is a constraint type, or None for words that were not understood."""

    span: Span
    kind: str | None
    reading: str


def to_html(trials: Iterable[Criteria]) -> str:
    """One page with a section for each trial."""
    return page_head() + "".join(to_section(criteria) for criteria in trials) + PAGE_TAIL


@cache
def page_head() -> str:
    """The beginning of a page: title, style, and the legend of the colours."""
    style = Path(__file__).with_name("html.css").read_text(encoding="utf-8")
    legend = "".join(f'<li class="reading {kind}">{kind}</li>' for kind in BY_TYPE) + '<li class="unread">not structured</li>'
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Eligibility criteria</title>\n<style>\n{style}</style>\n</head>\n<body>\n<h1>Eligibility criteria</h1>\n"
        f'<ul class="legend">{legend}</ul>\n'
    )


def to_section(criteria: Criteria) -> str:
    """One trial: its text with the highlights, the table of its criteria, the list of its issues."""
    listing = make_listing(criteria)
    text = highlight(criteria.text, find_marks(listing))
    return (
        f'<section>\n<h2>{_safe(name_of(criteria))}</h2>\n<div class="text" dir="auto">{text}</div>\n'
        f"<h3>Constraints</h3>\n{_table(listing)}\n<h3>Issues</h3>\n{_issues(criteria.issues)}\n</section>\n"
    )


def find_marks(listing: Listing) -> list[Mark]:
    """What to highlight, in any order: the evidence of each constraint, and the words of each criterion that was not understood."""
    marks = []
    for line in listing.lines:
        for number, constraint in line.constraints:
            marks += [Mark(span, _kind(constraint), f"{number}. {constraint}") for span in _spans(constraint)]
        if line.criterion is not None and not line.constraints and not line.criterion.lead_in:
            marks.append(Mark(line.criterion.span, None, "not structured"))
    return marks


def highlight(text: str, marks: Iterable[Mark]) -> str:
    """The text with its marks: where several overlap, each stretch has all their readings and the colour of the shortest."""
    ordered = sorted((mark for mark in marks if 0 <= mark.span.start < mark.span.end <= len(text)), key=lambda mark: mark.span)
    edges = sorted({0, len(text)} | {edge for mark in ordered for edge in mark.span})
    parts: list[str] = []
    active: list[Mark] = []
    upcoming = 0
    for start, end in pairwise(edges):
        while upcoming < len(ordered) and ordered[upcoming].span.start == start:
            active.append(ordered[upcoming])
            upcoming += 1
        active = [mark for mark in active if mark.span.end > start]
        parts.append(_stretch(text[start:end], active))
    return "".join(parts)


def _stretch(words: str, active: list[Mark]) -> str:
    understood = [mark for mark in active if mark.kind is not None]
    if not active or not words.strip():
        return _safe(words)
    if not understood:
        return f'<span class="unread" data-reading="not structured">{_safe(words)}</span>'
    by_length = sorted(understood, key=lambda mark: mark.span.end - mark.span.start)
    readings = list(dict.fromkeys(mark.reading for mark in by_length))
    shown = readings[:_READINGS] + ([f"and {len(readings) - _READINGS} more"] if len(readings) > _READINGS else [])
    return f'<mark class="reading {by_length[0].kind}" tabindex="0" data-reading="{_safe(chr(10).join(shown))}">{_safe(words)}</mark>'


def _spans(constraint: ConstraintBase) -> set[Span]:
    subject = constraint.subject.spans if constraint.subject else ()
    pieces = {*subject, *(found.span for _, found in constraint.facets if found.span is not None)}
    evidence = constraint.evidence
    if evidence is None:
        return pieces
    return {evidence} | {span for span in pieces if not (evidence.start <= span.start and span.end <= evidence.end)}


def _table(listing: Listing) -> str:
    rows = "".join(_row(line) for line in listing.lines)
    head = "<tr><th>Section</th><th>#</th><th>Text</th><th>Read as</th><th>What a patient must satisfy</th></tr>"
    return f'<div class="scroll"><table>\n<thead>{head}</thead>\n<tbody>\n{rows}</tbody>\n</table></div>'


def _row(line: Line) -> str:
    readings = "<br>".join(
        f'{number}. <span class="reading {_kind(constraint)}">{_safe(str(constraint))}</span>' for number, constraint in line.constraints
    )
    if not readings:
        lead_in = line.criterion is not None and line.criterion.lead_in
        readings = f'<span class="faint">{"lead-in" if lead_in else "not structured"}</span>'
    requirement = line.criterion.requirement if line.criterion is not None else None
    cells = (line.section, _safe(line.number), _safe(line.text), readings, _safe(str(requirement)) if requirement is not None else "")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def _issues(issues: tuple[Issue, ...]) -> str:
    if not issues:
        return '<p class="faint">none</p>'
    items = "".join(f"<li><b>{issue.code}</b> {_safe(issue.message)}{_place(issue)}</li>\n" for issue in issues)
    return f'<ul class="issues">\n{items}</ul>'


def _place(issue: Issue) -> str:
    parts = [f"constraint {issue.constraint}"] if issue.constraint is not None else []
    parts += [f"characters {issue.span.start}–{issue.span.end}"] if issue.span is not None else []
    return f' <span class="faint">({", ".join(parts)})</span>' if parts else ""


def _kind(constraint: ConstraintBase) -> str:
    return str(getattr(constraint, "type", "other"))


def _safe(text: str) -> str:
    return escape(printable(text), quote=True)
