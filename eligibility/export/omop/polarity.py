"""Polarity: in, a requirement and a way to ask its leaves; out, a tree that everyone satisfies who satisfies the requirement.

Not is pushed down to the leaves, so that each leaf is asked for what contains it, or for what contains its opposite. A leaf that cannot be
asked is taken as satisfied: an AllOf goes on without it, an AnyOf with it demands nothing, an AtLeast demands one less. The result can
therefore only be wider than the requirement, wherever under a Not the leaf stood.

An IfThen without `otherwise` says nothing of those without its premise and is left out of what holds it (logic.py); so each node has the
persons to whom it applies beside what it demands of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, zip_longest

from eligibility.constraints import Constraint
from eligibility.export.omop.circe import Tree, at_least
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement

# The tree that contains a constraint, or its opposite (True), and None where nothing can be asked of it. The last are the exceptions whose
# records do not count.
Ask = Callable[[Constraint, bool, Sequence[Constraint]], Tree | None]
# The exceptions among the items of an AllOf.
Excepting = Callable[[Requirement, Sequence[Requirement]], Sequence[Constraint]]


def wider(requirement: Requirement, ask: Ask, excepting: Excepting) -> Tree | None:
    """A tree that contains the requirement; None where nothing is demanded of anyone."""
    return _Widening(ask, excepting).demand(requirement, False, ())


class _Widening:
    def __init__(self, ask: Ask, excepting: Excepting) -> None:
        self._ask = ask
        self._excepting = excepting

    def demand(self, node: Requirement, negated: bool, excepted: Sequence[Constraint]) -> Tree | None:
        """Of those to whom it applies; the others satisfy it."""
        match node:
            case Not():
                return self.demand(node.item, not negated, excepted)
            case IfThen():
                then = self.demand(node.then, negated, excepted)
                if node.otherwise is None:
                    return _join(1, (self._holds(node.premise, True, ()), then))
                return _join(1, (self._side(node.premise, False, then), self._otherwise(node, negated, excepted)))
        holds = self._holds(node, negated, excepted)
        return _join(1, (self._applies(node, True), holds)) if _conditional(node) and _is_choice(node, negated) else holds

    def _otherwise(self, node: IfThen, negated: bool, excepted: Sequence[Constraint]) -> Tree | None:
        assert node.otherwise is not None
        return self._side(node.premise, True, self.demand(node.otherwise, negated, excepted))

    def _holds(self, node: Requirement, negated: bool, excepted: Sequence[Constraint]) -> Tree | None:
        match node:
            case Leaf():
                return self._ask(node.constraint, negated, excepted)
            case Not():
                return self._holds(node.item, not negated, excepted)
            case IfThen():
                sides = [self._side(node.premise, False, self._applying(node.then, negated, excepted))]
                if node.otherwise is not None:
                    sides.append(self._side(node.premise, True, self._applying(node.otherwise, negated, excepted)))
                return _join(1, sides)
        own = [self._excepting(item, node.items) for item in node.items] if isinstance(node, AllOf) else []
        kept = [item for item, constraints in zip_longest(node.items, own) if not constraints]
        taken = (*excepted, *chain.from_iterable(own))
        part = self._applying if _is_choice(node, negated) else self.demand
        return _join(_wanted(node, len(kept), negated), [part(item, negated, taken) for item in kept])

    def _side(self, premise: Requirement, negated: bool, then: Tree | None) -> Tree | None:
        return _join(2, (self._holds(premise, negated, ()), then))

    def _applying(self, node: Requirement, negated: bool, excepted: Sequence[Constraint]) -> Tree | None:
        """One of several alternatives: whom it does not apply to, it does not satisfy."""
        if isinstance(node, Not):
            return self._applying(node.item, not negated, excepted)
        holds = self._holds(node, negated, excepted)
        demands_alike = _conditional(node) and not isinstance(node, IfThen) and not _is_choice(node, negated)
        return _join(2, (self._applies(node, False), holds)) if demands_alike else holds

    def _applies(self, node: Requirement, negated: bool) -> Tree | None:
        """To whom a conditional node applies, or to whom it does not."""
        match node:
            case Not():
                return self._applies(node.item, negated)
            case AllOf() | AnyOf() | AtLeast():
                return _join(len(node.items) if negated else 1, [self._applies(item, negated) for item in node.items])
            case IfThen():
                return _join(1, self._branches(node, negated))
        return None

    def _branches(self, node: IfThen, negated: bool) -> Iterable[Tree | None]:
        for side, part in ((False, node.then), (True, node.otherwise)):
            if part is not None and _conditional(part):
                yield self._side(node.premise, side, self._applies(part, negated))
            elif (part is None) == negated:
                yield self._holds(node.premise, side, ())


def _wanted(node: AllOf | AnyOf | AtLeast, items: int, negated: bool) -> int:
    """How many of the items must hold, or must not, for the node to hold, or not to."""
    count = items if isinstance(node, AllOf) else 1 if isinstance(node, AnyOf) else node.n
    return items - count + 1 if negated else count


def _is_choice(node: AllOf | AnyOf | AtLeast | Leaf, negated: bool) -> bool:
    """Whether one of several suffices: what does not apply is then no choice, and elsewhere no demand."""
    return not isinstance(node, Leaf) and len(node.items) > 1 and _wanted(node, len(node.items), negated) == 1


def _join(count: int, parts: Iterable[Tree | None]) -> Tree | None:
    """At least `count` of the parts, of which None demands nothing."""
    found = list(parts)
    kept = [part for part in found if part is not None]
    wanted = count - (len(found) - len(kept))
    return at_least(wanted, kept) if wanted > 0 and kept else None


def _conditional(node: Requirement) -> bool:
    """Whether there may be persons to whom the node does not apply."""
    match node:
        case Leaf():
            return False
        case Not():
            return _conditional(node.item)
        case AllOf() | AnyOf() | AtLeast():
            return all(map(_conditional, node.items))
        case IfThen():
            return node.otherwise is None or _conditional(node.then) or _conditional(node.otherwise)
