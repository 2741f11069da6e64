"""Requirements: in, a criterion's constraints and the words between them; out, the tree of what a patient must satisfy.

joints     the words of the criterion as tokens: constraints, joining words, stops, brackets
groups     runs of exceptions and of what one negation denies
grammar    sentences, clauses, premises
listing    lists and what is said of their members
leads      how many of the items under a lead-in must hold
"""

from eligibility.requirements.leads import is_joint, join_run, runs
from eligibility.requirements.tree import Below, require

__all__ = ["Below", "is_joint", "join_run", "require", "runs"]
