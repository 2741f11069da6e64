"""Biomarkers: in, the names of genes and proteins in a segment and the words of their states; out, markers as concepts of the segment.

A name alone demands nothing ("EGFR inhibitors", "PD-L1 testing"): an alteration or a status must be said of it, behind it ("EGFR exon 19
deletion"), before it ("wild-type KRAS", "mutations in BRAF"), or once for a list ("ER, PR and HER2 negative"). `status` is what the words
say; whether they deny the whole ("no EGFR mutation") is context, and not decided here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eligibility.constraints import Concept
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Reading, Segment
from eligibility.nlp.states import State, StateReader
from eligibility.nlp.vocabulary import Vocabulary

_LIST = re.compile(r"(?:[\s,/&+(-]|\b(?:and/or|and|or|nor|either|both|as well as|the|a|an|any|for)\b)*")
_JOINT = re.compile(r"[,/&+(]|\b(?:and|or|nor)\b")
_WORD_BEFORE = re.compile(r"([a-z]+)[\s-]+(?:(?:the|an?)\s)?$")
_WORD_BEHIND = re.compile(r"[\s-]+([a-z]+)")
_AGAIN = re.compile(r"\s*[(\[]\s*$")
_CLOSED = re.compile(r"\s*[)\]]")
_LONGEST_GAP = 40
_NEARLY = 0.6
_TREATMENTS = frozenset({"drug", "drug_class", "procedure"})


class Marker(NamedTuple):
    """What stands in the place of a rule's entry: the biomarker with its state. `shared` is where a list says it, away from the name."""

    id: str
    label: str
    concept: Concept | None
    state: State
    shared: tuple[tuple[int, int], ...]
    table: str = "biomarker"

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where its state is said, and its name where that stands apart."""
        return (*self.state.spans, *self.shared)


class _Name(NamedTuple):
    """A name at start:end; `reach` is where a bracket ends that names it again."""

    start: int
    end: int
    reach: int
    hit: Hit


def find_biomarkers(vocabulary: Vocabulary, reading: Reading) -> None:
    """Put the markers of each segment among its concepts, and take away what stands in them and would be read otherwise."""
    reader: StateReader | None = None
    for segment in reading.segments:
        if segment.biomarkers and any(hit.kind != "marker_word" for hit in segment.biomarkers):
            reader = reader or StateReader(vocabulary, reading)
            markers = _Markers(vocabulary, reading, reader, segment).read()
            if markers:
                _place(segment, markers)


def _place(segment: Segment, markers: Sequence[Hit]) -> None:
    """Markers among the concepts; one inside of a disease's name stands beside it, one inside of a treatment's is none."""
    kept, concepts, aside = [], segment.concepts, []
    for marker in markers:
        over = [hit for hit in concepts if hit.start < marker.end and marker.start < hit.end]
        holders = [hit for hit in over if hit.start <= marker.start and marker.end <= hit.end and hit.kind not in ("analyte", "score")]
        if any(hit.kind in _TREATMENTS or _is_nearly(hit, marker) for hit in holders):
            continue
        if holders or any(hit.start < marker.start or hit.end > marker.end for hit in over):
            aside.append(marker)
            continue
        concepts = [hit for hit in concepts if hit not in over]
        kept.append(marker)
    segment.concepts = sorted([*concepts, *kept], key=lambda hit: hit.start)
    segment.markers = aside
    spans = [(marker.start, marker.end) for marker in markers] + [span for marker in markers for span in marker.entry.shared]
    segment.cues = [cue for cue in segment.cues if not _is_spent(cue, spans)]


def _is_nearly(hit: Hit, marker: Hit) -> bool:
    """True where a disease is named by little more than the marker's words: "HIV-positive status"."""
    return _NEARLY * (hit.end - hit.start) <= marker.end - marker.start


def _is_spent(cue: Hit, spans: Sequence[tuple[int, int]]) -> bool:
    """True for the "negative" of "HER2 negative": it says a status, and denies nothing beside it; "negative for" may go on to a disease."""
    return cue.entry.scope != "following" and any(start <= cue.start and cue.end <= end for start, end in spans)


class _Markers:
    """The markers of one segment."""

    def __init__(self, vocabulary: Vocabulary, reading: Reading, reader: StateReader, segment: Segment) -> None:
        self.vocabulary, self.reading, self.reader, self.segment = vocabulary, reading, reader, segment
        self.folded, self.plain = reading.folded, reading.plain
        self.words = [hit for hit in segment.biomarkers if hit.kind == "marker_word"]
        self.variants = [hit for hit in segment.biomarkers if hit.kind == "variant"]
        self._lead: State | None = None  # "positive for", as long as its list goes on

    def read(self) -> list[Hit]:
        """The markers in text order."""
        names = self._names()
        self.reader.enter(self.segment, self.words, self.variants, [name.start for name in names])
        found: list[Hit] = []
        place = 0
        while place < len(names):
            group = self._group(names, place)
            made = self._group_markers(group, self._announced(found, group[0]))
            found += made
            place += len(group)
        return sorted([*found, *self._nameless(names, found)], key=lambda hit: hit.start)

    def _names(self) -> list[_Name]:
        """The names of the segment, one that only repeats the one before it in a bracket put to that; then symbols that no rule has."""
        names: list[_Name] = []
        for hit in self.segment.biomarkers:
            if hit.kind != "biomarker":
                continue
            before = names[-1] if names else None
            if before is not None and _AGAIN.fullmatch(self.folded, before.reach, hit.start):
                closed = _CLOSED.match(self.folded, hit.end)
                if closed and before.hit.entry is hit.entry:
                    names[-1] = before._replace(reach=closed.end())
                    continue
            names.append(_Name(hit.start, hit.end, hit.end, hit))
        return names

    def _group(self, names: Sequence[_Name], place: int) -> list[_Name]:
        """The name at the place with those that one list joins to it."""
        group = [names[place]]
        for name in names[place + 1 :]:
            start = group[-1].reach
            gap = self._without_diseases(start, name.start)
            if len(gap) > _LONGEST_GAP or not _LIST.fullmatch(gap) or not _JOINT.search(gap):
                break
            group.append(name)
        return group

    def _without_diseases(self, start: int, end: int) -> str:
        """The words between two names, without the diseases of their list: "HBsAg, hepatitis C or HIV antibodies"."""
        gap = self.folded[start:end]
        for hit in reversed(self.segment.between(start, end)) if len(gap) > 2 else ():
            if hit.kind == "condition":
                gap = f"{gap[: hit.start - start]},{gap[hit.end - start :]}"
        return gap

    def _announced(self, found: Sequence[Hit], name: _Name) -> State | None:
        """The "positive for" that is said of the list in which the name goes on: "positive for EGFR mutation or ALK rearrangement"."""
        if not found or self._lead is None:
            return None
        last = max(found, key=lambda hit: hit.end)
        gap = self.folded[last.end : name.start]
        return self._lead if len(gap) < _LONGEST_GAP and _LIST.fullmatch(gap) and _JOINT.search(gap) else None

    def _group_markers(self, group: Sequence[_Name], announced: State | None) -> list[Hit]:
        """The markers of names in one list: one that says nothing by itself shares what the next says, else what stands before all."""
        behind = [self.reader.behind(name.reach, self._ceiling(name)) for name in group]
        ahead = [self.reader.ahead(name.start, self.segment.start) if not _says(states) or place == 0 else None
                 for place, (name, states) in enumerate(zip(group, behind, strict=True))]  # fmt: skip
        found: list[Hit] = []
        following: list[State] = []
        lead = ahead[0] or announced
        self._lead = lead if lead is not None and self._announces(lead) else None
        first = next((place for place, states in enumerate(behind) if states), len(group))
        for place in range(len(group) - 1, -1, -1):
            own, before = behind[place], ahead[place]
            shared = not own and not (before is not None and before.said) and not _speaks(group[place].hit)
            states = following if shared else own
            following = own if own else following
            further = lead if lead is not None and (shared or place <= first or self._announces(lead)) else None
            found += self._markers(group[place], states, before, further, shared)
        return found

    def _markers(self, name: _Name, states: Sequence[State], before: State | None, lead: State | None, shared: bool) -> list[Hit]:
        entry = name.hit.entry
        made: list[Hit] = []
        for place, state in enumerate(states or [State()]):
            whole, near = state, [(name.start, name.end)]
            far: list[tuple[int, int]] = []
            (far if shared else near).extend(state.spans)
            if place:  # "overexpression or amplification": the next one stands apart from the name
                near, far = list(state.spans), [(name.start, name.end)]
            if before is not None:
                whole = before.joined(whole)
                (far if place else near).extend(before.spans)
            elif lead is not None:
                whole = lead.joined(whole)
                far.extend(lead.spans)
            whole = whole.with_default(entry.alteration, entry.status)
            if whole.said and not self._is_target(near):
                start, end = min(span[0] for span in near), max(span[1] for span in near)
                made.append(Hit(start, end, self._marker(entry, whole, tuple(sorted(far))), "biomarker"))
        return made

    def _is_target(self, near: Sequence[tuple[int, int]]) -> bool:
        """True for what a treatment aims at: "targeting KRAS G12D", "EGFR T790M inhibitors"."""
        words, start, end = self.vocabulary.words, min(span[0] for span in near), max(span[1] for span in near)
        before = _WORD_BEFORE.search(self.folded, max(self.segment.start, start - 30), start)
        behind = _WORD_BEHIND.match(self.folded, end)
        return bool(before and before.group(1) in words["marker_target"]) or bool(behind and behind.group(1) in words["marker_aim"])

    def _announces(self, lead: State) -> bool:
        """True for "positive for": it is said of a whole list, whatever else is said of its members."""
        return any(self.folded.endswith(" for", *span) for span in lead.spans)

    def _marker(self, entry: object, state: State, shared: tuple[tuple[int, int], ...]) -> Marker:
        id: str = entry.marker or entry.id  # type: ignore[attr-defined]
        meant = self.vocabulary.rulebook.entry(id)
        return Marker(id, meant.label, self.vocabulary.concepts[id], state, shared)

    def _ceiling(self, name: _Name) -> int:
        """How far the words behind a name can be its own: to the next name, or the end of the segment."""
        starts = self.reader.starts
        place = bisect_left(starts, name.start + 1)
        while place < len(starts) and starts[place] < name.reach:
            place += 1
        return starts[place] if place < len(starts) else self.segment.end

    def _nameless(self, names: Sequence[_Name], found: Sequence[Hit]) -> Iterable[Hit]:
        """Variants that name their gene ("T790M"), and exons of a gene that the segment named before ("except exon 20 insertion")."""
        taken = [span for hit in found for span in ((hit.start, hit.end), *hit.entry.shared)]
        for hit in self.variants:
            if any(start <= hit.start < end for start, end in taken) or any(0 <= hit.start - name.reach <= 2 for name in names):
                continue  # read already, with its name
            state = self.reader.from_place(hit.start)
            before = self.reader.ahead(hit.start, self.segment.start)
            spans = [*state.spans, *(before.spans if before else ())]
            whole = before.joined(state) if before else state
            start, end = min(span[0] for span in spans), max(span[1] for span in spans)
            taken.append((start, end))
            if not self._is_target(spans):
                yield Hit(start, end, self._marker(hit.entry, whole, ()), "biomarker")
        for start in self.reader.exons(self.segment):
            name = next((name for name in reversed(names) if name.end <= start), None)
            if name is None or any(low <= start < high for low, high in taken):
                continue
            state = self.reader.from_place(start)
            if state.alteration is not None and " " in state.alteration[len("exon ") :]:
                yield Hit(*state.spans[0], self._marker(name.hit.entry, state, ((name.start, name.end),)), "biomarker")


def _speaks(name: Hit) -> bool:
    """True where the name says its state by itself."""
    return name.entry.alteration is not None or name.entry.status is not None


def _says(states: Sequence[State]) -> bool:
    return any(state.said for state in states)
