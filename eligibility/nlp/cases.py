"""Cases: in, a limit and the next one; out, for which patients each is, where a condition that is there or not tells them apart.

"ALT ≤ 3 x ULN if no bone lesions or ≤ 6 x ULN with bone lesions": two limits on one thing, and every patient has one of them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft
from eligibility.nlp.quantities import Quantity
from eligibility.spelling import normalise

_WHO = r"(?:patients|subjects|participants|those|individuals)"
_DENIED = r"(?:without|with no|no|not|in the absence of|absence of)"
_CASE = re.compile(
    rf"\s*[,(]?\s*(?:(?:if|when|in|for|among|and)\s+)?(?:there (?:is|are)\s+)?(?:the\s+)?(?:{_WHO}\s+)?(?:who have\s+)?"
    rf"(?P<denied>{_DENIED}\s+)?(?:(?:with|in the presence of|presence of|of)\s+)?(?:any\s+|known\s+|documented\s+|evidence of\s+|the\s+)*"
    r"(?P<what>[^,.;:()<>≥≤=\d]{3,40}?)(?:\s+(?:(?:is|are)\s+)?present)?\s*\)?(?=\s*(?:$|[,.;:(<>≥≤=]|(?:or|and|but)\b))"
)
_BETWEEN = re.compile(r"[\s,;)]*(?:or|and|but|and/or)?[\s,(]*")


class Case(NamedTuple):
    """The words that say for whom a limit is, whether they deny it, and where they end with what belongs to them."""

    start: int
    end: int
    denied: bool
    what: str
    behind: int


def pair_cases(bench: Bench, quantity: Quantity, draft: Draft) -> bool:
    """Whether this limit and the next are for patients with and without one thing; the draft has its case then, the bench the other."""
    first = _case(bench, quantity)
    following = bench.segment.quantity_from(first.behind) if first is not None else None
    if first is None or following is None or following.unit != quantity.unit or not following.explicit:
        return False
    second = _case(bench, following)
    if second is None or second.what != first.what or second.denied == first.denied:
        return False
    if not _BETWEEN.fullmatch(bench.reading.folded, first.behind, following.start):
        return False
    draft.fields["population"] = bench.reading.text[first.start : first.end]
    bench.populations.append((first.start, first.end))
    bench.case = following.start, (second.start, second.end)
    return True


def _case(bench: Bench, quantity: Quantity) -> Case | None:
    found = _CASE.match(bench.reading.folded, quantity.end, bench.segment.end)
    if found is None:
        return None
    denied = found.group("denied") is not None
    start = found.start("denied") if denied else found.start("what")
    return Case(start, found.end("what"), denied, normalise(found.group("what")), found.end())
