"""What is only named: in, a bench on which every quantity, time and event is placed; out, drafts of what the recogniser saw besides.

Something measured that stands without a number ("abnormal troponin levels") is a measurement that is only there: nobody can evaluate
it, but the criterion is not silent about it. None is made where the clause has numbers or the criterion another measurement, or where the
words are spoken for.
"""

from __future__ import annotations

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft
from eligibility.nlp.entities import Entity
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.mentions import RULE, is_whole, overlaps, taken_places
from eligibility.nlp.reading import Found
from eligibility.nlp.subjects import MEASURES, Mention

_MEASURED = "Measurement"


def add_mentioned(bench: Bench) -> None:
    """Draft the measurements that are only named."""
    found = [mention for mention in bench.segment.mentioned if mention.label == _MEASURED]
    if not found or bench.segment.item.lead_in or any(draft.type == "measurement" for draft in bench.drafts):
        return
    taken = taken_places(bench)
    for mention in found:
        if is_whole(bench, mention) and not overlaps(mention, taken) and not _has_numbers(bench, mention):
            hit = _hit(bench, mention)
            bench.drafts.append(Draft("measurement", Mention(hit.start, hit.end, hit), hit.start))


def _has_numbers(bench: Bench, mention: Found) -> bool:
    low, high = bench.finder.clause(bench.segment, mention.start)
    return any(low <= quantity.first < high for quantity in bench.segment.quantities) or bench.reading.folded.startswith(":", mention.end)


def _hit(bench: Bench, mention: Found) -> Hit:
    """The one analyte or score of the rules that the mention holds, else its own words."""
    known = [hit for hit in bench.segment.between(mention.start, mention.end) if hit.kind in MEASURES and hit.kind != "panel"]
    if len(known) == 1:
        return known[0]
    return Hit(mention.start, mention.end, Entity(RULE, bench.reading.text[mention.start : mention.end]), "analyte")
