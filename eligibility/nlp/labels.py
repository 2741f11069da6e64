"""Labels: in, the rules' words of stages, grades, classes and types; out, the patterns that find them beside a number or a capital letter.

Reads characters alone: which scale or condition a labelled number belongs to is decided later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from eligibility.numbers import ORDINAL, Number

_LETTER = re.compile(r"[A-E](?![\w'’+]|[.-](?![A-E](?!\w))[A-Za-z])")
_LEAD = re.compile(r"[\s:=(\[<>≤≥]{0,4}(?:(?:class|grade|stage|score|category|classification|of|is)[\s:=(\[<>≤≥]{1,4}){0,3}")
_NEXT = re.compile(r"(?:\s*(?:,|/|-|\bor\b|\band\b|\bto\b|\bthrough\b)){1,2}\s*(?:(?:class|grade|stage|score)s?\s)?\s*")
_REACH = 40


@dataclass(frozen=True, slots=True)
class Labels:
    """`before` ends at a number, `again` leads to the next of a list, `behind` follows an ordinal, `lettered` takes letters for numbers."""

    before: re.Pattern[str]
    again: re.Pattern[str]
    behind: re.Pattern[str]
    lettered: re.Pattern[str]

    def lettered_places(self, folded: str) -> list[int]:
        """Where the labels of a text end behind which a letter may be a class, in text order."""
        return [label.end() for label in self.lettered.finditer(folded) if not folded[label.start() - 1 : label.start()].isalnum()]

    def letters(self, plain: str, folded: str, end: int, places: Iterable[tuple[int, str]]) -> Iterator[Number]:
        """The capital letters up to `end` that are classes ("grade B or C"), behind a label or a scale of letters.

        `places` are the ends of labels and scales, each with the letter before its numbers: F of "fibrosis F2-F3", or none where letters
        are the classes.
        """
        position = 0
        for place, letter in sorted(places):
            classes = _LETTER if not letter else _numbered(letter)
            lead = _LEAD.match(folded, max(place, position), min(end, place + _REACH))
            found = classes.match(plain, lead.end(), end) if lead and place >= position else None
            while found is not None:
                yield _class(found)
                position = found.end()
                following = _NEXT.match(folded, position, min(end, position + _REACH))
                found = classes.match(plain, following.end(), end) if following else None


def _class(found: re.Match[str]) -> Number:
    if len(found.group()) > 1:
        return Number(found.start(), found.end(), float(found.group()[1:]), "digits")
    return Number(found.start(), found.end(), float(ord(found.group()) - 64), "letter", suffix=found.group())


@cache
def _numbered(letter: str) -> re.Pattern[str]:
    return re.compile(rf"{letter}[0-9](?![\w.])")


def make_labels(words: Mapping[str, frozenset[str]]) -> Labels:
    """The patterns of the word lists `stage_label`, `class_label`, `rank_label`, `type_label` and `ordinal_label`."""
    stages, classes = words["stage_label"], words["class_label"]
    every = _any({*stages, *classes, *words["rank_label"], *words["type_label"]})
    more = rf"(?:\s*-?\s*(?:,|/|-|to|and/or|and|or|&)\s*(?:the\s)?{ORDINAL}){{0,3}}"
    return Labels(
        before=re.compile(rf"(?<![\w-])({every})(?:\s*-\s*|\s*(?:(?:of|score|is|was|groups?)\s*){{0,2}}[:=]?\s*\(?\s*)$"),
        again=re.compile(rf"\s*,?\s*(?:or|and|and/or|&|to|-|/|,)\s*(?:{every})\s*"),
        behind=re.compile(rf"{more}[\s-](?:to[\s-])?({_any(words['ordinal_label'])})(?![\w-])(?!\s(?:{_any(words['not_staged'])})\b)"),
        lettered=re.compile(rf"(?:{_any({*stages, *classes})})(?=\s)"),  # no look-behind: the engine skips to first letters
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))
