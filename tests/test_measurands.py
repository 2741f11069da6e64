"""What a value is a value of: subjects before it, behind it, in its unit, and words that only qualify them."""

from __future__ import annotations

import pytest

from eligibility import parse
from tests.lines import Case, Gap, cases, read

KNOWN: list[Case] = [
    # words that only qualify the subject before the value
    ("Neutrophil count within 7 days before enrolment ≥ 1500/mm3",
     ["absolute_neutrophil_count >= 1500 /mm3 window <= 7 d before enrollment"]),
    ("HbA1c within 3 months of screening ≥ 7%", ["haemoglobin_a1c >= 7 % window <= 3 mo around screening"]),
    ("Serum creatinine on 2 occasions > 2 mg/dL", ["creatinine > 2 mg/dL"]),
    ("Creatinine clearance at day -7 of at least 60 mL/min", ["creatinine_clearance >= 60 mL/min"]),
    ("Platelets without growth factors > 50 x 10^9/L", ["no medication growth_factors", "platelet_count > 50 10*9/L"]),
    ("Blood pressure after 5 minutes of sitting > 160/100 mmHg", ["other sitting duration = 5 min", "systolic_blood_pressure > 160 mm[Hg]",
                                                                  "diastolic_blood_pressure > 100 mm[Hg]"]),
    # a scale behind the value
    ("Minimum score of ≥ 22 on the Baker Mood Inventory", ["baker mood inventory >= 22"]),
    ("Back pain rated at least 5 on the 10-point numerical rating scale", ["condition back_pain", "10-point numerical rating scale >= 5"]),
    ("Culture measured with the Short Harbour Scale with a score from 1.00 to 2.99", ["short harbour scale 1..2.99"]),
    ("Poor preparation (Harbour Preparation Scale, total score ≤2)", ["condition poor preparation", "harbour preparation scale <= 2"]),
    # a noun behind the value
    ("Able to give a minimum of 10 mL of whole blood", ["whole blood >= 10 mL"]),
    ("Tumours with a high (>90%) cure rate", ["condition neoplasm", "cure rate > 90 %"]),
    ("Relapse defined as 5% or more blasts in marrow", ["condition relapse", "blasts in marrow >= 5 %"]),
    ("Burned surface ≥ 5% of the total body surface area", ["burned surface >= 5 %"]),
    # things counted in the unit
    ("Smoker of > 5 cigarettes per day", ["condition smoking", "cigarettes_per_day > 5 {cigarettes}/d"]),
    ("Alcohol use (>7 drinks/week for women, >14 drinks/week for men)", ["condition alcohol_use", "alcohol use > 7 {drinks}/wk",
                                                                          "alcohol use > 14 {drinks}/wk"]),
    ("Nocturnal apnoea burden > 5/hour", ["condition apnea", "nocturnal apnoea burden > 5 /h"]),
    # two subjects behind their values
    ("≥140 mmHg systolic and/or ≥90 mmHg diastolic", ["systolic_blood_pressure >= 140 mm[Hg]", "diastolic_blood_pressure >= 90 mm[Hg]"]),
    ("To maintain SAP > 90 mm Hg or MAP > 60 mm Hg",
     ["sap > 90 mm[Hg]", "mean_arterial_pressure > 60 mm[Hg]"]),
    ("Prothrombin concentration less than 60% or INR more than 1.5",
     ["prothrombin concentration < 60 %", "international_normalized_ratio > 1.5"]),
    ("Heart failure greater than NYHA 2", ["condition heart_failure", "nyha > 2"]),
    # a change is no level
    ("Y-BOCS reduction of < 35%", ["y-bocs reduction < 35 %"]),
    ("Fall in haemoglobin of at least 2 g/dL", ["fall in haemoglobin >= 2 g/dL"]),
    ("Decrease in LVEF to below 40%", ["left_ventricular_ejection_fraction < 40 %"]),
    ("Rise of ALT > 3 x ULN", ["alt > 3 ULN"]),
    ("Clinical attachment level ≥ 8 mm and at least 4 mm intrabony component",
     ["clinical_attachment_loss >= 8 mm", "intrabony component >= 4 mm"]),
    # neither a level nor a score
    ("Grade 2 bilirubin", ["other bilirubin stage = 2"]),
    ("Stage III cancer, i.e.: Greater than 1 cm residual disease", ["condition malignancy stage = 3", "residual disease > 1 cm"]),
    ("Grade 3 or 4 or higher neuropathy", ["condition neuropathy stage >= 3"]),
    ("QIDS score ≥ 16 or a rating of 2 or 3 for question 12", ["qids >= 16"]),
    ("A low score on the QRS-DAS", []),
    ("Back pain on the VAS = 40 mm (0-100 mm)", ["condition back_pain", "vas_pain = 40 mm"]),
    ("Pain of at least 4 on a scale from 0 to 10", ["condition pain", "pain >= 4"]),
    ("INR > 1.5<U+3001>APTT > 1.5 x ULN", ["international_normalized_ratio > 1.5", "activated_partial_thromboplastin_time > 1.5 ULN"]),
    ("Visual acuity from 20/40 to 20/320", []),
    # whose window it is
    ("Grade ≥ 2 hemoptysis (≥ 3 mL of red blood) within 1 month before screening",
     ["condition hemoptysis stage >= 2 window <= 1 mo before screening", "red blood >= 3 mL"]),
    ("History of any dopaminergic treatment (other than levodopa) within 2 weeks before first dose",
     ["other dopaminergic treatment window <= 2 wk before treatment_start", "except medication levodopa"]),
    ("Women of childbearing potential must have a negative pregnancy test within 14 days",
     ["condition childbearing_potential", "procedure negative_pregnancy_test window <= 14 d before"]),
    # better or worse, where no word says which side that is
    ("ECOG 2 or worse", []),
    ("Worse than ECOG 2", []),
    ("MMSE 20 or better", []),
    ("NYHA class II or worse", ["nyha >= 2"]),
    ("Visual acuity of at least 20/200 or better", ["visual_acuity >= 0.1"]),
    # the subject is in the heading above
    ("Life expectancy:\n  - At least 12 weeks", ["life_expectancy >= 12 wk"]),
    ("Performance status:\n  - WHO 0-2", ["ecog 0..2"]),
    ("Hemoglobin:\n  - ≥ 10 g/dL for men\n  - ≥ 9 g/dL for women", ["haemoglobin >= 10 g/dL", "haemoglobin >= 9 g/dL"]),
    ("Serum creatinine:\n  - no more than 1.5 mg/dL\n  - < 1.5 x ULN", ["creatinine <= 1.5 mg/dL", "creatinine < 1.5 ULN"]),
    ("Hemoglobin:\n  - at least 12 weeks", ["other at least 12 weeks duration >= 12 wk"]),
    # a head and what completes it
    ("Distance between the stent and the left main ostium > 4 mm", ["distance between the stent and the left main ostium > 4 mm"]),
    ("If the curvature measured in the spine is less than 12 degrees", ["curvature measured in the spine < 12 deg"]),
    ("Residual diameter stenosis of the treated lesions < 20%", ["residual diameter stenosis of the treated lesions < 20 %"]),
    ("Time interval between symptom onset and treatment > 6 hours", ["time interval between symptom onset and treatment > 6 h"]),
    # a list whose members are qualified alike
    ("Both corrected FEV1 and corrected DLCO > 35%", ["fev1 > 35 %", "dlco > 35 %"]),
    # a name that ends in a number
    ("Specific IgE anti Bet v 1 ≥ 0.7 kU/L", ["specific_ige >= 0.7 kU/L"]),
    # no further than
    ("Creatinine within 1.5 x ULN", ["creatinine <= 1.5 ULN"]),
    ("Blood pressure within 140/90 mmHg", ["systolic_blood_pressure <= 140 mm[Hg]", "diastolic_blood_pressure <= 90 mm[Hg]"]),
    ("Weight within 20% of ideal body weight", ["weight -20..20 %"]),
    ("BMI within 18-25 kg/m2", ["bmi 18..25 kg/m2"]),
    ("Lesions within 1 cm of the eyelids", ["eyelids <= 1 cm"]),
    ("Height < 4' 11\"", ["body_height < 59 [in_i]"]),
    ("Height at least 5 feet 2 inches", ["body_height >= 62 [in_i]"]),
    # comparators
    ("KPS >_70% and creatinine <_1.6 mg/dl", ["karnofsky >= 70 %", "creatinine <= 1.6 mg/dL"]),
    ("AUDIT score of > or equal to 5, < or equal to 26", ["audit >= 5", "audit <= 26"]),
    ("ALT no greater than 2-3 x ULN", ["alt <= 3 ULN"]),
    # obstetricians' weeks and days
    ("Gestational age 37+0 - 41+6 weeks", ["gestational_age >= 37 wk & <= 293 d"]),
    ("< 37-0 weeks of gestation", ["gestational_age < 37 wk"]),
    # numbers that are no values
    ("Protected by Articles L 1121-5 to L 1121-8", []),
    ("Scoliosis (n=20)", ["condition scoliosis"]),
    # a list whose members have their short forms behind them, and a ratio that brackets part
    ("Self-rating anxiety scale (SAS) and self-rating depression scale (SDS) scores < 50", ["zung_anxiety < 50", "zung_depression < 50"]),
    ("FEV1 [forced expiratory volume in 1 second] / FVC [forced vital capacity] < 70%", ["fev1_fvc_ratio < 70 %"]),
    ("ASA (American Society of Anesthesiologists) I-II", ["asa 1..2"]),
    ("Weight for height > median + 3 standard deviations", ["weight_for_height_z_score > 3 {SD}"]),
    ("Operating time varies 1-4 h", ["operating time 1..4 h"]),
    ("AST > reference range 3 times upper limit", ["ast > 3 ULN"]),
    ("Greater than NYHA class II", ["nyha > 2"]),
    # said of the least or most
    ("A minimum life expectancy of 12 weeks", ["life_expectancy >= 12 wk"]),
    ("Maximum rash extent of 15 cm", ["condition rash", "maximum rash extent <= 15 cm"]),
    ("MoCA of 23 (+/- 4)", ["moca 19..27"]),
    ("Pregnant, between (16-24) weeks of gestation", ["pregnancy pregnancy", "gestational_age 16..24 wk"]),
    ("GDM found from 13 to 32 gestational weeks", ["condition gestational_diabetes", "gestational_age 13..32 wk"]),
    ("AST twice higher than normal", ["ast >= 2 ULN"]),
    ("ASA I to ASA III", ["asa 1..3"]),
    ("NYHA class II - NYHA class IV", ["nyha 2..4"]),
    ("At least one lesion ≥ 1.5 cm", ["other lesion count >= 1", "lesion >= 1.5 cm"]),
    ("Stroke with arm weakness (Fugl-Meyer Upper Limb < 60) more than 6 months ago",
     ["condition stroke", "condition weakness window > 6 mo before", "fugl_meyer_upper_extremity < 60"]),
]  # fmt: skip
GAPS: list[Gap] = []


@pytest.mark.parametrize(("text", "wanted"), cases(KNOWN, GAPS))
def test_what_is_measured(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Body mass index (BMI) > 30 kg/m2", ["Body mass index", "BMI"]),
        ("INR (international normalized ratio) > 1.5", ["INR", "international normalized ratio"]),
        ("Harbour Word List (HWL) score > 3", ["Harbour Word List (HWL) score", "HWL"]),
        ("Gingival cysts ≥ 2 mm deep", ["Gingival cysts", "deep"]),
        ("Follicles of 2-9 mm in diameter", ["Follicles", "diameter"]),
        ("Smokers of > 5 cigarettes per day", ["Smokers"]),
    ],
)
def test_where_the_subject_stands(text: str, words: list[str]) -> None:
    measured = [c for c in parse(text).constraints if c.type == "measurement"]
    assert [[text[span.start : span.end] for span in c.subject.spans] for c in measured if c.subject] == [words]
