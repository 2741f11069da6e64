"""The bench on which a segment's constraints are built: its drafts, what is already spoken for, and what the last quantity was."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import takewhile
from typing import Any

from eligibility.nlp.context import context_of, kind_of
from eligibility.nlp.drafts import Draft, range_of, type_of
from eligibility.nlp.examples import find_examples
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.reading import Reading, Segment
from eligibility.nlp.responses import responses_of
from eligibility.nlp.subjects import EVENTS, Mention, SubjectFinder
from eligibility.nlp.times import TimeExpression
from eligibility.nlp.vocabulary import Vocabulary

_TREATMENTS = frozenset({"medication", "procedure", "other"})
_DETAILS = {"medication": frozenset({"route", "equivalent_to"}), "measurement": frozenset({"method", "specimen"})}
_BESIDE = 30
_DENIED = 40
_PARTS = re.compile(r"[,;:()]|\b(?:and|or|with|if|eligible|who|must|should|when|unless|due|because)\b")
_ABOVE = 30
_WILLED = frozenset({"consent", "contraception"})  # what somebody may refuse
_COUNTS = frozenset({"count", "frequency"})


class Bench:
    """One segment under construction: `events` are drafts of known mentions by their place, `last` is what the last quantity became."""

    def __init__(self, vocabulary: Vocabulary, finder: SubjectFinder, reading: Reading, segment: Segment) -> None:
        self.vocabulary, self.finder, self.reading, self.segment = vocabulary, finder, reading, segment
        self.drafts: list[Draft] = []
        self.events: dict[int, Draft] = {}
        self.counted: list[Draft] = []  # those of unknown words with a count or frequency, in text order
        self.measured: set[int] = set()
        self.excepted: set[int] = set()
        self.routed: dict[int, int] = {}  # where the name stands that a route is said of
        self.by_routes: list[tuple[Draft, list[Hit]]] = []  # the drugs with a list of routes before their name
        self.populations: list[tuple[int, int]] = []
        self.case: tuple[int, tuple[int, int]] | None = None  # where the other limit of a pair begins, and the words for whom it is
        self.who_is_above = self._who_is_above() if segment.parent is not None else None
        self.denied_above = segment.parent is not None and self._is_denied_above()
        self.examples = find_examples(vocabulary, finder, segment)
        self.times: list[tuple[TimeExpression, tuple[int, int]]] = []
        self.anchors: list[tuple[int, int]] = []
        self.dated: tuple[int, list[Mention]] | None = None  # where the last window ends, and what it dates
        self.waiting: Quantity | None = None
        self.last: tuple[Quantity, str, list[Mention]] | None = None

    @property
    def spoken(self) -> list[int]:
        """The ends of the last quantity that has a role and of the subjects that stand behind it: they are spoken for."""
        if self.last is None:
            return []
        quantity, role, mentions = self.last
        behind = [mention.end for mention in mentions if mention.end > quantity.first] if role != "count" else []
        return [quantity.end, *behind]

    def draft_for(self, mention: Mention, kind: str, facet: str) -> Draft:
        """The draft of a mention that has room for a facet: its own, or a new one where that facet is taken."""
        draft = self.events.get(mention.start) if mention.hit else self._counted(mention)
        taken = draft is not None and (facet in draft.fields or (facet == "window" and bool(draft.windows)))
        if draft is None or taken or draft.type != kind:
            draft = Draft(kind, mention, mention.start)
            self.drafts.append(draft)
            if mention.hit is not None:
                self.events.setdefault(mention.start, draft)
        return draft

    def _counted(self, mention: Mention) -> Draft | None:
        """The draft of the unknown words that were counted there: "more than 3 relapses in the past year" is one constraint."""
        place = bisect_left(self.counted, mention.end, key=lambda draft: draft.position) - 1
        counted = self.counted[place].mention if place >= 0 else None
        return self.counted[place] if counted is not None and mention.start < counted.end else None

    def newest(self, quantity: Quantity) -> list[Draft]:
        """The drafts that the last quantity made: they are the newest."""
        return list(takewhile(lambda draft: (quantity.start, quantity.end) in draft.spans, reversed(self.drafts)))

    def give(self, mentions: list[Mention], facet: str, quantity: Quantity) -> None:
        """Give the facet to the constraint of each mention; without a mention the numbers stay unread."""
        if not mentions:
            self.leave(quantity)
            return
        allowed = {"stage": ("condition", "pregnancy", "other"), "dose": ("medication", "procedure", "other")}.get(facet)
        for mention in mentions:
            kind = "condition" if facet == "stage" and mention.hit and mention.hit.kind == "score" else type_of(mention)
            draft = self.draft_for(mention, kind if allowed is None or kind in allowed else "other", facet)
            draft.fields[facet] = range_of(quantity)
            draft.spans.append((quantity.start, quantity.end))
            if mention.hit is None and facet in _COUNTS and (not self.counted or self.counted[-1].position < draft.position):
                self.counted.append(draft)
        self.last = (quantity, facet, mentions)

    def leave(self, quantity: Quantity) -> None:
        """The numbers are in no constraint: they are named by an issue. A bare "one" or "two" is a word of the sentence."""
        if quantity.worded and not quantity.explicit:
            return
        self.segment.unread.extend(place for place in quantity.numbers if place[0] < place[1])

    def event_at(self, mention: Mention) -> bool:
        """True where the head of the mention is a known condition, drug or procedure: "severe seizures", but not "seizure index"."""
        return any(hit.kind in EVENTS and hit.end == mention.end for hit in self.segment.between(mention.start, mention.end))

    def unit_kind(self, hit: Hit | None) -> str | None:
        """The kind of unit in which the rules measure what was found; None where they name none."""
        unit = getattr(hit.entry, "unit", None) if hit else None
        return self.vocabulary.units.kind(unit) if unit else None

    def add_context(self, draft: Draft) -> None:
        """Negation, exception, time and person, from the words around the draft's mention."""
        if self.who_is_above is not None:
            draft.fields.setdefault("about", self.who_is_above)
        if self.denied_above:
            draft.fields.setdefault("negated", True)
        if draft.mention is None or not (self.segment.cues or self.segment.details):
            return
        start, end = draft.spans[0] if draft.mention.above else draft.mention[:2]
        start = self.segment.cores.get(start, start)  # "active" of "active tuberculosis" says how it is, also where both are the name
        clause = self.finder.clause(self.segment, start)
        said = draft.mention.hit.entry.spans if draft.type == "biomarker" and draft.mention.hit else ()
        context = context_of(self.finder, self.segment, start, end, clause, said)
        if draft.type == "procedure" and context.get("about") == "donor":  # "living donor kidney transplantation"
            del context["about"]
        if draft.type == "condition" and context.get("temporality") == "planned":  # "scheduled for repair of a hip fracture"
            del context["temporality"]
        refused = context.pop("unwilling", False) and draft.type in _WILLED
        if draft.type == "consent" and "negated" in context and not self._negated_beside(draft.mention.start):
            del context["negated"]
        if refused:
            context["negated"] = True
        if context and draft.type == "measurement":
            denied = "negated" in context and self.denies(start, clause[0], named=draft.mention.hit is not None)
            kept = ("exception", "about", "negated") if denied else ("exception", "about")
            context = {key: context[key] for key in kept if key in context}
        self._respond(draft, context, clause)
        draft.fields = context | self._details(draft, clause) | draft.fields

    def _respond(self, draft: Draft, context: dict[str, Any], clause: tuple[int, int]) -> None:
        """What came of a treatment, among its modifiers: "refractory to bortezomib"; and that of "treatment-naive" there was none."""
        if draft.type not in _TREATMENTS or draft.mention is None:
            return
        responses, time = responses_of(self.finder, self.segment, draft.mention.start, draft.mention.end, clause)
        if time is not None:
            context.setdefault("temporality", time)
        if responses:
            context["modifiers"] = tuple(dict.fromkeys((*responses, *context.get("modifiers", ()))))
        if draft.mention.hit is not None and getattr(draft.mention.hit.entry, "denied", False):
            context |= {"negated": not context.get("negated", False), "temporality": "history"}

    def _is_denied_above(self) -> bool:
        """Whether the lead-in above denies all that stands under it, as its last word on them: "no history of any of the following:"."""
        above = self.segment.parent
        if above is None or not above.item.lead_in or not above.cues or above.section.kind == "exclusion":
            return False
        last = above.cues[-1]
        named = any(hit.start >= last.end for hit in above.concepts)
        return not named and any(kind_of(cue, above) == "negation" and cue.end >= last.start - _ABOVE for cue in above.cues)

    def _who_is_above(self) -> str | None:
        """Whom the heading above is about, where it names nobody and nothing else: "Caregiver:"."""
        heading = self.segment.parent
        if heading is None or len(heading.cues) != 1 or heading.concepts or heading.cues[0].entry.kind != "about":
            return None
        cue = heading.cues[0]
        around = (self.finder.folded[heading.start : cue.start] + self.finder.folded[cue.end : heading.end]).strip(" :.-")
        return cue.entry.who if not around or around in self.finder.words["bare_heading"] else None

    def denies(self, position: int, floor: int, named: bool) -> bool:
        """Whether a negation stands right before a subject: "no QTc > 450 ms". What is further off denies something else; "non-" makes a
        name of its own ("non-fasting glucose"), and words that no rule names are denied by a "no" alone ("not educated").
        """
        folded = self.reading.folded
        first = bisect_left(self.segment.cues, max(floor, position - 2 * _DENIED), key=lambda cue: cue.start)
        last = bisect_left(self.segment.cues, position, first, key=lambda cue: cue.start)
        cues = [cue for cue in self.segment.cues[first:last] if kind_of(cue, self.segment) == "negation" and cue.end <= position]
        said = folded[cues[-1].start : cues[-1].end] if cues else "non"
        if said == "non" or not (named or said.startswith("no ") or said == "no"):
            return False
        return position - cues[-1].end <= _DENIED and not _PARTS.search(folded, cues[-1].end, position)

    def _negated_beside(self, position: int) -> bool:
        """A negation just before the place: a sentence that demands consent at its end often denies something else at its start."""
        return any(kind_of(cue, self.segment) == "negation" and position - 25 <= cue.end <= position for cue in self.segment.cues)

    def _details(self, draft: Draft, clause: tuple[int, int]) -> dict[str, str]:
        """Route, method, specimen and "or equivalent", from the words in and beside the draft's mention and its numbers."""
        fields = _DETAILS.get(draft.type)
        if fields is None or draft.mention is None or not self.segment.details:
            return {}
        mention = draft.mention
        ends = [end for start, end in draft.spans if start >= mention.start]
        places = [(max(clause[0], mention.start - _BESIDE), mention.end), *((end, min(clause[1], end + _BESIDE)) for end in ends[:1])]
        places.append((mention.end, max(ends, default=mention.end)))
        found: dict[str, str] = {}
        for hit in self.segment.details:
            field = hit.entry.field
            ahead = hit.end <= mention.start  # of two before it the nearer one counts, of two behind it the first
            if field not in fields or (field in found and not ahead) or (field == "equivalent_to" and "dose" not in draft.fields):
                continue
            if any(low <= hit.start and hit.end <= high for low, high in places) and hit.start not in self.excepted:
                if field == "route" and (self._of_either(hit) or self.routed.get(hit.start, mention.start) > mention.start):
                    continue
                found[field] = self._drug_id(draft) if hit.entry.value == "equivalent" else hit.entry.value
        return found

    def _of_either(self, hit: Hit) -> bool:
        """True for each of the routes that an "or" in a bracket joins: "steroids (IV or oral)" are of any of them."""
        folded = self.reading.folded
        opened = folded.rfind("(", max(self.segment.start, hit.start - _BESIDE), hit.start)
        closed = folded.find(")", hit.end, hit.end + _BESIDE)
        if opened < 0 or closed < 0 or " or " not in folded[opened:closed]:
            return False
        routes = {other.entry.value for other in self.segment.details if opened < other.start < closed and other.entry.field == "route"}
        return len(routes) > 1

    def _drug_id(self, draft: Draft) -> str:
        return str(draft.mention.hit.entry.id) if draft.mention and draft.mention.hit else ""
