"""Headings: in, rule folders with a `sections.toml`; out, what the readers of sections and criteria ask of it, as patterns and sets."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from eligibility.cohorts import CohortRules, Scope, cohort_rules
from eligibility.errors import RuleError
from eligibility.resources import data_dir

Kind = Literal["inclusion", "exclusion"]
_FORMS = (
    "title",
    "trigger",
    "qualifier",
    "vocabulary",
    "cohort",
    "cohort_label",
    "cohort_part",
    "cohort_named",
    "cohort_kind",
    "cohort_person",
    "topic",
)
_LABEL = re.compile(r"[^:\n]{2,60}:")
_SECTIONS = ("inclusion", "exclusion", "any")


@dataclass(frozen=True, slots=True)
class HeadingRules:
    """The knowledge of `sections.toml`. `cue`, `title`, `bullet` and the triggers match folded text, the others plain text."""

    cue: re.Pattern[str]
    title: re.Pattern[str]
    glued: re.Pattern[str]
    decoration: re.Pattern[str]
    bullet: re.Pattern[str]
    tail: re.Pattern[str]
    label: re.Pattern[str]
    words: re.Pattern[str]
    sentence_end: re.Pattern[str]
    qualifier_before: re.Pattern[str]
    inclusion_trigger: re.Pattern[str]
    exclusion_trigger: re.Pattern[str]
    topic: re.Pattern[str]
    topic_text: re.Pattern[str]
    kinds: dict[str, Kind | None]
    qualifiers: frozenset[str]
    vocabulary: frozenset[str]
    exclusion_vocabulary: frozenset[str]
    cohorts: frozenset[str]
    cohort_start: re.Pattern[str]
    parts: CohortRules

    def is_title(self, cue: str) -> bool:
        """Whether a cue, in folded letters, is a title rather than a trigger."""
        return cue in self.kinds or " ".join(cue.split()) in self.kinds

    def lead_in_kind(self, sentence: str, behind: bool) -> Kind | None:
        """The kind of list a sentence without content begins, else None. `behind` a heading, "the following" is enough."""
        words = self.words.findall(sentence)
        if not words or len(words) > 30 or not self.exclusion_vocabulary.issuperset(words):
            return None
        if self.exclusion_trigger.search(sentence):
            return "exclusion"
        if not self.vocabulary.issuperset(words):
            return None
        known = self.inclusion_trigger.search(sentence) or (behind and ("following" in words or "criteria" in words))
        return "inclusion" if known else None

    def names_cohort(self, folded: str) -> bool:
        """Whether the words name a part of the participants rather than talk about a criterion."""
        words = self.words.findall(folded)
        return not self.cohorts.isdisjoint(words) and _STOPPERS.isdisjoint(words)

    def cohort_of(self, words: str | None) -> str | None:
        """The cohort in what stands behind a title, None where it is a remark."""
        if not words:
            return None
        name = words.strip(" \t-:,[]*_#")
        name = name[1:].rstrip(")") if name.startswith("(") else name
        folded = self.words.findall(name.lower())
        if (
            not folded
            or self.exclusion_vocabulary.issuperset(folded)
            or self.cohorts.isdisjoint(folded)
            or not _STOPPERS.isdisjoint(folded)
        ):
            return None
        name = re.sub(r"\s+(?:will be|are|is|were|include|includes)$", "", name)
        return (
            None if folded[0] in ("all", "both", "each") else re.sub(r"^(?:for|of|in)\s+(?:the\s+)?", "", name, flags=re.IGNORECASE) or None
        )

    def cohort_label(self, label: str) -> str | None:
        """The cohort that a label at the beginning of a criterion names ("Cohort B only:"), None where it names something else."""
        return label.strip(" :") if len(label.split()) <= 7 and self.cohort_start.match(label) else None

    def scope(self, text: str, start: int, end: int, places: Sequence[int]) -> Scope | None:
        """The cohort that a criterion at start:end says it is for, with the words that say so."""
        found = self.parts.scope(text, start, end, places)
        if (
            found is None
            and text.find(":", start, min(end, start + 62)) > 0
            and (label := _LABEL.match(text, start, end))
            and (name := self.cohort_label(label[0]))
        ):
            return Scope(name, start, label.end())
        return found


_STOPPERS = frozenset(
    [
        "meet",
        "meets",
        "meeting",
        "met",
        "any",
        "who",
        "whom",
        "must",
        "fulfil",
        "fulfill",
        "violate",
        "comply",
        "compliance",
        "does",
        "do",
        "not",
        "following",
        "we",
        "based",
    ]
)
_TAIL = (
    r"[ \t*_\]#]{0,10}(?P<note>\([^()\n]{0,150}\)|\([^()\n]{0,150}$)?[ \t*_\]#]{0,10}"
    r"(?:(?P<colon>[:\uff1a][*_ \t]{0,4})|(?P<what>(?:-|,|for\b|of\b|in\b|at\b|/|part\b|cohort\b|arm\b|group\b|all\b)[^:.;\n]{0,80}?)"
    r"(?:(?P<colon2>:)|(?=[ \t]*$))|-*(?=[ \t]*$)|(?=[ \t]+(?:1[.)]|\(1\)|[-*\u2022][ \t])))"
)


def default_headings() -> HeadingRules:
    """The package's own headings."""
    return heading_rules((data_dir("rules"),))


@cache
def heading_rules(folders: tuple[Path, ...]) -> HeadingRules:
    """The headings of every folder's `sections.toml`, later folders adding to earlier ones."""
    entries: list[dict[str, Any]] = []
    for folder in folders:
        path = folder / "sections.toml"
        if path.is_file():
            entries += _checked(path, tomllib.loads(path.read_text(encoding="utf-8")))
    return _compiled(entries)


def _checked(path: Path, table: dict[str, Any]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = table.get("heading", [])
    for entry in entries:
        if entry.get("form") not in _FORMS or entry.get("section", "any") not in _SECTIONS or not entry.get("terms"):
            raise RuleError(
                f"{path}: a heading needs terms, a form ({', '.join(_FORMS)}) and a section ({', '.join(_SECTIONS)}), not {entry!r:.120}"
            )
    return entries


def _terms(entries: Iterable[dict[str, Any]], form: str, section: str | None = None) -> list[str]:
    return [t for e in entries if e["form"] == form and section in (None, e.get("section", "any")) for t in e["terms"]]


def _any_of(terms: Iterable[str]) -> str:
    ordered = sorted(set(terms), key=lambda t: (-len(t), t))
    return "(?:" + "|".join(re.escape(t).replace(r"\ ", r"[ \t]{1,4}") for t in ordered) + ")" if ordered else "(?!)"


def _trie(terms: Iterable[str]) -> str:
    """A pattern of all terms that shares their beginnings: a miss at a word costs one letter, however many terms there are."""
    tree: dict[str, Any] = {}
    for term in terms:
        node = tree
        for sign in term:
            node = node.setdefault(sign, {})
        node[""] = {}

    def pattern(node: dict[str, Any]) -> str:
        branches = [(r"[ \t]{1,4}" if sign == " " else re.escape(sign)) + pattern(below) for sign, below in sorted(node.items()) if sign]
        if not branches:
            return ""
        return ("(?:" + "|".join(branches) + ")" if len(branches) > 1 or "" in node else branches[0]) + ("?" if "" in node else "")

    return "(?:" + pattern(tree) + ")"


def _compiled(entries: list[dict[str, Any]]) -> HeadingRules:
    kinds: dict[str, Kind | None] = {}
    for section in _SECTIONS:
        for term in _terms(entries, "title", section):
            kinds[term] = None if section == "any" else "exclusion" if section == "exclusion" else "inclusion"
    qualifiers = _any_of(_terms(entries, "qualifier"))
    named = _any_of(t for t in kinds if " " in t)
    triggers = {k: _any_of(_terms(entries, "trigger", k)) for k in ("inclusion", "exclusion")}
    topics = _terms(entries, "topic")
    vocabulary = frozenset(_terms(entries, "vocabulary", "inclusion"))
    return HeadingRules(
        cue=re.compile(rf"\b{_trie([*kinds, *_terms(entries, 'trigger'), 'the following'])}(?!\w)"),
        title=re.compile(rf"\b{_trie(kinds)}(?![\w-])"),
        glued=re.compile(rf"(?P<title>{named}|(?:IN|EX)CLUSIONS?)[ \t]{{0,4}}(?P<note>\([^()\n]{{0,80}}\))?[ \t]{{0,4}}:", re.IGNORECASE),
        decoration=re.compile(
            r"[ \t\-*#_>=\[(.\u2022\u00b7]{0,40}(?:(?:\d{1,2}|[IVXivx]{1,4}|[A-Za-z])(?:\.\d{1,2}){0,3}[.)]"
            r"[ \t]{0,10}|[IVX]{1,4}\.\d[ \t]{1,10})?[*_ ]{0,6}"
        ),
        bullet=re.compile(r"[ \t]{0,40}(?:(?:[-*\u2022\u00b7]|\d{1,2}[.)])[ \t]{1,10})?"),
        tail=re.compile(_TAIL, re.IGNORECASE),
        label=re.compile(r"[^.;\n]{2,70}?:?[*_ ]{0,4}"),
        words=re.compile(r"[^\s:.,;()\[\]*#_]+"),
        sentence_end=re.compile(r"[.;:!?)\]*][ \t\"'*_]*(?:" + qualifiers + r"[ \t]{1,3}){0,2}$", re.IGNORECASE),
        qualifier_before=re.compile(r"(?<![\w])(?:" + qualifiers + r"[ \t]{1,3}){1,2}$", re.IGNORECASE),
        inclusion_trigger=re.compile(rf"\b{triggers['inclusion']}\b"),
        exclusion_trigger=re.compile(rf"\b{triggers['exclusion']}\b"),
        topic=re.compile(rf"(?<!\S){_any_of(topics)}:".replace(r"[ \t]{1,4}", r"\s{1,20}")),
        topic_text=re.compile(rf"\s*{_any_of(t for t in topics if t.isupper())}:"),
        kinds=kinds,
        qualifiers=frozenset(w for t in _terms(entries, "qualifier") for w in t.split()),
        vocabulary=vocabulary,
        exclusion_vocabulary=vocabulary | frozenset(_terms(entries, "vocabulary", "exclusion")),
        cohorts=frozenset(_terms(entries, "cohort")),
        parts=cohort_rules(*(_terms(entries, f"cohort_{form}") for form in ("part", "person", "named", "kind"))),
        cohort_start=re.compile(
            r"(?:for[ ](?:the[ ])?)?" + _any_of(_terms(entries, "cohort_label")) + r"(?:s?[ ][A-Z0-9]{1,4}\b|[^\W\d_]*[ ]*(?:only)?[ ]*:)",
            re.IGNORECASE,
        ),
    )
