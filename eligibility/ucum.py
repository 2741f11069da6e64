"""UCUM: in, a UCUM code; out, the pint unit that it is, and values in other units. Pint is imported when the first quantity is asked for.

Codes are UCUM, and five words that are not: ULN, LLN, baseline, predicted, half_life. No surface text comes here.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from eligibility.errors import UnitError

if TYPE_CHECKING:
    import pint

NOT_UCUM = ("ULN", "LLN", "baseline", "predicted", "half_life")
DAYS = {"d": 1.0, "wk": 7.0, "h": 1 / 24, "min": 1 / 1440}  # of a unit of time, exactly: a conversion by pint leaves a rounding
MONTHS = {"mo": 1, "a": 12}
DAYS_OF_A_MONTH = 365.25 / 12  # UCUM's mean Julian month
# UCUM's own atoms, as expressions of pint; where pint has no such thing, a dimension or factor of its own is defined below.
_ATOMS: dict[str, str] = {
    "a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second",
    "g": "gram", "m": "meter", "L": "liter", "l": "liter", "mol": "mole", "eq": "mole", "osm": "mole", "Pa": "pascal", "bar": "bar",
    "m[Hg]": "column_of_mercury", "m[H2O]": "column_of_water", "Cel": "degC", "[degF]": "degF", "K": "kelvin", "%": "percent",
    "[ppth]": "permille_part", "[ppm]": "ppm", "[lb_av]": "pound", "[oz_av]": "ounce", "[in_i]": "inch", "[ft_i]": "foot", "[mi_i]": "mile",
    "[iU]": "international_unit", "U": "international_unit", "kat": "catalytic_katal", "[arb'U]": "arbitrary_unit", "[CFU]": "colony_count",
    "[FEU]": "fibrinogen_unit", "[HPF]": "microscope_field", "[LPF]": "low_power_field", "deg": "degree", "[diop]": "dioptre",
    "B": "sound_level_bel", "Hz": "hertz", "W": "watt", "V": "volt", "A": "ampere", "Ohm": "ohm", "cal": "calorie", "J": "joule",
    "N": "newton", "dyn": "dyne", "[MET]": "metabolic_equivalent", "Gy": "gray", "Sv": "sievert", "Bq": "becquerel", "Ci": "curie",
    "[Ch]": "charriere", "[pH]": "acidity", "[drp]": "drop", "P": "poise",
}  # fmt: skip
_PREFIXES = {
    "k": "kilo", "h": "hecto", "d": "deci", "c": "centi", "m": "milli", "u": "micro", "n": "nano", "p": "pico", "f": "femto",
    "M": "mega", "G": "giga", "T": "tera",
}  # fmt: skip
_COUNTED = ("{pack}", "{drinks}", "{cigarettes}", "{alcohol_units}", "{ETDRS_letters}")  # annotations that are not mere colour
_FACTORS = ("12", "24", "48", "72", "100", "1000")
_DEFINED = (
    "ULN = [uln]", "LLN = [lln]", "baseline = [baseline]", "predicted = [predicted]", "half_life = [half_life]",
    "international_unit = [international_unit]", "catalytic_katal = 6e7 * international_unit", "arbitrary_unit = [arbitrary_unit]",
    "colony_count = [colony_count]", "fibrinogen_unit = [fibrinogen_unit]", "microscope_field = [microscope_field]",
    "low_power_field = [low_power_field]", "sound_level_bel = [sound_level]", "metabolic_equivalent = [metabolic_equivalent]",
    "acidity = [acidity]", "permille_part = 1e-3",
    "column_of_mercury = 1000 * mmHg", "column_of_water = 100 * cmH2O", "dioptre = 1 / meter", "charriere = meter / 3000",
    "drop = milliliter / 20", *(f"factor_{n} = {n}" for n in _FACTORS),
    *(f"{name.strip('{}')}_counted = [{name.strip('{}')}]" for name in _COUNTED),
    *(f"ten_power_{n} = 1e{n}" for n in range(1, 16)), *(f"ten_power_minus_{n} = 1e-{n}" for n in range(1, 16)),
)  # fmt: skip
_COMPONENT = re.compile(
    r"(?P<power>10[*^])(?P<ten>-?[0-9]{1,2})?|(?P<bare>\{[^{}]*\})|(?P<number>[0-9]+(?:\.[0-9]+)?)(?![*^])"
    r"|(?P<group>\()|(?P<atom>(?:[a-zA-Z%]|\[[^\[\]]*\])+)(?P<exponent>-?[0-9])?(?:\{[^{}]*\})?"
)


@cache
def ureg() -> pint.UnitRegistry[Any]:
    """The one registry: pint's units, the five words, international units, counts. Made on first use, and pint's application registry."""
    import pint

    try:
        registry: pint.UnitRegistry[Any] = pint.UnitRegistry(cache_folder=":auto:", autoconvert_offset_to_baseunit=True)
    except OSError:  # a home that cannot be written to: slower, but the same
        registry = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    for line in _DEFINED:
        registry.define(line)
    pint.set_application_registry(registry)  # type: ignore[no-untyped-call]  # unpickled quantities find their units here
    return registry


def quantity(magnitude: float, ucum: str) -> pint.Quantity[Any]:
    """The pint quantity of a number and a UCUM code; UnitError where the code is not known."""
    return ureg().Quantity(magnitude, pint_unit(ucum))


@cache
def pint_unit(ucum: str) -> pint.Unit:
    return ureg().Unit(_expression(ucum))


def known(ucum: str) -> bool:
    """Whether the code is one that quantities can be made of."""
    try:
        pint_unit(ucum)
    except UnitError:
        return False
    return True


def convertible(a: str, b: str) -> bool:
    """Whether values in `a` convert to `b` without knowing the substance."""
    return known(a) and known(b) and pint_unit(a).dimensionality == pint_unit(b).dimensionality


def convert(value: float, from_ucum: str, to_ucum: str, molar_mass: float | None = None) -> float:
    """The value in another unit. `molar_mass` (g/mol) is needed between mass and amount of substance; UnitError where there is no way."""
    if from_ucum == to_ucum:
        return value
    factor = _factor(from_ucum, to_ucum, molar_mass)
    return _rounded(value * factor if factor is not None else _converted(value, from_ucum, to_ucum, molar_mass))


@cache
def _factor(from_ucum: str, to_ucum: str, molar_mass: float | None) -> float | None:
    """What a value is multiplied with; None where the units have no common zero (degrees)."""
    if _converted(0.0, from_ucum, to_ucum, molar_mass) != 0:
        return None
    return _converted(1.0, from_ucum, to_ucum, molar_mass)


def _converted(value: float, from_ucum: str, to_ucum: str, molar_mass: float | None) -> float:
    source, target = pint_unit(from_ucum), pint_unit(to_ucum)
    if source.dimensionality == target.dimensionality:
        return float(ureg().Quantity(value, source).to(target).magnitude)
    if molar_mass is not None and molar_mass > 0:
        mass_per_amount = ureg().Quantity(molar_mass, "gram / mole")
        for factor in (mass_per_amount, 1 / mass_per_amount):
            if (source * factor.units).dimensionality == target.dimensionality:
                return float((ureg().Quantity(value, source) * factor).to(target).magnitude)
    hint = "" if molar_mass is not None else "; between mass and amount of substance a molar mass is needed"
    raise UnitError(f"{from_ucum!r} does not convert to {to_ucum!r}{hint}")


def _rounded(value: float) -> float:
    """Without the noise of the factors: 14 digits, which is more than any laboratory gives."""
    return float(f"{value:.14g}")


def _expression(ucum: str) -> str:
    """A pint expression for a UCUM code: components joined by `.` and `/`, as UCUM reads them, from left to right."""
    if ucum in NOT_UCUM:
        return ucum
    if ucum in ("", "1"):
        return "dimensionless"
    numerator, position, divided, parts = True, 0, ucum.startswith("/"), ["1"]
    if divided:
        numerator, position = False, 1
    while position < len(ucum):
        match = _COMPONENT.match(ucum, position)
        if match is None:
            raise UnitError(f"{ucum!r} is not a unit: {ucum[position:]!r} is not understood")
        end = match.end()
        if match["group"]:
            end = ucum.find(")", position) + 1
            if end == 0:
                raise UnitError(f"{ucum!r} is not a unit: a bracket is not closed")
            inner = f"({_expression(ucum[position + 1 : end - 1])})"
        else:
            inner = _component(match, ucum)
        parts.append(f"{'*' if numerator else '/'} {inner}")
        if end < len(ucum) and ucum[end] not in "./":
            raise UnitError(f"{ucum!r} is not a unit: {ucum[end:]!r} is not understood")
        numerator, position = ucum[end : end + 1] == ".", end + 1
    if ucum[-1] in "./":
        raise UnitError(f"{ucum!r} is not a unit: it ends in {ucum[-1]!r}")
    return " ".join(parts)


def _component(match: re.Match[str], ucum: str) -> str:
    """The pint name of one component: a power of ten, an annotation, a number, or an atom with prefix and exponent."""
    if match["power"]:
        ten = int(match["ten"] or 1)
        return f"ten_power_{'minus_' if ten < 0 else ''}{abs(ten)}"
    if match["bare"]:
        return f"{match['bare'].strip('{}')}_counted" if match["bare"] in _COUNTED else "dimensionless"
    if match["number"]:
        if match["number"] not in _FACTORS:
            raise UnitError(f"{ucum!r} is not a unit: the factor {match['number']} is not used in units here")
        return f"factor_{match['number']}"
    name = _atom(match["atom"])
    if name is None:
        raise UnitError(f"{ucum!r} is not a unit: {match['atom']!r} is not known")
    return f"{name} ** {match['exponent']}" if match["exponent"] else name


def _atom(symbol: str) -> str | None:
    if symbol in _ATOMS:
        return _ATOMS[symbol]
    prefix, atom = _PREFIXES.get(symbol[:1]), _ATOMS.get(symbol[1:])
    return f"{prefix}{atom}" if prefix and atom else None
