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
from eligibility.nlp.subjects import ADDS, EVENTS, Mention

_NUMBER = "[0-9]{1,2}|two|three|four|five|six|seven|eight|nine|ten"
_OF = re.compile(rf"\s*(?:out\s+)?of\s+(?:(?:the|these|those|their|his|her)\s+)?(?:({_NUMBER})\s+)?")
_EACH = re.compile(r"\s*[x×]\s*")
_BEFORE = re.compile(r"([A-Za-z'-]+)([®™]?)[\s(]*$")
_REPEATED = re.compile(r"(?:once|twice|thrice)$")
_TIMES = re.compile(r"\s*(?:separate\s+)?(?:times|occasions)\b(?!\s*(?:daily|per\b|a\b|the\b|upper|uln|/))")
_OTHERWISE = re.compile(r"\bor\b")
_PRIOR = re.compile(r"\s+(?:prior|previous)\s")
_WITH = re.compile(r"\s+(?:with|using|containing|including|of)\s+(?:(?:an?|any|prior|other|systemic)\s+)*")
_TREATMENTS = frozenset({"drug", "drug_class", "procedure"})
_LONGEST = 80
_MOST_WORDS = 5


class Things(NamedTuple):
    """The words for what is counted; `listed` where the rules know that they can be counted; `of` is where "of 6" ends, else 0.

    `each` is the time that one of them takes ("3 x 30 min exercise").
    """

    start: int
    end: int
    listed: bool
    of: int
    each: Quantity | None = None


def things_counted(bench: Bench, quantity: Quantity, ceiling: int) -> Things | None:
    """What the words behind a number name as counted; for a bare number only what is listed."""
    named = quantity.label or quantity.roman or quantity.compound or quantity.mirrored
    if quantity.kind != "none" or named or not _is_whole(quantity):
        return None
    portion = _OF.match(bench.reading.folded, quantity.end, min(bench.segment.end, quantity.end + _LONGEST))
    each = _each(bench, quantity)
    position = portion.end() if portion else each.end if each else quantity.end
    beyond = position > quantity.end
    taken = _noun_phrase(bench, position, min(bench.segment.end if beyond else ceiling, position + _LONGEST))
    if not taken:
        return None
    head = _head(bench, taken)
    if not quantity.explicit and (head is None or not _can_stand_bare(bench, quantity, taken, head)):
        return None
    last = taken[-1] if head is None or taken[min(head + 1, len(taken) - 1)].group() == "of" else taken[head]
    return Things(taken[0].start(), last.end(), head is not None, portion.end(1) if portion and portion.group(1) else 0, each)


def _each(bench: Bench, quantity: Quantity) -> Quantity | None:
    times = _EACH.match(bench.reading.folded, quantity.end)
    each = bench.segment.quantity_from(times.end()) if times else None
    return each if each is not None and times is not None and each.start == times.end() and each.kind == "time" else None


def _is_whole(quantity: Quantity) -> bool:
    low, high = quantity.lower, quantity.upper
    return all(end is None or end.value == int(end.value) for end in (low, high)) and not (low and high and low.value > high.value)


def _head(bench: Bench, taken: list[re.Match[str]]) -> int | None:
    """The place of the word that the rules list: the last one, but of "lines of chemotherapy" the lines."""
    words = bench.vocabulary.words["countable"] | bench.vocabulary.words["portion"]
    listed = [place for place, token in enumerate(taken) if token.group() in words]
    parted = [place for place in listed if place + 1 < len(taken) and taken[place + 1].group() == "of"]
    found = parted[:1] or listed[-1:]
    return found[0] if found else None


def _noun_phrase(bench: Bench, position: int, end: int) -> list[re.Match[str]]:
    """At most five words from the position on that can name a thing, with "of" between them."""
    tokens = bench.finder.tokens(position, end)
    while tokens and tokens[0].group() in bench.vocabulary.words["count_lead"] and len(tokens) > 1 and _names(bench, tokens[1].group()):
        tokens = tokens[1:]
    known = [hit for hit in bench.segment.between(position, end + _LONGEST) if hit.kind in EVENTS and hit.start < end]
    taken: list[re.Match[str]] = []
    most = _MOST_WORDS
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        joins = bool(taken) and token.group() == "of" and following is not None and _names(bench, following.group())
        if token.group() in ADDS and _is_shared_ahead(bench, taken, token.end(), end):
            most = 2 * _MOST_WORDS  # "one occlusal or proximal caries lesion"
            continue
        named = any(hit.start <= token.start() and token.end() <= hit.end for hit in known)  # "in vitro fertilization"
        if not named and (len(taken) == most or not (joins or _names(bench, token.group()))):
            break
        taken.append(token)
    return taken


def _is_shared_ahead(bench: Bench, taken: list[re.Match[str]], position: int, end: int) -> bool:
    """Whether the words before "or" only qualify a listed thing that stands behind it."""
    words = bench.vocabulary.words
    listed = words["countable"] | words["portion"]
    if not taken or any(token.group() in listed for token in taken):
        return False
    for token in bench.finder.tokens(position, end)[:_MOST_WORDS]:
        if not _names(bench, token.group()):
            return False
        if token.group() in listed:
            return True
    return False


def _names(bench: Bench, word: str) -> bool:
    words = bench.vocabulary.words
    return word[0].isalpha() and word not in words["not_counted"] and word not in words["link"]


def _can_stand_bare(bench: Bench, quantity: Quantity, taken: list[re.Match[str]], head: int) -> bool:
    """Whether a number without a comparator is a demand here: several of what is listed; not "one", a reference or part of a name."""
    words, head_word = bench.vocabulary.words, taken[head].group()
    before = _BEFORE.search(bench.reading.plain, max(bench.segment.start, quantity.start - 24), quantity.start)
    word = before.group(1) if before else ""
    if before is not None and (before.group(2) or (word[:1].isupper() and before.start() > bench.segment.start + 2)):
        return False  # "NovoMix 30 treatments"
    several = (quantity.upper or quantity.lower) is not None and max(end.value for end in (quantity.lower, quantity.upper) if end) > 1
    if _PRIOR.match(bench.reading.folded, quantity.end) and head_word in words["portion"]:  # "one prior regimen"
        return word.lower() not in words["not_before_count"]
    if not (several and (head_word.endswith("s") or head_word in words["plural"])) and word.lower() != "only":
        return False
    alone = head == 0 and taken[0].start() <= quantity.end + 1
    if alone and head_word not in words["countable"] and not bench.reading.folded.startswith(" of ", taken[head].end()):
        return False  # "2 lines" may be of letters, "2 prior lines" are not
    return word.lower() not in words["not_before_count"]


def repeated(bench: Bench, quantity: Quantity, floor: int, ceiling: int) -> list[Mention]:
    """What was done "at least once", "more than three times": the event nearest to it."""
    if not quantity.explicit or quantity.kind != "none":
        return []
    folded = bench.reading.folded
    times = _TIMES.match(folded, quantity.end)
    if times is None and not any(_REPEATED.search(folded, *place) for place in quantity.numbers):
        return []
    behind = times.end() if times else quantity.end
    done = bench.finder.events(bench.segment, quantity.start, floor, behind, ceiling)[-1:]
    return [mention for mention in done if mention.end <= quantity.start]


def give_count(bench: Bench, quantity: Quantity, things: Things) -> None:
    """The count of the things, or where a period follows ("drinks per day") their frequency."""
    mention = _subject(bench, quantity, things)
    _join_waiting(bench, quantity)
    quantity.end = max(quantity.end, things.of)
    rate = bench.vocabulary.units.read(bench.reading.plain, bench.reading.folded, things.end)
    facet = "count"
    if rate is not None and rate.ucum.startswith("/"):
        quantity.lower, quantity.upper = (end._replace(unit=rate.ucum) if end else None for end in (quantity.lower, quantity.upper))
        quantity.unit, quantity.end, facet = rate.ucum, rate.end, "frequency"
    bench.give([mention], facet, quantity)
    if things.each is not None:
        quantity.end = max(quantity.end, things.each.end)
        bench.give([mention], "duration", things.each)


def _join_waiting(bench: Bench, quantity: Quantity) -> None:
    """ "a minimum of 1 and a maximum of 12 teeth": both limits as one range."""
    waiting = bench.waiting
    if waiting is None or waiting.kind != "none" or not 0 <= quantity.start - waiting.end < _LONGEST // 4:
        return
    if waiting.upper is None and quantity.lower is None:
        quantity.lower, quantity.start = waiting.lower, waiting.start
    elif waiting.lower is None and quantity.upper is None:
        quantity.upper, quantity.start = waiting.upper, waiting.start
    else:
        return
    bench.waiting = None


def _subject(bench: Bench, quantity: Quantity, things: Things) -> Mention:
    """The event that the things are, or are portions of ("lines of chemotherapy", "rituximab, at least 2 doses"); else their words."""
    folded, portions = bench.reading.folded, bench.vocabulary.words["portion"]
    near = bench.segment.between(things.start - 60, things.end + 60)
    inside = [hit for hit in near if hit.kind in EVENTS and hit.start < things.end and things.start < hit.end]
    fitting = [hit for hit in inside if hit.end >= things.end or _all_in(bench, hit.end, things.end, portions)]
    heads = [hit for hit in inside if folded.startswith(" of ", hit.end) and not _all_in(bench, hit.start, hit.end, portions)]
    whole: Hit | None = next((hit for hit in (*heads, *fitting) if folded[hit.end : hit.end + 1] != "-"), None)
    if whole is None and _all_in(bench, things.start, things.end, portions):
        whole = _given(bench, things.end)
    if whole is None and _all_in(bench, things.start, things.end, portions):
        low = max(bench.finder.clause(bench.segment, quantity.first)[0], quantity.start - _LONGEST)
        whole = next((hit for hit in reversed(bench.segment.between(low, quantity.start)) if hit.kind in _TREATMENTS), None)
        whole = None if whole is not None and _OTHERWISE.search(folded, whole.end, quantity.start) else whole
    return Mention(whole.start, whole.end, whole) if whole else Mention(things.start, things.end, None)


def _given(bench: Bench, end: int) -> Hit | None:
    """The cytokines of "1 prior treatment with cytokines"."""
    given = _WITH.match(bench.reading.folded, end, bench.segment.end)
    near = bench.segment.between(given.end(), given.end() + _LONGEST) if given else []
    return near[0] if given and near and near[0].start == given.end() and near[0].kind in _TREATMENTS else None


def _all_in(bench: Bench, start: int, end: int, words: frozenset[str]) -> bool:
    return all(token.group() in words for token in bench.finder.tokens(start, end))
