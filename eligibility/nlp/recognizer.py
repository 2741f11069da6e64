"""The trained recogniser: in, segments with the hits of the rules; out, the mentions that it finds in each of them.

It is a spaCy pipeline in `models/recognizer`, trained on criteria whose mentions people marked. It reads one segment a Doc, whose tags
say which kind of hit covers each token: so it has learned when to follow the rules, when to widen a hit and when to pass it over. How
its mentions join the hits is in `mentions`. Read when it is first needed; where its files are absent there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from spacy.tokens import Doc
from spacy.vocab import create_vocab

from eligibility.nlp import mention_tagger  # noqa: F401  registers the component that is trained
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Found, Segment
from eligibility.nlp.terms import Named
from eligibility.nlp.tokenizer import split_words
from eligibility.resources import data_dir

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

_MOST_WORDS = 400  # of a Doc: a longer segment is read in pieces
_BATCH = 4000  # words that are read at once
_MOST_KNOWN = 50_000  # words that the vocabulary keeps: it would grow with all that is ever read
NO_HIT = "-"  # the tag of a token that no hit covers


class Words(NamedTuple):
    """The words of a segment without white space, where each begins in the text, and the kind of hit that covers it."""

    words: list[str]
    starts: list[int]
    tags: list[str]


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


def doc_of(vocab: Vocab, words: Words, first: int = 0, last: int | None = None) -> Doc:
    """The Doc of the words from first to last."""
    return Doc(vocab, words=words.words[first:last], tags=words.tags[first:last])


class Recognizer:
    """One trained pipeline; `name` is its name and version."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._pipes: list[Any] = [pipe for _, pipe in nlp.pipeline]
        self._vocab = nlp.vocab
        self.name = f"{nlp.meta['name']} {nlp.meta['version']}"

    def find(self, plain: str, segments: Sequence[Segment]) -> list[list[Found]]:
        """The mentions in each segment, in text order and without overlaps."""
        found: list[list[Found]] = [[] for _ in segments]
        if len(self._vocab) > _MOST_KNOWN:
            self._vocab = create_vocab(self._nlp.lang, self._nlp.Defaults)
        for batch in self._batches(plain, segments):
            docs = [doc for _, _, doc in batch]
            for pipe in self._pipes:
                pipe.set_annotations(docs, pipe.predict(docs))
            for place, starts, doc in batch:
                for ent in doc.ents:
                    last = ent.end - 1
                    found[place].append(Found(starts[ent.start], starts[last] + len(doc[last]), ent.label_))
        return found

    def _batches(self, plain: str, segments: Sequence[Segment]) -> Iterator[list[tuple[int, list[int], Doc]]]:
        batch: list[tuple[int, list[int], Doc]] = []
        size = 0
        for place, segment in enumerate(segments):
            words = words_of(plain, segment.start, segment.end, segment.concepts)
            for first in range(0, len(words.words), _MOST_WORDS):
                doc = doc_of(self._vocab, words, first, first + _MOST_WORDS)
                batch.append((place, words.starts[first : first + _MOST_WORDS], doc))
                size += len(doc)
                if size >= _BATCH:
                    yield batch
                    batch, size = [], 0
        if batch:
            yield batch


@cache
def load_recognizer(folder: Path | None = None) -> Recognizer | None:
    """The recogniser of the folder, or the package's; None where its files are absent."""
    from spacy.util import load_model_from_path

    path = folder or data_dir("models") / "recognizer" / "model"
    return Recognizer(load_model_from_path(path)) if (path / "meta.json").is_file() else None
