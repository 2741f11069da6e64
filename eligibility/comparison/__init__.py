"""The comparison: in, the criteria of two trials, or of two versions of one; out, what was added, dropped, loosened, tightened or changed.

Looser and tighter say who may enter, and only what follows from the requirement trees: `looser` is what every patient satisfies who
satisfied it before, and some besides. What does not follow is `changed`, never guessed. Every criterion of both sides is in the result.
"""

from __future__ import annotations

from eligibility.comparison.changes import Change, Comparison, Side
from eligibility.comparison.comparing import compare

__all__ = ["Change", "Comparison", "Side", "compare"]
