"""Entailment: in, two requirements; out, whether whoever satisfies the one satisfies the other. Said only where the trees show it.

Requirements are brought to a form in which only atoms are denied; a denied limit is the opposite limit (not "> 3" is "<= 3"). Every rule
here is sound and none is complete: what does not follow by them may still follow, and is then called changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from eligibility.comparison.containment import Knowledge, is_within
from eligibility.constraints import Age, Constraint, Measurement
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.ranges import Range


@dataclass(frozen=True, slots=True)
class Atom:
    """A constraint that must hold (`wanted`) or must not; `phrase`: as the words have it, which may name the opposite limit."""

    constraint: Constraint
    wanted: bool
    phrase: str

    @property
    def thing(self) -> tuple[str, str]:
        return self.constraint.type, self.constraint.name


@dataclass(frozen=True, slots=True)
class Some:
    """At least `n` of the items: all of them, or any one of them, too."""

    n: int
    items: tuple[Form, ...]

    @property
    def all(self) -> bool:
        return self.n >= len(self.items)

    @property
    def any(self) -> bool:
        return self.n == 1


@dataclass(frozen=True, slots=True)
class If:
    """What is asked of a part of the patients; without an `otherwise` nothing is of the others."""

    premise: Form
    then: Form
    otherwise: Form | None


Form: TypeAlias = Atom | Some | If


def form(node: Requirement, wanted: bool = True) -> Form:
    """The requirement, or its denial, with all denials at the atoms."""
    match node:
        case Leaf(constraint=constraint):
            return _atom(constraint, wanted)
        case Not(item=item):
            return form(item, not wanted)
        case IfThen(premise=premise, then=then, otherwise=otherwise):
            return If(form(premise), form(then, wanted), form(otherwise, wanted) if otherwise is not None else None)
        case AllOf(items=items):
            n = len(items)
        case AnyOf(items=items):
            n = 1
        case AtLeast(n=n, items=items):
            pass
    return Some(n if wanted else len(items) - n + 1, tuple(form(item, wanted) for item in items))


def _atom(constraint: Constraint, wanted: bool) -> Atom:
    value, phrase = constraint.value, constraint.phrase
    one_sided = value is not None and not value.values and (value.lower is None) != (value.upper is None)
    if wanted or value is None or not one_sided or not isinstance(constraint, Age | Measurement) or len(list(constraint.facets)) > 1:
        return Atom(constraint, wanted, phrase)
    return Atom(constraint.model_copy(update={"value": _beyond(value)}), True, phrase)


def _beyond(value: Range) -> Range:
    """What a one-sided range leaves out."""
    lower, upper = (bound.model_copy(update={"inclusive": not bound.inclusive}) if bound else None for bound in (value.upper, value.lower))
    return value.model_copy(update={"lower": lower, "upper": upper})


def atoms(node: Form | None) -> Iterator[Atom]:
    """All atoms, in text order, those of premises too."""
    match node:
        case Atom():
            yield node
        case Some(items=items):
            for item in items:
                yield from atoms(item)
        case If(premise=premise, then=then, otherwise=otherwise):
            for part in (premise, then, otherwise):
                yield from atoms(part)


def is_partial(node: Form) -> bool:
    """Whether there may be patients of whom it says nothing."""
    match node:
        case Atom():
            return False
        case Some(items=items):
            return any(map(is_partial, items))
        case If(then=then, otherwise=otherwise):
            return otherwise is None or is_partial(then) or is_partial(otherwise)


def entails(a: Form, b: Form, knowledge: Knowledge) -> bool:
    """Whether b asks for nothing more than a: whoever satisfies a, or is not meant by it, satisfies b or is not meant by it."""
    if isinstance(a, Atom) and isinstance(b, Atom):
        return _atom_entails(a, b, knowledge)
    if isinstance(b, Some) and b.all:
        return all(entails(a, item, knowledge) for item in b.items)
    if isinstance(a, Some) and a.any:
        return _matches_in_order(a, b, knowledge) or all(entails(item, b, knowledge) for item in a.items)
    if isinstance(a, If) and isinstance(b, If) and means_the_same(a.premise, b.premise, knowledge):
        return entails(a.then, b.then, knowledge) and _otherwise_entails(a, b, knowledge)
    if isinstance(a, If) and isinstance(b, If) and a.otherwise is None and b.otherwise is None:
        return entails(b.premise, a.premise, knowledge) and entails(a.then, b.then, knowledge)
    if isinstance(a, Some) and a.all and any(entails(item, b, knowledge) for item in a.items):
        return True
    if isinstance(b, If):
        return entails(a, b.then, knowledge) and (b.otherwise is None or entails(a, b.otherwise, knowledge))
    if isinstance(a, If):
        return a.otherwise is not None and entails(a.then, b, knowledge) and entails(a.otherwise, b, knowledge)
    if isinstance(b, Some) and b.any:
        return any(not is_partial(item) and entails(a, item, knowledge) for item in b.items)
    return isinstance(a, Some) and isinstance(b, Some) and _some_entails(a, b, knowledge)


def _atom_entails(a: Atom, b: Atom, knowledge: Knowledge) -> bool:
    if a.wanted != b.wanted:
        return False
    narrow, wide = (a, b) if a.wanted else (b, a)
    return is_within(narrow.constraint, wide.constraint, knowledge)


def means_the_same(a: Form, b: Form, knowledge: Knowledge) -> bool:
    return entails(a, b, knowledge) and entails(b, a, knowledge)


def _otherwise_entails(a: If, b: If, knowledge: Knowledge) -> bool:
    return b.otherwise is None or (a.otherwise is not None and entails(a.otherwise, b.otherwise, knowledge))


def _matches_in_order(a: Some, b: Form, knowledge: Knowledge) -> bool:
    """Alternatives for parts of the patients, "> 10 for women or > 11 for men": each by its own, if they are the same parts."""
    if not isinstance(b, Some) or not b.any or len(a.items) != len(b.items):
        return False
    pairs = list(zip(a.items, b.items, strict=True))
    return all(entails(*pair, knowledge) and _of_same_part(*pair, knowledge) for pair in pairs)


def _of_same_part(a: Form, b: Form, knowledge: Knowledge) -> bool:
    if isinstance(a, If) and isinstance(b, If):
        whole = not any(is_partial(part) for part in (a.then, a.otherwise, b.then, b.otherwise) if part is not None)
        return whole and (a.otherwise is None) == (b.otherwise is None) and means_the_same(a.premise, b.premise, knowledge)
    return not is_partial(a) and not is_partial(b)


def _some_entails(a: Some, b: Some, knowledge: Knowledge) -> bool:
    """Whether n of one list are m of another: each item of a by an item of b of its own; those without one may all be among the n."""
    if any(map(is_partial, (*a.items, *b.items))):
        return a == b
    left = list(b.items)
    lost = 0
    for item in a.items:
        found = next((other for other in left if entails(item, other, knowledge)), None)
        if found is None:
            lost += 1
        else:
            left.remove(found)
    return a.n - lost >= b.n
