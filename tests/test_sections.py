"""Sections: headings in their spellings, what is none, and that sections tile the text."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.headings import default_headings
from eligibility.resources import data_dir
from eligibility.sections import Section, find_sections

RULES = default_headings()
_HEADINGS: list[dict[str, Any]] = tomllib.loads((data_dir("rules") / "sections.toml").read_text(encoding="utf-8"))["heading"]
_EXAMPLES = [(e["section"], t) for h in _HEADINGS for e in h.get("examples", []) for t in e["texts"]]
_NEVER = [t for h in _HEADINGS for e in h.get("examples", []) for t in e.get("never", [])]


def _find(text: str) -> tuple[Section, ...]:
    return find_sections(text, 0, len(text), RULES)


def _read(text: str) -> list[tuple[str, str | None, str | None]]:
    return [(s.kind, text[slice(*s.heading)] if s.heading else None, s.cohort) for s in _find(text)]


@pytest.mark.parametrize(("kind", "heading"), _EXAMPLES)
def test_examples_of_headings(kind: str, heading: str) -> None:
    assert [(s.kind, s.heading is not None) for s in _find(f"{heading}\n- Gout for a year")] == [(kind, True)]


@pytest.mark.parametrize("line", _NEVER)
@pytest.mark.parametrize("before", ["Inclusion criteria:\n- Gout\n", "Exclusion criteria:\n- Gout\n"])
def test_mentions_are_no_headings(line: str, before: str) -> None:
    assert len(_find(f"{before}{line}\n- Stones")) == 1


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        (
            "Adults with gout. Signed consent. Exclusion criteria: pregnancy",
            [("inclusion", None, None), ("exclusion", "Exclusion criteria:", None)],
        ),
        (
            "Inclusion criteria: age > 18 Exclusion Criteria: none",
            [("inclusion", "Inclusion criteria:", None), ("exclusion", "Exclusion Criteria:", None)],
        ),
        ("Healthy Volunteers Inclusion Criteria:\n1. a", [("inclusion", "Healthy Volunteers Inclusion Criteria:", "Healthy Volunteers")]),
        (
            "Exclusion criteria for healthy volunteers:\n- a",
            [("exclusion", "Exclusion criteria for healthy volunteers:", "healthy volunteers")],
        ),
        ("Inclusion Criteria - Part B:\n- a", [("inclusion", "Inclusion Criteria - Part B:", "Part B")]),
        (
            "Part A:\nInclusion Criteria:\n- a\nExclusion Criteria:\n- b\nPart B:\nInclusion Criteria:\n- c",
            [
                ("inclusion", "Part A:\nInclusion Criteria:", "Part A"),
                ("exclusion", "Exclusion Criteria:", "Part A"),
                ("inclusion", "Part B:\nInclusion Criteria:", "Part B"),
            ],
        ),
        (
            "Inclusion criteria\nSubjects must meet all of the following inclusion criteria\nExclusion criteria\n"
            "Subjects who meet any of the following exclusion criteria will be excluded from this study:\nGout;",
            [
                ("inclusion", "Inclusion criteria\nSubjects must meet all of the following inclusion criteria", None),
                (
                    "exclusion",
                    "Exclusion criteria\nSubjects who meet any of the following exclusion criteria will be excluded from this study:",
                    None,
                ),
            ],
        ),
        (
            "Eligibility Criteria:\nInclusion Criteria:\n- a\nExclusion:\n- b",
            [("inclusion", "Eligibility Criteria:\nInclusion Criteria:", None), ("exclusion", "Exclusion:", None)],
        ),
        (
            "Adults.\n\nPatients will be excluded if:\n- a",
            [("inclusion", None, None), ("exclusion", "Patients will be excluded if:", None)],
        ),
        ("DISEASE CHARACTERISTICS: gout PATIENT CHARACTERISTICS: Age: 18 and over", [("inclusion", None, None)]),
        ("Exclusion Criteria:\n- a\n- Other criteria: b", [("exclusion", "Exclusion Criteria:", None)]),
        ("", [("inclusion", None, None)]),
    ],
)
def test_sections(text: str, sections: list[tuple[str, str | None, str | None]]) -> None:
    assert _read(text) == sections


def test_no_heading_is_implied() -> None:
    assert _find("- Gout") == (Section("inclusion", 0, 6, None, True, None),)


_LINES = st.sampled_from(
    [
        "Inclusion Criteria:",
        "exclusion criteria",
        "- Gout",
        "Patients will be excluded if:",
        "",
        "Part A:",
        "a. Exclusion criteria: b",
        "\r",
        "\u2028x",
        "1. y",
    ]
)


def _tiled(text: str, start: int, end: int) -> None:
    sections = find_sections(text, start, end, RULES)
    assert [sections[0].start, *(s.end for s in sections)] == [*(s.start for s in sections), end]
    assert sections[0].start == start
    for section in sections:
        if section.heading:
            assert section.start <= section.heading[0] < section.heading[1] <= section.end
        assert not (section.heading is None and not section.implied)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINES).map("\n".join), st.integers(0, 5), st.integers(0, 5))
def test_sections_tile_documents(text: str, before: int, after: int) -> None:
    _tiled(text, min(before, len(text)), max(min(before, len(text)), len(text) - after))


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters() | st.sampled_from("\n:.\ud800\x00\u05d0\u0130")))
def test_sections_tile_any_text(text: str) -> None:
    _tiled(text, 0, len(text))
