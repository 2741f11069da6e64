"""What came of a treatment, how often there was one, and for whom a criterion is."""

from __future__ import annotations

import pytest

from eligibility import parse


@pytest.mark.parametrize(
    ("text", "wanted", "time"),
    [
        ("Refractory to bortezomib", "medication bortezomib refractory", "history"),
        ("Treatment with bortezomib", "medication bortezomib", None),
        ("Steroid-refractory", "medication corticosteroids refractory", "history"),
        ("Failure of at least 2 adequate antidepressant trials", "medication antidepressants failed count >= 2", "history"),
        ("Progression on imatinib", "medication imatinib progressed", "history"),
        ("Did not respond to methotrexate", "medication methotrexate inadequate response", "history"),
        ("Treatment-naive", "no medication prior_treatment", "history"),
        ("Chemotherapy-naïve", "no medication chemotherapy", "history"),
        ("No prior chemotherapy", "no medication chemotherapy", "history"),
        ("No more than 2 prior lines of chemotherapy", "medication chemotherapy count <= 2", "history"),
        ("Not a candidate for surgery", "procedure surgery ineligible", None),
        ("Candidate for surgery", "procedure surgery candidate", "planned"),
    ],
)
def test_what_came_of_a_treatment(text: str, wanted: str, time: str | None) -> None:
    (found,) = parse(text).constraints
    assert (str(found), found.temporality) == (wanted, time)


def test_organ_failure_is_no_failed_treatment() -> None:
    assert [str(found) for found in parse("Heart failure on digoxin").constraints] == ["condition heart_failure", "medication digoxin"]


@pytest.mark.parametrize(
    ("text", "cohort"),
    [
        ("For Cohort B: asthma", "Cohort B"),
        ("Part 2 only: asthma", "Part 2 only"),
        ("Asthma (Cohort 1)", "Cohort 1"),
        ("[Arm C] Asthma", "Arm C"),
        ("For the dose-escalation phase: asthma", "dose-escalation phase"),
        ("Arm B patients must have asthma", "Arm B"),
        ("Patients in Cohort 2 must have asthma", "Cohort 2"),
        ("For subjects enrolled in Part A, asthma", "Part A"),
        ("Asthma of WHO group 2", None),
    ],
)
def test_whom_a_criterion_is_for(text: str, cohort: str | None) -> None:
    (criterion,) = parse(text).inclusion
    found = [(c.type, c.concept.id if c.concept else None) for c in criterion.constraints]
    assert (criterion.cohort, found) == (cohort, [("condition", "asthma")])


def test_a_number_of_a_cohort_is_no_unread_number() -> None:
    assert [issue.code for issue in parse("Inclusion Criteria:\n- Part 2 only: asthma").issues] == []


def test_a_heading_names_the_cohort_behind_its_colon() -> None:
    criteria = parse("Exclusion Criteria: Cohort 2a and 2b\n- Asthma\n")
    assert [(criterion.cohort, str(criterion.requirement)) for criterion in criteria.exclusion] == [("Cohort 2a and 2b", "not (asthma)")]
