"""The remainder: in, a criterion; out, what it says besides its constraints: where it says more, its demands are not all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eligibility.constraints import Constraint
from eligibility.linter.words import Words, words_of
from eligibility.ranges import Span
from eligibility.result import Criterion

_EQUAL = re.compile(r"\bor equal\b")
_DIGIT = re.compile(r"\d")
_JOINTS = frozenset({"and", "or", "and/or"})


@dataclass(frozen=True, slots=True)
class Remainder:
    """`plain`: nothing is said but the constraints; `colon`: where its last colon is, -1 without one, in the text of the whole.

    `inner` are the subjects inside other subjects (the HIV of "HIV-1 RNA"); `sharing` the subjects of each value.
    """

    criterion: Criterion
    plain: bool
    colon: int
    inner: frozenset[Span]
    sharing: dict[Span, list[Span]]

    def is_whole(self, constraint: Constraint) -> bool:
        """True where the criterion says nothing but its constraints, and this one is no premise: "Age under 5: creatinine < 1"."""
        end = max((span.end for span in spans_of(constraint)), default=0)
        return self.plain and self.colon < end and not any(span in self.inner for span in _subjects(constraint))

    def is_beside(self, constraint: Constraint, words: Words) -> bool:
        """True where nothing stands between the subject and its value but what compares them, and what shares the value."""
        subjects, value = _subjects(constraint), constraint.value
        if not subjects or value is None or value.span is None:
            return False
        offset, text = self.criterion.span.start, self.criterion.text
        low, high = subjects[-1].end, value.span.start
        if low > high or text[subjects[0].start - offset - 1 : subjects[0].start - offset] == "/":
            return False
        sharing = self.sharing[value.span]
        between = _EQUAL.sub(" ", without(text[low - offset : high - offset], low, sharing).lower())
        allowed = words.plain - _JOINTS | words.comparing | (_JOINTS if len(sharing) > 1 else frozenset())
        return not _DIGIT.search(between) and set(words_of(between)) <= allowed


def read_remainder(criterion: Criterion, words: Words) -> Remainder:
    """The remainder of a criterion's own text, without its children's."""
    spans = [span for constraint in criterion.constraints for span in spans_of(constraint)]
    left = without(criterion.text, criterion.span.start, spans)
    label, colon, _ = criterion.text.partition(":")
    premise = bool(colon and _DIGIT.search(label))  # "Stage 2: FEV1 < 80 %"
    sharing: dict[Span, list[Span]] = {}
    for constraint in criterion.constraints:
        if constraint.value is not None and constraint.value.span is not None:
            sharing.setdefault(constraint.value.span, []).extend(_subjects(constraint))
    return Remainder(
        criterion=criterion,
        plain=not premise and not _DIGIT.search(left) and set(words_of(left)) <= words.plain,
        colon=criterion.text.rfind(":") + criterion.span.start if colon else -1,
        inner=_inner(criterion),
        sharing=sharing,
    )


def without(text: str, offset: int, spans: Iterable[Span]) -> str:
    """The text, which begins at `offset`, without what stands in the spans."""
    parts, at = [], 0
    for start, end in sorted(spans):
        low, high = max(at, start - offset), min(len(text), end - offset)
        if low < high:
            parts.append(text[at:low])
            at = high
    return " ".join([*parts, text[at:]])


def _inner(criterion: Criterion) -> frozenset[Span]:
    """The subjects that overlap another subject."""
    spans = sorted({span for constraint in criterion.constraints for span in _subjects(constraint)})
    found = set()
    widest: Span | None = None
    for span in spans:
        if widest is not None and span.start < widest.end:
            found |= {span, widest}
        widest = span if widest is None or span.end > widest.end else widest
    return frozenset(found)


def _subjects(constraint: Constraint) -> tuple[Span, ...]:
    return constraint.subject.spans if constraint.subject else ()


def spans_of(constraint: Constraint) -> Iterator[Span]:
    """Where its subject and its values stand; the evidence may hold words between them that are no part of it."""
    yield from _subjects(constraint)
    yield from (found.span for _, found in constraint.facets if found.span)
