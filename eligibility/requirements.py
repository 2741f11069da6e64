"""Requirements: in, a criterion's constraints and the words between them; out, the tree of what a patient must satisfy.

"and", "or" and commas join; "except …" is a Not beside what it excepts; a lead-in says how many of its children must hold. An exclusion
is a Not at its root. A list of an exclusion is read as alternatives, that of an inclusion as joint demands, where no word says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from eligibility.constraints import Constraint
from eligibility.logic import AllOf, AnyOf, AtLeast, Leaf, Not, Requirement
from eligibility.numbers import find_numbers

_OR = re.compile(r"\bor\b|/|\band/or\b")
_AND = re.compile(r"\band\b|\bplus\b|\bwith\b|&")
_ANY_OF = re.compile(r"\b(?:any|one|either|1)(?: or more)? of\b|\bat least (?:one|1) of\b|\bany of the following\b")
_AT_LEAST = re.compile(r"(?:\bat least|≥|>=|\bminimum of)\s*(\w+)(?: or more)?(?: out)? of\b|\b(\w+) or more of\b")


def leaf(constraint: Constraint) -> Requirement:
    """A constraint as a node: "no infection" is a Not over the infection."""
    if constraint.negated:
        return Not.trusted(item=Leaf.trusted(constraint=constraint.model_copy(update={"negated": False})))
    return Leaf.trusted(constraint=constraint)


def require(
    folded: str, constraints: Sequence[Constraint], children: Sequence[Requirement], lead: str, exclusion: bool
) -> Requirement | None:
    """The requirement of a criterion, without the exclusion's Not; None where nothing was understood."""
    own = [c for c in constraints if not c.exception and c.about == "patient"]
    excepted = [c for c in constraints if c.exception]
    node = _join_own(folded, own, exclusion)
    below = _join_children(lead, children, exclusion)
    node = below if node is None else node if below is None else AllOf.trusted(items=(node, below))
    if node is not None and excepted:
        items = tuple(leaf(c) for c in excepted)
        node = AllOf.trusted(items=(node, Not.trusted(item=items[0] if len(items) == 1 else AnyOf.trusted(items=items))))
    return node


def _join_own(folded: str, constraints: Sequence[Constraint], exclusion: bool) -> Requirement | None:
    if not constraints:
        return None
    groups: list[list[Requirement]] = [[leaf(constraints[0])]]
    for before, after in pairwise(constraints):
        gap = folded[_end(before) : _start(after)]
        if _OR.search(gap) or (exclusion and not _AND.search(gap)):
            groups.append([leaf(after)])
        else:
            groups[-1].append(leaf(after))
    joined = [group[0] if len(group) == 1 else AllOf.trusted(items=tuple(group)) for group in groups]
    return joined[0] if len(joined) == 1 else AnyOf.trusted(items=tuple(joined))


def _start(constraint: Constraint) -> int:
    return constraint.evidence.start if constraint.evidence else 0


def _end(constraint: Constraint) -> int:
    return constraint.evidence.end if constraint.evidence else 0


def _join_children(lead: str, children: Sequence[Requirement], exclusion: bool) -> Requirement | None:
    if not children:
        return None
    if len(children) == 1:
        return children[0]
    counted = _AT_LEAST.search(lead)
    number = find_numbers(counted.group(1) or counted.group(2)) if counted else []
    if number and number[0].value > 1:
        return AtLeast.trusted(n=int(number[0].value), items=tuple(children))
    if _ANY_OF.search(lead) or number or (exclusion and "all of" not in lead):
        return AnyOf.trusted(items=tuple(children))
    return AllOf.trusted(items=tuple(children))
