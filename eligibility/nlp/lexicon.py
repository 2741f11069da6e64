"""Terms of the rules in a text: in, plain text; out, hits in layers, at any size of the rulebook in one pass.

All surface forms stand in one Aho-Corasick automaton over a text whose punctuation is blank, so that a hit has word boundaries on
both sides and hyphens and spaces are the same. Overlaps within a layer are settled by one rule: longest, then earliest, then rule id.
What a hit means is not decided here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import ahocorasick

from eligibility.rulebook import Rulebook
from eligibility.spelling import BLANK, Spelling, normalise, plural

CONCEPT, BEFORE, AFTER, CUE, ANCHOR, DETAIL, IMPLIED, BIOMARKER = range(8)
LAYERS = 8
_OTHER_LAYERS = {"cue": CUE, "anchor": ANCHOR, "biomarker": BIOMARKER}
_SYMBOL = re.compile(r"[<>=≥≤&\\+~±]")
_HANGS = re.compile(r"[A-Za-z]-")  # the DAS of "WHO-DAS" is another scale
_LONE_SIGN = re.compile(r" [^\w\s] |[)\].] ")
_WRAP = re.compile(r" {2,}")


class Hit(NamedTuple):
    """A term found: offsets into the text, and its entry (None where the term says that nothing is meant)."""

    start: int
    end: int
    entry: Any
    kind: str
    never: bool = False


_PLACE = itemgetter(0, 1)
_hit = tuple.__new__  # as Hit(...), at half its cost


class Implied(NamedTuple):
    """Words after which a number is left out, because it is one; `first` is the length of those that stand before its place."""

    id: str
    first: int
    plural: bool = False


class Detail(NamedTuple):
    """What a word says of a dose or value: the field of the constraint that it fills, and with what."""

    id: str
    field: str
    value: str
    plural: bool = False


class _Term(NamedTuple):
    length: int
    layer: int
    entry: Any
    kind: str
    cased: str | None
    never: bool
    parted: bool


class Lexicon:
    """A compiled rulebook. `forms` are all its terms, normalised, also those in which the rules say that nothing is meant."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        spelling = Spelling(rulebook.other.get("spelling", ()))
        respelt: dict[str, list[_Term]] = {}
        terms: dict[str, list[_Term]] = {}
        for surface, layer, entry, kind, cased, never in _surfaces(rulebook):
            folded = normalise(surface)
            if not folded:
                continue
            forms = {folded} | (
                {p for p in (plural(folded),) if p and entry.plural and not cased} if layer in (CONCEPT, BIOMARKER) else set()
            )
            if _LONE_SIGN.search(surface):  # "hoehn & yahr", "(who) grade": each sign of the text is a blank of its own
                forms.add(BLANK.sub(" ", surface.lower()).strip())
            for form in forms:
                parted = "," in surface or " " not in form
                term = _Term(len(form), layer, entry, kind, surface if cased else None, never, parted)
                terms.setdefault(form, []).append(term)
                for other in (spelling.british(form), spelling.american(form)) if layer == CONCEPT and not cased else ():
                    if other != form:
                        respelt.setdefault(other, []).append(term._replace(length=len(other)))
        terms = respelt | terms  # a spelling that a rule has itself is that rule's
        self.forms = frozenset(terms)
        self._automaton = ahocorasick.Automaton()
        for form, found in terms.items():
            self._automaton.add_word(f" {form} ", tuple(found))
            before = tuple(term for term in found if term.layer == BEFORE)
            for digit in "0123456789" if before else "":  # "less than10 days"
                self._automaton.add_word(f" {form}{digit}", before)
        self._automaton.make_automaton()

    def find(self, plain: str, blank: str, wrapped: Sequence[tuple[int, int]] = ()) -> list[list[Hit]]:
        """Hits by layer, in text order; `blank` is the folded text without punctuation, `wrapped` its parts that run over several lines."""
        raw: list[list[Hit]] = [[] for _ in range(LAYERS)]
        blank = f" {blank} "
        add, comma = [hits.append for hits in raw], plain.find
        for end, found in self._automaton.iter(blank):
            stop = end - 1
            for length, layer, entry, kind, cased, never, parted in found:
                start = stop - length
                if not parted and comma(",", start, stop) >= 0:  # "cancer, chemotherapy" is two
                    continue
                if cased is None or (plain.startswith(cased, start) and not (kind == "score" and _HANGS.match(plain, start - 2))):
                    add[layer](_hit(Hit, (start, stop, entry, kind, never)))
        for start, end in wrapped:
            self._find_wrapped(plain, blank[start + 1 : end + 1], start, raw)
        return [_settle(hits) for hits in raw]

    def exact(self, form: str, kind: str) -> Any:
        """The entry of that kind which has exactly this (normalised) form; None where there is none."""
        terms = self._automaton.get(f" {form} ", ())
        return next((term.entry for term in terms if term.kind == kind and not term.never and term.cased is None), None)

    def _find_wrapped(self, plain: str, blank: str, offset: int, raw: list[list[Hit]]) -> None:
        cuts: list[int] = [0]
        shifts: list[int] = [offset - 1]
        parts, last, removed = [" "], 0, 0
        for gap in _WRAP.finditer(blank):
            parts.append(blank[last : gap.start() + 1])
            last = gap.end()
            removed += gap.end() - gap.start() - 1
            cuts.append(last - removed + 1)
            shifts.append(offset - 1 + removed)
        parts.append(blank[last:] + " ")
        for end, found in self._automaton.iter("".join(parts)):
            for term in found:
                first = end - term.length
                start = first + shifts[bisect_right(cuts, first) - 1]
                stop = end - 1 + shifts[bisect_right(cuts, end - 1) - 1] + 1
                if stop - start > term.length and term.cased is None and (term.parted or "," not in plain[start:stop]):
                    stop += plain.count("(", start, stop) > plain.count(")", start, stop) and plain.startswith(")", stop)
                    raw[term.layer].append(Hit(start, stop, term.entry, term.kind, term.never))


def _surfaces(rulebook: Rulebook) -> Iterator[tuple[str, int, Any, str, bool, bool]]:
    for comparator in rulebook.comparators:
        for layer, terms in ((BEFORE, comparator.before), (AFTER, comparator.after)):
            yield from ((term, layer, comparator, "comparator", False, False) for term in terms if not _SYMBOL.search(term))
    for term in rulebook.terms():
        entry = rulebook.entry(term.id)
        if entry.table != "comparator":
            layer = _OTHER_LAYERS.get(entry.table, CONCEPT)
            yield term.surface, layer, entry, entry.table, term.cased, term.never
    for anchor in rulebook.anchors:
        yield from ((term, ANCHOR, anchor, "anchor", False, False) for term in anchor.after_only)
    for row in rulebook.other.get("detail", ()):
        detail = Detail(f"{row['field']}_{row['value']}", row["field"], row["value"])
        yield from ((term, DETAIL, detail, "detail", False, False) for term in row["terms"])
        yield from ((term, DETAIL, detail, "detail", True, False) for term in row.get("cased", ()))
    for biomarker in rulebook.biomarkers:
        yield from ((term, BIOMARKER, biomarker, "variant", True, False) for term in biomarker.variants)
    for row in rulebook.other.get("marker_word", ()):
        detail = Detail(f"{row['field']}_{row['value']}", row["field"], row["value"])
        yield from ((term, BIOMARKER, detail, "marker_word", False, False) for term in row.get("terms", ()))
        yield from ((term, BIOMARKER, detail, "marker_word", True, False) for term in row.get("cased", ()))
    for row in rulebook.other.get("implied_one", ()):
        for first in row.get("first", ("",)):
            implied = Implied(f"implied {first}", len(first) + 1 if first else 0)
            yield from ((f"{first} {second}".strip(), IMPLIED, implied, "implied", False, False) for second in row["second"])


def symbols(rulebook: Rulebook) -> list[tuple[str, str]]:
    """The comparators that are written with signs, as (surface, op), longest first."""
    found = [(term, c.op) for c in rulebook.comparators for term in (*c.before, *c.after) if _SYMBOL.search(term)]
    return sorted(found, key=lambda pair: -len(pair[0]))


def _settle(hits: list[Hit]) -> list[Hit]:
    """Hits without overlaps: longest, then earliest, then rule id; what a `never` phrase covers is gone."""
    if len(hits) < 2:
        return [hit for hit in hits if not hit.never]
    hits.sort(key=_PLACE)
    settled: list[Hit] = []
    cluster: list[Hit] = []
    reach = -1
    for hit in hits:
        start, end, *_ = hit
        if start >= reach and cluster:
            settled += cluster if len(cluster) == 1 and not cluster[0].never else _longest(cluster)
            cluster = []
        cluster.append(hit)
        if end > reach:
            reach = end
    settled += _longest(cluster)
    return settled


def _rank(hit: Hit) -> tuple[int, int, bool, str]:
    return hit.start - hit.end, hit.start, hit.never, hit.entry.id


def _longest(cluster: list[Hit]) -> Iterable[Hit]:
    if len(cluster) == 1:
        return [hit for hit in cluster if not hit.never]
    if len(cluster) == 2:  # nearly always: one of them holds the other
        hit = min(cluster, key=_rank)
        return [] if hit.never else [hit]
    kept: list[Hit] = []
    for hit in sorted(cluster, key=_rank):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted((hit for hit in kept if not hit.never), key=lambda hit: hit.start)
