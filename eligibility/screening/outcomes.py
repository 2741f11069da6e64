"""What a screening says: the outcome of each criterion and of the trial, each with its evidence. Frozen values; JSON round trip exact."""

from __future__ import annotations

from datetime import date
from typing import Literal

from eligibility.constraints import Constraint
from eligibility.frozen import Frozen
from eligibility.versioning import Versioned

Outcome = Literal["pass", "fail", "unknown"]
TrialOutcome = Literal["eligible", "ineligible", "undetermined"]
Truth = Literal["true", "false", "unknown", "not applicable"]


class Missing(Frozen):
    """A datum that is not known: `kind` is the list or field of the patient that would hold it, "judgement" where none would."""

    kind: str
    name: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name}{f', {self.detail}' if self.detail else ''}"


class Evidence(Frozen):
    """What one constraint came to. `said` are its words in the trial's text, `reason` says how the datum compares, with every conversion
    and the arithmetic of dates; `missing` would settle it. `margin` is how far the value lies from the nearest bound, as a share of the
    bound: positive within it, negative beyond (46 mL/min of a limit of at least 45: 0.022).
    """

    constraint: Constraint
    truth: Truth
    reason: str
    said: str = ""
    datum: str | None = None
    margin: float | None = None
    missing: tuple[Missing, ...] = ()


class CriterionOutcome(Frozen):
    """`evidence` holds the constraints that decided, or, where it is unknown, those that are not known."""

    section: Literal["header", "inclusion", "exclusion"]
    number: str
    text: str
    outcome: Outcome
    cohort: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What would settle it, in the order of the text, each once; nothing where it is settled."""
        found = (missing for one in self.evidence for missing in one.missing) if self.outcome == "unknown" else ()
        return tuple(dict.fromkeys(found))

    @property
    def margin(self) -> float | None:
        """The smallest distance from a threshold among the constraints that decided."""
        return min((one.margin for one in self.evidence if one.margin is not None), key=abs, default=None)


class Screening(Versioned):
    """A patient against a trial on a day. `issues` say what in the patient's data could not be used; `missing` is what would settle the
    criteria that are unknown, the most decisive first.
    """

    patient: str | None
    source: str | None
    trial: str | None
    on: date
    outcome: TrialOutcome
    criteria: tuple[CriterionOutcome, ...]
    missing: tuple[Missing, ...] = ()
    issues: tuple[str, ...] = ()

    def explain(self) -> str:
        """Every criterion with its outcome and the reasons, as text."""
        from eligibility.screening.explanation import explain

        return explain(self)
