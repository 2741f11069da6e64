"""Ages: in, a quantity in its segment; out, whether it is the age of a person. Not gestational age, not a duration, not a score.

An age at which something happened ("asthma diagnosed before age 12") is no age of the patient: it is a window counted from birth.
The words that make an age of a number are word lists of the rules, `age_…`.
"""

from __future__ import annotations

import re

from eligibility.nlp.heads import subject_above
from eligibility.nlp.patterns import pattern
from eligibility.nlp.quantities import End, Quantity
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import SubjectFinder
from eligibility.nlp.times import TimeExpression

UNITS = frozenset({"a", "mo", "wk", "d", "h"})
_OVER = re.compile(r"(?:over|above|under|below)\s")
_JOINED = re.compile(r"\s*,?\s*(?:and|or|but|to|&|-)?\s*")
_THEN = re.compile(r"(?<!\w)(before|after|since|until|by|prior to)\s+(?:the\s+)?(?:ages?\s*(?:of\s*)?)?$")
_BEHIND = r"[\s,)-]*(?:\(\s*[<>≤≥=]+\s*\)\s*)?(?:WORDS)(?!\w)"
_ANYWHERE = r"(?<![a-z])(?:WORDS)(?!\w)"
_ALONE = r"(?<![\w-])(?:WORDS)(?![\w-])"
_NEXT = r"\s*(?:$|[.,;:()\]\n]|(?:WORDS)(?!\w))"
_JUST_BEFORE = r"(?<!\w)(?:WORDS)[\s-]+$"
_DIAGNOSED_AT = re.compile(
    r"\b(?:diagnosed|diagnosis|onset|presenting|presented|occurring|occurred|detected|identified)\s+at\s+(?:an?\s+)?$"
)
_EARLIER = frozenset({"before", "until", "by", "prior to"})


def is_age(finder: SubjectFinder, segment: Segment, quantity: Quantity, floor: int) -> bool:
    """True where the quantity is an age in the sense of the criteria: of a person, in a unit of time or none."""
    folded, words = finder.folded, finder.words
    if quantity.unit is not None and quantity.unit not in UNITS:
        return False
    if quantity.unit is None and (quantity.label or quantity.roman or quantity.worded or not _plausible(quantity)):
        return False
    if _is_anchored_window(segment, quantity):
        return False
    last = _joined(finder, segment, quantity)
    behind = pattern(_BEHIND, words["age_behind"]).match(folded, last.end, segment.end)
    own = folded[quantity.start : behind.end() if behind else last.end]
    if behind or pattern(_ANYWHERE, words["age_within"]).search(own):
        return not _gestation(segment, quantity) and (
            any(word in own for word in (" age", "y.o", "y/o")) or not _of_thing(finder, segment, quantity, floor)
        )
    if folded.startswith(" of ", quantity.end) and quantity.unit is None:  # "any 2 of the following"
        return False
    low = max(finder.clause(segment, quantity.start)[0], floor)
    return (
        _at_diagnosis(finder, quantity, low)
        or _said_before(finder, segment, quantity, low)
        or _said_above(finder, segment, quantity)
        or _person_before(finder, quantity, low, segment)
    )


def age_then(finder: SubjectFinder, segment: Segment, quantity: Quantity, floor: int) -> TimeExpression | None:
    """The window from birth that an age in the past gives to what happened then: "asthma before the age of 12"; None for all else."""
    if _at_diagnosis(finder, quantity, floor):
        return TimeExpression(
            quantity, "window", quantity.start, quantity.end, quantity.lower, quantity.upper, "after", "birth", quantity.end
        )
    found = _THEN.search(finder.folded, max(segment.start, quantity.first - 24), quantity.first)
    if found is None or not _follows_thing(finder, found.start(), floor):
        return None
    end: End | None = quantity.upper or quantity.lower
    assert end is not None
    end = End(end.value, False, end.unit or "a")
    lower, upper = (None, end) if found.group(1) in _EARLIER else (end, None)
    behind = pattern(_BEHIND, finder.words["age_behind"]).match(finder.folded, quantity.end, segment.end)
    close = behind.end() if behind else quantity.end
    return TimeExpression(quantity, "window", found.start(), close, lower, upper, "after", "birth", close)


def _at_diagnosis(finder: SubjectFinder, quantity: Quantity, floor: int) -> bool:
    """ "diagnosed at under 30 years", "onset at 5 to 10 years": the age is that of the disease's beginning."""
    said = quantity.unit == "a" and quantity.explicit
    return said and _DIAGNOSED_AT.search(finder.folded, max(floor, quantity.start - 32), quantity.start) is not None


def _joined(finder: SubjectFinder, segment: Segment, quantity: Quantity) -> Quantity:
    """The quantity, or the one joined to it that ends the phrase: what is said behind "≥ 18 and ≤ 75 years" is said of both."""
    following = segment.quantity_from(quantity.end)
    if following is None or not quantity.explicit or following.unit != quantity.unit:
        return quantity
    return following if following.explicit and _JOINED.fullmatch(finder.folded, quantity.end, following.start) else quantity


def _is_anchored_window(segment: Segment, quantity: Quantity) -> bool:
    """ "of childbearing age within 7 days before enrolment": a window has its anchor, an age none."""
    found = segment.times.get(quantity.start)
    return found is not None and found.means == "window" and found.start < quantity.start and found.anchor is not None


def _gestation(segment: Segment, quantity: Quantity) -> bool:
    return any(hit.kind == "analyte" and "age" in hit.entry.id for hit in segment.between(quantity.start - 60, quantity.end + 30))


def _of_thing(finder: SubjectFinder, segment: Segment, quantity: Quantity, floor: int) -> bool:
    """ "a transplant less than one year old", "an ulcer at least 4 weeks old"."""
    near = segment.between(quantity.start - 40, quantity.start)
    if near and near[-1].kind in ("condition", "procedure") and quantity.start - near[-1].end <= 2:
        return True
    return quantity.unit not in ("a", None) and _follows_thing(finder, quantity.start, floor)


def _follows_thing(finder: SubjectFinder, position: int, floor: int) -> bool:
    """True where the noun phrase before the position names something that is no person."""
    named = finder.named_before(floor, position)
    if named is None:
        return False
    persons = finder.words["person"] | finder.words["age_words"]
    return not any(token.group() in persons for token in finder.tokens(max(floor, named.start - 24), position))


def _plausible(quantity: Quantity) -> bool:
    ends = [end.value for end in (quantity.lower, quantity.upper) if end]
    return all(0 <= value <= 130 for value in ends)


def _said_before(finder: SubjectFinder, segment: Segment, quantity: Quantity, low: int) -> bool:
    """ "Age: 18-65", "aged between …", "age at enrollment ≥ 18": only words that name nothing else stand between."""
    words = list(pattern(_ALONE, finder.words["age_words"]).finditer(finder.folded, max(low, quantity.start - 70), quantity.start))
    if not words:
        return False
    word = words[-1]
    if any(hit.kind == "analyte" and hit.start <= word.start() < hit.end for hit in segment.between(word.start() - 40, word.end() + 40)):
        return False
    if pattern(_JUST_BEFORE, finder.words["age_of_other"]).search(finder.folded, max(0, word.start() - 24), word.start()):
        return False
    allowed = finder.words["link"] | finder.words["generic"] | finder.words["person"] | finder.words["age_context"]
    return all(token.group() in allowed or not token.group()[0].isalnum() for token in finder.tokens(word.end(), quantity.start))


def _said_above(finder: SubjectFinder, segment: Segment, quantity: Quantity) -> bool:
    """ "Age:" over "18 and over": the heading names nothing but the age, and nothing stands before the number."""
    heading = segment.parent
    if heading is None or finder.folded[segment.start : quantity.start].strip():
        return False
    allowed = finder.words["link"] | finder.words["person"] | finder.words["age_context"] | finder.words["age_words"]
    said = {token.group() for token in finder.tokens(heading.start, heading.end)}
    return bool(said & finder.words["age_words"]) and finder.only(heading.start, heading.end, allowed)


def _names_scale_above(finder: SubjectFinder, segment: Segment) -> bool:
    """ "Score on the Hamilton scale:" over "above 20"."""
    heading = segment.parent
    if heading is None:
        return False
    said = {token.group() for token in finder.tokens(heading.start, heading.end)}
    return bool(said & finder.words["scale"]) or bool(subject_above(finder, segment, segment.start))


def _closes(finder: SubjectFinder, segment: Segment, quantity: Quantity) -> bool:
    return bool(pattern(_NEXT, finder.words["age_ends"]).match(finder.folded, quantity.end, segment.end))


def _person_before(finder: SubjectFinder, quantity: Quantity, low: int, segment: Segment) -> bool:
    """ "adults over 18", "children 6 to 60 months", and an age alone: "18 to 65 years"."""
    folded = finder.folded
    if folded[low : quantity.start].strip(" -•*.:,()\n\r>") in ("", "from", "between"):
        alone = low == segment.start and not folded[quantity.end : segment.end].strip(" .;,")
        if quantity.unit is None:  # "over 60", and nothing else
            return alone and bool(_OVER.match(folded, quantity.start, quantity.end)) and not _names_scale_above(finder, segment)
        return quantity.unit == "a" and low == finder.clause(segment, quantity.start)[0] and _closes(finder, segment, quantity)
    if quantity.unit is None and not quantity.explicit:
        return False
    between = finder.words["age_person_gap"]
    for last in finder.tokens(max(low, quantity.start - 40), quantity.start):
        if last.group() in finder.words["person"] and finder.only(last.end(), quantity.start, between):
            if quantity.unit in ("a", None):
                return quantity.unit == "a" or _closes(finder, segment, quantity)
            return (
                _closes(finder, segment, quantity)
                and last.group() in finder.words["age_young"]
                and "gestat" not in folded[quantity.end : quantity.end + 40]
            )
    return False
