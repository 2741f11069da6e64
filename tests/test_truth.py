"""The three-valued logic: its tables against what single values give, and what an unknown can and cannot decide."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.screening.truth import NO, NONE, UNKNOWN, YES, all_of, any_of, at_least, if_then, not_

SETS = st.integers(min_value=1, max_value=7)


@pytest.mark.parametrize(
    ("values", "conjunction", "disjunction"),
    [
        ([YES, YES], YES, YES),
        ([YES, NO], NO, YES),
        ([NO, NO], NO, NO),
        ([YES, UNKNOWN], UNKNOWN, YES),
        ([NO, UNKNOWN], NO, UNKNOWN),
        ([NONE, YES], YES, YES),
        ([NONE, NO], NO, NO),
        ([NONE, NONE], NONE, NONE),
        ([], NONE, NONE),
    ],
)
def test_what_does_not_apply_is_left_out(values: list[int], conjunction: int, disjunction: int) -> None:
    assert (all_of(values), any_of(values)) == (conjunction, disjunction)


def test_a_not_leaves_what_does_not_apply() -> None:
    assert [not_(value) for value in (YES, NO, UNKNOWN, NONE, YES | NONE)] == [NO, YES, UNKNOWN, NONE, NO | NONE]


def test_a_premise_decides_what_is_asked() -> None:
    assert if_then(YES, NO, NONE) == NO
    assert if_then(NO, NO, NONE) == NONE
    assert if_then(NO, NO, YES) == YES
    assert if_then(UNKNOWN, YES, NONE) == YES | NONE  # it passes either way
    assert if_then(UNKNOWN, NO, NONE) == NO | NONE


@pytest.mark.parametrize(("values", "expected"), [([YES, YES, NO], YES), ([YES, NO, NO], NO), ([YES, UNKNOWN, NO], UNKNOWN)])
def test_at_least_two_of_three(values: list[int], expected: int) -> None:
    assert at_least(2, values) == expected


@given(SETS, SETS)
def test_each_operation_gives_what_its_possibilities_give(a: int, b: int) -> None:
    bits = [[bit for bit in (YES, NO, NONE) if value & bit] for value in (a, b)]
    for operation in (all_of, any_of):
        assert operation([a, b]) == sum({operation(pair) for pair in product(*bits)})


@given(st.lists(SETS, max_size=4))
def test_order_is_of_no_account_and_de_morgan_holds(values: list[int]) -> None:
    assert all_of(values) == all_of(reversed(values))
    assert not_(all_of(values)) == any_of(map(not_, values))


@given(st.lists(SETS, min_size=1, max_size=4), st.integers(0, 3), st.sampled_from([YES, NO, NONE]))
def test_knowing_more_never_adds_a_possibility(values: list[int], place: int, bit: int) -> None:
    place %= len(values)
    known = [*values[:place], (values[place] & bit) or values[place], *values[place + 1 :]]
    for operation in (all_of, any_of):
        assert operation(known) & ~operation(values) == 0
