"""Characters: one sign, one form, and never another length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.characters import fold, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18\u201365", "18-65"),
        ("\u2212 2", "- 2"),
        ("18\uff5e60", "18~60"),
        ("\uff1e5 \uff1c9", ">5 <9"),
        ("\u2267 3 \u2266 4", "\u2265 3 \u2264 4"),
        ("10\u00a0\u00b5g\u2009/ L", "10 \u03bcg / L"),
        ("\uff11\uff18 \uff2d\uff27", "18 MG"),
        ("a\r\nb\tc", "a\r\nb c"),
        ("10\u2079", "10\u2079"),
        ("\u2018x\u2019", "'x'"),
    ],
)
def test_plain_gives_each_sign_its_one_form(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_plain_keeps_the_case_and_fold_does_not() -> None:
    assert (plain("K/\u00b5L"), fold("K/\u00b5L")) == ("K/\u03bcL", "k/\u03bcl")


@given(st.text())
def test_the_length_never_changes(text: str) -> None:
    assert (len(plain(text)), len(fold(text))) == (len(text), len(text))


@given(st.text())
def test_both_are_idempotent(text: str) -> None:
    assert (plain(plain(text)), fold(fold(text))) == (plain(text), fold(text))


def test_the_letters_whose_lower_case_is_longer_keep_one_place() -> None:
    assert fold("\u0130STANBUL") == "istanbul"
