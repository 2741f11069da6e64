"""Summaries to read: in, a summary; out, a table for a terminal, one row a side and unit, and what is counted apart below it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eligibility.export.listing import printable
from eligibility.export.terminal import draw
from eligibility.summary import Distribution, Limits, Summary

_FREQUENT = 5
_SIGNS = {"lower": "at least", "upper": "at most"}


def to_table(summary: Summary, *, width: int = 120, color: bool = False) -> str:
    """The limits of age and of each analyte, then for each of them the trials without a limit and the rows that are in no distribution."""
    table = Table(title=_trials(summary.trials), title_justify="left", expand=True)
    table.add_column("Limit", overflow="fold", ratio=1)
    table.add_column("", no_wrap=True)
    table.add_column("Unit", no_wrap=True)
    for name in ("Trials", "Min", "Q1", "Median", "Q3", "Max"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("Most frequent (trials)", ratio=2, overflow="fold")
    for limits in (summary.age, *summary.analytes):
        for one in limits.distributions:
            table.add_row(printable(limits.name), _SIGNS[one.side], one.unit or "", *_numbers(one), _frequent(one))
        if not limits.distributions:
            table.add_row(printable(limits.name), "", "", "0")
    notes: list[RenderableType] = [Text(line) for limits in (summary.age, *summary.analytes) for line in _notes(limits)]
    return draw(Group(table, *notes), width, color)


def _numbers(one: Distribution) -> tuple[str, ...]:
    five = (one.minimum, one.lower_quartile, one.median, one.upper_quartile, one.maximum)
    return f"{one.trials:,}", *(f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}" for value in five)


def _frequent(one: Distribution) -> str:
    return ", ".join(f"{value:g} ({trials:,})" for value, trials in one.counts[:_FREQUENT])


def _notes(limits: Limits) -> Iterator[str]:
    name = printable(limits.name)
    yield f"{name}: {_trials(limits.without_lower)} without a lower limit, {limits.without_upper:,} without an upper one"
    if limits.several:
        yield f"{name}: {_trials(limits.several)} with several limits on a side, of which the header's counts, or the strictest"
    for apart in limits.apart:
        yield printable(f"{name}: not counted: {apart.rows:,} of {_trials(apart.trials)}: {apart.reason}")


def _trials(count: int) -> str:
    return f"{count:,} trial{'s' if count != 1 else ''}"
