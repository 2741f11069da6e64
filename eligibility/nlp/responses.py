"""Responses: in, a treatment in its segment; out, what came of it or speaks against it, and what time the words say.

"Refractory to bortezomib", "failure of two antidepressants", "steroid-dependent", "not a candidate for surgery": the treatment is not
demanded for itself. A cue is said of the treatments of one list behind it, or of the one that a hyphen or blank joins to it.
"""

from __future__ import annotations

from eligibility.constraints import RESPONSES
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import SubjectFinder

_REACH = 140
_LONGEST_NAME = 80
_MARKS = frozenset("([,/&+)]-≥>=")


def responses_of(finder: SubjectFinder, segment: Segment, start: int, end: int, clause: tuple[int, int]) -> tuple[list[str], str | None]:
    """The labels of the cues that are said of the mention at start:end, in text order, and the time that they say."""
    labels: list[str] = []
    time: str | None = None
    for cue in segment.cues:
        if cue.end < clause[0] or cue.start > clause[1] or not _is_said_of(finder, segment, cue, start, end):
            continue
        time = time or cue.entry.temporality
        if cue.entry.kind == "response":
            labels.append(cue.entry.label)
        elif cue.entry.kind == "modifier":
            labels.append(finder.folded[cue.start : cue.end])
            time = time or "history"
    return list(dict.fromkeys(labels)), time


def _is_said_of(finder: SubjectFinder, segment: Segment, cue: Hit, start: int, end: int) -> bool:
    entry = cue.entry
    if entry.kind == "modifier":  # "steroid-refractory"
        behind = end < cue.start and finder.folded[end : cue.start] in (" ", "-")
        return behind and entry.scope == "following" and finder.folded[cue.start : cue.end] in RESPONSES
    if entry.kind != "response" and entry.temporality is None:
        return False
    if entry.scope == "adjacent":
        return finder.folded[end : cue.start] in (" ", "-")
    return 0 <= start - cue.end <= _REACH and _leads_on(finder, segment, cue, start)


def _leads_on(finder: SubjectFinder, segment: Segment, cue: Hit, start: int) -> bool:
    """True where between the cue and a treatment only treatments of one list stand, and words of how many and which."""
    if any(hit.start < cue.start < hit.end for hit in segment.between(cue.start - _LONGEST_NAME, cue.end + _LONGEST_NAME)):
        return False  # "heart failure on digoxin"
    members = segment.between(cue.end, start)
    allowed = finder.words["response_gap"]
    for word in finder.tokens(cue.end, start):
        said = word.group()
        if said in allowed or said in _MARKS or not said[0].isalpha() or any(hit.start <= word.start() < hit.end for hit in members):
            continue
        return False
    return True
