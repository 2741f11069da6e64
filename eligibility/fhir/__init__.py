"""FHIR: in, an R4 or R5 Bundle as JSON, text or object; out, the dict of a `Patient`. What is not read, or not as written, is in `notes`.

A resource that is broken costs only itself. Nothing is looked up and nothing is matched: names and codes stay as they are given.
"""

from __future__ import annotations

from eligibility.fhir.assembly import patient_of

__all__ = ["patient_of"]
