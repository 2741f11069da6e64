"""What holds of every screening: more data never reverses an outcome, nothing known never fails, units and order are of no account."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility import Criteria, Patient, parse, screen
from eligibility.conversion import converted

ON = date(2026, 3, 1)
TRIAL = """
Inclusion Criteria:
- Age 18 to 75 years
- Rheumatoid arthritis or psoriatic arthritis
- Platelets >= 90 x 10^9/L
- ALT <= 2 x ULN (<= 5 x ULN in patients with liver metastases)
- Stable dose of methotrexate for at least 12 weeks before baseline
- Haemoglobin > 10 g/dL for women or > 11 g/dL for men
- At least two of the following: asthma, eczema, hay fever
- Women of childbearing potential must use contraception

Exclusion Criteria:
- Body mass index > 35 kg/m2
- Creatinine clearance < 50 mL/min
- Malignancy within 5 years, except basal cell carcinoma
- Severe asthma
- Prednisone or equivalent > 10 mg/day within 4 weeks of baseline
- Stroke or myocardial infarction within 6 months
- Major surgery within 8 weeks
- Other trial within 30 days
- Pregnant or breastfeeding
- Allergy to penicillin
- Uncontrolled hypertension (systolic blood pressure > 160 mmHg)
"""


@cache
def trial() -> Criteria:
    return parse(TRIAL)


DAYS = st.integers(0, 4000).map(lambda n: (ON - timedelta(days=n)).isoformat())
CONDITIONS = (
    "rheumatoid arthritis",
    "asthma",
    "severe asthma",
    "eczema",
    "melanoma",
    "basal cell carcinoma",
    "malignancy",
    "ischemic stroke",
    "hypertension",
    "liver metastases",
    "allergy to penicillin",
    "frobnication syndrome",
    "menopause",
)
DRUGS = ("methotrexate", "prednisone", "dexamethasone", "betamethasone cream", "etanercept", "hydrocortisone")
ANALYTES = (
    ("platelets", "10*9/L", 30, 300),
    ("ALT", "U/L", 10, 300),
    ("hemoglobin", "g/dL", 7, 16),
    ("body weight", "kg", 40, 150),
    ("height", "cm", 140, 200),
    ("creatinine", "mg/dL", 0.5, 3),
    ("BMI", "kg/m2", 17, 50),
    ("systolic blood pressure", "mm[Hg]", 90, 200),
)


@st.composite
def observations(draw: st.DrawFn) -> dict[str, Any]:
    name, unit, least, most = draw(st.sampled_from(ANALYTES))
    high = draw(st.sampled_from([None, 40])) if name == "ALT" else None
    return {
        "name": name,
        "magnitude": draw(st.integers(int(least * 10), int(most * 10))) / 10,
        "unit": unit,
        "date": draw(DAYS),
        "reference_high": high,
    }


@st.composite
def periods(draw: st.DrawFn, names: tuple[str, ...], first: str, last: str, **more: st.SearchStrategy[Any]) -> dict[str, Any]:
    start, end = sorted((draw(DAYS), draw(DAYS)))
    return {
        "name": draw(st.sampled_from(names)),
        first: start,
        last: draw(st.sampled_from([None, end])),
        **{k: draw(v) for k, v in more.items()},
    }


PEOPLE = st.fixed_dictionaries(
    {
        "age": st.fixed_dictionaries({"magnitude": st.integers(10, 90)}),
        "sex": st.sampled_from([None, "male", "female"]),
        "observations": st.lists(observations(), max_size=6),
        "conditions": st.lists(periods(CONDITIONS, "onset", "abated", severity=st.sampled_from([None, "mild", "severe"])), max_size=4),
        "medications": st.lists(
            periods(
                DRUGS, "start", "end", dose=st.sampled_from([None, 5, 15]), dose_unit=st.just("mg/d"), route=st.sampled_from([None, "oral"])
            ),
            max_size=4,
        ),
        "procedures": st.lists(
            st.fixed_dictionaries({"name": st.sampled_from(["hysterectomy", "left hemicolectomy", "tattoo"]), "date": DAYS}), max_size=2
        ),
        "trials": st.lists(st.fixed_dictionaries({"start": DAYS}), max_size=1),
        "facts": st.fixed_dictionaries({name: st.sampled_from([None, True, False]) for name in ("pregnant", "lactating", "contraception")}),
    }
)
LISTS = ("observations", "conditions", "medications", "procedures", "trials")


def outcomes(patient: dict[str, Any]) -> list[str]:
    return [one.outcome for one in screen(Patient.model_validate(patient), trial(), on=ON).criteria]


@given(PEOPLE, PEOPLE)
def test_more_data_never_reverses_an_outcome(patient: dict[str, Any], more: dict[str, Any]) -> None:
    """The lists are open; what is added was observed before all that was known of its kind."""
    first = min((one["date"] for one in patient["observations"]), default=ON.isoformat())
    earlier = [one for one in more["observations"] if one["date"] < first]
    joined = {**patient, "observations": [*patient["observations"], *earlier]}
    joined |= {name: [*patient[name], *more[name]] for name in LISTS[1:]}
    joined["facts"] = {name: value if value is not None else more["facts"][name] for name, value in patient["facts"].items()}
    changes = set(zip(outcomes(patient), outcomes(joined), strict=True))
    assert changes & {("pass", "fail"), ("fail", "pass")} == set()


@given(PEOPLE)
def test_a_list_that_is_declared_complete_only_settles(patient: dict[str, Any]) -> None:
    changes = set(zip(outcomes(patient), outcomes({**patient, "complete": list(LISTS[1:])}), strict=True))
    assert changes <= {(one, one) for one in ("pass", "fail", "unknown")} | {("unknown", "pass"), ("unknown", "fail")}


def test_nothing_known_never_fails() -> None:
    assert set(outcomes({})) == {"unknown"}


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_lists_is_of_no_account(patient: dict[str, Any], chance: Any) -> None:
    shuffled = {**patient, **{name: chance.sample(patient[name], len(patient[name])) for name in LISTS}}
    assert outcomes(patient) == outcomes(shuffled)


@given(PEOPLE)
def test_evidence_is_there_for_all_that_is_decided(patient: dict[str, Any]) -> None:
    found = screen(Patient.model_validate(patient), trial(), on=ON)
    assert [one.number for one in found.criteria if not one.evidence] == []
    assert [one.number for one in found.criteria if one.outcome == "unknown" and not one.missing] == []


UNITS = [
    ("creatinine", "Creatinine < 1.5 mg/dL", "mg/dL", ["umol/L", "mg/L", "mmol/L"], 113.12),
    ("platelets", "Platelets > 100 x 10^9/L", "10*9/L", ["/uL", "/mm3", "10*3/uL", "K/uL"], None),
    ("glucose", "Fasting glucose < 7 mmol/L", "mmol/L", ["mg/dL", "g/L"], 180.16),
    ("body weight", "Body weight < 90 kg", "kg", ["g", "[lb_av]"], None),
    ("body temperature", "Body temperature < 38 degrees Celsius", "Cel", ["[degF]", "K"], None),
    ("hemoglobin", "Hemoglobin > 10 g/dL", "g/dL", ["g/L"], None),
    ("HbA1c", "HbA1c < 8 %", "%", ["mmol/mol"], None),
]


@pytest.mark.parametrize(("name", "text", "unit", "others", "molar_mass"), UNITS)
@given(share=st.floats(0.3, 1.6))
def test_the_unit_of_a_datum_is_of_no_account(
    name: str, text: str, unit: str, others: list[str], molar_mass: float | None, share: float
) -> None:
    criteria = _parsed(text)
    magnitude = {"Cel": 38.0, "%": 8.0, "kg": 90.0, "10*9/L": 100.0, "mmol/L": 7.0, "g/dL": 10.0, "mg/dL": 1.5}[unit] * (0.9 + share / 10)
    seen = {_outcome(criteria, name, magnitude, unit)}
    for other in others:
        ucum = {"K/uL": "10*3/uL"}.get(other, other)
        analyte = "haemoglobin_a1c" if name == "HbA1c" else ""
        seen.add(_outcome(criteria, name, converted(magnitude, unit, ucum, analyte, molar_mass), other))
    assert len(seen) == 1


@cache
def _parsed(text: str) -> Criteria:
    return parse(f"Inclusion Criteria:\n- {text}\n")


def _outcome(criteria: Criteria, name: str, magnitude: float, unit: str) -> str:
    called = "fasting glucose" if name == "glucose" else name
    patient = Patient.model_validate({"observations": [{"name": called, "magnitude": magnitude, "unit": unit, "date": "2026-02-20"}]})
    return screen(patient, criteria, on=ON).criteria[0].outcome
