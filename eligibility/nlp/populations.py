"""Populations: in, a limit in its segment; out, for which patients it is, where not for all of them.

Said behind the limit ("< 10 g/dL for men"), ahead of it or of its subject ("in men, Hb < 10"), or of two limits together ("> 20 g and 30 g
for women and men, respectively").
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft, range_of
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.subjects import MEASURES

SEX = r"(?:(?:fe)?males?|(?:wo)?m[ae]n|boys|girls)"
_PATIENTS = r"(?:patients|subjects|participants|those|individuals)\s+with\s+[^,.;:()<>≥≤=\d]{3,60}?"
_METASTASES = r"(?:documented\s+|known\s+|the\s+presence\s+of\s+)?(?:liver|hepatic|bone)\s+(?:metastas[ei]s|involvement)(?:\s+present)?"
_POPULATION = re.compile(
    rf"[\s,]*\(?\s*(?:for|in|if|among)\s+(?:the\s+)?({SEX}\b|{_METASTASES}|{_PATIENTS}(?=\s*(?:$|[,.;:()<>≥≤=]|\sor\s|\sand\s)))\)?"
    rf"|\s*\(\s*({SEX}|{_PATIENTS}|{_METASTASES})\s*\)|\s+({SEX})(?=\s*(?:[,;)]|$))"
)
_POPULATION_BEFORE = re.compile(
    r"[\s,;(]*(?:or|and|but|unless)?\s*"
    r"(?:if|in case of|in the (?:case|presence|setting) of|for|(?:(?:for|in) )?(?:patients|subjects|those) with)"
    r"\s+([^,.;:()<>≥≤=\d]{3,60}?)\s*(?:(?:is|are|must be|then)\s*)?[:,(]?\s*"
)
_MEN_BEFORE = re.compile(rf"\b(?:for|in|among)\s+(?:the\s+)?({SEX})\s*[,:]?\s*(?:with\s+|a\s+|an\s+|the\s+)*$")
_LATEST = 12  # drafts and populations: those of two limits, in a list of subjects
_JOINED = re.compile(r"[\s),]*(?:and|or|and/or|/|,|;|but)\s*\(?\s*")
_RESPECTIVELY = re.compile(rf"[\s(,]*(?:for|in|among)?\s*({SEX})\s*(?:and|or|/|&)\s*({SEX})\s*,?\s*\(?respectively")
_RESPECTIVELY_AHEAD = re.compile(rf"({SEX})\s*(?:and|or|/|&)\s*({SEX})\s*,?\s*respectively\b")


def limits_part(bench: Bench, quantity: Quantity, previous: int) -> tuple[int, int] | None:
    """Where the words stand that make the quantity another limit on what was measured last, for some patients; None where it is none."""
    if bench.last is None or bench.last[1] != "measurement" or bench.last[0].unit != quantity.unit or quantity.start - previous > 80:
        return None
    if not quantity.explicit and quantity.unit is None:  # "a rating of 2 for question 12"
        return None
    if any(start >= bench.last[0].end for start, _ in bench.populations):  # the words between are the other limit's
        return None
    said = _POPULATION_BEFORE.fullmatch(bench.reading.folded, previous, quantity.start)
    if said is None or any(hit.kind in MEASURES for hit in bench.segment.between(previous, quantity.start)):
        return None
    return said.span(1)


def takes_comparator(bench: Bench, quantity: Quantity, previous: int) -> bool:
    """True where the quantity is the second of two limits that share a comparator, and is of a population; it has the comparator then."""
    if bench.last is None or bench.last[1] != "measurement" or quantity.explicit or quantity.compound:
        return False
    first, folded = bench.last[0], bench.reading.folded
    if not first.explicit or (first.lower is None) == (first.upper is None) or first.unit not in (None, quantity.unit):
        return False
    begins = max([first.end, *(end for _, end in bench.populations[-_LATEST:] if end <= quantity.start)])
    own = _POPULATION.match(folded, quantity.end, bench.segment.end) if begins > first.end else None
    if not _JOINED.fullmatch(folded, begins, quantity.start) or not (own or _RESPECTIVELY.match(folded, quantity.end, bench.segment.end)):
        return False
    if first.unit is None and quantity.unit is not None:
        _give_unit(bench, first, quantity)
    inclusive = (first.lower or first.upper).inclusive  # type: ignore[union-attr]
    end = (quantity.lower or quantity.upper)._replace(inclusive=inclusive)  # type: ignore[union-attr]
    quantity.lower, quantity.upper = (end, None) if first.lower is not None else (None, end)
    quantity.explicit = True
    return True


def _give_unit(bench: Bench, first: Quantity, second: Quantity) -> None:
    """The unit that stands once behind both numbers, also to the drafts of the first."""
    first.unit, first.kind, first.reference = second.unit, second.kind, second.reference
    first.lower, first.upper = (end._replace(unit=second.unit) if end else None for end in (first.lower, first.upper))
    for draft in bench.newest(first):
        draft.fields["value"] = range_of(first)


def respectively(bench: Bench, quantity: Quantity) -> None:
    """Give the populations of "for men and women, respectively" to the drafts of the last two limits, in their order."""
    folded, first = bench.reading.folded, bench.last[0] if bench.last and bench.last[1] == "measurement" else None
    if first is None or folded.find("respectively", bench.segment.start, bench.segment.end) < 0:
        return
    said = _RESPECTIVELY.match(folded, quantity.end, bench.segment.end) or next(
        _RESPECTIVELY_AHEAD.finditer(folded, max(bench.segment.start, first.start - 100), first.start), None
    )
    if said is None:
        return
    for limit, place in ((first, said.span(1)), (quantity, said.span(2))):
        for draft in bench.drafts[-_LATEST:]:
            if (limit.start, limit.end) in draft.spans:
                draft.fields["population"] = bench.reading.text[slice(*place)]
        bench.populations.append(place)


def add_population(bench: Bench, draft: Draft, quantity: Quantity) -> None:
    """Whom the limit is for: said behind it ("< 10 g/dL for men"), or ahead of its subject ("for men Hb < 10 g/dL")."""
    folded = bench.reading.folded
    found = _POPULATION.match(folded, quantity.end, bench.segment.end)
    parted = found is not None and "," in folded[quantity.end : found.start(found.lastindex or 0)]
    following = bench.segment.quantity_from(found.end()) if found and parted else None
    if found and following is not None and following.start - found.end() < 4:
        found = None  # ", for women < 9": of the limit behind it
    if found is None and draft.mention is not None:
        start = draft.mention.start
        found = _MEN_BEFORE.search(folded, max(bench.segment.start, start - 30), start)
    if found is not None:
        place = found.span(found.lastindex or 0)
        draft.fields["population"] = bench.reading.text[slice(*place)].strip()
        bench.populations.append(place)
