"""Findings: what the linter says of a protocol's criteria, each with its code, its severity and the words concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from eligibility.frozen import Frozen
from eligibility.linter.demands import Demand
from eligibility.ranges import Span

FindingCode = Literal[
    "empty_range", "impossible_and", "contradiction", "excludes_everyone", "required_and_excluded", "header", "gap", "overlap",
    "unit_missing", "implausible", "comparator_lost", "vague", "duplicate",
]  # fmt: skip
Severity = Literal["error", "warning", "note"]

# An error: as it is written, nobody can take part. A warning: two readers may decide differently. A note: it could be said better.
SEVERITIES: Mapping[FindingCode, Severity] = MappingProxyType(
    {
        "empty_range": "error", "impossible_and": "warning", "contradiction": "error", "excludes_everyone": "error",
        "required_and_excluded": "error", "header": "warning", "gap": "warning", "overlap": "warning", "unit_missing": "warning",
        "implausible": "warning", "comparator_lost": "warning", "vague": "note", "duplicate": "note",
    }
)  # fmt: skip


class Finding(Frozen):
    """One thing to mend. `spans` are the words concerned, offsets into the criteria's text; `constraints` the running numbers of the
    constraints concerned, and `criteria` where they stand ("inclusion 3.2", "header"), both in the order of the spans.
    """

    code: FindingCode
    severity: Severity
    message: str
    spans: tuple[Span, ...] = ()
    constraints: tuple[int, ...] = ()
    criteria: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.severity}: {self.code}: {', '.join(self.criteria)}: {self.message}"


def find(code: FindingCode, message: str, demands: Iterable[Demand]) -> Finding:
    """The finding on these demands."""
    concerned = sorted(demands, key=lambda demand: demand.number)
    spans = [span for demand in concerned if (span := demand.constraint.evidence)]
    return Finding(
        code=code,
        severity=SEVERITIES[code],
        message=message,
        spans=tuple(dict.fromkeys(spans)),
        constraints=tuple(dict.fromkeys(demand.number for demand in concerned)),
        criteria=tuple(dict.fromkeys(demand.where for demand in concerned)),
    )
