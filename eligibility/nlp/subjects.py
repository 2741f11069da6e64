"""Subjects: in, a place in a segment; out, what is measured or dated there, from the rules where they know it, else from the words.

A subject is looked for directly before the value, across a bracket, in a list that shares the value, then behind it. Nothing here
looks into another segment, and nothing decides what kind of constraint the subject makes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Segment

MEASURES = frozenset({"analyte", "score", "panel", "entity"})
EVENTS = frozenset({"condition", "drug", "drug_class", "procedure", "state", "biomarker"})
_TOKEN = re.compile(r"[^\W_][\w'./+%&^-]*[\w+%]|[^\W_]|[^\w\s]")
_BOUNDARY = (  # every alternative looks back at the first sign, so that the search skips to one in C
    r"[;•.\s](?:(?<=;)(?<!&[lg][te];)(?<!&amp;)|(?<=•)"
    r"|(?<=\.)(?<!\bconc\.)(?<!\bapprox\.)(?<!\bm(?:in|ax)\.)(?<!\bincl\.)(?=\s+[A-Z(\[]|\s*$)"
    r"|(?<=\n)\s*\n|(?<=\n)\s*(?=[-*•]\s)|(?<=\S ) {4,}(?=\S)|(?<=\s)(?=\d{1,2}\.\s[A-Z])"
)
_COORDINATED = re.compile(
    r"(?:\s*\(\w[\w-]{0,11}\))?[\s)\]]*(?:[\s,/&+]|\band/or\b|\band\b|\bor\b|\bas well as\b|\balso known as\b|\bwith\b)*"
    r"(?:either|the|serum|total|prior|previous|other|any|both|use of|major|known|active|of|receipt of|history of|"
    r"systemic|concomitant|current|another|\w+ed|planned|topical|oral|a|an)?\s*[(\[]?\s*"
)
_PARALLEL = re.compile(r"\s*,?\s*(?:and|or|and/or)\s+([a-z][\w-]{1,18})\s+")
_BRACKET = re.compile(r"[()\[\]]")
_REACH = 220
_EVENT_REACH = 600
_NEXT = 40
_ARTICLES = frozenset({"a", "an", "the", "of", "on", "in", "for"})
_CONJUNCTION = re.compile(r"\b(?:and|or)\b")
ADDS = frozenset({"and", "or", "and/or"})


class Mention(NamedTuple):
    """A subject: its words at start:end, the rule's hit where a rule knows it, and where brackets name it once more.

    `above`: it stands in the heading above the segment, and belongs to all that stands under it.
    """

    start: int
    end: int
    hit: Hit | None
    also: tuple[tuple[int, int], ...] = ()
    above: bool = False


class Phrase(NamedTuple):
    """A noun phrase; `generic` where its words name no subject alone; `also` is a short form in brackets behind it."""

    start: int
    end: int
    generic: bool
    also: tuple[tuple[int, int], ...]


@cache
def _boundary(starts: frozenset[str]) -> re.Pattern[str]:
    """What ends a clause: a stop, or a word that begins a sentence where the stop before it was left out."""
    words = "|".join(sorted((re.escape(word.capitalize()) for word in starts), key=lambda word: (-len(word), word)))
    return re.compile(rf"{_BOUNDARY}|(?<=[a-z0-9)%]\s)\s*(?=(?:{words})\s+[a-z0-9<>≥≤=]))")


class SubjectFinder:
    """Finds subjects in one text."""

    def __init__(self, text: str, plain: str, folded: str, words: dict[str, frozenset[str]]) -> None:
        self.text, self.plain, self.folded, self.words = text, plain, folded, words

    def only(self, start: int, end: int, allowed: Container[str]) -> bool:
        """True where the words at start:end are all among the allowed ones; numbers and signs are passed over."""
        return all(token.group() in allowed or not token.group()[0].isalpha() for token in self.tokens(start, end))

    def clause(self, segment: Segment, position: int) -> tuple[int, int]:
        """The clause of the segment around a position: what a full stop, a semicolon or an inner bullet separates."""
        if not segment.clauses:
            segment.clauses = self._clauses(segment)
        return segment.clauses[bisect_right(segment.clauses, (position, segment.end + 1)) - 1]

    def _clauses(self, segment: Segment) -> list[tuple[int, int]]:
        found, start = [], segment.start
        for boundary in _boundary(self.words["sentence_start"]).finditer(self.plain, segment.start, segment.end):
            found.append((start, boundary.start()))
            start = boundary.end()
        return [*found, (start, segment.end)]

    def before(self, segment: Segment, position: int, floor: int) -> list[Mention]:
        """The subjects directly before the position and not before the floor; several where a list shares the value."""
        phrase = self._phrase_before(max(floor, position - _REACH), position)
        known = [hit for hit in segment.between(max(floor, position - _REACH), position) if hit.kind in MEASURES]
        if phrase is None:
            return self.listed(known[-1], known) if known and self._near(known[-1], position) else []
        start, end, generic, also = phrase
        inside = [hit for hit in known if hit.start < end and start < hit.end]
        if inside:
            return self.listed(inside[-1], known, also)
        inside = [hit for hit in known if hit.end <= start and self._restated(hit.end, start)]
        if inside or (generic and known and self._near(known[-1], position)):
            return self.listed((inside or known)[-1], known)
        return [] if generic else [Mention(start, end, None, also)]

    def beyond(self, position: int, floor: int) -> list[Mention]:
        """The subject that words like "total score of" stand for: the phrase before them, across a bracket or a "with"."""
        for _ in range(3):
            phrase = self._phrase_before(max(floor, position - _REACH), position)
            if phrase is None or self._holds_person(phrase):
                return []
            if not phrase.generic:
                return [Mention(phrase.start, phrase.end, None, phrase.also)]
            if "," in self.folded[phrase.end : position]:
                return []
            position = phrase.start
        return []

    def _holds_person(self, phrase: Phrase) -> bool:
        return any(token.group() in self.words["person"] for token in self.tokens(phrase.start, phrase.end))

    def after(self, segment: Segment, first: int, position: int, ceiling: int) -> list[Mention]:
        """The subject behind a value from `first` to the position: "score of 3 on the …", "37 weeks of gestation"."""
        reach = min(ceiling, position + _REACH)
        known = [
            hit
            for hit in segment.between(first, reach)
            if hit.kind in MEASURES and (hit.end > position or hit.end == position > hit.start > first)
        ]
        if known and (known[0].start <= position or self._leads_behind(position, known[0].start)):
            return [Mention(known[0].start, known[0].end, known[0])]
        phrase = self._phrase_after(position, min(ceiling, position + _REACH))
        return [Mention(*phrase, None)] if phrase else []

    def words_before(self, position: int, floor: int) -> list[Mention]:
        """The noun phrase before the position, whatever the rules know of it."""
        phrase = self._phrase_before(max(floor, position - _REACH), position)
        return [] if phrase is None or phrase.generic else [Mention(phrase.start, phrase.end, None, phrase.also)]

    def named_beside(self, position: int, ceiling: int) -> bool:
        """True where a noun phrase begins right behind the position: "≥ 4 mm intrabony component"."""
        phrase = self._phrase_after(position, min(ceiling, position + _NEXT))
        return phrase is not None and not self.folded[position : phrase[0]].strip()

    def named_before(self, floor: int, position: int) -> Mention | None:
        """The words directly before the position as a name, where they are one: the drug of a dose that no rule knows."""
        phrase = self._phrase_before(floor, position)
        if phrase is None or phrase.generic or self.only(phrase.start, phrase.end, self.words["dose_context"]):
            return None
        return Mention(phrase.start, phrase.end, None, phrase.also)

    def inside(self, segment: Segment, first: int, end: int, ceiling: int) -> list[Mention]:
        """The subject between the two limits of "145 ≤ SBP < 160", or behind the one of "145 ≤ SBP"."""
        known = [hit for hit in segment.between(first, min(ceiling, end + 60)) if hit.kind in MEASURES]
        if known:
            return [Mention(known[0].start, known[0].end, known[0])]
        words = self._phrase_after(self.folded.find(" ", first), min(ceiling, end + 60)) if " " in self.folded[first:end] else None
        return [Mention(*words, None)] if words else []

    def events(self, segment: Segment, position: int, floor: int, behind: int, ceiling: int, behind_first: bool = False) -> list[Mention]:
        """What a time expression at the position dates: events before it with their list, else those behind it, else the words before.

        `behind_first` turns that round: "at least 4 weeks since prior chemotherapy".
        """
        right = [hit for hit in segment.between(behind, min(ceiling, behind + _REACH)) if hit.kind in EVENTS]
        if behind_first and right and right[0].start - behind <= _NEXT:
            return self.coordinated(right)
        left = [hit for hit in segment.between(max(floor, position - _EVENT_REACH), position) if self._can_be_dated(segment, hit)]
        if behind_first and not (left and left[-1].end + _NEXT > position):
            skipped = self.words["reference"] | self.words["link"] | self.words["list_lead"]
            led = [token.start() for token in self.tokens(behind, min(ceiling, behind + _NEXT)) if token.group() not in skipped]
            words = self._phrase_after(led[0], min(ceiling, behind + _REACH)) if led else None
            if words and words[0] == led[0]:
                return [Mention(*words, None)]
        if left:
            outside = [hit for hit in left if self.same_level(hit.end, position)]
            if not outside and (bracketed := self._before_exceptions(segment, left, floor, position)):
                return bracketed
            last = (outside or left)[-1]
            return self.listed(last, left)
        if words_before := self.words_before(position, floor):
            return words_before
        if right:
            return self.coordinated(right)
        words = self._phrase_after(behind, min(ceiling, behind + _REACH))
        return [Mention(*words, None)] if words else []

    def _can_be_dated(self, segment: Segment, hit: Hit) -> bool:
        """Not whom the sentence is about ("women of childbearing potential"), nor a label: "Radiotherapy: at least 10 weeks since …"."""
        if hit.kind not in EVENTS or hit.entry.id in self.words["undated"]:
            return False
        return not (self.folded.startswith(":", hit.end) and not self.folded[segment.start : hit.start].strip())

    def _before_exceptions(self, segment: Segment, left: Sequence[Hit], floor: int, position: int) -> list[Mention]:
        """The words before a bracket whose events are all exceptions: "dopaminergic drugs (other than levodopa) within 2 weeks"."""
        phrase = self._phrase_before(max(floor, position - _REACH), position)
        if phrase is None or phrase.generic or phrase.end > left[-1].start:
            return []
        excepted = any(cue.entry.kind == "exception" and phrase.end <= cue.start <= left[0].start for cue in segment.cues)
        return [Mention(phrase.start, phrase.end, None, phrase.also)] if excepted else []

    def listed(self, last: Hit, known: Sequence[Hit], also: tuple[tuple[int, int], ...] = ()) -> list[Mention]:
        """The hit and those before it in one list: "AST (SGOT) and ALT"; a second name of the same thing in brackets counts once."""
        chain = [Mention(last.start, last.end, last, also)]
        added = ""
        for hit in reversed([hit for hit in known if hit.end <= last.start]):
            first = chain[0]
            gap = self.folded[hit.end : first.start]
            if len(gap) > 60 or not (_COORDINATED.fullmatch(gap) or self._is_parallel(hit, gap)):
                break
            if added == "," and _CONJUNCTION.search(gap):  # "HBsAg and HBeAg, viral load above …": another list ends at the comma
                chain = chain[-1:]
                break
            added = gap.strip()
            if first.hit is not None and _restates(hit, first.hit, gap):
                chain[0] = Mention(hit.start, hit.end, hit, ((first.start, first.end), *first.also))
            else:
                chain.insert(0, Mention(hit.start, hit.end, hit))
        return [mention for mention in chain if not _is_spelled_out(mention, chain)]

    def _is_parallel(self, hit: Hit, gap: str) -> bool:
        """True for "PPO FEV1 and PPO DLCO": the word that qualifies the second qualifies the first too."""
        joined = _PARALLEL.fullmatch(gap)
        before = self.folded[max(0, hit.start - 24) : hit.start]
        return joined is not None and bool(re.search(rf"\b{re.escape(joined.group(1))}\W{{1,3}}$", before))

    def coordinated(self, known: Sequence[Hit]) -> list[Mention]:
        """The first of the hits with those that one list joins to it."""
        chain = [known[0]]
        for hit in known[1:]:
            gap = self.folded[chain[-1].end : hit.start]
            if len(gap) > 40 or not _COORDINATED.fullmatch(gap):
                break
            chain.append(hit)
        return [Mention(hit.start, hit.end, hit) for hit in chain]

    def tokens(self, start: int, end: int) -> list[re.Match[str]]:
        return list(_TOKEN.finditer(self.folded, start, end))

    def _phrase_before(self, floor: int, position: int) -> Phrase | None:
        """The noun phrase that ends before the position."""
        tokens = self.tokens(floor, position)
        taken: list[re.Match[str]] = []
        also: tuple[tuple[int, int], ...] = ()
        index = len(tokens) - 1
        while index >= 0 and len(taken) < 12:
            word = tokens[index].group()
            if word in ")]":
                opening = _opening(tokens, index)
                inner = tokens[opening + 1 : index]
                bare = all(word.group() in self.words["generic"] for word in taken)
                if bare and inner and (len(inner) <= 2 or (opening > 0 and _spells_out(inner, tokens[opening - 1].group()))):
                    also = ((inner[0].start(), inner[-1].end()),)
                index = opening - 1
                continue
            if not taken and (word in "([,.:=-" or word in self.words["link"]):
                index -= 1
                continue
            if not (word[0].isalnum() or word in "'#") or word in self.words["stop"]:
                break
            taken.insert(0, tokens[index])
            index -= 1
        return self._trimmed(taken, also)

    def _phrase_after(self, position: int, ceiling: int) -> tuple[int, int] | None:
        tokens = self.tokens(position, ceiling)
        passed = self.words["link"] | self.words["generic"]
        taken: list[re.Match[str]] = []
        for token in tokens:
            word = token.group()
            if not taken and (word in ")]-" or (word in passed and word not in ADDS)):
                continue
            if not word[0].isalnum() or word in self.words["stop"] or len(taken) == 8:
                break
            taken.append(token)
        phrase = self._trimmed(taken)
        return None if phrase is None or phrase.generic else (phrase.start, phrase.end)

    def _trimmed(self, taken: list[re.Match[str]], also: tuple[tuple[int, int], ...] = ()) -> Phrase | None:
        trim = self.words["trim"]
        while taken and taken[0].group() in trim:
            taken = taken[1:]
        while taken and taken[-1].group() in trim:
            taken = taken[:-1]
        if not taken:
            return None
        empty = self.words["generic"] | self.words["person"]
        generic = all(token.group() in empty or not token.group()[0].isalpha() for token in taken)
        return Phrase(taken[0].start(), taken[-1].end(), generic, also)

    def _near(self, hit: Hit, position: int) -> bool:
        gap = self.folded[hit.end : position]
        return len(gap) < 80 and not any(sign in gap for sign in ";\n")

    def _restated(self, end: int, start: int) -> bool:
        """True where only an opening bracket or a link stands between: "Body mass index (calculated …"."""
        return "," not in self.folded[end:start] and self._only_links(end, start)

    def _only_links(self, start: int, end: int) -> bool:
        if end - start > 60:
            return False
        allowed: Iterable[str] = (
            self.words["link"] | self.words["generic"] | self.words["joiner"] | {"(", ")", "[", "]", ",", "or", "more", "less", "-", ":"}
        )
        return all(token.group() in allowed for token in self.tokens(start, end))

    def adjoins(self, mention: Mention, position: int) -> bool:
        """True where only words that name nothing stand between the mention and the position behind it."""
        end = max([mention.end, *(span[1] for span in mention.also)])
        return self._only_links(end, position) and "," not in self.folded[end:position]

    def touches(self, mention: Mention, position: int) -> bool:
        """True where no word of another phrase stands between the mention and the position behind it."""
        end = max([mention.end, *(span[1] for span in mention.also)])
        parting = self.words["generic"] | {"and", "or", "and/or", "there", "that", "which", "must", "can", ","}
        return not any(token.group() in parting for token in self.tokens(end, position))

    def is_scale(self, mention: Mention) -> bool:
        """True where the words of the mention are those of a scale, score or test."""
        return any(token.group() in self.words["scale"] for token in self.tokens(mention.start, mention.end))

    def is_dimension(self, mention: Mention) -> bool:
        """True where the words of the mention say only which dimension of a thing is meant: "deep", "in diameter"."""
        return self.tokens(mention.start, mention.end)[0].group() in self.words["dimension"]

    def _leads_behind(self, start: int, end: int) -> bool:
        allowed, words = self.words["behind"], [token.group() for token in self.tokens(start, end)] if end - start <= 40 else ["…"]
        closed = [words[place + 1 :] for place, word in enumerate(words) if word in ")]"]
        added = any(word == "or" and following not in allowed - _ARTICLES for word, following in pairwise([*words, ""]))
        return not added and all(word in allowed for word in words) and all(rest and rest[0] in self.words["joiner"] for rest in closed)

    def unmatched(self, start: int, end: int) -> tuple[int, int]:
        """How many brackets close between the two places that opened before them, and how many open that close behind them."""
        closed = opened = 0
        for bracket in _BRACKET.finditer(self.folded, start, end):
            if bracket.group() in "([":
                opened += 1
            elif opened:
                opened -= 1
            else:
                closed += 1
        return closed, opened

    def same_level(self, start: int, end: int) -> bool:
        """True where no bracket opens or closes for good between the two places."""
        return self.unmatched(start, end) == (0, 0)


def _spells_out(words: Sequence[re.Match[str]], short: str) -> bool:
    """True where the words are what the short form is short for, by its first letters: "INR (international normalized ratio)"."""
    return 2 <= len(words) <= 8 and short[0] == words[0].group()[0] and "".join(word.group()[0] for word in words).startswith(short[:3])


def _restates(hit: Hit, following: Hit, gap: str) -> bool:
    """True where the following hit names the same thing again: its entry is the same, or it stands alone in brackets."""
    if hit.entry is following.entry:
        return True
    return hit.kind in MEASURES and hit.kind != "panel" and gap.strip() in ("(", "[")


def _is_spelled_out(mention: Mention, chain: Sequence[Mention]) -> bool:
    """True for a panel whose members stand beside it: "transaminases (ALT or AST)"."""
    members = getattr(mention.hit.entry, "members", ()) if mention.hit and mention.hit.kind == "panel" else ()
    return any(other.hit is not None and other.hit.entry.id in members for other in chain)


def _opening(tokens: Sequence[re.Match[str]], closing: int) -> int:
    depth = 0
    for index in range(closing, -1, -1):
        word = tokens[index].group()
        depth += (word in ")]") - (word in "([")
        if depth == 0:
            return index
    return closing
