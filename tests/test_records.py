"""The tidy table, from criteria built by hand."""

from __future__ import annotations

import json

from eligibility.records import COLUMNS
from eligibility.result import Criteria


def test_a_row_has_every_column_in_order(trial: Criteria) -> None:
    assert [tuple(row) for row in trial.records()] == [COLUMNS] * 6


def test_a_dose_in_a_window_is_two_rows_of_one_constraint(trial: Criteria) -> None:
    keys = ("section", "criterion", "constraint", "type", "facet", "lower", "lower_inclusive", "upper", "upper_inclusive", "unit", "text")
    assert [tuple(row[key] for key in keys) for row in trial.records()] == [
        ("header", None, 1, "sex", "value", None, None, None, None, None, None),
        ("inclusion", "1", 2, "age", "value", 18.0, True, None, None, "a", ">= 18 years"),
        ("exclusion", "1.1", 3, "measurement", "value", 2.0, False, None, None, "ULN", "> 2 x ULN"),
        ("exclusion", "1.1", 4, "measurement", "value", 2.0, False, None, None, "ULN", "> 2 x ULN"),
        ("exclusion", "1.2", 5, "medication", "dose", 10.0, False, None, None, "mg/d", "> 10 mg/day"),
        ("exclusion", "1.2", 5, "medication", "window", None, None, 28.0, True, "d", "within 28 days prior to baseline"),
    ]


def test_text_is_the_input_between_the_offsets(trial: Criteria) -> None:
    rows = [row for row in trial.records() if row["start"] is not None]
    assert [trial.text[row["start"] : row["end"]] for row in rows] == [row["text"] for row in rows]
    subjects = [row for row in trial.records() if row["subject_start"] is not None]
    assert [trial.text[row["subject_start"] : row["subject_end"]] for row in subjects] == ["AST", "ALT", "prednisone", "prednisone"]


def test_only_the_window_row_has_the_anchor(trial: Criteria) -> None:
    rows = trial.records()[-2:]
    assert [(row["facet"], row["anchor"], row["direction"]) for row in rows] == [("dose", None, None), ("window", "baseline", "before")]


def test_codes_and_issues_stand_at_their_constraint(trial: Criteria) -> None:
    found = [(row["constraint"], row["concept"], row["code"], row["issues"]) for row in trial.records()[1:4]]
    assert found == [(2, None, None, []), (3, "aspartate aminotransferase", "LOINC:1920-8", ["ambiguous"]), (4, None, None, [])]


def test_the_source_and_the_trial_are_on_every_row(trial: Criteria) -> None:
    assert {(row["source"], row["trial"]) for row in trial.records()} == {("diary", "NCT00000000")}


def test_rows_are_plain_json(trial: Criteria) -> None:
    assert json.loads(json.dumps(trial.records())) == trial.records()


def test_the_whole_object_makes_the_round_trip(trial: Criteria) -> None:
    assert Criteria.model_validate_json(trial.model_dump_json()) == trial


def test_no_criteria_give_no_rows() -> None:
    assert Criteria(text="").records() == []
