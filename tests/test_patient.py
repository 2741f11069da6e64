"""The patient: what its JSON may say, and what is said of JSON that is no patient."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility import InputError, Patient

ANA: dict[str, Any] = {
    "id": "ana",
    "birth_date": "1991-08-14",
    "sex": "female",
    "observations": [{"name": "ALT", "code": "LOINC:1742-6", "magnitude": 52, "unit": "U/L", "date": "2026-02-20", "reference_high": 40}],
    "conditions": [{"name": "breast cancer", "onset": "2024-01-01", "stage": 2}],
    "medications": [{"name": "prednisone", "dose": 7.5, "dose_unit": "mg/d", "start": "2025-10-01", "end": None}],
    "facts": {"pregnant": False},
    "anchors": {"baseline": "2026-03-05"},
    "complete": ["conditions"],
}


def test_a_patient_is_what_its_json_says(tmp_path: Path) -> None:
    path = tmp_path / "ana.json"
    path.write_text("\ufeff" + json.dumps(ANA), encoding="utf-8")
    ana = Patient.read(path)
    assert ana == Patient.model_validate(ANA) == Patient.model_validate_json(ana.model_dump_json())
    assert (ana.birth_date, ana.conditions[0].stage, ana.medications[0].end) == (date(1991, 8, 14), "2", None)
    assert (ana.facts.pregnant, ana.facts.consent, ana.anchors, ana.complete) == (
        False,
        None,
        {"baseline": date(2026, 3, 5)},
        ("conditions",),
    )


WRONG = [
    ([], "a patient is a JSON object, this is a list: see the fields of eligibility.Patient"),
    ({"sex": "F"}, "this is no patient: sex: input should be 'male', 'female' or 'other' (given: 'F')"),
    ({"gender": "female"}, "this is no patient: gender: extra inputs are not permitted (given: 'female')"),
    (
        {"observations": [{"name": "ALT", "magnitude": "12 bananas"}]},
        "this is no patient: observations.0.magnitude: input should be a valid number, unable to parse string as a number (given: '12 b",
    ),
    ({"birth_date": 19910814}, "this is no patient: birth_date: value error, a day is written as 2026-01-31 (given: 19910814)"),
    (
        {"complete": ["allergies"]},
        "this is no patient: complete.0: input should be 'observations', 'conditions', 'medications', 'procedures' or 'trials'",
    ),
]


@pytest.mark.parametrize(("found", "message"), WRONG)
def test_what_is_wrong_is_said_with_its_place(found: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        Patient.from_json(found)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("data", [b"not json", b"\xff\xfe\x00", b'{"id": ', b"NaN", b"[" * 100_000])
def test_a_file_that_is_no_json_is_an_input_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"broken\.json"):
        Patient.read(path)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        Patient.read(tmp_path / "nobody.json")
