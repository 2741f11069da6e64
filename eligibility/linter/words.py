"""The linter's words: in, the tables of rules/lint.toml; out, the vague words and the definitions in a criterion's text.

Vague words and phrases that define are found in folded text by one expression each, in time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from eligibility.characters import fold
from eligibility.entries import nearest, strings
from eligibility.errors import RuleError
from eligibility.rulebook import Rulebook

_FILE = "lint.toml"
_LISTS = ("defining", "plain", "comparing", "group", "filler", "unit_unsaid", "unit_open", "other_kind", "healthy")
_KEYS = {"vague": ("id", "terms", "never", "before", "window", "found", "defined"), **dict.fromkeys(_LISTS, ("id", "terms"))}
_FOLLOWING = re.compile(r"[\s-]*([a-z]+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-/'][^\W\d_]+)*")
_WORDS_AHEAD = 4


class Vague(NamedTuple):
    """One vague word in a text; `timed`: a time says what is meant by it, and a number does not."""

    start: int
    end: int
    timed: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    pattern: re.Pattern[str]
    before: frozenset[str]
    timed: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What there is in rules/lint.toml; each list is explained there."""

    kinds: tuple[_Kind, ...]
    defining: re.Pattern[str]
    filler: re.Pattern[str]
    other_kind: re.Pattern[str]
    plain: frozenset[str]
    comparing: frozenset[str]
    group: frozenset[str]
    healthy: frozenset[str]
    unit_unsaid: frozenset[str]
    unit_open: frozenset[str]

    def vague(self, text: str) -> Iterator[Vague]:
        """The vague words of a text, in text order; none of them overlaps another."""
        folded = fold(text)
        found = sorted(
            Vague(*hit.span("word"), kind.timed)
            for kind in self.kinds
            for hit in kind.pattern.finditer(folded)
            if hit["word"] is not None and (not kind.before or kind.before & set(_ahead(folded, hit.end())))
        )
        end = 0
        for hit in found:
            if hit.start >= end:
                yield hit
                end = hit.end

    def defines(self, text: str) -> bool:
        """True where the text says what a word of it means, or who decides."""
        return self.defining.search(fold(text)) is not None

    def is_filler(self, text: str) -> bool:
        """True where the text says nothing."""
        return self.filler.search(fold(text)) is not None

    def is_other_kind(self, text: str) -> bool:
        """True where the text says that a value in it is not of its subject's usual kind."""
        return self.other_kind.search(fold(text)) is not None

    def asks_for_healthy(self, text: str) -> bool:
        """True where the text names healthy volunteers."""
        words = words_of(text)
        return any(word == "healthy" and not self.healthy.isdisjoint(words[n + 1 : n + 4]) for n, word in enumerate(words))


def words_of(text: str) -> list[str]:
    """The words of a text, folded, without numbers and signs."""
    return _WORD.findall(fold(text))


def load_words(rulebook: Rulebook) -> Words:
    """The words of a rulebook; RuleError where a table has a key that is unknown or not a list of texts."""
    return _load(rulebook)


@cache
def _load(rulebook: Rulebook) -> Words:
    tables = {table: [_checked(table, row) for row in rulebook.other.get(table, ())] for table in _KEYS}
    terms = {table: [term for row in found for term in row["terms"]] for table, found in tables.items()}
    return Words(
        kinds=tuple(_kind(row) for row in tables["vague"]),
        defining=re.compile(_any(terms["defining"])),
        filler=re.compile(_any(terms["filler"])),
        other_kind=re.compile(_any(terms["other_kind"])),
        plain=frozenset(terms["plain"]),
        comparing=frozenset(terms["comparing"]),
        group=frozenset(terms["group"]),
        healthy=frozenset(terms["healthy"]),
        unit_unsaid=frozenset(terms["unit_unsaid"]),
        unit_open=frozenset(terms["unit_open"]),
    )


def _checked(table: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
    where = f"{table} {row.get('id')!r}"
    for key, value in row.items():
        if key not in _KEYS[table]:
            raise RuleError(f"{_FILE}: {where} has the unknown key {key!r}{nearest(key, _KEYS[table])}")
        if key not in ("id", "window"):
            strings(_FILE, where, key, value)
    if "terms" not in row:
        raise RuleError(f"{_FILE}: {where} lacks the key 'terms': give the words")
    return row


def _kind(row: Mapping[str, Any]) -> _Kind:
    """A phrase of `never` is matched first, and is no word."""
    never, terms = _any(row.get("never", ())), _any(row["terms"])
    return _Kind(re.compile(f"{never}|(?P<word>{terms})"), frozenset(row.get("before", ())), bool(row.get("window")))


def _any(phrases: Iterable[str]) -> str:
    """One of the phrases, between the ends of words; a blank of theirs is any blank or a hyphen."""
    said = "|".join(re.escape(phrase).replace(r"\ ", r"[\s-]+") for phrase in sorted(phrases, key=len, reverse=True))
    return rf"(?<![\w-])(?:{said})(?!\w)" if said else r"(?!)"


def _ahead(folded: str, place: int) -> Iterator[str]:
    for _ in range(_WORDS_AHEAD):
        following = _FOLLOWING.match(folded, place)
        if following is None:
            return
        yield following[1]
        place = following.end()
