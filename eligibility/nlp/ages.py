"""Ages: in, a quantity in its segment; out, whether it is the age of a person. Not gestational age, not a duration, not a score."""

from __future__ import annotations

import re

from eligibility.nlp.quantities import Quantity
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import SubjectFinder

UNITS = frozenset({"a", "mo", "wk", "d", "h"})
_BEHIND = re.compile(
    r"[\s,)-]*(?:\(\s*[<>≤≥=]+\s*\)\s*)?(?:of\s+age\b|old\b|olds\b|older\b|younger\b|of\s+life\b|in\s+age\b|y/o\b|yo\b|aged?\b|or\s+(?:older|younger)|(?:and|&)\s+(?:older|younger))"
)
_YEARS_OLD = re.compile(r"\b(?:y/?o|yo|years?[- ]?olds?)\b")
_COMPARED = re.compile(r"\b(?:older|younger|age|ages|aged|elder)\b")
_WORD = re.compile(r"(?<![\w-])(?:age[ds]?|ages|aging|birthday)(?![\w-])")
_PERSON_GAP = re.compile(
    r"[\s,:(-]*(?:of|who\s+are|who\s+is|must\s+be|should\s+be|are|is|be|being|to\s+be|between|from|the|at\s+least|either|both|ages?|sex(?:es)?|[\s,(])*"
)
_OVER = re.compile(r"(?:over|above|under|below)\s")
_CLOSED = re.compile(
    r"\s*(?:$|[.,;:()\]\n]|inclusive|male|female|men\b|women\b|and\b|or\b|at\b|with\b|who\b|when\b|on\b|both\b|healthy|of\s+either)"
)
_NOT_OF_PERSON = re.compile(
    r"(?:gestational|bone|mental|menstrual|maternal|paternal|postmenstrual|developmental|corrected|fetal|foetal|equivalent)\s+$"
)


def is_age(finder: SubjectFinder, segment: Segment, quantity: Quantity, floor: int) -> bool:
    """True where the quantity is an age in the sense of the criteria: of a person, in a unit of time or none."""
    folded = finder.folded
    if quantity.unit is not None and quantity.unit not in UNITS:
        return False
    if quantity.unit is None and (quantity.label or quantity.roman):
        return False
    behind = _BEHIND.match(folded, quantity.end, segment.end)
    own = folded[quantity.start : behind.end() if behind else quantity.end]
    if behind or _YEARS_OLD.search(own) or _COMPARED.search(own):
        return not _gestation(segment, quantity) and (" age" in own or not _of_event(segment, quantity))
    clause = finder.clause(segment, quantity.start)
    low = max(clause[0], floor)
    if quantity.unit is None and not _plausible(quantity):
        return False
    return _said_before(finder, segment, quantity, low) or _person_before(finder, quantity, low, segment)


def _gestation(segment: Segment, quantity: Quantity) -> bool:
    return any(hit.kind == "analyte" and "age" in hit.entry.id for hit in segment.between(quantity.start - 60, quantity.end + 30))


def _of_event(segment: Segment, quantity: Quantity) -> bool:
    """ "a transplant less than one year old" """
    near = segment.between(quantity.start - 40, quantity.start)
    return bool(near) and near[-1].kind in ("condition", "procedure") and quantity.start - near[-1].end <= 2


def _plausible(quantity: Quantity) -> bool:
    ends = [end.value for end in (quantity.lower, quantity.upper) if end]
    return all(0 <= value <= 130 for value in ends)


def _said_before(finder: SubjectFinder, segment: Segment, quantity: Quantity, low: int) -> bool:
    """ "Age: 18-65", "aged between …", "age at enrollment ≥ 18": only words that name nothing else stand between."""
    words = list(_WORD.finditer(finder.folded, max(low, quantity.start - 70), quantity.start))
    if not words:
        return False
    word = words[-1]
    if any(hit.kind == "analyte" and hit.start <= word.start() < hit.end for hit in segment.between(word.start() - 40, word.end() + 40)):
        return False
    if _NOT_OF_PERSON.search(finder.folded, max(0, word.start() - 16), word.start()):
        return False
    allowed = finder.words["link"] | finder.words["generic"] | finder.words["person"] | finder.words["age_context"]
    return all(token.group() in allowed or not token.group()[0].isalnum() for token in finder.tokens(word.end(), quantity.start))


def _person_before(finder: SubjectFinder, quantity: Quantity, low: int, segment: Segment) -> bool:
    folded = finder.folded
    if not folded[low : quantity.start].strip(" -•*.:,()\n\r>"):
        alone = low == segment.start and not folded[quantity.end : segment.end].strip(" .;,")
        if quantity.unit is None:  # "over 60", and nothing else
            return alone and bool(_OVER.match(folded, quantity.start, quantity.end))
        begins = low == finder.clause(segment, quantity.start)[0]
        return quantity.unit == "a" and begins and bool(_CLOSED.match(folded, quantity.end, segment.end))
    if quantity.unit not in ("a", None) or (quantity.unit is None and not quantity.explicit):
        return False
    for last in finder.tokens(max(low, quantity.start - 40), quantity.start):
        if last.group() in finder.words["person"] and _PERSON_GAP.fullmatch(folded, last.end(), quantity.start):
            return quantity.unit == "a" or bool(_CLOSED.match(folded, quantity.end, segment.end))
    return False
