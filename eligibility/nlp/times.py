"""Times: in, a quantity of time in its segment; out, whether it is a window or a duration, with its bounds, direction and anchor."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eligibility.nlp.quantities import End, Quantity
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import EVENTS, Mention, SubjectFinder
from eligibility.nlp.vocabulary import TimeCue, Vocabulary
from eligibility.spelling import normalise

_WHICHEVER = re.compile(
    r"whichever\s+(?:is|comes|was|occurs|time\s+is|period\s+is)?\s*(?:the\s+)?(longer|longest|shorter|shortest|greater|later|latest|earlier|first|last)"
)
_LONGEST = frozenset({"longer", "longest", "greater", "later", "latest", "last"})
_ALTERNATIVE = re.compile(r"[\s,(\[]*(?:prior\s+to\s+[\w\s]{0,30})?[\s,(\[]*or\s+(?:within\s+)?\(?\s*|[\s(]*or[\s(]*")
_ASIDE = re.compile(r"[\s,(]*whichever\s[\s\w]{0,30}?\b(?:longer|longest|shorter|shortest|greater|later|earlier)\b[\s,)]*")
PAST = re.compile(r"\b(?:past|last|previous|prior|preceding|recent|ago|before|earlier|since)\b")
_OF = 40
_OF_WORD = re.compile(r"\bof$")
_SPENT_WORDS = 4
_EITHER = re.compile(r"\s+(?:or|and|and/or)\s+(?:after|following)\b")
_FOR_THE_LAST = re.compile(r"\bfor\s+(?:at least|a minimum of|more than|over|≥|>=|>)\s*$")
_OF_DRUG = re.compile(r"\s+(?:of|with)\s+(?:(?:the|study|any)\s+)*")
_OR_DRUG = re.compile(r"\s*(?:and/or|or|and|/)\s*")
_SPENT = frozenset({"drug", "drug_class"})
_BRACKET = re.compile(r"\s*\([^()]{0,40}\)")


@dataclass(slots=True)
class TimeExpression:
    """A window, duration or interval at start:end; `behind` is where its cue and anchor end."""

    quantity: Quantity
    means: str
    start: int
    end: int
    lower: End | None
    upper: End | None
    direction: str | None
    anchor: str | None
    behind: int
    event: bool = False
    anchor_start: int | None = None
    choose: str | None = None
    bare: bool = False
    targets: tuple[Mention, ...] = ()
    inherited: bool = False
    leads_up: bool = False  # a duration that ends at an anchor: "for 4 weeks prior to enrolment"


def read_time(
    vocabulary: Vocabulary, finder: SubjectFinder, segment: Segment, quantity: Quantity, floor: int, ceiling: int
) -> TimeExpression | None:
    """The time expression that a quantity makes with the words beside it; None where no word says that it is one."""
    folded = finder.folded
    left = vocabulary.left_cue.search(folded, max(floor, quantity.start - 48), quantity.start)
    reach = _BRACKET.match(folded, quantity.end, ceiling) or _ASIDE.match(folded, quantity.end, ceiling)
    right = vocabulary.right_cue.match(folded, quantity.end, ceiling) or (
        vocabulary.right_cue.match(folded, reach.end(), ceiling) if reach else None
    )
    before = vocabulary.cue(" ".join(left.group(1).split()), "left") if left else None
    after = vocabulary.cue(" ".join(right.group(1).split()), "right") if right else None
    if right and after is not None and after.needs and not (before and before.id == after.needs):
        spent = _time_spent(finder, segment, quantity, right.end(1), ceiling) or _spent_on(finder, segment, quantity, right.end(1), ceiling)
        if spent is not None:
            return spent
        after = after if quantity.explicit else None
    cue = _deciding(before, after)
    if cue is None:
        return None
    if left and before is cue and (lasting := _for_the_last(folded, quantity, left.start(1), floor)) is not None:
        return lasting
    start = left.start(1) if left and before and before.means != "interval" else quantity.start
    lower, upper = (quantity.lower, quantity.upper) if quantity.explicit else _bounds(quantity, cue)
    behind = right.end(1) if right and after else quantity.end
    either = _EITHER.match(folded, behind, ceiling) if after and after.direction == "before" else None
    behind = either.end() if either else behind
    direction = "around" if either else after.direction if after and after.direction and cue.means == "window" else cue.direction
    found = TimeExpression(quantity, cue.means, start, quantity.end, lower, upper, direction, None, behind, bool(after and after.event))
    if after and after.anchored and not after.event:
        _anchor(vocabulary, found, finder, segment, ceiling)
    if after and after.id == "from" and found.anchor is None and _names_event(finder, segment, behind, ceiling):
        found.event, found.direction = True, "before"
    if after and after.needs and found.anchor is None and before and before.direction and PAST.search(folded, found.start, quantity.start):
        found.direction = before.direction  # "(within the preceding 6 months) of …": before today, whatever the words behind
    found.leads_up = cue.means == "duration" and after is not None and after.direction == "before"
    if after and cue.means == "window" and not after.event and (found.anchor or not after.anchored):
        found.end = found.behind
    return found


def _names_event(finder: SubjectFinder, segment: Segment, start: int, ceiling: int) -> bool:
    """True where an event that the rules know follows at once: "≤ 2 weeks from minor surgery"."""
    near = [hit for hit in segment.between(start, min(ceiling, start + _OF)) if hit.kind in EVENTS]
    return bool(near) and finder.only(start, near[0].start, finder.words["list_lead"] | finder.words["link"])


def _for_the_last(folded: str, quantity: Quantity, start: int, floor: int) -> TimeExpression | None:
    """ "for at least the last 6 months": it lasts until today, and for that long."""
    said = _FOR_THE_LAST.search(folded, max(floor, start - 24), start)
    if said is None or quantity.explicit:
        return None
    lower = quantity.lower and quantity.lower._replace(inclusive=not said.group().rstrip().endswith((">", "more than", "over")))
    quantity.explicit, quantity.lower, quantity.upper = True, lower, None
    return TimeExpression(quantity, "duration", quantity.start, quantity.end, lower, None, None, None, quantity.end)


def _time_spent(finder: SubjectFinder, segment: Segment, quantity: Quantity, behind: int, ceiling: int) -> TimeExpression | None:
    """ "at least 6 months of prior insulin": how long the event behind went on; "≤ 24 hours of admission" counts from the event instead."""
    near = [hit for hit in segment.between(behind, min(ceiling, behind + _OF)) if hit.kind in EVENTS]
    from_event = quantity.explicit and quantity.lower is None and bool(near) and near[0].kind not in _SPENT
    if not near or from_event or any(hit.start < near[0].start for hit in segment.anchors if hit.start >= behind):
        return None
    if not finder.only(behind, near[0].start, finder.words["list_lead"] | finder.words["link"] | finder.words["dose_context"]):
        return None
    return TimeExpression(quantity, "duration", quantity.start, quantity.end, quantity.lower, quantity.upper, None, None, behind, True)


def _spent_on(finder: SubjectFinder, segment: Segment, quantity: Quantity, behind: int, ceiling: int) -> TimeExpression | None:
    """ "at least 4 years of follow-up", "less than 5 years of training": what no rule knows, and goes on for that long."""
    if not quantity.explicit or not _OF_WORD.search(finder.folded, quantity.end, behind):
        return None
    nouns = {token.group() for token in finder.tokens(behind, min(ceiling, behind + _OF))[:_SPENT_WORDS]}
    if quantity.upper is not None and not nouns & finder.words["spent"]:  # "less than 24 hours of admission"
        return None
    if quantity.upper is not None and any(behind <= hit.start < behind + _OF for hit in segment.anchors):  # "of beginning treatment"
        return None
    return TimeExpression(quantity, "duration", quantity.start, quantity.end, quantity.lower, quantity.upper, None, None, behind, True)


def _deciding(before: TimeCue | None, after: TimeCue | None) -> TimeCue | None:
    """ "for 12 months following" is a window, "for 4 weeks before" a duration; a window's own words decide before all others."""
    if before is None or after is None:
        return before or after
    if before.means == "duration":
        return after if after.direction == "after" else before
    return before


def _bounds(quantity: Quantity, cue: TimeCue) -> tuple[End | None, End | None]:
    if cue.bound == "upper" and quantity.upper is not None:
        return None, quantity.upper
    return quantity.lower, quantity.upper


def _anchor(vocabulary: Vocabulary, found: TimeExpression, finder: SubjectFinder, segment: Segment, ceiling: int) -> None:
    for hit in segment.anchors:
        if hit.start < found.behind:
            continue
        if hit.start > min(ceiling, found.behind + 60):
            return
        if finder.tokens(found.behind, hit.start) and not _leads(finder, found.behind, hit.start):
            return
        surface = normalise(finder.folded[hit.start : hit.end])
        ends = vocabulary.after_only.get(surface) if found.direction == "after" else None
        meant = ends or vocabulary.anchor_ids.get(surface)
        if meant is None:
            continue
        found.anchor, found.anchor_start, found.behind = meant, hit.start, _of_drugs(finder, segment, hit.end, ceiling)
        return


def _of_drugs(finder: SubjectFinder, segment: Segment, end: int, ceiling: int) -> int:
    """Where the anchor ends with the drugs that it is of: "the last dose of rituximab or placebo"."""
    named = _OF_DRUG.match(finder.folded, end, ceiling)
    while named is not None:
        near = [hit for hit in segment.between(named.end(), min(ceiling, named.end() + _OF)) if hit.kind in _SPENT]
        if not near or near[0].start > named.end():
            return end
        end = near[0].end
        named = _OR_DRUG.match(finder.folded, end, ceiling)
    return end


def _leads(finder: SubjectFinder, start: int, end: int) -> bool:
    allowed = finder.words["link"] | finder.words["anchor_lead"]
    return all(token.group() in allowed or not token.group()[0].isalnum() for token in finder.tokens(start, end))


def choice(folded: str, start: int, end: int) -> str | None:
    """ "whichever is longer" in a part of the text, as what to choose."""
    found = _WHICHEVER.search(folded, start, end)
    return None if found is None else "longest" if found.group(1) in _LONGEST else "shortest"


def alternatives(folded: str, first: TimeExpression, second: TimeExpression) -> bool:
    """True where two windows are one with two alternatives: "4 weeks or 5 half-lives"."""
    gap = folded[first.quantity.end : second.quantity.start]
    return "window" in (first.means, second.means) and bool(_ALTERNATIVE.fullmatch(gap))
