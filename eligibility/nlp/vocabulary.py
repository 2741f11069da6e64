"""The rulebook compiled for reading: in, folders of rules; out, one frozen object with the lexicon, the unit reader and the word lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from eligibility.constraints import Concept
from eligibility.entries import Entry, nearest
from eligibility.errors import RuleError
from eligibility.headings import HeadingRules, heading_rules
from eligibility.nlp.ambiguity import ShortForms
from eligibility.nlp.labels import Labels, make_labels
from eligibility.nlp.lexicon import Lexicon, symbols
from eligibility.nlp.terms import Terms
from eligibility.resources import data_dir
from eligibility.romans import CUES
from eligibility.rulebook import Rulebook, load_rulebook
from eligibility.spelling import normalise
from eligibility.terminology import load_terminology
from eligibility.units import UnitReader


@dataclass(frozen=True, slots=True)
class TimeCue:
    """What the words beside a span of time make of it: `means` window, duration or interval; `bound` what a bare number limits."""

    id: str
    side: str
    means: str
    bound: str
    direction: str | None = None
    anchored: bool = False
    event: bool = False
    needs: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything the pipes know, made from the rules and the terminology."""

    rulebook: Rulebook
    lexicon: Lexicon
    terms: Terms
    short_forms: ShortForms
    units: UnitReader
    symbol: re.Pattern[str]
    symbol_ops: dict[str, str]
    words: dict[str, frozenset[str]]
    labels: Labels
    roman_cues: tuple[str, ...]
    left_cue: re.Pattern[str]
    right_cue: re.Pattern[str]
    cues: dict[str, TimeCue]
    headings: HeadingRules
    anchor_ids: dict[str, str]
    after_only: dict[str, str]
    concepts: dict[str, Concept]
    entity_kinds: dict[str, str]
    folders: tuple[Path, ...] = ()

    def concept(self, entry: Any) -> Concept | None:
        """The concept of a rule's entry, of a name of the terminology or of a biomarker; None for an entity that another pipe found."""
        own: Concept | None = getattr(entry, "concept", None)
        return own if own is not None else self.concepts.get(entry.id)

    def cue(self, surface: str, side: str) -> TimeCue:
        return self.cues[f"{side} {surface}"]

    def __reduce__(self) -> tuple[Any, ...]:
        return load_vocabulary, (self.folders,)


@cache
def load_vocabulary(folders: tuple[Path, ...] = ()) -> Vocabulary:
    """The vocabulary of the package's rules with the user's folders laid over them; made once for each."""
    rulebook = load_rulebook(folders)
    signs = symbols(rulebook)
    cues = rulebook.other["time_cue"]
    words = {row["id"]: frozenset(row["terms"]) for row in rulebook.other["word_list"]}
    lexicon = Lexicon(rulebook)
    terms = Terms(load_terminology(), rulebook, lexicon)
    return Vocabulary(
        rulebook=rulebook,
        lexicon=lexicon,
        terms=terms,
        short_forms=ShortForms(rulebook, folders),
        units=UnitReader(rulebook.units, rulebook.multiples),
        symbol=_signs(signs),
        symbol_ops={_squeezed(sign): op for sign, op in signs},
        words=words,
        labels=make_labels(words),
        roman_cues=(*CUES, *sorted(words["roman_cue"])),
        left_cue=re.compile(rf"(?<![\w-])({_alternatives(cues, 'left')})[\s(]*$"),
        right_cue=re.compile(rf"[\s)\],]*(?:or (?:more|less|longer) )?-?\s*({_alternatives(cues, 'right')})(?![\w])"),
        cues={f"{row['side']} {term}": _time_cue(row) for row in cues for term in row["terms"]},
        headings=heading_rules((data_dir("rules"), *folders)),
        anchor_ids={normalise(term): anchor.id for anchor in rulebook.anchors for term in (*anchor.terms, *anchor.cased)},
        after_only={normalise(term): anchor.id for anchor in rulebook.anchors for term in anchor.after_only},
        concepts={entry.id: _concept(entry, terms) for entry in rulebook},
        entity_kinds={label: row["kind"] for row in rulebook.other["entity_label"] for label in row["labels"]},
        folders=folders,
    )


def _concept(entry: Entry, terms: Terms) -> Concept:
    return Concept(id=entry.id, label=entry.label, codes=terms.codes.get(entry.id, ()))


def _time_cue(row: dict[str, Any]) -> TimeCue:
    known = {field.name for field in fields(TimeCue)} | {"terms"}
    for key in row:
        if key not in known:
            raise RuleError(f"time_cue {row.get('id')!r} has the unknown key {key!r}{nearest(key, known)}")
    return TimeCue(**{key: value for key, value in row.items() if key != "terms"})


def _alternatives(rows: Iterable[dict[str, Any]], side: str) -> str:
    terms = {term for row in rows if row["side"] == side for term in row["terms"]}
    return "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in sorted(terms, key=lambda term: (-len(term), term)))


def _signs(signs: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    """One pattern for all comparators with signs; white space in them is free."""
    forms = sorted({_squeezed(sign) for sign, _ in signs if sign not in ("+", "~", "±")}, key=lambda form: (-len(form), form))
    return re.compile(r"(?=[<>=≥≤&\\])(?:" + "|".join(r"\s*".join(map(re.escape, form)) for form in forms) + ")")


def _squeezed(text: str) -> str:
    return "".join(text.lower().split())
