"""FHIR: in, criteria; out, an `Exported`: a Group (R5, R4B) or an EvidenceVariable (R5) of fhir.resources, and all that it does not say.

demands.py (what a patient must satisfy, in two-valued logic) -> leaves.py, quantities.py, timing.py (a constraint's elements)
-> group.py, evidence_variable.py (the tree) -> exported.py, invariants.py (validation)
"""

from __future__ import annotations

from eligibility.export.fhir.evidence_variable import to_evidence_variable
from eligibility.export.fhir.exported import Exported, Kind, Unexpressed, Version
from eligibility.export.fhir.group import to_group

__all__ = ["Exported", "Kind", "Unexpressed", "Version", "to_evidence_variable", "to_group"]
