"""`parse` and `parse_many`, whole: what goes in, what stands in the result, and the examples of the documentation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import eligibility
from eligibility import Criteria, InputError, parse, parse_many
from eligibility.sources import Study, read_page

TEXT = """Inclusion Criteria:

- Age at least 20 years
- One of the following:
  - BMI > 30 kg/m2
  - HbA1c > 6.5 %

Exclusion Criteria:

1. AST or ALT ≥ 2×ULN
2. Likes tea
"""


def test_criteria_of_a_text() -> None:
    criteria = parse(TEXT, source="tea")
    assert (criteria.text, criteria.source, criteria.trial, criteria.title, criteria.header) == (TEXT, "tea", None, None, ())
    assert [(c.section, c.number, c.text, c.lead_in, c.structured) for c in criteria.walk()] == [
        ("inclusion", "1", "Age at least 20 years", False, True),
        ("inclusion", "2", "One of the following:", True, False),
        ("inclusion", "2.1", "BMI > 30 kg/m2", False, True),
        ("inclusion", "2.2", "HbA1c > 6.5 %", False, True),
        ("exclusion", "1", "AST or ALT ≥ 2×ULN", False, True),
        ("exclusion", "2", "Likes tea", False, False),
    ]
    assert [str(c) for c in criteria.constraints] == [
        "age >= 20 a",
        "bmi > 30 kg/m2",
        "haemoglobin_a1c > 6.5 %",
        "ast >= 2 ULN",
        "alt >= 2 ULN",
    ]
    assert [str(issue) for issue in criteria.issues] == ["unstructured: exclusion 2: nothing in it was understood"]


def test_trees_of_a_text() -> None:
    criteria = parse(TEXT)
    assert [str(c.requirement) for c in criteria.inclusion] == ["age >= 20 a", "(bmi > 30 kg/m2 or hemoglobin A1c > 6.5 %)"]
    assert [str(c.requirement) for c in criteria.exclusion] == ["not (AST >= 2 ULN or ALT >= 2 ULN)", "None"]


def test_a_shared_limit_is_two_constraints_of_one_expression() -> None:
    rows = [row for row in parse(TEXT).records() if row["section"] == "exclusion"]
    keys = ("criterion", "constraint", "type", "facet", "subject", "lower", "lower_inclusive", "upper", "unit", "text")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("1", 4, "measurement", "value", "AST", 2.0, True, None, "ULN", "≥ 2×ULN"),
        ("1", 5, "measurement", "value", "ALT", 2.0, True, None, "ULN", "≥ 2×ULN"),
    ]


STEROIDS = """Exclusion Criteria:
- Systemic corticosteroids (prednisone or equivalent >10 mg/day) within 28 days prior to baseline, except inhaled or topical
"""


def test_a_dose_within_a_window_with_exceptions() -> None:
    rows = parse(STEROIDS).records()
    assert [(row["constraint"], row["facet"], row["subject"], row["unit"], row["exception"]) for row in rows] == [
        (1, "dose", "Systemic corticosteroids", "mg/d", False),
        (1, "window", "Systemic corticosteroids", "d", False),
        (2, "presence", "inhaled", None, True),
        (3, "presence", "topical", None, True),
    ]


def test_bounds_are_kept_as_written_and_are_quantities_on_demand() -> None:
    value = parse("Platelets >= 100,000 /mm3").constraints[0].value
    assert value is not None
    assert value.lower is not None
    assert (value.lower.magnitude, value.lower.unit, value.lower.inclusive, value.upper) == (100000.0, "/mm3", True, None)
    assert value.lower.quantity == eligibility.ureg.Quantity(100000, "1/mm**3")


def test_a_record_and_its_study_read_alike() -> None:
    module = {"eligibilityCriteria": TEXT, "minimumAge": "20 Years", "sex": "FEMALE"}
    record = {"protocolSection": {"identificationModule": {"nctId": "NCT09990003"}, "eligibilityModule": module}}
    criteria = parse(record)
    assert [str(c) for c in criteria.constraints][:3] == ["age >= 20 a", "sex female", "age >= 20 a"]
    assert criteria.trial == "NCT09990003"
    study: Study = read_page(TEXT)
    assert parse(study) == parse(TEXT)


@pytest.mark.parametrize("data", [{}, {"protocolSection": None}, {"study": "x"}, [], 5, None, b"Age over 20 years"])
def test_what_is_no_study_is_an_input_error(data: object) -> None:
    with pytest.raises(InputError):
        parse(data)  # type: ignore[arg-type]


def test_a_record_without_criteria_says_so() -> None:
    criteria = parse({"protocolSection": {}})
    assert "no_criteria" in [issue.code for issue in criteria.issues]


def test_many_are_read_one_by_one() -> None:
    drawn = []

    def source() -> Iterator[str]:
        for age in (20, 30, 40):
            drawn.append(age)
            yield f"Age over {age} years"

    found = parse_many(source())
    assert [str(next(found).constraints[0]), drawn] == ["age > 20 a", [20]]
    assert [str(criteria.constraints[0]) for criteria in found] == ["age > 30 a", "age > 40 a"]


def test_the_digest_names_the_rules() -> None:
    assert parse(TEXT).rules == parse("").rules
    assert len(parse("").rules) > 0


def test_cohorts_are_kept() -> None:
    text = "Inclusion Criteria:\nCohort A only:\n- Age over 20 years\nCohort B only:\n- Age over 30 years\n"
    found = [(c.cohort, str(c.requirement)) for c in parse(text).walk() if c.constraints]
    assert [(cohort and cohort.rstrip(":"), tree) for cohort, tree in found] == [
        ("Cohort A only", "age > 20 a"),
        ("Cohort B only", "age > 30 a"),
    ]


def test_results_are_frozen_values() -> None:
    criteria = parse(TEXT)
    assert hash(criteria.constraints[0]) == hash(parse(TEXT).constraints[0])
    with pytest.raises(ValueError, match="frozen"):
        criteria.text = ""  # type: ignore[misc]
    assert isinstance(criteria, Criteria)


def test_a_second_list_of_the_same_text_gives_the_same() -> None:
    """No state is left from one text to the next: short forms of one are unknown to the other."""
    before = parse("ZSI > 20")
    parse("Zebra Symptom Inventory (ZSI) is known. ZSI > 20")
    assert parse("ZSI > 20") == before


def test_numbers_run_on_through_the_sections_of_one_kind() -> None:
    text = "Inclusion Criteria:\n- Asthma\n- Age over 30 years\nExclusion Criteria:\n- Stroke\nInclusion Criteria:\n- BMI over 25 kg/m2\n"
    numbers = [(c.section, c.number, c.text) for c in parse(text).walk()]
    assert sorted(numbers) == [
        ("exclusion", "1", "Stroke"),
        ("inclusion", "1", "Asthma"),
        ("inclusion", "2", "Age over 30 years"),
        ("inclusion", "3", "BMI over 25 kg/m2"),
    ]
