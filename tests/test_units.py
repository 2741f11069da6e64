"""Units: every surface form of the rules reads back to its code, and every code is a quantity."""

from __future__ import annotations

import pickle
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.characters import fold, plain
from eligibility.errors import RuleError, UnitError
from eligibility.ucum import convert, convertible, known, quantity, ureg
from eligibility.units import Unit, UnitReader

TABLES: dict[str, Any] = tomllib.loads((Path(__file__).parent.parent / "rules" / "units.toml").read_text(encoding="utf-8"))
_NUMBER = re.compile(r"[0-9.]+|twice|double")
_TWICE = {"twice": "2", "double": "2"}
READER = UnitReader(TABLES["unit"], TABLES["multiple"])
FORMS = [
    (table["ucum"], table.get("reference"), form)
    for table in TABLES["unit"]
    if table.get("alone", True)
    for form in (*table.get("terms", ()), *table.get("cased", ()))
]
EXAMPLES = [
    (example["gives"][0], text)
    for table in (*TABLES["unit"], *TABLES["multiple"])
    for example in table.get("examples", ())
    for text in example["texts"]
]


def read(text: str, pos: int | None = None) -> Unit | None:
    """The unit behind the number that opens the text."""
    start = _NUMBER.match(text).end() if pos is None else pos  # type: ignore[union-attr]
    return READER.read(plain(text), fold(text), start)


def test_there_are_enough_forms() -> None:
    assert (len(FORMS) > 1000, len(READER.codes) > 300) == (True, True)


@pytest.mark.parametrize("tail", ["", " ", ")", ",", ".", ";", "\n"])
def test_every_form_reads_back_to_its_code(tail: str) -> None:
    misread = [
        (form, read(f"10 {form}{tail}"))
        for code, reference, form in FORMS
        if read(f"10 {form}{tail}") != Unit(code, 3 + len(form), reference)
    ]
    assert misread == []


def test_no_form_is_claimed_by_two_codes() -> None:
    claimed: dict[str, str] = {}
    twice = [(form, code, claimed[form]) for code, _, form in FORMS if claimed.setdefault(form, code) != code]
    assert twice == []


@pytest.mark.parametrize(("gives", "text"), EXAMPLES)
def test_the_examples_of_the_rules(gives: str, text: str) -> None:
    unit = read(text)
    assert unit is not None
    number = _NUMBER.match(text)[0]  # type: ignore[index]
    assert (f"{_TWICE.get(number, number)} {unit.ucum}", unit.end) == (gives, len(text))


@pytest.mark.parametrize("code", READER.codes)
def test_every_code_is_a_quantity(code: str) -> None:
    assert (known(code), quantity(2.0, code).magnitude) == (True, 2.0)


@pytest.mark.parametrize(
    ("text", "code", "surface"),
    [
        ("10 mg twice daily", "mg", "10 mg"),
        ("10mg/tablet", "mg", "10mg"),
        ("10 milligrams/deciliter of glucose", "mg/dL", "10 milligrams/deciliter"),
        ("5 mg per kg per day", "mg/kg/d", "5 mg per kg per day"),
        ("8-week washout", "wk", "8-week"),
        ("2-mm lesion", "mm", "2-mm"),
        ("18 years old", "a", "18 years"),
        ("18 years-old", "a", "18 years"),
        ("30 kg/m2Inclusion", "kg/m2", "30 kg/m2"),
        ("100 K/uL", "10*3/uL", "100 K/uL"),
        ("100 g/L", "g/L", "100 g/L"),
        ("100 G/L", "10*9/L", "100 G/L"),
        ("7 mM", "mmol/L", "7 mM"),
        ("7 mm", "mm", "7 mm"),
        ("2.5 times the institutional upper limit of normal (ULN) range", "ULN", "2.5 times the institutional upper limit of normal (ULN)"),
        ("3 x the laboratory's ULN.", "ULN", "3 x the laboratory's ULN"),
        ("5 half-lives of the drug", "half_life", "5 half-lives"),
        ("3 times per week", "/wk", "3 times per week"),
        ("1500 neutrophils/\u00b5L", "/uL", "1500 neutrophils/\u00b5L"),
        ("5 \\% of", "%", "5 \\%"),
        ("10 mg\n/ day", "mg/d", "10 mg\n/ day"),
        ("2 mm\n2 eyes", "mm", "2 mm"),
    ],
)
def test_the_longest_unit_and_where_it_ends(text: str, code: str, surface: str) -> None:
    assert read(text) == Unit(code, len(surface))


@pytest.mark.parametrize(
    "text",
    [
        "5 patients",
        "2 normal controls",
        "3 teeth",
        "5 g-csf doses",
        "2 mmx",
        "4 x",
        "3-D",
        "65 upper limit",
        "1 of",
        "7",
        "10 / ",
        "3 times a",
    ],
)
def test_what_is_no_unit(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "reference"), [("60% of predicted", "predicted"), ("50 % of baseline", "baseline"), ("80% of LLN", "LLN"), ("5 %", None)]
)
def test_a_percentage_keeps_what_it_is_of(text: str, reference: str | None) -> None:
    assert read(text) == Unit("%", len(text), reference)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("a", "time"), ("mg", "mass"), ("mg/d", "dose"), ("mg/dL", "concentration"), ("%", "ratio"),
        ("ULN", "multiple"), ("/wk", "frequency"), ("?", "other"),
    ],
)  # fmt: skip
def test_kinds(code: str, kind: str) -> None:
    assert (READER.kind(code), READER.is_time(code)) == (kind, kind == "time")


def test_an_unknown_kind_is_a_mistake_of_the_rules() -> None:
    with pytest.raises(RuleError, match="kind 'tyme' is not one of"):
        UnitReader([{"ucum": "a", "kind": "tyme", "terms": ["years"]}])


def test_a_reader_pickles() -> None:
    again = pickle.loads(pickle.dumps(READER))
    assert again.read("10 mg/day", "10 mg/day", 2) == Unit("mg/d", 9)


@pytest.mark.parametrize(
    ("value", "source", "target", "molar_mass", "expected"),
    [
        (12.5, "g/dL", "g/L", None, 125.0),
        (1.0, "mg/dL", "umol/L", 113.12, 88.401697312588),
        (126.0, "mg/dL", "mmol/L", 180.156, 6.9939385865583),
        (88.401697312588, "umol/L", "mg/dL", 113.12, 1.0),
        (100.0, "10*9/L", "/uL", None, 100000.0),
        (100.0, "10*3/uL", "10*9/L", None, 100.0),
        (100000.0, "/mm3", "10*9/L", None, 100.0),
        (98.6, "[degF]", "Cel", None, 37.0),
        (37.0, "Cel", "[degF]", None, 98.6),
        (1.0, "a", "mo", None, 12.0),
        (4.0, "wk", "d", None, 28.0),
        (50.0, "%", "1", None, 0.5),
        (1.0, "g/(24.h)", "mg/d", None, 1000.0),
        (7.0, "mg/d", "mg/wk", None, 49.0),
        (40.0, "U/L", "[iU]/L", None, 40.0),
        (1.0, "ukat/L", "U/L", None, 60.0),
        (2.0, "ULN", "ULN", None, 2.0),
        (1.0, "ug/L", "ng/mL", None, 1.0),
        (60.0, "mL/min/{1.73_m2}", "mL/min", None, 60.0),
    ],
)  # fmt: skip
def test_conversions(value: float, source: str, target: str, molar_mass: float | None, expected: float) -> None:
    assert convert(value, source, target, molar_mass) == expected


def test_pressure_converts() -> None:
    assert convert(120.0, "mm[Hg]", "kPa") == pytest.approx(15.998684, rel=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("mg", "g", True), ("ULN", "LLN", False), ("{pack}.a", "a", False), ("mg/dL", "mmol/L", False), ("half_life", "d", False)],
)
def test_what_converts(a: str, b: str, expected: bool) -> None:
    assert convertible(a, b) is expected


@pytest.mark.parametrize("code", ["mg/", "mg//L", "florps", "mg/(24.h", "mg L", "]", "{"])
def test_what_is_not_ucum_is_refused(code: str) -> None:
    assert known(code) is False
    with pytest.raises(UnitError, match="is not a unit"):
        quantity(1.0, code)


def test_no_way_between_units_says_what_is_missing() -> None:
    with pytest.raises(UnitError, match="a molar mass is needed"):
        convert(1.0, "mg/dL", "mmol/L")


def test_quantities_keep_the_number_and_pickle() -> None:
    value = quantity(100000.0, "10*9/L")
    assert (value.magnitude, pickle.loads(pickle.dumps(value)) == value, ureg() is ureg()) == (100000.0, True, True)


@given(st.text(alphabet="mgkdlL/ ^23().%x\u00b5day-\n", max_size=30))
def test_a_unit_ends_inside_the_text(text: str) -> None:
    unit = READER.read(plain(text), fold(text), 0)
    assert unit is None or 0 < unit.end <= len(text)


@pytest.mark.parametrize("piece", ["mg/", "/", " ", "the ", "x ", "per ", "(", "m2"])
def test_long_runs_do_not_hang(piece: str) -> None:
    text = piece * 30_000
    assert len([READER.read(text, text, pos) for pos in range(0, 3000)]) == 3000
