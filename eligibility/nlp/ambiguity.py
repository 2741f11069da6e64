"""Ambiguous short forms: in, a reading and its hits; out, the hits with each short form of rules/ambiguous.toml as what it means here.

What the text itself explains comes first, then the words and the other concepts of the same criterion, then the title and conditions of the
trial, then the rest of the text. A form whose sense is not known stays without a concept, as an `Unsettled` entry that names the senses;
one that means something no rule has is no hit at all. Which words speak for which sense is said by the rules.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eligibility.hierarchy import load_hierarchy
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Reading, Segment
from eligibility.nlp.terms import Named
from eligibility.rulebook import Rulebook

_LIMIT = re.compile(r"[^.;\n]{0,20}?(?:[<>≤≥=]|\b(?:uln|upper limit|normal|seconds?|sec|prolonged|above|below)\b)")
_REACH = 48
_EXPLAINS = 90


class Unsettled(NamedTuple):
    """What stands in the place of a rule's entry where a short form may be any of the `senses`."""

    id: str
    label: str
    senses: tuple[str, ...]


class _Sense(NamedTuple):
    entry: Any
    label: str
    cues: re.Pattern[str] | None
    near: tuple[str, ...]
    value: bool


class _Place(NamedTuple):
    """A short form in the text, with the hit that the rules had for it."""

    start: int
    end: int
    hit: Hit | None


class ShortForms:
    """The ambiguous short forms of a rulebook and their senses."""

    def __init__(self, rulebook: Rulebook, folders: tuple[Path, ...] = ()) -> None:
        rows = {row["short"]: row for row in rulebook.other.get("ambiguous", ())}
        self._folders = folders
        self._kinds: Mapping[str, str] = {short: row.get("kind", "") for short, row in rows.items()}
        self._senses = {short: tuple(_sense(rulebook, sense) for sense in row["senses"]) for short, row in rows.items()}
        self._find = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(rows)))})(?![\w-])") if rows else None  # no look-behind: it is slow

    def settle(self, reading: Reading, hits: list[Hit]) -> list[Hit]:
        """The hits with every ambiguous short form as its sense, in text order."""
        if self._find is None:
            return hits
        plain = reading.plain
        found = [place.span() for place in self._find.finditer(plain) if not _is_glued(plain[place.start() - 1 : place.start()])]
        if not found:
            return hits
        standing = {(hit.start, hit.end): hit for hit in hits}
        held = sorted(standing)
        settled: dict[tuple[int, int], Hit | None] = {}
        for start, end in found:
            hit = standing.get((start, end))
            before = held[bisect_right(held, (start, end)) - 1] if held else (0, 0)
            if hit is None and before[0] <= start < before[1]:
                continue  # part of a longer name
            settled[start, end] = self._settled(reading, hits, _Place(start, end, hit))
        kept = [hit for hit in hits if (hit.start, hit.end) not in settled]
        return sorted([*kept, *(hit for hit in settled.values() if hit is not None)], key=lambda hit: (hit.start, hit.end))

    def _settled(self, reading: Reading, hits: Sequence[Hit], place: _Place) -> Hit | None:
        short = reading.plain[place.start : place.end]
        if place.hit is not None and place.hit.entry not in [sense.entry for sense in self._senses[short]]:
            return place.hit  # the text says what it is, and that is none of the senses
        explained = self._explained(reading, short, place)
        if explained is not None:
            return self._hit(place, explained)
        segment = next((s for s in reading.segments if s.start <= place.start < s.end), None)
        if segment is None:
            return place.hit
        sense = self._by_context(reading, segment, hits, place, self._senses[short])
        if sense is not None:
            return self._hit(place, sense)
        if place.hit is None:
            return None
        labels = tuple(sense.label for sense in self._senses[short])
        return Hit(place.start, place.end, Unsettled("ambiguous", short, labels), self._kinds[short] or place.hit.kind)

    def _hit(self, place: _Place, sense: _Sense) -> Hit | None:
        return Hit(place.start, place.end, sense.entry, sense.entry.table) if sense.entry is not None else None

    def _explained(self, reading: Reading, short: str, place: _Place) -> _Sense | None:
        """The sense that the text says it is: "right atrium (RA)", here or before; one without an entry where no sense has that name."""
        long = reading.short.get(short) or _long_form(reading.plain, place.start, short)
        if long is None:
            return None
        names = load_hierarchy(self._folders).names
        meant = [found for found in names.find(long) if not isinstance(found, tuple)]
        for sense in self._senses[short]:
            if sense.entry in meant or long.lower() in (sense.label, getattr(sense.entry, "label", "")):
                return sense
        if meant:
            return _Sense(meant[0], meant[0].label, None, (), False)
        fitting = [sense for sense in self._senses[short] if sense.cues is not None and sense.cues.search(long.lower())]
        return fitting[0] if len(fitting) == 1 else _Sense(None, long, None, (), False)

    def _by_context(
        self, reading: Reading, segment: Segment, hits: Sequence[Hit], place: _Place, senses: tuple[_Sense, ...]
    ) -> _Sense | None:
        folded = reading.folded
        own = [hit for hit in hits if segment.start <= hit.start and hit.end <= segment.end and hit is not place.hit]
        words = f"{folded[segment.start : place.start]} \n {folded[place.end : segment.end]}"
        limited = _LIMIT.match(folded, place.end, min(segment.end, place.end + _REACH)) is not None
        scores = [_words(sense, words) + self._kin(sense, own) + 2 * (sense.value and limited) for sense in senses]
        best = _best(scores)
        if best is None:
            best = _best([_words(sense, reading.about) for sense in senses])
        if best is None:
            named = {hit.entry.id for hit in hits if hit.end - hit.start > place.end - place.start}
            best = _best([_words(sense, folded) + 2 * (getattr(sense.entry, "id", None) in named) for sense in senses])
        return None if best is None else senses[best]

    def _kin(self, sense: _Sense, hits: Iterable[Hit]) -> int:
        """How many of the hits are a kind of what speaks for the sense."""
        if not sense.near:
            return 0
        hierarchy = load_hierarchy(self._folders)
        nodes = {hierarchy.node(hit.entry.concept) if isinstance(hit.entry, Named) else hit.entry.id for hit in hits}
        return sum(node in sense.near or not hierarchy.above(node).isdisjoint(sense.near) for node in nodes)


def unsettled(hit: Hit | None) -> Iterator[tuple[str, str]]:
    """The issue of a short form whose sense is not known: its code and message."""
    if hit is not None and isinstance(hit.entry, Unsettled):
        *first, last = hit.entry.senses
        yield "ambiguous", f'"{hit.entry.label}" may be {", ".join(first)} or {last}, and nothing around it says which: it has no concept'


def _sense(rulebook: Rulebook, row: Mapping[str, Any]) -> _Sense:
    entry = rulebook.entry(row["concept"]) if "concept" in row else None
    cues = sorted(row.get("cues", ()), key=lambda cue: (-len(cue), cue))
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, cues))})(?![\w-])") if cues else None
    return _Sense(entry, entry.label if entry is not None else row["label"], pattern, tuple(row.get("near", ())), row.get("value", False))


def _words(sense: _Sense, text: str) -> int:
    """How many different cues of the sense the text holds."""
    return len(set(sense.cues.findall(text))) if sense.cues is not None and text else 0


def _best(scores: Sequence[int]) -> int | None:
    """The place of the highest score, where no other is as high."""
    high = max(scores)
    return scores.index(high) if high > 0 and scores.count(high) == 1 else None


def _is_glued(sign: str) -> bool:
    """True where the sign before a form makes it the end of a longer one."""
    return sign.isalnum() or sign in ("_", ".", "-")


def _long_form(plain: str, start: int, short: str) -> str | None:
    """The words before a short form in brackets whose initials it is: "right atrium" of "the right atrium (RA)"."""
    before = plain[max(0, start - _EXPLAINS) : start].rstrip()
    if not before.endswith(("(", "[")):
        return None
    words = re.findall(r"[A-Za-z]+", before)[-len(short) :]
    return " ".join(words) if "".join(word[0] for word in words).lower() == short.lower() else None
