"""The trained recogniser: in, segments with the hits of the rules; out, the mentions that it finds in each of them.

It is a spaCy pipeline in `models/recognizer`, trained on criteria whose mentions people marked. Each token has a tag that
says which kind of hit covers it: so it has learned when to follow the rules, when to widen a hit and when to pass it over. How
its mentions join the hits is in `mentions`. Read when it is first needed; where its files are absent there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.tokens import Doc
from spacy.vocab import create_vocab

from eligibility.nlp import mention_tagger
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Found, Segment
from eligibility.nlp.terms import Named
from eligibility.nlp.tokenizer import split_words
from eligibility.resources import data_dir
from eligibility.rulebook import Rulebook

if TYPE_CHECKING:
    from spacy.language import Language

_BATCH = 4000  # words that are read at once
APART = ("\n", "\n")  # around each segment: as many words as the model looks to either side
_MOST_KNOWN = 50_000  # words that the vocabulary keeps: it would grow with all that is ever read
_FAMILIAR = ("stop", "link", "generic", "trim", "kind_of_mention", "person", "no_mention", "no_member", "infinitive", "familiar")
NO_HIT = "-"  # the tag of a token that no hit covers


class Words(NamedTuple):
    """The words of a segment without white space, where each begins in the text, and the kind of hit that covers it."""

    words: list[str]
    starts: list[int]
    tags: list[str]

    def are_open(self, familiar: frozenset[str]) -> bool:
        """Whether any word is in no hit and not familiar."""
        return any(
            tag == NO_HIT and len(word) > 2 and word.isalpha() and word.lower() not in familiar
            for word, tag in zip(self.words, self.tags, strict=True)
        )


def words_of(plain: str, start: int, end: int, hits: Sequence[Hit]) -> Words:
    """The words of the plain text at start:end, as the recogniser reads them."""
    words: list[str] = []
    starts: list[int] = []
    position = start
    for word, blank in split_words(plain[start:end]):
        if not word.isspace():
            words.append(word)
            starts.append(position)
        position += len(word) + len(blank)
    return Words(words, starts, _tags(starts, hits))


def _tags(starts: Sequence[int], hits: Sequence[Hit]) -> list[str]:
    tags = [NO_HIT] * len(starts)
    place, last = 0, len(starts)
    for hit in hits:
        while place < last and starts[place] < hit.start:
            place += 1
        name = f"term {hit.kind}" if isinstance(hit.entry, Named) else hit.kind
        first = place
        while place < last and starts[place] < hit.end:
            tags[place] = f"{'B' if place == first else 'I'} {name}"
            place += 1
    return tags


class Recognizer:
    """One trained pipeline; `name` is its name and version."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._tagger: Any = nlp.get_pipe("mentions")
        self._vocab = nlp.vocab
        self.name = f"{nlp.meta['name']} {nlp.meta['version']}"

    def find(self, plain: str, segments: Sequence[Segment], familiar: frozenset[str] = frozenset()) -> list[list[Found]]:
        """The mentions in each segment, in text order and without overlaps.

        A segment is not read where every word is in a hit of the rules or is `familiar`: nothing open is named there.
        """
        found: list[list[Found]] = [[] for _ in segments]
        if len(self._vocab) > _MOST_KNOWN:
            self._vocab = create_vocab(self._nlp.lang, self._nlp.Defaults)
        read = [words_of(plain, segment.start, segment.end, segment.concepts) for segment in segments]
        places = [place for place, words in enumerate(read) if words.are_open(familiar)]
        for batch in _batches(places, read):
            for place, mentions in zip(batch, self._read([read[place] for place in batch]), strict=True):
                found[place] = mentions
        return found

    def _read(self, batch: Sequence[Words]) -> Iterator[list[Found]]:
        """All segments of the batch in one Doc, whose words do not see those of the next segment: `APART` stands between."""
        words, tags = list(APART), [NO_HIT] * len(APART)
        for segment in batch:
            words += [*segment.words, *APART]
            tags += [*segment.tags, *([NO_HIT] * len(APART))]
        scores = self._tagger.predict([Doc(self._vocab, words=words, tags=tags)])[0]
        first = len(APART)
        for segment in batch:
            last = first + len(segment.words)
            own = mention_tagger.mentions(scores[first:last], self._tagger.caution) if first < last else []
            yield [
                Found(segment.starts[begin], segment.starts[end - 1] + len(segment.words[end - 1]), self._tagger.labels[label])
                for begin, end, label in own
            ]
            first = last + len(APART)


def _batches(places: Sequence[int], read: Sequence[Words]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for place in places:
        batch.append(place)
        size += len(read[place].words)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@cache
def familiar_words(rulebook: Rulebook) -> frozenset[str]:
    """Words of the sentence, of cues and of every criterion: alone they name nothing that no rule knows."""
    lists = {row["id"]: row["terms"] for row in rulebook.other["word_list"]}
    cues = {word for cue in rulebook.cues for term in cue.terms for word in term.lower().split()}
    return frozenset(cues.union(*(lists[name] for name in _FAMILIAR)))


@cache
def load_recognizer(folder: Path | None = None) -> Recognizer | None:
    """The recogniser of the folder, or the package's; None where its files are absent."""
    from spacy.util import load_model_from_path

    path = folder or data_dir("models") / "recognizer" / "model"
    return Recognizer(load_model_from_path(path)) if (path / "meta.json").is_file() else None
