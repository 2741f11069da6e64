"""The spaCy pipeline: `load` gives a Language whose pipes read criteria; each pipe is also a factory for anyone's own pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

PIPES = (
    "eligibility_criteria", "eligibility_abbreviations", "eligibility_concepts", "eligibility_recognizer",
    "eligibility_quantities", "eligibility_times", "eligibility_constraints",
)  # fmt: skip
RECOGNIZER = "eligibility_recognizer"


def load(recognizer: bool = True, base: str | Language | None = None, rules: Sequence[str | Path] | None = None) -> Language:
    """The pipeline that `parse` uses.

    `recognizer`: with the trained recogniser of `models/`; without it, or where its files are absent, `Criteria.recognizer` is None.
    `base`: an installed spaCy or scispaCy pipeline, or its name, whose entities are subjects too. `rules`: folders of own rules.
    """
    import spacy

    from eligibility.nlp import (
        factories,  # noqa: F401  registers the factories where the package is not installed
        tokenizer,  # noqa: F401  registers the tokenizer
    )

    if base is None:
        nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": "eligibility.CriteriaTokenizer.v1"}}})
    else:
        nlp = spacy.load(base) if isinstance(base, str) else base
    nlp.max_length = 1 << 31
    config = {"rules": [str(Path(folder).resolve()) for folder in rules or ()]}
    for name in PIPES if recognizer else [name for name in PIPES if name != RECOGNIZER]:
        nlp.add_pipe(name, config=config)
    return nlp
