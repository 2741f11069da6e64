"""FHIR bundles in, patients out: the forms of a bundle, the person, what is not read, and what is broken."""

from __future__ import annotations

import copy
import datetime
import json
import math
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fhir_shapes import (
    CRP,
    DAILY,
    LOINC,
    PERSON,
    SELF,
    bundle,
    coded,
    condition,
    dosage,
    observation,
    order,
    progress,
    read,
    statement,
    ucum,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.errors import InputError
from eligibility.fhir import patient_of
from eligibility.patient import Patient

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "patient_bundle.json"
SHARED = ROOT.parent / "shared" / "patients"

# The bundle


def test_the_example_is_a_patient() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 200
    assert Patient.read(EXAMPLE) == Patient.model_validate(
        {
            "id": "lena",
            "birth_date": "1991-09-14",
            "sex": "female",
            "observations": [
                {"name": "ALT", "code": "LOINC:1742-6", "magnitude": 31, "unit": "U/L", "date": "2026-02-10"}
                | {"reference_low": 7, "reference_high": 40},
                {"name": "Creatinine", "code": "LOINC:2160-0", "magnitude": 0.8, "unit": "mg/dL", "date": "2026-02-10"},
                {"name": "SLEDAI-2K", "magnitude": 8, "date": "2026-02-12"},
                {"name": "Systolic blood pressure", "code": "LOINC:8480-6", "magnitude": 124, "unit": "mm[Hg]", "date": "2026-02-12"},
                {"name": "Diastolic blood pressure", "code": "LOINC:8462-4", "magnitude": 78, "unit": "mm[Hg]", "date": "2026-02-12"},
            ],
            "conditions": [{"name": "Systemic lupus erythematosus", "code": "SNOMED:55464009", "onset": "2019-04-02"}],
            "medications": [
                {"name": "prednisone", "code": "RXNORM:8640", "dose": 7.5, "dose_unit": "mg/d", "route": "oral", "start": "2025-11-03"},
                {
                    "name": "hydroxychloroquine",
                    "code": "RXNORM:5521",
                    "dose": 400,
                    "dose_unit": "mg/d",
                    "route": "oral",
                    "start": "2019-05-20",
                },
                {"name": "Influenza, seasonal, injectable vaccine", "code": "CVX:140", "start": "2025-10-16", "end": "2025-10-16"},
            ],
        }
    )


class Dumped:
    def __init__(self, found: Any) -> None:
        self.found = found

    def model_dump_json(self) -> str:
        return json.dumps(self.found)


@pytest.mark.parametrize("form", [json.dumps, lambda one: json.dumps(one).encode(), lambda one: "\ufeff" + json.dumps(one), Dumped])
def test_the_forms_of_a_bundle(form: Any) -> None:
    found = bundle(observation(valueQuantity=ucum(7, "mg/L")))
    assert patient_of(form(found)) == patient_of(found) == SELF | {"observations": [CRP | {"magnitude": 7, "unit": "mg/L"}]}


def test_a_list_of_resources_and_of_pages() -> None:
    one = observation(valueQuantity=ucum(7, "mg/L"))
    wanted = patient_of(bundle(one))
    assert patient_of([PERSON, one]) == wanted
    assert patient_of([Dumped(PERSON), Dumped(one)]) == wanted
    assert patient_of([bundle(one), bundle(one)]) == wanted


def test_of_two_versions_the_later_counts() -> None:
    versions = [
        observation(valueQuantity=ucum(value, "mg/L"), meta={"lastUpdated": f"2026-01-{day}T00:00:00Z"})
        for value, day in ((9, 12), (7, 11))
    ]
    assert read(*versions) == {
        "observations": [CRP | {"magnitude": 9, "unit": "mg/L"}],
        "notes": ["Observation 3 (id o): another resource has its type and id: the one last updated is read"],
    }


def test_the_values_of_an_objects_dump() -> None:
    dumped = observation(effectiveDateTime=datetime.datetime(2026, 1, 10, 8, 30), valueQuantity=ucum(7, "mg/L") | {"value": Decimal("7.5")})
    assert read(dumped) == {"observations": [CRP | {"magnitude": 7.5, "unit": "mg/L"}]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (3, "a FHIR Bundle is a JSON object, this is a number: give a FHIR Bundle with one Patient, or a list of resources"),
        (None, "a FHIR Bundle is a JSON object, this is null: give a FHIR Bundle with one Patient, or a list of resources"),
        (PERSON, "this is a FHIR Patient, not a Bundle: give a FHIR Bundle with one Patient, or a list of resources"),
        ({}, "this JSON object has no resourceType: give a FHIR Bundle with one Patient, or a list of resources"),
        (
            {"resourceType": "Bundle", "entry": "x"},
            "the Bundle's entry is a string, not a list: give a FHIR Bundle with one Patient, or a list of resources",
        ),
        ("<Bundle/>", "the Bundle is XML: give it as JSON"),
        (
            "{",
            "the Bundle is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)): "
            "give a FHIR Bundle with one Patient, or a list of resources",
        ),
        (
            {"resourceType": "Bundle"},
            "the Bundle holds no Patient (it holds no resource): add the Patient that its resources are about",
        ),
        (
            [observation(), observation(id="o2"), condition()],
            "the Bundle holds no Patient (it holds 2 Observation, 1 Condition): add the Patient that its resources are about",
        ),
        (bundle(PERSON | {"id": "q"}), "the Bundle holds 2 Patients (entries 1, 2): give one Bundle for each patient"),
    ],
)
def test_what_is_no_bundle_of_a_patient(given: Any, said: str) -> None:
    with pytest.raises(InputError) as caught:
        patient_of(given)
    assert str(caught.value) == said


@pytest.mark.parametrize("given", [b"\xff\xfe\xff", "[" * 100_000, "9" * 5000])
def test_text_that_is_no_json(given: Any) -> None:
    with pytest.raises(InputError):
        patient_of(given)


# The patient


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, {}),
        ({"gender": "unknown"}, {"notes": ["Patient 1 (id q; unknown): gender is not male, female or other: the sex is not known"]}),
        ({"gender": 3}, {"notes": ["Patient 1 (id q): gender is a number, not a string: left out"]}),
        ({"birthDate": "1970"}, {"notes": ["Patient 1 (id q; 1970): birthDate is only a month or a year: the age is not known"]}),
        ({"birthDate": "1970-05"}, {"notes": ["Patient 1 (id q; 1970-05): birthDate is only a month or a year: the age is not known"]}),
        ({"birthDate": "1970-02-30"}, {"notes": ["Patient 1 (id q): birthDate is a day that does not exist: left out"]}),
        ({"birthDate": ["1970"]}, {"notes": ["Patient 1 (id q): birthDate is a list, not a date: left out"]}),
        ({"deceasedBoolean": True}, {"notes": ["Patient 1 (id q): the patient has died"]}),
        ({"deceasedBoolean": False}, {}),
        ({"deceasedDateTime": "2015-03-04T01:00:00Z"}, {"notes": ["Patient 1 (id q; 2015-03-04): the patient has died"]}),
        ({"birthDate": "2000-01-31", "gender": "other"}, {"birth_date": "2000-01-31", "sex": "other"}),
    ],
)
def test_the_person(fields: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert patient_of([{"resourceType": "Patient", "id": "q"} | fields]) == {"id": "q"} | wanted


@pytest.mark.parametrize(
    "reference", ["Patient/p", "urn:uuid:p", "https://fhir.test/r4/Patient/p", "Patient/p/_history/3", "https://elsewhere.test/x"]
)
def test_whom_a_resource_is_about(reference: str) -> None:
    one = observation(valueQuantity=ucum(7, "mg/L"), subject={"reference": reference})
    found = {"resourceType": "Bundle", "entry": [{"fullUrl": "https://elsewhere.test/x", "resource": PERSON}, {"resource": one}]}
    assert patient_of(found)["observations"] == [CRP | {"magnitude": 7, "unit": "mg/L"}]


@pytest.mark.parametrize("reference", ["Patient/other", "Group/p", "#p", "Patient?identifier=1"])
def test_what_is_about_somebody_else_is_left_out(reference: str) -> None:
    told = f"Observation 2 (id o; {reference}): it is about somebody else than the Patient of the bundle: left out"
    assert read(observation(valueInteger=1, subject={"reference": reference})) == {"notes": [told]}


def test_what_changes_the_meaning_of_a_resource() -> None:
    fetus = observation(valueInteger=1, focus=[{"reference": "Patient/fetus"}])
    changed = condition(modifierExtension=[{"url": "https://fhir.test/not-me"}])
    assert read(fetus, changed) == {
        "notes": [
            "Observation 2 (id o): its focus is not the patient as such: left out",
            "Condition 3 (id c): an extension changes its meaning: left out",
        ]
    }


# What is not read


def test_what_is_not_read_is_counted() -> None:
    seen = observation(valueInteger=1)
    report = {"resourceType": "DiagnosticReport", "result": [{"reference": "Observation/o"}]}
    lost = {"resourceType": "DiagnosticReport", "result": [{"reference": "Observation/elsewhere"}]}
    others = [{"resourceType": kind} for kind in ("FamilyMemberHistory", "Encounter", "FamilyMemberHistory", "Claim", "Consent", "Oddity")]
    assert read(seen, report, lost, *others) == {
        "observations": [CRP | {"magnitude": 1}],
        "notes": [
            "2 FamilyMemberHistory: not read",
            "1 DiagnosticReport: not read, the results are not in the bundle",
            "1 Oddity: not read",
        ],
    }


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ({"code": "CRP"}, "code is a string, not an object"),
        ({"code": {"coding": ["x"]}}, "coding holds a string, not only objects"),
        ({"valueQuantity": {"value": math.nan}}, "value is not a finite number"),
        ({"valueQuantity": {"value": 10**400}}, "value is not a finite number"),
        ({"valueQuantity": {"value": True}}, "value is true or false, not a number"),
        ({"effectiveDateTime": "2026-13-01"}, "effectiveDateTime is a day that does not exist"),
        ({"effectiveDateTime": "yesterday"}, "effectiveDateTime is not a date"),
        ({"subject": ["p"]}, "subject is a list, not an object"),
        ({"component": {}}, "component is an object, not a list"),
    ],
)
def test_a_broken_resource_costs_only_itself(broken: dict[str, Any], problem: str) -> None:
    whole = observation(id="whole", valueInteger=2)
    assert read(observation(valueInteger=1) | broken, whole) == {
        "observations": [CRP | {"magnitude": 2}],
        "notes": [f"Observation 2 (id o): {problem}: left out"],
    }


def test_entries_that_are_no_resources() -> None:
    assert read("x", None, {}) == {
        "notes": [
            "Entry 2: its resource is a string, not an object: not read",
            "Entry 3: its resource is null, not an object: not read",
            "Entry 4: its resource does not say its resourceType: not read",
        ]
    }


def test_alike_notes_are_one() -> None:
    made = [observation(id=f"o{n}") for n in range(1000)]
    told = "Observation 2 (id o0; CRP), 3 (id o1; CRP), 4 (id o2; CRP) and 997 more: it has no value that is read: left out"
    assert read(*made) == {"notes": [told]}
    assert len(read(*({"resourceType": "Odd" + "a" * n} for n in range(1000)))["notes"]) == 21


# Damage

FULL = bundle(
    observation(
        valueQuantity=ucum(7, "mg/L"), referenceRange=[{"low": ucum(1, "mg/L")}], component=[{"code": {"text": "x"}, "valueInteger": 1}]
    ),
    observation(id="o2", code=coded("82810-3", "Status", LOINC), valueCodeableConcept=coded("77386006", "Pregnant")),
    condition("active", "confirmed", onsetAge={"value": 3, "code": "a"}, stage=[{"summary": {"text": "Stage II"}}], severity=coded("x")),
    condition("resolved", id="c2", onsetPeriod={"start": "2011"}, abatementAge={"value": 3, "code": "wk"}),
    order(
        "stopped",
        dosageInstruction=[dosage(ucum(1, "mg"), **DAILY) | {"route": coded("PO")}],
        dispenseRequest={"validityPeriod": {"end": "2026"}},
    ),
    statement(
        "recorded",
        medication={"reference": {"reference": "#m"}},
        contained=[{"resourceType": "Medication", "id": "m", "code": {"text": "m"}}],
    ),
    {"resourceType": "AllergyIntolerance", "type": "allergy", "code": {"text": "nuts"}, "patient": {"reference": "Patient/p"}},
    {"resourceType": "Procedure", "status": "completed", "code": {"text": "biopsy"}, "performedPeriod": {"start": "2025-01-01"}},
    {"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": "BCG"}, "occurrenceDateTime": "2025-01-01"},
    {"resourceType": "ResearchSubject"} | progress(("on-study", "2025-01-01"), ("withdrawn", "2025-02-01")),
    {"resourceType": "DiagnosticReport", "result": [{"reference": "Observation/o"}]},
)


def places(found: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    return [path] * bool(path) + [inner for key, value in steps for inner in places(value, (*path, key))]


PLACES = places(FULL)
odd = st.sampled_from(
    (
        *(
            None,
            True,
            False,
            0,
            -1,
            1e308,
            1e-308,
            10**400,
            math.nan,
            math.inf,
            "",
            "x",
            "\ud800",
            "2011",
            "2026-02-30",
            "9999-12-31",
            "0000",
        ),
        *(
            [],
            {},
            [[]],
            [{}],
            {"text": "x"},
            {"value": -1},
            {"coding": [{}]},
            {"reference": "#"},
            "Patient",
            "Bundle",
            "Medication",
            ["x", 1],
        ),
    )
)
anything = st.recursive(
    odd | st.floats() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(st.lists(st.tuples(st.sampled_from(PLACES), st.one_of(odd, anything)), min_size=1, max_size=4))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damage_costs_no_more_than_what_it_hits(damages: list[tuple[tuple[Any, ...], Any]]) -> None:
    found = copy.deepcopy(FULL)
    for path, value in damages:
        owner: Any = found
        for step in path[:-1]:
            try:
                owner = owner[step]
            except (KeyError, IndexError, TypeError):  # an earlier damage took it
                break
        else:
            last = path[-1]
            if isinstance(owner, dict if isinstance(last, str) else list) and (isinstance(last, str) or last < len(owner)):
                owner[last] = value
    try:
        patient = Patient.from_fhir(found)
    except InputError as error:
        assert len(str(error)) < 300
    else:
        assert len(patient.notes) <= 122


# Real bundles, read where they are


@pytest.mark.skipif(not SHARED.is_dir(), reason="the synthetic bundles are not beside the checkout (../shared/patients)")
def test_the_synthetic_bundles_load() -> None:
    found = {}
    for path in sorted(SHARED.glob("*.json")):
        patient = Patient.model_validate(patient_of(path.read_bytes()))
        found[path.stem] = [
            patient.birth_date is not None,
            patient.sex in ("male", "female"),
            *map(bool, (patient.observations, patient.conditions)),
        ]
        assert [note for note in patient.notes if note.startswith(("Observation", "Condition", "Entry", "Procedure", "Immunization"))] == []
    assert found == {f"patient-{n:02}": [True, True, True, True] for n in range(1, 16)}


R5_CONDITION = {
    "resourceType": "Condition",
    "id": "c",
    "subject": {"reference": "Patient/p"},
    "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
    "code": {"text": "asthma"},
    "onsetDateTime": "2020-01-02",
}


@pytest.mark.parametrize("module", ["fhir.resources.R4B.bundle", "fhir.resources.bundle"])
def test_an_object_of_fhir_resources_gives_the_same_patient(module: str) -> None:
    """Both versions; a list of its resources as well."""
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1990-05-04", "gender": "female"}},
            {"resource": R5_CONDITION},
        ],
    }
    made = import_module(module).Bundle.model_validate(bundle)
    expected = Patient.from_fhir(bundle)
    assert [condition.name for condition in expected.conditions] == ["asthma"]
    assert Patient.from_fhir(made) == Patient.from_fhir([entry.resource for entry in made.entry]) == expected
