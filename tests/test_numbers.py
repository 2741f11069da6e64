"""Numbers: what is written as one, its value to the last digit, and what only looks like one."""

from __future__ import annotations

import pytest
from growth import grows_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from eligibility.characters import fold
from eligibility.numbers import Number, find_numbers


def values(text: str) -> list[float]:
    return [number.value for number in find_numbers(fold(text))]


def written(text: str) -> list[tuple[str, float, str]]:
    return [(text[number.start : number.end], number.value, number.kind) for number in find_numbers(fold(text))]


ONE_NUMBER = {
    "18": 18.0, "1.5": 1.5, ".5": 0.5, "0.4": 0.4, "18,5": 18.5, "7,0": 7.0, "0,75": 0.75,
    "100,000": 100000.0, "1,500": 1500.0, "1,000,000": 1000000.0, "1,500.5": 1500.5, "100 000": 100000.0, "1 500 000": 1500000.0,
    "100\u2009000": 100000.0, "100'000": 100000.0, "100\u2019000": 100000.0, "100.000": 100.0,
    "1.5 x 10^9": 1.5e9, "1.5\u00d710\u2079": 1.5e9, "1.5 X 10\u2079": 1.5e9, "1.5*10^9": 1.5e9, "100 x 10e9": 1e11, "1.0E+6": 1e6,
    "1e6": 1e6, "2.0e5": 2e5, "10^9": 1e9, "10\u2079": 1e9, "600 \u00d7 10-6": 0.0006, "10^-3": 0.001, "1.5 x 10(9)": 1.5e9,
    "1.5 x 10 ^ 9": 1.5e9, "1.5 x 10\\^9": 1.5e9, "3.0 x 10*9": 3e9, "3.0 x 10**9": 3e9, "2 \u00d7 10\u207b\u00b3": 0.002,
    
    "15, 000": 15000.0, "0\u00b79": 0.9, "3\u202242": 3.42, "2\u00b710^9": 2e9, "1\u00b75 x 10^9": 1.5e9,
    "1.5 million": 1.5e6, "150 thousand": 150000.0, "\u00bd": 0.5, "1\u00bd": 1.5, "2 \u00be": 2.75,
    "zero": 0.0, "seven": 7.0, "nineteen": 19.0, "twenty": 20.0, "twenty-one": 21.0, "twenty one": 21.0, "one hundred": 100.0,
    "two hundred and fifty": 250.0, "three thousand": 3000.0, "half": 0.5, "one and a half": 1.5, "one-half": 0.5, "two-thirds": 2 / 3,
    "once": 1.0, "twice": 2.0, "thrice": 3.0, "three (3)": 3.0, "3 (three)": 3.0, "twenty-four (24)": 24.0,
    "1st": 1.0, "2nd": 2.0, "3rd": 3.0, "4 th": 4.0, "first": 1.0, "second": 2.0,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), ONE_NUMBER.items())
def test_one_number_is_read_whole_and_exactly(text: str, value: float) -> None:
    found = find_numbers(fold(text))
    assert [(number.start, number.end, number.value) for number in found] == [(0, len(text), value)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score of 1,2 or 3", [1, 2, 3]),
        ("CD4 350 and E2 300 pg/mL, SpO2:FiO2 150", [350, 300, 150]),
        ("weight 4 350 g", [4350]),
        ("2.5 x 106 CD34+ cells/kg", [2500000]),
        ("1,2,3", [1, 2, 3]),
        ("ASA status 1,2", [1, 2]),
        ("grades 3,4", [3, 4]),
        ("between 6,1 and 7 mmol/l", [6.1, 7]),
        ("\u226518,5 and \u226427,5", [18.5, 27.5]),
        ("500, 1000, 2000, and 3000 Hz", [500, 1000, 2000, 3000]),
        ("18-65", [18, 65]),
        ("18~80", [18, 80]),
        ("18 -65 years", [18, 65]),
        ("18yrs-65yrs", [18, 65]),
        ("145 \u2264 SBP < 160", [145, 160]),
        ("24 + 0 weeks", [24, 0]),
        ("160/100 mmHg", [160, 100]),
        ("140-159/90-99 mmHg", [140, 159, 90, 99]),
        ("aged18 and older than65", [18, 65]),
        ("platelets 150 x 109/L", [150e9]),
        ("RBC 2 x 1012/L", [2e12]),
        ("WBC 3.5 x 103/uL", [3500]),
        ("ANC 1.5 x 10 9/L", [1.5e9]),
        ("2 x 100 mg", [2, 100]),
        ("100K/uL", [100]),
        ("MIP < -20 cm", [-20]),
        ("T-score \u2264 \u22122.5", [-2.5]),
        ("from -2 to 4", [-2, 4]),
        ("- 20 patients", [20]),
        ("\n-18 years or older", [18]),
        ("five half-lives", [5]),
        ("one or two", [1, 2]),
    ],
)
def test_several_numbers(text: str, expected: list[float]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "IL6", "IL-6", "HbA1c", "CYP3A4/5/7", "CA19-9", "COVID-19", "SF-36", "PHQ-9", "T2", "q12h", "Ki67", "H1N1", "NCT01234567",
        "someone", "often", "tent", "attend", "no-one", "alone", "listen", "factor VIII", "IV infusion", "type I", "vitamin K", "i.e.",
        "1.2.3",
    ],
)  # fmt: skip
def test_names_and_parts_of_words_are_not_numbers(text: str) -> None:
    assert written(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NYHA class III or IV", [(3, ""), (4, "")]),
        ("grade ii-iv", [(2, ""), (4, "")]),
        ("class I, II or III", [(1, ""), (2, ""), (3, "")]),
        ("stage IIIb/IV", [(3, "b"), (4, "")]),
        ("Class II-IVa", [(2, ""), (4, "a")]),
        ("Grade\u2160\uff0dII", [(1, ""), (2, "")]),
        ("acute GVHD >= grade II", [(2, "")]),
        ("stage 3b", [(3, "b")]),
        ("stage 3b or grade 2", [(3, "b"), (2, "")]),
        ("type 3a, 3b or 3c", [(3, ""), (3, ""), (3, "")]),
        ("stage 3a, 3b or 3c", [(3, "a"), (3, "b"), (3, "c")]),
        ("NYHA functional class > II", [(2, "")]),
    ],
)
def test_roman_numerals_and_letters_of_stages(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(number.value, number.suffix) for number in find_numbers(fold(text))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 January 2005", [("2 January 2005", 2.0, "date")]),
        ("April 2008", [("April 2008", 2008.0, "date")]),
        ("April 1, 2008", [("April 1, 2008", 1.0, "date")]),
        ("4/1/2019", [("4/1/2019", 4.0, "date")]),
        ("2019-04-01", [("2019-04-01", 2019.0, "date")]),
        ("31.12.2019", [("31.12.2019", 2019.0, "date")]),
        ("diagnosed in 2015", [("2015", 2015.0, "year")]),
        ("(2010)", [("2010", 2010.0, "year")]),
        ("by the 2010 criteria", [("2010", 2010.0, "year")]),
        ("of 2000 mg", [("2000", 2000.0, "digits")]),
        ("< 2000 cells", [("2000", 2000.0, "digits")]),
        ("may 18 years", [("18", 18.0, "digits")]),
    ],
)
def test_dates_and_years_are_marked(text: str, expected: list[tuple[str, float, str]]) -> None:
    assert written(text) == expected


def test_a_number_joined_to_a_word_is_compound() -> None:
    found = find_numbers("12-lead ecg, a 2-year history, first-line, two-drug, 5 mg")
    assert [(number.value, number.compound) for number in found] == [(12, True), (2, True), (1, True), (2, True), (5, False)]


def test_the_power_is_kept_apart_for_ranges() -> None:
    assert find_numbers("4 x 10^9") == [Number(0, 8, 4e9, "digits", power=9)]


def test_context_before_the_start_counts() -> None:
    assert find_numbers("il6 18", 2) == [Number(4, 6, 18.0, "digits")]


def test_the_cues_are_the_callers() -> None:
    assert [number.value for number in find_numbers("klass ii", cues=("klass",))] == [2]


@given(st.integers(0, 10**15 - 1))
def test_integers_read_back_with_any_separator(value: int) -> None:
    grouped = f"{value:,}"
    for text in (str(value), grouped, grouped.replace(",", " "), grouped.replace(",", "'")):
        assert written(f"a {text} b") == [(text, float(value), "digits")]


@given(st.integers(1, 9999), st.integers(0, 3), st.integers(-12, 12))
def test_powers_of_ten_read_back_exactly(digits: int, decimals: int, power: int) -> None:
    mantissa = f"{digits / 10**decimals:.{decimals}f}"
    expected = float(f"{mantissa}e{power}")
    superscript = str(power).translate(str.maketrans("0123456789-", "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b"))
    for text in (f"{mantissa} x 10^{power}", f"{mantissa}\u00d710{superscript}", f"{mantissa}e{power:+d}"):
        assert values(text) == [expected]


@given(st.text(alphabet="0123456789 .,-/()^xe\u00d7\u00bdiv onetwhalfmy\n", max_size=80))
def test_numbers_are_in_order_and_apart_and_inside(text: str) -> None:
    found = find_numbers(fold(text))
    ends = [0, *(number.end for number in found)]
    assert all(end <= number.start < number.end <= len(text) for end, number in zip(ends, found, strict=False))


@given(st.lists(st.sampled_from(list(ONE_NUMBER)), min_size=1, max_size=6))
def test_what_was_read_reads_again(parts: list[str]) -> None:
    text = " ; ".join(parts)
    found = find_numbers(fold(text))
    assert [values(text[number.start : number.end]) for number in found] == [[number.value] for number in found]


@pytest.mark.parametrize(
    "piece", ["1", "1,", "1 ", "10^", "1.1", "x 10", "a-1", "one ", "1,111", "111 ", "one hundred and ", "1/", "i, ", "-1"]
)
def test_time_grows_with_length_only(piece: str) -> None:
    assert grows_in_proportion(find_numbers, piece, 20_000) is True
