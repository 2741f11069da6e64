"""Checks of words: in, a dossier; out, findings on criteria that hang on a word that nobody can measure.

A word is none where its sentence, or what stands under it, gives a number or says what is meant or who decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from eligibility.linter.demands import Dossier
from eligibility.linter.findings import SEVERITIES, Finding
from eligibility.linter.words import Vague, Words
from eligibility.ranges import Span
from eligibility.result import Criterion

_SENTENCE_END = re.compile(r";|\.\s+(?=[A-Z])|\.\s*$")
_BRACKET = re.compile(r"[(\[][^()\[\]]*[)\]]")
_SEVERAL = re.compile(r"\s|\d")  # a bracket of one word is a short form
_COLON = re.compile(r":\s*\w")
_DIGIT = re.compile(r"\d")
_VALUES = ("value", "dose", "stage", "count", "frequency")


class _Sentence(NamedTuple):
    """What a sentence says of its words: `defining`, of all; `last`, the place before which a bracket or a colon says more of them.

    `measured`: there is a value in it; `dated`: there is a number or a time.
    """

    defining: bool
    last: int
    measured: bool
    dated: bool

    def defines(self, hit: Vague) -> bool:
        return self.defining or hit.end <= self.last or (self.dated if hit.timed else self.measured)


def vague_words(dossier: Dossier) -> Iterator[Finding]:
    """A threshold without a number: "significant", "adequate organ function", "recent"."""
    for criterion in dossier.criteria.walk():
        hits = [] if criterion.children else list(dossier.words.vague(criterion.text))
        spans = [
            Span(criterion.span.start + hit.start, criterion.span.start + hit.end) for hit in _undefined(criterion, hits, dossier.words)
        ]
        if spans:
            said = " and ".join(dict.fromkeys(f'"{" ".join(dossier.criteria.text[slice(*span)].split())}"' for span in spans))
            yield Finding(
                code="vague",
                severity=SEVERITIES["vague"],
                message=f"{said} without a number or a definition",
                spans=tuple(spans),
                criteria=(f"{criterion.section} {criterion.number}",),
            )


def _undefined(criterion: Criterion, hits: list[Vague], words: Words) -> Iterator[Vague]:
    if not hits:
        return
    ends = _sentence_ends(criterion.text)
    facets = [(facet, found.span) for constraint in criterion.constraints for facet, found in constraint.facets if found.span]
    times = sorted(span.start - criterion.span.start for _, span in facets)
    values = sorted(span.start - criterion.span.start for facet, span in facets if facet in _VALUES)
    known: dict[int, _Sentence] = {}
    for hit in hits:
        place = bisect_right(ends, hit.start)
        if place not in known:
            known[place] = _read(criterion.text, ends[place - 1], ends[place], values, times, words)
        if not known[place].defines(hit):
            yield hit


def _read(text: str, start: int, end: int, values: list[int], times: list[int], words: Words) -> _Sentence:
    sentence = text[start:end]
    says = [found.start() for found in _COLON.finditer(sentence)]
    says += [found.start() for found in _BRACKET.finditer(sentence) if _SEVERAL.search(found[0])]
    return _Sentence(
        defining=words.defines(sentence),
        last=start + max(says, default=-1),
        measured=bisect_left(values, end) > bisect_left(values, start),
        dated=bisect_left(times, end) > bisect_left(times, start) or _DIGIT.search(sentence) is not None,
    )


def _sentence_ends(text: str) -> list[int]:
    """Where sentences end, from 0 to the end of the text; a stop inside a bracket ends none."""
    ends, depth, at = [0], 0, 0
    for end in _SENTENCE_END.finditer(text):
        depth += text.count("(", at, end.start()) - text.count(")", at, end.start())
        at = end.start()
        if depth <= 0:
            ends.append(end.end())
    return [*ends, len(text) + 1]
