"""Cohorts: invented trials over an invented CDM, with the persons that are expected of each, worked out by hand."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import duckdb
import pytest

import eligibility
from eligibility.errors import EligibilityError, InputError
from eligibility.export.omop import KINDS, Cohort, Kind, Vocabulary, attrition, compile_sql, to_cohort
from eligibility.screening import screen
from tests.omop_cdm import EVERYONE, INDEX, fill, patients, write_file, write_folder


@pytest.fixture(scope="module")
def cdm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_file(tmp_path_factory.mktemp("cdm") / "cdm.duckdb")


@pytest.fixture(scope="module")
def vocabulary(cdm: Path) -> Iterator[Vocabulary]:
    with Vocabulary.open(cdm) as opened:
        yield opened


def included(*lines: str) -> str:
    return "Inclusion Criteria:\n" + "".join(f"- {line}\n" for line in lines)


def excluded(*lines: str) -> str:
    return "Exclusion Criteria:\n" + "".join(f"- {line}\n" for line in lines)


def cohort_of(text: str, vocabulary: Vocabulary) -> Cohort:
    return to_cohort(eligibility.parse(text), vocabulary)


def lost(cohort: Cohort) -> list[tuple[str, str]]:
    return [(one.kind, one.effect) for one in cohort.unexpressed]


# The persons who stay, and what is not expressed.
TRIALS: dict[str, tuple[str, set[int], list[tuple[str, str]]]] = {
    "ages count by the calendar year": (included("Age 18 to 75 years"), EVERYONE - {4, 6}, [("age", "looser")]),
    "a lower limit alone": (included("Age >= 18 years"), EVERYONE - {4}, []),
    "an age that excludes": (excluded("Age > 75 years"), EVERYONE - {6}, [("age", "looser")]),
    "months": (included("Age at least 6 months"), EVERYONE, [("age", "left_out")]),
    "women": (included("Female patients"), {1, 3, 5, 7, 9, 11}, []),
    "a condition, before the observation period or narrower": (included("Asthma"), {1, 2, 7}, []),
    "a modifier that is in the vocabulary": (excluded("Chronic sarcoidosis"), EVERYONE - {6}, []),
    "no condition": (excluded("Asthma"), EVERYONE - {1, 2, 7}, []),
    "a narrowed condition that lets in": (included("Moderate asthma"), {1, 2, 7}, [("modifier", "looser")]),
    "a narrowed condition that excludes": (excluded("Moderate asthma"), EVERYONE, [("modifier", "left_out")]),
    "an event in a window": (excluded("Myocardial infarction within 6 months"), EVERYONE - {1}, []),
    "an exception": (excluded("Any malignancy within 5 years, except basal cell carcinoma"), EVERYONE - {9, 10}, []),
    "an exception that is narrowed": (
        excluded("Any malignancy within 5 years, except treated basal cell carcinoma"), EVERYONE - {9, 10}, [("exception", "looser")],
    ),
    "routes that are excepted": (
        excluded("Systemic corticosteroids within 28 days, except inhaled or topical"), EVERYONE - {1, 7, 8}, [],
    ),
    "routes that are excepted of all": (excluded("Corticosteroids within 28 days, except inhaled"), EVERYONE - {1, 7, 8}, []),
    "an exception where it lets in": (included("History of malignancy, except basal cell carcinoma"), {9, 10, 11}, []),
    "what goes on excludes": (excluded("Active infection"), EVERYONE - {3}, []),
    "what goes on lets in": (included("Active infection"), {3, 5}, [("current", "looser")]),
    "a drug in a window": (excluded("Prednisone within 28 days prior to baseline"), EVERYONE - {1, 7}, []),
    "a class by its members, by route": (excluded("Systemic corticosteroids within 28 days"), EVERYONE - {1, 7, 8}, []),
    "a class": (included("Treatment with corticosteroids within 28 days"), {1, 7, 8, 9}, []),
    "a drug that goes on": (excluded("Use of warfarin"), EVERYONE - {12}, []),
    "a dose that excludes": (excluded("Prednisone > 10 mg/day within 28 days"), EVERYONE, [("dose", "left_out")]),
    "a dose that lets in": (included("Prednisone > 10 mg/day within 28 days"), {1, 7}, [("dose", "looser")]),
    "a washout": (included("At least 4 weeks since the last dose of methotrexate"), EVERYONE - {10}, []),
    "a procedure in a window": (excluded("Appendectomy within 6 months"), EVERYONE - {4}, []),
    "a value in two units, the latest": (included("Creatinine <= 1.7 mg/dL"), {1, 7, 9}, []),
    "a value that excludes": (excluded("Creatinine > 1.7 mg/dL"), EVERYONE - {2, 8, 10}, []),
    "the other unit": (included("Creatinine < 150 umol/L"), {1, 7, 9}, []),
    "counts in three units": (included("Platelets >= 100 x 10^9/L"), {1, 7}, []),
    "a value in a window": (included("Platelets >= 100 x 10^9/L within 14 days prior to baseline"), {1}, []),
    "a range in per cent": (included("HbA1c 7.0 to 10.0 %"), {1, 7}, []),
    "a range that excludes": (excluded("HbA1c 7.0 to 10.0 %"), EVERYONE - {1, 7}, []),
    "a multiple of a normal limit": (included("ALT <= 2 x ULN"), {2}, []),
    "a multiple that excludes": (excluded("ALT > 2 x ULN"), EVERYONE - {1}, []),
    "a limit for men, another for women": (included("Hemoglobin >= 13 g/dL for men or >= 12 g/dL for women"), {1, 8}, []),
    "the same as an exclusion": (excluded("Hemoglobin < 13 g/dL for men or < 12 g/dL for women"), EVERYONE - {2, 7}, []),
    "an alternative": (included("Asthma or heart failure"), {1, 2, 7}, []),
    "an alternative that cannot be asked": (included("Asthma or poor eating habits"), EVERYONE, [("type", "left_out")]),
    "one of an exclusion's": (excluded("Asthma or poor eating habits"), EVERYONE - {1, 2, 7}, [("type", "looser")]),
    "no unit": (included("Creatinine <= 1.7"), EVERYONE, [("unit_missing", "left_out")]),
    "of a baseline": (excluded("Platelets < 50% of baseline"), EVERYONE, [("reference", "left_out")]),
    "not in the vocabulary": (excluded("Psoriasis"), EVERYONE, [("unresolved", "left_out")]),
    "of several meanings": (excluded("Sarcoidosis"), EVERYONE, [("ambiguous", "left_out")]),
    "consent": (included("Signed informed consent"), EVERYONE, [("type", "left_out")]),
    "not understood": (included("Willing to keep a diary"), EVERYONE, [("unstructured", "left_out")]),
    "at least two": (
        included("At least two of the following:\n  - Asthma\n  - Myocardial infarction\n  - Heart failure"), {1, 2}, [],
    ),
    "an item for one cohort": (
        excluded("Any of the following:\n  - Asthma\n  - Cohort B only: pneumonia"), EVERYONE - {1, 2, 7}, [("cohort", "looser")],
    ),
    "a demand on those with a condition": (included("Patients with asthma must have platelets >= 100 x 10^9/L"), EVERYONE - {2}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", TRIALS)
def test_the_persons_of_a_trial(name: str, cdm: Path, vocabulary: Vocabulary) -> None:
    text, expected, unexpressed = TRIALS[name]
    cohort = cohort_of(text, vocabulary)
    assert lost(cohort) == unexpressed
    assert set(attrition(cohort, cdm).persons) == expected


@pytest.mark.parametrize("name", TRIALS)
def test_every_criterion_is_a_rule_or_is_listed(name: str, vocabulary: Vocabulary) -> None:
    cohort = cohort_of(TRIALS[name][0], vocabulary)
    assert {one.number for one in (*cohort.rules, *cohort.unexpressed)} == {"1"}
    assert {one.effect for one in cohort.unexpressed} - ({"looser"} if cohort.rules else {"left_out"}) == set()


@pytest.mark.parametrize("name", TRIALS)
def test_who_screens_as_eligible_is_in_the_cohort(name: str, cdm: Path, vocabulary: Vocabulary) -> None:
    criteria = eligibility.parse(TRIALS[name][0])
    eligible = {id for id, patient in patients() if screen(patient, criteria, on=INDEX).outcome == "eligible"}
    assert eligible - set(attrition(to_cohort(criteria, vocabulary), cdm).persons) == set()


TRIAL = """Inclusion Criteria:
- Age 18 to 75 years
- Creatinine <= 1.7 mg/dL
- Willing to keep a diary

Exclusion Criteria:
- Asthma
- Psoriasis
- Cohort B only: pneumonia
"""


def test_the_attrition_of_a_trial(cdm: Path, vocabulary: Vocabulary) -> None:
    found = attrition(cohort_of(TRIAL, vocabulary), cdm)
    assert str(found) == (
        "12  persons\n"
        "12  with an index\n"
        "10  inclusion 1: Age 18 to 75 years\n"
        " 3  inclusion 2: Creatinine <= 1.7 mg/dL\n"
        " 1  exclusion 1: Asthma"
    )
    assert [step.satisfy for step in found.steps] == [10, 3, 9]
    assert (found.persons, found.absent) == ((9,), ())


def test_what_is_not_expressed_is_listed(vocabulary: Vocabulary) -> None:
    cohort = cohort_of(TRIAL, vocabulary)
    assert [str(one) for one in cohort.unexpressed] == [
        "inclusion 1: age, looser: age 18..75 a",
        "inclusion 3: unstructured, left out: Willing to keep a diary",
        "exclusion 2: unresolved, left out: psoriasis",
        "exclusion 3: cohort, left out: Cohort B only: pneumonia",
    ]
    assert [str(one) for one in cohort.unresolved] == ["psoriasis: no Condition of that name"]


def test_the_candidates_of_an_ambiguous_name_are_named(vocabulary: Vocabulary) -> None:
    (unresolved,) = cohort_of(excluded("Sarcoidosis"), vocabulary).unresolved
    assert str(unresolved) == (
        "sarcoidosis: Condition has 2 of that name: 4110056 Chronic sarcoid of lung; 4110057 Chronic sarcoid of skin"
    )


def test_the_expression_of_a_condition_in_a_window(vocabulary: Vocabulary) -> None:
    cohort = cohort_of(excluded("Myocardial infarction within 30 days prior to baseline"), vocabulary)
    (rule,) = cohort.expression["InclusionRules"]
    assert rule["name"] == "exclusion 1: Myocardial infarction within 30 days prior to baseline"
    assert rule["expression"] == {
        "Type": "ALL",
        "CriteriaList": [
            {
                "Criteria": {"ConditionOccurrence": {"CodesetId": 0}},
                "StartWindow": {
                    "Start": {"Days": 30, "Coeff": -1},
                    "End": {"Days": 0, "Coeff": -1},
                    "UseIndexEnd": False,
                    "UseEventEnd": False,
                },
                "Occurrence": {"Type": 0, "Count": 0, "IsDistinct": False},
                "IgnoreObservationPeriod": True,
            }
        ],
        "DemographicCriteriaList": [],
        "Groups": [],
    }
    (concept_set,) = cohort.expression["ConceptSets"]
    assert (concept_set["id"], concept_set["name"]) == (0, "myocardial infarction")
    assert [(item["concept"]["CONCEPT_ID"], item["includeDescendants"]) for item in concept_set["expression"]["items"]] == [(4329847, True)]
    assert json.loads(cohort.json()) == cohort.expression


def test_an_index_on_a_day_counts_back_from_it(cdm: Path, vocabulary: Vocabulary) -> None:
    criteria = eligibility.parse(excluded("Prednisone within 28 days prior to baseline", "Creatinine > 1.7 mg/dL"))
    cohort = to_cohort(criteria, vocabulary, index=date(2025, 1, 31))
    assert set(attrition(cohort, cdm).persons) == EVERYONE - {2, 9}  # prednisone in January; 2.5 mg/dL that was later 1.2


def test_nobody_is_indexed_outside_of_observation_periods(cdm: Path, vocabulary: Vocabulary) -> None:
    found = attrition(to_cohort(eligibility.parse(included("Asthma")), vocabulary, index=date(2030, 1, 1)), cdm)
    assert (found.total, found.indexed, found.persons) == (12, 0, ())


def test_criteria_that_demand_nothing_keep_everyone(cdm: Path, vocabulary: Vocabulary) -> None:
    found = attrition(cohort_of(included("Willing to keep a diary"), vocabulary), cdm)
    assert (found.indexed, found.steps, set(found.persons)) == (12, (), EVERYONE)


def test_more_rules_than_circe_counts_are_joined_in_the_last(cdm: Path, vocabulary: Vocabulary) -> None:
    cohort = cohort_of(included(*["Age >= 18 years"] * 55, "Asthma"), vocabulary)
    assert len(cohort.rules) == 50
    assert set(attrition(cohort, cdm).persons) == {1, 2, 7}


def test_a_header_is_asked(cdm: Path, vocabulary: Vocabulary) -> None:
    criteria = eligibility.parse("Sexes Eligible for Study: Female\n\n" + included("Asthma"))
    assert [rule.section for rule in to_cohort(criteria, vocabulary).rules] == ["header", "inclusion"]
    assert set(attrition(to_cohort(criteria, vocabulary), cdm).persons) == {1, 7}


def test_an_open_connection_is_counted_and_left_as_it_was(vocabulary: Vocabulary) -> None:
    with duckdb.connect() as connection:
        fill(connection)
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert set(attrition(cohort_of(included("Asthma"), vocabulary), connection).persons) == {1, 2, 7}
        assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == tables


def test_a_folder_of_csv_files_is_a_cdm(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write_folder(tmp_path, ["concept", "concept_ancestor", "person", "observation_period", "condition_occurrence"], separator=",")
    found = attrition(cohort_of(excluded("Asthma", "Prednisone"), vocabulary), tmp_path)
    assert set(found.persons) == EVERYONE - {1, 2, 7}
    assert found.absent == ("drug_exposure", "procedure_occurrence", "measurement")


def test_a_cohort_compiles_for_other_databases(vocabulary: Vocabulary) -> None:
    cohort = cohort_of(excluded("Asthma"), vocabulary)
    sql = compile_sql(cohort, dialect="postgresql", cdm_schema="cdm", results_schema="scratch", cohort_id=7)
    assert "INSERT INTO scratch.cohort (cohort_definition_id, subject_id, cohort_start_date, cohort_end_date)" in sql.splitlines()
    with pytest.raises(InputError, match="'oracel' is no dialect of SQL that is known: give one of "):
        compile_sql(cohort, dialect="oracel")


def test_what_is_no_cdm_is_said(tmp_path: Path, vocabulary: Vocabulary) -> None:
    cohort = cohort_of(excluded("Asthma"), vocabulary)
    with pytest.raises(InputError, match="has no table 'concept': give an OMOP CDM with the tables person, "):
        attrition(cohort, tmp_path)
    with pytest.raises(InputError, match="is neither a file nor a folder"):
        attrition(cohort, tmp_path / "nothing")
    (tmp_path / "notes.txt").write_text("no database")
    with pytest.raises(InputError, match="cannot be read as OMOP tables"):
        attrition(cohort, tmp_path / "notes.txt")


def test_an_index_that_is_none_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="'today' is no index: give 'observation_period_end' or a date"):
        to_cohort(eligibility.parse(included("Asthma")), vocabulary, index="today")  # type: ignore[arg-type]


def test_a_time_of_day_is_its_day(vocabulary: Vocabulary) -> None:
    criteria = eligibility.parse(included("Asthma"))
    at_noon = to_cohort(criteria, vocabulary, index=datetime(2025, 1, 31, 12))
    assert at_noon.expression == to_cohort(criteria, vocabulary, index=date(2025, 1, 31)).expression


def test_without_the_extra_it_says_what_to_install(cdm: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = cohort_of(included("Asthma"), vocabulary)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    monkeypatch.setitem(sys.modules, "duckcdm.circe", None)
    for needs in (lambda: Vocabulary.open(cdm), lambda: attrition(cohort, cdm), lambda: compile_sql(cohort)):
        with pytest.raises(EligibilityError, match=re.escape("pip install 'eligibility[omop]'")):
            needs()


def test_every_kind_of_loss_is_documented() -> None:
    assert set(KINDS) == set(get_args(Kind))
