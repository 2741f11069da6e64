"""Polarity: the tree that comes out contains the requirement, whatever cannot be asked and wherever it stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from requirement_trees import truth

from eligibility.constraints import Concept, Condition, Constraint
from eligibility.export.omop.circe import Group, Item, Tree
from eligibility.export.omop.polarity import wider
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.screening.truth import NO

NAMES = "abcd"


def leaf(name: str) -> Leaf:
    return Leaf(constraint=Condition(concept=Concept(id=name, label=name)))


def asked(known: str) -> object:
    """A way to ask that knows these leaves alone."""

    def ask(constraint: Constraint, negated: bool, excepted: Sequence[Constraint]) -> Tree | None:
        return Item("CriteriaList", {"name": constraint.name, "is": not negated}) if constraint.name in known else None

    return ask


def widened(requirement: Requirement, known: str) -> Tree | None:
    return wider(requirement, asked(known), lambda item, items: ())  # type: ignore[arg-type]


def said(tree: Tree | None) -> str:
    """The tree in words: a, not a, all(...), any(...), 2 of (...)."""
    if tree is None:
        return "everyone"
    if isinstance(tree, Item):
        return tree.body["name"] if tree.body["is"] else f"not {tree.body['name']}"
    inner = ", ".join(map(said, tree.items))
    word = "all" if tree.least == len(tree.items) else "any" if tree.least == 1 else f"{tree.least} of "
    return f"{word}({inner})"


def holds(tree: Tree | None, person: dict[str, bool]) -> bool:
    match tree:
        case None:
            return True
        case Item():
            return person[tree.body["name"]] == tree.body["is"]
        case Group():
            return sum(holds(item, person) for item in tree.items) >= tree.least


def truth_of(node: Requirement, person: dict[str, bool]) -> int:
    return truth(node, lambda leaf: person[leaf.constraint.name])


def branches(inner: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Requirement]:
    items = st.lists(inner, min_size=1, max_size=3).map(tuple)
    premise = st.sampled_from(NAMES).map(leaf)
    return st.one_of(
        inner.map(lambda item: Not(item=item)),
        items.map(lambda found: AllOf(items=found)),
        items.map(lambda found: AnyOf(items=found)),
        st.tuples(st.integers(1, 3), items).map(lambda pair: AtLeast(n=min(pair[0], len(pair[1])), items=pair[1])),
        st.builds(IfThen, premise=premise, then=inner, otherwise=st.none() | inner),
    )


TREES = st.recursive(st.sampled_from(NAMES).map(leaf), branches, max_leaves=8)
PERSONS = [dict(zip(NAMES, values, strict=True)) for values in product((True, False), repeat=len(NAMES))]


@given(TREES, st.sets(st.sampled_from(NAMES)))
def test_everyone_who_satisfies_the_requirement_satisfies_the_tree(requirement: Requirement, known: set[str]) -> None:
    tree = widened(requirement, "".join(known))
    lost = [person for person in PERSONS if truth_of(requirement, person) != NO and not holds(tree, person)]
    assert lost == []


@given(TREES.filter(lambda tree: "AtLeast" not in repr(tree)))
def test_nothing_is_widened_where_all_leaves_are_known(requirement: Requirement) -> None:
    tree = widened(requirement, NAMES)
    assert [holds(tree, person) for person in PERSONS] == [truth_of(requirement, person) != NO for person in PERSONS]


def test_an_unknown_leaf_is_dropped_where_that_admits_more() -> None:
    a, b, c = leaf("a"), leaf("b"), leaf("c")
    assert said(widened(AllOf(items=(a, b)), "a")) == "a"
    assert said(widened(AnyOf(items=(a, b)), "a")) == "everyone"
    assert said(widened(Not(item=AllOf(items=(a, b))), "a")) == "everyone"
    assert said(widened(Not(item=AnyOf(items=(a, b))), "a")) == "not a"
    assert said(widened(AtLeast(n=2, items=(a, b, c)), "ab")) == "any(a, b)"
    assert said(widened(Not(item=AtLeast(n=2, items=(a, b, c))), "ab")) == "any(not a, not b)"
    assert said(widened(Not(item=AtLeast(n=2, items=(a, b, c))), "abc")) == "2 of (not a, not b, not c)"


def test_a_demand_on_a_part_of_the_patients() -> None:
    a, b, c = leaf("a"), leaf("b"), leaf("c")
    assert said(widened(IfThen(premise=a, then=b), "ab")) == "any(not a, b)"
    assert said(widened(IfThen(premise=a, then=b, otherwise=c), "abc")) == "any(all(a, b), all(not a, c))"
    assert said(widened(IfThen(premise=a, then=b, otherwise=c), "bc")) == "any(b, c)"
    assert said(widened(IfThen(premise=a, then=b), "b")) == "everyone"


def test_a_limit_for_men_excludes_no_woman() -> None:
    men, women = IfThen(premise=leaf("a"), then=leaf("b")), IfThen(premise=Not(item=leaf("a")), then=leaf("c"))
    tree = widened(Not(item=AnyOf(items=(men, women))), "abc")
    woman = {"a": False, "b": True, "c": False, "d": False}
    assert (holds(tree, woman), holds(tree, woman | {"c": True}), holds(tree, woman | {"a": True})) == (True, False, False)
