"""A table for a terminal: criteria in; out, text of a given width, one row a criterion, those not understood among them."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eligibility.export.listing import Line, Listing, make_listing, name_of, printable
from eligibility.export.terminal import draw
from eligibility.result import Criteria, Issue

_SECTION_STYLES = {"header": "cyan", "inclusion": "green", "exclusion": "red"}


def to_table(criteria: Criteria, *, width: int = 120, color: bool = False) -> str:
    """The trial's table and a line that counts what was read; `color` adds terminal colours."""
    return draw(_rendered(criteria), width, color)


def _rendered(criteria: Criteria) -> RenderableType:
    listing = make_listing(criteria)
    table = Table(title=Text(printable(name_of(criteria)), style="bold"), title_justify="left", expand=True, show_lines=True)
    table.add_column("Section", no_wrap=True)
    table.add_column("#", no_wrap=True)
    table.add_column("Text", ratio=5, overflow="fold")
    table.add_column("Read as", ratio=4, overflow="fold")
    table.add_column("Issues", ratio=3, overflow="fold")
    for line in listing.lines:
        section = Text(line.section, style=_SECTION_STYLES[line.section])
        table.add_row(section, line.number, Text(printable(line.text)), _reading(line), _issues(line.issues))
    loose = [Text(printable(str(issue)), style="yellow") for issue in listing.loose]
    return Group(table, *loose, Text(_summary(criteria, listing)), Text(""))


def _reading(line: Line) -> Text:
    if line.constraints:
        return Text(printable("\n".join(f"{number}. {constraint}" for number, constraint in line.constraints)))
    lead_in = line.criterion is not None and line.criterion.lead_in
    return Text("lead-in" if lead_in else "not structured", style="dim")


def _issues(issues: tuple[Issue, ...]) -> Text:
    return Text(printable("\n".join(str(issue) for issue in issues)), style="yellow")


def _summary(criteria: Criteria, listing: Listing) -> str:
    asked = [line for line in listing.lines if line.criterion is not None and not line.criterion.lead_in]
    read = sum(bool(line.constraints) for line in asked)
    constraints = sum(len(line.constraints) for line in listing.lines)
    return f"{len(asked)} criteria, {read} structured; {constraints} constraints, {len(criteria.issues)} issues"
