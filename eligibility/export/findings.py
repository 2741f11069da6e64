"""Findings to read: in, one trial's criteria; out, what the linter says of them, as a table for a terminal or a line of JSON.

A document is `head()`, `trial(criteria)` for each, `tail()`, as those of `formats` are; `count` is how many errors and warnings there were.
"""

from __future__ import annotations

from textwrap import shorten

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eligibility.export.formats import to_json
from eligibility.export.listing import name_of, printable
from eligibility.export.terminal import draw
from eligibility.linter import Finding, lint
from eligibility.result import Criteria
from eligibility.versioning import Versioned

_STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}
_SHORT = 30
_LONGEST = 200  # characters of the words concerned that a table shows


class LintedTrial(Versioned):
    """A line of JSON: a trial and what the linter says of it."""

    source: str | None
    trial: str | None
    findings: tuple[Finding, ...]


class FindingsDocument:
    """The findings of trials, one trial at a time: JSON Lines, or tables of a given width."""

    def __init__(self, *, json: bool, width: int = 120, color: bool = False) -> None:
        self.count = 0
        self._json, self._width, self._color = json, width, color

    def head(self) -> str:
        return ""

    def trial(self, criteria: Criteria) -> str:
        found = lint(criteria)
        self.count += sum(finding.severity != "note" for finding in found)
        if self._json:
            said = LintedTrial(source=criteria.source, trial=criteria.trial, findings=found)
            return to_json(said.model_dump(mode="json")) + "\n"
        return draw(_rendered(criteria, found), self._width, self._color)

    def tail(self) -> str:
        return ""


def _rendered(criteria: Criteria, found: tuple[Finding, ...]) -> RenderableType:
    title = Text(printable(name_of(criteria)), style="bold")
    if not found:
        return Group(title, Text("nothing found"), Text(""))
    table = Table(title=title, title_justify="left", expand=True, show_lines=True)
    table.add_column("Severity", no_wrap=True)
    table.add_column("Code", no_wrap=True)
    table.add_column("Where", ratio=2, overflow="fold")
    table.add_column("Message", ratio=5, overflow="fold")
    table.add_column("Words", ratio=4, overflow="fold")
    for finding in found:
        words = "\n".join(_words(criteria, span) for span in finding.spans)
        severity = Text(finding.severity, style=_STYLES[finding.severity])
        table.add_row(severity, finding.code, "\n".join(finding.criteria), Text(printable(finding.message)), Text(printable(words)))
    counted = ", ".join(f"{n} {severity}{'s' if n > 1 else ''}" for severity, n in _counts(found).items())
    return Group(table, Text(counted), Text(""))


def _words(criteria: Criteria, span: tuple[int, int]) -> str:
    """The words of a span, those of a short one among the words around them on their line."""
    start, end = span
    if end - start < _SHORT:
        line = criteria.text.rfind("\n", 0, start) + 1, (criteria.text + "\n").index("\n", end)
        start, end = max(line[0], start - _SHORT), min(line[1], end + _SHORT)
        before, after = ("…" if start > line[0] else ""), ("…" if end < line[1] else "")
        return before + " ".join(criteria.text[start:end].split()).strip("-*• ") + after
    return shorten(criteria.text[start:end], _LONGEST, placeholder="…")


def _counts(found: tuple[Finding, ...]) -> dict[str, int]:
    said = [finding.severity for finding in found]
    return {severity: said.count(severity) for severity in dict.fromkeys(said)}
