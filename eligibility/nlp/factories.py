"""The pipes, as spaCy factories: each takes a Doc, adds what it finds to the Doc's Reading and returns the Doc.

They run in this order: criteria, abbreviations, concepts, recognizer, quantities, times, constraints. A pipe that comes without those
before it runs on what is there. `rules` are folders of the user's own rules, laid over the package's.
`doc._.eligibility` is the Doc's Reading.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from eligibility.criteria import Item, split_criteria
from eligibility.nlp.biomarkers import find_biomarkers
from eligibility.nlp.building import build_constraints
from eligibility.nlp.ellipsis import may_be_parted, with_elided, with_ratios
from eligibility.nlp.entities import with_entities
from eligibility.nlp.lexicon import CONCEPT, Hit
from eligibility.nlp.numerals import comparisons_of, implied_ones, in_a_sign, is_quantity
from eligibility.nlp.quantities import QuantityGrammar
from eligibility.nlp.reading import HIT_LAYERS, KEY, Reading, Segment
from eligibility.nlp.recognizer import familiar_words, load_recognizer
from eligibility.nlp.subjects import SubjectFinder
from eligibility.nlp.times import read_time
from eligibility.nlp.tokenizer import CriteriaTokenizer
from eligibility.nlp.vocabulary import Vocabulary, load_vocabulary
from eligibility.numbers import Number, find_numbers
from eligibility.sections import Section, find_sections
from eligibility.spelling import BLANK

_MOST_SHORT_FORMS = 300  # a text with more is no criteria text, and each costs a search
_BEFORE_SHORT_FORM = 160  # characters that hold any long form
_SHORT_FORM = re.compile(r"[(\[]\s*([A-Za-z][\w-]{0,8}[A-Z0-9][\w-]{0,8})\s*[;,)\]]")


if not Doc.has_extension(KEY):
    Doc.set_extension(KEY, getter=Reading.of)


class Pipe:
    """What the pipes share: their name and the vocabulary of their rule folders. They read characters, and no tokens."""

    reads_tokens = False

    def __init__(self, name: str, rules: Sequence[str] = ()) -> None:
        self.name = name
        self.rules = tuple(rules)
        self._folders = tuple(map(Path, rules))

    @property
    def vocabulary(self) -> Vocabulary:
        return load_vocabulary(self._folders)


class CriteriaPipe(Pipe):
    """Finds sections and splits them into criteria: the reading's segments."""

    def __call__(self, doc: Doc) -> Doc:
        reading = Reading.of(doc)
        headings = self.vocabulary.headings
        for blocks, alternate in ((reading.blocks, False), (reading.alternates, True)):
            for start, end in blocks:
                for section in find_sections(reading.text, start, end, headings):
                    if not alternate:
                        reading.sections.append(section)
                    _add_segments(reading, section, split_criteria(reading.text, section, headings), alternate)
        reading.segments.sort(key=lambda segment: segment.start)
        return doc


def _add_segments(reading: Reading, section: Section, items: Sequence[Item], alternate: bool) -> None:
    waiting: list[tuple[Item, Segment | None]] = [(item, None) for item in reversed(items)]
    while waiting:
        item, parent = waiting.pop()
        segment = Segment(item.start, item.end, section, item, parent, alternate)
        reading.segments.append(segment)
        if parent is not None:
            parent.children.append(segment)
        if item.children:
            waiting.extend((child, segment) for child in reversed(item.children))


class AbbreviationsPipe(Pipe):
    """Finds the short forms that the text explains and uses again, and keeps those that can be names."""

    def __call__(self, doc: Doc) -> Doc:
        reading = Reading.of(doc)
        places = [found.span(1) for found in _SHORT_FORM.finditer(reading.plain)]
        shorts = {reading.plain[start:end] for start, end in places}
        if 0 < len(shorts) <= _MOST_SHORT_FORMS:
            again = {short for short in shorts if reading.plain.count(short) > 1}
            used = [place for place in places if reading.plain[slice(*place)] in again][: 2 * _MOST_SHORT_FORMS]
            for short, long in self._explained(doc, used):
                if _is_name(short, long):
                    reading.short.setdefault(short, long)
        return doc

    def _explained(self, doc: Doc, places: Sequence[tuple[int, int]]) -> Iterator[tuple[str, str]]:
        """Short and long forms, by the algorithm of Schwartz and Hearst (2003) as scispaCy has it.

        It reads tokens: the Doc's, or where it has none those of the words before each short form.
        """
        try:
            from scispacy.abbreviation import filter_matches, find_abbreviation
        except ImportError:  # scispaCy has no release for this Python
            return
        for near, (start, end) in ((doc, place) for place in places) if len(doc) else self._near(doc, places):
            span = near.char_span(start, end, alignment_mode="expand")
            for long_candidate, short_candidate in filter_matches([(0, span.start, span.end)], near) if span is not None else ():
                short, long = find_abbreviation(long_candidate, short_candidate)
                if long is not None:
                    yield short.text, long.text

    def _near(self, doc: Doc, places: Sequence[tuple[int, int]]) -> Iterator[tuple[Doc, tuple[int, int]]]:
        """For each place a Doc of the words before it, and where it stands in that."""
        text, tokenize = Reading.of(doc).text, CriteriaTokenizer(doc.vocab)
        for start, end in places:
            low = text.find(" ", start - _BEFORE_SHORT_FORM, start) + 1 if start > _BEFORE_SHORT_FORM else 0
            yield tokenize(text[low : end + 1]), (start - low, end - low)


def _is_name(short: str, long: str) -> bool:
    """A short form has capitals, no blank, and begins like its long form or consists of its initials."""
    capitals = sum(sign.isupper() for sign in short)
    return (
        capitals >= 2
        and " " not in short
        and len(short) < len(long)
        and short[0].lower() == long.lstrip("( ")[:1].lower()
        and "\n" not in long
    )


class ConceptsPipe(Pipe):
    """Finds the terms of the rules, the names of the terminology, and the text's own short forms of both."""

    def __call__(self, doc: Doc) -> Doc:
        reading = Reading.of(doc)
        segments = reading.segments
        if not segments:
            return doc
        wrapped = [(s.start, s.end) for s in segments if reading.folded.find("\n", s.start, s.end) >= 0]
        blank = BLANK.sub(" ", reading.folded)
        layers = self.vocabulary.lexicon.find(reading.plain, blank, wrapped)
        layers[CONCEPT] = self.vocabulary.terms.add(layers[CONCEPT], reading.plain, blank)
        if reading.short:
            layers[CONCEPT] = _with_short_forms(reading, layers[CONCEPT])
        layers[CONCEPT] = self.vocabulary.short_forms.settle(reading, layers[CONCEPT])
        layers[CONCEPT] = with_elided(self.vocabulary.lexicon, reading.plain, reading.folded, layers[CONCEPT])
        if may_be_parted(reading.folded):
            layers[CONCEPT] = with_ratios(self.vocabulary.lexicon, reading.folded, layers[CONCEPT])
        if doc.ents:
            layers[CONCEPT] = with_entities(doc, layers[CONCEPT], self.vocabulary.entity_kinds)
        for name, hits in zip(HIT_LAYERS, layers, strict=True):
            _share_out(segments, name, hits)
        _leave_out_scopes(segments)
        find_biomarkers(self.vocabulary, reading)
        return doc


def _share_out(segments: Sequence[Segment], layer: str, hits: Sequence[Hit]) -> None:
    """Give each hit of a layer to the segment that it lies in; both are in text order."""
    place, last = 0, len(segments) - 1
    for hit in hits:
        while place < last and segments[place + 1].start <= hit.start:
            place += 1
        segment = segments[place]
        if segment.start <= hit.start and hit.end <= segment.end:
            getattr(segment, layer).append(hit)


def _leave_out_scopes(segments: Sequence[Segment]) -> None:
    """What names a cohort demands nothing, the disease of "RA cohort: …"; whom it is about stays."""
    for segment in segments:
        if segment.item.scope is not None:
            start, end = segment.item.scope
            for layer in HIT_LAYERS:
                kept = [
                    hit for hit in getattr(segment, layer) if not (start <= hit.start and hit.end <= end) or getattr(hit.entry, "who", None)
                ]
                setattr(segment, layer, kept)


def _with_short_forms(reading: Reading, hits: list[Hit]) -> list[Hit]:
    found = list(hits)
    taken = {hit.start for hit in hits}
    for short, long in reading.short.items():
        at = reading.plain.find(long)
        meant = next((hit for hit in hits if at <= hit.start < at + len(long) and hit.end <= at + len(long) + 1), None)
        if meant is None or meant.end - meant.start < 0.6 * len(long):
            continue
        for place in re.finditer(rf"(?<!\w){re.escape(short)}(?!\w)", reading.plain):
            if place.start() not in taken:
                found.append(Hit(place.start(), place.end(), meant.entry, meant.kind))
    return sorted(found, key=lambda hit: (hit.start, hit.end)) if len(found) > len(hits) else hits


class RecognizerPipe(Pipe):
    """Finds mentions with the trained recogniser, for the constraints; it reads the words of the segments itself."""

    @property
    def recognizer(self) -> str | None:
        """Name and version of the recogniser; None where its files are absent."""
        found = load_recognizer()
        return found.name if found else None

    def __call__(self, doc: Doc) -> Doc:
        reading = Reading.of(doc)
        found = load_recognizer() if reading.segments else None
        if found is not None:
            familiar = familiar_words(self.vocabulary.rulebook)
            for segment, mentions in zip(reading.segments, found.find(reading.plain, reading.segments, familiar), strict=True):
                segment.mentioned = mentions
        return doc


class QuantitiesPipe(Pipe):
    """Finds numbers with their comparators and units, and reads the ranges they make."""

    def __call__(self, doc: Doc) -> Doc:
        reading = Reading.of(doc)
        segments = reading.segments
        numbers = find_numbers(reading.folded, cues=self.vocabulary.roman_cues)
        vocabulary = self.vocabulary
        grammar = QuantityGrammar(reading.plain, reading.folded, vocabulary.units, vocabulary.words, vocabulary.labels)
        labels = vocabulary.labels.lettered_places(reading.folded)
        place = 0
        for segment in segments:
            while place < len(numbers) and numbers[place].start < segment.start:
                place += 1
            own: list[Number] = []
            while place < len(numbers) and numbers[place].end <= segment.end:
                own.append(numbers[place])
                place += 1
            if segment.implied:
                own = sorted([*own, *implied_ones(vocabulary, reading, segment)])
            lettered = [(hit.end, hit.entry.letter) for hit in segment.concepts if hit.kind == "score" and hit.entry.letter is not None]
            lettered += [(end, "") for end in labels[bisect_right(labels, segment.start) : bisect_right(labels, segment.end)]]
            if lettered:
                own = sorted([*own, *vocabulary.labels.letters(reading.plain, reading.folded, segment.end, lettered)])
            readable = [number for number in own if is_quantity(number, segment, reading, vocabulary)]
            if readable:
                comparisons = comparisons_of(vocabulary, reading, segment)
                written = [number for number in readable if not in_a_sign(number, comparisons)]
                scales = [(hit.start, hit.end) for hit in segment.concepts if hit.kind == "score"]
                segment.quantities = grammar.read(segment.start, segment.end, written, comparisons, scales)
        return doc


class TimesPipe(Pipe):
    """Reads the words beside every quantity of time: window, duration or interval, direction, anchor."""

    def __call__(self, doc: Doc) -> Doc:
        reading = Reading.of(doc)
        vocabulary = self.vocabulary
        finder = SubjectFinder(reading.text, reading.plain, reading.folded, vocabulary.words)
        for segment in reading.segments:
            floor = segment.start
            for quantity in segment.quantities:
                if quantity.kind == "time":
                    low, high = finder.clause(segment, quantity.first)
                    found = read_time(vocabulary, finder, segment, quantity, max(floor, low), high)
                    if found is not None:
                        segment.times[quantity.start] = found
                floor = quantity.end
        return doc


class ConstraintsPipe(Pipe):
    """Builds the constraints of every segment."""

    def __call__(self, doc: Doc) -> Doc:
        build_constraints(self.vocabulary, Reading.of(doc))
        return doc


@Language.factory("eligibility_criteria", default_config={"rules": []})
def criteria(nlp: Language, name: str, rules: list[str]) -> CriteriaPipe:
    return CriteriaPipe(name, rules)


@Language.factory("eligibility_abbreviations", default_config={"rules": []})
def abbreviations(nlp: Language, name: str, rules: list[str]) -> AbbreviationsPipe:
    return AbbreviationsPipe(name, rules)


@Language.factory("eligibility_concepts", default_config={"rules": []})
def concepts(nlp: Language, name: str, rules: list[str]) -> ConceptsPipe:
    return ConceptsPipe(name, rules)


@Language.factory("eligibility_recognizer", default_config={"rules": []})
def recognizer(nlp: Language, name: str, rules: list[str]) -> RecognizerPipe:
    return RecognizerPipe(name, rules)


@Language.factory("eligibility_quantities", default_config={"rules": []})
def quantities(nlp: Language, name: str, rules: list[str]) -> QuantitiesPipe:
    return QuantitiesPipe(name, rules)


@Language.factory("eligibility_times", default_config={"rules": []})
def times(nlp: Language, name: str, rules: list[str]) -> TimesPipe:
    return TimesPipe(name, rules)


@Language.factory("eligibility_constraints", default_config={"rules": []})
def constraints(nlp: Language, name: str, rules: list[str]) -> ConstraintsPipe:
    return ConstraintsPipe(name, rules)
