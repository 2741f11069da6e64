"""Nodes made short: in, requirements; out, the AllOf, AnyOf or Not over them, without nesting of a kind in itself and without repeats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eligibility.constraints import Constraint
from eligibility.logic import AllOf, AnyOf, Leaf, Not, Requirement


def leaf(constraint: Constraint) -> Leaf:
    """The constraint as a node that asserts it: what denies it is a Not over the leaf."""
    if constraint.negated:
        constraint = type(constraint).trusted(**(constraint.__dict__ | {"negated": False}))
    return Leaf.trusted(constraint=constraint)


def all_of(items: Iterable[Requirement]) -> Requirement:
    """All of the items (at least one); the item itself where there is only one."""
    kept = _distinct(items, AllOf)
    return kept[0] if len(kept) == 1 else AllOf.trusted(items=kept)


def any_of(items: Iterable[Requirement]) -> Requirement:
    """Any of the items (at least one); the item itself where there is only one."""
    kept = _distinct(items, AnyOf)
    return kept[0] if len(kept) == 1 else AnyOf.trusted(items=kept)


def deny(item: Requirement) -> Requirement:
    return item.item if isinstance(item, Not) else Not.trusted(item=item)


def leaves(node: Requirement) -> Sequence[Leaf]:
    """The leaves below the node, in text order."""
    if isinstance(node, Leaf):
        return [node]
    if isinstance(node, Not):
        return leaves(node.item)
    if isinstance(node, AllOf | AnyOf) or hasattr(node, "items"):
        return [found for item in node.items for found in leaves(item)]
    parts = (node.premise, node.then, node.otherwise)
    return [found for part in parts if part is not None for found in leaves(part)]


def _distinct(items: Iterable[Requirement], kind: type[AllOf] | type[AnyOf]) -> tuple[Requirement, ...]:
    kept: dict[str, Requirement] = {}
    for item in items:
        for part in item.items if isinstance(item, kind) else (item,):
            kept.setdefault(str(part), part)
    return tuple(kept.values())
