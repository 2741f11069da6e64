"""What criteria say, from the words between what they name: premises, definitions, exceptions, alternatives that no rule reads."""

from __future__ import annotations

import pytest

from eligibility import parse


def said(section: str, text: str) -> list[str]:
    return [str(criterion.requirement) for criterion in parse(f"{section} Criteria:\n{text}\n").walk()]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Hemoglobin >= 13 g/dL for men or >= 12 g/dL for women",
            "((if sex male then hemoglobin >= 13 g/dL) or (if sex female then hemoglobin >= 12 g/dL))",
        ),
        ("ALT <= 2.5 x ULN (<= 5 x ULN in patients with liver metastases)", "(if liver metastases then ALT <= 5 ULN else ALT <= 2.5 ULN)"),
        (
            "AST and ALT < 3 x ULN if no bone lesions or < 6 x ULN with bone lesions",
            "((if bone lesions then AST < 6 ULN else AST < 3 ULN) and (if bone lesions then ALT < 6 ULN else ALT < 3 ULN))",
        ),
        (
            "Bilirubin <= 4 mg/dL in patients with gallstones, <= 2 mg/dL in patients without gallstones",
            "(if cholelithiasis then total bilirubin <= 4 mg/dL else total bilirubin <= 2 mg/dL)",
        ),
        ("In men, testosterone < 50 ng/dL", "(if sex male then testosterone < 50 ng/dL)"),
        (
            "Women of childbearing potential must have a negative pregnancy test and use contraception",
            "(if childbearing potential then (negative pregnancy test and contraception))",
        ),
        ("Negative pregnancy test for women of childbearing potential", "(if childbearing potential then negative pregnancy test)"),
        ("If taking metformin, HbA1c must be below 9 %", "(if metformin then hemoglobin A1c < 9 %)"),
        ("Patients with diabetes must have HbA1c < 8 %", "(if diabetes mellitus then hemoglobin A1c < 8 %)"),
        ("Stable dose of prednisone if rheumatoid arthritis is treated", "(if rheumatoid arthritis then stable dose of prednisone)"),
        ("At least 60 years, and in the case of women, menopause", "(age >= 60 a and (if sex female then menopause))"),
        (
            "Women of childbearing potential may not take part unless they use contraception",
            "(if childbearing potential then contraception)",
        ),
        ("Patients with brain metastases are eligible if they have had radiotherapy", "(if brain metastases then history of radiotherapy)"),
        ("Histologically confirmed melanoma. Prior radiotherapy is allowed.", "histologically confirmed melanoma"),
        ("Postmenopausal, or willing to use an acceptable method of contraception", "(menopause or contraception)"),
        ("Only participants with asthma will be included", "asthma"),
        ("No prior malignancy except basal cell carcinoma", "not (malignancy and not (basal cell carcinoma))"),
        ("Malignancy in remission unless treated with chemotherapy", "(malignancy or chemotherapy)"),
        ("Age over 60 years or BMI > 30 kg/m2, and hypertension", "((age > 60 a or bmi > 30 kg/m2) and hypertension)"),
        ("Diabetes defined as HbA1c > 6.5 % or fasting glucose > 126 mg/dL", "(hemoglobin A1c > 6.5 % or fasting glucose > 126 mg/dL)"),
        ("Anemia (hemoglobin < 10 g/dL)", "hemoglobin < 10 g/dL"),
        ("Asthma (FEV1 < 80 %)", "(asthma and FEV1 < 80 %)"),
        ("Hemoglobin > 10 g/dL (hematocrit 30 %)", "hemoglobin > 10 g/dL"),
        ("Controlled asthma with or without rhinitis", "controlled asthma"),
        ("At least two of the following: asthma, diabetes, stroke", "at least 2 of (asthma, diabetes mellitus, stroke)"),
        (
            "SBP 120-160 mmHg or DBP 80-100 mmHg, provided that no diuretic is taken",
            "((systolic blood pressure 120..160 mm[Hg] or diastolic blood pressure 80..100 mm[Hg]) and not (diuretic))",
        ),
        ("Men under 40 or over 60 years who need a hip replacement", "(sex male and (age < 40 a or age > 60 a) and total hip replacement)"),
        ("Diabetes or poor eating habits", "(diabetes mellitus or poor eating habits)"),
        (
            "Psoriasis with no other skin diseases and rheumatic disorders",
            "(psoriasis and not (other skin disease or other rheumatologic disease))",
        ),
        (
            "Free of any long-standing or otherwise serious disease of the heart, of valve defects, and of any infection"
            " (pneumonia, tuberculosis of any organ, or sepsis)",
            "not (disease or valve defects or (infection and (pneumonia or tuberculosis or sepsis)))",
        ),
        ("No lung disease (i.e. asthma or COPD)", "not (asthma or chronic obstructive pulmonary disease)"),
        (
            "Subacute lung ailment (asthma, COPD or emphysema)",
            "(Subacute lung ailment or asthma or chronic obstructive pulmonary disease or emphysema)",
        ),
        ("Plasma or whole blood lithium level < 1 mmol/L", "lithium level < 1 mmol/L"),
        ("Blood in the urine or serum calcium > 12 mg/dL", "(Blood in the urine or calcium > 12 mg/dL)"),
        ("Age 20 to 65 years (Recovery from surgery is known to be slower above the age of 65 years.)", "age 20..65 a"),
        ("BMI < 32 kg/m2 (Obesity is a risk of stroke. A limit of 32 was also used in the first trial)", "bmi < 32 kg/m2"),
        ("BMI < 32 kg/m2 (All patients must have a heart rate < 90 bpm.)", "(bmi < 32 kg/m2 and heart rate < 90 /min)"),
        ("Diabetes (At entry the HbA1c is above 8 %.)", "(diabetes mellitus and hemoglobin A1c > 8 %)"),
        ("Either asthma or COPD", "(asthma or chronic obstructive pulmonary disease)"),
        ("Asthma; COPD; or cystic fibrosis", "(asthma or chronic obstructive pulmonary disease or cystic fibrosis)"),
    ],
)
def test_inclusion(text: str, wanted: str) -> None:
    assert said("Inclusion", f"- {text}") == [wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Severe cardiac, renal or hepatic disease", "not (severe heart disease or severe kidney disease or severe liver disease)"),
        ("Heart and lung disease", "not (heart disease or pulmonary disease)"),
        ("Asthma, diabetes, and stroke", "not (asthma or diabetes mellitus or stroke)"),
        ("Pregnant and lactating women", "not (pregnancy or lactation)"),
        (
            "QTc > 450 ms in men or > 470 ms in women",
            "not ((if sex male then QTc interval > 450 ms) or (if sex female then QTc interval > 470 ms))",
        ),
        ("SBP >= 160 mmHg and/or DBP >= 100 mmHg", "not (systolic blood pressure >= 160 mm[Hg] or diastolic blood pressure >= 100 mm[Hg])"),
        ("Hypertension (BP > 160/100 mmHg)", "not (systolic blood pressure > 160 mm[Hg] or diastolic blood pressure > 100 mm[Hg])"),
        ("Abnormal liver function (ALT > 3 x ULN)", "not (ALT > 3 ULN)"),
        ("Allergy to penicillin or cephalosporins", "not (hypersensitivity to penicillin or cephalosporin)"),
        (
            "History of malignancy, except adequately treated basal cell carcinoma or carcinoma in situ of the cervix",
            "not (history of malignancy and not (treated basal cell carcinoma or cervical carcinoma in situ))",
        ),
        (
            "Malignancy or autoimmune disease, except basal cell carcinoma",
            "not ((malignancy and not (basal cell carcinoma)) or autoimmune disease)",
        ),
        ("Skin cancer excluding melanoma", "not (skin cancer and not (melanoma))"),
        (
            "Malignancy, except for skin cancer excluding melanoma, or prostate cancer",
            "not (malignancy and not ((skin cancer and not (melanoma)) or prostate cancer))",
        ),
        (
            "Pregnancy, or women of childbearing potential, unless contraception is used",
            "not (pregnancy or (childbearing potential and not (contraception)))",
        ),
        ("Alcohol abuse or inability to keep appointments", "not (alcohol use disorder or inability to keep appointments)"),
        (
            "Stroke that, in the opinion of the investigator, puts the patient at risk",
            "not (stroke, and in the opinion of the investigator, puts the patient at risk)",
        ),
        ("Pregnant women, due to the possibility of harm to the fetus", "not (pregnancy)"),
        ("Diabetes regardless of treatment with insulin", "not (diabetes mellitus)"),
        ("Concomitant warfarin is not permitted", "not (warfarin)"),
        ("Patients must not have asthma", "not (asthma)"),
        ("Unwilling to use contraception", "not (not (contraception))"),
        ("Inability to give informed consent", "not (not (informed consent))"),
        ("Hepatitis B (HBV) or tuberculosis (see laboratory tests)", "not (hepatitis b or tuberculosis)"),
        ("Cancer requiring chemotherapy, or transplantation", "not ((malignancy and chemotherapy) or transplantation)"),
        ("Surgery or radiotherapy for prostate cancer", "not ((surgery or radiotherapy) and prostate cancer)"),
        (
            "Any investigational drug other than vaccines of the season within 4 weeks",
            "not (investigational drug, within 4 wk before, and not (vaccine))",
        ),
        (
            "Uncontrolled hypertension, heart failure, NYHA class III or IV, or stroke",
            "not (uncontrolled hypertension or (heart failure and NYHA class 3..4) or stroke)",
        ),
        ("Subjects with asthma Subjects who have had a stroke", "not (asthma or history of stroke)"),
        ("Family history of breast cancer", "not (family: breast cancer)"),
        ("Non-resistant hypertension", "not (not (resistant hypertension))"),
        ("Prior or planned hip replacement", "not (prior or planned total hip replacement)"),
        ("No asthma", "not (not (asthma))"),
        (
            "Inhaled or intravenous antibiotics within 2 weeks",
            "not (antibiotic, inhaled, within 2 wk before or antibiotic, intravenous, within 2 wk before)",
        ),
        ("Systemic and topical steroids", "not (corticosteroid, systemic or topical corticosteroid, topical)"),
        (
            "Systemic, oral or inhaled steroids",
            "not (corticosteroid, systemic or corticosteroid, oral or inhaled corticosteroid, inhaled)",
        ),
        ("Azathioprine, methotrexate, or oral steroids", "not (azathioprine or methotrexate or corticosteroid, oral)"),
        (
            "Steroids (oral and intranasal steroids are permitted)",
            "not (corticosteroid, and not (corticosteroid, oral or corticosteroid, intranasal))",
        ),
        (
            "Antibiotics (i.e., oral or intravenous penicillin or cephalosporins) within 10 days before baseline",
            "not (penicillin, oral, within 10 d before baseline or penicillin, intravenous, within 10 d before baseline"
            " or cephalosporin, within 10 d before baseline)",
        ),
        (
            "Steroids (i.e. intravenous methylprednisolone or oral prednisone > 20 mg/day) within 6 weeks prior to screening",
            "not (methylprednisolone, intravenous, within 6 wk before screening"
            " or prednisone, oral > 20 mg/d, within 6 wk before screening)",
        ),
        (
            "Fever and a body temperature > 39 °C or sepsis with a heart rate > 120 bpm or a respiratory rate > 30 breaths/min",
            "not ((fever and body temperature > 39 Cel) or (sepsis and (heart rate > 120 /min or respiratory rate > 30 /min)))",
        ),
        ("Psoriasis requiring phototherapy or asthma", "not ((psoriasis and phototherapy) or asthma)"),
        ("Women after menopause or a hysterectomy", "not (sex female and (menopause or hysterectomy))"),
        ("Cancer treated with chemotherapy or radiotherapy", "not (malignancy and (chemotherapy or radiotherapy))"),
        ("Allergy to lidocaine or a history of seizures", "not (hypersensitivity to lidocaine or history of seizure)"),
        (
            "Hip replacement in the past year. Patients must have recovered from all its complications.",
            "not (total hip replacement, within 1 a before or not (Patients must have recovered from all its complications))",
        ),
        ("Asthma. Patients should have an FEV1 > 50 %.", "not (asthma or not (FEV1 > 50 %))"),
        ("Asthma. Subjects should not take steroids.", "not (asthma or corticosteroid)"),
        ("Stroke. Those who have epilepsy should be excluded.", "not (stroke or epilepsy)"),
        ("PR interval > 240 ms on a resting ECG", "not (pr interval > 240 ms)"),
        ("Prostate volume > 80 mL as determined by MRI or CT", "not (prostate volume > 80 mL)"),
        ("Blood tests showing AST > 4 x ULN or urea > 60 mg/dL", "not (AST > 4 ULN or urea > 60 mg/dL)"),
        ("PR interval > 240 ms or planned MRI", "not (pr interval > 240 ms or planned magnetic resonance imaging)"),
        (
            "Cancer except squamous or basal cell skin cancer",
            "not (malignancy and not (squamous cell carcinoma of the skin or basal cell carcinoma))",
        ),
        (
            "Cancer except basal cell and squamous cell skin cancer",
            "not (malignancy and not (basal cell carcinoma or squamous cell carcinoma of the skin))",
        ),
        ("Small or non-small cell lung cancer", "not (small cell lung cancer or non small cell lung cancer)"),
        ("Acute or chronic pancreatitis", "not (acute pancreatitis or chronic pancreatitis)"),
        ("Any other malignancy", "not (other malignancy)"),
        ("Another known or suspected autoimmune disease", "not (other known or suspected autoimmune disease)"),
        ("Other cardiac, renal or hepatic disease", "not (other heart disease or other kidney disease or other liver disease)"),
        ("Other biologic drugs within 3 months", "not (other biologic agent, within 3 mo before)"),
        ("Methotrexate or other vitiligo treatment", "not (methotrexate or vitiligo)"),
        ("Dialysis every other day", "not (dialysis)"),
        ("Taking part in another trial", "not (another clinical trial)"),
        ("Allergy to warfarin or other warfarin", "not (hypersensitivity to warfarin)"),
        ("Living donor kidney transplantation", "not (kidney transplant)"),
    ],
)
def test_exclusion(text: str, wanted: str) -> None:
    assert said("Exclusion", f"- {text}") == [wanted]


@pytest.mark.parametrize(
    ("section", "text", "wanted"),
    [
        (
            "Inclusion",
            "- Asthma; or\n- Diabetes\n- Age over 18 years",
            ["(asthma or diabetes mellitus)", "(asthma or diabetes mellitus)", "age > 18 a"],
        ),
        ("Inclusion", "- Asthma\n- OR\n- Likes tea", ["(asthma or Likes tea)", "None", "(asthma or Likes tea)"]),
        (
            "Exclusion",
            "- Asthma AND\n- Diabetes\n- Stroke",
            ["not (asthma and diabetes mellitus)", "not (asthma and diabetes mellitus)", "not (stroke)"],
        ),
        (
            "Inclusion",
            "- Malignancy except:\n  - basal cell carcinoma\n  - cervical cancer",
            ["(malignancy and not (basal cell carcinoma or cervical cancer))", "basal cell carcinoma", "cervical cancer"],
        ),
        (
            "Exclusion",
            "- Malignancy with the exception of:\n  - basal cell carcinoma\n  - cervical cancer",
            ["not (malignancy and not (basal cell carcinoma or cervical cancer))", "not (basal cell carcinoma)", "not (cervical cancer)"],
        ),
        (
            "Inclusion",
            "- For patients with diabetes:\n  - HbA1c < 9 %\n  - BMI > 25 kg/m2",
            ["(if diabetes mellitus then (hemoglobin A1c < 9 % and bmi > 25 kg/m2))", "hemoglobin A1c < 9 %", "bmi > 25 kg/m2"],
        ),
        (
            "Inclusion",
            "- Women of childbearing potential must:\n  - have a negative pregnancy test\n  - use contraception",
            ["(if childbearing potential then (negative pregnancy test and contraception))", "negative pregnancy test", "contraception"],
        ),
        (
            "Inclusion",
            "- No history of any of the following:\n  - asthma\n  - stroke",
            ["(not (asthma) and not (stroke))", "not (asthma)", "not (stroke)"],
        ),
        (
            "Inclusion",
            "- Heart failure, which will include:\n  - NYHA class II\n  - NYHA class III",
            ["(heart failure and (NYHA class = 2 or NYHA class = 3))", "NYHA class = 2", "NYHA class = 3"],
        ),
        (
            "Inclusion",
            "- ≥ 2 of 3 typical signs:\n  - Asthma\n  - Stroke\n  - Likes tea",
            ["at least 2 of (asthma, stroke, Likes tea)", "asthma", "stroke", "None"],
        ),
        (
            "Inclusion",
            "- Adequate liver function:\n  - ALT < 3 x ULN\n  - Bilirubin < 2 mg/dL",
            ["(ALT < 3 ULN and total bilirubin < 2 mg/dL)", "ALT < 3 ULN", "total bilirubin < 2 mg/dL"],
        ),
        (
            "Exclusion",
            "- Anemia:\n  - Hemoglobin < 10 g/dL in men\n  - Hemoglobin < 9 g/dL in women",
            [
                "not ((if sex male then hemoglobin < 10 g/dL) or (if sex female then hemoglobin < 9 g/dL))",
                "not (if sex male then hemoglobin < 10 g/dL)",
                "not (if sex female then hemoglobin < 9 g/dL)",
            ],
        ),
    ],
)
def test_criteria_that_belong_together(section: str, text: str, wanted: list[str]) -> None:
    assert said(section, text) == wanted
