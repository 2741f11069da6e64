"""Conditionals in two-valued logic: nobody passes who failed, and nobody fails who passed."""

from __future__ import annotations

from hypothesis import given

from eligibility.conditionals import unconditional
from eligibility.constraints import Condition, Subject
from eligibility.logic import AllOf, AnyOf, IfThen, Leaf, Not, Requirement
from tests.requirement_trees import Facts, facts, is_satisfied, trees


def leaf(name: str) -> Leaf:
    return Leaf(constraint=Condition(subject=Subject(text=name)))


MEN, WOMEN, A, B = map(leaf, ("men", "women", "a", "b"))


def has_conditional(node: Requirement) -> bool:
    inner = [getattr(node, "item", None), *getattr(node, "items", ())]
    return isinstance(node, IfThen) or any(has_conditional(part) for part in inner if part is not None)


@given(trees(), facts)
def test_it_is_true_where_the_criterion_does_not_fail(tree: Requirement, known: Facts) -> None:
    assert not has_conditional(unconditional(tree))
    assert is_satisfied(unconditional(tree), known) == is_satisfied(tree, known)


def test_a_tree_without_conditionals_stays_as_it_is() -> None:
    tree = Not(item=AllOf(items=(A, AnyOf(items=(B, Not(item=MEN))))))
    assert unconditional(tree) == tree


def test_as_an_inclusion_and_as_an_exclusion() -> None:
    demand = IfThen(premise=MEN, then=A)
    assert str(unconditional(demand)) == "(not (men) or a)"
    assert str(unconditional(Not(item=demand))) == "not (men and a)"
    assert str(unconditional(IfThen(premise=MEN, then=A, otherwise=B))) == "((not (men) or a) and (men or b))"


def test_limits_for_men_and_for_women_exclude_each_by_their_own() -> None:
    limits = AnyOf(items=(IfThen(premise=MEN, then=A), IfThen(premise=WOMEN, then=B)))
    assert str(unconditional(Not(item=limits))) == "not ((men and a) or (women and b))"
