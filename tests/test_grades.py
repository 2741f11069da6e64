"""Stages, grades, classes and types: their letters, what they belong to, and which of them are measured."""

from __future__ import annotations

import json

import pytest
from lines import read

from eligibility import parse
from eligibility.constraints import Condition
from eligibility.ranges import Bound, Range


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Stage IIIB melanoma", ["condition melanoma stage = 3b"]),
        ("Stage IIIB-IV melanoma", ["condition melanoma stage 3b..4"]),
        ("Stage IIIA/IIIB melanoma", ["condition melanoma stage 3a..3b"]),
        ("Stage ≥ IIIB melanoma", ["condition melanoma stage >= 3b"]),
        ("Stage 3b or higher melanoma", ["condition melanoma stage >= 3b"]),
        ("FIGO stage IB-IIA cervical cancer", ["condition cervical_cancer stage 1b..2a"]),
        ("ASA IIIE", ["asa = 3e"]),
        ("Child-Pugh A or B", ["child_pugh A..B"]),
        ("Child-Pugh class C", ["child_pugh = C"]),
        ("Child-Pugh B or worse", ["child_pugh >= B"]),
        ("Child-Pugh score > 7", ["child_pugh > 7"]),
        ("Liver fibrosis stage F2-F3", ["fibrosis_stage 2..3"]),
        ("METAVIR F3 or F4", ["fibrosis_stage 3..4"]),
        ("Venous insufficiency (CEAP C2 to C4)", ["condition venous_insufficiency stage 2..4"]),
        ("BCLC stage B or C hepatocellular carcinoma", ["condition hepatocellular_carcinoma stage B..C"]),
        ("Grade C periodontitis", ["condition periodontitis stage = C"]),
        ("A class A foot ulcer", ["condition foot_ulcer stage = A"]),
        ("Patients with a grade A-B periodontitis", ["condition periodontitis stage A..B"]),
    ],
)
def test_letters(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_a_letter_is_in_its_bound_and_in_json() -> None:
    found = parse("Inclusion Criteria:\n- Stage IB or IIA melanoma")
    constraint = found.constraints[0]
    assert isinstance(constraint, Condition) and constraint.stage is not None
    assert (constraint.stage.lower, constraint.stage.upper) == (Bound(magnitude=1, letter="b"), Bound(magnitude=2, letter="a"))
    assert (constraint.stage.values, constraint.stage.letters) == ((1, 2), ("b", "a"))
    assert Condition.model_validate(json.loads(constraint.model_dump_json())) == constraint
    assert [issue.code for issue in found.issues] == []
    row = found.records()[0]
    assert (row["lower"], row["upper"], row["text"]) == (1, 2, "Stage IB or IIA")


@pytest.mark.parametrize(("low", "high", "empty"), [("a", "b", False), ("b", "a", True), (None, "a", False), ("a", "a", False)])
def test_letters_count_where_numbers_are_the_same(low: str | None, high: str | None, empty: bool) -> None:
    assert Range(lower=Bound(magnitude=3, letter=low), upper=Bound(magnitude=3, letter=high)).empty is empty


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Second and third-degree heart block", ["condition heart_block stage 2..3"]),
        ("Second- or third-degree AV block", ["condition atrioventricular_block stage 2..3"]),
        ("Atrial fibrillation, 3rd degree AV block", ["condition atrial_fibrillation", "condition atrioventricular_block stage = 3"]),
        ("Arrhythmia (2nd and 3rd degree heart block)", ["condition arrhythmia", "condition heart_block stage 2..3"]),
        ("Fifth stage of chronic renal failure", ["condition chronic_kidney_disease stage = 5"]),
        ("Third trimester of pregnancy", ["pregnancy pregnancy stage = 3"]),
        ("Chronic kidney disease stage III and stage IV", ["condition chronic_kidney_disease stage 3..4"]),
        ("CKD stage 4-5", ["condition chronic_kidney_disease stage 4..5"]),
        ("Diabetes mellitus (type 1 or 2)", ["condition diabetes stage 1..2"]),
        ("Type 2 diabetes", ["condition type_2_diabetes"]),
        ("Celiac disease type 2", ["condition celiac_disease"]),
        ("Neuropathy worse than grade 1", ["condition neuropathy stage > 1"]),
        ("Psychiatric disorders (Axis I)", ["condition psychiatric_disorder stage = 1"]),
        ("Skin type Ⅲ or Ⅳ", ["condition fitzpatrick stage 3..4"]),
        ("Kellgren-Lawrence grade 2-3", ["condition osteoarthritis stage 2..3"]),
        ("Kellgren-Lawrence score > 2", ["kellgren_lawrence > 2"]),
        ("Parkinson's disease at Hoehn & Yahr stage 1-3", ["condition parkinsons_disease stage 1..3"]),
        ("Hoehn & Yahr (H&Y) stage 1-3", ["condition parkinsons_disease stage 1..3"]),
        ("Hoehn and Yahr score ≤ 3", ["hoehn_yahr <= 3"]),
        ("Neuropathy (NCI CTCAE grade ≥ 2)", ["condition neuropathy stage >= 2"]),
        ("CTCAE grade ≥ 3", ["ctcae_grade >= 3"]),
        (
            "Non-invasive (stage 0) or invasive (stage 1) breast cancer",
            ["condition breast_cancer stage = 0", "condition breast_cancer stage = 1"],
        ),
        ("NYHA class III or IV", ["nyha 3..4"]),
        ("Cerebral Performance Category 3 to 4", ["cpc_category 3..4"]),
        ("Reading abilities above grade 8", []),
        ("Carious lesion (class V) of ICDAS score 1-2", ["condition dental_caries stage = 5", "icdas 1..2"]),
    ],
)
def test_stages_of_conditions_and_values_of_scales(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Breast cancer in a first-degree relative", ["condition breast_cancer"]),
        ("Taking part in a category 1 research study", ["trial clinical_trial"]),
        ("Class III antiarrhythmics", ["medication antiarrhythmics"]),
        ("Enrolled in high school (grades 6-12)", []),
    ],
)
def test_labels_that_are_no_stage(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted
