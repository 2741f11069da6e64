"""Observations of FHIR: values, units, reference ranges, days, components, pregnancy."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_shapes import CRP, LOINC, SNOMED, UCUM, coded, observation, read, ucum


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"valueQuantity": ucum(7.5, "mg/L")}, {"magnitude": 7.5, "unit": "mg/L"}),
        ({"valueQuantity": {"value": 5, "unit": "x10^9/L", "system": UCUM, "code": "10*9/L"}}, {"magnitude": 5, "unit": "10*9/L"}),
        ({"valueQuantity": {"value": 5, "unit": "K/uL", "system": "https://lab.test", "code": "77"}}, {"magnitude": 5, "unit": "K/uL"}),
        ({"valueQuantity": {"value": 5, "unit": "K/uL"}}, {"magnitude": 5, "unit": "K/uL"}),
        ({"valueQuantity": {"value": 5}}, {"magnitude": 5}),
        ({"valueQuantity": ucum(60, "mL/min/{1.73_m2}")}, {"magnitude": 60, "unit": "mL/min/{1.73_m2}"}),
        ({"valueQuantity": ucum(4, "{score}")}, {"magnitude": 4}),
        ({"valueQuantity": ucum(4, "{nominal}")}, {"magnitude": 4}),
        ({"valueQuantity": ucum(4, "1")}, {"magnitude": 4}),
        ({"valueInteger": 3}, {"magnitude": 3}),
        ({"valueString": " positive\n"}, {"value": "positive"}),
        ({"valueBoolean": False}, {"value": "false"}),
        ({"valueCodeableConcept": coded("10828004", "Positive (qualifier value)")}, {"value": "Positive"}),
        ({"valueDateTime": "2025-12-01"}, {"value": "2025-12-01"}),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, {"value": "1:128"}),
    ],
)
def test_values(value: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert read(observation(**value)) == {"observations": [CRP | wanted]}


def test_a_value_with_a_comparator_is_no_number() -> None:
    assert read(observation(valueQuantity=ucum(5, "mg/L") | {"comparator": "<"})) == {
        "observations": [CRP | {"value": "< 5 mg/L"}],
        "notes": ["Observation 2 (id o; CRP < 5 mg/L): it has no exact value: kept as words, not as a number"],
    }


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({}, "(id o; CRP): it has no value that is read: left out"),
        ({"valueQuantity": {"unit": "mg/L"}}, "(id o; CRP): it has no value that is read: left out"),
        ({"dataAbsentReason": coded("x", "Not performed")}, "(id o; CRP: Not performed): its value is absent: left out"),
        ({"valueInteger": 1, "code": coded("x", system="https://lab.test")}, "(id o): it has neither a name nor a known code: left out"),
        ({"valueInteger": 1, "status": "registered"}, "(id o): it is registered only and has no result yet: left out"),
    ],
)
def test_an_observation_without_a_result(fields: dict[str, Any], note: str) -> None:
    assert read(observation(**fields)) == {"notes": [f"Observation 2 {note}"]}


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_what_was_entered_in_error_is_left_out(status: str) -> None:
    assert read(observation(valueInteger=1, status=status)) == {}


def test_a_panel_that_only_names_its_members_says_nothing() -> None:
    assert read(observation(hasMember=[{"reference": "Observation/x"}])) == {}


def test_components_are_observations_of_their_own() -> None:
    parts = [
        {"code": coded("8480-6", "Systolic", LOINC), "valueQuantity": ucum(120, "mm[Hg]")},
        {"code": coded("8462-4", "Diastolic", LOINC), "valueQuantity": {"value": "80"}},
        {"code": coded("8478-0", "Mean", LOINC), "dataAbsentReason": {"text": "unknown"}},
    ]
    assert read(observation(component=parts)) == {
        "observations": [{"name": "Systolic", "code": "LOINC:8480-6", "magnitude": 120, "unit": "mm[Hg]", "date": "2026-01-10"}],
        "notes": [
            "Observation 2 (id o): a component is left out: value is a string, not a number",
            "Observation 2 (id o; Mean: unknown): its value is absent: left out",
        ],
    }


@pytest.mark.parametrize(
    ("ranges", "limits", "note"),
    [
        ([{"low": ucum(1, "mg/L"), "high": ucum(5, "mg/L")}], {"reference_low": 1, "reference_high": 5}, None),
        ([{"high": ucum(5, "mg/L"), "type": coded("normal")}], {"reference_high": 5}, None),
        ([{"high": ucum(0.5, "mg/dL")}], {}, "(id o; mg/dL beside mg/L): a reference limit is not in the unit of the value: left out"),
        ([{"high": {"value": 5}}], {}, "(id o; no unit beside mg/L): a reference limit is not in the unit of the value: left out"),
        ([{"high": ucum(5, "mg/L") | {"comparator": "<"}}], {}, "(id o): a reference limit has a comparator: left out"),
        ([{"text": "below 5"}], {}, "(id o; below 5): its reference range is not in numbers: left out"),
        (
            [{"high": ucum(5, "mg/L"), "type": coded("therapeutic")}],
            {},
            "(id o): its reference range is not one of normal values: left out",
        ),
        (
            [{"high": ucum(5, "mg/L")}, {"high": ucum(6, "mg/L")}],
            {},
            "(id o): it has several reference ranges, which of them applies is not known: left out",
        ),
    ],
)
def test_reference_ranges(ranges: Any, limits: dict[str, float], note: str | None) -> None:
    found = read(observation(valueQuantity=ucum(7, "mg/L"), referenceRange=ranges))
    notes = {"notes": [f"Observation 2 {note}"]} if note else {}
    assert found == {"observations": [CRP | {"magnitude": 7, "unit": "mg/L"} | limits]} | notes


@pytest.mark.parametrize(
    ("fields", "day", "note"),
    [
        ({"effectiveDateTime": "2026-01-10T23:30:00-08:00"}, "2026-01-10", None),
        ({"effectiveInstant": "2026-01-11T00:00:00Z"}, "2026-01-11", None),
        ({"effectivePeriod": {"start": "2026-01-11", "end": "2026-01-12"}}, "2026-01-12", None),
        ({"effectivePeriod": {"start": "2026-01-11"}}, "2026-01-11", None),
        ({"issued": "2026-01-13T09:00:00Z"}, "2026-01-13", "(id o): it does not say when it was made: dated by its issue"),
        ({"effectiveDateTime": "2026-01"}, None, "(id o; 2026-01): its date is only a month or a year: no day is taken from it"),
        (
            {"effectiveTiming": {"code": {"text": "daily"}}},
            None,
            "(id o): it is dated in words, by an age or by a schedule: its date is not known",
        ),
        ({}, None, None),
    ],
)
def test_the_day_of_an_observation(fields: dict[str, Any], day: str | None, note: str | None) -> None:
    found = read({key: value for key, value in observation(valueInteger=1).items() if key != "effectiveDateTime"} | fields)
    dated = {"date": day} if day else {}
    notes = {"notes": [f"Observation 2 {note}"]} if note else {}
    assert found == {"observations": [{"name": "CRP", "code": "LOINC:1988-5", "magnitude": 1} | dated]} | notes


def test_names_and_codes() -> None:
    def concept(**more: Any) -> Any:
        return read(observation(valueInteger=1, code=more))["observations"]

    row = {"magnitude": 1, "date": "2026-01-10"}
    both = [{"system": SNOMED, "code": "1", "display": "Protein (substance)"}, {"system": LOINC, "code": "2-2", "display": "Protein"}]
    assert concept(coding=both) == [row | {"name": "Protein", "code": "LOINC:2-2"}]
    assert concept(coding=both, text="C-reactive\u200b protein") == [row | {"name": "C-reactive protein", "code": "LOINC:2-2"}]
    assert concept(coding=[{"system": "urn:oid:2.16.840.1.113883.6.1", "code": "2-2"}]) == [
        row | {"name": "LOINC:2-2", "code": "LOINC:2-2"}
    ]
    assert concept(coding=[{"system": "https://lab.test", "code": "9", "display": "Local"}]) == [row | {"name": "Local"}]


@pytest.mark.parametrize(
    ("statuses", "pregnant", "said"),
    [
        ([("2026-01-01", "77386006", "Pregnant"), ("2025-01-01", "60001007", "Not pregnant")], True, "pregnant"),
        ([("2025-01-01", "LA15173-0", "Pregnant"), ("2026-01-01", "LA26683-5", "Not pregnant")], False, "not pregnant"),
        ([("2025-01-01", "77386006", "Pregnant"), ("2026-01-01", "261665006", "Unknown")], None, "neither pregnant nor not"),
    ],
)
def test_pregnancy(statuses: list[tuple[str, str, str]], pregnant: bool | None, said: str) -> None:
    made = [
        observation(
            id=f"o{n}", code=coded("82810-3", "Pregnancy status", LOINC), effectiveDateTime=day, valueCodeableConcept=coded(code, text)
        )
        for n, (day, code, text) in enumerate(statuses)
    ]
    found = read(*made)
    place = [day for day, _, _ in statuses].index("2026-01-01")
    note = f"Observation {place + 2} (id o{place}; 2026-01-01): the patient is {said} by this status, however old it is"
    rows = [{"name": "Pregnancy status", "code": "LOINC:82810-3", "value": text, "date": day} for day, _, text in statuses]
    assert found == {"observations": rows, "notes": [note]} | ({"facts": {"pregnant": pregnant}} if pregnant is not None else {})


def test_pregnant_and_not_on_one_day_is_not_known() -> None:
    made = [
        observation(id=f"o{n}", code=coded("82810-3", "Status", LOINC), valueString=text)
        for n, text in enumerate(("pregnant", "not pregnant"))
    ]
    told = "statuses of pregnancy of one day disagree: whether the patient is pregnant is not known"
    assert read(*made)["notes"] == [f"Observation 2 (id o0; 2026-01-10): {told}"]
