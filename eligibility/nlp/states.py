"""States of biomarkers: in, a place beside a gene's name; out, the alteration, the status and the qualities that the words there say.

"exon 19 deletion", "V600E-mutant", "mutation positive", "(exon 19 deletion, L858R)"; a sign ("HER2+", "ER-"). What a word means is in the
rules. Nothing here knows which name it is, and no state is read across another name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Self

from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Reading, Segment
from eligibility.nlp.vocabulary import Vocabulary

_CODE = re.compile(r"\(?(?:p\.)?([A-Z][0-9]{1,4}(?:[A-Z](?:/[A-Z])*|\*|fs|del|dup|ins)?(?:fs\*?\d*)?)\)?(?![\w])")
_MORE_CODES = re.compile(r"/([A-Z])(?![\w])")
_EXON = re.compile(r"(exons?)[\s-]+(\d{1,2}(?:(?:\s*,\s*|\s+or\s+|\s+and\s+|\s*/\s*|-)\d{1,2})*)")
_POSITIVE = re.compile(r" ?\(\+{1,3}\)|\+(?![\d+])")
_NEGATIVE = re.compile(r" ?\(-\)|-(?=[\s,;/)\]]|$)")
_AGAIN = re.compile(r"[\s,/]*(?:(?:and/or|and|or)\b\s*)?(?:(?:an?|the|by|other)\s+)*")
_OPENS = re.compile(r"\s*(?:[(\[]|:|\bi\.e\.?,?)\s*(?:(?:either|an?)\s+)?")
_OPENED, _CLOSED = re.compile(r"\s*(?:status\s*)?\("), re.compile(r"\)")
_EXAMPLES = re.compile(r"\s*[(\[]?,?\s*(?:e\.?g\.?,?|such as|including|for example)")
_IN = re.compile(
    r"\)?\s+(?:in|of|for|involving|within|to|on|at)\s+(?:(?:the|an?|any|his|her|their|either|both|one|of)\s+)*(?:genes?\s+)?(?:encoding\s+)?"
)
_ON = re.compile(r"[\s-]+(?:(?:the|an?|any|known|tumou?rs?|test)\s+)*")
_LEVEL = re.compile(r"[^.;,\n]{0,30}?(?:[≥≤<>=%]|\bat least\b|\d)")
_OF_CELLS = re.compile(r"\s*(?:[btn]k?[- ]?)?(?:cells?|lymphocytes?|counts?)\b(?![- ](?:[nl]|acute|mal|all))")
_SPECIFIC = 2


class State(NamedTuple):
    """What is said of a biomarker, and where."""

    alteration: str | None = None
    status: str | None = None
    modifiers: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def said(self) -> bool:
        return self.alteration is not None or self.status is not None

    def joined(self, other: State) -> State:
        """This one, which stands before the name, with what stands behind it."""
        return State(
            other.alteration or self.alteration,
            other.status if other.status and not (other.status == "expressed" and self.status) else self.status,
            (*self.modifiers, *other.modifiers),
            (*self.spans, *other.spans),
        )

    def with_default(self, alteration: str | None, status: str | None) -> Self:
        """With what the name says by itself, where the words say nothing else."""
        if self.said:
            return self._replace(alteration=self.alteration or alteration)
        return self._replace(alteration=alteration, status=status)


@cache
def _between(words: frozenset[str]) -> re.Pattern[str]:
    """The words that may stand between a name and what is said of it, and signs that join them."""
    known = "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
    return re.compile(rf"(?:[\s:-]|(?<![\w])(?:{known})(?![\w]))*")


class StateReader:
    """Reads the states of one text, segment by segment."""

    def __init__(self, vocabulary: Vocabulary, reading: Reading) -> None:
        self.plain, self.folded = reading.plain, reading.folded
        self._gap = _between(vocabulary.words["marker_gap"])
        self.starts: list[int] = []

    def enter(self, segment: Segment, words: Sequence[Hit], variants: Sequence[Hit], starts: list[int]) -> None:
        """Begin a segment, with the words of states and the variants in it, and where its names start."""
        self.segment, self.starts = segment, starts
        self._words = {hit.start: hit for hit in words}
        self._ends = {hit.end: hit for hit in words}
        self._variants = {hit.start: hit for hit in variants}
        self._starts = sorted([*self._words, *self._variants])
        self._used: set[int] = set()

    def behind(self, position: int, ceiling: int) -> list[State]:
        """The states that are said behind a name: several where a list says them ("V600E or V600K mutation"); empty where none is."""
        state, end = self._one(position, ceiling, State())
        if not state.said:
            return []
        states = [state]
        opened = _OPENS.match(self.folded, end, ceiling)
        if opened and state.alteration in ("mutation", "variant", "alteration") and not _EXAMPLES.match(self.folded, end, ceiling):
            first, inner = self._one(opened.end(), ceiling, State())
            if first.alteration is not None:
                general = states.pop()
                states, end = [general.joined(first)], inner
        while joint := _AGAIN.match(self.folded, end, ceiling):
            if joint.end() == end:
                break
            more, further = self._one(joint.end(), ceiling, State())
            if more.alteration is None or further == joint.end():
                break
            states.append(more)
            end = further
        status = states[-1].status
        return [one if one.status else one._replace(status=status) for one in states] if status in ("positive", "negative") else states

    def _one(self, position: int, ceiling: int, state: State) -> tuple[State, int]:
        """One state from the position on, and where it ends."""
        if not state.said and (sign := self._sign(position)):
            return sign
        spans: list[tuple[int, int]] = []
        alteration: list[str] = []
        status: str | None = None
        modifiers: list[str] = []
        end = position
        while True:
            piece = self._next(end, ceiling)
            if piece is None:
                break
            field, value, low, high = piece
            if self.folded.startswith(" for ", high) and self.folded[end:low].strip(" -"):  # "HCV antibody must be negative for …"
                break
            if field == "status":
                if status is not None or (value == "expressed" and _LEVEL.match(self.folded, high, ceiling)):
                    break
                status = value
            elif field == "modifier":
                modifiers.append(value)
            elif (
                not alteration
                or value in ("mutation", "variant", "alteration")
                or (len(alteration) < _SPECIFIC and field == "alteration" and alteration[0].startswith("exon"))
            ):
                alteration.append(value)
            else:
                break
            spans.append((low, high))
            end = high
            self._used.add(low)
        bracket = self._bracketed(end, ceiling) if alteration and status is None else None
        if bracket is not None:
            status, end = bracket[0], bracket[2]
            spans.append(bracket[1:])
        said = _name_of(alteration)
        if said is None and status is None:
            return State(), position
        return State(said, status, tuple(modifiers), ((position if position < spans[0][0] else spans[0][0], end),)), end

    def _bracketed(self, position: int, ceiling: int) -> tuple[str, int, int] | None:
        """The status in a bracket: "mutation status (confirmed positive)"."""
        opened = _OPENED.match(self.folded, position, ceiling)
        piece = self._next(opened.end(), ceiling) if opened else None
        closed = _CLOSED.match(self.folded, piece[3]) if piece is not None and piece[0] == "status" else None
        return (piece[1], piece[2], closed.end()) if piece is not None and closed is not None else None

    def _sign(self, position: int) -> tuple[State, int] | None:
        for pattern, status in ((_POSITIVE, "positive"), (_NEGATIVE, "negative")):
            sign = pattern.match(self.folded, position)
            if sign is None or _OF_CELLS.match(self.folded, sign.end()):
                continue
            if status == "negative" and self._is_elided(sign.end()):
                continue
            return State(None, status, (), (sign.span(),)), sign.end()
        return None

    def _is_elided(self, position: int) -> bool:
        """True for the hyphen of "ER- and PR-positive": what it joins is said of the next name."""
        following = next((start for start in self.starts if start >= position), None)
        if following is None or not _AGAIN.fullmatch(self.folded, position, following):
            return False
        return bool(re.match(r"[\w/]+-[a-z]", self.folded[following : following + 24]))

    def _next(self, position: int, ceiling: int) -> tuple[str, str, int, int] | None:
        """The next word, variant or exon, behind words that may stand between."""
        place = bisect_left(self._starts, position)
        if place < len(self._starts) and self._gap.fullmatch(self.folded, position, self._starts[place]):
            return self._piece(self._starts[place], ceiling)
        gap = self._gap.match(self.folded, position, ceiling)
        return self._piece(gap.end() if gap else position, ceiling)

    def _piece(self, start: int, ceiling: int) -> tuple[str, str, int, int] | None:
        """The word, variant or exon at the place, as (field, value, start, end)."""
        variant = self._variants.get(start)
        if variant is not None and variant.end <= ceiling:
            more = _MORE_CODES.match(self.plain, variant.end)  # "V600E/K"
            end = more.end() if more else variant.end
            return "alteration", self.plain[start:end], start, end
        word = self._words.get(start)
        if word is not None and word.end <= ceiling:
            end = word.end - len(" for") if self.folded.endswith(" for", start, word.end) else word.end
            return word.entry.field, word.entry.value, start, end
        exon = _EXON.match(self.folded, start, ceiling)
        if exon is not None:
            return "alteration", f"exon {' '.join(exon.group(2).split())}", start, exon.end()
        code = _CODE.match(self.plain, start, ceiling)
        if code is not None and len(code.group(1)) > 2:
            return "alteration", code.group(1), start, code.end()
        return None

    def from_place(self, position: int) -> State:
        """The state that begins at a place where no name stands."""
        state, _ = self._one(position, self.segment.end, State())
        return state

    def exons(self, segment: Segment) -> list[int]:
        """Where the segment names exons."""
        return [exon.start() for exon in _EXON.finditer(self.folded, segment.start, segment.end)]

    def ahead(self, position: int, floor: int) -> State | None:
        """What is said right before a name: "wild-type", "mutations in the", "negative for", "germline"."""
        state = State()
        start = position
        for _ in range(3):
            word = next((hit for hit in self._before(start, floor)), None)
            if word is None or word.start in self._used:
                break
            field, value = word.entry.field, word.entry.value
            gap = self.folded[word.end : start]
            noun = field == "alteration" or value == "expressed"
            if not (_IN if noun else _ON).fullmatch(gap) or (state.said and field == "alteration"):
                break
            part = State(
                value if field == "alteration" else None, value if field == "status" else None,
                (value,) if field == "modifier" else (), ((word.start, word.end),),
            )  # fmt: skip
            state, start = part.joined(state), word.start
        return state if state.spans else None

    def _before(self, position: int, floor: int) -> list[Hit]:
        near = [hit for end, hit in self._ends.items() if floor <= hit.start and position - 40 <= end <= position]
        return sorted(near, key=lambda hit: -hit.end)[:1]


def _name_of(parts: Sequence[str]) -> str | None:
    """The alteration's name: the specific one ("L858R", "exon 19 deletion"); "exon 2 mutation" needs both of its parts."""
    if not parts:
        return None
    first = parts[0]
    if first.startswith("exon") and len(parts) > 1:
        return f"{first} {parts[1]}"
    return first
