"""Drafts: constraints while their facets are still being gathered, and the frozen constraint that each becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eligibility.constraints import BY_TYPE, Concept, Constraint, Subject
from eligibility.nlp.biomarkers import Marker
from eligibility.nlp.quantities import End, Quantity
from eligibility.nlp.subjects import Mention
from eligibility.nlp.terms import RULE, Named
from eligibility.nlp.times import TimeExpression
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.ranges import Bound, Range, Span, Window

_WORDS = re.compile(r"[\w-]+")
_TYPES = {
    "analyte": "measurement", "score": "measurement", "panel": "measurement", "drug": "medication",
    "drug_class": "medication", "condition": "condition", "procedure": "procedure", "biomarker": "biomarker",
}  # fmt: skip


@dataclass(slots=True)
class Draft:
    """A constraint to be. `position` orders it in the text; `issues` are codes with their message."""

    type: str
    mention: Mention | None
    position: int
    fields: dict[str, Any] = field(default_factory=dict)
    windows: list[TimeExpression] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    issues: list[tuple[str, str]] = field(default_factory=list)
    rule: str = ""
    leads_up: TimeExpression | None = None  # what the duration was read from, where it ends at an anchor


def type_of(mention: Mention) -> str:
    """The constraint type of a known mention; `other` where no rule knows it."""
    if mention.hit is None or mention.hit.kind == "entity":
        return "other"
    if mention.hit.kind == "state":
        return str(mention.hit.entry.type)
    return _TYPES[mention.hit.kind]


def bound(end: End | None) -> Bound | None:
    return None if end is None else Bound.trusted(magnitude=end.value, unit=end.unit, inclusive=end.inclusive, letter=end.letter or None)


def interval(quantity: Quantity, lower: End | None, upper: End | None, start: int, end: int) -> Range:
    return Range.trusted(
        lower=bound(lower),
        upper=bound(upper),
        values=quantity.values,
        letters=quantity.letters,
        reference=quantity.reference,
        span=Span(start, end),
    )


def range_of(quantity: Quantity) -> Range:
    return interval(quantity, quantity.lower, quantity.upper, quantity.start, quantity.end)


def freeze(draft: Draft, text: str, vocabulary: Vocabulary, short: Mapping[str, str]) -> Constraint:
    """The constraint that the draft has become; `short` are the text's own short forms."""
    values = dict(draft.fields)
    spans = list(draft.spans)
    if draft.mention is not None:
        start, end, hit, also, above = draft.mention
        values["subject"] = Subject.trusted(text=text[start:end], spans=(Span(start, end), *(Span(*span) for span in also)))
        if not above:
            spans.append((start, end))
        if hit is not None and isinstance(hit.entry, Marker):
            state = hit.entry.state
            values |= {"alteration": state.alteration, "status": state.status} if draft.type == "biomarker" else {}
            values["modifiers"] = tuple(dict.fromkeys((*values.get("modifiers", ()), *state.modifiers)))
            values["subject"] = Subject.trusted(
                text=text[start:end], spans=(Span(start, end), *(Span(*span) for span in (*also, *hit.entry.shared)))
            )
        concept = vocabulary.concept(hit.entry) if hit is not None else _explained(text[start:end], short) if short else None
        if concept is not None:
            values["concept"] = concept
    if draft.windows:
        values["window"] = _window(draft.windows)
        spans.extend((window.start, window.end) for window in draft.windows if not window.inherited)
    if len(spans) == 1:
        values["evidence"] = Span(*spans[0])
    elif spans:
        values["evidence"] = Span(min(spans)[0], max(end for _, end in spans))
    values["rule"] = draft.rule or _rule_of(draft.mention)
    made: Constraint = BY_TYPE[draft.type].trusted(**values)  # type: ignore[assignment]
    return made


def _rule_of(mention: Mention | None) -> str:
    if mention is None or mention.hit is None:
        return "open_subject"
    return RULE if isinstance(mention.hit.entry, Named) else str(mention.hit.entry.id)


def _explained(words: str, short: Mapping[str, str]) -> Concept | None:
    """The concept of words that hold a short form which the text explains, or its long form: one concept for both."""
    for form, long in short.items():
        if form in _WORDS.findall(words) or long.lower() in words.lower():
            return Concept(id="_".join(re.findall(r"[a-z0-9]+", long.lower())), label=" ".join(long.split()))
    return None


def _window(windows: list[TimeExpression]) -> Window:
    first = windows[0]
    ranges = tuple(interval(w.quantity, w.lower, w.upper, w.start, w.end) for w in windows)
    anchor = next((w.anchor for w in windows if w.anchor), None)
    direction = next((w.direction for w in windows if w.direction), None)
    return Window.trusted(alternatives=ranges, anchor=anchor, direction=direction, choose=first.choose if len(ranges) > 1 else None)
