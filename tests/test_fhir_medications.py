"""Medications of FHIR in R4 and R5: statuses, drugs that are referred to, doses, routes, courses."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_shapes import DAILY, MTX, RXNORM, coded, dosage, order, read, statement, ucum


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "draft"])
def test_orders_that_never_were(status: str) -> None:
    assert read(order(status)) == {}


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"intent": "proposal"}, "(id m): it is only planned or proposed: left out"),
        ({"intent": "plan"}, "(id m): it is only planned or proposed: left out"),
        ({"doNotPerform": True}, "(id m): it says not to give the drug: left out"),
        ({"medicationCodeableConcept": None}, "(id m): its drug has neither a name nor a known code: left out"),
        ({"status": "stopped", "authoredOn": None}, "(id m): it is over and nothing tells when: left out"),
    ],
)
def test_orders_that_are_left_out(fields: dict[str, Any], note: str) -> None:
    assert read(order(**fields)) == {"notes": [f"MedicationRequest 2 {note}"]}


@pytest.mark.parametrize(
    ("made", "course", "note"),
    [
        (order(), {}, None),
        (order(dispenseRequest={"validityPeriod": {"end": "2026-02-01"}}), {}, None),
        (order("completed", dispenseRequest={"validityPeriod": {"end": "2026-02-01"}}), {"end": "2026-02-01"}, None),
        (
            order("stopped", dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"start": "2026-01-07", "end": "2026-01-20"}}}}]),
            {"start": "2026-01-07", "end": "2026-01-20"},
            None,
        ),
        (
            order("stopped"),
            {"end": "2026-01-05"},
            "(id m; 2026-01-05): it is over and the day of its end is not known: taken as its start",
        ),
        (order("on-hold"), {}, "(id m; on-hold): whether it is still taken is not known: read as current"),
    ],
)
def test_the_course_of_an_order(made: dict[str, Any], course: dict[str, str], note: str | None) -> None:
    assert read(made) == {"medications": [MTX | course]} | ({"notes": [f"MedicationRequest 2 {note}"]} if note else {})


@pytest.mark.parametrize(
    ("dosages", "dose", "unit"),
    [
        ([dosage(ucum(7.5, "mg"), **DAILY)], 7.5, "mg/d"),
        ([dosage(ucum(200, "mg"), frequency=2, period=1, periodUnit="d")], 400, "mg/d"),
        ([dosage(ucum(500, "mg"), frequency=1, period=8, periodUnit="h")], 1500, "mg/d"),
        ([dosage(ucum(5, "mg"), frequency=1, period=2, periodUnit="d")], 2.5, "mg/d"),
        ([dosage(ucum(15, "mg"), frequency=1, period=1, periodUnit="wk", dayOfWeek=["mon"])], 15, "mg/wk"),
        ([dosage(ucum(40, "mg"), frequency=1, period=2, periodUnit="wk")], 20, "mg/wk"),
        ([dosage(ucum(5, "mg"), period=1, periodUnit="d", when=["MORN", "EVE"])], 10, "mg/d"),
        ([dosage(ucum(2, "mg/kg"), **DAILY)], 2, "mg/kg/d"),
        ([dosage(ucum(20, "mg/d"), **DAILY)], 20, "mg/d"),
        ([dosage(ucum(10, "mg"))], 10, "mg"),
        ([dosage(ucum(10, "mg"), **DAILY) | {"asNeededBoolean": True}], 10, "mg"),
        ([dosage(ucum(10, "mg"), **DAILY) | {"asNeededFor": [{"text": "pain"}]}], 10, "mg"),
        ([dosage(ucum(10, "mg"), **DAILY, frequencyMax=3)], 10, "mg"),
        ([dosage(ucum(10, "mg"), **DAILY, dayOfWeek=["mon"])], 10, "mg"),
        ([dosage(ucum(10, "mg")) | {"timing": {"code": coded("BID")}}], 20, "mg/d"),
        ([dosage({"value": 1, "unit": "tablet"}, **DAILY)], 1, "tablet/d"),
        ([dosage(ucum(10, "mg"), **DAILY), dosage(ucum(5, "mg"), **DAILY)], 15, "mg/d"),
    ],
)
def test_doses(dosages: Any, dose: float, unit: str) -> None:
    assert read(order(dosageInstruction=dosages)) == {"medications": [MTX | {"dose": dose, "dose_unit": unit}]}


@pytest.mark.parametrize(
    ("dosages", "note"),
    [
        ([dosage({"value": 1}, **DAILY)], "(id m): its dose has no unit: left out"),
        ([{"text": "one a day"}], "(id m; one a day): its dose is in words, a range or a rate: left out"),
        ([{"doseAndRate": [{"doseRange": {"low": ucum(1, "mg")}}]}], "(id m): its dose is in words, a range or a rate: left out"),
        (
            [dosage(ucum(20, "mg"), **DAILY) | {"sequence": 1}, dosage(ucum(10, "mg"), **DAILY) | {"sequence": 2}],
            "(id m): its dosages do not add up to one dose: left out",
        ),
    ],
)
def test_doses_that_are_left_out(dosages: Any, note: str) -> None:
    assert read(order(dosageInstruction=dosages)) == {"medications": [MTX], "notes": [f"MedicationRequest 2 {note}"]}


@pytest.mark.parametrize(
    ("route", "word"),
    [
        (coded("26643006", "Oral route"), "oral"),
        (coded("47625008"), "intravenous"),
        ({"text": "Subcutaneous use"}, "subcutaneous"),
        (coded("447694001", "Respiratory tract route (qualifier value)"), "inhaled"),
        ({"text": "Intra-articular route"}, "intra-articular"),
    ],
)
def test_routes(route: Any, word: str) -> None:
    assert read(order(dosageInstruction=[{"route": route}])) == {"medications": [MTX | {"route": word}]}


def test_statements_of_r4() -> None:
    drug = {"medicationCodeableConcept": {"text": "methotrexate"}}
    assert read(statement(**drug)) == {"medications": [MTX]}
    assert read(statement("stopped", **drug, effectivePeriod={"start": "2026-01-05", "end": "2026-02-03"})) == {
        "medications": [MTX | {"end": "2026-02-03"}]
    }
    assert read(statement("not-taken", **drug)) == {}
    assert read(statement("intended", **drug)) == {"notes": ["MedicationStatement 2 (id s): it is only planned or proposed: left out"]}


def test_statements_of_r5() -> None:
    drug = {"medication": {"concept": coded("6851", "methotrexate", RXNORM)}}
    row = MTX | {"code": "RXNORM:6851"}
    assert read(statement("recorded", **drug)) == {"medications": [row]}
    assert read(statement("recorded", **drug, adherence={"code": coded("taking")})) == {"medications": [row]}
    assert read(statement("recorded", **drug, adherence={"code": coded("not-taking")})) == {}
    assert read(statement("recorded", **drug, effectivePeriod={"start": "2026-01-05", "end": "2026-02-03"})) == {
        "medications": [row | {"end": "2026-02-03"}]
    }


def test_the_drug_that_is_referred_to() -> None:
    medication = {"resourceType": "Medication", "id": "mtx", "code": {"text": "methotrexate"}}
    mixed = {"resourceType": "Medication", "id": "mix", "ingredient": [{"item": {"concept": {"text": one}}} for one in ("a", "b")]}
    assert read(medication, statement(medicationReference={"reference": "Medication/mtx"})) == {"medications": [MTX]}
    assert read(medication, statement(medication={"reference": {"reference": "urn:uuid:mtx"}})) == {"medications": [MTX]}
    assert read(statement(medicationReference={"reference": "#mtx"}, contained=[medication])) == {"medications": [MTX]}
    assert read(statement(medicationReference={"reference": "#mix"}, contained=[mixed])) == {"medications": [MTX | {"name": "a / b"}]}
    assert read(statement(medicationReference={"reference": "Medication/x", "display": "methotrexate"})) == {"medications": [MTX]}
    told = "MedicationStatement 2 (id s): its drug has neither a name nor a known code: left out"
    assert read(statement(medicationReference={"reference": "Medication/x"})) == {"notes": [told]}


@pytest.mark.parametrize(
    ("times", "course"),
    [
        ({"effectiveDateTime": "2026-01-05T10:00:00Z"}, {"start": "2026-01-05", "end": "2026-01-05"}),
        ({"effectivePeriod": {"start": "2026-01-05", "end": "2026-01-06"}}, {"start": "2026-01-05", "end": "2026-01-06"}),
        ({"occurenceDateTime": "2026-01-05"}, {"start": "2026-01-05", "end": "2026-01-05"}),
    ],
)
def test_administrations(times: dict[str, Any], course: dict[str, str]) -> None:
    given = {"resourceType": "MedicationAdministration", "status": "completed", "medicationCodeableConcept": {"text": "rituximab"}}
    given |= {"dosage": {"dose": ucum(1, "g"), "route": coded("47625008")}}
    assert read(given | times) == {"medications": [{"name": "rituximab", "dose": 1, "dose_unit": "g", "route": "intravenous"} | course]}
    assert read(given | times | {"status": "not-done"}) == {}
