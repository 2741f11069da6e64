"""Notes: in, what could not be read of which resource; out, sentences, alike ones as one with a count, never more than a hundred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_SHOWN = 3  # resources that a sentence names
_MOST = 100  # sentences
_LONGEST = 60  # characters of what is quoted from a resource


def clipped(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@dataclass(eq=False)
class Notes:
    """What was said so far: the places of each kind of resource and reason, in the order of the first."""

    found: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, kind: str, place: str, reason: str) -> None:
        key = (kind, reason)
        self.counts[key] = self.counts.get(key, 0) + 1
        places = self.found.setdefault(key, [])
        if len(places) < _SHOWN:
            places.append(place)

    def sentences(self) -> list[str]:
        said = [self._sentence(kind, reason) for kind, reason in self.found]
        more = len(said) - _MOST
        return said if more <= 0 else [*said[:_MOST], f"{more} more kinds of notes are not shown: the bundle is too broken to list them"]

    def _sentence(self, kind: str, reason: str) -> str:
        places = self.found[kind, reason]
        more = self.counts[kind, reason] - len(places)
        return f"{kind} {', '.join(places)}{f' and {more} more' if more else ''}: {reason}"


@dataclass(frozen=True, eq=False)
class Entry:
    """A resource of the bundle with its number there, counted from 1, and the notes of the reading."""

    number: int
    kind: str
    resource: Mapping[str, Any]
    notes: Notes
    url: str | None = None

    def note(self, reason: str, about: str = "") -> None:
        """Say what could not be read of this resource; `about` is what it says instead, quoted."""
        id = self.resource.get("id")
        told = [f"id {id}"] if isinstance(id, str) else []
        told = [clipped(_printable(one)) for one in (*told, *filter(None, [about]))]
        self.notes.add(self.kind, f"{self.number} ({'; '.join(told)})" if told else str(self.number), reason)


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
