"""Ellipsis: in, the hits of a text; out, the hits with those whose head stands only once, as in "cardiac, renal or pulmonary disease".

Only adjectives that make a term of the rules with that head count: nothing is composed that no rule knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligibility.nlp.lexicon import Hit, Lexicon
from eligibility.spelling import normalise

_KINDS = frozenset({"condition", "procedure"})
_BEFORE = re.compile(r"(?<![\w-])([a-z][a-z-]{2,30})\s*(?:,\s*(?:and/or|and|or)?|/|\s(?:and/or|and|or)\s)\s*$")
_JOINS = (",", "/", "and", "or")
_MOST = 8


def with_elided(lexicon: Lexicon, folded: str, hits: Sequence[Hit]) -> list[Hit]:
    """All hits, and one for each adjective that shares the head of the hit behind it, in text order."""
    added: list[Hit] = []
    floor = 0
    for hit in hits:
        if hit.kind in _KINDS:
            added.extend(_elided(lexicon, folded, hit, floor))
        floor = hit.end
    return sorted([*hits, *added], key=lambda hit: hit.start) if added else list(hits)


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
        meant = lexicon.exact(normalise(f"{word.group(1)} {words[-1]}"), hit.kind)
        if meant is None:
            break
        found.append(Hit(word.start(1), word.end(1), meant, hit.kind))
        end = word.start(1)
    return found
