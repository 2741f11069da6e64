"""Roman numerals: in, a folded text; out, those written in it, with the letter of a stage behind them. A pure reader of strings.

A letter i, v or x alone is no numeral: one of the cue words must stand before it, or the numeral that it follows in a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

CUES = (
    "class", "classes", "grade", "grades", "graded", "stage", "stages", "staged", "staging", "phase", "phases", "asa", "nyha", "figo",
    "child-pugh", "child pugh", "killip", "ccs", "ajcc", "tnm", "rai", "ann arbor", "mallampati", "rutherford", "fontaine", "icdas",
    "who", "dukes", "wfns", "hoehn and yahr", "status", "category", "level", "levels", "classification", "score",
    "scores", "mgfa", "ishak", "metavir", "gvhd", "gold",
)  # fmt: skip
"""Words behind which a Roman numeral or a letter suffix (`3b`) is a value. Not "type" and "factor": those make names."""

_ROMAN = re.compile(r"[ivxⅰ-ⅻ](?:(?<=[ⅰ-ⅻ])|(?<![a-z0-9].))[ivx]{0,4}(?:[a-e][1-3]?)?(?![a-z0-9'])")
_ROMAN_VALUES = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12}
_ROMAN_VALUES |= {chr(0x2170 + n): n + 1 for n in range(12)}
_ROMAN_PARTS = re.compile(r"([ivx]+|[ⅰ-ⅻ])([a-e][1-3]?)?\Z")
_BETWEEN_ROMANS = re.compile(
    r"(?: ?(?:,|/|-|&|~) ?| to | or | and | through |, ?or |, ?and | ?and/or )(?:(?:stage|grade|class|phase)s? )?[<>=≤≥ ]{0,3}\Z"
)
_FARTHEST = 20


def roman(text: str) -> float | None:
    """The value of a text that is a Roman numeral from I to XII and nothing else, in any case."""
    return _ROMAN_VALUES.get(text.lower())


def find_romans(folded: str, start: int, end: int, cues: tuple[str, ...] = CUES) -> Iterator[tuple[int, int, float, str]]:
    """Start, end, value and letter of each numeral of `folded[start:end]`, in text order."""
    last_end = -1
    for match in _ROMAN.finditer(folded, start, end):
        first, last = match.span()
        parts = _ROMAN_PARTS.match(match[0])
        value = _ROMAN_VALUES.get(parts[1]) if parts is not None else None
        if parts is None or value is None:
            continue
        if parts[1] < "ⅰ" and not (last_end >= 0 and is_next(folded, last_end, first)) and not has_cue(folded, first, cues):
            continue
        last_end = last
        yield first, last, float(value), parts[2] or ""


def is_next(folded: str, last: int, first: int) -> bool:
    """Whether the place follows the end of the numeral before it in one list or range: "I, II or stage III"."""
    return first - last < _FARTHEST and _BETWEEN_ROMANS.match(folded, last, first) is not None


def has_cue(folded: str, first: int, cues: tuple[str, ...] = CUES) -> bool:
    """Whether a cue stands before the place, with no more than words of classes and comparators between."""
    return _cue_pattern(cues).search(folded, max(0, first - 96), first) is not None


@cache
def _cue_pattern(cues: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(re.escape(cue) for cue in sorted(cues, key=len, reverse=True))
    between = "is was of group groups classification physical functional system score status class grade stage"
    between += " or than equal to less greater higher at least"
    words = rf"(?:[)\]]? (?:{between.replace(' ', '|')}|worse|level)){{0,5}}"
    aside = r"(?: ?[(\[] ?[a-z][a-z' -]{3,60}[)\]])?"  # "ASA (American Society of …) I"
    return re.compile(rf"(?<![a-z])(?:{joined}){aside}{words} ?[)\]\"':=<>≥≤(\[-]{{0,3}} ?[<>=≤≥]{{0,2}} ?\Z")
