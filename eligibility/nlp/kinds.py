"""Kinds: in, two entries of the rules or the terminology; out, whether one is a kind of the other."""

from __future__ import annotations

from typing import Any

from eligibility.nlp.vocabulary import Vocabulary


def is_any_of(vocabulary: Vocabulary, entry: Any, ids: tuple[str, ...]) -> bool:
    """Whether the condition or procedure, of the rules or of the terminology, is one of the ids or narrower."""
    if entry.id in ids:
        return True
    concept = getattr(entry, "concept", None)
    if concept is not None:
        return vocabulary.terms.is_a(concept, ids)
    return any(is_any_of(vocabulary, vocabulary.rulebook.entry(id), ids) for id in getattr(entry, "is_a", ()))


def is_member(vocabulary: Vocabulary, drug: Any, wider: Any) -> bool:
    """Whether the drug or class is a member of the wider class or of a class in it."""
    waiting = list(getattr(wider, "members", ()))
    while waiting:
        id = waiting.pop()
        if id == drug.id:
            return True
        waiting.extend(getattr(vocabulary.rulebook.entry(id), "members", ()))
    return False


def is_kind_of(vocabulary: Vocabulary, entry: Any, wider: Any) -> bool:
    """Whether the entry is a kind of the wider one, by the links of the rules, the members of classes or the terminology's tree."""
    return entry is not wider and (is_member(vocabulary, entry, wider) or is_any_of(vocabulary, entry, (wider.id,)))
