"""Clauses: in, the tokens of a criterion; out, its sentences, their clauses, and the parts of a clause that make demands of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from eligibility.constraints import Constraint
from eligibility.requirements.groups import EXCEPTIONS, holds, terms
from eligibility.requirements.joints import Token

_DEMANDING = frozenset({"must", "forbid", "allow", "except", "unless", "if", "provided", "then", "define", "anyof", "allof", "atleast"})
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|may|can)\b")
_FEWEST = 5  # words of a sentence that explains
_VALUED = 16
_JOINS = frozenset({"comma", "and", "or"})


def split(tokens: Sequence[Token], kind: str) -> list[list[Token]]:
    """The tokens between those of the kind; none that are empty."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == kind:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def without_remarks(text: str, tokens: Sequence[Token], constraints: Sequence[Constraint]) -> list[Token]:
    """The tokens without the brackets that hold whole sentences which explain: "(Recovery is slower above 70 years.)"."""
    kept = [token for token in tokens if token.kind != "bracket" or not _remarks(text, token, constraints)]
    return kept if any(map(holds, kept)) else list(tokens)


def _remarks(text: str, bracket: Token, constraints: Sequence[Constraint]) -> bool:
    """True where the bracket begins and ends as a sentence does, has its verb, and demands nothing: a value right behind the verb does."""
    words = text[bracket.start + 1 : bracket.end].rstrip(")] \n")
    ends = words.endswith(".") or any(token.kind == "stop" for token in bracket.inside)
    if not (words[:1].isupper() and ends and len(words.split()) >= _FEWEST):
        return False
    if not _DEMANDING.isdisjoint(token.kind for token in bracket.inside):
        return False
    verbs = [bracket.start + 1 + found.end() for found in _VERB.finditer(words)]
    values = [facet.span.start for number in terms(bracket.inside) for _, facet in constraints[number].facets if facet.span]
    return bool(verbs) and not any(0 <= value - verb < _VALUED for value in values for verb in verbs)


def word_of_clauses(tokens: Sequence[Token]) -> str | None:
    """The word beside a semicolon that says how all clauses are joined: "A; B; or C"."""
    for one, other in pairwise(tokens):
        if "semi" in (one.kind, other.kind):
            found = other.kind if one.kind == "semi" else one.kind
            if found in ("or", "and"):
                return found
    return None


def opened(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with what groups of exceptions hold in their place."""
    return [part for token in tokens for part in (token.inside if token.kind in EXCEPTIONS else (token,))]


def demands(tokens: Sequence[Token], ending: Sequence[str]) -> list[list[Token]]:
    """The parts of a clause, each with the word that joins it before it: a premise with its own demand behind another demand ("at least 60,
    and in the case of women, …"), and a second sentence with its own "must". `ending` are the tokens that end a premise."""
    if not any(token.kind in ("if", "must") for token in tokens):
        return [list(tokens)]
    holding = [holds(token) for token in tokens]
    cuts = sorted({*_premises(tokens, holding, ending), *_sentences(tokens, holding)})
    return [list(tokens[start:end]) for start, end in pairwise([0, *cuts, len(tokens)]) if start < end]


def _premises(tokens: Sequence[Token], holding: Sequence[bool], ending: Sequence[str]) -> list[int]:
    last = max((place for place, holds in enumerate(holding) if holds), default=-1)
    ends, end = [-1] * len(tokens), -1  # where the premise that begins at each place ends
    for place in reversed(range(len(tokens))):
        ends[place] = end
        end = place if tokens[place].kind in ending else end
    cuts = []
    seen = False
    for place, token in enumerate(tokens):
        seen = seen or holding[place]
        end = ends[place]
        if token.kind != "if" or not seen or tokens[place - 1].kind not in _JOINS or not 0 < end < last:
            continue
        if tokens[end + 1].kind not in ("and", "or"):
            cuts.append(place - 1)
    return cuts


def _sentences(tokens: Sequence[Token], holding: Sequence[bool]) -> list[int]:
    """Where the "and" stands that joins two sentences, each with its own "must"."""
    musts = [place for place, token in enumerate(tokens) if token.kind == "must"]
    cuts = []
    for one, other in pairwise(musts):
        behind = [place for place in range(one + 1, other) if holding[place]]
        joints = [place for place in range(one + 1, other) if tokens[place].kind == "and" and behind and place < behind[-1]]
        if joints and any(holding[: joints[0]]):
            cuts.append(joints[0])
    return cuts
