"""Offsets: in, criteria that were read from one text, and where each stretch of it stands in another; out, the criteria over the other.

Every span is moved, and the words of a criterion or a subject are those of the new text. Nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eligibility.constraints import Subject
from eligibility.frozen import Frozen
from eligibility.ranges import Span
from eligibility.result import Criteria, Criterion

Place = Callable[[int, int], tuple[int, int]]


def move_spans(criteria: Criteria, text: str, place: Place) -> Criteria:
    """The criteria over `text`; `place` says where `criteria.text[start:end]` stands in it."""
    moved: Criteria = _Move(criteria.text, text, place).frozen(criteria)
    return moved.model_copy(update={"text": text})


class _Move:
    """One walk over criteria; what several hold, as a criterion and its tree hold a constraint, is moved once."""

    def __init__(self, before: str, after: str, place: Place) -> None:
        self.before, self.after, self.place = before, after, place
        self.done: dict[int, Any] = {}

    def frozen(self, value: Any) -> Any:
        known = self.done.get(id(value))
        if known is None:
            fields = value.__dict__
            changed = {name: new for name, old in fields.items() if (new := self.field(name, old)) is not old}
            changed |= self.words(value, changed)
            known = self.done[id(value)] = type(value).trusted(**fields | changed) if changed else value
        return known

    def field(self, name: str, value: Any) -> Any:
        if name in ("span", "evidence"):
            return value and Span(*self.place(*value))
        if name == "spans":
            return tuple(Span(*self.place(*span)) for span in value)
        if isinstance(value, Frozen):
            return self.frozen(value)
        if isinstance(value, tuple) and value and isinstance(value[0], Frozen):
            return tuple(map(self.frozen, value))
        return value

    def words(self, value: Any, changed: dict[str, Any]) -> dict[str, str]:
        """The text of a criterion, or of a subject that is the words at its first span, from the new text."""
        if isinstance(value, Criterion):
            return {"text": self.after[slice(*changed["span"])]}
        if isinstance(value, Subject) and value.spans and self.before[slice(*value.spans[0])] == value.text:
            return {"text": self.after[slice(*changed["spans"][0])]}
        return {}
