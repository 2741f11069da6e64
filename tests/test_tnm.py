"""TNM categories: read where they are categories, and not as vertebrae, sequences or hormones."""

from __future__ import annotations

import pytest
from lines import Case, read

from eligibility import parse

KNOWN: list[Case] = [
    ("Stage cT1-2-3, cN0-1, cM0", ["tnm_t 1..3", "tnm_n 0..1", "tnm_m = 0"]),
    ("T1-4N0M0 colorectal cancer", ["tnm_t 1..4", "tnm_n = 0", "tnm_m = 0", "condition colorectal_cancer"]),
    ("Clinical stage T1c-T2a", ["tnm_t 1c..2a"]),
    ("Pathologic pT3 or pT4", ["tnm_t 3..4"]),
    ("Stage > T2", ["tnm_t > 2"]),
    ("Tis, N0, M0", ["tnm_t = 0is", "tnm_n = 0", "tnm_m = 0"]),
    ("Resectable, T1 or Ta", ["tnm_t 0a..1"]),
    ("T3b N2 M0 melanoma", ["tnm_t = 3b", "tnm_n = 2", "tnm_m = 0", "condition melanoma"]),
    ("T1 weighted imaging", []),
    ("Free T4 within normal", []),
    ("Bridging at C3-T1", []),
]


@pytest.mark.parametrize(("text", "wanted"), KNOWN, ids=[text for text, _ in KNOWN])
def test_categories(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_a_category_says_where_it_stands_and_that_x_is_admitted() -> None:
    criteria = parse("Clinical stage T2, Nx or N0")
    found = [(c.subject.text, criteria.text[slice(*c.value.span)]) for c in criteria.constraints if c.subject and c.value and c.value.span]
    assert found == [("T", "2"), ("N", "x or N0")]
    assert [issue.code for issue in criteria.issues] == ["no_section", "ambiguous"]
