"""Patterns with a word list of the rules in them: the frame is the code's, the words are the rules'."""

from __future__ import annotations

import re
from functools import cache


@cache
def pattern(frame: str, terms: frozenset[str]) -> re.Pattern[str]:
    """The frame, a regular expression, with the terms in the place of WORDS; a space in a term is spaces or hyphens of the text."""
    words = "|".join(re.escape(term).replace(r"\ ", r"[\s-]+") for term in sorted(terms, key=lambda term: (-len(term), term)))
    return re.compile(frame.replace("WORDS", words))
