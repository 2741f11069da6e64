"""Methods: in, a segment's values with their subjects; out, the procedures by which alone they are found, as words of these values.

"QTc > 500 ms on ECG", "blood tests showing ALT > 3 x ULN": the value is demanded, and no procedure beside it.
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft
from eligibility.nlp.lexicon import Hit

_REACH = 60
_JOINED = re.compile(r"\s*(?:,|/|,?\s(?:or|and|and/or)\s)\s*(?:an?\s+|the\s+)?")
_DATED = re.compile(r"\s*(?:performed|done|obtained|taken|within|in the|during the)\b")


def take_methods(bench: Bench) -> None:
    """Give the words of each such procedure to the value that it finds, and leave it out of the concepts of the segment."""
    ids = bench.vocabulary.words["finds_values"]
    hits = bench.segment.concepts
    finding = [hit.kind == "procedure" and not ids.isdisjoint({hit.entry.id, *getattr(hit.entry, "is_a", ())}) for hit in hits]
    values = [draft for draft in bench.drafts if draft.type == "measurement" and draft.mention and draft.mention.hit and draft.spans]
    if not values or not any(finding):
        return
    kept: list[Hit] = []
    place = 0
    while place < len(hits):
        end = place + 1
        while finding[place] and end < len(hits) and _JOINED.fullmatch(bench.reading.folded, hits[end - 1].end, hits[end].start):
            if hits[end].kind != "procedure":
                break
            end += 1
        draft = _found(bench, values, hits[place].start, hits[end - 1].end) if all(finding[place:end]) else None
        if draft is not None and draft.mention is not None:
            draft.mention = draft.mention._replace(also=(*draft.mention.also, (hits[place].start, hits[end - 1].end)))
        else:
            kept += hits[place:end]
        place = end
    if len(kept) < len(hits):
        bench.segment.take_concepts(kept)


def _found(bench: Bench, values: list[Draft], start: int, end: int) -> Draft | None:
    """The value right before "by" or "on" the procedure, or right behind "showing"."""
    for draft in values:
        last = max(stop for _, stop in draft.spans)
        if last <= start <= last + _REACH and _only(bench, last, start, "found_by") and not _DATED.match(bench.reading.folded, end):
            return draft
        assert draft.mention is not None
        first = draft.mention.start
        if end <= first <= end + _REACH and _only(bench, end, first, "shows"):
            return draft
    return None


def _only(bench: Bench, start: int, end: int, words: str) -> bool:
    """True where one of the words that say so stands between, and only those and words of the sentence."""
    between = [token.group() for token in bench.finder.tokens(start, end)]
    said, allowed = bench.finder.words[words], bench.finder.words["method_gap"]
    return not said.isdisjoint(between) and all(word in said or word in allowed for word in between)
