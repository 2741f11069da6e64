"""Alterations: in, the treatments that a time seems to date; out, the change of them that it dates instead.

"No change in antidepressants within 4 weeks" is no demand to take none: what is dated is the change.
"""

from __future__ import annotations

from eligibility.nlp.bench import Bench
from eligibility.nlp.subjects import Mention

_TREATMENTS = frozenset({"drug", "drug_class", "procedure"})
_LEAD = 60
_MOST_BETWEEN = 7
_BEHIND = 40
_STOPS = frozenset(",;:().")


def alteration(bench: Bench, mentions: list[Mention], time: int) -> Mention | None:
    """The change that is dated in the place of the treatments, where the words before or behind them name one.

    The time stands at `time`.
    """
    if not mentions or mentions[0].hit is None or mentions[0].hit.kind not in _TREATMENTS:
        return None
    first, last = mentions[0], mentions[-1]
    place = _before(bench, first, last) or _behind(bench, _first_alike(mentions), last, time)
    if place is None:
        return None
    taken = bench.segment.between(max(first.start, place[0]), min(last.end, place[1]))
    bench.measured.update(hit.start for hit in taken)
    return Mention(*place, None)


def _first_alike(mentions: list[Mention]) -> Mention:
    """The first of the drugs, or procedures, that the list ends with: "hospitalisation or medication changes" alters the medication."""
    kinds = [mention.hit is not None and mention.hit.kind != "procedure" for mention in mentions]
    place = len(mentions) - 1
    while place > 0 and kinds[place - 1] == kinds[-1]:
        place -= 1
    return mentions[place]


def _before(bench: Bench, first: Mention, last: Mention) -> tuple[int, int] | None:
    """ "changes in the type or dose of antidepressants", "changed antidepressants"."""
    words = bench.finder.words
    tokens = bench.finder.tokens(max(bench.segment.start, first.start - _LEAD), first.start)
    for place in range(len(tokens) - 1, max(-1, len(tokens) - 2 - _MOST_BETWEEN), -1):
        word = tokens[place].group()
        if word in words["altered"] and place == len(tokens) - 1:
            return tokens[place].start(), last.end
        if word in words["alteration"]:
            led = place + 1 < len(tokens) and tokens[place + 1].group() in words["alteration_joint"]
            return (tokens[place].start(), last.end) if led else None
        if word in _STOPS or word in words["no_alteration"]:
            return None
    return None


def _behind(bench: Bench, first: Mention, last: Mention, time: int) -> tuple[int, int] | None:
    """ "antipsychotic dose changes", and the "dose adjustments" alone of "metformin with no dose adjustments"."""
    if not last.end <= time <= last.end + _BEHIND:
        return None
    tokens = bench.finder.tokens(last.end, time)
    if not tokens or tokens[-1].group() not in bench.finder.words["alteration"]:
        return None
    parted = [place for place, token in enumerate(tokens) if token.group() in bench.finder.words["stop"] or token.group() in _STOPS]
    if not parted:
        return first.start, tokens[-1].end()
    return tokens[parted[-1] + 1].start(), tokens[-1].end()
