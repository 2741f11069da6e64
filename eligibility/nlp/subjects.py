"""Subjects: in, a place in a segment; out, what is measured or dated there, from the rules where they know it, else from the words themselves.

A subject is looked for directly before the value, across a bracket, in a list that shares the value, then behind it. Nothing here
looks into another segment, and nothing decides what kind of constraint the subject makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Segment

MEASURES = frozenset({"analyte", "score", "panel"})
EVENTS = frozenset({"condition", "drug", "drug_class", "procedure", "state"})
_TOKEN = re.compile(r"[^\W_][\w'./+%&^-]*[\w+%]|[^\W_]|[^\w\s]")
_CLAUSE = re.compile(r"[;•]|\.(?=\s+[A-Z(\[]|\s*$)|\n\s*\n|\n\s*(?=[-*•]\s)|\s{5,}|\s(?=\d{1,2}\.\s[A-Z])")
_COORDINATED = re.compile(
    r"[\s)\]]*(?:,|/|\band/or\b|\band\b|\bor\b|&|\+|\bas well as\b|\balso known as\b|\bwith\b)*[\s,]*"
    r"(?:either|the|serum|total|prior|previous|other|any|both|use of|major|known|active|of|receipt of|history of|"
    r"systemic|concomitant|current|another|\w+ed|planned|topical|oral|a|an)?\s*[(\[]?\s*"
)
_REACH = 220


class Mention(NamedTuple):
    """A subject: its words at start:end, and the rule's hit where a rule knows it."""

    start: int
    end: int
    hit: Hit | None


class SubjectFinder:
    """Finds subjects in one text."""

    def __init__(self, plain: str, folded: str, words: dict[str, frozenset[str]]) -> None:
        self.plain, self.folded, self.words = plain, folded, words

    def clause(self, segment: Segment, position: int) -> tuple[int, int]:
        """The clause of the segment around a position: what a full stop, a semicolon or an inner bullet separates."""
        start, end = segment.start, segment.end
        for boundary in _CLAUSE.finditer(self.plain, segment.start, segment.end):
            if boundary.end() <= position:
                start = boundary.end()
            elif boundary.start() >= position:
                return start, boundary.start()
        return start, end

    def before(self, segment: Segment, position: int, floor: int) -> list[Mention]:
        """The subjects directly before the position and not before the floor; several where a list shares the value."""
        phrase = self._phrase_before(max(floor, position - _REACH), position)
        known = [hit for hit in segment.concepts if hit.kind in MEASURES and floor <= hit.start and hit.end <= position]
        if phrase is None:
            return self._coordinated(known[-1], known) if known and self._near(known[-1], position) else []
        start, end, generic = phrase
        inside = [hit for hit in known if hit.start < end and start < hit.end]
        if not inside:
            inside = [hit for hit in known if hit.end <= start and self._restated(hit.end, start)]
        if inside:
            return self._coordinated(inside[-1], known)
        if generic and known and self._near(known[-1], position):
            return self._coordinated(known[-1], known)
        return [] if generic else [Mention(start, end, None)]

    def after(self, segment: Segment, position: int, ceiling: int) -> list[Mention]:
        """The subject behind the position: "score of 3 or more on the …", "< 20 ng/mL of vitamin D"."""
        known = [hit for hit in segment.concepts if hit.kind in MEASURES and position <= hit.start and hit.end <= ceiling]
        if known and self._only_links(position, known[0].start):
            return [Mention(known[0].start, known[0].end, known[0])]
        phrase = self._phrase_after(position, min(ceiling, position + _REACH))
        return [Mention(*phrase, None)] if phrase else []

    def counted(self, position: int, ceiling: int) -> Mention | None:
        """The things counted by a number that ends at the position: "at least two prior lines of therapy"."""
        tokens = self._tokens(position, min(ceiling, position + 80))
        taken: list[re.Match[str]] = []
        for token in tokens:
            word = token.group()
            if not word[0].isalpha() or word in self.words["not_counted"] or word in self.words["link"]:
                break
            taken.append(token)
            if len(taken) == 5:
                break
        return Mention(taken[0].start(), taken[-1].end(), None) if taken else None

    def events(self, segment: Segment, position: int, floor: int, behind: int, ceiling: int) -> list[Mention]:
        """What a time expression at the position dates: known events before it with their list, else those behind it, else the words before."""
        known = [hit for hit in segment.concepts if hit.kind in EVENTS]
        left = [hit for hit in known if floor <= hit.start and hit.end <= position]
        if left:
            outside = [hit for hit in left if self._same_level(hit.end, position)]
            last = (outside or left)[-1]
            return self._coordinated(last, left)
        phrase = self._phrase_before(max(floor, position - _REACH), position)
        if phrase and not phrase[2]:
            return [Mention(phrase[0], phrase[1], None)]
        right = [hit for hit in known if behind <= hit.start and hit.end <= ceiling]
        if right:
            return self._coordinated_after(right)
        words = self._phrase_after(behind, min(ceiling, behind + _REACH))
        return [Mention(*words, None)] if words else []

    def _coordinated(self, last: Hit, known: Sequence[Hit]) -> list[Mention]:
        """The hit and those before it in one list: "AST (SGOT) and ALT"; a second name of the same thing in brackets counts once."""
        chain = [last]
        for hit in reversed([hit for hit in known if hit.end <= last.start]):
            gap = self.folded[hit.end : chain[0].start]
            if len(gap) > 60 or not _COORDINATED.fullmatch(gap):
                break
            if hit.entry is chain[0].entry:
                chain[0] = hit
                continue
            if gap.strip() in ("", "(", "[") and not gap.strip(" (["):
                chain[0] = hit if hit.kind in MEASURES and chain[0].kind in MEASURES else chain[0]
                continue
            chain.insert(0, hit)
        return [Mention(hit.start, hit.end, hit) for hit in chain]

    def _coordinated_after(self, known: Sequence[Hit]) -> list[Mention]:
        chain = [known[0]]
        for hit in known[1:]:
            gap = self.folded[chain[-1].end : hit.start]
            if len(gap) > 40 or not _COORDINATED.fullmatch(gap):
                break
            chain.append(hit)
        return [Mention(hit.start, hit.end, hit) for hit in chain]

    def _tokens(self, start: int, end: int) -> list[re.Match[str]]:
        return list(_TOKEN.finditer(self.folded, start, end))

    def _phrase_before(self, floor: int, position: int) -> tuple[int, int, bool] | None:
        """The noun phrase that ends before the position: (start, end, whether only generic words)."""
        tokens = self._tokens(floor, position)
        taken: list[re.Match[str]] = []
        index = len(tokens) - 1
        while index >= 0 and len(taken) < 12:
            word = tokens[index].group()
            if word in ")]":
                index = _opening(tokens, index) - 1
                continue
            if not taken and (word in "([,:=-" or word in self.words["link"]):
                index -= 1
                continue
            if not (word[0].isalnum() or word in "'#") or word in self.words["stop"]:
                break
            taken.insert(0, tokens[index])
            index -= 1
        return self._trimmed(taken)

    def _phrase_after(self, position: int, ceiling: int) -> tuple[int, int] | None:
        tokens = self._tokens(position, ceiling)
        taken: list[re.Match[str]] = []
        for token in tokens:
            word = token.group()
            if not taken and (word in "),]-" or word in self.words["link"] or word in self.words["generic"]):
                continue
            if not word[0].isalnum() or word in self.words["stop"] or len(taken) == 8:
                break
            taken.append(token)
        phrase = self._trimmed(taken)
        return None if phrase is None or phrase[2] else phrase[:2]

    def _trimmed(self, taken: list[re.Match[str]]) -> tuple[int, int, bool] | None:
        trim = self.words["trim"]
        while taken and taken[0].group() in trim:
            taken = taken[1:]
        while taken and taken[-1].group() in trim:
            taken = taken[:-1]
        if not taken:
            return None
        generic = all(token.group() in self.words["generic"] or not token.group()[0].isalpha() for token in taken)
        return taken[0].start(), taken[-1].end(), generic

    def _near(self, hit: Hit, position: int) -> bool:
        gap = self.folded[hit.end : position]
        return len(gap) < 80 and not any(sign in gap for sign in ";\n")

    def _restated(self, end: int, start: int) -> bool:
        """True where only an opening bracket or a link stands between: "Body mass index (calculated …"."""
        return self._only_links(end, start)

    def _only_links(self, start: int, end: int) -> bool:
        if end - start > 60:
            return False
        allowed: Iterable[str] = self.words["link"] | self.words["generic"] | self.words["joiner"] | {"(", ")", "[", "]", ",", "or", "more", "less", "-", ":"}
        return all(token.group() in allowed for token in self._tokens(start, end))

    def _same_level(self, start: int, end: int) -> bool:
        """True where no bracket opens or closes for good between the two places."""
        depth = low = 0
        for sign in self.folded[start:end]:
            depth += (sign in "([") - (sign in ")]")
            low = min(low, depth)
        return depth == 0 and low == 0


def _opening(tokens: Sequence[re.Match[str]], closing: int) -> int:
    depth = 0
    for index in range(closing, -1, -1):
        word = tokens[index].group()
        depth += (word in ")]") - (word in "([")
        if depth == 0:
            return index
    return closing
