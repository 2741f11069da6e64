"""Cohorts: invented trials over an invented CDM, with the persons that are expected of each, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import eligibility
from eligibility.export.omop import Cohort, Vocabulary, attrition, to_cohort
from eligibility.screening import screen
from tests.omop_cdm import EVERYONE, INDEX, patients, write_file


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
    "no condition": (excluded("Asthma"), EVERYONE - {1, 2, 7}, []),
    "a narrowed condition that lets in": (included("Moderate asthma"), {1, 2, 7}, [("modifier", "looser")]),
    "a narrowed condition that excludes": (excluded("Moderate asthma"), EVERYONE, [("modifier", "left_out")]),
    "an event in a window": (excluded("Myocardial infarction within 6 months"), EVERYONE - {1}, []),
    "an exception": (excluded("Any malignancy within 5 years, except basal cell carcinoma"), EVERYONE - {9, 10}, []),
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
    assert [rule.number for rule in cohort.rules] or cohort.unexpressed
    assert {one.effect for one in cohort.unexpressed} <= ({"looser"} if cohort.rules else {"left_out"})


@pytest.mark.parametrize("name", TRIALS)
def test_who_screens_as_eligible_is_in_the_cohort(name: str, cdm: Path, vocabulary: Vocabulary) -> None:
    criteria = eligibility.parse(TRIALS[name][0])
    eligible = {id for id, patient in patients() if screen(patient, criteria, on=INDEX).outcome == "eligible"}
    assert eligible - set(attrition(to_cohort(criteria, vocabulary), cdm).persons) == set()
