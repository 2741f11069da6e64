"""Truth: three-valued logic with things that do not apply. In, what is possible of the parts; out, what is possible of the whole.

A value is the set of what may still turn out, as bits: `YES`, `NO`, and `NONE` for what says nothing of this patient (an `IfThen` whose
premise does not hold). Unknown is YES | NO; a demand whose premise is unknown and which fails is NO | NONE. The tables are Kleene's strong
logic (Kleene 1938), taken over every possibility; NONE is left out of what holds it, and Not leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import product

YES, NO, NONE = 1, 2, 4
UNKNOWN = YES | NO
_BITS = (YES, NO, NONE)


def _conjunction(a: int, b: int) -> int:
    if NONE in (a, b):
        return a if b == NONE else b
    return YES if a == b == YES else NO


def _disjunction(a: int, b: int) -> int:
    if NONE in (a, b):
        return a if b == NONE else b
    return NO if a == b == NO else YES


def _over_all(one: Callable[[int, int], int]) -> tuple[tuple[int, ...], ...]:
    """The table of an operation on sets, from that on single values."""

    def sets(a: int, b: int) -> int:
        pairs = product((bit for bit in _BITS if a & bit), (bit for bit in _BITS if b & bit))
        return reduce(lambda found, pair: found | one(*pair), pairs, 0)

    return tuple(tuple(sets(a, b) for b in range(8)) for a in range(8))


_AND, _OR = _over_all(_conjunction), _over_all(_disjunction)


def all_of(values: Iterable[int]) -> int:
    return reduce(lambda a, b: _AND[a][b], values, NONE)


def any_of(values: Iterable[int]) -> int:
    return reduce(lambda a, b: _OR[a][b], values, NONE)


def not_(value: int) -> int:
    return (value & NONE) | (NO if value & YES else 0) | (YES if value & NO else 0)


def at_least(n: int, values: Iterable[int]) -> int:
    """Whether n of the values hold; of fewer than n that apply, none is demanded more than there are."""
    found = list(values)
    counts = {(0, 0)}  # how many hold, how many apply
    for value in found:
        counts = {(yes + (bit == YES), applied + (bit != NONE)) for yes, applied in counts for bit in _BITS if value & bit}
    return reduce(lambda a, b: a | b, (NONE if not applied else YES if yes >= min(n, applied) else NO for yes, applied in counts), 0)


def if_then(premise: int, then: int, otherwise: int) -> int:
    """`otherwise` is NONE where there is none; a premise that does not apply asks for nothing."""
    return (then if premise & YES else 0) | (otherwise if premise & NO else 0) | (premise & NONE)
