"""Codings: in, a CodeableConcept; out, its name and one code as `SYSTEM:code`, the system that suits what it names first.

The name is the concept's text, else what the chosen coding displays, without SNOMED's "(disorder)".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eligibility.fhir.elements import Json, object_of, objects_of, text_of

_SYSTEMS = {  # of several URIs of a system, the one to write stands first
    "loinc.org": "LOINC",
    "snomed.info/sct": "SNOMED",
    "www.nlm.nih.gov/research/umls/rxnorm": "RXNORM",
    "hl7.org/fhir/sid/icd-10": "ICD10",
    "hl7.org/fhir/sid/icd-10-cm": "ICD10CM",
    "hl7.org/fhir/sid/cvx": "CVX",
    "id.nlm.nih.gov/mesh": "MESH",
    "www.nlm.nih.gov/mesh": "MESH",
    "terminology.hl7.org/codesystem/msh": "MESH",
    "www.whocc.no/atc": "ATC",
    "urn:oid:2.16.840.1.113883.6.1": "LOINC",
    "urn:oid:2.16.840.1.113883.6.96": "SNOMED",
    "urn:oid:2.16.840.1.113883.6.88": "RXNORM",
    "urn:oid:2.16.840.1.113883.6.3": "ICD10",
    "urn:oid:2.16.840.1.113883.6.90": "ICD10CM",
    "urn:oid:2.16.840.1.113883.12.292": "CVX",
    "urn:oid:2.16.840.1.113883.6.177": "MESH",
    "urn:oid:2.16.840.1.113883.6.73": "ATC",
}
MEASURED = ("LOINC", "SNOMED", "MESH")
DISEASES = ("MESH", "SNOMED", "ICD10CM", "ICD10")
DRUGS = ("RXNORM", "ATC", "MESH", "SNOMED", "CVX")
VACCINES = ("CVX", "RXNORM", "ATC", "SNOMED", "MESH")
DONE = ("SNOMED", "MESH", "LOINC")
_KIND = re.compile(
    r"\s*\((?:disorder|procedure|finding|situation|event|observable entity|qualifier value|morphologic abnormality|regime/therapy"
    r"|substance|product|medicinal product|clinical drug|person|organism)\)$"
)


class Named(NamedTuple):
    name: str
    code: str | None

    @property
    def row(self) -> dict[str, str]:
        """The two as fields of a row of the patient."""
        return {"name": self.name} | ({"code": self.code} if self.code else {})


def system_of(coding: Json) -> str | None:
    """The short name of a coding's system, None for one that is not known here."""
    system = text_of(coding, "system")
    if system is None:
        return None
    bare = re.sub(r"^https?://", "", system.split("|")[0]).rstrip("/").lower()
    return "SNOMED" if bare.startswith("snomed.info/sct/") else _SYSTEMS.get(bare)


def uri_of(system: str) -> str | None:
    """The URI of a system by its short name; None for one that is not known here."""
    bare = next((bare for bare, short in _SYSTEMS.items() if short == system), None)
    return f"http://{bare}" if bare else None


def named(concept: Json | None, preference: tuple[str, ...]) -> Named | None:
    """Name and code of a concept; a concept without words is named by its code. None where it has neither."""
    if concept is None:
        return None
    codings = objects_of(concept, "coding")
    known = [(system, code, coding) for coding in codings if (system := system_of(coding)) and (code := text_of(coding, "code"))]
    best = min((one for one in known if one[0] in preference), key=lambda one: preference.index(one[0]), default=None)
    code = f"{best[0]}:{best[1]}" if best else None
    displays = [text_of(coding, "display") for coding in ([best[2]] if best else []) + codings]
    name = next(filter(None, [text_of(concept, "text"), *displays, code]), None)
    return Named(bare_name(name), code) if name else None


def bare_name(name: str) -> str:
    return _KIND.sub("", name) or name


def codes_of(concept: Json | None) -> list[str]:
    """The bare codes of a concept, of any system."""
    return [code for coding in objects_of(concept or {}, "coding") if (code := text_of(coding, "code"))]


def status_of(owner: Json, key: str) -> str | None:
    """The code of a status that is a concept: clinicalStatus, verificationStatus."""
    return next(iter(codes_of(object_of(owner, key))), None)
