"""What a patient must satisfy: constraints in, a requirement tree out. Polarity lives here alone: an exclusion is a Not at its root."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from eligibility.constraints import Constraint
from eligibility.frozen import Frozen


class Leaf(Frozen):
    node: Literal["leaf"] = "leaf"
    constraint: Constraint

    def __str__(self) -> str:
        return self.constraint.phrase


class Not(Frozen):
    node: Literal["not"] = "not"
    item: Requirement

    def __str__(self) -> str:
        inner = str(self.item)
        return f"not {inner}" if isinstance(self.item, (AllOf, AnyOf, AtLeast, IfThen)) else f"not ({inner})"


class AllOf(Frozen):
    node: Literal["all"] = "all"
    items: tuple[Requirement, ...]

    def __str__(self) -> str:
        said = [str(item) for item in self.items]
        return "(" + (", and " if any("," in words for words in said) else " and ").join(said) + ")"


class AnyOf(Frozen):
    node: Literal["any"] = "any"
    items: tuple[Requirement, ...]

    def __str__(self) -> str:
        return "(" + " or ".join(map(str, self.items)) + ")"


class AtLeast(Frozen):
    """At least `n` of the items."""

    node: Literal["at_least"] = "at_least"
    n: int
    items: tuple[Requirement, ...]

    def __str__(self) -> str:
        return f"at least {self.n} of (" + ", ".join(map(str, self.items)) + ")"


class IfThen(Frozen):
    """What holds for a part of the patients: `then` where the premise holds, else `otherwise`.

    Without an `otherwise` it says nothing of the other patients: it is left out of the AllOf or AnyOf that holds it, and a Not over it
    says nothing either. "Hb < 10 g/dL for men or < 9 for women" is an AnyOf of two, and excludes no woman for the men's limit.
    """

    node: Literal["if"] = "if"
    premise: Requirement
    then: Requirement
    otherwise: Requirement | None = None

    def __str__(self) -> str:
        otherwise = f" else {self.otherwise}" if self.otherwise is not None else ""
        return f"(if {self.premise} then {self.then}{otherwise})"


Requirement = Annotated[Leaf | Not | AllOf | AnyOf | AtLeast | IfThen, Field(discriminator="node")]
for _node in (Not, AllOf, AnyOf, AtLeast, IfThen):
    _node.model_rebuild()


def leaves(node: Requirement | None) -> Iterator[Leaf]:
    """The leaves below the node, in text order; none below None."""
    match node:
        case Leaf():
            yield node
        case Not():
            yield from leaves(node.item)
        case AllOf() | AnyOf() | AtLeast():
            for item in node.items:
                yield from leaves(item)
        case IfThen():
            for part in (node.premise, node.then, node.otherwise):
                yield from leaves(part)
