"""Members of a list: in, nodes with the words that join each to the one before it; out, the one node that they make.

What stands side by side holds together, "and" binds before "or", and a comma is what the next word of the list says. Without any word a
list is one of alternatives where it excludes or is denied ("loose"), else of joint demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eligibility.constraints import Constraint
from eligibility.logic import IfThen, Leaf, Requirement, leaves
from eligibility.requirements.joints import Token
from eligibility.requirements.nodes import all_of, any_of, has_facets, toward

if TYPE_CHECKING:
    from eligibility.requirements.grammar import Grammar, Mode

_AGENTS = frozenset({"medication", "procedure", "other"})
_OF_PERSONS = frozenset({"age", "sex"})
_PERSONS = _OF_PERSONS | {"pregnancy", "lactation"}
_FAMILIES = {"medication": "treatment", "procedure": "treatment", "lactation": "pregnancy"}


class Members:
    """The members so far; `joints` says how each but the first is joined (and, or, comma, slash, for, beside); `parted`: by a comma too."""

    def __init__(self, grammar: Grammar, mode: Mode) -> None:
        self.grammar, self.mode = grammar, mode
        self.nodes: list[Requirement] = []
        self.joints: list[str] = []
        self.parted: list[bool] = [False]
        self.places: list[Token] = []

    def __bool__(self) -> bool:
        return bool(self.nodes)

    def add(self, node: Requirement, token: Token, words: Sequence[str]) -> None:
        """A member, and the kinds of the words between it and the one before."""
        if self.nodes:
            joint = joint_of(words)
            self.parted.append("comma" in words and joint in ("or", "and"))
            if self.parted[-1] and joint == "and" and not self.mode.loose and "or" in self.joints and "comma" not in self.joints:
                self.add_up()  # "A or B, and C"
                self.parted.append(True)
            self.joints.append(joint)
        self.nodes.append(node)
        self.places.append(token)

    def add_up(self) -> None:
        """Make one member of all so far."""
        self.nodes, self.joints, self.places, self.parted = [self.folded()], [], self.places[-1:], [False]

    def folded(self) -> Requirement:
        """All members as one node."""
        joints = self._words()
        self._fold_beside(joints)
        if "and" in joints:
            self._fold_limits(joints)
        groups: list[list[Requirement]] = [[self.nodes[0]]]
        for joint, member in zip(joints, self.nodes[1:], strict=True):
            if joint == "or":
                groups.append([member])
            else:
                groups[-1].append(member)
        return any_of(all_of(group) for group in groups)

    def constraint(self, place: int) -> Constraint | None:
        """The constraint of a member that is one leaf, whoever it is a demand on."""
        member = self.nodes[place] if self.nodes else None
        while isinstance(member, IfThen):
            member = member.then
        return member.constraint if isinstance(member, Leaf) else None

    def types(self, place: int) -> set[str]:
        return {found.constraint.type for found in leaves(self.nodes[place])}

    def _words(self) -> list[str]:
        """ "and", "or", "for" or "beside" for each joint: a comma or a stroke is what the next word of the list says."""
        unsaid = "or" if self.mode.loose else "and"
        following, joints = unsaid, []
        for place in reversed(range(len(self.joints))):
            joint = self.joints[place]
            before, after = self.constraint(place), self.constraint(place + 1)
            if joint in ("or", "and"):
                if joint == "and" and self.mode.loose:
                    joint = self._excluding(place)
                following = "or" if joint == "or" else "and"
            elif joint == "comma":
                graded = before is not None and after is not None and self.grammar.known.grades(before, after)
                joint = "beside" if graded else following
            elif joint == "slash":
                joint = unsaid if after is not None and after.type == "measurement" else "or"
            if before is not None and after is not None and joint != "or" and self._either(before, after, self.joints[place]):
                joint = "or"
            joints.append(joint)
        return joints[::-1]

    def _excluding(self, place: int) -> str:
        """What an "and" means where each member excludes: "asthma, diabetes, and stroke" are three alternatives, and "hospitalisation and
        antibiotics or antivirals" one thing with another."""
        if self.mode.denied or "comma" in self.joints[:place]:
            return "or"
        pair = self.constraint(place), self.constraint(place + 1)
        if self.mode.excepted and all(one is not None and one.type == "condition" for one in pair):
            return "or"  # "other than basal cell and squamous cell carcinoma"
        return "and" if self.types(place) == self.types(place + 1) else "beside"

    def _either(self, before: Constraint, after: Constraint, joint: str) -> bool:
        """True for two that nobody is at once, and for the two limits of one pressure that exclude: "BP > 160/100"."""
        if exclude_each_other(before, after):
            return True
        if not self.mode.loose:
            return False
        if joint == "and" and None not in (before.population, after.population) and before.population != after.population:
            return True
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
            while stop < len(joints) and joints[stop] == "or" and self._goes_on(place, stop) and not self._alike(place, place + 1):
                stop += 1
            if self._of_one(place, place + 1) or (
                stop == place + 2 and self.parted[stop]
            ):  # "cancer requiring chemotherapy, or transplantation" names two things
                stop = place + 1
            while first and self._is_qualified_too(joints, first - 1, place):
                first -= 1
            together = self._together(any_of(self.nodes[first : place + 1]), any_of(self.nodes[place + 1 : stop + 1]))
            self.nodes[first : stop + 1] = [together]
            joints[first:stop] = []
            self.parted[first + 1 : stop + 1] = []
            place = first

    def _goes_on(self, head: int, last: int) -> bool:
        """True where the alternative behind the last one is of the head too: of the first one's type, or in words that no rule reads.
        All alternatives are of a person: "women after menopause or a hysterectomy"."""
        if not self._alike(last, head + 1):
            return False
        of = self.constraint(head)
        if self.types(head) <= _PERSONS or (of is not None and self.grammar.known.is_premise(of)):
            return True
        return {_family(kind) for kind in self.types(last + 1)} in ({"other"}, {_family(kind) for kind in self.types(head + 1)})

    def _fold_limits(self, joints: list[str]) -> None:
        """Join the alternative limits of one thing before an "and" does: "cyclophosphamide and TBI (> 500 cGy or > 800 cGy)"."""
        place = 0
        while place < len(joints):
            if joints[place] == "or" and self._of_one(place, place + 1):
                self.nodes[place : place + 2] = [any_of(self.nodes[place : place + 2])]
                del joints[place], self.parted[place + 1]
            else:
                place += 1

    def _is_qualified_too(self, joints: Sequence[str], member: int, last: int) -> bool:
        """True where what qualifies the last of the alternatives qualifies the member too."""
        whole = joints[last] == "for" or self.types(last) <= _OF_PERSONS or self._repeats(last + 1)
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
            if all(constraint.type in _AGENTS and not has_facets(constraint) for constraint in named):
                return toward(head, named)
        return all_of((head, rest))

    def _repeats(self, place: int) -> bool:
        """True for the "on two occasions" behind a list of limits."""
        said = self.constraint(place)
        if said is None or said.count is None or said.subject is None:
            return False
        return said.subject.text.lower() in self.grammar.vocabulary.words["repeats"]

    def _of_one(self, one: int, other: int) -> bool:
        """True for two limits of one subject side by side: "12 follicles of 2-9 mm"."""
        first, second = self.constraint(one), self.constraint(other)
        if first is None or second is None or first.subject is None or second.subject is None:
            return False
        return first.subject.text == second.subject.text

    def _alike(self, one: int, other: int) -> bool:
        types = self.types(one)
        return types == self.types(other) and len(types) == 1


def _family(kind: str) -> str:
    return _FAMILIES.get(kind, kind)


def joint_of(words: Sequence[str]) -> str:
    """What words between two members say: the last "or" or "and", else a comma, a stroke or a "for"; "beside" where nothing joins them."""
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
