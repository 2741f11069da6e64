"""Computed values: in, a patient's measured values; out, what follows from them where it was not measured, saying how.

Body mass index: weight / height². Creatinine clearance: Cockcroft and Gault, Nephron 1976; 16: 31-41. eGFR: CKD-EPI 2021 without race
(Inker et al., N Engl J Med 2021; 385: 1737-1749). For adults alone, where the formula is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

ADULT = 18


class Inputs(NamedTuple):
    """`values` by the analyte's id: weight in kg, height in m, creatinine in mg/dL; `age` in years."""

    values: dict[str, float]
    age: int | None
    sex: str | None


class Computed(NamedTuple):
    value: float
    unit: str
    how: str


def bmi(inputs: Inputs) -> Computed | str:
    weight, height = inputs.values["body_weight"], inputs.values["body_height"]
    if height <= 0:
        return "height"
    return Computed(weight / height**2, "kg/m2", f"computed from {weight:.4g} kg and {height:.4g} m")


def cockcroft_gault(inputs: Inputs) -> Computed | str:
    """Creatinine clearance in mL/min: (140 - age) * weight / (72 * creatinine), for women 0.85 of it."""
    creatinine, weight = inputs.values["creatinine"], inputs.values["body_weight"]
    lacks = _lacks(inputs)
    if lacks or inputs.age is None or creatinine <= 0:
        return lacks or "creatinine"
    clearance = (140 - inputs.age) * weight / (72 * creatinine) * (0.85 if inputs.sex == "female" else 1)
    return Computed(clearance, "mL/min", f"by Cockcroft-Gault from creatinine {creatinine:.3g} mg/dL, {weight:.4g} kg, {inputs.age} a")


def ckd_epi_2021(inputs: Inputs) -> Computed | str:
    """eGFR in mL/min/1.73 m²: 142 * min(Cr/k, 1)^a * max(Cr/k, 1)^-1.200 * 0.9938^age, for women 1.012 of it."""
    creatinine = inputs.values["creatinine"]
    lacks = _lacks(inputs)
    if lacks or inputs.age is None or creatinine <= 0:
        return lacks or "creatinine"
    female = inputs.sex == "female"
    ratio = creatinine / (0.7 if female else 0.9)
    power = -0.241 if female else -0.302
    rate = 142 * min(ratio, 1) ** power * max(ratio, 1) ** -1.2 * 0.9938**inputs.age * (1.012 if female else 1)
    return Computed(rate, "mL/min/{1.73_m2}", f"by CKD-EPI 2021 from creatinine {creatinine:.3g} mg/dL, {inputs.age} a")


def _lacks(inputs: Inputs) -> str:
    if inputs.age is None:
        return "age"
    if inputs.sex not in ("male", "female"):
        return "sex"
    return "" if inputs.age >= ADULT else "a formula for children"


FORMULAS: dict[str, Callable[[Inputs], Computed | str]] = {"bmi": bmi, "cockcroft_gault": cockcroft_gault, "ckd_epi_2021": ckd_epi_2021}
INPUT_UNITS = {"body_weight": "kg", "body_height": "m", "creatinine": "mg/dL"}
