"""Diseases and drugs that no rule names: in, a text and the hits of the rules; out, the hits with those of the terminology.

A name is looked for only where a word stands that begins one. Where a name and a term of the rules overlap, the rules have it, unless
the name is longer and holds nothing but conditions or drugs of theirs ("juvenile rheumatoid arthritis"). A concept that the rules know
by its code or by its name comes out as their entry. Which names are looked for is decided when the terminology is compiled.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import compress, count
from typing import Any, NamedTuple

from eligibility.codes import code_owners, entry_codes
from eligibility.concepts import of_term
from eligibility.constraints import Concept
from eligibility.nlp.lexicon import Hit, Lexicon
from eligibility.rulebook import Rulebook
from eligibility.spelling import normalise
from eligibility.terminology import NARROWER, TermConcept, Terminology

RULE = "terminology"
_MOST_WORDS = 12
_WORD = re.compile(r"\S+")
_APART = re.compile(r"[,;:](?=\s)|[()\[\]\"]|\.\s|\n\s*[-*•]|\n\s*\n")  # no name runs across these
_WIDENED = frozenset({"condition", "drug", "drug_class"})


class Named(NamedTuple):
    """A concept of the terminology in the place of a rule's entry."""

    id: str
    label: str
    table: str
    concept: Concept
    members: tuple[str, ...] = ()


class Terms:
    """The terminology beside the rules. `codes` are those of the rules' own entries, by their id."""

    def __init__(self, terminology: Terminology, rulebook: Rulebook, lexicon: Lexicon) -> None:
        self._terminology, self._lexicon = terminology, lexicon
        lists = {row["id"]: frozenset(row["terms"]) for row in rulebook.other["word_list"]}
        self._other_meaning = lists["substance_meant"]
        self.codes = entry_codes(rulebook, terminology)
        self._by_code = code_owners(rulebook, self.codes)
        self._single = terminology.single - lexicon.forms
        self._openers = self._single.union(terminology.longer)
        self._following: dict[str, frozenset[str]] = {}
        self._entries: dict[int | str, Any] = {}

    def find(self, plain: str, blank: str) -> list[Hit]:
        """The longest name at each word that begins one, left to right; none begins inside another. `blank` is without punctuation."""
        words = [*blank.split(), ""]
        openers, single = self._openers, self._single
        opening = list(compress(count(), map(openers.__contains__, words)))
        found: list[Hit] = []
        places: list[tuple[int, int]] = []
        reach = 0
        following, seconds = self._following, self._seconds
        for index in [i for i in opening if (w := words[i]) in single or words[i + 1] in (following.get(w) or seconds(w))]:
            if index < reach:
                continue
            names = self._terminology.beginning(" ".join([*words[index : index + _MOST_WORDS], ""]))
            while names:
                form, number = names.pop()
                last = index + form.count(" ")
                if form in self._lexicon.forms:
                    reach = last + 1
                    break
                places = places or [place.span() for place in _WORD.finditer(blank)]
                start, end = places[index][0], places[last][1]
                if _APART.search(plain, start, end):
                    continue
                entry = self._entry(form, number)
                reach = last + 1
                if entry.table == "condition" or not self._is_other(words, index, last):
                    found.append(Hit(start, end, entry, entry.table))
                break
        return found

    def _seconds(self, word: str) -> frozenset[str]:
        """The words that follow the word in names of several words."""
        found = self._following.get(word)
        if found is None:
            found = self._following[word] = frozenset(self._terminology.longer.get(word, "").split())
        return found

    def _is_other(self, words: Sequence[str], first: int, last: int) -> bool:
        """True where the words around a substance's name make it a receptor, an antibody, an intolerance."""
        return (first > 0 and words[first - 1] == "anti") or words[last + 1] in self._other_meaning

    def add(self, hits: list[Hit], plain: str, blank: str) -> list[Hit]:
        """The hits of the rules with those of the terminology, in text order, none of them overlapping."""
        found = self.find(plain, blank)
        if not found:
            return hits
        starts = [hit.start for hit in hits]
        replaced: set[int] = set()
        added: list[Hit] = []
        for hit in found:
            first = bisect_left(starts, hit.start)
            if first and hits[first - 1].end > hit.start:
                continue
            last = bisect_left(starts, hit.end, first)
            inside = hits[first:last]
            if not inside:
                added.append(hit)
            elif inside[-1].end <= hit.end and _is_narrower(hit, inside):
                added.append(hit)
                replaced.update(range(first, last))
        kept = [hit for place, hit in enumerate(hits) if place not in replaced] if replaced else hits
        return sorted([*kept, *added], key=lambda hit: hit.start) if added else hits

    def is_a(self, concept: Concept, ids: Iterable[str]) -> bool:
        """True where the terminology has the concept as one of the rules' entries of those ids, or as a kind of one."""
        wider = [code for id in ids for code in self.codes.get(id, ())]
        return any(self._terminology.is_a(code, other) for code in concept.codes for other in wider)

    def _entry(self, form: str, number: int) -> Any:
        key = form if number & NARROWER else number
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = self._make(self._terminology.named(form, number))
        return entry

    def _make(self, concept: TermConcept) -> Any:
        if not concept.narrower:
            for code in concept.codes:
                if code in self._by_code:
                    return self._by_code[code]
            known = self._lexicon.exact(normalise(concept.label), concept.kind)
            if known is not None:
                return known
        made = of_term(concept)
        return Named(made.id, made.label, concept.kind, made)


def _is_narrower(hit: Hit, inside: Sequence[Hit]) -> bool:
    """True where the name holds only conditions (or only drugs) of the rules and more words than they."""
    if any(other.kind not in _WIDENED or (other.kind == "condition") != (hit.kind == "condition") for other in inside):
        return False
    return len(inside) > 1 or inside[0].end - inside[0].start < hit.end - hit.start
