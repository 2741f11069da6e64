"""Conditionals in two-valued logic: nobody passes who failed, and nobody fails who passed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from hypothesis import given
from requirement_trees import DISEASES, Facts, facts, is_satisfied, trees

from eligibility.conditionals import unconditional
from eligibility.constraints import Condition, Subject
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement


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


def small_trees() -> Iterator[Requirement]:
    """Every combination of two or three parts, with and without conditionals, and each of them denied."""
    parts = [leaf("gout"), IfThen(premise=leaf("asthma"), then=leaf("psoriasis")), IfThen(premise=leaf("psoriasis"), then=leaf("gout"))]
    both: list[Requirement] = [IfThen(premise=first, then=second, otherwise=third) for first, second, third in product(parts, repeat=3)]
    for items in (*product(parts, repeat=2), *product(parts, repeat=3)):
        both += [AllOf(items=items), AnyOf(items=items), *(AtLeast(n=n, items=items) for n in (1, 2, 3))]
    for tree in both:
        yield from (tree, Not(item=tree), AnyOf(items=(tree, parts[1])), Not(item=AllOf(items=(parts[2], tree))))


def test_every_small_tree_is_true_where_the_criterion_does_not_fail() -> None:
    patients: list[Facts] = [dict(zip(DISEASES, days, strict=True)) for days in product([None, 0], repeat=3)]
    for tree in small_trees():
        plain = unconditional(tree)
        assert [is_satisfied(plain, known) for known in patients] == [is_satisfied(tree, known) for known in patients], tree


def test_a_tree_without_conditionals_stays_as_it_is() -> None:
    tree = Not(item=AllOf(items=(A, AnyOf(items=(B, Not(item=MEN))))))
    assert unconditional(tree) == tree


def test_no_more_is_asked_for_than_there_is() -> None:
    assert str(unconditional(AtLeast(n=3, items=(A, B)))) == "at least 2 of (a, b)"


def test_as_an_inclusion_and_as_an_exclusion() -> None:
    demand = IfThen(premise=MEN, then=A)
    assert str(unconditional(demand)) == "(not (men) or a)"
    assert str(unconditional(Not(item=demand))) == "not (men and a)"
    assert str(unconditional(IfThen(premise=MEN, then=A, otherwise=B))) == "((not (men) or a) and (men or b))"


def test_limits_for_men_and_for_women_exclude_each_by_their_own() -> None:
    limits = AnyOf(items=(IfThen(premise=MEN, then=A), IfThen(premise=WOMEN, then=B)))
    assert str(unconditional(Not(item=limits))) == "not ((men and a) or (women and b))"
