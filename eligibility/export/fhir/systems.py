"""Systems: in, a code, a kind of constraint, an anchor; out, codings and extensions. Every URI that the export writes stands here or in
the table of the reader of patients.

The package's own names are URNs, since nothing is published under them:

    urn:eligibility:constraint-type   the types of constraints: age, sex, measurement, medication, condition, procedure, biomarker, ...
    urn:eligibility:concept           ids of the rules, for concepts that have no code of a published system
    urn:eligibility:anchor            what windows count from: screening, baseline, enrollment, randomization, consent, treatment_start, ...
    urn:eligibility:unit              units that UCUM has not: ULN, LLN, baseline, predicted, half_life; `%predicted` for "% of predicted"
    urn:eligibility:source            an extension: section, criterion, text, start, end: the words, and where they stand in the input
    urn:eligibility:unexpressed       a modifier extension: kind, text: what narrows the element, and FHIR has no element for it
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eligibility.constraints import Concept
from eligibility.export.listing import printable
from eligibility.fhir.codings import uri_of

Json = dict[str, Any]

OWN = "urn:eligibility"
UCUM = "http://unitsofmeasure.org"
REGISTRY = "http://clinicaltrials.gov"
GENDER = "http://hl7.org/fhir/administrative-gender"
# Systems that no reader of patients needs. UMLS's pattern is for those that HL7 has no URI for (FHIR R4B, "Code Systems"); MedlinePlus
# has its drugs as pages below this address.
_URIS = {
    "HGNC": "http://www.genenames.org",
    "DRUGBANK": "http://www.nlm.nih.gov/research/umls/drugbank",
    "MEDLINEPLUS": "https://medlineplus.gov/druginfo/meds",
}
_PREFIXED = ("HGNC",)  # whose codes hold their system's name: HGNC:1097


def coding(code: str) -> Json:
    """The coding of a `SYSTEM:code`; a system that has no URI here gets one of the package's own."""
    system, _, local = code.partition(":")
    uri = uri_of(system) or _URIS.get(system) or f"{OWN}:codes:{system.lower()}"
    return {"system": uri, "code": code if system in _PREFIXED else local}


def own(kind: str, code: str) -> Json:
    """A coding of the package's own: `kind` is constraint-type, concept, anchor or unit."""
    return {"system": f"{OWN}:{kind}", "code": code}


def concept_of(concept: Concept | None, text: str) -> Json:
    """A CodeableConcept with the concept's codes, or its id where it has none; words that no rule knows are its text alone."""
    codings: Sequence[Json] = [coding(code) for code in concept.codes] if concept else ()
    if concept and not codings and concept.id and not any(map(str.isspace, concept.id)):
        codings = [own("concept", printable(concept.id))]
    return ({"coding": list(codings)} if codings else {}) | {"text": label(text)}


def kind_of(type: str, text: str | None = None) -> Json:
    """A CodeableConcept for a type of constraint."""
    return {"coding": [own("constraint-type", type)], "text": label(text or type)}


def label(text: str) -> str:
    """A text on one line, never empty: FHIR has no empty strings."""
    return " ".join(printable(text).split()) or "?"


def extension(name: str, **parts: Json) -> Json:
    """An extension of named parts, each with its value[x]; a part without one is left out."""
    found = [{"url": url, **value} for url, value in parts.items() if value]
    return {"url": f"{OWN}:{name}", "extension": found}


def unexpressed(kind: str, text: str) -> Json:
    """The modifier extension that says what narrows its element."""
    return extension("unexpressed", kind={"valueCode": kind}, text={"valueString": text})
