"""Doses as a caller meets them: of which drug, in whose equivalents, how often, and what is measured in their place."""

from __future__ import annotations

import pytest
from lines import Case, Gap, cases, read

from eligibility import parse

DOSES: list[Case] = [
    (
        "Norepinephrine\n  of more than 12 ug/min and lactate > 3 mmol/L",
        ["medication norepinephrine dose > 12 ug/min", "lactate > 3 mmol/L"],
    ),
    ("Metformin at least 1700 mg daily for 9 weeks", ["medication metformin dose >= 1700 mg/d duration = 9 wk"]),
    (
        "Hydroxychloroquine ≤ 300 mg/day or ≤ 4 mg/kg/day",
        ["medication hydroxychloroquine dose <= 300 mg/d", "medication hydroxychloroquine dose <= 4 mg/kg/d"],
    ),
    ("Maximum single dose of 300 µg dexamethasone", ["medication dexamethasone dose <= 300 ug"]),
    ("Ability to take 81-300 mg aspirin daily", ["medication aspirin dose 81..300 mg/d"]),
    ("Oral prednisone 7 mg once daily", ["medication prednisone dose = 7 mg/d"]),
    ("Prior radiotherapy dose > 45 Gy to the chest", ["procedure radiotherapy dose > 45 Gy"]),
    ("Radiation of at least 25 Gy", ["procedure radiotherapy dose >= 25 Gy"]),
    ("Tacrolimus trough level 4-16 ng/mL", ["drug_trough_level 4..16 ng/mL"]),
    ("Supplemental oxygen of more than 3 L/min", ["medication oxygen_therapy", "supplemental oxygen > 3 L/min"]),
    ("Prior doxorubicin with cumulative dose > 250 mg/m2", ["medication doxorubicin dose > 250 mg/m2"]),
    (
        "Immunosuppressive therapy: prednisone > 12 mg/day or equivalent",
        ["medication prednisone dose > 12 mg/d"],
    ),
    ("Busulfan cumulative AUC of > 70 mg/L per hour", ["medication busulfan", "busulfan cumulative auc > 70 mg/L/h"]),
    ("Stable methotrexate and prednisone ≤ 8 mg/day", ["medication methotrexate", "medication prednisone dose <= 8 mg/d"]),
    ("At least 3 doses of a hepatitis B vaccine", ["medication hepatitis_b_vaccine count >= 3"]),
    ("No more than 1 prior treatment with rituximab", ["medication rituximab count <= 1"]),
]
DOSE_GAPS: list[Gap] = [
    ("Omeprazole 20 mg twice daily", ["medication omeprazole dose = 20 mg frequency = 2 /d"], "how often a dose is taken is not said"),
]


@pytest.mark.parametrize(("text", "wanted"), cases(DOSES, DOSE_GAPS))
def test_doses(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Oral glucocorticoids at a dose equivalent to more than 15 mg of prednisone daily",
         [("corticosteroids", "> 15 mg/d", "prednisone")]),
        ("Cumulative dose equivalent to ≥ 2 g of methylprednisolone of any systemic steroid",
         [("corticosteroids", ">= 2 g", "methylprednisolone")]),
        ("Systemic corticosteroids at doses higher than 12 mg/day of prednisone or its equivalent",
         [("corticosteroids", "> 12 mg/d", "prednisone")]),
        ("Inhaled corticosteroids > 900 µg/day fluticasone or equivalent", [("inhaled_corticosteroids", "> 900 ug/d", "fluticasone")]),
        ("Opioid use > 70 mg morphine equivalents per day", [("opioids", "> 70 mg/d", "morphine")]),
        ("Stable opioid regimen of ≥ 35 MME/day", [("opioids", ">= 35 mg/d", "morphine")]),
        ("Benzodiazepines and diazepam equivalents > 6 mg daily",
         [("benzodiazepines", "> 6 mg/d", "diazepam"), ("diazepam", "> 6 mg/d", "diazepam")]),
    ],
)  # fmt: skip
def test_equivalents(text: str, wanted: list[tuple[str, str, str]]) -> None:
    found = parse(text).constraints
    assert [(c.concept.id if c.concept else "", str(c.dose), c.equivalent_to) for c in found if c.type == "medication"] == wanted
