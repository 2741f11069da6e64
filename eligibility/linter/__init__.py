"""The linter: in, the criteria of one trial as `eligibility.parse` gives them; out, findings: what its writer should mend.

Each check is one small function over a dossier (the criteria, and what they ask of every patient). What is not understood is an issue of
the parser and no finding. The package is not called `lint`: a module of that name would hide the function `eligibility.lint`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from eligibility.linter.demands import Dossier
from eligibility.linter.findings import Finding
from eligibility.linter.header import ages, sexes, volunteers
from eligibility.linter.presences import required_and_excluded
from eligibility.linter.ranges import boundaries, contradictions, empty_ranges, impossible_ands
from eligibility.linter.repeats import repeated_criteria, repeated_demands
from eligibility.linter.vague import vague_words
from eligibility.linter.values import far_dates, noted_values
from eligibility.result import Criteria
from eligibility.rulebook import load_rulebook

__all__ = ["CHECKS", "Finding", "lint"]

CHECKS: tuple[Callable[[Dossier], Iterator[Finding]], ...] = (
    empty_ranges,
    impossible_ands,
    contradictions,
    boundaries,
    required_and_excluded,
    ages,
    sexes,
    volunteers,
    noted_values,
    far_dates,
    vague_words,
    repeated_criteria,
    repeated_demands,
)
_RANKS = ("error", "warning", "note")


def lint(criteria: Criteria, *, rules: tuple[Path, ...] = ()) -> tuple[Finding, ...]:
    """Contradictions, gaps and vague thresholds in a trial's criteria, errors first, those of one severity in text order.

    `rules`: the folders of rules that the criteria were read with, beside the package's own.
    """
    dossier = Dossier(criteria, load_rulebook(tuple(rules)))
    found = [finding for check in CHECKS for finding in check(dossier)]
    return tuple(sorted(found, key=lambda finding: (_RANKS.index(finding.severity), finding.spans)))
