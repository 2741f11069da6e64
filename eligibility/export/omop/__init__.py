"""OMOP: in, the criteria of a trial and the vocabulary of a CDM; out, a cohort expression as ATLAS imports it, and who is left in a CDM.

vocabulary.py, resolution.py (what is meant, as standard concepts) -> leaves.py, measurements.py, windows.py (one constraint)
-> polarity.py (the tree, never tighter than the text) -> cohort.py (the expression) -> attrition.py (compiled, run and counted)
"""

from eligibility.export.omop.attrition import Attrition, Step, attrition, compile_sql
from eligibility.export.omop.cohort import Cohort, InclusionRule, Unexpressed, to_cohort
from eligibility.export.omop.facets import KINDS, Kind
from eligibility.export.omop.resolution import Unresolved
from eligibility.export.omop.vocabulary import OmopConcept, Vocabulary

__all__ = [
    "KINDS",
    "Attrition",
    "Cohort",
    "InclusionRule",
    "Kind",
    "OmopConcept",
    "Step",
    "Unexpressed",
    "Unresolved",
    "Vocabulary",
    "attrition",
    "compile_sql",
    "to_cohort",
]
