"""Heads: in, a value or the words before it; out, the subject that stands further off: the noun that the words complete, or a heading's.

"distance between the stent and the ostium" is a distance; "at least 12 weeks" under "Life expectancy:" is one of life expectancy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import MEASURES, Mention, SubjectFinder

_REACH = 80


def headed(finder: SubjectFinder, mention: Mention, floor: int) -> Mention:
    """The mention with the head that it completes: "distance between the stent and the ostium", "curvature measured in the spine"."""
    tokens = finder.tokens(max(floor, mention.start - _REACH), mention.start)
    for place in range(len(tokens) - 1, 0, -1):
        word = tokens[place].group()
        if word in finder.words["head_joint"] and tokens[place - 1].group() in finder.words["head"]:
            return mention._replace(start=_start(finder, tokens, place - 1), hit=None)
        if not (word[0].isalnum() and (word not in finder.words["stop"] or word in finder.words["in_head"])):
            break
    return mention


def _start(finder: SubjectFinder, tokens: Sequence[re.Match[str]], place: int) -> int:
    """Where the words begin that belong to the noun at the place."""
    foreign = finder.words["stop"] | finder.words["link"]
    while place > 0 and tokens[place - 1].group() not in foreign and tokens[place - 1].group()[0].isalpha():
        place -= 1
    return tokens[place].start()


def is_headed(finder: SubjectFinder, mention: Mention) -> bool:
    """True where the words of the mention are a head and what completes it."""
    words = [token.group() for token in finder.tokens(mention.start, mention.end)]
    return any(word in finder.words["head"] and joint in finder.words["head_joint"] for word, joint in pairwise(words))


def subject_above(finder: SubjectFinder, segment: Segment, position: int) -> list[Mention]:
    """The known subject that the heading above names for a value at the position: "Life expectancy:" over "at least 12 weeks".

    Nothing may stand before the value, and nothing behind the name in its heading.
    """
    empty = finder.words["link"] | finder.words["generic"]
    heading = segment.parent
    while heading is not None and finder.only(segment.start, position, empty | finder.words["under_heading"]):
        known = [hit for hit in heading.concepts if hit.kind in MEASURES]
        if known and finder.only(known[-1].end, heading.end, empty):
            return [Mention(known[-1].start, known[-1].end, known[-1], above=True)]
        segment, position, heading = heading, heading.end, heading.parent
    return []
