"""Checks of words: in, a dossier; out, findings on criteria that hang on a word that nobody can measure.

A word is none where its sentence, or what stands under it, gives a number or says what is meant or who decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligibility.constraints import Span
from eligibility.linter.demands import Dossier
from eligibility.linter.findings import SEVERITIES, Finding
from eligibility.linter.words import Vague, Words
from eligibility.result import Criterion

_SENTENCE_END = re.compile(r";|\.\s+(?=[A-Z])|\.\s*$")
_BRACKET = re.compile(r"[(\[][^()\[\]]*(?:\s|\d)[^()\[\]]*[)\]]")
_COLON = re.compile(r":\s*\w")
_DIGIT = re.compile(r"\d")
_VALUES = ("value", "dose", "stage", "count", "frequency")


def vague_words(dossier: Dossier) -> Iterator[Finding]:
    """A threshold without a number: "significant", "adequate organ function", "recent"."""
    words = dossier.words
    for criterion in dossier.criteria.walk():
        if criterion.children:
            continue
        spans = [_span(criterion, hit) for hit in words.vague(criterion.text) if not _is_defined(criterion, hit, words)]
        if spans:
            where = f"{criterion.section} {criterion.number}"
            said = " and ".join(dict.fromkeys(f'"{" ".join(dossier.criteria.text[slice(*span)].split())}"' for span in spans))
            message = f"{said} without a number or a definition"
            yield Finding(code="vague", severity=SEVERITIES["vague"], message=message, spans=tuple(spans), criteria=(where,))


def _span(criterion: Criterion, hit: Vague) -> Span:
    return Span(criterion.span.start + hit.start, criterion.span.start + hit.end)


def _is_defined(criterion: Criterion, hit: Vague, words: Words) -> bool:
    start, end = _sentence(criterion.text, hit)
    sentence, behind = criterion.text[start:end], criterion.text[hit.end : end]
    if words.defines(sentence) or _BRACKET.search(behind) or _COLON.search(behind):
        return True
    low, high = criterion.span.start + start, criterion.span.start + end
    facets = [
        facet for constraint in criterion.constraints for facet, found in constraint.facets
        if found.span and low <= found.span.start < high
    ]  # fmt: skip
    if hit.timed:
        return bool(facets) or _DIGIT.search(sentence) is not None
    return any(facet in _VALUES for facet in facets)


def _sentence(text: str, hit: Vague) -> tuple[int, int]:
    """Where the sentence of a word begins and ends."""
    found = (end.span() for end in _SENTENCE_END.finditer(text))
    ends = [0, *(end for start, end in found if text.count("(", 0, start) <= text.count(")", 0, start)), len(text)]
    return max(end for end in ends if end <= hit.start), min(end for end in ends if end >= hit.end)
