"""Context: in, a mention in its segment; out, whether the words around it negate or except it, place it in time or mean another person."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import SubjectFinder

_BREAK = re.compile(
    r"\bif\b|,\s*using\b|\bbut\b|\bhowever\b|\balthough\b|\bexcept\b|\bunless\b|\bother than\b|\bwho\b|\bdefined as\b|\bi\.?e\b|:"
)
Place = tuple[int, int]
_REACH = {
    "negation": 140,
    "exception": 200,
    "history": 40,
    "current": 30,
    "planned": 60,
    "family": 40,
    "about": 25,
    "modifier": 12,
    "hypothetical": 25,
    "unwilling": 90,
}
_BEHIND = re.compile(r",?\s*(?:(?:that|which)\s+)?(?:(?:is|are|was|were|has been|have been)\s+)?")
_NEXT_SENTENCE = re.compile(r",\s+[A-Z][a-z]{2,}\s+[a-z]")  # run-on criteria parted by commas alone
_ANOTHER = re.compile(r"\b(?:must|have|has|had|with|and|or|who|if|an?|should|will)\b")
_DEMANDS = re.compile(r"\bmust\b")
_TIMED = re.compile(r"\bwithin\b[^,;]*\(")
_ASIDE = re.compile(r"\([^()]{0,120}\)")
_OTHERS = re.compile(r"\b(?:if|when|for|in|patients?|subjects?|participants?|child|children|minors?|those)\b")
_LISTS = frozenset({"and", "or", "and/or", ",", "/", "&", "both"})
_LONGEST_LIST = 80
_LONGEST_DENIAL = 600
_VERB = re.compile(r"\b(?:must|have|has|had|is|are|was|were|should|will|may|can|able|willing|following|lack)\b|\.\s|[;\n(≤≥<>=]")
_FARTHEST = max(*_REACH.values(), _LONGEST_DENIAL)
_QUALIFY = frozenset({"modifier", "current", "history"})
_JOINED = re.compile(r"\s*(?:,|,?\s(?:or|and|and/or|to)\s|/)\s*")
_TEMPORALITY = {"history": "history", "current": "current", "planned": "planned"}


def context_of(finder: SubjectFinder, segment: Segment, start: int, end: int, clause: Place, said: Sequence[Place] = ()) -> dict[str, Any]:
    """The fields that the cues of the clause give to the mention at start:end; those in `said` are its own words."""
    found: dict[str, Any] = {}
    modifiers: list[str] = []
    for cue in _cues(segment, max(clause[0], start - _FARTHEST), min(clause[1], end + _FARTHEST), said):
        if cue.start < end and start < cue.end and cue.start >= start:
            continue
        kind = kind_of(cue, segment)
        if kind == "modifier" and _names_another(segment, cue, start, end):
            continue
        if not _reaches(finder, segment, cue, kind, start, end):
            continue
        if kind == "negation":
            found["negated"] = True
        elif kind == "exception":
            found["exception"] = True
        elif kind in _TEMPORALITY and not any(" or " in said for said in modifiers):
            joined = _modifiers(finder, segment, cue)[-1] if kind == "planned" else ""
            if " or " in joined:  # "prior or planned"
                modifiers.append(joined)
                found.pop("temporality", None)
                continue
            if found.get("temporality") != "planned":  # "planning to become pregnant in the near past" is no history
                found["temporality"] = _TEMPORALITY[kind]
        elif kind == "unwilling":
            found["unwilling"] = True
        elif kind == "hypothetical":
            modifiers.append(" ".join(finder.folded[cue.start : cue.end].split()))
        elif kind == "modifier":
            modifiers += _modifiers(finder, segment, cue)
        elif kind == "family":
            found["about"] = "family"
        elif kind == "about" and cue.entry.who:
            found["about"] = cue.entry.who
    if modifiers:
        found["modifiers"] = tuple(
            said for said in dict.fromkeys(modifiers) if not any(said in other and said != other for other in modifiers)
        )
    return found


def _names_another(segment: Segment, cue: Hit, start: int, end: int) -> bool:
    """True for the word that stands for a name of its own before the mention: "persistent or permanent atrial fibrillation" are two."""
    if cue.end > start:
        return False
    named = [hit for hit in segment.between(cue.start, cue.end) if hit.start == cue.start and hit.end == cue.end]
    return bool(named) and all(hit.entry is not named[0].entry for hit in segment.between(start, end))


def kind_of(cue: Hit, segment: Segment) -> str:
    """The cue's kind; what must not be is denied, but in an exclusion it excludes, as all that stands there does."""
    kind: str = cue.entry.kind
    return kind if kind != "prohibition" else "negation" if segment.section.kind == "inclusion" else "none"


def _modifiers(finder: SubjectFinder, segment: Segment, cue: Hit) -> list[str]:
    """The modifier with those that it is joined to ("ongoing, significant or recurring"), and those right before it, in text order."""
    said: list[str] = []
    start, end = cue.start, cue.end
    first = bisect_left(segment.cues, cue.start, key=lambda other: other.start)
    for other in reversed(segment.cues[:first]):
        joined = other.entry.kind in _QUALIFY and _JOINED.fullmatch(finder.folded, other.end, start)
        if not joined and not (other.entry.kind == "modifier" and other.end + 1 == start and finder.folded[other.end] == " "):
            break
        if not joined:
            said.insert(0, " ".join(finder.folded[start:end].split()))
            end = other.end
        start = other.start
    before = finder.folded[max(segment.start, start - 4) : start]
    start -= 4 if before in ("non-", "non ") else 0
    return [" ".join(finder.folded[start:end].split()), *said]


def _cues(segment: Segment, low: int, high: int, said: Sequence[Place]) -> list[Hit]:
    if said:
        return [
            cue for cue in segment.cues if low < cue.end and cue.start < high and not any(a <= cue.start and cue.end <= b for a, b in said)
        ]
    if len(segment.cues) < 16:
        return [cue for cue in segment.cues if low < cue.end and cue.start < high]
    first = bisect_left(segment.cues, low, key=lambda cue: cue.start)
    last = bisect_left(segment.cues, high, first, key=lambda cue: cue.start)
    return segment.cues[first:last]


def _reaches(finder: SubjectFinder, segment: Segment, cue: Hit, kind: str, start: int, end: int) -> bool:
    scope = cue.entry.scope
    if kind in ("none", "response") or (kind == "exception" and _lets_in(finder, segment, cue)):
        return False
    if cue.start < start:
        gap = finder.folded[min(cue.end, start) : start]
        if scope in ("preceding", "adjacent") or (len(gap) > _REACH[kind] and not (kind == "negation" and _is_one_list(gap))):
            return False
        if kind == "exception":
            if _TIMED.search(gap):  # "other than the study drug within 4 weeks (5 half-lives of the drug)"
                return False
            if _NEXT_SENTENCE.search(finder.plain, cue.end, start):
                return False
            return finder.folded.count(")", cue.end, start) <= finder.folded.count("(", cue.end, start)
        if kind == "about" and _OTHERS.search(gap):  # "consent of a parent for patients less than 18"
            return False
        if kind == "modifier":
            return not any(sign in gap for sign in ",;()") and " with " not in gap and " by " not in gap
        if kind == "negation" and _DEMANDS.search(gap):  # "no ascites, or the ascites must respond to diuretics"
            return False
        if finder.folded[cue.start : cue.end] == "non" and gap.strip(" -"):  # "non-curative malignancy" is a malignancy
            return False
        labelled = kind == "about" and gap.lstrip().startswith(":")  # "DONOR: age less than 60"
        return (labelled or not _BREAK.search(gap)) and not (kind == "negation" and ")" in gap and finder.unmatched(cue.end, start)[0])
    gap = finder.folded[end : cue.start]
    if scope == "adjacent":  # "seizure-free"
        return gap in (" ", "-")
    if kind == "negation" and scope in ("preceding", "both") and _is_listed(finder, segment, end, cue.start):  # "HIV-1 and HIV-2 negative"
        return True
    if _ANOTHER.search(gap):  # "of childbearing potential must have a negative test"
        return False
    if kind == "modifier" and scope in ("both", "preceding"):
        return _BEHIND.fullmatch(gap) is not None
    return (
        scope in ("preceding", "both")
        and len(gap) <= min(30, _REACH[kind])
        and not any(sign in gap for sign in ",;()")
        and kind in ("negation", "exception")
    )


def _lets_in(finder: SubjectFinder, segment: Segment, cue: Hit) -> bool:
    """True for the "are eligible" of an inclusion: whoever it says so of is included, and excepted from nothing."""
    said = finder.folded[cue.start : cue.end]
    return cue.entry.scope == "preceding" and segment.section.kind == "inclusion" and "eligible" in said


def _is_one_list(gap: str) -> bool:
    """True where a list goes on behind a negation, however long: no sentence begins in it, and no limit stands outside of its brackets."""
    return len(gap) <= _LONGEST_DENIAL and "," in gap and not _VERB.search(_ASIDE.sub("", gap))


def _is_listed(finder: SubjectFinder, segment: Segment, start: int, end: int) -> bool:
    """True where only other members of one list stand between the two places, and at least one does."""
    if not 0 < end - start <= _LONGEST_LIST:
        return False
    members = segment.between(start, end)
    words = finder.tokens(start, end)
    between = [word for word in words if not any(hit.start <= word.start() < hit.end for hit in members)]
    return bool(members) and all(word.group() in _LISTS for word in between)
