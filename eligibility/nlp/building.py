"""Constraints: in, a segment with its hits and quantities; out, its constraints in text order.

Each quantity gets its role (age, measurement, dose, window, duration, stage, count) and its subject; each known condition, drug,
procedure or state that no quantity spoke of is a constraint of presence. What a quantity gets is decided here, once, in one order.
"""

from __future__ import annotations

import re
from typing import Any

from eligibility.constraints import Constraint
from eligibility.nlp.ages import is_age
from eligibility.nlp.context import context_of
from eligibility.nlp.drafts import Draft, freeze, interval, range_of, type_of
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import End, Quantity
from eligibility.nlp.reading import Reading, Segment
from eligibility.nlp.sexes import read_sexes
from eligibility.nlp.subjects import EVENTS, Mention, SubjectFinder
from eligibility.nlp.times import TimeExpression, alternatives, choice
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.result import Issue

_SHARED = re.compile(r"[\s,;(]*(?:(?:for|in)\s+)?(?:the\s+)?(?:(?:fe)?males?|(?:wo)?m[ae]n|boys|girls)?[\s,;)]*(?:or|and|and/or|but)?[\s,(]*(?:either|is|be|a)?\s*")
_POPULATION = re.compile(
    r"[\s,(]*(?:(?:for|in|if|among)\s+(?:the\s+)?|\()(males?|females?|men|women|man|woman|boys|girls|(?:patients|subjects|participants|those)\s+with\s+[\w\s-]{3,40}"
    r"|(?:documented\s+|known\s+)?(?:liver|hepatic|bone)\s+(?:metastas[ei]s|involvement)(?:\s+present)?)\)?"
)
_SCALE = re.compile(r"(?i:\b(?:scale|score|classification|association|society|index|status|system|functional|type|level)\b)")
_ACRONYM = re.compile(r"[A-Z]{2,}")
_DISEASE_LABELS = frozenset({"stage", "stages", "stadium", "grade", "grades"})
_ORDERED = frozenset({"category", "categories", "step", "phase"})
_DENOMINATORS = frozenset({5, 7, 9, 10, 12, 15, 20, 21, 24, 28, 30, 40, 50, 52, 56, 60, 63, 70, 80, 100})
_DOSE_KINDS = frozenset({"dose", "mass", "activity", "volume"})
_DOSE_REACH = 90


class SegmentBuilder:
    """Builds the constraints of one segment."""

    def __init__(self, vocabulary: Vocabulary, finder: SubjectFinder, reading: Reading, segment: Segment) -> None:
        self.vocabulary, self.finder, self.reading, self.segment = vocabulary, finder, reading, segment
        self.drafts: list[Draft] = []
        self.events: dict[int, Draft] = {}
        self.measured: set[int] = set()
        self.times: list[tuple[TimeExpression, int, int]] = []
        self.last: tuple[Quantity, str, list[Mention]] | None = None
        self.anchors: list[tuple[int, int]] = []

    def build(self) -> list[Constraint]:
        quantities = self.segment.quantities
        for index, quantity in enumerate(quantities):
            following = quantities[index + 1].start if index + 1 < len(quantities) else self.segment.end
            previous = quantities[index - 1].end if index else self.segment.start
            self._place(quantity, previous, following)
        self._attach_times()
        self._presences()
        self.drafts.extend(read_sexes(self.finder, self.segment, self.drafts))
        return self._frozen()

    def _place(self, quantity: Quantity, previous: int, following: int) -> None:
        low, high = self.finder.clause(self.segment, quantity.first)
        floor, ceiling = max(low, previous), min(high, following)
        if self._restates(quantity, previous):
            return
        shared = self._shares(quantity, previous)
        if is_age(self.finder, self.segment, quantity, floor) or (shared and self.last and self.last[1] == "age" and quantity.unit in (None, "a")):
            self._age(quantity)
        elif quantity.kind == "time" and not (shared and self.last and self.last[1] == "measurement" and self.last[0].unit == quantity.unit):
            self._time(quantity, floor, ceiling, low, high)
        elif quantity.kind == "frequency":
            self._frequency(quantity, floor, ceiling)
        elif shared and self.last and self.last[1] == "measurement" and self.last[0].kind == quantity.kind:
            self._measure(quantity, self.last[2])
        elif quantity.label or quantity.roman:
            self._graded(quantity, floor, ceiling, low, high)
        elif quantity.kind in _DOSE_KINDS and (drug := self._drug(quantity, low, high)) is not None:
            self._dose(quantity, drug)
        else:
            self._valued(quantity, floor, ceiling, low, high)

    def _restates(self, quantity: Quantity, previous: int) -> bool:
        """ "45 kg (100 lb)": the same limit again in another unit."""
        if quantity.explicit or self.last is None or self.last[0].end != previous or not quantity.unit:
            return False
        folded = self.reading.folded
        same = quantity.kind == self.last[0].kind
        return same and folded[previous : quantity.start].strip() == "(" and folded[quantity.end : quantity.end + 1] == ")"

    def _shares(self, quantity: Quantity, previous: int) -> bool:
        return self.last is not None and self.last[0].end == previous and quantity.explicit and bool(_SHARED.fullmatch(self.reading.folded, previous, quantity.start))

    def _age(self, quantity: Quantity) -> None:
        unit = quantity.unit or "a"
        lower, upper = (End(e.value, e.inclusive, e.unit or unit) if e else None for e in (quantity.lower, quantity.upper))
        draft = Draft("age", None, quantity.start, {"value": interval(quantity, lower, upper, quantity.start, quantity.end)}, rule="age")
        draft.spans.append((quantity.start, quantity.end))
        clause = self.finder.clause(self.segment, quantity.start)
        about = context_of(self.finder, self.segment, quantity.start, quantity.end, clause).get("about")
        if about:
            draft.fields["about"] = about
        if quantity.unit is None:
            draft.issues.append(("unit_assumed", "an age without a unit is read in years"))
        self._population(draft, quantity)
        self.drafts.append(draft)
        self.last = (quantity, "age", [])

    def _time(self, quantity: Quantity, floor: int, ceiling: int, low: int, high: int) -> None:
        before = self.finder.before(self.segment, quantity.start, floor)
        timed = [m for m in before if m.hit is not None and self._unit_kind(m.hit) == "time"]
        if timed or (quantity.unit in ("ms", "s") and before):
            self._measure(quantity, timed or before)
            return
        after = self.finder.after(self.segment, quantity.first, quantity.end, high)
        if any(m.hit is not None and self._unit_kind(m.hit) == "time" for m in after):
            self._measure(quantity, after)
            return
        found = self.segment.times.get(quantity.start)
        if found is None and quantity.compound and not quantity.explicit:
            self.segment.unread.extend(quantity.numbers)
            return
        if found is None:
            found = TimeExpression(quantity, "duration", quantity.start, quantity.end, quantity.lower, quantity.upper, None, None, quantity.end)
        found.choose = choice(self.reading.folded, quantity.start, self.segment.end)
        if found.anchor_start is not None:
            self.anchors.append((found.anchor_start, found.behind))
        self.times.append((found, low, high))

    def _unit_kind(self, hit: Hit) -> str | None:
        unit = getattr(hit.entry, "unit", None)
        return self.vocabulary.units.kind(unit) if unit else None

    def _frequency(self, quantity: Quantity, floor: int, ceiling: int) -> None:
        mentions = self.finder.before(self.segment, quantity.start, floor)
        if not any(m.hit for m in mentions):
            behind = self.finder.after(self.segment, quantity.first, quantity.end, ceiling)
            mentions = behind if behind and behind[0].hit is not None else mentions
        if any(m.hit for m in mentions) or (mentions and (quantity.unit or "").startswith("{")):
            self._measure(quantity, mentions)
            return
        events = self.finder.events(self.segment, quantity.start, floor, quantity.end, ceiling)
        self._facet(events[-1:], "frequency", quantity)

    def _graded(self, quantity: Quantity, floor: int, ceiling: int, low: int, high: int) -> None:
        before = self.finder.before(self.segment, quantity.start, floor)
        if before and before[-1].hit is not None:
            self._measure(quantity, before)
            return
        after = [m for m in self.finder.after(self.segment, quantity.first, quantity.end, high) if m.hit is not None]
        if after:
            self._measure(quantity, after)
            return
        if before and (quantity.label in _ORDERED or self._is_scale(quantity, before[-1])):
            self._measure(quantity, before)
            return
        conditions = [hit for hit in self.segment.concepts if hit.kind == "condition" and low <= hit.start and hit.end <= high]
        target = min(conditions, key=lambda hit: min(abs(hit.end - quantity.start), abs(hit.start - quantity.end)), default=None)
        if target is not None and (not before or target.end > before[0].start):
            self._facet([Mention(target.start, target.end, target)], "stage", quantity)
        else:
            self._facet(before[-1:] or self.finder.after(self.segment, quantity.first, quantity.end, high)[:1], "stage", quantity)

    def _is_scale(self, quantity: Quantity, mention: Mention) -> bool:
        """True where an unknown subject of a grade or class is a scale and not a disease: a disease has stages and grades."""
        plain = self.reading.plain
        if _SCALE.search(plain, mention.start, mention.end):
            return True
        return quantity.label not in _DISEASE_LABELS and bool(_ACRONYM.search(plain, mention.start, mention.end))

    def _drug(self, quantity: Quantity, low: int, high: int) -> Mention | None:
        """The drug that a dose belongs to: the nearest before it unless a measured thing stands nearer, else one named "of …" behind it."""
        near = [hit for hit in self.segment.concepts if low <= hit.start and hit.end <= quantity.start and hit.kind != "sex"]
        if near and near[-1].kind in ("drug", "drug_class") and quantity.start - near[-1].end <= _DOSE_REACH:
            return Mention(near[-1].start, near[-1].end, near[-1])
        if near and near[-1].kind in ("analyte", "score", "panel"):
            return None
        for hit in self.segment.concepts:
            if quantity.end <= hit.start < min(high, quantity.end + 30) and hit.kind in ("drug", "drug_class"):
                return Mention(hit.start, hit.end, hit)
        return None

    def _dose(self, quantity: Quantity, mention: Mention) -> None:
        self._facet([mention], "dose", quantity)
        if quantity.unit and quantity.unit.startswith("/"):
            self.drafts[-1].issues.append(("unit_missing", "the dose has no unit of amount"))

    def _valued(self, quantity: Quantity, floor: int, ceiling: int, low: int, high: int) -> None:
        mentions = self.finder.before(self.segment, quantity.start, floor)
        known = bool(mentions) and mentions[-1].hit is not None
        counted = self.finder.counted(quantity.end, ceiling) if quantity.kind == "none" and not known else None
        if not known:
            behind = self.finder.after(self.segment, quantity.first, quantity.end, high)
            if behind and (behind[0].hit is not None or not (mentions or counted)):
                mentions, known = behind, behind[0].hit is not None
        if known and counted is None and quantity.kind == "none" and quantity.worded and self._unit_kind(mentions[-1].hit) not in (None, "none"):  # type: ignore[arg-type]
            counted = self.finder.counted(quantity.end, ceiling)
            known = counted is None
        if quantity.worded and quantity.kind == "none" and counted is None and not known:
            self.segment.unread.extend(quantity.numbers)
        elif counted is not None and quantity.explicit and not known:
            self._count(quantity, counted)
        elif mentions and self._is_value(quantity, mentions):
            if quantity.half is not None:
                self._half(quantity, mentions)
            else:
                self._measure(quantity, mentions)
        elif quantity.explicit and quantity.kind != "none" and (inherited := self._inherited(quantity)):
            self._measure(quantity, inherited)
        else:
            self.segment.unread.extend(quantity.numbers)

    def _is_value(self, quantity: Quantity, mentions: list[Mention]) -> bool:
        """A bare number is a value only of a known subject; a unit alone makes it one of an unknown subject where it is not a plain amount."""
        if quantity.explicit:
            return True
        if mentions[-1].hit is not None:
            if quantity.kind == "none" and not quantity.values:
                return mentions[-1].end <= quantity.start and not quantity.compound and self.finder.adjoins(mentions[-1], quantity.start)
            return quantity.kind != "temperature" or self._unit_kind(mentions[-1].hit) == "temperature"
        return quantity.kind not in ("none", "temperature", "radiation", "length", "mass", "dose", "other")

    def _inherited(self, quantity: Quantity) -> list[Mention]:
        """The subject of the criterion above, where this one names none: "Laboratory values:" / "- < 10 g/dL"."""
        if self.last is not None and self.last[1] == "measurement":
            return self.last[2]
        return []

    def _half(self, quantity: Quantity, mentions: list[Mention]) -> None:
        half = quantity.half or 0
        hit = mentions[-1].hit
        pair = getattr(hit.entry, "pair", None) if hit else None
        if pair:
            entry = self.vocabulary.rulebook.entry(pair[half])
            mention = mentions[-1]
            self._measure(quantity, [mention._replace(hit=Hit(mention.start, mention.end, entry, "analyte"))])
        elif len(mentions) == 2:
            self._measure(quantity, [mentions[half]])
        elif half == 0:
            self._measure(quantity, mentions)
        elif quantity.denominator not in _DENOMINATORS:
            self.segment.unread.extend(quantity.numbers)

    def _count(self, quantity: Quantity, mention: Mention) -> None:
        overlapping = [hit for hit in self.segment.concepts if hit.kind in EVENTS and hit.start < mention.end and mention.start < hit.end]
        if overlapping:
            mention = Mention(overlapping[0].start, overlapping[0].end, overlapping[0])
        self._facet([mention], "count", quantity)

    def _measure(self, quantity: Quantity, mentions: list[Mention]) -> None:
        for mention in self._members(mentions):
            draft = Draft("measurement", mention, quantity.start, {"value": range_of(quantity)})
            draft.spans.append((quantity.start, quantity.end))
            if mention.hit is not None:
                self.measured.add(mention.hit.start)
            self._population(draft, quantity)
            self.drafts.append(draft)
        self.last = (quantity, "measurement", mentions)

    def _members(self, mentions: list[Mention]) -> list[Mention]:
        """A panel's members in its place: a limit on transaminases is a limit on ALT and one on AST."""
        found: list[Mention] = []
        for mention in mentions:
            members = getattr(mention.hit.entry, "members", ()) if mention.hit and mention.hit.kind == "panel" else ()
            entries = [self.vocabulary.rulebook.entry(id) for id in members]
            found.extend(mention._replace(hit=Hit(mention.start, mention.end, e, e.table)) for e in entries)
            if not members:
                found.append(mention)
        return found

    def _population(self, draft: Draft, quantity: Quantity) -> None:
        found = _POPULATION.match(self.reading.folded, quantity.end, self.segment.end)
        if found:
            draft.fields["population"] = self.reading.text[found.start(1) : found.end(1)]

    def _facet(self, mentions: list[Mention], name: str, quantity: Quantity) -> None:
        """Give a facet to the constraint of each mention; a second one of the same name makes a constraint of its own."""
        if not mentions:
            self.segment.unread.extend(quantity.numbers)
            return
        for mention in mentions:
            kind = type_of(mention)
            if name == "stage" and kind not in ("condition", "other"):
                kind = "other"
            if name == "dose" and kind not in ("medication", "procedure", "other"):
                kind = "other"
            draft = self.events.get(mention.start) if mention.hit else None
            if draft is None or name in draft.fields or draft.type != kind:
                draft = Draft(kind, mention, mention.start)
                self.drafts.append(draft)
                if mention.hit is not None:
                    self.events.setdefault(mention.start, draft)
            draft.fields[name] = range_of(quantity)
            draft.spans.append((quantity.start, quantity.end))
        self.last = (quantity, name, mentions)

    def _attach_times(self) -> None:
        groups: list[tuple[list[TimeExpression], int, int]] = []
        for found, low, high in self.times:
            if groups and alternatives(self.reading.folded, groups[-1][0][-1], found) and (found.choose or found.quantity.unit == "half_life"):
                groups[-1][0].append(found)
            else:
                groups.append(([found], low, high))
        floors: dict[int, int] = {}
        for windows, low, high in groups:
            floor = floors.get(low, low)
            self._attach(windows, floor, low, high)
            if windows[0].means == "window":
                floors[low] = windows[-1].end

    def _attach(self, windows: list[TimeExpression], floor: int, low: int, high: int) -> None:
        first, last = windows[0], windows[-1]
        if first.means == "interval":
            return
        measured = [d for d in self.drafts if d.type == "measurement" and d.mention and floor <= d.position < first.start and not d.windows]
        mentions = self._targets(first, floor, high, last.behind)
        if not mentions and floor > low:
            mentions = self._targets(first, low, high, last.behind)
        if measured and first.means == "window" and (not mentions or mentions[-1].start < measured[-1].position):
            for draft in measured[-1:]:
                draft.windows = windows
            return
        if not mentions:
            mentions = [Mention(first.start, last.end, None)]
        for mention in mentions:
            self._date(mention, windows)

    def _targets(self, first: TimeExpression, floor: int, high: int, behind: int) -> list[Mention]:
        covered = [a for a in self.anchors]
        found = self.finder.events(self.segment, first.start, floor, first.quantity.end if first.event else behind, high)
        return [m for m in found if m.start >= first.start or not any(a[0] <= m.start < a[1] for a in covered)]

    def _date(self, mention: Mention, windows: list[TimeExpression]) -> None:
        draft = self.events.get(mention.start) if mention.hit else None
        name = "window" if windows[0].means == "window" else "duration"
        if draft is None or (name == "window" and draft.windows) or name in draft.fields:
            draft = Draft(type_of(mention), mention, mention.start)
            self.drafts.append(draft)
            if mention.hit is not None:
                self.events.setdefault(mention.start, draft)
        if name == "window":
            draft.windows = windows
        else:
            w = windows[0]
            draft.fields["duration"] = interval(w.quantity, w.lower, w.upper, w.start if w.start == w.quantity.start else w.quantity.start, w.end)
        draft.spans.extend((w.start, w.end) for w in windows)

    def _presences(self) -> None:
        for hit in self.segment.concepts:
            if hit.kind not in EVENTS or hit.start in self.events or hit.start in self.measured:
                continue
            if any(start <= hit.start and hit.end <= end for start, end in self.anchors):
                continue
            mention = Mention(hit.start, hit.end, hit)
            draft = Draft(type_of(mention), mention, hit.start)
            self.events[hit.start] = draft
            self.drafts.append(draft)

    def _frozen(self) -> list[Constraint]:
        self.drafts.sort(key=lambda draft: draft.position)
        made = []
        for draft in self.drafts:
            if draft.mention is not None:
                clause = self.finder.clause(self.segment, draft.mention.start)
                context = context_of(self.finder, self.segment, draft.mention.start, draft.mention.end, clause)
                if draft.type == "measurement":
                    context = {key: context[key] for key in ("exception", "about") if key in context}
                draft.fields = context | draft.fields
            constraint = freeze(draft, self.reading.text)
            made.append(constraint)
            span = constraint.evidence
            for code, message in draft.issues:
                self.reading.issues.append(Issue(code=code, message=message, span=span))  # type: ignore[arg-type]
        return made


def build_constraints(vocabulary: Vocabulary, reading: Reading) -> None:
    """Give every segment of the reading its constraints."""
    finder = SubjectFinder(reading.plain, reading.folded, vocabulary.words)
    for segment in reading.segments:
        segment.constraints = SegmentBuilder(vocabulary, finder, reading, segment).build()


