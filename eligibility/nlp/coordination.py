"""Coordination: in, the event beside a time expression; out, all events that the expression dates.

A list shares its window ("chemotherapy, radiotherapy, or surgery within 4 weeks"), and so do a class and its examples, on whichever side
the window stands. Not shared: by a list that goes on behind the window, by what stands outside of the bracket that holds the window, and
by words that only qualify the event ("surgical sterilisation" is one).
"""

from __future__ import annotations

import re

from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import EVENTS, Mention, SubjectFinder

_REACH = 600
_GAP = 70
_NEXT = 60
_LEAD = 12
_SIGNS = frozenset(",/&+()[]:.")
_OPEN, _MOST_WORDS = 90, 4
_BEGINS = re.compile(r"\s*(?:,|/|and/or\b|and\b|or\b)")
_BETWEEN = re.compile(r"\band/or\b|\band\b|\bor\b|[,/]|$")
_JOINT = re.compile(r"[,/]|\b(?:and/or|and|or)\b")
_LISTED = re.compile(r"\s*[)\]]?\s*,\s*\w")


def sharing(
    finder: SubjectFinder, segment: Segment, last: Mention, time: tuple[int, int], bounds: tuple[int, int], own: bool
) -> list[Mention]:
    """The events that share the time at `time` with the last one before it, in text order.

    `bounds` are the floor and the ceiling of the clause; `own` says that a bracket gives the time to the last event alone.
    """
    chain = _qualified(finder, segment, last, bounds[0])
    if _opens(finder, last.end, time[0]) and own:
        return chain
    joined = False
    for hit in reversed(segment.between(max(bounds[0], time[0] - _REACH), chain[0].start)):
        first = chain[0]
        if hit.kind not in EVENTS or hit.end > first.start:
            continue
        if first.hit is not None and hit.entry is first.hit.entry and finder.folded[hit.end : first.start].strip() in ("(", "["):
            chain[0] = Mention(hit.start, hit.end, hit, ((first.start, first.end), *first.also))
            continue
        link = link_of(finder, hit, first.start)
        if (
            link is None
            and not begins_anew(finder, hit.end, first.start)
            and open_members(finder, Mention(hit.start, hit.end, hit), first.start, listed=True)
        ):
            link = "listed"  # a name that no rule knows stands between: the list goes on across it
        if link is None or (link == "opens" and _opens(finder, hit.end, time[0])):
            break
        if link == "exemplified" and _more_examples(finder, segment, time[1], bounds[1]):
            break
        joined = joined or link == "joined"
        if link == "beside":
            chain[0] = first._replace(start=hit.start)
        else:
            chain.insert(0, Mention(hit.start, hit.end, hit))
    if not joined and len(chain) > 1 and _goes_on(finder, segment, time[1], bounds[1]):
        return chain[-1:]
    behind = _examples(finder, segment, chain[-1], time[0]) or _meant(finder, segment, chain[-1], time[0])
    return [*chain, *behind]


def _qualified(finder: SubjectFinder, segment: Segment, last: Mention, floor: int) -> list[Mention]:
    """The last event with the event words that only qualify it: nothing but a space or a hyphen parts them."""
    start = last.start
    for hit in reversed(segment.between(max(floor, start - _NEXT), start)):
        if hit.kind not in EVENTS or finder.folded[hit.end : start] not in (" ", "-"):
            break
        start = hit.start
    return [last._replace(start=start)]


def link_of(finder: SubjectFinder, hit: Hit, start: int) -> str | None:
    """What stands between two events of a list: "joined" by and/or, "listed" by a comma, "beside", "opens" a bracket or examples.

    "exemplified": the second is one of the diseases that the first includes.
    """
    gap = finder.folded[hit.end : start]
    if gap in (" ", "-"):
        return "beside"
    if len(gap) > _GAP or "\n\n" in gap:
        return None
    words = [token.group() for token in finder.tokens(hit.end, _first_word(finder, hit.end, start))]
    examples, joins, leads = finder.words["examples"], finder.words["list_joiner"], finder.words["list_lead"]
    known = joins | leads | (examples | finder.words["example_lead"] if not examples.isdisjoint(words) else frozenset())
    while words and words[0] in finder.words["list_tail"]:  # "vitamin products or herbs"
        words = words[1:]
    strange = [word for word in words if not (word in _SIGNS or word in known or word.endswith("ed"))]
    if strange and (strange != words[-1:] or not _names(finder, strange[0])):  # one word may qualify the event: "GI perforation"
        return None
    if any(word in examples for word in words):
        if any(word in "([" for word in words):
            return "opens"
        return "exemplified" if hit.kind == "condition" and not finder.words["included"].isdisjoint(words) else "listed"
    if words and words[0] in "([" and not any(word in ")]" for word in words):
        return "opens"
    if any(word in joins for word in words):
        return "joined"
    if begins_anew(finder, hit.end, start):  # "thalassemia, treatment with …": another item begins
        return None
    return "listed" if any(word in ",/&+" for word in words) else None


def begins_anew(finder: SubjectFinder, start: int, end: int) -> bool:
    """True where the words between two events open another item of the list: "thalassemia, treatment with …"."""
    return any(token.group() in finder.words["list_head"] for token in finder.tokens(start, end))


def _first_word(finder: SubjectFinder, low: int, start: int) -> int:
    """Where the word begins that a hyphen joins to the event: "intra-abdominal abscess"."""
    if finder.folded[start - 1 : start] != "-":
        return start
    while start > low and (finder.folded[start - 1].isalnum() or finder.folded[start - 1] == "-"):
        start -= 1
    return start


def _more_examples(finder: SubjectFinder, segment: Segment, end: int, ceiling: int) -> bool:
    """True where the examples go on behind the time, which is one's alone then: "…, including infarction within 6 months or angina"."""
    near = [hit for hit in segment.between(end, min(ceiling, end + _NEXT)) if hit.kind in EVENTS]
    return bool(near) and link_of(finder, Hit(end, end, None, ""), near[0].start) in ("joined", "listed")


def _opens(finder: SubjectFinder, start: int, end: int) -> bool:
    """True where a bracket opens between the two places and holds the second."""
    return finder.unmatched(start, end)[1] > 0


def _goes_on(finder: SubjectFinder, segment: Segment, end: int, ceiling: int) -> bool:
    """True where the list of events continues behind the time: "…, stroke within 6 months, heart failure"."""
    if not _LISTED.match(finder.folded, end, ceiling):
        return False
    return any(hit.kind in EVENTS for hit in segment.between(end, min(ceiling, end + _NEXT)))


def _examples(finder: SubjectFinder, segment: Segment, last: Mention, position: int) -> list[Mention]:
    """The events in the bracket between the last event and the time: its examples, "anticoagulants (e.g. warfarin, heparin)"."""
    found: list[Mention] = []
    end, hits = last.end, [hit for hit in segment.between(last.end, position) if hit.kind in EVENTS]
    for hit in hits:
        link = link_of(finder, Hit(end, end, None, ""), hit.start)
        inside = _opens(finder, last.end, hit.start) and (link == "opens" if not found else link is not None)
        if not inside or (last.hit is not None and last.hit.entry is hit.entry):
            break
        found.append(Mention(hit.start, hit.end, hit))
        end = hit.end
    return found


def _meant(finder: SubjectFinder, segment: Segment, last: Mention, position: int) -> list[Mention]:
    """The events in the bracket right behind the last event that says what it means, before the time: "steroids (i.e. oral prednisone)"."""
    words = [token.group().rstrip(".") for token in finder.tokens(last.end, min(position, last.end + _LEAD))[:2]]
    if len(words) < 2 or words[0] not in "([" or words[1] not in finder.words["meant"]:
        return []
    inside = [hit for hit in segment.between(last.end, position) if hit.kind in EVENTS and _opens(finder, last.end, hit.start)]
    return [] if _opens(finder, last.end, position) else [Mention(hit.start, hit.end, hit) for hit in inside]


def examples_behind(finder: SubjectFinder, segment: Segment, last: Mention, start: int, ceiling: int) -> list[Mention]:
    """The examples of the last event that stand behind it or its time: "within 7 days, including amphotericin B, …"."""
    opening = finder.tokens(start, min(ceiling, start + 16))
    words = [token.group().rstrip(".") for token in opening if token.group() not in _SIGNS][:2]
    if not words or words[0] not in finder.words["examples"]:
        return []
    found: list[Mention] = []
    end = start
    for hit in segment.between(start, min(ceiling, start + _REACH)):
        if hit.kind not in EVENTS:
            continue
        if link_of(finder, Hit(end, end, None, ""), hit.start) is None:
            break
        if hit.entry is not (last.hit.entry if last.hit else None):
            found.append(Mention(hit.start, hit.end, hit))
        end = hit.end
    return found


def open_members(finder: SubjectFinder, last: Mention, position: int, listed: bool = False) -> list[Mention]:
    """What a list names behind a known event and before the place, and no rule knows: "steroids or calcineurin blockers within …".

    `listed`: at the place stands the next known event of the list, so that a joint must part it from what is found.
    """
    found: list[Mention] = []
    start = max([last.end, *(span[1] for span in last.also)])
    if position - start > _OPEN or not _BEGINS.match(finder.folded, start, position):
        return []
    for between in _BETWEEN.finditer(finder.folded, start, position):
        words = finder.tokens(start, between.start())
        start = between.end()
        while words and words[0].group() in finder.words["list_lead"] | finder.words["trim"]:
            words.pop(0)
        while words and words[-1].group() in finder.words["link"] | finder.words["list_end"]:
            words.pop()
        if not words:
            continue
        if len(words) > _MOST_WORDS or any(not _names(finder, word.group()) for word in words):
            return []
        found.append(Mention(words[0].start(), words[-1].end(), None))
    if listed and found and not _JOINT.search(finder.folded, found[-1].end, position):
        found.pop()
    return found


def _names(finder: SubjectFinder, word: str) -> bool:
    return word[0].isalpha() and not any(word in finder.words[name] for name in ("stop", "link", "generic", "person"))
