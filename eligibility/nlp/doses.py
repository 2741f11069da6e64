"""Doses: in, the drafts of a segment; out, the same with what a bracket says of a class of drugs, and with the routes that are excepted.

"Corticosteroids (prednisone or equivalent > 10 mg/day)" is one medication, whose dose is counted in prednisone; "except inhaled or
topical" excepts two routes of the drug that the criterion is about.
"""

from __future__ import annotations

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.subjects import Mention

_DRUGS = frozenset({"drug", "drug_class"})


def merge_equivalents(bench: Bench) -> None:
    """Give the dose of a drug in brackets, "or equivalent", to the class that the bracket explains."""
    folded = bench.reading.folded
    for draft in [d for d in bench.drafts if d.type == "medication" and "dose" in d.fields and d.mention and d.mention.hit]:
        mention = draft.mention
        assert mention is not None and mention.hit is not None
        if mention.hit.kind != "drug" or not any(
            d.entry.field == "equivalent_to" and 0 <= d.start - mention.end < 15 for d in bench.segment.details
        ):
            continue
        wider = [hit for hit in bench.segment.between(mention.start - 60, mention.start) if hit.kind == "drug_class"]
        if (
            not wider
            or folded[wider[-1].end : mention.start].strip() not in ("(", "[", "(i.e.,", "(i.e.")
            or not holds(bench, wider[-1], mention.hit)
        ):
            continue
        owner = bench.events.get(wider[-1].start)
        if owner is not None and "dose" not in owner.fields:
            owner.fields |= {"dose": draft.fields["dose"], "equivalent_to": mention.hit.entry.id}
            owner.spans.extend(draft.spans)
            bench.drafts.remove(draft)


def holds(bench: Bench, wider: Hit, drug: Hit) -> bool:
    """True where the drug is a member of the class or of a class in it."""
    waiting = list(getattr(wider.entry, "members", ()))
    while waiting:
        id = waiting.pop()
        if id == drug.entry.id:
            return True
        waiting.extend(getattr(bench.vocabulary.rulebook.entry(id), "members", ()))
    return False


def except_routes(bench: Bench) -> None:
    """A draft for each route that stands alone behind an exception: of the drug before the exception."""
    exceptions = [cue for cue in bench.segment.cues if cue.entry.kind == "exception" and cue.entry.scope == "following"]
    routes = [hit for hit in bench.segment.details if hit.entry.field == "route"] if exceptions else []
    for cue in exceptions:
        _, end = bench.finder.clause(bench.segment, cue.start)
        drugs = [hit for hit in bench.segment.between(max(bench.segment.start, cue.start - 300), cue.start) if hit.kind in _DRUGS]
        if not drugs or any(hit.kind in _DRUGS for hit in bench.segment.between(cue.end, end)):
            continue
        outer = [hit for hit in drugs if bench.events.get(hit.start) in bench.drafts]
        for route in routes:
            if outer and cue.end <= route.start < min(end, cue.end + 120):
                meant = next((hit for hit in reversed(outer) if hit.kind == "drug_class"), outer[-1])
                _except_route(bench, route, meant)


def _except_route(bench: Bench, route: Hit, drug: Hit) -> None:
    bench.excepted.add(route.start)
    mention = Mention(route.start, route.end, Hit(route.start, route.end, drug.entry, drug.kind))
    draft = Draft("medication", mention, route.start, {"exception": True, "route": route.entry.value})
    bench.drafts.append(draft)
