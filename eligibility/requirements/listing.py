"""Lists: in, the tokens of one clause; out, the node over its members.

A bracket, "defined as", "such as" and "if" say more of the member before them; an exception takes something out of it. Words between two
joints that name nothing known are a member all the same, which nobody can evaluate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eligibility.constraints import Constraint
from eligibility.logic import AnyOf, AtLeast, IfThen, Leaf, Not, Requirement, leaves
from eligibility.numbers import find_numbers
from eligibility.requirements.groups import EXCEPTIONS, holds, terms
from eligibility.requirements.joints import Token, single_words
from eligibility.requirements.members import Members, joint_of
from eligibility.requirements.nodes import all_of, any_of, has_facets, unread_leaf

if TYPE_CHECKING:
    from eligibility.requirements.grammar import Grammar, Mode

_DETAILS = frozenset({"define", "shown", "colon", "such", "if"})
_ENDS_VOID = frozenset({"comma", "colon", "such", "judged", "bracket"}) | EXCEPTIONS
_BESIDE = 3  # characters between a name and its bracket
_DEEPEST = 4  # details of details; what is said deeper is read as more of the list
_COUNTED = frozenset({"anyof", "allof", "atleast"})
_VALUES = frozenset({"measurement", "other", "age"})
_ENDS_DETAIL = frozenset({"comma", "or", "and"})


class Listing:
    """A list while it is read: its members, and how each is joined to the one before it."""

    def __init__(self, grammar: Grammar, tokens: Sequence[Token], mode: Mode) -> None:
        self.grammar, self.tokens, self.mode = grammar, tokens, mode
        self.members = Members(grammar, mode)
        self.waiting: list[str] = []
        self.words: list[Token] = []
        self.judged: Token | None = None
        self.objects = False

    def read(self) -> Requirement | None:
        place = 0
        last = next((at for at in reversed(range(len(self.tokens))) if holds(self.tokens[at])), -1)
        while place < len(self.tokens):
            token = self.tokens[place]
            details = token.kind in _DETAILS and self.mode.depth < _DEEPEST and place < last
            if details and self.members and set(self.waiting) <= {"comma"}:
                self.waiting.clear()
                place = self._detail(place)
                continue
            if token.kind == "void" and self.grammar.hears_void:
                place = self._void(place)
                continue
            if token.kind in _COUNTED and place < last and self.mode.depth < _DEEPEST:
                self._counted(token, self.tokens[place + 1 :])
                break
            if token.kind in EXCEPTIONS and not token.inside:
                place = self._except_unread(place)
                continue
            self._take(token)
            place += 1
        self._leave_unread(None)
        self._judge()
        return self.members.folded() if self.members else None

    def _counted(self, token: Token, rest: Sequence[Token]) -> None:
        """ "at least two of the following: A, B, C": so many members of the rest of the clause, as one member of this list."""
        listing = Listing(self.grammar, rest, self.mode._replace(loose=token.kind != "allof", depth=self.mode.depth + 1))
        node = listing.read()
        if node is None:
            return
        number = find_numbers(self.grammar.text[token.start : token.end].lower()) if token.kind == "atleast" else []
        if number and isinstance(node, AnyOf):
            node = AtLeast.trusted(n=min(int(number[0].value), len(node.items)), items=node.items)
        self._add(node, Token("bracket", token.start, rest[-1].end, inside=tuple(rest)))

    def _void(self, place: int) -> int:
        """The place behind what is not demanded: up to the next comma or exception."""
        while place < len(self.tokens) and self.tokens[place].kind not in _ENDS_VOID:
            place += 1
        return place

    def _take(self, token: Token) -> None:
        if token.kind == "term":
            self._add(self.grammar.nodes[token.term], token)
        elif token.kind == "deny":
            denied = self.grammar.read(token.inside, self.mode._replace(loose=True, denied=True))
            if denied is not None:
                self._add(Not.trusted(item=denied), token)
        elif token.kind == "bracket":
            self._bracket(token)
        elif token.kind in EXCEPTIONS:
            self._except(token)
        elif token.kind == "provided" and self.members:
            self.members.add_up()
            self.waiting.append("and")
        elif token.kind in ("word", "person", "no"):
            self.words.append(token)
            if self.waiting[-1:] == ["slash"]:  # "a parent/guardian with …"
                self.waiting.pop()
        else:
            if token.kind in ("or", "and") and self.words and self._joins_words():
                return
            if token.kind == "slash" and self.words:
                return
            if token.kind in ("or", "and", "comma"):
                self._leave_unread(token.kind)
            elif token.kind == "judged":
                self.judged = token
            self.waiting.append(token.kind)

    def _joins_words(self) -> bool:
        """True for an "or" between verbs or adjectives: "who have or will have surgery", "a trial of an approved or unapproved drug"."""
        words = single_words(self.grammar.text, self.words)
        last = words[-1]
        if self.grammar.is_word(last, "auxiliary"):
            return True
        within = any(self.grammar.is_word(word, "relative") for word in words) or self.grammar.is_word(words[0], "no_member")
        return bool(self.members) and within and self.grammar.qualifies(last)

    def _leave_unread(self, joint: str | None) -> None:
        """Words between two joints that name nothing known are a member of the list all the same, which nobody can evaluate."""
        words, self.words = self.words, []
        if (
            not words
            or self.judged is not None
            or "such" in self.waiting
            or (self.members and self.members.places[-1].end > words[0].start)
        ):
            return
        said = joint_of(self.waiting)
        if not self.members:
            self._leave_first(words, joint)
            return
        if said == "beside":
            self.objects = joint != "comma" and self.grammar.begins_phrase(words[0])
            return
        if said not in ("or", "and", "comma") or not (self.mode.loose or said == "or") or self.objects:
            return
        span = self.grammar.unread(words)
        if span is not None:
            self._add(unread_leaf(self.grammar.text, span), Token("term", *span))

    def _leave_first(self, words: Sequence[Token], joint: str | None) -> None:
        """The unread first member of a list of alternatives."""
        later = next((token.kind for token in self.tokens if token.start > words[-1].end and token.kind in ("or", "and", "term")), None)
        span = self.grammar.unread(words) if joint == "or" or (joint == "comma" and later != "term" and self.mode.loose) else None
        if span is not None:
            self._add(unread_leaf(self.grammar.text, span), Token("term", *span))

    def _add(self, node: Requirement, token: Token) -> None:
        self.members.add(node, token, self.waiting)
        self.waiting.clear()
        self.words.clear()
        self.objects = False

    def _bracket(self, token: Token) -> None:
        """A bracket says more of the member before it, or holds further members: "(or …)"."""
        first = next(part.kind for part in token.inside if part.kind != "word" or part is token.inside[-1])
        if self.grammar.text[token.inside[0].start : token.inside[0].end].lower() == "as":  # "(as lupus or arthritis)"
            first = "such"
        content = self.grammar.read(token.inside, self.mode)
        if content is None or (self.members and self._is_aside(token, first, content)):
            return
        exemplifies = first == "such" and joint_of(self.waiting) == "for"
        if not self.members or (joint_of(self.waiting) != "beside" and not exemplifies) or first in ("or", "and") or self._goes_on(content):
            self.waiting += [first] if first in ("or", "and") else []
            self._add(content, token)
        elif first == "if":
            self.members.nodes[-1] = self._on_premise(self.members.nodes[-1], content)
        else:
            kinds = token.start - self.members.places[-1].end < _BESIDE and _lists_kinds(self.members.nodes[-1], content)
            said = "such" if kinds else first if first in ("such", "define") else "shown"
            self.members.nodes[-1] = self._detailed(self.members.nodes[-1], content, said)
        self.waiting.clear()

    def _goes_on(self, content: Requirement) -> bool:
        """True where the bracket holds another limit of the subject before it: the pressures of "hypertension (i.e. ≥ 180/110 mmHg)"."""
        head, other = self.members.constraint(-1), content.constraint if isinstance(content, Leaf) else None
        return head is not None and other is not None and head.value is not None and head.subject == other.subject is not None

    def _is_aside(self, token: Token, first: str, content: Requirement) -> bool:
        """True for a bracket that points elsewhere ("see laboratory tests") or only says the name again ("tuberculosis (TB)")."""
        named = [found.constraint for found in leaves(content)]
        if self._is_gloss(named):
            return True
        if any(map(has_facets, named)):
            return False
        head = self.members.constraint(-1)
        short = named[0].subject.text if len(named) == 1 and named[0].subject else ""
        again = bool(head) and short.isupper() and 1 < len(short) < 8 and head is not None and head.type == named[0].type
        return first == "aside" or again

    def _is_gloss(self, named: Sequence[Constraint]) -> bool:
        """True for a plain value behind a limit: "Hb ≥ 10 g/dL (Hct 30 %)" says the limit again."""
        head = self.members.constraint(-1)
        limited = head is not None and head.value is not None and (head.value.lower is None) != (head.value.upper is None)
        value = named[0].value if len(named) == 1 else None
        return limited and value is not None and value.lower == value.upper

    def _detail(self, place: int) -> int:
        """Read what the words behind the member say more of it; gives the place of the token behind them."""
        kind = self.tokens[place].kind
        place += 1
        while self.tokens[place].kind in ("colon", "comma"):
            place += 1
        stop = self._end_of_detail(place)
        content = self.grammar.list(self.tokens[place:stop], self.mode._replace(depth=self.mode.depth + 1))
        if content is not None:
            last = self.members.nodes[-1]
            self.members.nodes[-1] = self._on_premise(last, content) if kind == "if" else self._detailed(last, content, kind)
        return stop

    def _end_of_detail(self, place: int) -> int:
        """A detail goes on as long as its members are of the types that it began with."""
        begun: frozenset[str] = frozenset()
        joint = place
        for ahead in range(place, len(self.tokens)):
            token = self.tokens[ahead]
            if token.kind in EXCEPTIONS:
                return ahead
            joint = ahead if token.kind in _ENDS_DETAIL and joint < place + 1 else joint
            types = self._types(token)
            if types and begun and not types & begun and place < joint:
                return joint
            if types:
                begun, joint = begun or types, place
        return len(self.tokens)

    def _types(self, token: Token) -> frozenset[str]:
        return frozenset(_family(self.grammar.constraints[number].type) for number in terms((token,)))

    def _detailed(self, head: Requirement, content: Requirement, kind: str) -> Requirement:
        if kind == "such":
            return any_of((head, content))
        faceted = any(has_facets(found.constraint) for found in leaves(head)) and not (kind == "define" and _says_time_again(head, content))
        if (kind == "define" or self.grammar.known.defines(head, content)) and not isinstance(head, Not) and not faceted:
            return content
        return all_of((head, content))

    def _on_premise(self, demand: Requirement, premise: Requirement) -> Requirement:
        """ "X if Y": in an exclusion both together exclude, in an inclusion X is demanded of those with Y."""
        return all_of((demand, premise)) if self.mode.loose else IfThen.trusted(premise=premise, then=demand)

    def _except(self, token: Token) -> None:
        """Take what is excepted out of the member that it is one of."""
        if not self.members:
            return
        if token.kind == "unless" and not self.mode.loose:  # it waives all that is demanded so far
            self.members.add_up()
        place = self._excepted_from(token)
        self.members.nodes[place] = self.grammar.less(self.members.nodes[place], token)
        self.waiting.clear()

    def _excepted_from(self, token: Token) -> int:
        """The member that an exception is a kind of, else the last one of its own type, else the last."""
        last = len(self.members.nodes) - 1
        if token.kind == "unless" or last == 0:
            return last
        named = [self.grammar.constraints[number] for number in terms((token,))]
        own = self._types(token)
        fitting = [place for place in range(last + 1) if own & {_family(kind) for kind in self.members.types(place)}]
        for place in reversed(fitting if len(fitting) > 1 else ()):
            kinds = [found.constraint.concept for found in leaves(self.members.nodes[place])]
            if any(c.concept and kind and c.concept.is_a(kind) for c in named for kind in kinds):
                return place
        return fitting[-1] if fitting else last

    def _except_unread(self, place: int) -> int:
        """Take out what an exception names in words that no rule reads; gives the place behind them."""
        stop = place + 1
        while stop < len(self.tokens) and self.tokens[stop].kind in ("word", "person"):
            stop += 1
        span = self.grammar.unread(self.tokens[place + 1 : stop]) if stop > place + 1 else None
        if span is not None and self.members:
            kind = self.tokens[place].kind
            self.members.nodes[-1] = self.grammar.less(self.members.nodes[-1], Token(kind, *span), unread_leaf(self.grammar.text, span))
        return stop

    def _judge(self) -> None:
        """What somebody must judge to be so is a demand of its own beside the last member: nobody else can evaluate it."""
        last = self.members.constraint(-1)
        if self.judged is None or not self.mode.loose or last is None or last.value is not None:
            return
        end = max([token.end for token in self.tokens if token.kind not in ("comma", "semi", "stop")], default=self.judged.end)
        if end > self.judged.start > self.members.places[-1].start:
            judged = unread_leaf(self.grammar.text, (self.judged.start, end))
            self.members.nodes[-1] = all_of((self.members.nodes[-1], judged))


def _lists_kinds(head: Requirement, content: Requirement) -> bool:
    """True for several conditions behind one that no rule knows: they are what it means, or kinds of it."""
    if not isinstance(head, Leaf) or head.constraint.type != "condition" or head.constraint.concept is not None:
        return False
    return isinstance(content, AnyOf) and all(found.constraint.type == "condition" for found in leaves(content))


def _says_time_again(head: Requirement, content: Requirement) -> bool:
    """True where all that is said of the head is a window, and every part of the content has it, too."""
    window = head.constraint.window if isinstance(head, Leaf) else None
    if not isinstance(head, Leaf) or window is None or len(list(head.constraint.facets)) > len(window.alternatives):
        return False
    return all(found.constraint.window == window for found in leaves(content))


def _family(kind: str) -> str:
    return "value" if kind in _VALUES else kind
