"""The summary: in, record rows of many trials; out, how the limits of age, and of analytes, are distributed over the trials.

The rows are those of `eligibility.records.COLUMNS`, parsed just now or read from the table of a batch. They have no requirement tree: what
of them counts as a limit of a trial, and what is counted apart, is said in `limits`.
"""

from __future__ import annotations

from eligibility.summary.distributions import Apart, Distribution, Limits, Summary
from eligibility.summary.folder import read_folder
from eligibility.summary.plotting import plot
from eligibility.summary.summarising import summarise

__all__ = ["Apart", "Distribution", "Limits", "Summary", "plot", "read_folder", "summarise"]
