"""The tree of a criterion: in, its words, its constraints and the trees of what stands under it; out, one tree without the root's Not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eligibility.constraints import Constraint
from eligibility.logic import AnyOf, AtLeast, IfThen, Not, Requirement
from eligibility.nlp.reading import Reading
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.requirements.clauses import without_remarks
from eligibility.requirements.grammar import Grammar, Mode
from eligibility.requirements.joints import Token, is_alone, joint_words, scan
from eligibility.requirements.knowledge import knowledge
from eligibility.requirements.leads import join_children, number_of
from eligibility.requirements.nodes import all_of, alone, deny

_SIGNS = frozenset({"colon", "comma", "semi", "stop", "person", "word", "anyof", "allof"})


class Below(NamedTuple):
    """What stands under a criterion: the folded words and the tree of each item."""

    words: Sequence[str]
    nodes: Sequence[Requirement]


def require(
    vocabulary: Vocabulary, reading: Reading, span: tuple[int, int], constraints: Sequence[Constraint], below: Below, exclusion: bool
) -> Requirement | None:
    """The requirement of the criterion at the span of the text; None where nothing was understood."""
    words = joint_words(vocabulary.rulebook)
    if not below.nodes and (not constraints or is_alone(words, reading.folded, *span, constraints, exclusion)):
        return alone(constraints[0]) if constraints else None
    grammar = Grammar(vocabulary, knowledge(vocabulary.rulebook), reading.text, constraints, exclusion)
    scanned = scan(words, reading, span, constraints, exclusion) if constraints or below.nodes else ()
    tokens = without_remarks(reading.text, scanned, constraints)
    node = _own(grammar, tokens, exclusion) if constraints else None
    if not below.nodes:
        return node
    lead = reading.folded[slice(*span)]
    excepts = _ends_with(tokens) in ("except", "unless")
    under = join_children(lead, below.words, below.nodes, exclusion or excepts)
    counts = [c.count for c in constraints if c.count is not None]
    if len(constraints) == len(counts) == 1 and isinstance(under, AtLeast | AnyOf) and number_of(lead) is not None:
        return under  # "≥ 2 of 6 signs:" counts what stands under it
    return under if node is None else _under(grammar, tokens, node, under)


def _ends_with(tokens: Sequence[Token]) -> str:
    """The kind of the last token that is more than a sign or a word of the sentence."""
    return next((token.kind for token in reversed(tokens) if token.kind not in _SIGNS), "")


def _own(grammar: Grammar, tokens: Sequence[Token], exclusion: bool) -> Requirement | None:
    """What the words demand; where all that is known stands behind a word that makes it no demand, that word is not heard."""
    node = grammar.read(tokens, Mode(loose=exclusion))
    if node is None:
        grammar.hears_void = False
        node = grammar.read(tokens, Mode(loose=exclusion))
    return node


def _under(grammar: Grammar, tokens: Sequence[Token], node: Requirement, under: Requirement) -> Requirement:
    """The lead-in's own demand with what stands under it: an exception, the case of a premise, a definition, or more of the same."""
    last = _ends_with(tokens)
    if last in ("except", "unless"):
        if isinstance(node, Not):
            return Not.trusted(item=all_of((node.item, deny(under))))
        return all_of((node, deny(under)))
    if last in ("define", "shown") or grammar.known.defines(node, under):
        return under if last == "define" or grammar.known.defines(node, under) else all_of((node, under))
    kinds = [token.kind for token in tokens]
    premised = kinds[:1] == ["if"] or ("must" in kinds and not grammar.exclusion and grammar.is_who(tokens[: kinds.index("must")]))
    return IfThen.trusted(premise=node, then=under) if premised else all_of((node, under))
