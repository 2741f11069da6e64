"""Explanations: in, a screening; out, text: every criterion with its outcome, and below it the reasons."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten

from eligibility.screening.outcomes import CriterionOutcome, Evidence, Screening

_WIDTH = 100


def explain(screening: Screening) -> str:
    """The outcome of the trial, each criterion with its reasons, what is missing, and what of the data could not be used."""
    head = f"{screening.outcome}: patient {screening.patient or '?'}, trial {screening.trial or screening.source or '?'}, on {screening.on}"
    lines = [head, *(line for criterion in screening.criteria for line in _criterion(criterion))]
    if screening.missing:
        lines += ["would settle it:", *(f"  {missing}" for missing in screening.missing)]
    if screening.issues:
        lines += ["not used:", *(f"  {issue}" for issue in screening.issues)]
    return "\n".join(lines)


def _criterion(criterion: CriterionOutcome) -> Iterator[str]:
    cohort = f" [{criterion.cohort}]" if criterion.cohort else ""
    yield f"{criterion.outcome:<8}{criterion.section} {criterion.number}: {shorten(criterion.text, _WIDTH, placeholder='…')}{cohort}"
    for evidence in criterion.evidence:
        yield f"        {reason_of(evidence)}"


def reason_of(evidence: Evidence) -> str:
    """The words of the constraint, and how the patient's datum compares: '"ALT ≥ 2×ULN": ALT 84 U/L = 2.1 ULN ≥ 2 ULN'."""
    said = f'"{evidence.said}": ' if evidence.said else f"{evidence.constraint.phrase}: "
    missing = f" (would settle it: {'; '.join(map(str, evidence.missing))})" if evidence.missing else ""
    return f"{said}{evidence.reason}{missing}"
