"""Shapes of FHIR for the tests: resources as small as they may be, and what the reader adds to a patient for them."""

from __future__ import annotations

from typing import Any

from eligibility.fhir import patient_of
from eligibility.patient import Patient

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
PERSON = {"resourceType": "Patient", "id": "p", "birthDate": "1970-02-28", "gender": "male"}
SELF = {"id": "p", "birth_date": "1970-02-28", "sex": "male"}


def bundle(*resources: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in (PERSON, *resources)]}


def read(*resources: Any) -> dict[str, Any]:
    """What the resources add to the patient; that it is one is checked on the way."""
    found = patient_of(bundle(*resources))
    Patient.model_validate(found)
    assert {key: found.pop(key) for key in SELF} == SELF
    return found


def coded(code: str, display: str = "", system: str = SNOMED, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})], **more}


def ucum(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def observation(**more: Any) -> dict[str, Any]:
    base = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": coded("1988-5", "CRP", LOINC),
        "effectiveDateTime": "2026-01-10",
    }
    return base | more


def condition(status: str | None = None, certainty: str | None = None, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"resourceType": "Condition", "id": "c", "code": {"text": "gout"}}
    base |= {"clinicalStatus": coded(status)} if status else {}
    base |= {"verificationStatus": coded(certainty)} if certainty else {}
    return base | more


def order(status: str = "active", **more: Any) -> dict[str, Any]:
    base = {"resourceType": "MedicationRequest", "id": "m", "status": status, "intent": "order", "authoredOn": "2026-01-05"}
    return base | {"medicationCodeableConcept": {"text": "methotrexate"}} | more


def dosage(quantity: Any, **repeat: Any) -> dict[str, Any]:
    timing = {"timing": {"repeat": repeat}} if repeat else {}
    return {"doseAndRate": [{"doseQuantity": quantity}]} | timing


CRP = {"name": "CRP", "code": "LOINC:1988-5", "date": "2026-01-10"}
GOUT = {"name": "gout"}
MTX = {"name": "methotrexate", "start": "2026-01-05"}


DAILY = {"frequency": 1, "period": 1, "periodUnit": "d"}


def statement(status: str = "active", **more: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationStatement", "id": "s", "status": status, "effectivePeriod": {"start": "2026-01-05"}} | more


def progress(*states: tuple[str, str]) -> dict[str, Any]:
    return {"status": "active", "progress": [{"subjectState": coded(state), "startDate": day} for state, day in states]}
