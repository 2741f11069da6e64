"""What the pipes hand on: in, a Doc; out, its Reading, which holds the segments of the criteria and what each pipe found in them.

A Reading belongs to one Doc and lies in its `user_data`; offsets count in the Doc's text.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from eligibility.characters import plain
from eligibility.constraints import Constraint
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import Quantity
from eligibility.result import Issue
from eligibility.sources import Study, read_page

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from eligibility.criteria import Item
    from eligibility.nlp.times import TimeExpression
    from eligibility.sections import Section

KEY = "eligibility"
HIT_LAYERS = ("concepts", "before", "after", "cues", "anchors", "details", "implied", "biomarkers")  # of a segment, in the lexicon's order


class Found(NamedTuple):
    """A mention that the recogniser found at start:end of the text; the label is that of its training data: Condition, Drug, …"""

    start: int
    end: int
    label: str


@dataclass(slots=True)
class Segment:
    """One criterion's own words at start:end of the text; `parent` is the segment of the criterion above it.

    `windows` is what a lead-in says of all that stands under it: "any of the following within 6 months:". `markers` are biomarkers inside
    of a disease's name; `mentioned` is what the recogniser found; `cores` tells where the rule's own words begin in a concept that has
    wider ones, by where these begin.
    """

    start: int
    end: int
    section: Section
    item: Item
    parent: Segment | None = None
    alternate: bool = False
    number: str = ""
    concepts: list[Hit] = field(default_factory=list)
    before: list[Hit] = field(default_factory=list)
    after: list[Hit] = field(default_factory=list)
    cues: list[Hit] = field(default_factory=list)
    anchors: list[Hit] = field(default_factory=list)
    details: list[Hit] = field(default_factory=list)
    implied: list[Hit] = field(default_factory=list)
    biomarkers: list[Hit] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    times: dict[int, TimeExpression] = field(default_factory=dict)
    children: list[Segment] = field(default_factory=list)
    windows: list[TimeExpression] = field(default_factory=list)
    markers: list[Hit] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    mentioned: list[Found] = field(default_factory=list)
    cores: dict[int, int] = field(default_factory=dict)
    unread: list[tuple[int, int]] = field(default_factory=list)

    clauses: list[tuple[int, int]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)

    def take_concepts(self, hits: list[Hit]) -> None:
        """Have these hits, in text order, in the place of the concepts so far."""
        self.concepts, self._starts = hits, []

    def between(self, low: int, high: int) -> list[Hit]:
        """The concepts that lie in low:high, in text order."""
        if len(self._starts) != len(self.concepts):
            self._starts = [hit.start for hit in self.concepts]
        first = bisect_left(self._starts, low)
        last = bisect_left(self._starts, high, first)
        return [hit for hit in self.concepts[first:last] if hit.end <= high]

    def quantity_from(self, position: int) -> Quantity | None:
        """The first quantity that begins at the position or behind it."""
        place = bisect_left(self.quantities, position, key=lambda quantity: quantity.start)
        return self.quantities[place] if place < len(self.quantities) else None


@dataclass(slots=True)
class Reading:
    """A text with its criteria; `short` maps the short forms that the text itself explains to their long forms.

    `about` is what the trial is about beside its criteria, in lower case: its title and its conditions.
    """

    text: str
    plain: str
    folded: str
    blocks: tuple[tuple[int, int], ...] = ()
    alternates: tuple[tuple[int, int], ...] = ()
    sections: list[Section] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    short: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    about: str = ""

    @classmethod
    def of(cls, doc: Doc) -> Reading:
        """The Doc's reading; an empty one where no pipe has begun it."""
        reading: Reading | None = doc.user_data.get(KEY)
        if reading is None:
            reading = cls.begin(read_page(doc.text))
            doc.user_data[KEY] = reading
        return reading

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """All constraints in text order, without those of a second list in a description."""
        return tuple(c for segment in self.segments if not segment.alternate for c in segment.constraints)

    @classmethod
    def begin(cls, study: Study) -> Reading:
        """A reading of a study's text in which no pipe has found anything yet."""
        even = plain(study.text)
        about = " \n ".join((study.title or "", *study.conditions)).lower()
        return cls(study.text, even, even.lower(), study.blocks, study.alternates, about=about)
