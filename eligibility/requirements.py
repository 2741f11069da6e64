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
_AND = re.compile(r"\band\b|\bnor\b|\bplus\b|\bwith\b|&")
_NO = re.compile(r"\b(?:no|not|without|never|absence|lack)\b")
_PARTED = re.compile(r"[,;\n]")
_ANY_OF = re.compile(r"\b(?:any|one|either|1)(?: or more)? of\b|\bat least (?:one|1) of\b|\bany of the following\b")
_AT_LEAST = re.compile(r"(?:\bat least|≥|>=|\bminimum of)\s*(\w+)(?: or more)?(?: out)? of\b|\b(\w+) or more of\b")


def leaf(constraint: Constraint) -> Requirement:
    """A constraint as a node: "no infection" is a Not over the infection."""
    if constraint.negated:
        asserted = type(constraint).trusted(**(constraint.__dict__ | {"negated": False}))
        return Not.trusted(item=Leaf.trusted(constraint=asserted))
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
    """ "and" binds before "or"; a comma is what the next word of its list says, else "or" in an exclusion and "and" in an inclusion."""
    if len(constraints) < 2:
        return leaf(constraints[0]) if constraints else None
    joints = _joints(folded, constraints, exclusion)
    groups: list[list[Requirement]] = [[leaf(constraints[0])]]
    place = 0
    while place < len(joints):
        after = constraints[place + 1]
        run = _run(constraints, joints, place)
        if run > 1:
            groups[-1].append(AnyOf.trusted(items=tuple(leaf(c) for c in constraints[place + 1 : place + 1 + run])))
            place += run
            continue
        if joints[place] == "beside" and constraints[place].negated and after.negated:
            groups[-1][-1] = _deny_together(groups[-1][-1], after)
        elif joints[place] == "or":
            groups.append([leaf(after)])
        else:
            groups[-1].append(leaf(after))
        place += 1
    joined = [group[0] if len(group) == 1 else AllOf.trusted(items=tuple(group)) for group in groups]
    return joined[0] if len(joined) == 1 else AnyOf.trusted(items=tuple(joined))


def _deny_together(denied: Requirement, constraint: Constraint) -> Requirement:
    """ "no radiotherapy to > 30 % of the marrow" denies that both hold at once."""
    more = leaf(constraint)
    if not (isinstance(denied, Not) and isinstance(more, Not)):
        return AllOf.trusted(items=(denied, more))
    held = denied.item.items if isinstance(denied.item, AllOf) else (denied.item,)
    return Not.trusted(item=AllOf.trusted(items=(*held, more.item)))


def _run(constraints: Sequence[Constraint], joints: Sequence[str], place: int) -> int:
    """How many constraints of one type stand, joined by "or", as the object of the one before: "allergy to cisplatin or carboplatin"."""
    kind = constraints[place + 1].type
    if joints[place] != "beside" or constraints[place].type == kind:
        return 0
    run = 1
    while place + run < len(joints) and joints[place + run] == "or" and constraints[place + run + 1].type == kind:
        run += 1
    return run


def _joints(folded: str, constraints: Sequence[Constraint], exclusion: bool) -> list[str]:
    """ "and", "or" or "beside" for each pair of neighbours: what stands side by side ("heart failure NYHA III") holds together."""
    joints: list[str] = []
    following = "or" if exclusion else "and"
    for before, after in reversed(list(pairwise(constraints))):
        gap = folded[slice(*_between(before, after))]
        said = "or" if _OR.search(gap) else "and" if _AND.search(gap) else None
        if before.negated and after.negated and (said == "or" or _PARTED.search(gap)) and not _NO.search(gap):
            said = "and"  # "no asthma or diabetes": neither
        joint = said or (following if _PARTED.search(gap) else "beside")
        if joint != "or" and (_exclude_each_other(before, after) or _is_for_others(before, after)):
            joint = "or"
        if said:
            following = joint
        joints.append(joint)
    return joints[::-1]


def _between(before: Constraint, after: Constraint) -> tuple[int, int]:
    """Where the words that join two constraints stand: between their values where they share a subject, between their subjects where
    they share a value, else between all that belongs to each."""
    values = [found.span for _, found in before.facets if found.span]
    others = [found.span for _, found in after.facets if found.span] if values else []
    if values and others:
        subject, other = (c.subject.spans if c.subject else () for c in (before, after))
        if values[-1].end <= others[0].start and subject == other:
            return values[-1].end, others[0].start
        if subject and other and set(values) & set(others):
            return subject[-1].end, other[0].start
    first, second = before.evidence, after.evidence
    return (first.end, second.start) if first and second else (0, 0)


def _is_for_others(before: Constraint, after: Constraint) -> bool:
    """True for the limit of a part of the patients behind the general one: "≤ 2.5 ULN (≤ 5 ULN if liver metastases)"."""
    general = before.population is None and after.population is not None
    return general and before.value is not None and after.value is not None and before.value.unit == after.value.unit


def _exclude_each_other(before: Constraint, after: Constraint) -> bool:
    """True for two ranges of one thing that no value can satisfy: "below 18 and above 45" can only mean either."""
    if before.value is None or after.value is None or before.name != after.name or before.population != after.population:
        return False
    low, high = (before.value, after.value) if before.value.lower is None else (after.value, before.value)
    top, bottom = low.upper, high.lower
    one_sided = low.lower is None and high.upper is None
    return one_sided and top is not None and bottom is not None and top.unit == bottom.unit and top.magnitude < bottom.magnitude


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
