"""Invented registry records for tests: API v2 studies with criteria in the registry's style."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from eligibility import Criteria, Criterion, Span, Study

_CONDITIONS = ("Systemic Lupus Erythematosus", "Type 2 Diabetes", "Asthma", "Heart Failure", "Psoriasis")
_INCLUSION = (
    "Age {low} to {high} years",
    "Platelet count \\>= {low}0 x 10^9/L",
    "HbA1c between 7.{n}% and 10.{n}%",
    "Ejection fraction below {high}%",
    "SLEDAI-2K score of at least {n}",
    "Written informed consent",
)
_EXCLUSION = (
    "ALT or AST \\> {n} x ULN",
    "Prednisone \\> {low} mg/day within {high} days prior to baseline",
    "History of malignancy within {n} years, except basal cell carcinoma",
    "Pregnant or breastfeeding women",
    "Took part in another trial within {high} days of screening",
    "Unable to follow the schedule of visits",
)


def text_of(n: int) -> str:
    """The criteria of the nth invented trial."""
    values = {"n": n % 6 + 2, "low": 18 + n % 20, "high": 40 + n % 41}
    own = [line.format(**values) for line in _INCLUSION[n % 3 :]]
    out = [line.format(**values) for line in _EXCLUSION[n % 4 :]]
    return (
        "Inclusion Criteria:\n\n"
        + "\n".join(f"* {line}" for line in own)
        + "\n\nExclusion Criteria:\n\n"
        + "\n".join(f"* {line}" for line in out)
    )


def record_of(n: int) -> dict[str, Any]:
    """The nth invented trial as the registry's API returns it."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{n:08d}", "briefTitle": f"Study {n} of a new treatment"},
            "conditionsModule": {"conditions": [_CONDITIONS[n % len(_CONDITIONS)]]},
            "designModule": {"phases": ["PHASE2", "PHASE3"] if n % 2 else ["PHASE1"]},
            "eligibilityModule": {
                "eligibilityCriteria": text_of(n),
                "minimumAge": f"{18 + n % 20} Years",
                "sex": "ALL",
                "healthyVolunteers": False,
            },
        }
    }


def whole(study: Study) -> Criteria:
    """The study's text as one criterion in which nothing is understood."""
    criterion = Criterion(text=study.text, span=Span(0, len(study.text)), section="inclusion", number="1")
    return Criteria(text=study.text, source=study.source, trial=study.id, inclusion=(criterion,), rules="none")


def steady() -> Callable[[Study], Criteria]:
    """A parser that needs no pipeline, and ten milliseconds for each study."""
    return _steady


def _steady(study: Study) -> Criteria:
    time.sleep(0.01)
    return whole(study)
