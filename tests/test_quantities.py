"""Quantities as a caller meets them: one line in, what its constraints say of themselves out. What is read wrong still is a strict gap."""

from __future__ import annotations

import pytest
from lines import Case, Gap, cases, read

from eligibility import parse

# Characters and the ways to write a number

CHARACTERS: list[Case] = [
    ("Ferritin ≥ 30 ng/mL", ["ferritin >= 30 ng/mL"]),
    ("Ferritin ⩾ 30 ng/mL", ["ferritin >= 30 ng/mL"]),
    ("Ferritin ≧30 ng/mL", ["ferritin >= 30 ng/mL"]),
    ("Ferritin ≦30 ng/mL", ["ferritin <= 30 ng/mL"]),
    ("Ferritin >=30 ng/mL", ["ferritin >= 30 ng/mL"]),
    ("Ferritin => 30 ng/mL", ["ferritin >= 30 ng/mL"]),
    ("Ferritin >/= 30 ng/mL", ["ferritin >= 30 ng/mL"]),
    ("Ferritin > / = 30 ng/mL", ["ferritin >= 30 ng/mL"]),
    (r"Ferritin \>= 30 ng/mL", ["ferritin >= 30 ng/mL"]),
    (r"Ferritin \< 30 ng/mL", ["ferritin < 30 ng/mL"]),
    ("Ferritin＞30 ng/mL", ["ferritin > 30 ng/mL"]),
    ("Ferritin ＜ 30 ng/mL", ["ferritin < 30 ng/mL"]),
    ("Ferritin &gt;= 30 ng/mL", ["ferritin >= 30 ng/mL"]),
    ("Ferritin &lt; 30 ng/mL", ["ferritin < 30 ng/mL"]),
    ("Ferritin &gt; 30 ng/mL", ["ferritin > 30 ng/mL"]),
    ("Ferritin\u00a0≥\u200930\u00a0ng/mL", ["ferritin >= 30 ng/mL"]),
    ("BMI 19～29 kg/m2", ["bmi 19..29 kg/m2"]),
    ("BMI 19~29 kg/m2", ["bmi 19..29 kg/m2"]),
    ("BMI 19〜29 kg/m2", ["bmi 19..29 kg/m2"]),
    ("BMI 19 – 29 kg/m²", ["bmi 19..29 kg/m2"]),
    ("BMI 19—29 kg/m^2", ["bmi 19..29 kg/m2"]),
    ("BMI 19 − 29 kg/m2", ["bmi 19..29 kg/m2"]),
    ("Haemoglobin ≥ 8,5 g/dL", ["haemoglobin >= 8.5 g/dL"]),
    ("Platelets ≥ 75,000/mm3", ["platelet_count >= 75000 /mm3"]),
    ("Platelets ≥ 75 000 /mm3", ["platelet_count >= 75000 /mm3"]),
    ("Platelets ≥ 75'000/µL", ["platelet_count >= 75000 /uL"]),
    ("Platelets ≥ 75 x 10^9/L", ["platelet_count >= 75 10*9/L"]),
    ("Platelets ≥ 75 × 10⁹/L", ["platelet_count >= 75 10*9/L"]),
    ("Platelets ≥75x109/L", ["platelet_count >= 75 10*9/L"]),
    ("Platelets ≥ 75 × 10E9/L", ["platelet_count >= 75 10*9/L"]),
    ("Platelets ≥ 75 * 10e9 / L", ["platelet_count >= 75 10*9/L"]),
    ("Platelets ≥ 75 X 10^9/l", ["platelet_count >= 75 10*9/L"]),
    ("Bilirubin > 30 µmol/L", ["total_bilirubin > 30 umol/L"]),
    ("Bilirubin > 30 μmol/L", ["total_bilirubin > 30 umol/L"]),
    ("Haemoglobin ≥ 8½ g/dL", ["haemoglobin >= 8.5 g/dL"]),
    ("Life expectancy of at least six months", ["life_expectancy >= 6 mo"]),
    ("NYHA class III or IV", ["nyha 3..4"]),
    ("NYHA class Ⅲ or Ⅳ", ["nyha 3..4"]),
    ("ASA II-III", ["asa 2..3"]),
]
CHARACTER_GAPS: list[Gap] = []


@pytest.mark.parametrize(("text", "wanted"), cases(CHARACTERS, CHARACTER_GAPS))
def test_characters(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


# Comparators before, after and around; ranges, sets, tolerances, sums, pairs

COMPARATORS: list[Case] = [
    ("Life expectancy ≥ 4 months", ["life_expectancy >= 4 mo"]),
    ("Life expectancy of 4 months or more", ["life_expectancy >= 4 mo"]),
    ("Life expectancy of 4 months or longer", ["life_expectancy >= 4 mo"]),
    ("Life expectancy greater than 4 months", ["life_expectancy > 4 mo"]),
    ("Life expectancy of no less than 16 weeks", ["life_expectancy >= 16 wk"]),
    ("Haemoglobin not less than 8 g/dL", ["haemoglobin >= 8 g/dL"]),
    ("Haemoglobin of 8 g/dL or higher", ["haemoglobin >= 8 g/dL"]),
    ("Haemoglobin equal to or greater than 8 g/dL", ["haemoglobin >= 8 g/dL"]),
    ("Haemoglobin greater than or equal to 8 g/dL", ["haemoglobin >= 8 g/dL"]),
    ("Haemoglobin exceeding 8 g/dL", ["haemoglobin > 8 g/dL"]),
    ("Haemoglobin at/above 8 g/dL", ["haemoglobin >= 8 g/dL"]),
    ("Haemoglobin at or above 8 g/dL", ["haemoglobin >= 8 g/dL"]),
    ("Serum creatinine at/below 3 mg/dL", ["creatinine <= 3 mg/dL"]),
    ("Serum creatinine at or below 3 mg/dL", ["creatinine <= 3 mg/dL"]),
    ("Haemoglobin under 8 g/dL", ["haemoglobin < 8 g/dL"]),
    ("Haemoglobin lower than 8 g/dL", ["haemoglobin < 8 g/dL"]),
    ("Serum creatinine up to 3 mg/dL", ["creatinine <= 3 mg/dL"]),
    ("Serum creatinine of at most 3 mg/dL", ["creatinine <= 3 mg/dL"]),
    ("Serum creatinine not more than 3 mg/dL", ["creatinine <= 3 mg/dL"]),
    ("Serum creatinine no greater than 3 mg/dL", ["creatinine <= 3 mg/dL"]),
    ("Serum creatinine must not exceed 3 mg/dL", ["creatinine <= 3 mg/dL"]),
    ("Serum creatinine below 3 mg/dL", ["creatinine < 3 mg/dL"]),
    ("BMI between 21 and 33 kg/m2", ["bmi 21..33 kg/m2"]),
    ("BMI 21-33 kg/m²", ["bmi 21..33 kg/m2"]),
    ("BMI 21 to 33 kg/m2", ["bmi 21..33 kg/m2"]),
    ("Body mass index from 21 to 33 kg/m2", ["bmi 21..33 kg/m2"]),
    ("BMI ≥ 21 and ≤ 33 kg/m2", ["bmi >= 21 kg/m2", "bmi <= 33 kg/m2"]),
    ("BMI ≥ 21 kg/m2 and < 33 kg/m2", ["bmi >= 21 kg/m2", "bmi < 33 kg/m2"]),
    ("BMI of at least 21 kg/m2 but not more than 33 kg/m2", ["bmi >= 21 kg/m2", "bmi <= 33 kg/m2"]),
    ("Body weight between 45 and 110 kg, inclusive", ["body_weight 45..110 kg"]),
    ("Heart rate 70 ± 10 bpm", ["heart_rate 60..80 /min"]),
    ("WBC > 11,000/mm3 or < 3,000/mm3", ["white_blood_cell_count > 11000 /mm3", "white_blood_cell_count < 3000 /mm3"]),
    ("ECOG performance status 0-1", ["ecog 0..1"]),
    ("ECOG performance status of 0, 1 or 2", ["ecog 0..2"]),
    ("ASA I, II or III", ["asa 1..3"]),
    ("Gestational age of at least 25 weeks 3 days", ["gestational_age >= 178 d"]),
    ("Gestational age < 36 weeks", ["gestational_age < 36 wk"]),
    ("Pain intensity ≥ 5/10 on a visual analogue scale", ["nrs_pain >= 5"]),
    ("Karnofsky performance status of at least 60%", ["karnofsky >= 60 %"]),
    ("6 or more swollen joints", ["swollen_joint_count >= 6"]),
    ("Smoking history of more than 20 pack-years", ["pack_years > 20 {pack}.a"]),
    ("140 ≤ systolic blood pressure < 170 mmHg", ["systolic_blood_pressure >= 140 & < 170 mm[Hg]"]),
    ("140 mmHg ≤ SBP < 170 mmHg", ["systolic_blood_pressure >= 140 & < 170 mm[Hg]"]),
    ("Gestational age between 25 weeks 3 days and 33 weeks 0 days", ["gestational_age >= 178 d & <= 33 wk"]),
    ("Blood pressure > 150/95 mmHg", ["systolic_blood_pressure > 150 mm[Hg]", "diastolic_blood_pressure > 95 mm[Hg]"]),
    ("SBP/DBP > 150/95 mmHg", ["systolic_blood_pressure > 150 mm[Hg]", "diastolic_blood_pressure > 95 mm[Hg]"]),
    ("Body weight of 50 kg (110 lb) or more", ["body_weight >= 50 kg"]),
    ("≥ 5 tender joints and ≥ 4 swollen joints", ["tender_joint_count >= 5", "swollen_joint_count >= 4"]),
    ("1.2 ≤ INR ≤ 2.4", ["international_normalized_ratio 1.2..2.4"]),
    ("Haemoglobin not < 8 g/dL", ["haemoglobin >= 8 g/dL"]),
    ("Resting heart rate < 48 or > 110 beats per minute", ["heart_rate < 48 /min", "heart_rate > 110 /min"]),
    ("Height below the 3rd percentile", ["body_height < 3 {percentile}"]),
]
COMPARATOR_GAPS: list[Gap] = [
    ("Pain at rest of 5 or more out of 10 on the numeric rating scale", ["nrs_pain >= 5"], "the scale behind the value and its maximum"),
    ("Child-Pugh class A or B", ["child_pugh 1..2"], "classes that are letters"),
]


@pytest.mark.parametrize(("text", "wanted"), cases(COMPARATORS, COMPARATOR_GAPS))
def test_comparators_and_ranges(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


# Limits that are multiples of a reference

MULTIPLES: list[Case] = [
    ("ALT and AST ≤ 2 x ULN", ["alt <= 2 ULN", "ast <= 2 ULN"]),
    ("AST or ALT > 2 times the upper limit of normal", ["ast > 2 ULN", "alt > 2 ULN"]),
    ("ALT > 5 × ULN", ["alt > 5 ULN"]),
    ("ALT greater than 5 times ULN", ["alt > 5 ULN"]),
    ("ALT higher than 5 times the normal value", ["alt > 5 ULN"]),
    ("Total bilirubin ≤ 2.5 × upper limit of normal (ULN)", ["total_bilirubin <= 2.5 ULN"]),
    ("Creatinine more than twice the upper limit of normal", ["creatinine > 2 ULN"]),
    ("FEV1 ≥ 45% of predicted", ["fev1 >= 45 % of predicted"]),
    ("FEV1 between 35% and 75% predicted", ["fev1 35..75 % of predicted"]),
    ("DLCO less than 55 % of the predicted value", ["dlco < 55 % of predicted"]),
    ("ALT > 5xULN", ["alt > 5 ULN"]),
    ("Albumin below the lower limit of normal", ["albumin < 1 LLN"]),
]
MULTIPLE_GAPS: list[Gap] = []


@pytest.mark.parametrize(("text", "wanted"), cases(MULTIPLES, MULTIPLE_GAPS))
def test_multiples_of_a_reference(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_percent_of_predicted_keeps_its_reference() -> None:
    value = parse("FEV1 ≥ 45% of predicted").constraints[0].value
    assert value is not None
    assert value.reference == "predicted"


# Limits that hold for one sex or for some patients

POPULATIONS: list[tuple[str, list[tuple[str, str | None]]]] = [
    ("Haemoglobin ≥ 11 g/dL for women or ≥ 12 g/dL for men", [("haemoglobin >= 11 g/dL", "women"), ("haemoglobin >= 12 g/dL", "men")]),
    ("Haemoglobin < 12 g/dL (males) or < 11 g/dL (females)", [("haemoglobin < 12 g/dL", "males"), ("haemoglobin < 11 g/dL", "females")]),
    ("QTc > 445 ms in men or > 465 ms in women", [("qtc_interval > 445 ms", "men"), ("qtc_interval > 465 ms", "women")]),
]


@pytest.mark.parametrize(("text", "wanted"), POPULATIONS)
def test_populations(text: str, wanted: list[tuple[str, str | None]]) -> None:
    assert [(str(c), c.population) for c in parse(text).constraints] == wanted


# Subjects that no rule knows

UNKNOWN: list[Case] = [
    ("Tharandt Coordination Battery ≥ 36", ["tharandt coordination battery >= 36"]),
    ("Score of 4 or more on the Quillfeather Inventory", ["quillfeather inventory >= 4"]),
    ("Tibial torsion angle > 25 degrees", ["tibial torsion angle > 25 deg"]),
]


@pytest.mark.parametrize(("text", "wanted"), UNKNOWN)
def test_unknown_subjects(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


# Ages

AGES: list[Case] = [
    ("19 years and older", ["age >= 19 a"]),
    ("19 years or older", ["age >= 19 a"]),
    ("19 years of age or above", ["age >= 19 a"]),
    ("At least 19 years old", ["age >= 19 a"]),
    ("Age 19 years or more", ["age >= 19 a"]),
    ("Adults over 55", ["age > 55 a"]),
    ("Adults aged 55 and over", ["age >= 55 a"]),
    ("Over 55 years old", ["age > 55 a"]),
    ("Under the age of 16", ["age < 16 a"]),
    ("Under 16 years of age", ["age < 16 a"]),
    ("Younger than 16 years", ["age < 16 a"]),
    ("Patients older than 70 years", ["age > 70 a"]),
    ("Patients of at least 70 years", ["age >= 70 a"]),
    ("Between 20 and 60 years of age, inclusive", ["age 20..60 a"]),
    ("Between the ages of 20 and 60", ["age 20..60 a"]),
    ("Aged 20～60 years", ["age 20..60 a"]),
    ("Aged 20 years to 60 years", ["age 20..60 a"]),
    ("Age: 20-60", ["age 20..60 a"]),
    ("Age from 20 to 60 years (inclusive)", ["age 20..60 a"]),
    ("Men and women aged 20-60", ["sex all", "age 20..60 a"]),
    ("≥10 to <16 years of age", ["age >= 10 & < 16 a"]),
    ("Age ≥ 10 and < 16 years", ["age >= 10 a", "age < 16 a"]),
    ("20 ≤ age ≤ 70", ["age 20..70 a"]),
    ("20 years ≤ age < 70 years", ["age >= 20 & < 70 a"]),
    ("Infants aged 4 to 10 months", ["age 4..10 mo"]),
    ("Infants younger than 30 days", ["age < 30 d"]),
    ("Newborns less than 48 hours old", ["age < 48 h"]),
    ("Children 3 through 9 years of age", ["age 3..9 a"]),
    ("Age greater than or equal to 25", ["age >= 25 a"]),
    ("Minimum age of 25 years", ["age >= 25 a"]),
    ("Maximum age of 85 years", ["age <= 85 a"]),
    ("Twenty years of age or older", ["age >= 20 a"]),
    ("Age 45+", ["age >= 45 a"]),
    ("Gestational age of at least 35 weeks", ["gestational_age >= 35 wk"]),
    ("30-year history of smoking", ["condition smoking duration = 30 a"]),
    ("Diabetes for at least 15 years", ["condition diabetes duration >= 15 a"]),
    ("Disease duration of at least 4 years", ["disease_duration >= 4 a"]),
    ("Aged >=8 weeks and <=9 months", ["age >= 8 wk", "age <= 9 mo"]),
    ("Age limit of 72 years", ["age <= 72 a"]),
    ("Diagnosis of asthma before the age of 30", ["condition asthma window < 30 a after birth"]),
]
AGE_GAPS: list[Gap] = [
    ("Age at onset < 30 years", ["age at onset < 30 a"], "the age at onset is read as the patient's age now"),
]


@pytest.mark.parametrize(("text", "wanted"), cases(AGES, AGE_GAPS))
def test_ages(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Age at least 19 years", "patient"),
        ("Donor age below 55 years", "donor"),
        ("Donor aged 20 to 55 years", "donor"),
        ("Parents must be 21 years or older", "parent"),
        ("Mother at least 21 years of age", "parent"),
    ],
)
def test_whose_age(text: str, about: str) -> None:
    assert [(c.type, c.about) for c in parse(text).constraints] == [("age", about)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [("Age ≥ 19", ["unit_assumed"]), ("Age ≥ 19 years", []), ("Adults over 55", ["unit_assumed"]), ("Platelets ≥ 100", ["unit_missing"])],
)
def test_units_assumed_or_missing_are_issues(text: str, codes: list[str]) -> None:
    assert [issue.code for issue in parse(text).issues if issue.constraint is not None] == codes


# Doses, counts and stages

AMOUNTS: list[Case] = [
    ("Prednisone > 15 mg/day", ["medication prednisone dose > 15 mg/d"]),
    ("Prednisone or equivalent > 15 mg daily", ["medication prednisone dose > 15 mg/d"]),
    ("Methotrexate 10-20 mg/week", ["medication methotrexate dose 10..20 mg/wk"]),
    ("Methotrexate at a dose of at least 10 mg weekly", ["medication methotrexate dose >= 10 mg/wk"]),
    ("Aspirin ≥ 300 mg per day", ["medication aspirin dose >= 300 mg/d"]),
    ("Cisplatin ≥ 80 mg/m2", ["medication cisplatin dose >= 80 mg/m2"]),
    ("Infliximab ≥ 3 mg/kg", ["medication infliximab dose >= 3 mg/kg"]),
    ("Oral methotrexate ≤ 20 mg/week for at least 10 weeks", ["medication methotrexate dose <= 20 mg/wk duration >= 10 wk"]),
    ("Prior treatment with at least two biologic agents", ["medication biologics count >= 2"]),
    ("Failure of ≥ 3 conventional DMARDs", ["medication csdmards failed count >= 3"]),
    ("Stage III-IV non-small cell lung cancer", ["condition non_small_cell_lung_cancer stage 3..4"]),
    ("Stage III or IV melanoma", ["condition melanoma stage 3..4"]),
    ("Peripheral neuropathy of grade 3 or higher", ["condition peripheral_neuropathy stage >= 3"]),
    ("Grade ≥ 3 peripheral neuropathy", ["condition peripheral_neuropathy stage >= 3"]),
    ("No more than 3 prior lines of systemic therapy", ["medication anticancer_therapy count <= 3"]),
    ("At least 3 prior regimens", ["other regimens count >= 3"]),
    ("More than two prior lines of therapy", ["other lines of therapy count > 2"]),
]


@pytest.mark.parametrize(("text", "wanted"), cases(AMOUNTS, []))
def test_doses_counts_and_stages(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_equivalents_are_kept() -> None:
    found = parse("Prednisone or equivalent > 15 mg daily").constraints[0]
    assert getattr(found, "equivalent_to", None) == "prednisone"


def test_a_dose_without_its_unit_of_amount_is_an_issue() -> None:
    criteria = parse("Epinephrine at a dose of 0.4 ~ 0.6 / m2")
    assert [(str(c), [i.code for i in criteria.issues if i.constraint == n]) for n, c in enumerate(criteria.constraints, 1)] == [
        ("medication epinephrine dose 0.4..0.6 /m2", ["unit_missing"])
    ]


# States, sexes, negation

STATES: list[Case] = [
    ("Male or female", ["sex all"]),
    ("Males and females, aged 20-60 years", ["sex all", "age 20..60 a"]),
    ("Women aged 45 to 55 years", ["sex female", "age 45..55 a"]),
    ("Male subjects only", ["sex male"]),
    ("Postmenopausal women", ["sex female"]),
    ("Female patients with breast cancer", ["sex female", "condition breast_cancer"]),
    ("Pregnant or lactating women", ["pregnancy pregnancy", "lactation lactation"]),
    ("Women must not be pregnant or breast-feeding", ["no pregnancy pregnancy", "no lactation lactation"]),
    ("Written informed consent", ["consent informed_consent"]),
    ("Currently enrolled in another interventional trial", ["trial clinical_trial"]),
    ("Free of diabetes mellitus", ["no condition diabetes"]),
    ("Without evidence of brain metastases", ["no condition brain_metastases"]),
    ("Malignancy other than basal cell carcinoma", ["condition malignancy", "except condition basal_cell_carcinoma"]),
    ("History of stroke", ["condition stroke"]),
    ("No active hepatitis B", ["no condition hepatitis_b"]),
]
STATE_GAPS: list[Gap] = [
    ("Negative pregnancy test", ["no pregnancy pregnancy"], "a negative test says nothing"),
]


@pytest.mark.parametrize(("text", "wanted"), cases(STATES, STATE_GAPS))
def test_states_sexes_and_negation(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_women_of_a_contraception_clause_are_no_sex_rule() -> None:
    assert [c.type for c in parse("Women of childbearing potential must use contraception").constraints if c.type == "sex"] == []


@pytest.mark.parametrize(
    ("text", "temporality"),
    [("History of stroke", "history"), ("Current asthma", "current"), ("Planned chemotherapy", "planned"), ("Asthma", None)],
)
def test_temporality(text: str, temporality: str | None) -> None:
    assert [c.temporality for c in parse(text).constraints] == [temporality]
