"""Comparisons to read: in, a comparison; out, a table of what differs for a terminal, and how much there is of each kind."""

from __future__ import annotations

from textwrap import shorten

from rich.console import Group
from rich.table import Table
from rich.text import Text

from eligibility.comparison import Change, Comparison, Side
from eligibility.export.listing import printable
from eligibility.export.terminal import draw

_STYLES = {
    "added": "red",
    "tighter": "red",
    "dropped": "green",
    "looser": "green",
    "changed": "yellow",
    "moved": "yellow",
    "reworded": "dim",
}
_LONGEST = 300  # characters of one side that a table shows


def to_table(comparison: Comparison, *, width: int = 120, color: bool = False) -> str:
    """What differs, in the order of the text, one row a change; below, the counts of all kinds, of what is unchanged too."""
    title = Text(printable(f"{comparison.before} -> {comparison.after}"), style="bold")
    notes = [Text(printable(note), style="yellow") for note in comparison.notes]
    counted = ", ".join(f"{count} {kind}" for kind, count in comparison.counts.items()) or "no criteria on either side"
    if not comparison.differences:
        return draw(Group(title, Text("no differences"), Text(counted), *notes), width, color)
    table = Table(title=title, title_justify="left", expand=True, show_lines=True)
    table.add_column("Change", no_wrap=True)
    table.add_column("Where", ratio=2, overflow="fold")
    table.add_column("Before", ratio=5, overflow="fold")
    table.add_column("After", ratio=5, overflow="fold")
    table.add_column("Note", ratio=4, overflow="fold")
    for change in comparison.differences:
        table.add_row(
            Text(change.kind, style=_STYLES[change.kind]),
            change.where,
            _said(change, change.before),
            _said(change, change.after),
            printable(change.detail),
        )
    return draw(Group(table, Text(counted), *notes), width, color)


def _said(change: Change, side: Side | None) -> Text:
    return Text(shorten(printable(change.said(side)), _LONGEST, placeholder="…") if side is not None else "")
