"""Screening a patient against the criteria of a trial. Begin at `screen`."""

from eligibility.screening.outcomes import CriterionOutcome, Evidence, Missing, Screening
from eligibility.screening.screen import screen, screen_many

__all__ = ["CriterionOutcome", "Evidence", "Missing", "Screening", "screen", "screen_many"]
