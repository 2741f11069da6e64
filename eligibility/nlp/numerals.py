"""Numerals: in, the numbers of a segment; out, which are quantities, those that its words leave out, and the comparators beside them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from eligibility.nlp.atoms import Comparison
from eligibility.nlp.reading import Reading, Segment
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.numbers import Number

_WORD_BEFORE = re.compile(r"(?<![a-z])([a-z]+) (?:no\.? ?|#|[-+])?$")
_SAMPLE = re.compile(r"(?<![a-z])n ?= ?$")  # "(n=20)"
_LASTS = re.compile(r" ?(?:-|to) ?\d+ (?:days|weeks|months)\b")  # "cycle 21-35 days" is no cycle's number
_LIMIT = re.compile(r"(?:\b(?:above|over|exceeding|exceeds?|than|below|under|within)|[<>≥≤=]) ?(?:the )?$")
_LONGEST_NAME = 80  # characters of a term that a number may be part of


def implied_ones(vocabulary: Vocabulary, reading: Reading, segment: Segment) -> list[Number]:
    """The ones that the words leave out: "in the past year", "above the upper limit of normal"."""
    found = []
    for hit in segment.implied:
        place = hit.start + hit.entry.first
        if hit.entry.first == 0:
            unit = vocabulary.units.read(reading.plain, reading.folded, place)
            limit = unit is not None and unit.ucum in ("ULN", "LLN")
            if not limit or not _LIMIT.search(reading.folded, max(segment.start, place - 24), place):
                continue
        found.append(Number(place, place, 1.0, "implied"))
    return found


def in_a_sign(number: Number, comparisons: Sequence[Comparison]) -> bool:
    """True for the code of a sign that an export wrote out: "<U+2265>"."""
    place = bisect_right(comparisons, number.start, key=lambda comparison: comparison.start) - 1
    return place >= 0 and number.end <= comparisons[place].end


def is_quantity(number: Number, segment: Segment, reading: Reading, vocabulary: Vocabulary) -> bool:
    if number.kind in ("date", "year"):
        segment.unread.append((number.start, number.end))
        return False
    if any(hit.start <= number.start and number.end <= hit.end for hit in segment.anchors):
        return False
    if segment.item.scope is not None and segment.item.scope[0] <= number.start and number.end <= segment.item.scope[1]:
        return False
    before = _WORD_BEFORE.search(reading.folded, max(segment.start, number.start - 16), number.start)
    named = before is not None and before.group(1) in vocabulary.words["numbered"]
    if number.kind == "digits" and (
        (named and not _LASTS.match(reading.folded, number.end))
        or _SAMPLE.search(reading.folded, max(segment.start, number.start - 6), number.start)
        or _is_reference(number, reading, vocabulary)
    ):
        segment.unread.append((number.start, number.end))
        return False
    if number.kind == "ordinal" and not (
        reading.folded.startswith((" percentile", " centile"), number.end) or vocabulary.labels.behind.match(reading.folded, number.end)
    ):
        return False
    if reading.folded[number.start].isalpha() and number.kind == "digits":  # C4 of "CEAP C2 to C4" is no complement
        return True
    return not any(
        hit.start <= number.start and number.end <= hit.end
        for hit in segment.between(number.start - _LONGEST_NAME, number.end + _LONGEST_NAME)
    )


def _is_reference(number: Number, reading: Reading, vocabulary: Vocabulary) -> bool:
    """True for the number of a source, glued to the bracket before it: "Short Form (REALM-SF)22 score"."""
    folded = reading.folded
    glued = folded[number.start - 1 : number.start] == ")" and number.value == int(number.value) and not number.power
    following = folded[number.end : number.end + 1].strip()
    if not glued or (following and following not in ".,;"):
        return False
    return vocabulary.units.read(reading.plain, folded, number.end) is None


def comparisons_of(vocabulary: Vocabulary, reading: Reading, segment: Segment) -> list[Comparison]:
    found = [Comparison(hit.start, hit.end, hit.entry.op, "before", hit.entry.graded) for hit in segment.before]
    found += [Comparison(hit.start, hit.end, hit.entry.op, "after", hit.entry.graded) for hit in segment.after]
    for sign in vocabulary.symbol.finditer(reading.folded, segment.start, segment.end):
        if sign.group() in ("<", ">") and sign.group() in (reading.folded[sign.start() - 1], reading.folded[sign.end() : sign.end() + 1]):
            continue  # ">>18 years or older": a mark of the list
        found.append(Comparison(sign.start(), sign.end(), vocabulary.symbol_ops["".join(sign.group().split())], "both"))
    return _longest(found) if len(found) > 1 else found


def _longest(comparisons: list[Comparison]) -> list[Comparison]:
    """Those that none before a number holds, in text order: the "equal to" of "> or equal to" is none of its own."""
    comparisons.sort()
    if all(first.end <= second.start for first, second in pairwise(comparisons)):
        return comparisons
    kept: list[Comparison] = []
    holder = (0, 0)
    for comparison in sorted(comparisons, key=lambda comparison: (comparison.start, -comparison.end)):
        if comparison.end > holder[1] or comparison[:2] == holder:
            kept.append(comparison)
            holder = comparison[:2] if comparison.side != "after" else holder
    return kept
