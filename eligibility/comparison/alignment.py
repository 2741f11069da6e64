"""Alignment: in, how many there are on two sides, and how well each two fit; out, pairs, one to one, the best first.

Which side is named first is of no account: of equal fits the nearest come first, and (i, j) and (j, i), which are as near, share no place.
"""

from __future__ import annotations

from collections.abc import Callable


def align(a: int, b: int, fit: Callable[[int, int], float]) -> list[tuple[int, int]]:
    """The places of those that belong together, in the order of a; `fit` is 0 for two that do not."""
    fits = ((fit(i, j), i, j) for i in range(a) for j in range(b))
    found = sorted((-value, abs(i - j), min(i, j), max(i, j), i, j) for value, i, j in fits if value > 0)
    left, right = set(range(a)), set(range(b))
    pairs = []
    for *_, i, j in found:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            pairs.append((i, j))
    return sorted(pairs)
