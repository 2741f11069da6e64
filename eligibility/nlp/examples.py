"""Examples: in, the known events of a segment; out, which of them only exemplify the one before them.

"anticoagulants (e.g. warfarin, heparin)", "autoimmune disease such as lupus": the demand is on the class, which its examples explain. A
bracket without such words holds examples where the rules have them as members of a class of drugs; of a disease it says which is meant
("infection (hepatitis B)"), and so does "i.e.".
"""

from __future__ import annotations

import re

from eligibility.nlp.coordination import link_of, open_members
from eligibility.nlp.kinds import is_kind_of
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import EVENTS, Mention, SubjectFinder
from eligibility.nlp.vocabulary import Vocabulary

_MAY_HOLD = re.compile(r"[(\[]|\b(?:e\.? ?g\b|such as\b|includ|like\b|for example\b)")
_DRUGS = frozenset({"drug", "drug_class"})
_GAP = 60
_LEADS = frozenset({"(", "["})
_PLAIN = frozenset({",", ".", ":", "(", "[", ")", "]", "/", "-"})
_UNBRACKETED = frozenset({"joined", "listed"})


def find_examples(vocabulary: Vocabulary, finder: SubjectFinder, segment: Segment) -> dict[int, Hit]:
    """The head of each example, by where the example starts."""
    events = [hit for hit in segment.concepts if hit.kind in EVENTS]
    found: dict[int, Hit] = {}
    place, last = 0, len(events) - 1
    while place < last:
        head = events[place]
        members: list[Hit] = []
        if _MAY_HOLD.search(finder.folded, head.end, events[place + 1].start):
            members = _examples_of(vocabulary, finder, events, place)
            found.update((member.start, head) for member in members)
        place += len(members) + 1
    return found


def _examples_of(vocabulary: Vocabulary, finder: SubjectFinder, events: list[Hit], place: int) -> list[Hit]:
    """The examples directly behind the event at the place."""
    head, first = events[place], events[place + 1]
    said = _said(finder, head, first)
    if said is None or first.entry is head.entry or (said == "bracket" and head.kind != "drug_class"):
        return []
    kind = is_kind_of(vocabulary, first.entry, head.entry)
    if said == "bracket" and not kind:
        return []
    members = [first]
    bracketed = finder.unmatched(head.end, first.start)[1] > 0
    for hit in (events[index] for index in range(place + 2, len(events))):
        link = link_of(finder, members[-1], hit.start)
        if link is None and open_members(finder, Mention(members[-1].start, members[-1].end, members[-1]), hit.start, listed=True):
            link = "listed"  # across names that no rule knows
        inside = bracketed and finder.unmatched(head.end, hit.start)[1] > 0
        if link is None or (hit.kind in _DRUGS) != (first.kind in _DRUGS) or not (inside or (not bracketed and link in _UNBRACKETED)):
            break
        if not inside and kind and not is_kind_of(vocabulary, hit.entry, head.entry):  # "autoimmune disease such as lupus, or malignancy"
            break
        members.append(hit)
    return members


def _said(finder: SubjectFinder, head: Hit, first: Hit) -> str | None:
    """ "named" where words between say that examples follow, "bracket" where only a bracket opens; None for all else."""
    if not 0 < first.start - head.end <= _GAP:
        return None
    words = [token.group() for token in finder.tokens(head.end, first.start)]
    if not finder.words["meant"].isdisjoint(words):
        return None
    named = any(word in finder.words["examples"] for word in words)
    allowed = finder.words["examples"] | finder.words["list_lead"] | finder.words["example_lead"] | _PLAIN
    if named:
        strange = [word for word in words if word not in allowed]
        return "named" if not strange or (strange == words[-1:] and strange[0].isalpha()) else None  # one word may qualify the first
    return "bracket" if words and words[0] in _LEADS and all(word in allowed for word in words) else None
