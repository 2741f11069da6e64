"""Lists: in, the tokens of one clause; out, the node over its members.

What stands side by side holds together, "and" binds before "or", and a comma is what the next word of its list says. Without any word a
list is one of alternatives where it excludes or is denied ("loose"), else of joint demands. A bracket, "defined as", "such as" and "if" say
more of the member before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eligibility.constraints import Concept, Condition, Constraint, Other, Span, Subject
from eligibility.logic import AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.numbers import find_numbers
from eligibility.requirements.groups import EXCEPTIONS, terms
from eligibility.requirements.joints import Token
from eligibility.requirements.nodes import all_of, any_of, leaves

if TYPE_CHECKING:
    from eligibility.requirements.grammar import Grammar, Mode

_DETAILS = frozenset({"define", "shown", "colon", "such", "if"})
_ENDS_VOID = frozenset({"comma", "colon", "such", "judged", "bracket"}) | EXCEPTIONS
_AGENTS = frozenset({"medication", "procedure", "other"})
_COUNTED = frozenset({"anyof", "allof", "atleast"})
_OF_PERSONS = frozenset({"age", "sex"})
_VALUES = frozenset({"measurement", "other", "age"})
_ENDS_DETAIL = frozenset({"comma", "or", "and"})


class Listing:
    """A list while it is read: its members, and how each is joined to the one before it."""

    def __init__(self, grammar: Grammar, tokens: Sequence[Token], mode: Mode) -> None:
        self.grammar, self.tokens, self.mode = grammar, tokens, mode
        self.members: list[Requirement] = []
        self.joints: list[str] = []  # of each member but the first: and, or, comma, slash, for, beside
        self.parted: list[bool] = [False]  # whether a comma stands before the word that joins the member
        self.places: list[Token] = []
        self.waiting: list[str] = []
        self.words: list[Token] = []
        self.judged: Token | None = None
        self.objects = False

    def read(self) -> Requirement | None:
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.kind in _DETAILS and self.members and set(self.waiting) <= {"comma"} and terms(self.tokens[place + 1 :]):
                self.waiting.clear()
                place = self._detail(place)
                continue
            if token.kind == "void" and self.grammar.hears_void:
                place = self._void(place)
                continue
            if token.kind in _COUNTED and terms(self.tokens[place + 1 :]):
                self._counted(token, self.tokens[place + 1 :])
                break
            if token.kind in EXCEPTIONS and not token.inside:
                place = self._except_unread(place)
                continue
            self._take(token)
            place += 1
        self._leave_unread(None)
        return self._folded() if self.members else None

    def _counted(self, token: Token, rest: Sequence[Token]) -> None:
        """ "at least two of the following: A, B, C": so many members of the rest of the clause, as one member of this list."""
        listing = Listing(self.grammar, rest, self.mode._replace(loose=token.kind != "allof"))
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
            self._add_up()
            self.waiting.append("and")
        elif token.kind in ("word", "person", "no"):
            self.words.append(token)
        else:
            if token.kind in ("or", "and") and self.words and self._joins_words():
                return
            if token.kind in ("or", "and", "comma"):
                self._leave_unread(token.kind)
            elif token.kind == "judged":
                self.judged = token
            self.waiting.append(token.kind)

    def _joins_words(self) -> bool:
        """True for an "or" between verbs or adjectives: "who have or will have surgery", "a trial of an approved or unapproved drug"."""
        last = self.words[-1]
        if self.grammar.is_word(last, "auxiliary"):
            return True
        within = any(self.grammar.is_word(word, "relative") for word in self.words) or self.grammar.is_word(self.words[0], "no_member")
        return bool(self.members) and within and self.grammar.qualifies(last)

    def _leave_unread(self, joint: str | None) -> None:
        """Words between two joints that name nothing known are a member of the list all the same, which nobody can evaluate."""
        words, self.words = self.words, []
        said = _joint(self.waiting)
        if not words or self.judged is not None or "such" in self.waiting or (self.members and self.places[-1].end > words[0].start):
            return
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
        if self.members:
            joint = _joint(self.waiting)
            self.parted.append("comma" in self.waiting and joint in ("or", "and"))
            if self.parted[-1] and joint == "and" and not self.mode.loose and "or" in self.joints and "comma" not in self.joints:
                self._add_up()  # "A or B, and C"
            self.joints.append(joint)
        self.waiting.clear()
        self.words.clear()
        self.objects = False
        self.members.append(node)
        self.places.append(token)

    def _bracket(self, token: Token) -> None:
        """A bracket says more of the member before it, or holds further members: "(or …)"."""
        first = next(part.kind for part in token.inside if part.kind != "word" or part is token.inside[-1])
        content = self.grammar.read(token.inside, self.mode)
        if content is None or (self.members and self._is_aside(token, first, content)):
            return
        if not self.members or _joint(self.waiting) != "beside" or first in ("or", "and"):
            self.waiting += [first] if first in ("or", "and") else []
            self._add(content, token)
        elif first == "if":
            self.members[-1] = self._on_premise(self.members[-1], content)
        else:
            self.members[-1] = self._detailed(self.members[-1], content, first if first in ("such", "define") else "shown")
        self.waiting.clear()

    def _is_aside(self, token: Token, first: str, content: Requirement) -> bool:
        """True for a bracket that points elsewhere ("see laboratory tests") or only says the name again ("tuberculosis (TB)")."""
        named = [found.constraint for found in leaves(content)]
        if self._is_gloss(named):
            return True
        if any(True for constraint in named for _ in constraint.facets):
            return False
        head = self._constraint(len(self.members) - 1)
        short = named[0].subject.text if len(named) == 1 and named[0].subject else ""
        again = bool(head) and short.isupper() and 1 < len(short) < 8 and head is not None and head.type == named[0].type
        return first == "aside" or again

    def _is_gloss(self, named: Sequence[Constraint]) -> bool:
        """True for a plain value behind a limit: "Hb ≥ 10 g/dL (Hct 30 %)" says the limit again."""
        head = self._constraint(len(self.members) - 1)
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
        content = self.grammar.list(self.tokens[place:stop], self.mode)
        if content is not None:
            last = self.members[-1]
            self.members[-1] = self._on_premise(last, content) if kind == "if" else self._detailed(last, content, kind)
        return stop

    def _end_of_detail(self, place: int) -> int:
        """A detail goes on as long as its members are of the types that it began with."""
        first = next((self._types(token) for token in self.tokens[place:] if terms((token,))), frozenset())
        stop = len(self.tokens)
        for ahead in range(place, len(self.tokens)):
            token = self.tokens[ahead]
            if token.kind in EXCEPTIONS:
                return ahead
            if token.kind in _ENDS_DETAIL:
                following = next((self._types(after) for after in self.tokens[ahead:] if terms((after,))), first)
                if not following & first and any(terms((before,)) for before in self.tokens[place:ahead]):
                    return ahead
        return stop

    def _types(self, token: Token) -> frozenset[str]:
        return frozenset(_family(self.grammar.constraints[number].type) for number in terms((token,)))

    def _detailed(self, head: Requirement, content: Requirement, kind: str) -> Requirement:
        if kind == "such":
            return any_of((head, content))
        faceted = any(True for found in leaves(head) for _ in found.constraint.facets)
        if (kind == "define" or self.grammar.known.defines(head, content)) and not isinstance(head, Not) and not faceted:
            return content
        return all_of((head, content))

    def _on_premise(self, demand: Requirement, premise: Requirement) -> Requirement:
        """ "X if Y": in an exclusion both together exclude, in an inclusion X is demanded of those with Y."""
        return all_of((demand, premise)) if self.mode.loose else IfThen.trusted(premise=premise, then=demand)

    def _except(self, token: Token) -> None:
        """An exception is one to the last member of its own type, else to the last."""
        if not self.members:
            return
        own = self._types(token)
        if token.kind == "unless" and not self.mode.loose:  # it waives all that is demanded so far
            self._add_up()
        fitting = (
            [place for place, member in enumerate(self.members) if own & {_family(kind) for kind in self._types_of(member)}]
            if token.kind != "unless"
            else []
        )
        place = fitting[-1] if fitting else len(self.members) - 1
        self.members[place] = self.grammar.less(self.members[place], token)
        self.waiting.clear()

    def _except_unread(self, place: int) -> int:
        """Take out what an exception names in words that no rule reads; gives the place behind them."""
        stop = place + 1
        while stop < len(self.tokens) and self.tokens[stop].kind in ("word", "person"):
            stop += 1
        span = self.grammar.unread(self.tokens[place + 1 : stop]) if stop > place + 1 else None
        if span is not None and self.members:
            kind = self.tokens[place].kind
            self.members[-1] = self.grammar.less(self.members[-1], Token(kind, *span), unread_leaf(self.grammar.text, span))
        return stop

    def _types_of(self, member: Requirement) -> set[str]:
        return {found.constraint.type for found in leaves(member)}

    def _add_up(self) -> None:
        """Make one member of all so far."""
        self.members, self.joints, self.places = [self._folded()], [], self.places[-1:]
        self.parted = self.parted[-1:]

    def _judge(self) -> None:
        """What somebody must judge to be so is a demand of its own beside the last member: nobody else can evaluate it."""
        last = self._constraint(len(self.members) - 1)
        if self.judged is None or not self.mode.loose or last is None or last.value is not None:
            return
        end = max([token.end for token in self.tokens if token.kind not in ("comma", "semi", "stop")], default=self.judged.end)
        if end > self.judged.start > self.places[-1].start:
            judged = unread_leaf(self.grammar.text, (self.judged.start, end))
            self.members[-1] = all_of((self.members[-1], judged))

    # How the members are joined

    def _folded(self) -> Requirement:
        joints = self._said()
        self._judge()
        self._fold_beside(joints)
        groups: list[list[Requirement]] = [[self.members[0]]]
        for joint, member in zip(joints, self.members[1:], strict=True):
            if joint == "or":
                groups.append([member])
            else:
                groups[-1].append(member)
        return any_of(all_of(group) for group in groups)

    def _said(self) -> list[str]:
        """ "and", "or", "for" or "beside" for each joint: a comma or a stroke is what the next word of the list says."""
        unsaid = "or" if self.mode.loose else "and"
        following, joints = unsaid, []
        commas = self.joints.count("comma")
        for place in reversed(range(len(self.joints))):
            joint = self.joints[place]
            before, after = self._constraint(place), self._constraint(place + 1)
            if joint in ("or", "and"):
                following = joint
                if joint == "and" and self.mode.loose and (commas or self.mode.denied):  # "asthma, diabetes, and stroke" excludes with each
                    joint = following = "or"
            elif joint == "comma":
                graded = before is not None and after is not None and self.grammar.known.grades(before, after)
                joint = "beside" if graded else following
            elif joint == "slash":
                joint = unsaid if after is not None and after.type == "measurement" else "or"
            if before is not None and after is not None and joint != "or" and self._either(before, after, joint):
                joint = "or"
            joints.append(joint)
        return joints[::-1]

    def _constraint(self, place: int) -> Constraint | None:
        member = self.members[place]
        while isinstance(member, IfThen):
            member = member.then
        return member.constraint if isinstance(member, Leaf) else None

    def _either(self, before: Constraint, after: Constraint, joint: str) -> bool:
        """True for two that nobody is at once, and for the two limits of one pressure that exclude: "BP > 160/100"."""
        if exclude_each_other(before, after) or (joint == "and" and self.mode.loose and before.population != after.population):
            return True
        if not self.mode.loose:
            return False
        if joint == "and" and self.grammar.is_elided(before):  # "heart and lung disease" excludes with each
            return True
        paired = before.subject is not None and before.subject == after.subject and before.name != after.name and joint == "beside"
        return paired or (joint == "and" and self.grammar.known.are_apart(before, after))

    def _fold_beside(self, joints: list[str]) -> None:
        """Join what stands side by side. A run of alternatives of one type is the object, or is qualified, as a whole: "allergy to
        cisplatin or carboplatin", "surgery or radiotherapy for prostate cancer"."""
        place = 0
        while place < len(joints):
            if joints[place] not in ("beside", "for"):
                place += 1
                continue
            first, stop = place, place + 1
            while stop < len(joints) and joints[stop] == "or" and self._alike(stop, place + 1) and not self._alike(place, place + 1):
                stop += 1
            if stop == place + 2 and self.parted[stop]:  # "cancer requiring chemotherapy, or transplantation" names two things
                stop = place + 1
            while first and self._is_qualified_too(joints, first - 1, place):
                first -= 1
            together = self._together(any_of(self.members[first : place + 1]), any_of(self.members[place + 1 : stop + 1]))
            self.members[first : stop + 1] = [together]
            joints[first:stop] = []
            self.parted[first + 1 : stop + 1] = []
            place = first

    def _is_qualified_too(self, joints: Sequence[str], member: int, last: int) -> bool:
        """True where what qualifies the last of the alternatives qualifies the member too."""
        whole = joints[last] == "for" or self._types_of(self.members[last]) <= _OF_PERSONS
        return (
            whole
            and joints[member] == "or"
            and not self.parted[member + 1]
            and self._alike(member, last)
            and not self._alike(last, last + 1)
        )

    def _together(self, head: Requirement, rest: Requirement) -> Requirement:
        """Both; of an allergy and what it is to, one leaf."""
        if isinstance(head, Leaf) and self.grammar.known.is_toward(head.constraint):
            named = [found.constraint for found in leaves(rest)]
            if all(constraint.type in _AGENTS and not any(True for _ in constraint.facets) for constraint in named):
                return toward(head, named)
        return all_of((head, rest))

    def _alike(self, one: int, other: int) -> bool:
        types = [{found.constraint.type for found in leaves(self.members[place])} for place in (one, other)]
        return types[0] == types[1] and len(types[0]) == 1


def _family(kind: str) -> str:
    return "value" if kind in _VALUES else kind


def toward(head: Leaf, named: Sequence[Constraint]) -> Leaf:
    """The allergy (intolerance, contraindication) with what it is to."""
    agents = tuple(
        constraint.concept or Concept.trusted(id=constraint.name, label=constraint.subject.text if constraint.subject else constraint.name)
        for constraint in named
    )
    return Leaf.trusted(constraint=Condition.trusted(**(head.constraint.__dict__ | {"agents": agents})))


def unread_leaf(text: str, span: tuple[int, int]) -> Leaf:
    """Words that no rule reads, as a demand that nobody can evaluate."""
    place = Span(*span)
    subject = Subject.trusted(text=text[slice(*span)], spans=(place,))
    return Leaf.trusted(constraint=Other.trusted(subject=subject, evidence=place, rule="unread"))


def _joint(words: Sequence[str]) -> str:
    """What the words between two members say: the last "or" or "and", else a comma, a stroke, a "for"; "beside" where nothing joins them."""
    said = next((kind for kind in reversed(words) if kind in ("or", "and", "nor")), None)
    if said is not None:
        return "or" if said == "nor" else said
    return next((kind for kind in ("comma", "slash", "for") if kind in words), "beside")


def exclude_each_other(before: Constraint, after: Constraint) -> bool:
    """True for two ranges of one thing that no value can satisfy: "below 18 and above 45" can only mean either."""
    if before.value is None or after.value is None or before.name != after.name or before.population != after.population:
        return False
    low, high = (before.value, after.value) if before.value.lower is None else (after.value, before.value)
    top, bottom = low.upper, high.lower
    one_sided = low.lower is None and high.upper is None
    return one_sided and top is not None and bottom is not None and top.unit == bottom.unit and top.magnitude < bottom.magnitude
