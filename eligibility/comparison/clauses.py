"""Clauses: in, the criteria of one side; out, what each patient must satisfy, one demand at a time, and the words of each criterion.

A list of demands is parted: "AST and ALT <= 2 ULN", or "AST or ALT > 2 ULN" that excludes, are two clauses; alternatives and exceptions
stay in one. What is left of a criterion's words when its constraints are taken away is compared as words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TypeVar

from eligibility.characters import fold
from eligibility.comparison.changes import Side
from eligibility.comparison.entailment import Form, atoms, form
from eligibility.linter.remainder import spans_of, without
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement, leaves
from eligibility.ranges import Span
from eligibility.result import Criteria, Criterion
from eligibility.rulebook import Rulebook, load_rulebook

T = TypeVar("T")
_TIMES = {"history": "earlier", "current": "now"}
_TOKEN = re.compile(r"[^\W\d_]+(?:[-/'][^\W\d_]+)*|(?:(?<![\w-])[-+])?\d+(?:[.,]\d+)*|[<>=≤≥≠±%]+")


@dataclass(frozen=True, eq=False)
class Clause:
    """One demand, with its denial. `home`: the place of the criterion it stands in, -1 in the header; `said`: its words, folded."""

    home: int
    form: Form
    denial: Form
    side: Side
    things: Counter[tuple[str, str]]
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Statement:
    """One criterion. `has_clause`: a clause stands in it, or is partly made of it. `tokens`: all its words; `rest`: those that mean
    something and were not understood, in text order."""

    side: Side
    tokens: Counter[str]
    rest: tuple[str, ...]
    has_clause: bool


@dataclass(frozen=True, eq=False)
class Document:
    clauses: tuple[Clause, ...]
    statements: tuple[Statement, ...]


def read_document(criteria: Criteria) -> Document:
    """The clauses and statements of one side, in text order."""
    walked = tuple(criteria.walk())
    clauses: list[Clause] = []
    for constraint in criteria.header:
        clauses.append(_clause(criteria, Leaf(constraint=constraint), True, -1, walked))
    read: set[int] = set()
    for criterion in sorted(criteria.inclusion + criteria.exclusion, key=lambda one: one.span):
        for part, wanted in _parted(criterion.requirement, True) if criterion.requirement is not None else ():
            clauses.append(_clause(criteria, part, wanted, _home(part, criterion, walked), walked))
            read.add(clauses[-1].home)
    spans = {top.span: _read_spans(top) for top in criteria.inclusion + criteria.exclusion}
    tops = [top for top in sorted(criteria.inclusion + criteria.exclusion, key=lambda one: one.span) for _ in top.walk()]
    partial = {(clause.side.section, number) for clause in clauses for number in clause.side.parts}
    statements = [
        _statement(criterion, spans[top.span], place in read or (criterion.section, criterion.number) in partial)
        for place, (criterion, top) in enumerate(zip(walked, tops, strict=True))
    ]
    return Document(tuple(clauses), tuple(statements))


def _parted(node: Requirement, wanted: bool) -> Iterator[tuple[Requirement, bool]]:
    """What must hold, or must not, for the requirement to be satisfied: each by itself."""
    match node:
        case Not(item=item):
            yield from _parted(item, not wanted)
        case AllOf(items=items) if wanted or len(items) == 1:
            yield from (found for item in items for found in _parted(item, wanted))
        case AnyOf(items=items) if not wanted or len(items) == 1:
            yield from (found for item in items for found in _parted(item, wanted))
        case AtLeast(n=n, items=items) if n == (len(items) if wanted else 1):
            yield from (found for item in items for found in _parted(item, wanted))
        case _:
            yield node, wanted


def _clause(criteria: Criteria, node: Requirement, wanted: bool, home: int, walked: tuple[Criterion, ...]) -> Clause:
    found, denial = form(node, wanted), form(node, not wanted)
    constraints = [leaf.constraint for leaf in leaves(node)]
    spans = tuple(dict.fromkeys(constraint.evidence for constraint in constraints if constraint.evidence is not None))
    own = dict.fromkeys(span for constraint in constraints for span in spans_of(constraint))
    said = tuple(" ".join(_TOKEN.findall(fold(criteria.text[span.start : span.end]))) for span in own)
    things = Counter(atom.thing for atom in atoms(found))
    if home < 0:
        return Clause(home, found, denial, Side(section="header", phrase=_phrase(node, wanted), spans=spans), things, said)
    criterion = walked[home]
    below = [part for part in criterion.walk() if part is not criterion and any(_holds(part, span) for span in spans)]
    side = Side(
        section=criterion.section,
        number=criterion.number,
        cohort=criterion.cohort,
        parts=tuple(part.number for part in below),
        phrase=_phrase(node, wanted == (criterion.section == "inclusion")),
        text=criterion.text,
        spans=spans,
    )
    return Clause(home, found, denial, side, things, said)


def _phrase(node: Requirement, said: bool) -> str:
    words = str(node if said else Not(item=node))
    return words[1:-1] if said and isinstance(node, AllOf | AnyOf | IfThen) else words


def _home(node: Requirement, top: Criterion, walked: tuple[Criterion, ...]) -> int:
    """The place of the innermost criterion that holds all of it, with those under it."""
    spans = [leaf.constraint.evidence for leaf in leaves(node)]
    around = [
        place
        for place, criterion in enumerate(walked)
        if criterion.section == top.section
        and all(any(_holds(part, span) for part in criterion.walk()) for span in spans if span is not None)
        and top.span.start <= criterion.span.start <= max(part.span.end for part in top.walk())
    ]
    return around[-1] if around else walked.index(top)


def _holds(criterion: Criterion, span: Span) -> bool:
    return criterion.span.start <= span.start < criterion.span.end


def _read_spans(top: Criterion) -> list[Span]:
    return [span for leaf in leaves(top.requirement) for span in spans_of(leaf.constraint)]


def _statement(criterion: Criterion, spans: Iterable[Span], has_clause: bool) -> Statement:
    words = _load_words(load_rulebook())
    own = [span for span in spans if span.end > criterion.span.start and span.start < criterion.span.end]
    rest = without(criterion.text, criterion.span.start, own)
    side = Side(section=criterion.section, number=criterion.number, cohort=criterion.cohort, text=criterion.text, spans=(criterion.span,))
    return Statement(side, tokens_of(criterion.text), words.meant(rest, _told(criterion), has_clause), has_clause)


def _told(criterion: Criterion) -> set[str]:
    """The words of its cohort, and what its constraints say by cues that no span of theirs holds: ids of rows of rules/comparison.toml."""
    told = {"no": any(one.negated for one in criterion.constraints), "except": any(one.exception for one in criterion.constraints)}
    times = {one.temporality for one in criterion.constraints}
    cohort = _TOKEN.findall(fold(criterion.cohort or ""))
    return {word for word, is_told in told.items() if is_told} | {_TIMES[time] for time in times if time in _TIMES} | {*cohort}


def tokens_of(text: str) -> Counter[str]:
    """The words and numbers of a text, and each pair of neighbours, folded."""
    tokens = _TOKEN.findall(fold(text))
    return Counter([*tokens, *map(" ".join, pairwise(tokens))])


def likeness(a: Counter[T], b: Counter[T]) -> float:
    """How much of two texts is the same, from 0 to 1 (Dice)."""
    return 2 * sum((a & b).values()) / max(sum(a.values()) + sum(b.values()), 1)


@dataclass(frozen=True, slots=True)
class _Words:
    """What there is in rules/comparison.toml."""

    empty: frozenset[str]
    joining: frozenset[str]
    same: Mapping[str, str]

    def meant(self, text: str, told: set[str], joined: bool) -> tuple[str, ...]:
        """The words and numbers of a text that mean something and are not told otherwise, one for those of the same meaning.

        `joined`: what they join may have been understood; then joining words by themselves mean nothing.
        """
        words = (word for word in _TOKEN.findall(fold(text)) if word not in self.empty and word not in told)
        found = tuple(one for word in words if (one := self.same.get(word, word)) not in told)
        return () if joined and self.joining.issuperset(found) else found


@cache
def _load_words(rulebook: Rulebook) -> _Words:
    empty, joining = (
        frozenset(term for row in rulebook.other.get(table, ()) for term in row["terms"]) for table in ("empty_words", "joining_words")
    )
    return _Words(empty, joining, {term: row["id"] for row in rulebook.other.get("same_words", ()) for term in row["terms"]})
