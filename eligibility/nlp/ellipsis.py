"""Ellipsis: in, the hits of a text; out, the hits with those whose head stands only once: "cardiac or renal disease", "hepatitis B or C".

Only adjectives that make a term of the rules with that head count: nothing is composed that no rule knows. A ratio whose two names a
bracket parts is one hit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from eligibility.nlp.lexicon import Hit, Lexicon
from eligibility.spelling import normalise

_KINDS = frozenset({"condition", "procedure"})
_JOINT = r"\s*(?:,\s*(?:and/or|and|or)?|/|\s(?:and/or|and|or)\s)"
_BEFORE = re.compile(rf"(?<![\w-])([a-z][a-z-]{{2,30}}){_JOINT}\s*$")
_TWO_BEFORE = re.compile(rf"(?<![\w-])([a-z][a-z-]{{2,30}} [a-z]{{3,12}}){_JOINT}\s*$")
_PARTED = re.compile(r"\s*[(\[][^()\[\]]{1,80}[)\]]\s*/\s*")
_LAST = re.compile(r"(?<=[ -])(?:[a-e]|[1-9]|i{1,3}|iv|v)$")
_VARIANT = re.compile(r"\s?(?:,|/|,?\s(?:and/or|and|or|&))\s?(?:and/or\s|and\s|or\s)?([a-e]|[1-9]|i{1,3}|iv|v)(?![\w-]|\.\d)")
_CLOSED = re.compile(r"[)\]]\s*/")
_JOINS = (",", "/", "and", "or")
_HEAD = re.compile(r"( [a-z]{3,12}\b)( [a-z]{3,12}\b)?( [a-z]{3,12}\b)?")
_ADJECTIVE = re.compile(r"(?:ic|al|ar|ory|ous)$")  # one that no rule knows does not end the list
_MOST = 12


def with_elided(lexicon: Lexicon, plain: str, folded: str, hits: Sequence[Hit]) -> list[Hit]:
    """All hits, and one for each adjective, letter or number that shares the head of the hit beside it, in text order."""
    added: list[Hit] = []
    floor = 0
    for hit in hits:
        if hit.kind in _KINDS:
            added.extend(_elided(lexicon, folded, hit, floor))
            added.extend(_varied(lexicon, plain, folded, hit))
        floor = hit.end
    if not added:
        return list(hits)
    kept = [hit for hit in hits if not any(new.start <= hit.start and hit.end <= new.end for new in added)]
    return sorted([*kept, *added], key=lambda hit: hit.start)


def _varied(lexicon: Lexicon, plain: str, folded: str, hit: Hit) -> list[Hit]:
    """The C of "hepatitis B or C": a letter or number that names another of the same kind in the place of the last one."""
    found: list[Hit] = []
    following = _VARIANT.match(folded, hit.end)
    last = _LAST.search(folded, hit.start, hit.end) if following else None
    if last is None:
        return []
    stem = folded[hit.start : last.start()]
    while following is not None:
        start, end = following.span(1)
        meant = lexicon.exact(normalise(f"{stem} {following.group(1)}"), hit.kind)
        article = following.group(1) == "a" and plain[start] == "a"
        if meant is None or meant is hit.entry or article:
            break
        head = _HEAD.match(folded, end)  # "hepatitis B or C virus infection"
        ends = [head.end(group) for group in (3, 2, 1) if head.group(group)] if head is not None else []
        end = next((far for far in ends if lexicon.exact(normalise(f"{stem} {folded[start:far]}"), hit.kind) is meant), end)
        found.append(Hit(start, end, meant, hit.kind))
        following = _VARIANT.match(folded, end)
    return found


def may_be_parted(folded: str) -> bool:
    """Whether the text has a ratio with a bracket before its bar at all."""
    return _CLOSED.search(folded) is not None


def with_ratios(lexicon: Lexicon, folded: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, with the ratio in the place of two analytes that a bracket parts: "FEV1 [forced expiratory volume] / FVC"."""
    found: list[Hit] = []
    for hit in hits:
        first = next((place for place in range(len(found) - 1, max(-1, len(found) - 4), -1) if _is_parted(folded, found[place], hit)), None)
        if first is not None:
            form = normalise(f"{folded[found[first].start : found[first].end]} {folded[hit.start : hit.end]}")
            ratio = lexicon.exact(form, hit.kind)
            if ratio is not None:
                found[first:] = [Hit(found[first].start, hit.end, ratio, hit.kind)]
                continue
        found.append(hit)
    return found


def _is_parted(folded: str, first: Hit, second: Hit) -> bool:
    return first.kind == second.kind == "analyte" and _PARTED.fullmatch(folded, first.end, second.start) is not None


def _elided(lexicon: Lexicon, folded: str, hit: Hit, floor: int) -> list[Hit]:
    if not folded[max(floor, hit.start - 8) : hit.start].rstrip().endswith(_JOINS):
        return []
    words = folded[hit.start : hit.end].split()
    if len(words) < 2:
        return []
    found, end = [], hit.start
    for _ in range(_MOST):
        word = _BEFORE.search(folded, max(floor, end - 48), end)
        if word is None:
            break
        two = _TWO_BEFORE.search(folded, max(floor, end - 64), end) if len(words) > 2 else None
        meant = _with_head(lexicon, word.group(1), words, hit)
        if meant is None and two is not None and (meant := _with_head(lexicon, two.group(1), words, hit)) is not None:
            word = two
        if meant is not None:
            found.append(Hit(word.start(1), word.end(1), meant, hit.kind))
        elif not _ADJECTIVE.search(word.group(1)):
            break
        end = word.start(1)
    return found


def _with_head(lexicon: Lexicon, words: str, name: Sequence[str], hit: Hit) -> Any:
    """What the words name with the end of the other name, the longest first: "squamous" of "squamous or basal cell skin cancer"."""
    for place in range(1, len(name)):
        meant = lexicon.exact(normalise(" ".join([words, *name[place:]])), hit.kind)
        if meant is not None and (meant is not hit.entry or place == len(name) - 1):
            return meant
    return None
