"""Header constraints: from fields built by hand, and from records."""

from __future__ import annotations

import pytest

from eligibility import parse
from eligibility.header import header_constraints
from eligibility.nlp.vocabulary import load_vocabulary
from eligibility.sources import HeaderField


def read(*fields: tuple[str, str]) -> list[str]:
    made = [HeaderField(name, value, None, None) for name, value in fields]
    return [str(constraint) for constraint in header_constraints(made, load_vocabulary().units)]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ([("minimum_age", "18 Years"), ("maximum_age", "70 Years")], ["age 18..70 a"]),
        ([("minimum_age", "18 Years"), ("maximum_age", "N/A")], ["age >= 18 a"]),
        ([("minimum_age", "18 Years")], ["age >= 18 a"]),
        ([("maximum_age", "6 Months")], ["age <= 6 mo"]),
        ([("minimum_age", "6 Weeks"), ("maximum_age", "17 Years")], ["age >= 6 wk & <= 17 a"]),
        ([("minimum_age", "N/A"), ("maximum_age", "No limit")], []),
        ([("age", "18 Years to 70 Years (Adult, Older Adult)")], ["age 18..70 a"]),
        ([("age", "18 Years and older (Adult, Older Adult)")], ["age >= 18 a"]),
        ([("age", "up to 17 Years (Child)")], ["age <= 17 a"]),
        ([("age", "Child, Adult, Older Adult")], []),
        ([("sex", "All")], ["sex all"]),
        ([("sex", "FEMALE")], ["sex female"]),
        ([("sex", "Male")], ["sex male"]),
        ([("sex", "unknown")], []),
        ([("healthy_volunteers", "No")], ["no other healthy_volunteers"]),
        ([("healthy_volunteers", "Accepts Healthy Volunteers")], ["other healthy_volunteers"]),
        ([], []),
    ],
)
def test_fields(fields: list[tuple[str, str]], wanted: list[str]) -> None:
    assert read(*fields) == wanted


def test_fields_of_a_text_keep_their_place() -> None:
    text = "Ages: 18 Years to 70 Years"
    found = header_constraints([HeaderField("age", text[6:], 6, len(text))], load_vocabulary().units)
    assert [(str(c), c.rule, c.evidence) for c in found] == [("age 18..70 a", "header", (6, len(text)))]


def test_a_record_gives_header_constraints_without_offsets() -> None:
    record = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT09990001", "briefTitle": "Tea and Sleep"},
            "eligibilityModule": {
                "eligibilityCriteria": "Inclusion Criteria:\n\n* Drinks tea\n",
                "minimumAge": "20 Years",
                "maximumAge": "50 Years",
                "sex": "ALL",
                "healthyVolunteers": True,
            },
        }
    }
    criteria = parse(record)
    assert (criteria.trial, criteria.title) == ("NCT09990001", "Tea and Sleep")
    assert [(str(c), c.negated, c.evidence) for c in criteria.header] == [
        ("age 20..50 a", False, None),
        ("sex all", False, None),
        ("other healthy_volunteers", False, None),
    ]
    assert {row["section"] for row in criteria.records() if row["rule"] == "header"} == {"header"}
