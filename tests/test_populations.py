"""Limits for some patients only: whose they are must never be swapped."""

from __future__ import annotations

import pytest

import eligibility


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hb < 10 g/dL for men, < 9 g/dL for women", [(10.0, "men"), (9.0, "women")]),
        ("for men Hb < 10 g/dL, for women < 9 g/dL", [(10.0, "men"), (9.0, "women")]),
        ("Hb < 10 in men, < 9 g/dL in women", [(10.0, "men"), (9.0, "women")]),
        ("Hb < 10 g/dL (men) or < 9 g/dL (women)", [(10.0, "men"), (9.0, "women")]),
        ("Hb less than 10 g/dL in men or less than 9 g/dL in women", [(10.0, "men"), (9.0, "women")]),
        ("In men: Hb < 10 g/dL; in women: Hb < 9 g/dL", [(10.0, "men"), (9.0, "women")]),
        ("Hb < 10 g/dL, for women < 9 g/dL", [(10.0, None), (9.0, "women")]),
        ("ALT < 3 x ULN (< 5 x ULN if liver metastases)", [(3.0, None), (5.0, "liver metastases")]),
        ("ALT < 3 x ULN (in case of liver metastases < 5 x ULN)", [(3.0, None), (5.0, "liver metastases")]),
        ("ALT < 3 x ULN, for patients with liver metastases < 5 x ULN", [(3.0, None), (5.0, "patients with liver metastases")]),
        ("ALT < 3 x ULN without bone lesions or < 6 x ULN with bone lesions", [(3.0, "without bone lesions"), (6.0, "bone lesions")]),
        (
            "ALT < 6 x ULN in patients with gallstones, < 3 x ULN in those without gallstones",
            [(6.0, "gallstones"), (3.0, "without gallstones")],
        ),
        ("Waist circumference (< 88 cm women, < 102 cm men)", [(88.0, "women"), (102.0, "men")]),
        ("QTc < 450 ms in men and < 470 ms in women", [(450.0, "men"), (470.0, "women")]),
        ("Alcohol intake < 20 g and 30 g for women and men respectively", [(20.0, "women"), (30.0, "men")]),
        ("Hb < 12 or 13 g/dL in women and men, respectively", [(12.0, "women"), (13.0, "men")]),
        ("For men and women, respectively, Hb < 13 and < 12 g/dL", [(13.0, "men"), (12.0, "women")]),
        ("Waist circumference < 102 cm (men) and 88 cm (women)", [(102.0, "men"), (88.0, "women")]),
        ("Age < 60 years for women or < 55 years for men", [(60.0, "women"), (55.0, "men")]),
    ],
)
def test_whose_the_limit_is(text: str, wanted: list[tuple[float, str | None]]) -> None:
    found = [(c.value.upper.magnitude, c.population) for c in eligibility.parse(text).constraints if c.value and c.value.upper]
    assert found == wanted


def test_a_unit_said_once_behind_the_second_is_the_firsts_too() -> None:
    found = [c.value.upper.unit for c in eligibility.parse("Hb < 10 in men, < 9 g/dL in women").constraints if c.value and c.value.upper]
    assert found == ["g/dL", "g/dL"]


def test_the_words_for_a_population_are_no_demand_on_sex() -> None:
    criteria = eligibility.parse("QTc > 450 ms or 470 ms for males and females, respectively")
    assert [str(c) for c in criteria.constraints] == ["qtc_interval > 450 ms", "qtc_interval > 470 ms"]
    assert [c.population for c in criteria.constraints] == ["males", "females"]
