"""Procedures, vaccines and trials of FHIR in R4 and R5."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_shapes import coded, progress, read


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"performedDateTime": "2025-06-01"}, "2025-06-01"),
        ({"performedPeriod": {"start": "2025-06-01T23:50:00Z", "end": "2025-06-02T00:10:00Z"}}, "2025-06-02"),
        ({"occurrenceDateTime": "2025-06-01"}, "2025-06-01"),
        ({"status": "in-progress", "performedPeriod": {"start": "2025-06-01"}}, "2025-06-01"),
    ],
)
def test_procedures(fields: dict[str, Any], day: str) -> None:
    made = {"resourceType": "Procedure", "status": "completed", "code": coded("73761001", "Colonoscopy (procedure)")} | fields
    assert read(made) == {"procedures": [{"name": "Colonoscopy", "code": "SNOMED:73761001", "date": day}]}


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "preparation"])
def test_procedures_that_were_not_done(status: str) -> None:
    assert read({"resourceType": "Procedure", "status": status, "code": {"text": "biopsy"}}) == {}


def test_a_procedure_of_which_that_is_not_known() -> None:
    told = "Procedure 2 (biopsy: unknown): whether it was done is not known: left out"
    assert read({"resourceType": "Procedure", "status": "unknown", "code": {"text": "biopsy"}}) == {"notes": [told]}


def test_vaccines_are_medications_of_one_day() -> None:
    def vaccine(name: str, **more: Any) -> Any:
        return read({"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": name}} | more)

    day = {"start": "2025-10-16", "end": "2025-10-16"}
    assert vaccine("Tdap", occurrenceDateTime="2025-10-16") == {"medications": [{"name": "Tdap vaccine"} | day]}
    assert vaccine("BCG Vaccine", occurrenceDateTime="2025-10-16") == {"medications": [{"name": "BCG Vaccine"} | day]}
    assert vaccine("Tdap", occurrenceDateTime="2025-10-16", status="not-done") == {}
    assert vaccine("Tdap", occurrenceDateTime="2025") == {
        "medications": [{"name": "Tdap vaccine", "start": "2025-12-31", "end": "2025-12-31"}],
        "notes": ["Immunization 2 (2025): its date is only a month or a year: taken as its last day"],
    }
    assert vaccine("Tdap", occurrenceString="last winter")["notes"] == [
        "Immunization 2: it is dated in words, by an age or by a schedule: its date is not known",
        "Immunization 2 (Tdap): it does not say on which day it was given: left out",
    ]


PERIOD = {"period": {"start": "2025-01-01", "end": "2025-12-20"}}
WHOLE = {"start": "2025-01-01", "end": "2025-12-20"}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"status": "on-study", "period": {"start": "2025-01-01"}}, {"trials": [{"start": "2025-01-01"}]}),
        ({"status": "withdrawn"} | PERIOD, {"trials": [WHOLE]}),
        (
            {"status": "off-study", "period": {"start": "2025-01-01"}},
            {
                "trials": [{"start": "2025-01-01", "end": "2025-01-01"}],
                "notes": ["ResearchSubject 2 (2025-01-01): the patient has left the study and the day is not known: taken as the start"],
            },
        ),
        (
            {"status": "withdrawn"},
            {"notes": ["ResearchSubject 2: the patient has left the study and nothing tells when: left out"]},
        ),
        *[({"status": status} | PERIOD, {}) for status in ("candidate", "not-registered", "ineligible", "screening")],
        (progress(("screening", "2024-12-01"), ("on-study", "2025-01-01")), {"trials": [{"start": "2025-01-01"}]}),
        (progress(("withdrawn", "2025-12-20"), ("on-study", "2025-01-01")), {"trials": [WHOLE]}),
        (progress(("candidate", "2025-01-01")), {}),
        ({"status": "active"}, {"notes": ["ResearchSubject 2: whether the patient takes part in the study is not known: left out"]}),
    ],
)
def test_trials(fields: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert read({"resourceType": "ResearchSubject"} | fields) == wanted
