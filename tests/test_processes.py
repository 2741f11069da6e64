"""Processes: results in the order of the tasks, whatever dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from eligibility import EligibilityError
from eligibility.processes import TASKS_AHEAD, Died, in_processes


def slow_when_even() -> Callable[[int], int]:
    def square(n: int) -> int:
        time.sleep(0.02 if n % 2 == 0 else 0)
        return n * n

    return square


def dying_on_seven() -> Callable[[list[int]], list[int]]:
    def doubled(numbers: list[int]) -> list[int]:
        if 7 in numbers:
            os.kill(os.getpid(), signal.SIGKILL)
        if 8 in numbers:
            os._exit(3)
        return [2 * n for n in numbers]

    return doubled


def raising() -> Callable[[int], int]:
    def check(n: int) -> int:
        if n == 3:
            raise ValueError("three")
        return n

    return check


def unable() -> Callable[[int], int]:
    raise EligibilityError("the rules are broken")


def unpicklable() -> Callable[[int], object]:
    return lambda n: lambda: n


def singly(numbers: list[int]) -> list[list[int]]:
    return [[n] for n in numbers]


def test_results_come_in_the_order_of_the_tasks() -> None:
    assert list(in_processes(slow_when_even, range(30), 2)) == [n * n for n in range(30)]


def test_a_death_costs_the_smallest_part_that_causes_it() -> None:
    tasks = [[1, 2, 3], [6, 7, 8, 9], [10]]
    results = list(in_processes(dying_on_seven, tasks, 2, singly))
    assert results == [
        [2, 4, 6], [12], Died([7], "was killed by signal 9, as when memory runs out"), Died([8], "ended with code 3"), [18], [20],
    ]  # fmt: skip


def test_what_the_function_raises_is_raised_in_its_place() -> None:
    seen = []
    with pytest.raises(ValueError, match="three"):
        for n in in_processes(raising, range(10), 2):
            seen.append(n)
    assert seen == [0, 1, 2]


def test_what_cannot_begin_raises() -> None:
    with pytest.raises(EligibilityError, match="the rules are broken"):
        list(in_processes(unable, range(3), 2))


def test_what_cannot_be_sent_back_raises() -> None:
    with pytest.raises(EligibilityError, match="pickle"):
        list(in_processes(unpicklable, range(3), 1))


def test_tasks_are_read_only_as_far_as_needed() -> None:
    drawn = 0

    def endless() -> Iterator[int]:
        nonlocal drawn
        while True:
            drawn += 1
            yield drawn

    found = in_processes(slow_when_even, endless(), 2)
    assert [next(found) for _ in range(3)] == [1, 4, 9]
    assert drawn <= TASKS_AHEAD * 2 + 3
    found.close()
