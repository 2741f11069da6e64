"""The grammar of a criterion: in, its tokens; out, the tree that its sentences say, without the Not of an exclusion.

Sentences and clauses are taken apart first, then premises ("if …", "women of childbearing potential must …"), then lists (`listing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from eligibility.constraints import Constraint
from eligibility.logic import IfThen, Not, Requirement, leaves
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.ranges import Span
from eligibility.requirements.clauses import demands, opened, split, word_of_clauses
from eligibility.requirements.groups import EXCEPTIONS, group_again, group_denials, group_exceptions, holds, terms, without
from eligibility.requirements.joints import Token, single_words
from eligibility.requirements.knowledge import Knowledge, modifiers, premise_of, sexes, specimens
from eligibility.requirements.listing import Listing
from eligibility.requirements.nodes import Chain, all_of, any_of, deny, has_facets, leaf, unread_leaf
from eligibility.spelling import normalise

_WHO = frozenset({"condition", "medication", "procedure", "sex", "biomarker", "pregnancy", "lactation", "contraception"})
_HEADED = {"condition": ("condition",), "procedure": ("procedure",), "medication": ("drug", "drug_class")}


class Mode(NamedTuple):
    """Where tokens stand: in a `loose` list no word between two means "or"; what is `denied` or `excepted` already is so once; `depth`
    counts the details that they are a detail of."""

    loose: bool
    denied: bool = False
    excepted: bool = False
    depth: int = 0


class Grammar:
    """The grammar of one criterion: its constraints by number, and what is known of them."""

    def __init__(self, vocabulary: Vocabulary, known: Knowledge, text: str, constraints: Sequence[Constraint], exclusion: bool) -> None:
        self.vocabulary, self.known, self.text, self.constraints, self.exclusion = vocabulary, known, text, constraints, exclusion
        self.hears_void = True
        self.excepts = any(constraint.exception for constraint in constraints)
        self.denies = any(constraint.negated for constraint in constraints)
        self.nodes: dict[int, Requirement] = {}
        merged: set[int] = set()
        for number, constraint in enumerate(constraints):
            if not self._add(number, constraint):
                merged.add(number)
        self.merged = frozenset(merged)

    def read(self, tokens: Sequence[Token], mode: Mode) -> Requirement | None:
        """All sentences; one that only excepts or allows is about those before it, and so is one that names nothing new."""
        chain = Chain(mode.loose)
        named: set[str] = set()
        for sentence in split(self._grouped(tokens, mode), "stop"):
            if chain and mode == Mode(loose=True) and self.exclusion and self._obliges(sentence):
                chain.add(deny(self._duty(sentence)), "or")
                continue
            node = self._sentence(sentence, mode, first=not chain) if any(map(holds, sentence)) else None
            said = [found.constraint for found in leaves(node)] if node is not None else []
            if mode.loose and said and named.issuperset(constraint.name for constraint in said) and not any(map(has_facets, said)):
                node = None
            named.update(constraint.name for constraint in said)
            self._add_to(chain, sentence, node)
        return chain.node

    def _obliges(self, tokens: Sequence[Token]) -> bool:
        """True for a sentence that says what patients must do or be, in an exclusion beside what excludes: "They must have recovered"."""
        must = next((place for place, token in enumerate(tokens) if token.kind == "must"), None)
        if must is None or not any(map(holds, tokens[must:])) or not self.is_word(tokens[must], "obliges"):
            return False
        denied = tokens[must + 1].kind == "no" or any(token.kind in ("if", "forbid", "allow") for token in tokens)
        who = [self.constraints[number] for number in terms(tokens[:must])]
        return not denied and (self.is_who(tokens[:must]) if who else any(token.kind == "person" for token in tokens[:must]))

    def _duty(self, tokens: Sequence[Token]) -> Requirement:
        """What such a sentence demands; in its own words where they are about what is over, which no list of facts can tell."""
        said = Grammar(self.vocabulary, self.known, self.text, self.constraints, exclusion=False)
        node = said._demand(tokens, Mode(loose=False))
        past = node is not None and any(found.constraint.temporality == "history" for found in leaves(node))
        return node if node is not None and not past else unread_leaf(self.text, (tokens[0].start, tokens[-1].end))

    def _grouped(self, tokens: Sequence[Token], mode: Mode) -> list[Token]:
        kept = without(tokens, self.merged)
        if mode.excepted:
            kept = group_again(kept)
        elif self.excepts:
            kept = group_exceptions(kept, self.constraints)
        return group_denials(kept, self.constraints) if self.denies and not mode.denied else kept

    def _add(self, number: int, constraint: Constraint) -> bool:
        """Make the constraint's node: a limit of a part of the patients has them as its premise, or changes the general limit before it;
        False where it has no node of its own then."""
        own: Requirement = leaf(constraint)
        if constraint.population is not None:
            premise = premise_of(self.vocabulary, constraint.population, self.text, constraint.evidence)
            general = self._general(number, constraint)
            if general is not None:
                self.nodes[general] = IfThen.trusted(premise=premise, then=own, otherwise=self.nodes[general])
                return False
            if self._completes(number, constraint, premise, own):
                return False
            own = IfThen.trusted(premise=premise, then=own)
        self.nodes[number] = own
        return True

    def _general(self, number: int, constraint: Constraint) -> int | None:
        """The limit for all patients that this one replaces for some: "≤ 2.5 ULN (≤ 5 ULN with liver metastases)"."""
        for place in range(number - 1, -1, -1):
            other = self.constraints[place]
            if other.name == constraint.name and other.population is None and other.value and constraint.value:
                return place if other.value.unit == constraint.value.unit and other.negated == constraint.negated else None
        return None

    def _completes(self, number: int, constraint: Constraint, premise: Requirement, own: Requirement) -> bool:
        """Whether the limit is the other case of one before it, which holds both then: "≤ 3 ULN without, ≤ 5 ULN with metastases"."""
        for place in range(number - 1, -1, -1):
            node = self.nodes.get(place)
            if self.constraints[place].name == constraint.name and isinstance(node, IfThen) and node.otherwise is None:
                if isinstance(node.premise, Not) == isinstance(premise, Not) or _names(node.premise) != _names(premise):
                    return False
                then, otherwise = (own, node.then) if isinstance(node.premise, Not) else (node.then, own)
                self.nodes[place] = IfThen.trusted(
                    premise=deny(premise) if isinstance(premise, Not) else premise, then=then, otherwise=otherwise
                )
                return True
        return False

    def _add_to(self, chain: Chain, tokens: Sequence[Token], node: Requirement | None, word: str | None = None) -> None:
        """Join what the tokens say to what was said before, by the word that they begin with or the one given."""
        if node is not None:
            chain.add(node, tokens[0].kind if tokens[0].kind in ("or", "and") else word)
            return
        for token in tokens:
            if token.kind in EXCEPTIONS and chain.node is not None:
                chain.node = self.less(chain.node, token)

    def less(self, node: Requirement, token: Token, excepted: Requirement | None = None) -> Requirement:
        """The node less what the token excepts. Where the node is demanded, "unless" waives it and what is allowed changes nothing."""
        excepted = excepted or self.read(token.inside, Mode(loose=True, excepted=True))
        if excepted is None or (isinstance(excepted, Not) and _names(excepted) <= _names(node)):  # "trials do not include non-trials"
            return node
        if isinstance(node, Not):
            return Not.trusted(item=all_of((node.item, deny(excepted))))
        if self.exclusion or token.kind == "except":
            return all_of((node, deny(excepted)))
        return any_of((node, excepted)) if token.kind == "unless" else node

    # Clauses: what a sentence demands, and of whom

    def _sentence(self, tokens: Sequence[Token], mode: Mode, first: bool) -> Requirement | None:
        word = word_of_clauses(tokens)
        chain = Chain(mode.loose)
        for clause in split(tokens, "semi"):
            self._add_to(chain, clause, self._clause(clause, mode, first and not chain), word)
        return chain.node

    def _clause(self, tokens: Sequence[Token], mode: Mode, first: bool) -> Requirement | None:
        kinds = {token.kind for token in tokens}
        if "forbid" in kinds:
            return self._forbidden(tokens, mode)
        if "allow" in kinds and not self.exclusion and not mode.excepted:
            return self._allowed(tokens, mode, first)
        ending = ("then", "must", "colon") if mode.loose else ("comma", "then", "must", "colon")
        chain = Chain(mode.loose)
        for part in [list(tokens)] if mode.excepted else demands(tokens, ending):
            self._add_to(chain, part, self._demand(part, mode))
        return chain.node

    def _demand(self, tokens: Sequence[Token], mode: Mode) -> Requirement | None:
        parts = self._sexed(tokens) or self._premise(tokens)
        if parts is None:
            return self.list(tokens, mode)
        who, what = parts
        premise = self.list(who, Mode(loose=False)) if terms(who) else self._sex(who)
        body = self.list(what, mode)
        if premise is None or body is None:
            return premise or body
        return IfThen.trusted(premise=premise, then=body)

    def _forbidden(self, tokens: Sequence[Token], mode: Mode) -> Requirement | None:
        """ "X may not take part unless Y" demands Y of those with X; in an exclusion it only says that X excludes."""
        said = [token for token in tokens if token.kind not in ("forbid", "must")]
        if self.exclusion:
            return self.list([part for token in said for part in (token.inside if token.kind == "deny" else (token,))], mode)
        who = self.list([token for token in said if token.kind not in EXCEPTIONS], Mode(loose=True))
        waived = next((token for token in said if token.kind == "unless"), None)
        if who is not None and waived is not None:
            demanded = self.read(waived.inside, Mode(loose=False, excepted=True))
            return IfThen.trusted(premise=who, then=demanded) if demanded is not None else deny(who)
        return who if who is None or isinstance(who, Not) else deny(who)

    def _allowed(self, tokens: Sequence[Token], mode: Mode, first: bool) -> Requirement | None:
        """ "X may take part if Y" demands Y of those with X; a permission alone demands nothing, but for the first "X is eligible"."""
        at = [token.kind for token in tokens].index("allow")
        said_if = next((place for place, token in enumerate(tokens) if token.kind == "if" and place > at), None)
        if said_if is None:
            said = self.text[tokens[at].start : tokens[at].end].lower()
            says_who = first and ("eligible" in said or said.startswith("will be incl"))
            if says_who:
                return self.list([token for token in tokens if token.kind not in EXCEPTIONS], mode)
            denied = [token for token in tokens if token.kind == "deny" or not holds(token)]  # what is denied beside it stays so
            return self.list(denied, mode) if any(map(holds, denied)) else None
        demanded = self.list(opened(tokens[said_if + 1 :]), Mode(loose=False))
        who = self.list(opened(tokens[:at]), Mode(loose=True))
        return IfThen.trusted(premise=who, then=demanded) if who is not None and demanded is not None else None

    def _sexed(self, tokens: Sequence[Token]) -> tuple[list[Token], list[Token]] | None:
        """ "in the case of women, …", "…, for men": the words of a premise that name a sex, and all else."""
        said_if = next((place for place, token in enumerate(tokens) if token.kind == "if"), None)
        if said_if is None:
            return None
        stop = said_if + 1
        while stop < len(tokens) and tokens[stop].kind in ("word", "person"):
            stop += 1
        who, rest = list(tokens[said_if:stop]), [*tokens[:said_if], *tokens[stop:]]
        return (who, rest) if terms(rest) and self._sex(who) is not None else None

    def _sex(self, tokens: Sequence[Token]) -> Requirement | None:
        """The one sex that the words name; None for more of them or none."""
        words = self.text[tokens[0].start : tokens[-1].end].lower().split() if tokens else []
        known = sexes(self.vocabulary.rulebook)
        named = {word for word in words if known.get(word, "all") != "all"}
        near = Span(tokens[0].start, tokens[-1].end) if tokens else None
        return premise_of(self.vocabulary, named.pop(), self.text, near) if len(named) == 1 else None

    def _premise(self, tokens: Sequence[Token]) -> tuple[list[Token], list[Token]] | None:
        """Whom a clause is about, and what it demands of them; None where it demands all of it of everyone."""
        holding = [place for place, token in enumerate(tokens) if holds(token)]
        if len(holding) < 2:
            return None
        said_if = next((place for place, token in enumerate(tokens) if token.kind == "if"), None)
        if said_if is not None and said_if < holding[0]:
            return self._parted(tokens, said_if, holding)
        if self.exclusion:
            return None
        must = next((place for place, token in enumerate(tokens) if token.kind == "must"), None)
        if must is not None and holding[0] < must < holding[-1] and self.is_who(tokens[:must]):
            return list(tokens[:must]), list(tokens[must:])
        about = [place for place in holding if self._names_who(tokens[place])]
        return self._about(tokens, about) if about and len(about) < len(holding) else None

    def _parted(self, tokens: Sequence[Token], said_if: int, holding: Sequence[int]) -> tuple[list[Token], list[Token]] | None:
        """ "if A, B": the premise ends at "then", "must", a colon, or else at its first comma that no more of the same follows."""
        inner = range(holding[0] + 1, holding[-1])
        end = next((place for place in inner if tokens[place].kind in ("then", "must", "colon")), None)
        if end is None:
            types = {place: self.constraints[terms((tokens[place],))[0]].type for place in holding}
            end = next(
                (
                    before + 1
                    for before, after in pairwise(holding)
                    if types[before] != types[after] and any(tokens[place].kind == "comma" for place in range(before + 1, after))
                ),
                None,
            )
        return (list(tokens[said_if + 1 : end]), list(tokens[end:])) if end is not None else None

    def is_who(self, tokens: Sequence[Token]) -> bool:
        """True where the words say which patients are meant: "patients with diabetes", "women"."""
        named = [self.constraints[number] for number in terms(tokens)]
        if not named or not all(constraint.type in _WHO and not constraint.negated for constraint in named):
            return False
        first = next((place for place, token in enumerate(tokens) if holds(token)), 0)
        persons = any(token.kind == "person" for token in tokens[:first])
        return persons or any(c.type == "sex" or self.known.is_premise(c) for c in named)

    def _names_who(self, token: Token) -> bool:
        return token.kind == "term" and self.known.is_premise(self.constraints[token.term])

    def _about(self, tokens: Sequence[Token], about: Sequence[int]) -> tuple[list[Token], list[Token]]:
        """The tokens that name the patients, with a sex right before them; and the others."""
        who = set(about)
        for place in about:
            before = tokens[place - 1] if place else None
            if before is not None and before.kind == "term" and self.constraints[before.term].type == "sex":
                who.add(place - 1)
        return [tokens[place] for place in sorted(who)], [token for place, token in enumerate(tokens) if place not in who]

    def is_elided(self, constraint: Constraint) -> bool:
        """True for what shares the head of the name behind it: the "heart" of "heart and lung disease", "oral and rectal steroids"."""
        kinds = _HEADED.get(constraint.type, ())
        if constraint.concept is None or constraint.subject is None or not kinds or constraint.rule not in self.vocabulary.concepts:
            return False
        if constraint.type == "medication" and constraint.route is None:
            return False
        said = normalise(constraint.subject.text)
        return " " not in said and all(self.vocabulary.lexicon.exact(said, kind) is None for kind in kinds)

    def qualifies(self, word: Token) -> bool:
        said = self.text[word.start : word.end].lower()
        return self.known.qualifies(said) or said in modifiers(self.vocabulary.rulebook)

    def unread(self, words: Sequence[Token]) -> tuple[int, int] | None:
        """Where the words stand, without those of the sentence at their edges, if any of them can name something; else None."""
        kept = single_words(self.text, words)
        if not kept or self.is_word(kept[0], "no_member"):
            return None
        while kept and self._is_of_sentence(kept[0]):
            kept.pop(0)
        while kept and self._is_of_sentence(kept[-1]):
            kept.pop()
        if all(token.kind != "word" for token in kept) or self.qualifies(kept[-1]):
            return None
        joined = specimens(self.vocabulary.rulebook).match(self.text, kept[-1].start)  # "serum or plasma creatinine"
        if joined is not None and not any(self.is_word(token, "no_member") for token in kept):
            return None
        return kept[0].start, kept[-1].end

    def is_word(self, token: Token, words: str) -> bool:
        """True where the token is one of the words of that list."""
        return self.text[token.start : token.end].lower() in self.vocabulary.words[words]

    def begins_phrase(self, word: Token) -> bool:
        """True for the word that begins more words on what stands before: "to any component of the drug"."""
        words = single_words(self.text, (word,))
        return bool(words) and self.is_word(words[0], "no_member")

    def _is_of_sentence(self, token: Token) -> bool:
        said, words = self.text[token.start : token.end].lower(), self.vocabulary.words
        return len(said) < 3 or any(said in words[name] for name in ("stop", "link", "generic", "trim", "no_member"))

    def list(self, tokens: Sequence[Token], mode: Mode) -> Requirement | None:
        return Listing(self, tokens, mode).read()


def _names(node: Requirement) -> set[str]:
    return {found.constraint.name for found in leaves(node)}
