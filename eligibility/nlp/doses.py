"""Doses: in, an amount or the drafts of a segment; out, the drug that the amount is a dose of, and the drafts with what others say of them.

"Corticosteroids (prednisone or equivalent > 10 mg/day)" is one medication, whose dose is counted in prednisone; "except inhaled or
topical" excepts two routes of the drug that the criterion is about.
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft
from eligibility.nlp.kinds import is_member
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.subjects import EVENTS, MEASURES, Mention

DOSE_KINDS = frozenset({"dose", "mass", "activity", "volume", "rate", "radiation"})
_DRUGS = frozenset({"drug", "drug_class"})
_IRRADIATED = frozenset({"procedure"})
_FLOWS = frozenset({"L", "L/d", "mL/d"})
_MASSES = frozenset({"ng", "ug", "mg", "g", "U", "[iU]"})
_GRAYS = frozenset({"Gy", "cGy"})
_OF_FRACTIONS = re.compile(r"\bfractions? of\s+$")
_AMOUNTS = frozenset({"mg", "g", "ug", "ng", "U", "[iU]", "mmol", "mg/kg", "ug/kg", "U/kg", "[iU]/kg", "mg/m2"})
_REACH = 90
_PARTED = re.compile(r"[,;]|\b(?:or|and)\b")
_JOINED = re.compile(r"\s*,?\s*(?:and|or|and/or)\s+")
_BRACKET = re.compile(r"\([^()]{0,60}\)")
_FRACTION = re.compile(r"\s*(?:/|per\s)?\s*fractions?\b")
_EACH = re.compile(
    r"\s*(?:(?P<day>daily|per day|/\s?day|a day|each day|every day|once daily|per 24 hours|/24\s?h)"
    r"|(?P<week>weekly|per week|/\s?week|a week|each week))\b"
)


def drug_of(bench: Bench, quantity: Quantity, floor: int, clause: tuple[int, int]) -> Mention | None:
    """The drug that a dose belongs to: "of …" behind it, else the nearest before it unless something else stands nearer.

    A dose of radiation belongs to a procedure in its place.
    """
    folded = bench.reading.folded
    kinds = _IRRADIATED if quantity.kind == "radiation" else _DRUGS
    if not _is_amount(bench, quantity):
        return None
    behind = [hit for hit in bench.segment.between(quantity.end, min(clause[1], quantity.end + 80)) if hit.start < quantity.end + 30]
    drugs = [Mention(hit.start, hit.end, hit) for hit in behind if hit.kind in kinds]
    if drugs and folded[quantity.end : drugs[0].start].strip() == "of":
        return drugs[0]
    near = [hit for hit in bench.segment.between(max(clause[0], quantity.start - 200), quantity.start) if hit.kind != "sex"]
    if near and near[-1].kind in kinds and quantity.start - near[-1].end <= _REACH:
        parted = _PARTED.search(folded, near[-1].end, quantity.start)
        named = bench.finder.named_before(max(floor, near[-1].end), quantity.start) if parted else None
        return named or Mention(near[-1].start, near[-1].end, near[-1])
    if near and near[-1].kind in MEASURES:
        return None
    return drugs[0] if drugs else None


def _is_amount(bench: Bench, quantity: Quantity) -> bool:
    """Not the flow of a gas or a fluid, the area under a curve, or a fraction of a course of radiation: these are measured."""
    folded, unit = bench.reading.folded, quantity.unit or ""
    if quantity.kind == "rate" and (unit.partition("/")[0] not in _MASSES or "L" in unit):
        return False
    if quantity.kind == "radiation" and (unit not in _GRAYS or _OF_FRACTIONS.search(folded, max(0, quantity.start - 20), quantity.start)):
        return False
    return unit not in _FLOWS and not _FRACTION.match(folded, quantity.end)


def give_dose(bench: Bench, quantity: Quantity, mention: Mention) -> None:
    """Give the dose to its drug, with what stands behind both: "20 mg of prednisone daily", "60 mg morphine equivalents"."""
    close = max(quantity.end, mention.end) if mention.start < quantity.end + 40 else quantity.end
    counted = _counted_in(bench, quantity, mention)
    if counted is not None:
        close = max(close, next((d.end for d in _equivalents(bench) if 0 <= d.start - counted.start <= 30), counted.end))
    each = _EACH.match(bench.reading.folded, close)
    if each is not None and quantity.unit in _AMOUNTS and not quantity.compound:
        unit = quantity.unit + ("/d" if each.lastgroup == "day" else "/wk")
        quantity.lower, quantity.upper = (end._replace(unit=unit) if end else None for end in (quantity.lower, quantity.upper))
        quantity.unit = unit
    bench.give([mention], "dose", quantity)
    if mention.hit is None:
        bench.drafts[-1].type = "medication"
    elif quantity.unit and quantity.unit.startswith("/"):
        bench.events[mention.start].issues.append(("unit_missing", "the dose has no unit of amount"))
    if counted is not None and mention.start in bench.events:
        bench.events[mention.start].fields["equivalent_to"] = counted.entry.id
        bench.measured.add(counted.start)


def _counted_in(bench: Bench, quantity: Quantity, mention: Mention) -> Hit | None:
    """The drug right behind the dose of another one in whose equivalents it is counted: "opioids > 60 mg morphine equivalents"."""
    near = [hit for hit in bench.segment.between(quantity.end, quantity.end + 40) if hit.kind == "drug" and hit.start != mention.start]
    if (
        not near
        or mention.start > quantity.start
        or bench.reading.folded[quantity.end : near[0].start].strip() not in ("", "of", "of oral", "oral")
    ):
        return None
    return near[0] if any(-20 <= d.start - near[0].end <= 6 for d in _equivalents(bench)) else None


def _equivalents(bench: Bench) -> list[Hit]:
    return [hit for hit in bench.segment.details if hit.entry.field == "equivalent_to"]


def merge_equivalents(bench: Bench) -> None:
    """Give the dose of a drug to the class that it stands for: "corticosteroids (prednisone or equivalent > 10 mg/day)"."""
    words = _equivalents(bench)
    for draft in (
        [d for d in bench.drafts if d.type == "medication" and "dose" in d.fields and d.mention and d.mention.hit] if words else []
    ):
        mention = draft.mention
        assert mention is not None and mention.hit is not None
        wider = _wider(bench, draft, mention, words) if mention.hit.kind == "drug" else None
        owner = bench.events.get(wider.start) if wider is not None else None
        if wider is None or owner is None or "dose" in owner.fields:
            continue
        owner.fields |= {"dose": draft.fields["dose"], "equivalent_to": mention.hit.entry.id}
        owner.spans.extend(draft.spans)
        if not owner.windows:
            owner.windows = draft.windows
        if "duration" in draft.fields:
            owner.fields.setdefault("duration", draft.fields["duration"])
        if not _JOINED.fullmatch(bench.reading.folded, wider.end, mention.start):  # "and lorazepam equivalents" is one of its own, too
            bench.drafts.remove(draft)


def _wider(bench: Bench, draft: Draft, mention: Mention, words: list[Hit]) -> Hit | None:
    """The class in whose place the drug is named, if the words between leave no doubt, and one of them says "equivalent"."""
    assert mention.hit is not None
    folded = bench.reading.folded
    low, high = bench.finder.clause(bench.segment, mention.start)
    ahead = [hit for hit in bench.segment.between(max(low, mention.start - 140), mention.start) if hit.kind in EVENTS][-1:]
    behind = [hit for hit in bench.segment.between(mention.end, min(high, mention.end + 40)) if hit.kind == "drug_class"][:1]
    for hit in (*ahead, *behind):
        if hit.kind != "drug_class" or not is_member(bench.vocabulary, mention.hit.entry, hit.entry):
            continue
        start, end = min(hit.start, *(span[0] for span in draft.spans)), max(mention.end, hit.end, *(span[1] for span in draft.spans))
        if not any(start - 25 <= word.start <= end + 20 for word in words):
            continue
        if hit.start > mention.start:
            if folded[mention.end : hit.start].strip() in ("of", "of any", "of a", "of other"):
                return hit
            continue
        gap = folded[hit.end : mention.start]
        bracket = gap.strip() in ("(", "[", "(i.e.,", "(i.e.")
        if bracket or _JOINED.fullmatch(gap) or (not _PARTED.search(_BRACKET.sub("", gap)) and ":" not in gap):
            return hit
    return None


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
