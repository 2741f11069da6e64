"""Checks: each kind of issue, on a text that has it and on one that has not."""

from __future__ import annotations

import pytest

from eligibility import Criteria, parse


def codes(criteria: Criteria) -> list[str]:
    return [issue.code for issue in criteria.issues]


def block(inclusion: str, exclusion: str = "Pregnant women") -> str:
    return f"Inclusion Criteria:\n- {inclusion}\nExclusion Criteria:\n- {exclusion}\n"


@pytest.mark.parametrize(
    ("inclusion", "wanted"),
    [
        ("Age 20 to 60 years", []),
        ("Haemoglobin >= 9 g/dL", []),
        ("BMI between 35 and 20 kg/m2", ["contradiction"]),
        ("Aged 20 to 60", ["unit_assumed"]),
        ("Platelets >= 100", ["unit_missing"]),
        ("Haemoglobin >= 900 g/dL", ["implausible"]),
        ("Haemoglobin >= 9 kg", ["implausible"]),
        ("Likes the colour of tea", ["unstructured"]),
    ],
)
def test_issues_of_a_criterion(inclusion: str, wanted: list[str]) -> None:
    assert codes(parse(block(inclusion))) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["no_criteria"]),
        (" \n\t ", ["no_criteria"]),
        ("Age 20 to 60 years", ["no_section"]),
        ("Inclusion Criteria:\n- Age 20 to 60 years", []),
    ],
)
def test_issues_of_a_text(text: str, wanted: list[str]) -> None:
    assert codes(parse(text)) == wanted


def test_an_issue_names_its_constraint_and_its_place() -> None:
    text = block("Age 20 to 60 years\n- Platelets >= 100")
    criteria = parse(text)
    assert [(i.code, i.constraint, None if i.span is None else text[i.span.start : i.span.end]) for i in criteria.issues] == [
        ("unit_missing", 2, ">= 100")
    ]
    assert [row["issues"] for row in criteria.records()] == [[], ["unit_missing"], []]


def record(minimum: str, maximum: str, criteria: str) -> dict[str, object]:
    module = {"eligibilityCriteria": criteria, "minimumAge": minimum, "maximumAge": maximum}
    return {"protocolSection": {"identificationModule": {"nctId": "NCT09990002"}, "eligibilityModule": module}}


@pytest.mark.parametrize(
    ("minimum", "maximum", "inclusion", "wanted"),
    [
        ("18 Years", "65 Years", "Age 18 to 65 years", []),
        ("18 Years", "65 Years", "Age 18 to 60 years", ["contradiction"]),
        ("18 Years", "65 Years", "Age at least 18 years", []),
        ("18 Years", "65 Years", "Age at least 21 years", ["contradiction"]),
        ("18 Years", "65 Years", "Donor age at least 21 years", []),
    ],
)
def test_header_against_criteria(minimum: str, maximum: str, inclusion: str, wanted: list[str]) -> None:
    assert codes(parse(record(minimum, maximum, block(inclusion)))) == wanted


def test_issues_stand_in_text_order() -> None:
    criteria = parse(block("Likes tea\n- Aged 20 to 60\n- Platelets >= 100\n- Likes cake"))
    assert codes(criteria) == ["unstructured", "unit_assumed", "unit_missing", "unstructured"]
