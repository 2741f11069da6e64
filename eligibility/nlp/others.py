"""Others: in, the drafts of a segment with what qualifies them; out, those that the words call "other" marked so, among their modifiers.

"Any other malignancy", "another autoimmune disease": what the criterion itself names is not meant. A list shares the word where its next
member ends with a general one: "no other rheumatic disorders and inflammatory diseases".
"""

from __future__ import annotations

import re
from itertools import pairwise

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft
from eligibility.nlp.subjects import Mention

OTHER = "other"
_NAMED = frozenset({"condition", "medication", "procedure"})
_QUALIFY = frozenset({"modifier", "current", "history"})
_REACH = 60
_BEHIND = 24
_JOINS = frozenset({"or", "and", "and/or", ",", "/"})
_JOINED = re.compile(r"\s*(?:/|,?\s(?:or|and|and/or)\s)\s*")


def mark_others(bench: Bench) -> None:
    """Mark the drafts, which are in text order."""
    segment = bench.segment
    if bench.reading.folded.find(OTHER, segment.start, segment.end) < 0:
        return
    for draft in bench.drafts:
        if draft.type in _NAMED and draft.mention is not None and not draft.mention.above and _is_other(bench, draft.mention):
            _mark(draft)


def share_other(bench: Bench) -> None:
    """Mark the next member of a list, too, where it is a general one."""
    folded, general = bench.reading.folded, bench.vocabulary.words["kind_of_mention"]
    for first, second in pairwise(bench.drafts):
        one, other = first.mention, second.mention
        if OTHER not in first.fields.get("modifiers", ()) or one is None or other is None or first.type != second.type:
            continue
        if folded[other.start : other.end].split()[-1] in general and _JOINED.fullmatch(folded, one.end, other.start):
            _mark(second)


def _mark(draft: Draft) -> None:
    draft.fields["modifiers"] = tuple(dict.fromkeys((OTHER, *draft.fields.get("modifiers", ()))))


def _is_other(bench: Bench, mention: Mention) -> bool:
    """True where "other" begins the name, or only words that qualify the name part them: "other active or chronic infection"."""
    finder, segment = bench.finder, bench.segment
    words, position = finder.words["other"], mention.start
    if not words.isdisjoint(bench.reading.folded[position : mention.end].split()[:1]):
        return True
    if _qualifies(bench, mention):
        return False
    qualifying = [(cue.start, cue.end) for cue in segment.cues if cue.entry.kind in _QUALIFY]
    strange = 1  # one word that no rule knows may qualify the name
    tokens = finder.tokens(max(segment.start, position - _REACH), position)
    qualified = [any(start <= token.start() < end for start, end in qualifying) for token in tokens]
    for place in reversed(range(len(tokens))):
        word = tokens[place].group()
        before = tokens[place - 1].group() if place else ""
        if word in words:
            return before not in finder.words["before_other"]
        if qualified[place] or (word in _JOINS and place and qualified[place - 1]):
            continue
        if not strange or not word[0].isalpha() or _parts(bench, word, tokens[place].start()):
            return False
        strange = 0
    return False


def _qualifies(bench: Bench, mention: Mention) -> bool:
    """True where the name only says of what behind it there are others: "other psoriasis treatment", "other warfarin-containing drugs"."""
    behind = bench.finder.tokens(mention.end, mention.end + _BEHIND)[:2]
    words = [token.group() for token in behind if token.start() <= mention.end + 1]
    return words[:1] == ["-"] or not bench.finder.words["kind_of_mention"].isdisjoint(words[:1])


def _parts(bench: Bench, word: str, start: int) -> bool:
    """True for a word of the sentence, and for one that belongs to another name."""
    words = bench.finder.words
    named = any(hit.start <= start < hit.end for hit in bench.segment.between(start - _REACH, start + _REACH))
    return named or any(word in words[name] for name in ("stop", "link", "generic", "person", "list_joiner", "kind_of_mention"))
