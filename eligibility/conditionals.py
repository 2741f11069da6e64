"""Conditionals: in, a requirement tree; out, one without `IfThen` that is met by exactly those whom the first does not fail.

For forms that know only true and false. "If … then" without "else" says nothing of those without its premise: what holds it leaves it out,
a Not leaves it, and a criterion that says nothing of a patient passes (`IfThen`, the tables of screening/truth.py). So a node has two
readings, that it holds and that it does not fail, and a Not turns one into the other.
"""

from __future__ import annotations

from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement


def unconditional(node: Requirement) -> Requirement:
    """The tree in two-valued logic: true where the node is, or says nothing."""
    match node:
        case Leaf():
            return node
        case Not():
            return Not(item=_holds(node.item))
        case AllOf():
            return AllOf(items=tuple(map(unconditional, node.items)))
        case AnyOf() | AtLeast():
            held = _enough(node)
            return held if _always_says(node) else AnyOf(items=(*_alternatives(held), AllOf(items=tuple(map(unconditional, node.items)))))
        case IfThen():
            met = AnyOf(items=(Not(item=_holds(node.premise)), unconditional(node.then)))
            if node.otherwise is None:
                return met
            return AllOf(items=(met, AnyOf(items=(unconditional(node.premise), unconditional(node.otherwise)))))


def _holds(node: Requirement) -> Requirement:
    """True only where the node is: what says nothing does not hold."""
    if _always_says(node):
        return unconditional(node)
    match node:
        case Not():
            return Not(item=unconditional(node.item))
        case AnyOf():
            return _enough(node)
        case AllOf() | AtLeast():
            whole = AllOf(items=(*map(unconditional, node.items), AnyOf(items=tuple(map(_holds, node.items)))))
            return whole if isinstance(node, AllOf) else AnyOf(items=(_enough(node), whole))
        case IfThen():
            met = AllOf(items=(_holds(node.premise), _holds(node.then)))
            if node.otherwise is None:
                return met
            return AnyOf(items=(met, AllOf(items=(Not(item=unconditional(node.premise)), _holds(node.otherwise)))))
    return node


def _enough(node: AnyOf | AtLeast) -> Requirement:
    """As many of the items hold as are asked for; of fewer items than that, all of them."""
    items = tuple(map(_holds, node.items))
    return AnyOf(items=items) if isinstance(node, AnyOf) else AtLeast(n=min(node.n, len(items)), items=items)


def _alternatives(node: Requirement) -> tuple[Requirement, ...]:
    return node.items if isinstance(node, AnyOf) else (node,)


def _always_says(node: Requirement) -> bool:
    """Whether the node is true or false of everyone. Of an "at least", all items must be: fewer are asked for where fewer say something."""
    match node:
        case Leaf():
            return True
        case Not():
            return _always_says(node.item)
        case AllOf() | AnyOf():
            return any(map(_always_says, node.items))
        case AtLeast():
            return all(map(_always_says, node.items))
        case IfThen():
            return node.otherwise is not None and all(map(_always_says, (node.premise, node.then, node.otherwise)))
