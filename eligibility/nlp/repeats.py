"""Repeats: in, a quantity beside the one before it; out, whether it says that again, ends its range or is the extent of its scale.

What belongs to the last quantity is added to its evidence and makes no value of its own.
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import range_of
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.subjects import MEASURES
from eligibility.ucum import convert

_TO = re.compile(r"\s*(?:to|through|-)\s*")
_OF_SCALE = re.compile(r"[\s(\[,]*(?:on|in|using|out of)?\s*(?:an?|the)?\s*(?:scale\s*(?:of|from|range|ranging)?)?[\s:(]*(?:from\s)?")


def belongs_to_the_last(bench: Bench, quantity: Quantity, previous: int) -> bool:
    """True where the quantity is no value of its own; `previous` is where the one before it ends."""
    return _restates(bench, quantity, previous) or _ends_range(bench, quantity) or _spans_scale(bench, quantity)


def _spans_scale(bench: Bench, quantity: Quantity) -> bool:
    """ "pain > 4 (0-10)", "≥ 4 on a scale of 0 to 10": from the least to the greatest value there is."""
    last, role, _ = bench.last or (quantity, "", [])
    low, high = quantity.lower, quantity.upper
    if role != "measurement" or low is None or high is None or low.value not in (0, 1) or low.value == high.value:
        return False
    values = [end.value for end in (last.lower, last.upper) if end is not None]
    if quantity.unit not in (None, last.unit) or not all(low.value <= value <= high.value for value in values):
        return False
    if not _OF_SCALE.fullmatch(bench.reading.folded, last.end, quantity.start):
        return False
    for draft in bench.newest(last):
        draft.spans.append((quantity.start, quantity.end))
    return True


def _restates(bench: Bench, quantity: Quantity, previous: int) -> bool:
    """ "45 kg (100 lb)", "365 days (12 months)": the same limit again in another unit, which its evidence takes in."""
    time = bench.times[-1][0] if bench.times and bench.times[-1][0].quantity.end == previous else None
    first = time.quantity if time else bench.last[0] if bench.last else None
    if quantity.explicit or first is None or first.end != previous or quantity.kind != first.kind or not quantity.unit:
        return False
    folded = bench.reading.folded
    if folded[previous : quantity.start].strip() != "(" or not folded.startswith(")", quantity.end):
        return False
    if time and not _as_long(first, quantity):
        return False
    for draft in bench.newest(first):
        draft.spans.append((quantity.start, quantity.end))
    if time:
        time.end = max(time.end, quantity.end + 1)
    return True


def _as_long(first: Quantity, second: Quantity) -> bool:
    """True where two spans of time are the same within a tenth; half-lives have no length of their own."""
    one, other = first.lower or first.upper, second.upper or second.lower
    if one is None or other is None or not (one.unit and other.unit):
        return False
    try:
        length = convert(one.value, one.unit, other.unit)
    except ValueError:
        return False
    return abs(length - other.value) <= 0.1 * max(length, other.value)


def _ends_range(bench: Bench, quantity: Quantity) -> bool:
    """ "ASA I to ASA III": one range, whose ends both carry the name of the scale."""
    first, role, mentions = bench.last or (quantity, "", [])
    if role != "measurement" or first.explicit or quantity.explicit or mentions[-1].hit is None:
        return False
    named = [hit for hit in bench.segment.between(first.end, quantity.first) if hit.kind in MEASURES]
    if (
        len(named) != 1
        or named[0].entry is not mentions[-1].hit.entry
        or not _TO.fullmatch(bench.reading.folded, first.end, named[0].start)
    ):
        return False
    drafts = bench.newest(first)
    first.upper, first.end, first.explicit = quantity.upper, quantity.end, True
    for draft in drafts:
        draft.fields["value"], draft.spans = range_of(first), [(first.start, first.end)]
    return True
