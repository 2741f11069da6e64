"""The trained part of the recogniser, as a spaCy component: in, a Doc of one criterion; out, its mentions as `doc.ents`.

Each token gets a score for being outside, or the beginning, inside, end or whole of a mention of each label; the best sequence of these
that makes sense is taken. It is trained as any component of spaCy, and reads whatever its `tok2vec` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.pipeline.trainable_pipe import TrainablePipe  # type: ignore[import-not-found]  # compiled, without stubs
from spacy.scorer import get_ner_prf
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry
from spacy.vocab import Vocab
from thinc.api import Model
from thinc.types import Floats2d

Scores = npt.NDArray[np.float32]

DEFAULT_MODEL = {
    "@architectures": "spacy.Tagger.v2",
    "nO": None,
    "normalize": False,
    "tok2vec": {
        "@architectures": "spacy.HashEmbedCNN.v2", "pretrained_vectors": None, "width": 64, "depth": 2, "embed_size": 2000,
        "window_size": 1, "maxout_pieces": 3, "subword_features": True,
    },
}  # fmt: skip


class MentionTagger(TrainablePipe):  # type: ignore[misc]
    """`labels` are those of mentions, in the order of the model's outputs: O, then B, I, L and U of each label.

    `caution` is added to the score of O: the higher, the fewer mentions, and the surer.
    """

    def __init__(
        self, vocab: Vocab, model: Model[list[Doc], list[Floats2d]], name: str = "mention_tagger", *, caution: float = 0.0
    ) -> None:
        self.vocab, self.model, self.name, self.caution = vocab, model, name, caution
        self.cfg: dict[str, Any] = {"labels": []}
        self.scorer = score_mentions
        self._rehearsal_model = None

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.cfg["labels"])

    def add_label(self, label: str) -> int:
        if label in self.labels:
            return 0
        self.cfg["labels"] = [*self.labels, label]
        return 1

    def initialize(self, get_examples: Callable[[], Iterable[Example]], *, nlp: Language | None = None) -> None:
        for label in sorted({ent.label_ for example in get_examples() for ent in example.reference.ents}):
            self.add_label(label)
        sample = list(islice(get_examples(), 10))
        truth: Any = [self._truth(example) for example in sample]
        self.model.initialize(X=[example.x for example in sample], Y=truth)

    def predict(self, docs: Iterable[Doc]) -> list[Scores]:
        docs = list(docs)
        scores: Any = self.model.predict(docs) if any(map(len, docs)) else [np.zeros((0, 0), dtype="f") for _ in docs]
        return list(scores)

    def set_annotations(self, docs: Iterable[Doc], scores: Sequence[Scores]) -> None:
        for doc, own in zip(docs, scores, strict=True):
            if len(doc):
                found = mentions(own, self.caution)
                doc.set_ents([Span(doc, first, last, label=self.labels[label]) for first, last, label in found])

    def get_loss(self, examples: Iterable[Example], scores: Sequence[Scores]) -> tuple[float, list[Scores]]:
        gradients = [own - self._truth(example) for example, own in zip(examples, scores, strict=True)]
        return float(sum((gradient**2).sum() for gradient in gradients)), gradients

    def _truth(self, example: Example) -> Scores:
        """One row a token, one where its place in a mention is; nothing where the example doesn't say."""
        truth = np.zeros((len(example.predicted), 1 + 4 * len(self.labels)), dtype="f")
        for row, place in enumerate(example.get_aligned_ner()):
            kind, _, label = (place or "").partition("-")
            if kind:
                truth[row, 0 if kind == "O" else 1 + 4 * self.labels.index(label) + "BILU".index(kind)] = 1
        return truth


def mentions(scores: Scores, caution: float = 0.0) -> list[tuple[int, int, int]]:
    """The mentions of the best sequence: first token, last token (exclusive), number of the label."""
    if caution:
        scores = scores.copy()
        scores[:, 0] += caution
    path = scores.argmax(axis=1)
    if not path.any():
        return []
    if not _makes_sense(path):
        path = _best_path(scores)
    found, first = [], 0
    for place, state in enumerate(path):
        label, kind = divmod(int(state) - 1, 4)
        if state and kind in (_BEGIN, _WHOLE):
            first = place
        if state and kind in (_END, _WHOLE):
            found.append((first, place + 1, label))
    return found


_BEGIN, _INSIDE, _END, _WHOLE = range(4)


def _makes_sense(path: npt.NDArray[np.int64]) -> bool:
    allowed = _allowed(int(path.max()))
    return bool(allowed[path[:-1], path[1:]].all()) and _opens(path[0]) and _opens_behind(path[-1])


def _opens(state: int) -> bool:
    """True where a sequence can begin with the state."""
    return state == 0 or (state - 1) % 4 in (_BEGIN, _WHOLE)


def _opens_behind(state: int) -> bool:
    """True where a sequence can end with the state."""
    return state == 0 or (state - 1) % 4 in (_END, _WHOLE)


@cache
def _allowed(most: int) -> npt.NDArray[np.bool_]:
    """Which state may follow which, for all states up to the label of the highest."""
    states = range(1 + 4 * ((most + 3) // 4))
    return np.array([[_may_follow(first, second) for second in states] for first in states])


def _may_follow(first: int, second: int) -> bool:
    if _opens_behind(first):
        return _opens(second)
    return second > 0 and (second - 1) % 4 in (_INSIDE, _END) and (first - 1) // 4 == (second - 1) // 4


@cache
def _costs(size: int) -> tuple[Any, Any, Any]:
    """What bars a first state, a state behind another, and a last state: nothing, or minus infinity."""
    first, last = ([0.0 if may(state) else -np.inf for state in range(size)] for may in (_opens, _opens_behind))
    return np.array(first), np.where(_allowed(size - 1), 0.0, -np.inf), np.array(last)


def _best_path(scores: Scores) -> npt.NDArray[np.int64]:
    """The sequence of states with the highest sum of scores among those that make sense (Viterbi)."""
    length, size = scores.shape
    first, barred, last = _costs(size)
    best = scores[0] + first
    came = np.zeros((length, size), dtype=np.int64)
    for place in range(1, length):
        reached = best[:, None] + barred
        came[place] = reached.argmax(axis=0)
        best = reached.max(axis=0) + scores[place]
    path = np.zeros(length, dtype=np.int64)
    path[-1] = int((best + last).argmax())
    for place in range(length - 1, 0, -1):
        path[place - 1] = came[place, path[place]]
    return path


def score_mentions(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    return get_ner_prf(examples)


@registry.scorers("eligibility.MentionScorer.v1")  # type: ignore[untyped-decorator]
def make_scorer() -> Any:
    return score_mentions


@Language.factory("eligibility_mention_tagger", assigns=["doc.ents"], default_config={"model": DEFAULT_MODEL, "caution": 0.0})
def mention_tagger(nlp: Language, name: str, model: Model[list[Doc], list[Floats2d]], caution: float) -> MentionTagger:
    return MentionTagger(nlp.vocab, model, name, caution=caution)
