"""TNM: in, a segment's text; out, the categories of tumour, node and metastasis that it names, as measurements.

"cT1-2 N0 M0", "T1-4N0M0", "clinical stage T1c-T2". A T alone is read only where a prefix (cT, pT) or a word of staging says that it is no
vertebra and no MRI sequence. Tis is 0is and Ta 0a; X ("not assessed") is no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft, bound
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.patterns import pattern
from eligibility.nlp.quantities import End
from eligibility.nlp.subjects import Mention, SubjectFinder
from eligibility.ranges import Range, Span

_VALUES = {"T": r"(?:is|[aXx]|[0-4][a-d]?)", "N": r"(?:[Xx]|[0-3][a-c]?)", "M": r"(?:[Xx]|[01][a-c]?)"}
_PREFIX = r"(?:y?[cp]|[ru])?"
_MORE = r"\s?(?:-|–|/|,|,?\sor|,?\sto|,?\sand)\s?"
_SIGN = r"(?:[≤≥<>]=?\s?)?"
_ONE = {
    letter: rf"(?P<{letter}sign>{_SIGN})(?P<{letter}name>{_PREFIX}{letter})(?P<{letter}>{values}(?:{_MORE}(?:{_PREFIX}{letter})?{values})*)"
    for letter, values in _VALUES.items()
}
_ENDS = r"(?=$|[^A-Za-z0-9]|[TNM][0-4xXia])"
_ANY = re.compile("|".join(rf"(?:(?<![A-Za-z0-9])|(?<=[0-9a-dxX])(?<!\d\d))(?:{pattern}){_ENDS}" for pattern in _ONE.values()))
_VALUE = re.compile(r"is|[aXx](?![a-z])|[0-4][a-d]?")
_BEHIND_STAGING = r"\b(?:WORDS)\b[\s:,(]*(?:\w+\s){0,2}[\s:,(<>≤≥=]*$"
_BEFORE_OTHER = r"[\s-]*(?:WORDS)"
_CHAIN = 4
_LOOK = 40
_FIRST = re.compile(r"[TNM](?:[0-4]|is\b|[aXx]\b)")


class Category(NamedTuple):
    """A category found: its letter, where it and its values stand, and the values with the letters behind them."""

    letter: str
    start: int
    end: int
    values_start: int
    prefixed: bool
    sign: str
    values: tuple[tuple[float, str], ...]
    unassessed: bool


def may_hold(plain: str, start: int, end: int) -> bool:
    """Whether the part of the text has anything that looks like a category."""
    return _FIRST.search(plain, start, end) is not None


def read_tnm(bench: Bench) -> list[Draft]:
    """A draft for each category that the segment limits, in text order."""
    found = list(_categories(bench.reading.plain, bench.segment.start, bench.segment.end))
    return [_draft(bench, category) for place, category in enumerate(found) if category.values and _is_meant(bench.finder, found, place)]


def _categories(plain: str, start: int, end: int) -> Iterator[Category]:
    for match in _ANY.finditer(plain, start, end):
        letter = next(letter for letter in _VALUES if match.group(letter))
        written = _VALUE.findall(match.group(letter))
        values = tuple(_valued(value) for value in written if value not in ("X", "x"))
        name, sign = match.group(f"{letter}name"), match.group(f"{letter}sign").strip()
        places = match.start(f"{letter}name"), match.end(), match.start(letter)
        yield Category(letter, *places, len(name) > 1, sign, values, len(values) < len(written))


def _valued(value: str) -> tuple[float, str]:
    return (float(value[0]), value[1:]) if value[0].isdigit() else (0.0, value)


def _is_meant(finder: SubjectFinder, found: list[Category], place: int) -> bool:
    """Whether the letter is a category: beside another one, with a prefix, or behind a word of staging."""
    own = found[place]
    if pattern(_BEFORE_OTHER, finder.words["no_category"]).match(finder.folded, own.end):
        return False
    beside = [other for other in found[max(0, place - 1) : place + 2] if other.letter != own.letter]
    if any(0 <= max(own.start, other.start) - min(own.end, other.end) <= _CHAIN for other in beside):
        return True
    if len(own.values) > 1 and any(value == 0 and letter for value, letter in own.values):  # "Ta or T1" is no vertebra
        return True
    staging = pattern(_BEHIND_STAGING, finder.words["staging"])
    return own.prefixed or staging.search(finder.folded, max(0, own.start - _LOOK), own.start) is not None


def _draft(bench: Bench, category: Category) -> Draft:
    entry = bench.vocabulary.rulebook.entry(f"tnm_{category.letter.lower()}")
    ranked = sorted(set(category.values))
    inclusive = category.sign not in ("<", ">")
    low, high = (bound(End(value, inclusive, None, letter)) for value, letter in (ranked[0], ranked[-1]))
    several = len(ranked) > 1
    value = Range.trusted(
        lower=None if category.sign[:1] in ("<", "≤") else low,
        upper=None if category.sign[:1] in (">", "≥") else high,
        span=Span(category.values_start, category.end),
        values=tuple(number for number, _ in ranked) if several else (),
        letters=tuple(letter or None for _, letter in ranked) if several and any(letter for _, letter in ranked) else (),
    )
    start, end = category.start, category.values_start
    mention = Mention(start, end, Hit(start, end, entry, "score"))
    draft = Draft("measurement", mention, start, {"value": value}, spans=[(category.values_start, category.end)])
    if category.unassessed:
        draft.issues.append(("ambiguous", f"{category.letter}X, which is not assessed, is admitted too"))
    return draft
