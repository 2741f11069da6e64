"""Criteria: bullets, nesting, wrapped lines, lead-ins, runs; nothing is dropped, and time grows with length."""

from __future__ import annotations

import re
from typing import Any

import pytest
from growth import grows_in_proportion
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.criteria import DEEPEST, Item, split_criteria, tile
from eligibility.headings import default_headings
from eligibility.sections import find_sections


def _items(text: str) -> tuple[Item, ...]:
    return tuple(i for s in find_sections(text, 0, len(text), default_headings()) for i in split_criteria(text, s))


def _tree(text: str, items: tuple[Item, ...] | None = None) -> list[Any]:
    """Texts as a nested list: a string for an item, a pair for one with children."""
    items = _items(text) if items is None else items
    return [(text[i.start : i.end], _tree(text, i.children)) if i.children else text[i.start : i.end] for i in items]


@pytest.mark.parametrize("bullet", ["-", "*", "\u2022", "\u2013", "\u00b7", "o", "\u25ba", "\u2713", ">>", "\uf0b7"])
def test_bullets(bullet: str) -> None:
    text = f"Inclusion Criteria:\n{bullet} Gout\n{bullet} Stones"
    assert _tree(text) == ["Gout", "Stones"]
    assert [text[slice(*i.marker)] for i in _items(text) if i.marker] == [bullet, bullet]


@pytest.mark.parametrize(
    "labels",
    [
        ("1.", "2.", "3."),
        ("1)", "2)", "3)"),
        ("(1)", "(2)", "(3)"),
        ("a.", "b.", "c."),
        ("a)", "b)", "c)"),
        ("(a)", "(b)", "(c)"),
        ("i.", "ii.", "iii."),
        ("(i)", "(ii)", "(iii)"),
        ("A.", "B.", "C."),
        ("I.", "II.", "III."),
        ("#1", "#2", "#3"),
        ("Criterion 1:", "Criterion 2:", "Criterion 3:"),
        ("\u2460", "\u2461", "\u2462"),
        ("8.", "9.", "10."),
        ("- 1.", "- 2.", "- 3."),
    ],
)
def test_numberings(labels: tuple[str, ...]) -> None:
    text = "\n".join(f"{label} Gout {n}" for n, label in enumerate(labels))
    assert _tree(text) == ["Gout 0", "Gout 1", "Gout 2"]
    assert [text[slice(*i.marker)] for i in _items(text) if i.marker] == list(labels)
    assert [i.number for i in _items(text)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("- Gout\n  - acute\n  - chronic\n- Stones", [("Gout", ["acute", "chronic"]), "Stones"]),
        (
            "1. Gout:\na. acute\nb. chronic:\ni. tophi\nii. pain\n2. Stones",
            [("Gout:", ["acute", ("chronic:", ["tophi", "pain"])]), "Stones"],
        ),
        ("1. Gout\n1.1 Acute\n1.2 Chronic\n2. Stones", [("Gout", ["Acute", "Chronic"]), "Stones"]),
        ("  9. Gout\n 10. Stones", ["Gout", "Stones"]),
        ("Any of these:\n\n  - gout\n\n  - stones\n\nAge over 18.", [("Any of these:", ["gout", "stones"]), "Age over 18."]),
        (
            "- Failure of the following:\n\nTrial of one; trial of two;\n\n- Consent",
            [("Failure of the following:", ["Trial of one; trial of two;"]), "Consent"],
        ),
        (
            "Exclusion Criteria\r\n\r\n  Drugs:\r\n\r\n  Banned:\r\n\r\n    - one\r\n\r\n  Prior:",
            ["Drugs:", ("Banned:", ["one"]), "Prior:"],
        ),
        ("1. Disease, as defined by:\nGout\nStones\n2. Consent", [("Disease, as defined by:", ["Gout", "Stones"]), "Consent"]),
        ("* 1. Gout\n\n  2. Stones\n\n  3. Pain", ["Gout", "Stones", "Pain"]),
    ],
)
def test_nesting(text: str, tree: list[Any]) -> None:
    assert _tree(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("- Age between\n  18 and 65 years\n- Gout", ["Age between\n  18 and 65 years", "Gout"]),
        ("1. Signed consent\nof the patient\n2. Gout", ["Signed consent\nof the patient", "Gout"]),
        ("- Dose of\n1.5 mg per day\n- Gout", ["Dose of\n1.5 mg per day", "Gout"]),
        ("18 years or older\n2.0 x ULN or less", ["18 years or older", "2.0 x ULN or less"]),
        ("> 35 years\n<18 years", ["> 35 years", "<18 years"]),
        ("E. coli infection\nS. aureus infection", ["E. coli infection", "S. aureus infection"]),
        (
            "        Adults with gout of both feet or of greater\n        than average pain.",
            ["Adults with gout of both feet or of greater\n        than average pain."],
        ),
        ("gout of the foot\nstones of the kidney", ["gout of the foot", "stones of the kidney"]),
        ("-\n- Gout\n-----\n", ["Gout"]),
        ("1.\nGout", ["Gout"]),
    ],
)
def test_lines(text: str, tree: list[Any]) -> None:
    assert _tree(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("HIV positive; pregnancy; age > 65", ["HIV positive", "pregnancy", "age > 65"]),
        ("Infection (HIV; HBV); pregnancy", ["Infection (HIV; HBV)", "pregnancy"]),
        ("Any of the following: HIV; HBV; HCV", ["Any of the following: HIV; HBV; HCV"]),
        ("- Ejection fraction>45%; creatinine <176 umol/L.\n- Gout", ["Ejection fraction>45%; creatinine <176 umol/L.", "Gout"]),
        ("1) adults; 2) signed consent; 3) gout", ["adults", "signed consent", "gout"]),
        ("- 1. Adults 2.Signed consent 3.Gout", ["Adults", "Signed consent", "Gout"]),
        ("Coaches: (i) adults (ii) fluent", [("Coaches:", ["adults", "fluent"])]),
        ("- type 1. Patients with grade 2. Others\n- Gout", ["type 1. Patients with grade 2. Others", "Gout"]),
        ("Treated (stage 1) or untreated (stage 2)", ["Treated (stage 1) or untreated (stage 2)"]),
        (
            "DISEASE CHARACTERISTICS: Gout Age: 18 and over Renal: Not specified",
            ["DISEASE CHARACTERISTICS: Gout", "Age: 18 and over", "Renal: Not specified"],
        ),
    ],
)
def test_runs(text: str, tree: list[Any]) -> None:
    assert _tree(text) == tree


def test_cohorts_reach_children() -> None:
    text = "Inclusion Criteria:\n- Cohort B only:\n  - gout\n- Consent"
    assert [(i.cohort, i.lead_in, [c.cohort for c in i.children]) for i in _items(text)] == [
        ("Cohort B only", True, ["Cohort B only"]),
        (None, False, []),
    ]


def test_numbers_are_positions() -> None:
    text = "Exclusion Criteria:\n4. Gout:\n  - acute\n  - chronic\n7. Stones"
    assert [(i.number, [c.number for c in i.children]) for i in _items(text)] == [("1", ["1.1", "1.2"]), ("2", [])]


def _covered(text: str) -> None:
    for section in find_sections(text, 0, len(text), default_headings()):
        tiles = tile(section, split_criteria(text, section))
        assert [section.start, *(t.end for t in tiles)] == [*(t.start for t in tiles), section.end]
        for part in tiles:
            words = text[part.start : part.end]
            assert part.kind != "gap" or re.fullmatch(r"[\W_]*", words) is not None
            assert part.kind != "item" or words.strip() == words != ""


_LINE = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "  ", "    ", "        "]),
    st.sampled_from(
        [
            "",
            "- ",
            "* ",
            "\u2022 ",
            "1. ",
            "2. ",
            "3) ",
            "a. ",
            "b) ",
            "(i) ",
            "(ii) ",
            "1.1 ",
            "-  1. ",
            "o ",
            "Exclusion Criteria: ",
            "#1 ",
            "\u2460",
        ]
    ),
    st.sampled_from(
        [
            "Gout",
            "gout, and",
            "Any of the following:",
            "HIV; HBV; HCV",
            "1) a; 2) b; 3) c",
            "",
            "(open",
            "18 years",
            "\u05e9\u05dc\u05d5\u05dd",
            "Cohort A:",
            ";",
            "-",
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINE, max_size=14), st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\u2028"]))
def test_documents_are_covered(lines: list[str], end: str) -> None:
    _covered(end.join(lines))


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters() | st.sampled_from("\n\n  --1.2)(a;:\ud800\x00\u05d0\u0130\uff1a\uff1b")))
def test_any_text_is_covered(text: str) -> None:
    _covered(text)


@pytest.mark.parametrize("text", ["", " \n\t \r\n", "\x00\x00", "\ud800", "\u202e\u05e9\u05dc\u05d5\u05dd", "-", "1.", ";;;"])
def test_odd_texts_are_covered(text: str) -> None:
    _covered(text)


@pytest.mark.parametrize(
    ("piece", "size"),
    [
        ("- criterion: 1) a; 2) b\n", 60_000),
        ("word ", 500_000),
        ("a;", 250_000),
        ("exclusion criteria ", 200_000),
        ("(", 120_000),
        ("1", 120_000),
        (" ", 500_000),
        ("- ", 250_000),
        ("\n", 100_000),
        ("1) a 2) b ", 250_000),
    ],
    ids=range(10),
)
def test_time_grows_with_length(piece: str, size: int) -> None:
    assert grows_in_proportion(_items, piece, size) is True


def test_deep_nesting_stays_at_the_cap() -> None:
    items = _items("".join("  " * n + "- x\n" for n in range(2_000)))
    depth = 0
    while items:
        depth, items = depth + 1, items[0].children
    assert depth == DEEPEST
