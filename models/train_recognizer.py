"""Train the recogniser: in, criteria with their mentions marked (the entities of Chia); out, the spaCy pipeline in models/recognizer/model.

Usage: python models/train_recognizer.py ENTITIES [--choose]

ENTITIES has one JSON object a line: {"doc": "NCT…_inc", "text": …, "spans": [[start, end, label], …]}. A fifth of the trials is held out,
by a digest of the trial's id, and listed in models/recognizer/held_out.txt: nothing is learned from them, so that anyone can score on
them (benchmarks/entities.py does). The rest is learned from. With --choose a tenth of the trials is kept back from it and scored while
training, and the model goes to a temporary folder: that is how the figures of config.cfg were chosen.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.cli.train import train
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.util import filter_spans
from spacy.vocab import Vocab

import eligibility
from eligibility.nlp.reading import KEY, Reading, Segment
from eligibility.nlp.recognizer import APART, NO_HIT, Words, words_of
from eligibility.sources import read_page

FOLDER = Path(__file__).resolve().parent / "recognizer"
LABELS = ("Condition", "Drug", "Procedure", "Measurement", "Observation", "Device")
NAME, VERSION = "chia_mentions", "1.0.0"
META = {
    "name": NAME, "version": VERSION, "lang": "en", "license": "MIT; trained on Chia, CC BY 4.0", "author": "The eligibility authors",
    "description": "Conditions, drugs, procedures, measurements, observations and devices in eligibility criteria",
}  # fmt: skip
READS = ("eligibility_criteria", "eligibility_abbreviations", "eligibility_concepts")  # the pipes whose hits the recogniser sees


def side(trial: str) -> str:
    """ "held_out" for a fifth of the trials, "choose" for a tenth, else "train"; by the id alone."""
    tenth = int(hashlib.sha256(trial.encode()).hexdigest()[:8], 16) % 10
    return "held_out" if tenth < 2 else "choose" if tenth == 2 else "train"


def trial_of(document: str) -> str:
    return document.split("_")[0]


def main(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments if not argument.startswith("-")]
    if len(paths) != 1 or not paths[0].is_file():
        print(__doc__ if len(paths) != 1 else f"{paths[0]} is not there: the recogniser cannot be trained without the marked criteria")
        return 2
    choosing = "--choose" in arguments
    documents = [json.loads(line) for line in paths[0].read_text(encoding="utf-8").splitlines()]
    parts = {"held_out": DocBin(), "choose": DocBin(), "train": DocBin()}
    for document in documents:
        for doc in marked(document):
            parts[side(trial_of(document["doc"]))].add(doc)
    with tempfile.TemporaryDirectory() as folder:
        if not choosing:
            parts["train"].merge(parts["choose"])
        for name, part in parts.items():
            part.to_disk(Path(folder, f"{name}.spacy"))
        files = {"paths.train": f"{folder}/train.spacy", "paths.dev": f"{folder}/choose.spacy"}
        train(FOLDER / "config.cfg", Path(folder, "out"), overrides=files)
        if not choosing:
            keep(Path(folder, "out", "model-last"), sorted({trial_of(d["doc"]) for d in documents}))
    return 0


def keep(trained: Path, trials: list[str]) -> None:
    """Lay the trained pipeline where the package looks for it, and the list of the trials that it has not seen beside it."""
    nlp = spacy.load(trained)
    nlp.meta.clear()
    nlp.meta.update(META)
    shutil.rmtree(FOLDER / "model", ignore_errors=True)
    nlp.to_disk(FOLDER / "model", exclude=["vocab"])
    held_out = [trial for trial in trials if side(trial) == "held_out"]
    (FOLDER / "held_out.txt").write_text("".join(f"{trial}\n" for trial in held_out), encoding="utf-8")


_reader = eligibility.load(recognizer=False)
_vocab = Vocab()


def marked(document: dict[str, Any]) -> Iterator[Doc]:
    """Each criterion of a document as the recogniser reads it, with its mentions."""
    doc = Doc(_reader.vocab)
    doc.user_data[KEY] = reading = Reading.begin(read_page(document["text"]))
    for name in READS:
        doc = _reader.get_pipe(name)(doc)
    spans = [(start, end, label) for start, end, label in document["spans"] if label in LABELS]
    for segment in reading.segments:
        words = words_of(reading.plain, segment.start, segment.end, segment.concepts)
        if words.words:
            yield _with_mentions(reading, segment, words, spans)


def _with_mentions(reading: Reading, segment: Segment, words: Words, spans: Iterable[tuple[int, int, str]]) -> Doc:
    apart, untagged = [*APART], [NO_HIT] * len(APART)
    doc = Doc(_vocab, words=apart + words.words + apart, tags=untagged + words.tags + untagged)
    mentions = []
    for start, end, label in spans:
        text = reading.text[start:end]
        start, end = end - len(text.lstrip(" ,.;:\n")), start + len(text.rstrip(" ,.;:\n"))
        if segment.start <= start < end <= segment.end:
            first, last = bisect_right(words.starts, start) - 1, bisect_right(words.starts, end - 1)
            if 0 <= first < last:
                mentions.append(Span(doc, first + len(APART), last + len(APART), label=label))
    doc.set_ents(filter_spans(mentions))  # of two that overlap, the longer
    return doc


@spacy.registry.readers("eligibility.CriteriaCorpus.v1")
def corpus(path: str, untagged: float, seed: int) -> Callable[[Language], Iterator[Example]]:
    """The documents of a DocBin as examples whose predicted side has the tags, which are features, and no mentions.

    `untagged` is the share of the mentions that lose their tags, so that names which no rule knows are learned too. Which ones is drawn at
    each reading; with `max_epochs` the corpus is read once.
    """
    chance = random.Random(seed)

    def read(nlp: Language) -> Iterator[Example]:
        for marked in DocBin().from_disk(path).get_docs(nlp.vocab):
            tags = [token.tag_ for token in marked]
            for mention in marked.ents if untagged else ():
                if chance.random() < untagged:
                    tags[mention.start : mention.end] = [NO_HIT] * len(mention)
            yield Example(Doc(nlp.vocab, words=[token.text for token in marked], tags=tags), marked)

    return read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
