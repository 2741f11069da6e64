"""A study as its source gives it: identity, header fields, the text, and where in the text the criteria stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple


class HeaderField(NamedTuple):
    """A field of the registry's own: age, minimum_age, maximum_age, sex or healthy_volunteers; no offsets where it is not in the text."""

    name: str
    value: str
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Study:
    """`blocks`: where in `text` the criteria stand; `alternates`: a second list, as in a description; `notes`: what went wrong;
    `conditions`: those that the registry names for the trial.
    """

    source: str | None
    id: str | None
    title: str | None
    text: str
    header: tuple[HeaderField, ...]
    blocks: tuple[tuple[int, int], ...]
    alternates: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    phase: str | None = None

    def named(self, source: str) -> Study:
        """The same study under another source name."""
        return replace(self, source=source)
