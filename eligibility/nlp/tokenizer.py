"""The tokenizer: words, numbers, and every other sign apart, so that "SLEDAI≥8", "18~80" and "5mg/kg" come apart where they should.

A spaCy tokenizer by its interface; it has no exceptions and no cache, and the Doc's text is exactly the text that it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

# A number keeps its decimal point and thousands commas; a word keeps its apostrophe; white space beyond one blank is a token, as in spaCy.
_TOKEN = re.compile(r"(\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|\s+|[\W_])( ?)")
_SURROGATE = re.compile("[\ud800-\udfff]")  # spaCy's strings are UTF-8, which has none


def split_words(text: str) -> list[tuple[str, str]]:
    """Each word of the text with the blank behind it, if there is one; joined, they are the text (with U+FFFD for surrogates)."""
    return _TOKEN.findall(text if text.isascii() else _SURROGATE.sub("\ufffd", text))


class CriteriaTokenizer(DummyTokenizer):
    """Splits by one pattern. Serialises to nothing: there is nothing to learn or set."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        pairs = split_words(text)
        return Doc(self.vocab, words=[word for word, _ in pairs], spaces=[bool(space) for _, space in pairs])

    def pipe(self, texts: Iterable[str], **_: Any) -> Iterable[Doc]:
        return map(self, texts)

    def to_bytes(self, **kwargs: Any) -> bytes:
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> CriteriaTokenizer:
        return self

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        return None

    def from_disk(self, path: str | Path, **kwargs: Any) -> CriteriaTokenizer:
        return self


@registry.tokenizers("eligibility.CriteriaTokenizer.v1")  # type: ignore[untyped-decorator]
def make_tokenizer() -> Any:
    """The tokenizer as spaCy's config names it."""

    def create(nlp: Any) -> CriteriaTokenizer:
        return CriteriaTokenizer(nlp.vocab)

    return create
