"""Ages as a caller meets them: of the patient, in any form, and not of anything else."""

from __future__ import annotations

import pytest
from lines import Case, Gap, cases, read

from eligibility import parse

AGES: list[Case] = [
    ("Adults 21 years of age or older", ["age >= 21 a"]),
    ("Minimum age: 21 years", ["age >= 21 a"]),
    ("Maximum age 72 years", ["age <= 72 a"]),
    ("Age greater than/equals to 21 years", ["age >= 21 a"]),
    ("more or equal 21 years-old", ["age >= 21 a"]),
    ("less or equal 43 years-old", ["age <= 43 a"]),
    ("Age = 21 and = 64 years", ["age 21..64 a"]),
    ("Age =21 years and < 64 years", ["age >= 21 & < 64 a"]),
    ("Both sexes, between 21 an 64 years", ["sex all", "age 21..64 a"]),
    ("From 21 to 26 years", ["age 21..26 a"]),
    ("Children 9 to 60 months", ["age 9..60 mo"]),
    ("Kidney transplant recipients > 21 y.o.", ["procedure organ_transplantation", "age > 21 a"]),
    ("For patients >= 45 years of age: any two of the following", ["age >= 45 a"]),
    ("21-50 ages", ["age 21..50 a"]),
    ("Male, 30-70 years; willing to walk", ["sex male", "age 30..70 a"]),
    ("Under 40 or over 65 years of age", ["age < 40 a", "age > 65 a"]),
    ("Patients below 20 and above 55years.", ["age < 20 a", "age > 55 a"]),
    ("Patients below 20 or over 65. Planned surgery", ["age < 20 a", "age > 65 a", "procedure surgery"]),
    ("Both genders younger than 7 months and older than 70 years", ["sex all", "age < 7 mo", "age > 70 a"]),
    ("With asthma that are 12 or older", ["condition asthma", "age >= 12 a"]),
    ("Up to age 70", ["age <= 70 a"]),
    ("Age limit of 72", ["age <= 72 a"]),
    ("Between the ages of 21 and 64", ["age 21..64 a"]),
    ("Over 65 years", ["age > 65 a"]),
    ("Age from birth to 20 years", ["age <= 20 a"]),
    ("Planned surgery and ≥22 and ≤78 years of age", ["procedure surgery", "age >= 22 a", "age <= 78 a"]),
    ("Age >= or equal to 21 years", ["age >= 21 a"]),
    ("Age:\n  - 21 and over", ["age >= 21 a"]),
    ("Patients must be aged:\n  - at least 21 years", ["age >= 21 a"]),
    ("Score on the harbour scale:\n  - above 20", []),
    ("Asthma diagnosed before the age of 12", ["condition asthma window < 12 a after birth"]),
    ("Epilepsy diagnosed at under 30 years", ["condition epilepsy window < 30 a after birth"]),
    ("Diabetes diagnosed after 30 years of age", ["condition diabetes window > 30 a after birth"]),
]
AGE_GAPS: list[Gap] = []


@pytest.mark.parametrize(("text", "wanted"), cases(AGES, AGE_GAPS))
def test_ages(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


NO_AGES = [
    "Pregnancy test in women of childbearing age within 8 days before enrolment",
    "Vascular access at least 2 months old",
    "Comorbidity scale adjusted to age < 5",
    "Pregnant between (17-23) weeks of gestation",
    "Convulsions before 3 years old",
    "Ulcer more than 5 weeks old",
]


@pytest.mark.parametrize("text", NO_AGES)
def test_what_is_no_age_of_the_patient(text: str) -> None:
    assert [str(c) for c in parse(text).constraints if c.type == "age"] == []


def test_a_comparator_behind_an_age_is_read_at_the_end_of_a_numbered_item() -> None:
    text = "Inclusion Criteria:\n1. Patients 21 years of age or older\n2. Patients before surgery"
    assert read(text) == ["age >= 21 a", "procedure surgery"]


@pytest.mark.parametrize("text", ["Age = 21 and = 64 years", "Age = 21 and < 64 years", "Age = 21 years"])
def test_a_lost_sign_is_named(text: str) -> None:
    assert [issue.code for issue in parse(text).issues if issue.code == "ambiguous"] == ["ambiguous"]
