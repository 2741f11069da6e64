"""Nodes made short: in, requirements; out, the AllOf, AnyOf or Not over them, without nesting of a kind in itself and without repeats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eligibility.constraints import Concept, Condition, Constraint, Other, Subject
from eligibility.logic import AllOf, AnyOf, Leaf, Not, Requirement
from eligibility.ranges import Span


def leaf(constraint: Constraint) -> Leaf:
    """The constraint as a node that asserts it: what denies it is a Not over the leaf."""
    if constraint.negated:
        constraint = type(constraint).trusted(**(constraint.__dict__ | {"negated": False}))
    return Leaf.trusted(constraint=constraint)


def alone(constraint: Constraint) -> Requirement:
    """The node of a constraint that nothing else is said of: a Not over the leaf where it is denied."""
    return Not.trusted(item=leaf(constraint)) if constraint.negated else leaf(constraint)


def all_of(items: Iterable[Requirement]) -> Requirement:
    """All of the items (at least one); the item itself where there is only one."""
    kept = tuple(items)
    if len(kept) > 1:
        kept = _distinct(kept, AllOf)
    return kept[0] if len(kept) == 1 else AllOf.trusted(items=kept)


def any_of(items: Iterable[Requirement]) -> Requirement:
    """Any of the items (at least one); the item itself where there is only one."""
    kept = tuple(items)
    if len(kept) > 1:
        kept = _distinct(kept, AnyOf)
    return kept[0] if len(kept) == 1 else AnyOf.trusted(items=kept)


def deny(item: Requirement) -> Requirement:
    return item.item if isinstance(item, Not) else Not.trusted(item=item)


def _distinct(items: Iterable[Requirement], kind: type[AllOf] | type[AnyOf]) -> tuple[Requirement, ...]:
    """The items, those of the kind itself opened, without the leaves that only say again that something is there."""
    kept: dict[object, Requirement] = {}
    for item in items:
        for part in item.items if isinstance(item, kind) else (item,):
            kept.setdefault(_sameness(part), part)
    return tuple(kept.values())


def _sameness(node: Requirement) -> object:
    constraint = node.constraint if isinstance(node, Leaf) else None
    if constraint is None or constraint.type == "sex":
        return id(node)
    fields = constraint.__dict__
    named = constraint.type, constraint.name, constraint.modifiers, constraint.temporality, constraint.about
    also = fields.get("route"), fields.get("agents"), fields.get("method")
    return named, also, tuple(map(str, (found for _, found in constraint.facets))) if has_facets(constraint) else ()


def has_facets(constraint: Constraint) -> bool:
    """Whether there is a number or a time in it: asked for every leaf, so without the generator of `facets`."""
    fields = constraint.__dict__
    if fields["value"] or fields["window"] or fields["duration"] or fields["count"] or fields["frequency"]:
        return True
    return fields.get("dose") is not None or fields.get("stage") is not None


def toward(head: Leaf, named: Sequence[Constraint]) -> Leaf:
    """The allergy (intolerance, contraindication) with what it is to."""
    agents = {
        constraint.name: constraint.concept
        or Concept.trusted(id=constraint.name, label=constraint.subject.text if constraint.subject else constraint.name)
        for constraint in named
    }
    return Leaf.trusted(constraint=Condition.trusted(**(head.constraint.__dict__ | {"agents": tuple(agents.values())})))


def unread_leaf(text: str, span: tuple[int, int]) -> Leaf:
    """Words that no rule reads, as a demand that nobody can evaluate."""
    place = Span(*span)
    subject = Subject.trusted(text=text[slice(*span)], spans=(place,))
    return Leaf.trusted(constraint=Other.trusted(subject=subject, evidence=place, rule="unread"))


class Chain:
    """Nodes joined one after another, each by "and", "or", or no word: in a `loose` chain that means "or", else "and"."""

    def __init__(self, loose: bool) -> None:
        self._loose = loose
        self._nodes: list[Requirement] = []
        self._any = loose

    def __bool__(self) -> bool:
        return bool(self._nodes)

    def add(self, node: Requirement, word: str | None) -> None:
        alternative = word == "or" or (word != "and" and self._loose)
        if alternative != self._any:
            self._nodes = [self._whole()] if self._nodes else []
        self._any = alternative
        self._nodes.append(node)

    @property
    def node(self) -> Requirement | None:
        """All nodes as one; None before the first."""
        return self._whole() if self._nodes else None

    @node.setter
    def node(self, node: Requirement) -> None:
        self._nodes = [node]

    def _whole(self) -> Requirement:
        if len(self._nodes) > 1:
            self._nodes = [any_of(self._nodes) if self._any else all_of(self._nodes)]
        return self._nodes[0]
