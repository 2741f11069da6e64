"""Mentions of the recogniser beside the hits of the rules: in, a bench on which every number is placed; out, more concepts in its segment.

The rules win for what they know, and numbers are placed by the rules alone. A condition, drug or procedure that nothing touches is a
concept of its own, without a code, and from then on is dated, joined and denied as any other. One that holds a single hit of its
kind gives it its wider words where the hit is still what they name: "distal cholangiocarcinoma" is a cholangiocarcinoma, but what the
rules say of diabetes is not said of "diabetes insipidus". Any other mention is passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from eligibility.nlp.bench import Bench
from eligibility.nlp.entities import Entity
from eligibility.nlp.examples import find_examples
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Found
from eligibility.nlp.subjects import EVENTS

RULE = "recognizer"
_FAMILY = {"drug_class": "drug"}
_COMPLETES = re.compile(
    r"\s*(?:[([]|(?:of|to|for|in|with|that|from|on|due|by|affecting|involving|requiring|known|secondary|at|after|within)\b)"
)
_UNDOES = re.compile(r"\b(?:non|no|not|anti|pseudo|without|absence|free|mimic\w*|pre|post|risk|family|naive|or|and)\b|[,;:/]")
_ADVERB = re.compile(r"[a-z]+ly")
_REFERENCE = re.compile(r"\d\.\d+\.\d|\d{3}\.\d")
_VERB = 40
_WORD = re.compile(r"[^\W_]+")


def take_mentions(bench: Bench) -> None:
    """Add the mentions to the concepts of the segment."""
    hits = bench.segment.concepts
    starts = [hit.start for hit in hits]
    made: dict[int, Hit] = {hit.start: hit for hit in hits}
    taken = taken_places(bench)
    for mention in bench.segment.mentioned:
        kind = bench.vocabulary.entity_kinds.get(mention.label, "")
        if kind not in EVENTS or overlaps(mention, taken) or not is_whole(bench, mention):
            continue
        first = bisect_left(starts, mention.start)
        first -= first > 0 and hits[first - 1].end > mention.start
        touched = hits[first : bisect_left(starts, mention.end, first)]
        if not touched:
            measured = kind == "condition" and _is_measured(bench, mention)
            if (
                not measured
                and not _is_general(bench, mention.start, mention.end, "no_mention", "person")
                and not _names_nothing(bench, mention)
            ):
                words = bench.reading.text[mention.start : mention.end]
                made[mention.start] = Hit(mention.start, mention.end, Entity(RULE, words), kind)
            continue
        own = [hit for hit in touched if not _is_general(bench, hit.start, hit.end)] or list(touched[-1:])
        if len(own) == 1 and _widens(bench, own[0], touched, mention, kind):
            for hit in touched:
                del made[hit.start]
            made[mention.start] = own[0]._replace(start=mention.start, end=mention.end)
            bench.segment.cores[mention.start] = own[0].start
    if len(made) > len(hits) or bench.segment.cores:
        bench.segment.take_concepts([made[start] for start in sorted(made)])
        bench.examples = find_examples(bench.vocabulary, bench.finder, bench.segment)


def taken_places(bench: Bench) -> list[tuple[int, int]]:
    """The places that are spoken for: subjects with their other names, what was read of them, events, anchors and populations."""
    taken = [*bench.anchors, *bench.populations]
    for draft in bench.drafts:
        taken.extend(draft.spans)
        if draft.mention is not None:
            taken.extend([(draft.mention.start, draft.mention.end), *draft.mention.also])
    return taken


def overlaps(mention: Found, places: Sequence[tuple[int, int]]) -> bool:
    return any(start < mention.end and mention.start < end for start, end in places)


def is_whole(bench: Bench, mention: Found) -> bool:
    """True where the mention begins and ends with a word, and no bracket opens or closes in it for good."""
    folded, start, end = bench.reading.folded, mention.start, mention.end
    inside_a_word = folded[max(0, start - 1) : start].isalnum() or folded[end : end + 1].isalnum()  # the CD of "CD3"
    return folded[start].isalnum() and not inside_a_word and bench.finder.same_level(start, end)


def _is_general(bench: Bench, start: int, end: int, *more: str) -> bool:
    """True where the words say no more than of which kind something is ("medication", "disease"), or are those of `more` lists."""
    general = bench.vocabulary.words["kind_of_mention"].union(*(bench.vocabulary.words[name] for name in more))
    return all(word in general for word in _WORD.findall(bench.reading.folded, start, end))


def _names_nothing(bench: Bench, mention: Found) -> bool:
    """True for a label, for what is done or how, and for what came of it: "inability to keep appointments", "inadequate response"."""
    folded = bench.reading.folded
    before = _WORD.findall(folded, max(bench.segment.start, mention.start - _VERB), mention.start)[-2:]
    if folded.startswith(":", mention.end) or _REFERENCE.search(folded, mention.start, mention.end):  # a label, a number of a journal
        return True
    done = before[-1:] == ["to"] and not bench.vocabulary.words["infinitive"].isdisjoint(before)
    done = done or any(cue.entry.kind == "response" and cue.start < mention.end and mention.start < cue.end for cue in bench.segment.cues)
    return done or _ADVERB.fullmatch(folded, mention.start, mention.end) is not None


def _is_measured(bench: Bench, mention: Found) -> bool:
    """True where the last word says that a value is meant: "normal renal function"."""
    last = _WORD.findall(bench.reading.folded, mention.start, mention.end)[-1:]
    return not bench.vocabulary.words["measured_head"].isdisjoint(last)


def _widens(bench: Bench, hit: Hit, touched: Sequence[Hit], mention: Found, kind: str) -> bool:
    """True where the mention's words are more than the hit's and still name what the hit does."""
    if any(_FAMILY.get(other.kind, other.kind) != kind or other.start < mention.start or mention.end < other.end for other in touched):
        return False
    if not _is_general(bench, hit.end, mention.end) and not _COMPLETES.match(bench.reading.folded, hit.end, mention.end):
        return False
    if _UNDOES.search(bench.reading.folded, mention.start, hit.start):
        return False
    cues = bench.segment.cues
    return not any(cue.entry.kind != "modifier" and mention.start < cue.end and cue.start < mention.end for cue in cues)
