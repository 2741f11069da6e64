"""Screening: criteria and patients that were invented for it, the outcome, and the reasons."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest

import eligibility
from eligibility import Criteria, Patient, Screening, parse, screen, screen_many

ON = date(2026, 3, 1)
WOMAN = {"age": {"magnitude": 54}, "sex": "female"}
MAN = {"age": {"magnitude": 54}, "sex": "male"}


def criteria_of(text: str) -> Criteria:
    """ "+ …" is an inclusion criterion, "- …" an exclusion criterion."""
    section = "Inclusion" if text.startswith("+") else "Exclusion"
    return parse(f"{section} Criteria:\n\n- {text[2:]}\n")


def screened(text: str, **patient: Any) -> Screening:
    return screen(Patient.model_validate({**WOMAN, **patient}), criteria_of(text), on=ON)


def outcome(text: str, **patient: Any) -> str:
    return screened(text, **patient).criteria[0].outcome


def observed(name: str, magnitude: float, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "magnitude": magnitude, "unit": unit, "date": "2026-02-20", **more}


def values(*found: dict[str, Any]) -> dict[str, Any]:
    return {"observations": found}


def listed(name: str, *records: dict[str, Any], complete: bool = True) -> dict[str, Any]:
    return {name: records, "complete": [name] if complete else []}


AGES = [
    ("+ Aged 40 to 65", {"birth_date": "1961-03-01"}, "pass"),  # 65 today
    ("+ Aged 40 to 65", {"birth_date": "1960-03-01"}, "fail"),
    ("+ Aged 40 to 65", {"birth_date": "1960-03-02"}, "pass"),  # 66 tomorrow
    ("+ Under 40 years of age", {"age": {"magnitude": 40}}, "fail"),
    ("+ Infants 6 to 18 months of age", {"birth_date": "2025-08-31", "age": None}, "pass"),
    ("+ Infants 6 to 18 months of age", {"age": {"magnitude": 20, "unit": "wk"}}, "fail"),
    ("+ Infants 6 to 18 months of age", {"age": {"magnitude": 1, "unit": "a"}}, "unknown"),  # 12 to 23 months
    ("+ Children up to 24 months of age", {"age": {"magnitude": 1, "unit": "a"}}, "pass"),
    ("+ Age over 50 years", {"age": None, "birth_date": None}, "unknown"),
    ("+ 18 years or older at the time of informed consent", {"birth_date": "2008-02-20", "anchors": {"consent": "2026-02-10"}}, "fail"),
    ("+ Male patients", {"sex": "female"}, "fail"),
    ("+ Male patients", {"sex": None}, "unknown"),
]
VALUES = [
    ("+ Haemoglobin at least 95 g/L", values(observed("Hb", 9.6, "g/dL")), "pass"),
    ("+ Haemoglobin at least 95 g/L", values(observed("hemoglobin", 5.8, "mmol/L")), "fail"),  # 93.5 g/L
    ("+ Haemoglobin at least 95 g/L", values(observed("HGB result", 9.6, "g/dL", code="LOINC:718-7")), "pass"),
    ("- Creatinine above 1.7 mg/dL", values(observed("serum creatinine", 160, "umol/L")), "fail"),  # 1.81
    ("- Creatinine above 1.7 mg/dL", values(observed("urine creatinine", 160, "mg/dL")), "unknown"),
    ("+ HbA1c between 6.5 and 9 %", values(observed("HbA1c", 60, "mmol/mol")), "pass"),  # 7.6 %
    ("+ HbA1c between 6.5 and 9 %", values(observed("HbA1c", 80, "mmol/mol")), "fail"),  # 9.5 %
    ("- Potassium > 5.5 mmol/L", values(observed("potassium", 5.7, "mEq/L")), "fail"),
    ("- Calcium > 2.75 mmol/L", values(observed("calcium", 5.2, "mEq/L")), "pass"),  # 2.6 mmol/L
    ("+ White cells > 3500/mm3", values(observed("WBC", 3.4, "K/uL")), "fail"),
    ("+ AST no more than twice the upper limit of normal", values(observed("AST", 84, "U/L", reference_high=42)), "pass"),
    ("+ AST no more than twice the upper limit of normal", values(observed("AST", 85, "U/L", reference_high=42)), "fail"),
    ("+ AST no more than twice the upper limit of normal", values(observed("AST", 20, "U/L")), "unknown"),
    ("- ANC below the lower limit of normal", values(observed("ANC", 1.4, "10*9/L", reference_low=1.8)), "fail"),
    ("+ ECOG 0-1", values(observed("ECOG performance status", 1)), "pass"),
    ("+ ECOG 0-1", values(observed("ECOG performance status", 2)), "fail"),
    ("- NYHA class III or IV", values(observed("NYHA class", 3)), "fail"),
    ("- NYHA class III or IV", values({"name": "NYHA class", "value": "class III", "date": "2026-02-20"}), "fail"),
    ("- NYHA class III or IV", values({"name": "NYHA class", "value": "II", "date": "2026-02-20"}), "pass"),
    ("- NYHA class III or IV", values({"name": "NYHA class", "value": "not assessed", "date": "2026-02-20"}), "unknown"),
    ("- BMI over 32", values(observed("body weight", 98, "kg"), observed("height", 170, "cm")), "fail"),  # 33.9
    ("- BMI over 32", values(observed("body weight", 180, "[lb_av]"), observed("height", 5.9, "[ft_i]")), "pass"),
    ("- Creatinine clearance < 50 mL/min", values(observed("creatinine", 1.2, "mg/dL"), observed("weight", 60, "kg")), "pass"),  # 50.8
    ("- Creatinine clearance < 50 mL/min", values(observed("creatinine", 1.3, "mg/dL"), observed("weight", 60, "kg")), "fail"),
    ("- Creatinine clearance < 50 mL/min", values(observed("creatinine", 1.3, "mg/dL")), "unknown"),
    ("- eGFR < 60 mL/min/1.73 m2", values(observed("creatinine", 1.2, "mg/dL")), "fail"),  # 54
    ("+ LVEF of 45% or more", values(observed("LVEF", 0.5, "1")), "pass"),
    ("+ Body temperature below 38 °C", values(observed("body temperature", 99.5, "[degF]")), "pass"),
    (
        "+ Platelets above 90 x 10^9/L in the 2 weeks before enrollment",
        values(observed("platelets", 120, "10*9/L", date="2026-01-10")),
        "unknown",
    ),
    ("+ Platelets above 90 x 10^9/L in the 2 weeks before enrollment", values(observed("platelets", 120, "10*9/L")), "pass"),
]
ASTHMA = {"name": "allergic asthma", "onset": "2011-01-01"}
STROKE = {"name": "ischemic stroke", "onset": "2025-12-20", "abated": "2026-01-05"}
OLD_STROKE = {"name": "ischemic stroke", "onset": "2019-12-20"}
CONDITIONS = [
    ("- Asthma", listed("conditions", ASTHMA), "fail"),
    ("- Asthma", listed("conditions", {"name": "eczema"}), "pass"),
    ("- Asthma", listed("conditions", {"name": "eczema"}, complete=False), "unknown"),
    ("+ Type 2 diabetes", listed("conditions", {"name": "diabetes mellitus"}), "unknown"),  # which type, is not said
    ("+ Diabetes mellitus", listed("conditions", {"name": "type 2 diabetes"}), "pass"),
    ("- Stroke within 4 months of screening", listed("conditions", STROKE), "fail"),
    ("- Stroke within 4 months of screening", listed("conditions", {**STROKE, "onset": "2024-01-01", "abated": "2024-02-01"}), "pass"),
    ("- Stroke within 4 months of screening", listed("conditions", OLD_STROKE), "unknown"),  # an event of long ago that is not over
    ("- History of epilepsy", listed("conditions", {"name": "epilepsy", "onset": "2001-01-01", "abated": "2009-01-01"}), "fail"),
    ("- Pneumonia", listed("conditions", {"name": "pneumonia", "onset": "2020-01-01", "abated": "2020-02-01"}), "unknown"),
    ("- Active pneumonia", listed("conditions", {"name": "pneumonia", "onset": "2020-01-01", "abated": "2020-02-01"}), "pass"),
    ("- Severe asthma", listed("conditions", {**ASTHMA, "severity": "mild"}), "pass"),
    ("- Severe asthma", listed("conditions", {**ASTHMA, "severity": "severe"}), "fail"),
    ("- Severe asthma", listed("conditions", ASTHMA), "unknown"),
    (
        "- Uncontrolled diabetes (HbA1c > 9%)",
        {**listed("conditions", {"name": "type 2 diabetes"}), **values(observed("HbA1c", 9.4, "%"))},
        "fail",
    ),
    (
        "- Any cancer in the past 3 years, except basal cell carcinoma",
        listed("conditions", {"name": "basal cell carcinoma", "onset": "2025-01-01"}),
        "pass",
    ),
    (
        "- Any cancer in the past 3 years, except basal cell carcinoma",
        listed("conditions", {"name": "basal cell carcinoma", "onset": "2025-01-01"}, {"name": "melanoma", "onset": "2025-01-01"}),
        "fail",
    ),
    (
        "+ Rheumatoid arthritis diagnosed at least 6 months before screening",
        listed("conditions", {"name": "rheumatoid arthritis", "onset": "2025-12-01"}),
        "fail",
    ),
    ("+ Stage II or III breast cancer", listed("conditions", {"name": "breast cancer", "stage": "IIIA"}), "pass"),
    ("+ Stage II or III breast cancer", listed("conditions", {"name": "breast cancer", "stage": "IV"}), "fail"),
    ("+ Stage IB or IIIA lung cancer", listed("conditions", {"name": "lung cancer", "stage": "IIIA"}), "pass"),
    ("+ Stage IB or IIIA lung cancer", listed("conditions", {"name": "lung cancer", "stage": "stage 2a"}), "fail"),
    ("+ Stage IB or IIIA lung cancer", listed("conditions", {"name": "lung cancer", "stage": "I"}), "unknown"),  # A or B
    ("- Allergy to penicillin", listed("conditions", {"name": "allergy to penicillin"}), "fail"),
    ("- Allergy to penicillin", listed("conditions", {"name": "allergy to peanut"}), "pass"),
    ("- High risk of bleeding", listed("conditions", {"name": "asthma"}), "unknown"),  # no list of diagnoses lacks it
    ("- Mother with breast cancer", listed("conditions", {"name": "breast cancer"}), "unknown"),  # not the patient
]
PREDNISONE = {"name": "prednisone", "dose": 12.5, "dose_unit": "mg/d", "route": "oral", "start": "2025-11-01"}
MEDICATIONS = [
    ("- Prednisone above 10 mg daily", listed("medications", PREDNISONE), "fail"),
    ("- Prednisone above 10 mg daily", listed("medications", {**PREDNISONE, "dose": 5}), "pass"),
    ("- Prednisone above 10 mg daily", listed("medications", {**PREDNISONE, "dose": None}), "unknown"),
    (
        "- Prednisone or equivalent above 10 mg/day",
        listed("medications", {**PREDNISONE, "name": "dexamethasone", "dose": 2}),
        "fail",
    ),  # 13.3
    (
        "- Prednisone or equivalent above 10 mg/day",
        listed("medications", {**PREDNISONE, "name": "dexamethasone", "dose": 1}),
        "pass",
    ),  # 6.7
    (
        "- Systemic corticosteroids within 4 weeks of baseline",
        listed("medications", {"name": "betamethasone cream", "start": "2026-01-01"}),
        "pass",
    ),
    ("- Systemic corticosteroids within 4 weeks of baseline", listed("medications", {**PREDNISONE, "route": None}), "unknown"),
    ("- Systemic corticosteroids within 4 weeks of baseline", listed("medications", {**PREDNISONE, "end": "2026-01-05"}), "pass"),
    ("- Systemic corticosteroids within 4 weeks of baseline", listed("medications", {**PREDNISONE, "end": "2026-02-05"}), "fail"),
    ("+ On methotrexate", listed("medications", {"name": "Methotrexate 2.5 MG Oral Tablet", "start": "2025-01-01"}), "pass"),
    ("- Current use of any immunosuppressant", listed("medications", {"name": "azathioprine", "start": "2025-01-01"}), "fail"),
    (
        "- Current use of any immunosuppressant",
        listed("medications", {"name": "azathioprine", "start": "2025-01-01", "end": "2025-06-01"}),
        "pass",
    ),
    (
        "- Prior treatment with a TNF inhibitor",
        listed("medications", {"name": "etanercept", "start": "2015-01-01", "end": "2016-01-01"}),
        "fail",
    ),
    (
        "- Received an influenza vaccine in the 30 days before screening",
        listed("medications", {"name": "influenza vaccine", "start": "2026-02-20", "end": "2026-02-20"}),
        "fail",
    ),
    (
        "+ Stable dose of methotrexate for at least 12 weeks",
        listed("medications", {"name": "methotrexate", "dose": 15, "dose_unit": "mg/wk", "start": "2026-01-20"}),
        "fail",
    ),
    (
        "- Adalimumab within 5 half-lives before baseline",
        listed("medications", {"name": "adalimumab", "start": "2025-01-01", "end": "2025-12-25"}),
        "fail",
    ),
]
OTHERS = [
    ("- Major surgery within 8 weeks of screening", listed("procedures", {"name": "left hemicolectomy", "date": "2026-01-20"}), "fail"),
    ("- Major surgery within 8 weeks of screening", listed("procedures", {"name": "left hemicolectomy", "date": "2025-11-20"}), "pass"),
    ("- Radiotherapy in the last 6 weeks", listed("procedures", {"name": "external beam radiotherapy", "date": "2026-02-11"}), "fail"),
    ("- Radiotherapy in the last 6 weeks", listed("procedures", {"name": "external beam radiotherapy"}), "unknown"),  # no date
    ("- Took part in another trial within 60 days", listed("trials", {"start": "2025-06-01", "end": "2026-01-10"}), "fail"),
    ("- Took part in another trial within 60 days", listed("trials", {"start": "2025-06-01", "end": "2025-12-10"}), "pass"),
    ("- Took part in another trial within 60 days", {}, "unknown"),
    ("- Pregnant or nursing", {"facts": {"pregnant": False, "lactating": False}}, "pass"),
    ("- Pregnant or nursing", {"facts": {"pregnant": False}}, "unknown"),
    ("- Pregnant or nursing", MAN, "pass"),
    ("+ Women of childbearing potential must use contraception", MAN, "pass"),
    ("+ Women of childbearing potential must use contraception", {"facts": {"contraception": False}}, "fail"),
    (
        "+ Women of childbearing potential must use contraception",
        listed("procedures", {"name": "hysterectomy", "date": "2010-01-01"}),
        "pass",
    ),
    ("+ Women of childbearing potential must use contraception", {}, "unknown"),
    ("+ Signed informed consent", {"facts": {"consent": True}}, "pass"),
    ("+ Signed informed consent", {"anchors": {"consent": "2026-02-10"}}, "pass"),
    ("+ Signed informed consent", {}, "unknown"),
    ("+ Hemoglobin above 11 g/dL (men) or 10 g/dL (women)", values(observed("hemoglobin", 10.5, "g/dL")), "pass"),
    ("+ Hemoglobin above 11 g/dL (men) or 10 g/dL (women)", {**MAN, **values(observed("hemoglobin", 10.5, "g/dL"))}, "fail"),
    ("+ Willing to keep a diary", {}, "unknown"),
]


@pytest.mark.parametrize(("text", "patient", "expected"), [*AGES, *VALUES, *CONDITIONS, *MEDICATIONS, *OTHERS])
def test_outcomes(text: str, patient: dict[str, Any], expected: str) -> None:
    assert outcome(text, **patient) == expected


CLASSES = [
    ("- Child-Pugh class C", values(observed("Child-Pugh score", 12)), "fail"),
    ("- Child-Pugh class C", values(observed("Child-Pugh score", 8)), "pass"),
    ("- Child-Pugh class C", values(observed("Child-Pugh score", 3)), "unknown"),  # neither points nor a letter
    ("+ Child-Pugh A or B", values({"name": "Child-Pugh class", "value": "B", "date": "2026-02-20"}), "pass"),
    ("+ Child-Pugh A or B", values({"name": "Child-Pugh class", "value": "class C", "date": "2026-02-20"}), "fail"),
]


@pytest.mark.parametrize(("text", "patient", "expected"), CLASSES)
def test_a_class_is_told_by_its_letter_or_its_points(text: str, patient: dict[str, Any], expected: str) -> None:
    assert outcome(text, **patient) == expected


OLD, RECENT = ({"name": "cisplatin", "start": day, "end": day} for day in ("2025-01-10", "2026-02-20"))
WASHOUTS = [
    (listed("medications", OLD), "pass"),
    (listed("medications", RECENT, complete=False), "fail"),
    (listed("medications", OLD, RECENT), "fail"),  # every record must have ended before
    (listed("medications"), "unknown"),  # never treated: whether it was to be, is not said
]


def test_a_washout_is_not_asked_of_what_has_another_route() -> None:
    cream = {"name": "hydrocortisone cream", "start": "2026-02-01"}
    tablets = {"name": "prednisone", "route": "oral", "start": "2025-01-01", "end": "2025-06-01"}
    text = "+ At least 4 weeks since the last dose of systemic corticosteroids"
    assert outcome(text, **listed("medications", cream, tablets)) == "pass"
    assert outcome(text, **listed("medications", cream, {**tablets, "end": "2026-02-20"})) == "fail"


@pytest.mark.parametrize(("patient", "expected"), WASHOUTS)
def test_a_washout_is_asked_of_every_record(patient: dict[str, Any], expected: str) -> None:
    assert outcome("+ At least 4 weeks since the last chemotherapy", **patient) == expected


ALIKE = [
    ("+ Non-small cell lung cancer", listed("conditions", {"name": "lung adenocarcinoma"}), "pass"),
    ("- Small cell lung cancer", listed("conditions", {"name": "lung adenocarcinoma"}), "unknown"),  # two names of one site
    ("- Small cell lung cancer", listed("conditions", {"name": "melanoma"}), "pass"),
    ("+ Breast cancer", listed("conditions", {"name": "invasive ductal carcinoma of breast"}), "pass"),
    ("+ Breast cancer", listed("conditions", {"name": "cancer of the breast"}), "pass"),
    ("- Allogeneic stem cell transplantation", listed("procedures", {"name": "bone marrow transplant", "date": "2020-01-01"}), "unknown"),
    (
        "- Allogeneic stem cell transplantation",
        listed("procedures", {"name": "autologous stem cell transplant", "date": "2020-01-01"}),
        "pass",
    ),
    ("- Previous gastric surgery", listed("procedures", {"name": "sleeve gastrectomy", "date": "2020-01-01"}), "unknown"),
    ("- Severe hepatic impairment (Child-Pugh C)", values(observed("Child-Pugh score", 12)), "fail"),
    ("+ Postmenopausal women", {}, "unknown"),
    ("+ Postmenopausal women", MAN, "fail"),
    ("+ FEV1 from 30% to 80% of predicted", values(observed("FEV1", 55, "%")), "pass"),
]


@pytest.mark.parametrize(("text", "patient", "expected"), ALIKE)
def test_names_that_may_mean_one_thing_leave_it_open(text: str, patient: dict[str, Any], expected: str) -> None:
    assert outcome(text, **patient) == expected


HEART = {"name": "heart failure", "onset": "2020-01-01"}
NARROWED = [
    ("- Heart disease that could interfere with taking part", listed("conditions", HEART), "unknown"),
    ("- Heart disease that could interfere with taking part", listed("conditions"), "pass"),
    ("- Heart disease", listed("conditions", HEART), "fail"),
    ("- Prior surgery for incontinence", listed("procedures", {"name": "appendectomy", "date": "2020-01-01"}), "unknown"),
    ("- Prior surgery", listed("procedures", {"name": "appendectomy", "date": "2020-01-01"}), "fail"),
    ("- Owns a wombat", listed("conditions"), "unknown"),  # a complete list does not lack what no list holds
    ("- Smoking", listed("conditions", HEART), "unknown"),
]


@pytest.mark.parametrize(("text", "patient", "expected"), NARROWED)
def test_a_record_does_not_answer_more_than_it_says(text: str, patient: dict[str, Any], expected: str) -> None:
    assert outcome(text, **patient) == expected


def test_a_conversion_is_in_the_reason() -> None:
    evidence = screened("- Creatinine above 1.7 mg/dL", **values(observed("creatinine", 168, "umol/L"))).criteria[0].evidence[0]
    assert evidence.said == "Creatinine above 1.7 mg/dL"
    assert evidence.reason == "creatinine 168 umol/L on 2026-02-20 = 1.9 mg/dL > 1.7 mg/dL"
    assert (evidence.truth, evidence.datum) == ("true", "creatinine 168 umol/L on 2026-02-20")


def test_a_margin_is_a_share_of_the_limit() -> None:
    near = screened("+ Creatinine clearance at least 45 mL/min", **values(observed("creatinine clearance", 46, "mL/min")))
    assert near.criteria[0].margin == pytest.approx(1 / 45)
    below = screened("+ Creatinine clearance at least 45 mL/min", **values(observed("creatinine clearance", 36, "mL/min")))
    assert below.criteria[0].margin == pytest.approx(-0.2)


def test_a_reference_range_is_what_is_missing() -> None:
    found = screened("- ALT > 3 x ULN", **values(observed("ALT", 84, "U/L")))
    assert [str(missing) for missing in found.missing] == ["ALT, with its upper limit of normal"]


def test_a_computed_value_says_how() -> None:
    found = screened("- BMI over 32 kg/m2", **values(observed("weight", 98, "kg"), observed("height", 1.7, "m")))
    assert found.criteria[0].evidence[0].reason == "bmi 33.91 kg/m2 on 2026-02-20 (computed from 98 kg and 1.7 m) > 32 kg/m2"


def test_a_limit_without_a_unit_is_read_in_the_usual_one_and_says_so() -> None:
    found = screened("- HbA1c > 8", **values(observed("HbA1c", 8.5, "%")))
    assert found.criteria[0].outcome == "fail"
    assert found.criteria[0].evidence[0].reason.endswith("(the limit has no unit: read as %) > 8")


def test_the_latest_value_counts() -> None:
    old, new = observed("ALT", 200, "U/L", date="2025-01-01"), observed("ALT", 30, "U/L")
    assert outcome("- ALT > 100 U/L", **values(old, new)) == outcome("- ALT > 100 U/L", **values(new, old)) == "pass"


BAD_DATA = [
    (values(observed("ALT", 12, "bananas")), "ALT 12 bananas on 2026-02-20: 'bananas' is no unit that is known: the value is not used"),
    (values(observed("ALT", 12, "kg")), "ALT 12 kg on 2026-02-20: ALT is not measured in kg: the value is not used"),
    (
        values(observed("ALT", 12, "U/L", date="2026-04-01")),
        "ALT: it is dated 2026-04-01, after the screening on 2026-03-01: it is not used",
    ),
    (
        values(observed("ALT", 12, "U/L"), observed("ALT", 120, "U/L")),
        "ALT: the values of one day, or without a date, contradict each other: none is used",
    ),
]


@pytest.mark.parametrize(("patient", "issue"), BAD_DATA)
def test_data_that_cannot_be_used_is_unknown_and_said(patient: dict[str, Any], issue: str) -> None:
    found = screened("- ALT > 100 U/L", **patient)
    assert (found.criteria[0].outcome, found.issues) == ("unknown", (issue,))


def test_an_end_before_a_start_is_unknown_and_said() -> None:
    found = screened("- Asthma", **listed("conditions", {**ASTHMA, "abated": "2001-01-01"}))
    assert found.criteria[0].outcome == "unknown"
    assert found.issues == ("allergic asthma: it ends on 2001-01-01, before it begins on 2011-01-01: its dates are not used",)


TRIAL = """
Inclusion Criteria:
- Age 18 to 75 years
- Platelets >= 90 x 10^9/L

Exclusion Criteria:
- ALT > 3 x ULN
- Pregnant women
"""


def test_a_trial_is_decided_by_its_criteria() -> None:
    criteria = parse(TRIAL)
    good = values(observed("platelets", 200, "10*9/L"), observed("ALT", 30, "U/L", reference_high=40))
    for patient, expected in (
        ({**MAN, **good}, "eligible"),
        (MAN, "undetermined"),
        ({**MAN, **good, "age": {"magnitude": 80}}, "ineligible"),
        ({"age": {"magnitude": 80}}, "ineligible"),  # one that fails decides, whatever is missing
    ):
        assert screen(Patient.model_validate(patient), criteria, on=ON).outcome == expected


def test_what_is_missing_is_told_the_most_decisive_first() -> None:
    found = screen(Patient.model_validate({"age": {"magnitude": 50}, "sex": "female"}), parse(TRIAL), on=ON)
    assert sorted(str(missing) for missing in found.missing) == ["ALT, with its upper limit of normal", "platelet count", "pregnancy"]


COHORTS = "Inclusion Criteria:\n- Age at least 18 years\n- For Cohort B: Platelets > 300 x 10^9/L\n"


def test_a_criterion_of_a_cohort_decides_for_it_alone() -> None:
    patient = Patient.model_validate({**MAN, **values(observed("platelets", 200, "10*9/L"))})
    criteria = parse(COHORTS)
    (cohort,) = {criterion.cohort for criterion in criteria.inclusion if criterion.cohort}
    assert screen(patient, criteria, on=ON).outcome == "undetermined"
    assert screen(patient, criteria, on=ON, cohort=cohort).outcome == "ineligible"
    assert screen(patient, criteria, on=ON, cohort="Cohort A").outcome == "eligible"


def test_many_and_saved_criteria_give_the_same() -> None:
    patients = [Patient.model_validate({**one, "id": id}) for id, one in (("m", MAN), ("w", WOMAN))]
    trials = [parse(TRIAL), parse(COHORTS)]
    saved = [Criteria.model_validate_json(trial.model_dump_json()) for trial in trials]
    expected = [screen(patient, trial, on=ON) for patient in patients for trial in trials]
    assert list(screen_many(iter(patients), saved, on=ON)) == expected
    assert list(screen_many(patients[0], iter(trials), on=ON)) == expected[:2]


def test_a_screening_reads_back_from_json() -> None:
    found = screen(Patient.model_validate(MAN), parse(TRIAL), on=ON)
    assert Screening.model_validate_json(found.model_dump_json()) == found


def test_an_explanation_has_every_criterion_and_reason() -> None:
    patient = Patient.model_validate({**MAN, "id": "m1", **values(observed("ALT", 130, "U/L", reference_high=40))})
    assert screen(patient, parse(TRIAL), on=ON).explain().splitlines() == [
        "ineligible: patient m1, trial ?, on 2026-03-01",
        "pass    inclusion 1: Age 18 to 75 years",
        '        "18 to 75 years": 54 years ≥ 18 a and 54 years ≤ 75 a',
        "unknown inclusion 2: Platelets >= 90 x 10^9/L",
        '        "Platelets >= 90 x 10^9/L": platelet count is not known (would settle it: platelet count)',
        "fail    exclusion 1: ALT > 3 x ULN",
        '        "ALT > 3 x ULN": ALT 130 U/L on 2026-02-20 (upper limit of normal 40) = 3.25 ULN > 3 ULN',
        "pass    exclusion 2: Pregnant women",
        '        "Pregnant women": male',
        "would settle it:",
        "  platelet count",
    ]


def test_saved_criteria_are_screened_without_a_parser() -> None:
    program = (
        "import sys, eligibility; criteria = eligibility.Criteria.model_validate_json(sys.stdin.read());"
        "print(eligibility.screen(eligibility.Patient(), criteria).outcome, *sorted({'spacy', 'thinc'} & set(sys.modules)))"
    )
    given = parse(TRIAL).model_dump_json()
    done = subprocess.run([sys.executable, "-c", program], input=given, capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == "undetermined\n"


def test_the_day_is_today_unless_given() -> None:
    assert screen(Patient(), parse(TRIAL)).on == date.today()


def test_the_names_are_public() -> None:
    assert {"Patient", "Screening", "screen", "screen_many"} <= set(eligibility.__all__)
