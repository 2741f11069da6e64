"""Concepts: adjectives that share a head, short forms, details of doses, exceptions by route, entities of another pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from lines import read

import eligibility


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Severe heart or liver failure", ["condition heart_failure", "condition liver_failure"]),
        ("Cardiac, hepatic or renal disease", ["condition heart_disease", "condition liver_disease", "condition kidney_disease"]),
        ("Renal and/or hepatic insufficiency", ["condition kidney_disease", "condition liver_disease"]),
        (
            "Neurologic, metabolic or oncological disorders",
            ["condition neurological_disease", "condition metabolic_disease", "condition malignancy"],
        ),
        ("Hepatitis B or C", ["condition hepatitis_b", "condition hepatitis_c"]),
        ("Hepatitis A, B, or C virus infection", ["condition hepatitis_a", "condition hepatitis_b", "condition hepatitis_c"]),
        ("Hepatitis B or a history of stroke", ["condition hepatitis_b", "condition stroke"]),
        ("Yellow or liver disease", ["condition liver_disease"]),
        ("Human immunodeficiency virus (HIV) infection", ["condition hiv_infection"]),
    ],
)
def test_adjectives_share_a_head_that_the_rules_know(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["Hepatic:", "Renal", "A pulmonary consultation", "Psychiatric evaluation", "Surgical or bioptic material", "Endoscopic evidence",
     "Normal cardiac and renal function", "The central nervous system", "Autoimmune", "Musculoskeletal ultrasonographer"],
)  # fmt: skip
def test_an_adjective_of_an_organ_or_a_field_is_no_condition(text: str) -> None:
    assert read(text) == []


def test_a_severity_is_a_modifier_and_no_part_of_the_name() -> None:
    (constraint,) = eligibility.parse("Severe renal impairment").constraints
    assert (str(constraint), constraint.subject.text, constraint.modifiers) == ("condition kidney_disease", "renal impairment", ("severe",))


def test_a_class_with_an_example_in_brackets_is_one_medication_and_routes_are_excepted() -> None:
    criteria = eligibility.parse(
        "Exclusion Criteria:\n"
        "- Systemic corticosteroids (prednisone or equivalent >10 mg/day) within 28 days prior to baseline, "
        "except inhaled or topical\n"
        "- AST or ALT ≥ 2×ULN\n"
    )
    columns = ("constraint", "type", "facet", "subject", "lower", "upper", "unit", "anchor", "exception", "text")
    rows = [tuple(row[column] for column in columns) for row in criteria.records()]
    assert rows == [
        (1, "medication", "dose", "Systemic corticosteroids", 10.0, None, "mg/d", None, False, ">10 mg/day"),
        (1, "medication", "window", "Systemic corticosteroids", None, 28.0, "d", "baseline", False, "within 28 days prior to baseline"),
        (2, "medication", "presence", "inhaled", None, None, None, None, True, "inhaled"),
        (3, "medication", "presence", "topical", None, None, None, None, True, "topical"),
        (4, "measurement", "value", "AST", 2.0, None, "ULN", None, False, "≥ 2×ULN"),
        (5, "measurement", "value", "ALT", 2.0, None, "ULN", None, False, "≥ 2×ULN"),
    ]
    assert criteria.constraints[0].model_dump()["equivalent_to"] == "prednisone"
    assert [str(criterion.requirement) for criterion in criteria.exclusion] == [
        "not (corticosteroid, systemic > 10 mg/d prednisone equivalent, within 28 d before baseline, "
        "and not (corticosteroid, inhaled or corticosteroid, topical))",
        "not (AST >= 2 ULN or ALT >= 2 ULN)",
    ]


def test_a_panel_spelled_out_in_brackets_is_its_members() -> None:
    assert read("Transaminases (ALT or AST) > 3 x ULN") == ["alt > 3 ULN", "ast > 3 ULN"]


def test_the_method_is_kept() -> None:
    (constraint,) = eligibility.parse("Creatinine clearance < 50 mL/min (Cockcroft-Gault)").constraints
    assert constraint.model_dump()["method"] == "Cockcroft-Gault"


def test_a_short_form_whose_unit_says_otherwise_is_not_that_analyte() -> None:
    assert read("Involvement of class E2 not exceeding 25 cm") == ["e2 <= 25 cm"]


def test_the_pipes_in_a_pipeline_of_somebody_else() -> None:
    import spacy

    nlp = spacy.blank("en")
    for name in ("criteria", "concepts", "quantities", "times", "constraints"):
        nlp.add_pipe(f"eligibility_{name}")
    doc = nlp("Inclusion Criteria:\n- SLEDAI≥8, ALT < 2 x ULN\n")
    assert [str(constraint) for constraint in doc._.eligibility.constraints] == ["sledai >= 8", "alt < 2 ULN"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "fluvoxamine 300 mg/day, zarbozine 250 mg/day, sertraline 200 mg/day",
            ["medication fluvoxamine dose = 300 mg/d", "medication zarbozine dose = 250 mg/d", "medication sertraline dose = 200 mg/d"],
        ),
        (
            "Prednisone at doses > 10 mg/day or equivalent (> 1.5 mg/day of dexamethasone)",
            ["medication prednisone dose > 10 mg/d", "medication dexamethasone dose > 1.5 mg/d"],
        ),
        ("Corticosteroids, at a dose of > 10 mg/day", ["medication corticosteroids dose > 10 mg/d"]),
    ],
)
def test_a_dose_goes_to_the_drug_beside_it(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Born between 28 0/7 and 34 6/7 weeks of gestation", ["gestational_age >= 28 wk & <= 244 d"]),
        ("Gestational age of at least 30 4/7 weeks", ["gestational_age >= 214 d"]),
        ("Between 23 weeks and 31 weeks of gestation", ["gestational_age 23..31 wk"]),
    ],
)
def test_weeks_and_days(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_a_range_of_two_units_is_one_row_where_that_is_exact() -> None:
    (row,) = eligibility.parse("Born between 28 0/7 and 34 6/7 weeks of gestation").records()
    assert (row["lower"], row["upper"], row["unit"]) == (196.0, 244.0, "d")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Plaque psoriasis between 18 and 75 years of age", ["condition plaque_psoriasis", "age 18..75 a"]),
        ("A renal transplant less than 1 year old", ["procedure kidney_transplant duration < 1 a"]),
        ("Asthma diagnosed before the age of 30 years", ["condition asthma window < 30 a after birth"]),
    ],
)
def test_whose_age_it_is(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("≥ 2 prior regimens", ["other regimens count >= 2"]),
        ("More than two prior lines of therapy", ["other lines of therapy count > 2"]),
        ("No more than 3 prior lines of systemic therapy", ["medication anticancer_therapy count <= 3"]),
        ("At least 5 but not more than 10 pack-years", ["pack_years >= 5 {pack}.a", "pack_years <= 10 {pack}.a"]),
        ("Dose of 1.0E+6 cells/kg of stromal cells", ["medication stromal cells dose = 1000000 {cells}/kg"]),
        ("Over 60", ["age > 60 a"]),
        ("Partner aged over 18 years", ["age > 18 a"]),
    ],
)
def test_counts_doses_and_subjects_behind(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_whom_an_age_is_about() -> None:
    texts = ["Age of the donor over 60 years", "Partner aged over 18 years", "Age over 18 years"]
    assert [c.about for text in texts for c in eligibility.parse(text).constraints] == ["donor", "partner", "patient"]


def test_headings_of_a_users_own_rules(tmp_path: Path) -> None:
    (tmp_path / "sections.toml").write_text('[[heading]]\nsection = "exclusion"\nform = "title"\nterms = ["keep out"]\n', encoding="utf-8")
    criteria = eligibility.parse("Keep out:\n- asthma", nlp=eligibility.load(rules=[tmp_path]))
    assert [criterion.section for criterion in criteria.walk()] == ["exclusion"]
