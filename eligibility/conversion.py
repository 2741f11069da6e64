"""Conversion: in, a value of an analyte with its UCUM unit; out, the value in another unit, by what the rules know of the analyte.

Units convert by pint; mass and amount of substance by the analyte's molar mass, milliequivalents by its charge, HbA1c between % (NGSP) and
mmol/mol (IFCC) by the master equation NGSP = 0.09148 * IFCC + 2.152 (Weykamp et al., Clin Chem 2008).
"""

from __future__ import annotations

from functools import cache

from eligibility.errors import UnitError
from eligibility.rulebook import Rulebook
from eligibility.ucum import convert

NGSP_SLOPE, NGSP_INTERCEPT = 0.09148, 2.152
_HBA1C = "haemoglobin_a1c"


class Converter:
    """Converts values of the analytes of a rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._masses = {analyte.id: analyte.molar_mass for analyte in rulebook.analytes}
        self._charges: dict[str, int] = {id: charge for row in rulebook.other.get("charge", ()) for id, charge in row["of"].items()}

    def convert(self, value: float, unit: str, to: str, analyte: str = "") -> float:
        """The value in another unit; `analyte` is the id of what is measured. UnitError where there is no way."""
        return converted(value, unit, to, analyte, self._masses.get(analyte), self._charges.get(analyte))


@cache
def load_converter(rulebook: Rulebook) -> Converter:
    """The converter of a rulebook; made once for each."""
    return Converter(rulebook)


def converted(value: float, unit: str, to: str, analyte: str = "", molar_mass: float | None = None, charge: int | None = None) -> float:
    """The value of an analyte in another unit; UnitError where there is no way."""
    if unit == to:
        return value
    if analyte == _HBA1C and {unit, to} == {"%", "mmol/mol"}:
        return (value - NGSP_INTERCEPT) / NGSP_SLOPE if unit == "%" else NGSP_SLOPE * value + NGSP_INTERCEPT
    if ("eq" in unit) != ("eq" in to):
        if charge is None:
            raise UnitError(f"between {unit} and {to} the charge of the ion is needed")
        value = value / charge if "eq" in unit else value * charge
    return convert(value, unit, to, molar_mass)
