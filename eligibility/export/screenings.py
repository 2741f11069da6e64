"""Screenings to read: in, screenings; out, one as a table of its criteria, several as a ranked table, or JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from rich.console import Group
from rich.table import Table
from rich.text import Text

from eligibility.export.listing import printable
from eligibility.export.terminal import draw
from eligibility.screening.explanation import reason_of
from eligibility.screening.outcomes import CriterionOutcome, Screening

_STYLES = {"pass": "green", "fail": "red", "unknown": "yellow", "eligible": "green", "ineligible": "red", "undetermined": "yellow"}
_RANK = {"eligible": 0, "undetermined": 1, "ineligible": 2}
_LONGEST = 160  # characters of a criterion that a table shows
_SHOWN = 3  # of what is missing


def to_table(screening: Screening, *, width: int = 120, color: bool = False) -> str:
    """One screening: each criterion with its outcome and the reasons, what would settle it, and what could not be used."""
    title = f"{screening.patient or '?'} / {screening.trial or screening.source or '?'}: {screening.outcome} on {screening.on}"
    table = Table(title=printable(title), title_justify="left", expand=True, show_lines=True)
    table.add_column("Criterion", no_wrap=True)
    table.add_column("Outcome", no_wrap=True)
    table.add_column("Text", ratio=4, overflow="fold")
    table.add_column("Why", ratio=5, overflow="fold")
    for criterion in screening.criteria:
        why = "\n".join(reason_of(evidence) for evidence in criterion.evidence) or "not understood"
        table.add_row(
            f"{criterion.section} {criterion.number}", Text(criterion.outcome, style=_STYLES[criterion.outcome]),
            Text(printable(shorten(criterion.text, _LONGEST, placeholder="…"))), Text(printable(why)),
        )  # fmt: skip
    notes = [Text(f"would settle it: {printable(str(missing))}") for missing in screening.missing]
    notes += [Text(f"not used: {printable(issue)}") for issue in screening.issues]
    return draw(Group(table, *notes), width, color)


def to_ranking(screenings: Sequence[Screening], *, width: int = 120, color: bool = False) -> str:
    """Several screenings, for each patient the likeliest trials first: eligible, then undetermined with the fewest unknown criteria."""
    table = Table(expand=True)
    for name, justify in (
        ("Patient", "left"),
        ("Trial", "left"),
        ("Outcome", "left"),
        ("Pass", "right"),
        ("Unknown", "right"),
        ("Fail", "right"),
    ):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("Why", ratio=1, overflow="fold")
    for screening in ranked(screenings):
        counts = [sum(one.outcome == outcome for one in screening.criteria) for outcome in ("pass", "unknown", "fail")]
        table.add_row(
            printable(screening.patient or "?"), printable(screening.trial or screening.source or "?"),
            Text(screening.outcome, style=_STYLES[screening.outcome]), *map(str, counts), Text(printable(_why(screening))),
        )  # fmt: skip
    return draw(table, width, color)


def ranked(screenings: Sequence[Screening]) -> list[Screening]:
    """By patient, in the order of their first screening; then by outcome, the fewest failed, the fewest unknown."""
    patients = {screening.patient: place for place, screening in reversed(list(enumerate(screenings)))}

    def key(screening: Screening) -> tuple[int, int, int, int]:
        failed, unknown = (sum(one.outcome == outcome for one in screening.criteria) for outcome in ("fail", "unknown"))
        return patients[screening.patient], _RANK[screening.outcome], failed, unknown

    return sorted(screenings, key=key)


def _why(screening: Screening) -> str:
    failed = next((one for one in screening.criteria if one.outcome == "fail"), None)
    if failed is not None:
        return _short(failed)
    if screening.missing:
        return "would settle it: " + "; ".join(map(str, screening.missing[:_SHOWN]))
    return ""


def _short(criterion: CriterionOutcome) -> str:
    reason = criterion.evidence[0].reason if criterion.evidence else ""
    return f"{criterion.section} {criterion.number}: {reason}"
