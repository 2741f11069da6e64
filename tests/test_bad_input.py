"""Bad input: no text makes `parse` raise or hang; time grows in proportion to length."""

from __future__ import annotations

import pytest
from growth import LIMIT, grows_in_proportion, growth

from eligibility import Criteria, parse


def codes(criteria: Criteria) -> set[str]:
    return {issue.code for issue in criteria.issues}


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t \r\n", "\x00", "\x00\x00\n\x00", "\ufeff", "\u200b\u00a0", "- \n- \n", "...", ":"])
def test_nothing_to_read(text: str) -> None:
    criteria = parse(text)
    assert (criteria.text, criteria.constraints) == (text, ())


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\t \r\n"])
def test_blank_text_says_so(text: str) -> None:
    assert codes(parse(text)) == {"no_criteria"}


@pytest.mark.parametrize(
    "text",
    [
        "Age ≥ 18 years\x00\x00",
        "\x00Age ≥ 18 years",
        "Age ≥ 18 years \ud800",
        "\udfff\ud800 Age ≥ 18 years",
        "Age ≥ 18 years \U0001f600",
        "Age ≥ 18 years\n\ufffd\ufffd\ufffd\ufffd",
        "\ufeffAge ≥ 18 years",
        "Age ≥ 18 years\x0b\x0c\x1c\x85",
        "\u202bAge ≥ 18 years\u202c",
    ],
    ids=ascii,
)
def test_stray_characters(text: str) -> None:
    criteria = parse(text)
    assert criteria.text == text
    assert [str(c) for c in criteria.constraints if c.type == "age"] == ["age >= 18 a"]


@pytest.mark.parametrize(
    "text",
    [
        "معايير الاشتمال:\n- العمر بين ١٨ و ٦٥ سنة\n- موافقة مستنيرة مكتوبة",
        "קריטריוני הכללה:\n- גיל 18 עד 65\n- הסכמה מדעת",
        "纳入标准：\n1. 年龄18～75岁\n2. 签署知情同意书\n排除标准：\n1. 妊娠或哺乳期妇女",
        "Критерии включения:\n- Возраст от 18 до 65 лет",
        "Einschlusskriterien:\n- Alter zwischen 18 und 65 Jahren\n- Schriftliche Einwilligung",
        bytes(range(256)).decode("latin-1"),
        "Ã¤ge â‰¥ 18 yeÃ¢rs",
    ],
    ids=["arabic", "hebrew", "chinese", "russian", "german", "bytes", "mojibake"],
)
def test_other_languages_and_wrong_encodings(text: str) -> None:
    criteria = parse(text)
    assert [c.text for c in criteria.walk()] == [text[c.span.start : c.span.end] for c in criteria.walk()]
    assert not criteria.constraints or codes(criteria) >= {"no_section"}


def test_ten_thousand_bullets() -> None:
    criteria = parse("Inclusion Criteria:\n" + "- Likes tea\n" * 10_000)
    assert [len(criteria.inclusion), criteria.inclusion[-1].number, len(criteria.issues)] == [10_000, "10000", 10_000]


def test_two_thousand_levels_of_nesting() -> None:
    criteria = parse("Inclusion Criteria:\n" + "".join(f"{' ' * level}- Likes tea:\n" for level in range(2_000)))
    assert len(list(criteria.walk())) == 2_000
    assert Criteria.model_validate_json(criteria.model_dump_json()) == criteria


def test_a_long_list_of_lists() -> None:
    text = "Inclusion Criteria:\n" + "".join(f"{n}. Tea:\n   a. Age over {n} years\n" for n in range(1, 500))
    assert len(parse(text).constraints) == 499


# Each pattern with the characters of it that take about 50 ms; the second text is four times as long.

PATTERNS: dict[str, tuple[str, int]] = {
    "words": ("lorem ipsum dolor sit amet ", 128_000),
    "one word": ("a", 64_000),
    "digits": ("7", 64_000),
    "digits apart": ("7 ", 1_000),
    "limits": ("≥8 ", 1_500),
    "ages": ("age 18-65 years, ", 10_000),
    "brackets": ("(a) ", 64_000),
    "lists": ("ALT and AST or ", 64_000),
    "limited lists": ("ALT > 3 x ULN, ", 8_000),
    "windows": ("within 4 weeks of ", 6_000),
    "dated": ("asthma within 4 weeks, ", 8_000),
    "sums": ("23 weeks 6 days ", 4_000),
    "tolerances": ("5 ± 3 ", 4_000),
    "pairs": ("120/80 mmHg ", 4_000),
    "fractions": ("5/", 2_000),
    "powers": ("x10^", 3_000),
    "grades": ("grade 1, 2, ", 16_000),
    "half-lives": ("5 half-lives or 28 days ", 3_000),
    "doses": ("methotrexate 5 mg ", 8_000),
    "negations": ("no ", 64_000),
    "exceptions": ("except ", 64_000),
    "conditions": ("asthma or ", 16_000),
    "commas apart": (", ", 128_000),
    "spaces": (" ", 64_000),
    "line ends": ("\n", 64_000),
    "carriage returns": ("\r", 64_000),
    "null characters": ("\x00", 64_000),
    "headings": ("Inclusion Criteria: ", 64_000),
    "bullets": ("- age > 5 years\n", 8_000),
    "escapes": ("&gt;", 32_000),
    "chinese": ("年龄大于十八岁，", 32_000),
    "open brackets in lines": ("(\n", 16_000),
    "numbered run": ("1. age 2. sex ", 4_000),
    "open brackets": ("(", 32_000),
    "commas": (",", 32_000),
    "signs": (">", 32_000),
    "bare limits": ("≥8 ", 12_000),
    "denied values": ("no QTc > 450 ms, ", 8_000),
    "denied definitions": ("no asthma (FEV1 < 80%), ", 8_000),
    "examples": ("e.g. warfarin, heparin, ", 16_000),
    "examples in brackets": ("anticoagulants (e.g. warfarin), ", 16_000),
    "respectively": ("ALT > 20 and 30 U/L for women and men respectively, ", 4_000),
    "categories": ("T1-2 N0 M0, ", 8_000),
    "changes": ("change in antidepressants within 4 weeks, ", 4_000),
    "last doses": ("4 weeks after the last dose of warfarin, ", 4_000),
    "variants": ("hepatitis B or C, ", 8_000),
    "repeated limits": ("weight 45 kg (100 lb), ", 8_000),
    "ranges of a scale": ("ASA I to ASA II ", 8_000),
    "short forms": ("Zebra Symptom Index (ZSI) ", 5_000),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_time_grows_in_proportion(name: str) -> None:
    pattern, size = PATTERNS[name]
    parse("Age over 5 years")
    assert grows_in_proportion(parse, pattern, size) is True


def test_many_short_forms() -> None:
    """Short forms that are all different: each is looked for, the text is not read once more for every one of them."""
    made = [" ".join(f"Zebra Symptom Inventory {n} (ZSI{n}) then ZSI{n}." for n in range(count)) for count in (200, 800)]
    assert (growth(parse, made[0], made[1]) < LIMIT) is True


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ["lorem ipsum ", "7", " ", "x", "ALT and AST or ", ", ", "\x00", "年龄大于十八岁，"])
def test_a_line_of_five_megabytes(pattern: str) -> None:
    text = pattern * (5_000_000 // len(pattern))
    assert parse(text).text == text
