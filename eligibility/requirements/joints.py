"""Joints: in, the words of a criterion and the places of its constraints; out, tokens: the constraints and what stands between them.

What a constraint says itself (its value, its window, a second name) is silent; the rest gives words that join ("or", "unless", "must", from
`rules/logic.toml`), stops, commas and brackets. A bracket that holds no constraint is left out; one that never closes ends with the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from eligibility.constraints import Constraint
from eligibility.nlp.reading import Reading
from eligibility.rulebook import Rulebook

_WORD = re.compile(r"[\w'’-]+")
_BESIDE_WORDS = frozenset({"or", "slash", "if", "except", "unless"})
_TURN = frozenset({"or", "if", "unless", "except", "forbid", "allow", "void", "provided", "define", "such", "anyof", "allof", "atleast"})
_TURN_ALSO = frozenset({"and", "judged", "nor"})
_DEEPEST = 8
_NEAR = 60
_SIGNS = {",": "comma", ";": "semi", ":": "colon", "/": "slash", "(": "open", "[": "open", ")": "close", "]": "close"}
_STOP = re.compile(
    r"\.\s+(?=[A-Z0-9\"'(])|\n\s*(?=[A-Z0-9])"
    r"|(?:(?<=[a-z0-9)])\s+|(?<=\w),\s*)(?=(?:Patients|Subjects|Participants) (?:[a-z]+ )?"
    r"(?:that|who|with|must|should|having|not|taking|undergo|are|have)\b)"
)


class Token(NamedTuple):
    """A constraint (`kind` "term", `term` its number), a joining word of that kind, or a bracket with what it holds (`inside`)."""

    kind: str
    start: int
    end: int
    term: int = -1
    inside: tuple[Token, ...] = ()


@dataclass(frozen=True)
class JointWords:
    """The words that join, compiled: one pattern for all, the kind of each form, and a pattern of those that say more of a single
    constraint, in a demand and in a list of alternatives."""

    pattern: re.Pattern[str]
    kinds: dict[str, str]
    turning: tuple[re.Pattern[str], re.Pattern[str]]


@cache
def joint_words(rulebook: Rulebook) -> JointWords:
    kinds = {term: row["kind"] for row in rulebook.other["joint"] for term in row["terms"]}
    for cue in rulebook.cues:
        if cue.kind == "negation":
            kinds |= {term.lower(): "no" for term in cue.terms if term not in kinds}
            kinds |= {term.lower(): "word" for term in cue.never if term not in kinds}
    demanded = {form for form, kind in kinds.items() if kind in _TURN}
    return JointWords(
        _compiled(kinds, r"[,;:/()\[\]]"),
        kinds,
        (_compiled(demanded, r"\n"), _compiled({*demanded, *(form for form, kind in kinds.items() if kind in _TURN_ALSO)}, r"[,;\n]")),
    )


def _compiled(forms: Iterable[str], signs: str) -> re.Pattern[str]:
    tree: dict[str, Any] = {}
    for form in forms:
        branch = tree
        for sign in form:
            branch = branch.setdefault(sign, {})
        branch[""] = {}
    return re.compile(rf"(?<![\w-]){_branches(tree)}(?![\w-])|{signs}")


def _branches(tree: dict[str, Any]) -> str:
    """The forms of the tree as one pattern that shares what they have in common, the longest first: hundreds of them cost little then."""
    forms = [(r"\s+" if sign == " " else re.escape(sign)) + _branches(branch) for sign, branch in tree.items() if sign]
    if not forms:
        return ""
    inner = forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"
    return f"(?:{inner})?" if "" in tree else inner


def places(constraints: Sequence[Constraint]) -> list[tuple[int, int]]:
    """Where each constraint stands: at its subject, or, where it shares that with one before it, at its value."""
    found: list[tuple[int, int]] = []
    taken: set[int] = set()
    for constraint in constraints:
        spans = (
            [span for span in constraint.subject.spans[:1] if constraint.evidence is None or span.start >= constraint.evidence.start]
            if constraint.subject
            else []
        )
        spans += [facet.span for _, facet in constraint.facets if facet.span]
        spans += [constraint.evidence] if constraint.evidence else []
        place = next((span for span in spans if span.start not in taken), spans[-1] if spans else None)
        start, end = place if place is not None else (found[-1][1], found[-1][1]) if found else (0, 0)
        taken.add(start)
        found.append((start, end))
    return found


def is_alone(words: JointWords, folded: str, start: int, end: int, constraints: Sequence[Constraint], loose: bool) -> bool:
    """True where there is one constraint, and no word beside it can change what it demands."""
    if len(constraints) != 1 or constraints[0].exception or constraints[0].population is not None:
        return False
    return words.turning[loose].search(folded, start, end) is None


def scan(words: JointWords, reading: Reading, span: tuple[int, int], constraints: Sequence[Constraint], loose: bool) -> tuple[Token, ...]:
    """The tokens of that part of the text; brackets hold their own. What is neither a constraint nor joins anything is a token ("word")
    only where it can be an alternative that no rule reads: in a loose list, or beside an "or"."""
    tokens = sorted(_flat(words, reading, *span, constraints, loose), key=lambda token: (token.start, token.kind != "term", token.term))
    return _nested(tokens)


def _flat(words: JointWords, reading: Reading, start: int, end: int, constraints: Sequence[Constraint], loose: bool) -> Iterator[Token]:
    plain, folded = reading.plain, reading.folded
    silent: list[tuple[int, int]] = []
    for number, (constraint, (first, last)) in enumerate(zip(constraints, places(constraints), strict=True)):
        yield Token("term", first, last, number)
        silent.append((first, last))
        silent += [(span.start, span.end) for _, facet in constraint.facets if (span := facet.span)]
        silent += [(span.start, span.end) for span in constraint.subject.spans] if constraint.subject else []
        silent += _population(plain, start, constraint)
    silent = _merged(silent)
    place, said_to = 0, start
    marks = [(found.start(), found.end()) for found in words.pattern.finditer(folded, start, end)]
    for first, last in marks:
        while place < len(silent) and silent[place][1] <= first:
            place += 1
        if place < len(silent) and silent[place][0] < last:
            continue
        said = folded[first:last]
        kind = _SIGNS.get(said) or words.kinds.get(said) or words.kinds[" ".join(said.split())]
        loose = loose or kind in _BESIDE_WORDS
        yield Token(kind, first, last)
    for first, last in _merged([*silent, *marks, (end, end)]) if loose else ():
        begun = _WORD.search(plain, said_to, first)
        if begun is not None:
            yield Token("word", begun.start(), first)
        said_to = last
    for stop in _STOP.finditer(plain, start, end):
        if not any(low <= stop.start() < high for low, high in silent) and _is_stop(words, folded, stop.start(), start):
            yield Token("stop", stop.start(), stop.end())


def single_words(plain: str, tokens: Iterable[Token]) -> list[Token]:
    """The tokens, with each word of a run of words as a token of its own."""
    return [
        part
        for token in tokens
        for part in (
            [Token("word", *word.span()) for word in _WORD.finditer(plain, token.start, token.end)] if token.kind == "word" else (token,)
        )
    ]


def _population(plain: str, start: int, constraint: Constraint) -> list[tuple[int, int]]:
    """Where the words for whom a limit is stand: its premise says them."""
    if constraint.population is None or constraint.evidence is None:
        return []
    words = re.compile(rf"(?<!\w){re.escape(constraint.population)}(?!\w)")
    near = words.search(plain, max(start, constraint.evidence.start - _NEAR))
    return [near.span()] if near is not None else []


def _is_stop(words: JointWords, folded: str, at: int, start: int) -> bool:
    """False for the point of "e.g." and of an initial."""
    before = folded[max(start, at - 5) : at + 1].split()
    return not before or (before[-1] not in words.kinds and len(before[-1].strip(".(")) > 1) or folded[at] == "\n"


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _nested(tokens: Sequence[Token]) -> tuple[Token, ...]:
    stack: list[list[Token]] = [[]]
    opened: list[Token] = []
    deeper = 0  # brackets that are opened below the deepest level, and read as if they were not there
    for token in tokens:
        if token.kind == "open" and len(opened) == _DEEPEST:
            deeper += 1
        elif token.kind == "open":
            opened.append(token)
            stack.append([])
        elif token.kind == "close" and deeper:
            deeper -= 1
        elif token.kind == "close":
            if opened:
                _close(stack, opened.pop(), token.end)
        else:
            stack[-1].append(token)
    while opened:
        _close(stack, opened.pop(), tokens[-1].end)
    return tuple(stack[0])


def _close(stack: list[list[Token]], opened: Token, end: int) -> None:
    inside = tuple(stack.pop())
    if any(token.kind in ("term", "bracket") for token in inside):
        stack[-1].append(Token("bracket", opened.start, end, inside=inside))
