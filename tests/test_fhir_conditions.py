"""Conditions and allergies of FHIR: what is certain, when it began and ended, stage and severity."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_shapes import GOUT, RXNORM, SNOMED, coded, condition, read


@pytest.mark.parametrize("status", ["active", "recurrence", "relapse", None])
def test_current_conditions(status: str | None) -> None:
    assert read(condition(status, "confirmed", onsetDateTime="2020-05-01")) == {"conditions": [GOUT | {"onset": "2020-05-01"}]}


@pytest.mark.parametrize(
    ("fields", "course", "note"),
    [
        (
            {"onsetPeriod": {"start": "2020-05-01"}, "abatementPeriod": {"end": "2021-01-01"}},
            {"onset": "2020-05-01", "abated": "2021-01-01"},
            None,
        ),
        (
            {"onsetAge": {"value": 40, "unit": "years", "code": "a"}},
            {"onset": "2010-02-28"},
            "(id c; 40 a): its onset is an age: taken as the first day of that age, it may be later",
        ),
        (
            {"abatementAge": {"value": 40, "code": "a"}},
            {"abated": "2011-02-27"},
            "(id c; 40 a): its end is only a month or a year: taken as its last day",
        ),
        (
            {"onsetString": "as a child"},
            {},
            "(id c; as a child): its onset is said in words or by an age that gives no day: not known",
        ),
        ({"onsetDateTime": "2011"}, {}, "(id c; 2011): its onset is only a month or a year: no day is taken from it"),
        (
            {"abatementDateTime": "2011-02"},
            {"abated": "2011-02-28"},
            "(id c; 2011-02): its end is only a month or a year: taken as its last day",
        ),
        (
            {"abatementString": "long ago", "onsetDateTime": "2011-02-03"},
            {"onset": "2011-02-03", "abated": "2011-02-03"},
            "(id c; 2011-02-03): it is over and the day of its end is not known: taken as its onset",
        ),
    ],
)
def test_onset_and_abatement(fields: dict[str, Any], course: dict[str, str], note: str | None) -> None:
    assert read(condition(**fields)) == {"conditions": [GOUT | course]} | ({"notes": [f"Condition 2 {note}"]} if note else {})


@pytest.mark.parametrize("status", ["inactive", "remission", "resolved"])
def test_a_condition_that_is_over_has_an_end(status: str) -> None:
    told = "Condition 2 (id c; {}): it is over and the day of its end is not known: taken as {}"
    recorded = condition(status, onsetDateTime="2020-05-01", recordedDate="2022-03-01")
    assert read(recorded) == {
        "conditions": [GOUT | {"onset": "2020-05-01", "abated": "2022-03-01"}],
        "notes": [told.format("2022-03-01", "the day of the record")],
    }
    assert read(condition(status, onsetDateTime="2020-05-01")) == {
        "conditions": [GOUT | {"onset": "2020-05-01", "abated": "2020-05-01"}],
        "notes": [told.format("2020-05-01", "its onset")],
    }
    assert read(condition(status)) == {"notes": ["Condition 2 (id c): it is over and nothing tells when: left out"]}


def test_statuses_that_contradict_or_say_nothing() -> None:
    ended = condition("active", abatementDateTime="2021-01-01")
    assert read(ended) == {
        "conditions": [GOUT | {"abated": "2021-01-01"}],
        "notes": ["Condition 2 (id c): it is active, yet its end is given: read as over"],
    }
    assert read(condition("unknown")) == {
        "conditions": [GOUT],
        "notes": ["Condition 2 (id c; unknown): whether it is current is not known: read as current"],
    }


@pytest.mark.parametrize(
    ("certainty", "wanted"),
    [("refuted", {}), ("entered-in-error", {})]
    + [
        (word, {"notes": [f"Condition 2 (id c; gout: {word}): it is not a confirmed diagnosis: left out"]})
        for word in ("provisional", "differential", "unconfirmed")
    ],
)
def test_what_is_not_certain_is_left_out(certainty: str, wanted: dict[str, Any]) -> None:
    assert read(condition("active", certainty)) == wanted


def test_that_nothing_is_known_is_no_condition() -> None:
    told = "it says that nothing is known or current: left out"
    assert read(condition(code=coded("160245001", "No current problems or disability"))) == {
        "notes": [f"Condition 2 (id c; No current problems or disability): {told}"]
    }
    nka = {"resourceType": "AllergyIntolerance", "code": coded("716186003", "NKA")}
    assert read(nka) == {"notes": [f"AllergyIntolerance 2 (NKA): {told}"]}


def test_stage_severity_and_the_system_of_a_condition() -> None:
    coding = [
        {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C50.9"},
        {"system": SNOMED + "/", "code": "254837009", "display": "Breast cancer (disorder)"},
    ]
    made = condition(code={"coding": coding}, stage=[{"summary": {"text": "Stage IIA"}}], severity=coded("24484000", "Severe"))
    wanted = {"name": "Breast cancer", "code": "SNOMED:254837009", "stage": "IIA", "severity": "severe"}
    assert read(made) == {"conditions": [wanted]}
    mesh = condition(code={"text": "gout", "coding": [*coding, {"system": "http://id.nlm.nih.gov/mesh", "code": "D006073"}]})
    assert read(mesh) == {"conditions": [GOUT | {"code": "MESH:D006073"}]}
    odd = condition(stage=[{"summary": {"text": "early"}}, {"summary": {"text": "clinical stage 3b"}}], severity={"text": "awful"})
    assert read(odd) == {
        "conditions": [GOUT | {"stage": "early"}],
        "notes": [
            "Condition 2 (id c; early; 3b): it has several stages: the first is read",
            "Condition 2 (id c; awful): its severity is not mild, moderate or severe: left out",
        ],
    }


def test_findings_stay() -> None:
    assert read(condition(code=coded("160903007", "Full-time employment (finding)"))) == {
        "conditions": [{"name": "Full-time employment", "code": "SNOMED:160903007"}]
    }


def test_allergies_are_conditions() -> None:
    def allergy(**more: Any) -> Any:
        return read({"resourceType": "AllergyIntolerance", "id": "a", "code": coded("7980", "penicillin G", RXNORM)} | more)

    assert allergy(type="allergy", onsetDateTime="2001-01-01") == {
        "conditions": [{"name": "allergy to penicillin G", "onset": "2001-01-01"}]
    }
    assert allergy(type="intolerance", clinicalStatus=coded("active")) == {"conditions": [{"name": "intolerance of penicillin G"}]}
    assert allergy(type=coded("allergy")) == {"conditions": [{"name": "allergy to penicillin G"}]}  # R5
    assert allergy(type="allergy", clinicalStatus=coded("resolved"), recordedDate="2010-01-01") == {
        "conditions": [{"name": "allergy to penicillin G", "abated": "2010-01-01"}],
        "notes": [
            "AllergyIntolerance 2 (id a; 2010-01-01): it is over and the day of its end is not known: taken as the day of the record"
        ],
    }
    assert allergy() == {
        "conditions": [{"name": "allergy to penicillin G"}],
        "notes": [
            "AllergyIntolerance 2 (id a; penicillin G): it does not say whether it is an allergy or an intolerance: read as an allergy"
        ],
    }
    assert allergy(code=coded("91936005", "Allergy to penicillin (finding)")) == {
        "conditions": [{"name": "Allergy to penicillin", "code": "SNOMED:91936005"}]
    }
    assert allergy(type="allergy", verificationStatus=coded("refuted")) == {}
