"""Alignment: in, two lists and how well each two of them fit; out, pairs, one to one, the best first, whichever side is named first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def align(a: Sequence[T], b: Sequence[T], fit: Callable[[T, T], float]) -> list[tuple[int, int]]:
    """The places of those that belong together, in the order of a; `fit` is 0 for two that do not. Of equal fits the nearest come first."""
    found = []
    for i, first in enumerate(a):
        for j, second in enumerate(b):
            value = fit(first, second)
            if value > 0:
                found.append((-value, abs(i - j), min(i, j), max(i, j), i, j))
    left, right = set(range(len(a))), set(range(len(b)))
    pairs = []
    for *_, i, j in sorted(found):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            pairs.append((i, j))
    return sorted(pairs)
