"""Tables: four of them, one schema each, by pyarrow, pandas and polars."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from pydantic import TypeAdapter

from eligibility import EligibilityError, InputError, Requirement, frame, parse
from eligibility.records import COLUMNS
from eligibility.tables import COLUMNS_OF, rows

TEXT = """Inclusion Criteria:
- Age 18 to 75 years
- Any of the following:
  - HbA1c > 7.5%
  - Enjoys long walks

Exclusion Criteria:
- Prednisone > 10 mg/day within 28 days prior to baseline
"""
CRITERIA = parse(TEXT, source="walks")


def test_records_are_the_tidy_table() -> None:
    table = CRITERIA.to_frame()
    assert table.column_names == list(COLUMNS)
    assert table.to_pylist() == CRITERIA.records()


def test_criteria_have_their_place_and_their_requirement() -> None:
    found = CRITERIA.to_frame(table="criteria").to_pylist()
    assert [(row["criterion"], row["parent"], row["structured"], row["phrase"]) for row in found] == [
        ("1", None, True, "age 18..75 a"),
        ("2", None, False, "(hemoglobin A1c > 7.5 % or Enjoys long walks)"),
        ("2.1", "2", True, "hemoglobin A1c > 7.5 %"),
        ("2.2", "2", False, None),
        ("1", None, True, "not (prednisone > 10 mg/d, within 28 d before baseline)"),
    ]
    trees = TypeAdapter[Any](Requirement)
    read = [trees.validate_json(row["requirement"]) if row["requirement"] else None for row in found]
    assert read == [criterion.requirement for criterion in CRITERIA.walk()]
    assert [TEXT[row["start"] : row["end"]] for row in found] == [row["text"] for row in found]


def test_studies_and_issues() -> None:
    (study,) = CRITERIA.to_frame(table="studies").to_pylist()
    assert {name: study[name] for name in ("source", "inclusion", "exclusion", "structured", "constraints", "issues")} == {
        "source": "walks", "inclusion": 4, "exclusion": 1, "structured": 3, "constraints": 3, "issues": 1,
    }  # fmt: skip
    assert CRITERIA.to_frame(table="issues").to_pylist() == [
        {
            "source": "walks", "trial": None, "code": "unstructured", "message": "inclusion 2.2: nothing in it was understood",
            "constraint": None, "start": TEXT.index("Enjoys"), "end": TEXT.index("walks") + 5,
        }
    ]  # fmt: skip


def test_many_trials_are_one_table() -> None:
    other = parse("Exclusion Criteria:\n- ALT > 3 x ULN", source="liver")
    table = frame(iter([CRITERIA, other]))
    assert table["source"].to_pylist() == ["walks"] * 4 + ["liver"]
    assert frame([]).schema == table.schema


def test_pandas_and_polars_hold_the_same() -> None:
    for library in ("pandas", "polars"):
        made = CRITERIA.to_frame(library)  # type: ignore[arg-type]
        assert type(made).__module__.split(".")[0] == library
        assert list(made.columns) == list(COLUMNS)
        assert list(made["type"]) == ["age", "measurement", "medication", "medication"]
        assert list(made["text"]) == [row["text"] for row in CRITERIA.records()]


@pytest.mark.parametrize("table", COLUMNS_OF)
def test_every_column_is_described_and_says_whether_it_may_be_null(table: Any) -> None:
    schema = CRITERIA.to_frame(table=table).schema
    assert [field.metadata[b"description"].decode() for field in schema] == [column.description for column in COLUMNS_OF[table]]
    for row in rows(CRITERIA, table):
        assert [name for name, value in row.items() if value is None and not schema.field(name).nullable] == []


def test_lone_surrogates_become_replacement_characters() -> None:
    criteria = parse("Exclusion Criteria:\n- ALT \ud800 > 3 x ULN")
    assert criteria.to_frame(table="studies")["text"].to_pylist() == ["Exclusion Criteria:\n- ALT \ufffd > 3 x ULN"]
    assert json.loads(criteria.to_frame(table="criteria")["requirement"][0].as_py())["node"] == "not"


def test_no_such_table_or_library() -> None:
    with pytest.raises(InputError, match="there is no table 'facts': give one of records, criteria, studies, issues"):
        CRITERIA.to_frame(table="facts")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="there are no tables of 'excel': give one of pyarrow, pandas, polars"):
        CRITERIA.to_frame("excel")  # type: ignore[arg-type]


def test_a_library_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(EligibilityError, match="polars is not installed, and this table is made with it: pip install polars"):
        CRITERIA.to_frame("polars")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EligibilityError, match=r"pip install 'eligibility\[batch\]'"):
        CRITERIA.to_frame()
