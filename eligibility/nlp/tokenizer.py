"""The tokenizer: spaCy's English one, with comparators, ranges and multiplication signs apart from what they touch ("SLEDAI≥8", "18~80")."""

from __future__ import annotations

from spacy.language import Language
from spacy.util import compile_infix_regex

_SIGNS = r"[≥≤⩾⩽≧≦<>=＞＜±~〜～×]"


def adapt_tokenizer(nlp: Language) -> None:
    """Splits at comparison and range signs, wherever they stand."""
    infixes = [*(nlp.Defaults.infixes or []), _SIGNS]
    nlp.tokenizer.infix_finditer = compile_infix_regex(infixes).finditer  # type: ignore[attr-defined]
