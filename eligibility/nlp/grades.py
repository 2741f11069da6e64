"""Grades: in, a quantity that is a stage, grade, class or type; out, the scale that it is a value of, or the condition whose stage it is.

A scale of the patient's state (NYHA, ASA) is measured. A scale that the rules say stages a disease (`stages`) gives that disease its
stage, and so does a label beside a condition ("grade 3 neuropathy", "CKD stage 4"). A "type" is a stage only right beside its condition.
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.subjects import MEASURES, Mention

_SCALE = re.compile(r"(?i:\b(?:scale|score|classification|association|society|index|status|system|functional|type|level)\b)")
_ACRONYM = re.compile(r"[A-Z]{2,}")
_BETWEEN = re.compile(r"[\s,;:(\[]*(?:of|with|an?|the)?\s*")
_NEAR = 120
ANY = "*"


def scale_of(bench: Bench, quantity: Quantity, floor: int, clause: tuple[int, int]) -> list[Mention]:
    """The scale that the labelled quantity is a value of; empty where it became a condition's stage, or was left."""
    words = bench.vocabulary.words
    own = [hit for hit in bench.segment.between(quantity.start - 60, quantity.first) if hit.kind in MEASURES and hit.end > quantity.start]
    if own:
        return [Mention(hit.start, hit.end, hit) for hit in own]
    if quantity.label in words["type_label"]:
        _give_stage(bench, quantity, _beside(bench, quantity, clause))
        return []
    before = bench.finder.before(bench.segment, quantity.start, floor)
    behind = bench.finder.after(bench.segment, quantity.first, quantity.end, clause[1])
    for known in (before, behind):
        if known and known[-1].hit is not None:
            return known
    if before and _is_scale(bench, quantity, before[-1]):
        return before
    if quantity.label in words["stage_label"] or not _names_another(bench, quantity):
        _give_stage(bench, quantity, _staged_near(bench, quantity, before, behind, clause))
    else:
        _give_stage(bench, quantity, None)
    return []


def staged(bench: Bench, quantity: Quantity, mentions: list[Mention]) -> list[Mention]:
    """The condition in place of a scale that stages it: the one named in the clause, else the first that the rule names."""
    entry = mentions[-1].hit.entry if len(mentions) == 1 and mentions[-1].hit else None
    ids: tuple[str, ...] = getattr(entry, "stages", ())
    if not ids or quantity.unit is not None:
        return []
    clause = bench.finder.clause(bench.segment, quantity.first)
    if ids == (ANY,):
        beside = _beside(bench, quantity, clause, mentions[-1])
        return [beside] if beside else []
    near = [hit for hit in _conditions(bench, quantity, clause) if _is_a(bench, hit.entry.id, ids)]
    target = _nearest(near, quantity)
    if target is not None:
        return [Mention(target.start, target.end, target)]
    meant = bench.vocabulary.rulebook.entry(ids[0])
    return [mentions[-1]._replace(hit=Hit(mentions[-1].start, mentions[-1].end, meant, meant.table))]


def _is_a(bench: Bench, id: str, ids: tuple[str, ...]) -> bool:
    """Whether the condition is one of the ids or narrower."""
    if id in ids:
        return True
    return any(_is_a(bench, wider, ids) for wider in getattr(bench.vocabulary.rulebook.entry(id), "is_a", ()))


def _is_scale(bench: Bench, quantity: Quantity, mention: Mention) -> bool:
    """True where an unknown subject of a grade or class is a scale and not a disease: a disease has stages and grades."""
    plain, words = bench.reading.plain, bench.vocabulary.words
    if quantity.label in words["rank_label"]:  # "Cerebral Performance Category 3", but not "taking part in a category 1 study"
        return not plain[mention.end : quantity.start].strip()
    if _SCALE.search(plain, mention.start, mention.end):
        return True
    return quantity.label not in words["stage_label"] and bool(_ACRONYM.search(plain, mention.start, mention.end))


def _names_another(bench: Bench, quantity: Quantity) -> bool:
    """ "class III antiarrhythmics", "a category 1 study": the class is part of the name of what is no condition."""
    behind = bench.segment.between(quantity.end, quantity.end + _NEAR)
    return bool(behind) and behind[0].kind != "condition" and not bench.reading.folded[quantity.end : behind[0].start].strip()


def _conditions(bench: Bench, quantity: Quantity, clause: tuple[int, int]) -> list[Hit]:
    near = bench.segment.between(max(clause[0], quantity.start - _NEAR), min(clause[1], quantity.end + _NEAR))
    return [hit for hit in near if hit.kind == "condition" or hit.entry.id == "pregnancy"]


def _nearest(hits: list[Hit], quantity: Quantity) -> Hit | None:
    return min(hits, key=lambda hit: min(abs(hit.end - quantity.start), abs(hit.start - quantity.end)), default=None)


def _beside(bench: Bench, quantity: Quantity, clause: tuple[int, int], scale: Mention | None = None) -> Mention | None:
    """The condition directly before or behind the quantity and its scale: "diabetes (type 1 or 2)", "neuropathy of CTCAE grade 3"."""
    start, end = quantity.start, quantity.end
    if scale is not None:
        start, end = min(start, scale.start), max(end, scale.end)
    for hit in _conditions(bench, quantity, clause):
        gap = bench.reading.folded[hit.end : start] if hit.end <= start else bench.reading.folded[end : hit.start] if hit.start >= end else "…"
        if _BETWEEN.fullmatch(gap):
            return Mention(hit.start, hit.end, hit)
    return None


def _staged_near(
    bench: Bench, quantity: Quantity, before: list[Mention], behind: list[Mention], clause: tuple[int, int]
) -> Mention | None:
    """What the stage belongs to: a condition beside it, else the nearest in the clause, else the words."""
    beside = _beside(bench, quantity, clause)
    if beside is not None:
        return beside
    target = _nearest(_conditions(bench, quantity, clause), quantity)
    if target is not None and (not before or target.end > before[0].start):
        return Mention(target.start, target.end, target)
    return (before[-1:] or behind[:1] or [None])[0]


def _give_stage(bench: Bench, quantity: Quantity, mention: Mention | None) -> None:
    letters = [end.letter for end in (quantity.lower, quantity.upper) if end is not None]
    if mention is None and all(letter.isupper() for letter in letters):
        return  # "class A" of nothing known is no number
    bench.give([mention] if mention else [], "stage", quantity)
