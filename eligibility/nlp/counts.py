"""Counts: in, a number without a unit; out, the things that it counts, and the count on the constraint of what they are.

After a comparator whatever noun follows is counted ("at least two prior lines of therapy"); a bare number counts only what the rules
list as countable ("20 natural teeth"), never a name ("visit 2") or a number that a text refers back to ("these two lesions").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eligibility.nlp.bench import Bench
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.subjects import EVENTS, Mention

_EARLIER = frozenset({"prior", "previous", "additional", "different", "separate", "consecutive", "more", "or"})
_OF = re.compile(r"\s*(?:out\s+)?of\s+(?:(?:the|these|those|their|his|her)\s+)?(?:([0-9]{1,2}|two|three|four|five|six|seven|eight|nine|ten)\s+)?")
_BEFORE = re.compile(r"([a-z'-]+)[\s(]*$")
_REPEATED = re.compile(r"(?:once|twice|thrice)$")
_TIMES = re.compile(r"\s*(?:separate\s+)?(?:times|occasions)\b(?!\s*(?:daily|per\b|a\b|the\b|upper|uln|/))")
_LONGEST = 80
_MOST_WORDS = 5


class Things(NamedTuple):
    """The words for what is counted; `listed` where the rules know that they can be counted; `of` is where "of 6" ends, else 0."""

    start: int
    end: int
    listed: bool
    of: int


def things_counted(bench: Bench, quantity: Quantity, ceiling: int) -> Things | None:
    """What the words behind a number name as counted; for a bare number only what is listed."""
    if quantity.kind != "none" or quantity.label or quantity.roman or quantity.compound:
        return None
    folded, words = bench.reading.folded, bench.vocabulary.words
    portion = _OF.match(folded, quantity.end, min(bench.segment.end, quantity.end + _LONGEST))
    position = portion.end() if portion else quantity.end
    end = min(max(ceiling, bench.segment.end if portion else ceiling), position + _LONGEST)
    taken = _noun_phrase(bench, position, end)
    if not taken:
        return None
    listed = [place for place, token in enumerate(taken) if token.group() in words["countable"] or token.group() in words["portion"]]
    if not quantity.explicit and (not listed or not _can_stand_bare(bench, quantity, taken[listed[0]].group())):
        return None
    if portion and not listed and not quantity.explicit:
        return None
    last = taken[_end_of_phrase(taken, listed[-1])] if listed else taken[-1]
    return Things(taken[0].start(), last.end(), bool(listed), portion.end(1) if portion and portion.group(1) else 0)


def _noun_phrase(bench: Bench, position: int, end: int) -> list[re.Match[str]]:
    """At most five words from the position on that can name a thing, with "of" between them."""
    tokens = bench.finder.tokens(position, end)
    while tokens and tokens[0].group() in _EARLIER and len(tokens) > 1 and _names(bench, tokens[1].group()):
        tokens = tokens[1:]
    taken: list[re.Match[str]] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        joins = bool(taken) and token.group() == "of" and following is not None and _names(bench, following.group())
        if len(taken) == _MOST_WORDS or not (joins or _names(bench, token.group())):
            break
        taken.append(token)
    return taken


def _names(bench: Bench, word: str) -> bool:
    words = bench.vocabulary.words
    return word[0].isalpha() and word not in words["not_counted"] and word not in words["link"]


def _end_of_phrase(taken: list[re.Match[str]], head: int) -> int:
    """The last word: the head, or what an "of" adds to it ("lines of systemic therapy")."""
    return len(taken) - 1 if head + 1 < len(taken) and taken[head + 1].group() == "of" else head


def _can_stand_bare(bench: Bench, quantity: Quantity, head: str) -> bool:
    """Whether a number without a comparator before this word is a demand: not "one", not a reference ("the two lesions"), not a name."""
    only = quantity.lower is not None and quantity.lower.value == 1
    before = _BEFORE.search(bench.reading.folded, max(bench.segment.start, quantity.start - 24), quantity.start)
    word = before.group(1) if before else ""
    if only and word != "only":
        return False
    return word not in bench.vocabulary.words["not_before_count"]


def repeated(bench: Bench, quantity: Quantity, floor: int, ceiling: int) -> list[Mention]:
    """What was done "at least once", "more than three times": the event nearest to it."""
    if not quantity.explicit or quantity.kind != "none":
        return []
    folded = bench.reading.folded
    times = _TIMES.match(folded, quantity.end)
    if times is None and not any(_REPEATED.search(folded, *place) for place in quantity.numbers):
        return []
    behind = times.end() if times else quantity.end
    return bench.finder.events(bench.segment, quantity.start, floor, behind, ceiling)[-1:]


def give_count(bench: Bench, quantity: Quantity, things: Things) -> None:
    """The count of the things, or where a period follows ("drinks per day") their frequency."""
    mention = _subject(bench, things)
    quantity.end = max(quantity.end, things.of)
    rate = bench.vocabulary.units.read(bench.reading.plain, bench.reading.folded, things.end)
    if rate is not None and rate.ucum.startswith("/"):
        quantity.lower, quantity.upper = (end._replace(unit=rate.ucum) if end else None for end in (quantity.lower, quantity.upper))
        quantity.unit, quantity.end = rate.ucum, rate.end
        bench.give([mention], "frequency", quantity)
        return
    bench.give([mention], "count", quantity)


def _subject(bench: Bench, things: Things) -> Mention:
    """The event that the things are, or are portions of ("lines of chemotherapy", "seizures"); else their words."""
    folded, portions = bench.reading.folded, bench.vocabulary.words["portion"]
    near = bench.segment.between(things.start - 60, things.end + 60)
    inside = [hit for hit in near if hit.kind in EVENTS and hit.start < things.end and things.start < hit.end]
    fitting = [hit for hit in inside if hit.end >= things.end or _all_in(bench, hit.end, things.end, portions)]
    whole: Hit | None = next((hit for hit in fitting if folded[hit.end : hit.end + 1] != "-"), None)
    return Mention(whole.start, whole.end, whole) if whole else Mention(things.start, things.end, None)


def _all_in(bench: Bench, start: int, end: int, words: frozenset[str]) -> bool:
    return all(token.group() in words for token in bench.finder.tokens(start, end))
