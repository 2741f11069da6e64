"""The summary of a batch: in, what was counted; out, totals that are the same however the batch was run, and their text."""

from __future__ import annotations

from collections import Counter
from typing import Any

from eligibility.versioning import Versioned


class BatchSummary(Versioned):
    """Totals of a batch. `structured`: criteria in which something was understood; `issues`: how many of each code; `errors`: entries that
    are in errors.jsonl and in no table; `ignored`: files of the folders that were not read, with the reason; `settings`: what the batch was
    made of (versions, rules, columns, the files' digest).
    """

    files: int
    studies: int
    errors: int
    criteria: int
    structured: int
    constraints: int
    records: int
    issues: dict[str, int]
    ignored: dict[str, str]
    settings: dict[str, Any]

    @property
    def structured_share(self) -> float:
        """The share of criteria in which something was understood, 0 to 1; 0 where there are none."""
        return self.structured / self.criteria if self.criteria else 0.0

    def __str__(self) -> str:
        lines = [
            f"{self.studies:,} studies of {self.files:,} files",
            f"{self.criteria:,} criteria, {self.structured_share:.1%} structured",
            f"{self.constraints:,} constraints, {self.records:,} records",
            f"{sum(self.issues.values()):,} issues" + "".join(f"\n  {count:,} {code}" for code, count in self.issues.items()),
            f"{self.errors:,} entries could not be read" + (" (errors.jsonl)" if self.errors else ""),
        ]
        if self.ignored:
            lines.append(f"{len(self.ignored):,} files are no trials and were not read (summary.json)")
        return "\n".join(lines)


def summarise(tally: Counter[str], files: int, ignored: dict[str, str], settings: dict[str, Any]) -> BatchSummary:
    """The summary of what was counted; the most frequent issues first."""
    issues = Counter({name.removeprefix("issue "): count for name, count in sorted(tally.items()) if name.startswith("issue ")})
    return BatchSummary(
        files=files,
        studies=tally["studies"],
        errors=tally["errors"],
        criteria=tally["criteria"],
        structured=tally["structured"],
        constraints=tally["constraints"],
        records=tally["records"],
        issues=dict(issues.most_common()),
        ignored=ignored,
        settings=settings,
    )
