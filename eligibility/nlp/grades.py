"""Grades: in, a quantity that is a stage, grade, class or type; out, the scale that it is a value of, or the condition whose stage it is.

A scale of the patient's state (NYHA, ASA) is measured. A scale that the rules say stages a disease (`stages`) gives that disease its
stage, and so does a label beside a condition ("grade 3 neuropathy", "CKD stage 4"). A "type" is a stage only right beside its condition.
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.kinds import is_any_of
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.subjects import MEASURES, Mention

_SCALE = re.compile(r"(?i:\b(?:scale|score|classification|association|society|index|status|system|functional|type|level)\b)")
_ACRONYM = re.compile(r"[A-Z]{2,}")
_BETWEEN = re.compile(r"[\s,;:(\[]*(?:of|with|an?|the)?\s*")
_FAMILY = re.compile(r"\bfamil|\brelatives?\b|\bparents?\b|\bsiblings?\b")
_LEADS = ("", "of", "for")
_NEAR = 120
_MOST_GRADES = 5  # a disease has no more (CTCAE: death); the eighth grade is one of a school
_NEXT = 12
_HEAD = 40
ANY = "*"


def scale_of(bench: Bench, quantity: Quantity, floor: int, clause: tuple[int, int]) -> list[Mention]:
    """The scale that the labelled quantity is a value of; empty where it became a condition's stage, or was left."""
    words = bench.vocabulary.words
    own = [hit for hit in bench.segment.between(quantity.start - 60, quantity.first) if hit.kind in MEASURES and hit.end > quantity.start]
    if own:
        return [Mention(hit.start, hit.end, hit) for hit in own]
    if quantity.label in words["type_label"]:
        _give_stage(bench, quantity, _beside(bench, quantity, clause) if _is_a_choice(bench, quantity) else None)
        return []
    before = bench.finder.before(bench.segment, quantity.start, floor)
    behind = [] if _has_its_own(bench, quantity, clause) else bench.finder.after(bench.segment, quantity.first, quantity.end, clause[1])
    for known in (before, behind):
        if known and known[-1].hit is not None and bench.unit_kind(known[-1].hit) is None and known[-1].hit.kind != "panel":
            return known
        if known and known[-1].hit is not None:  # a grade of bilirubin is no amount of it
            bench.give([mention._replace(hit=None) for mention in known], "stage", quantity)
            return []
    if quantity.label not in words["stage_label"] and _names_another(bench, quantity):
        _give_stage(bench, quantity, None)
    elif before and _is_scale(bench, quantity, before[-1]):
        return before
    else:
        _give_stage(bench, quantity, _of_the_words(bench, quantity, before, behind, clause))
    return []


def staged(bench: Bench, quantity: Quantity, mentions: list[Mention]) -> list[Mention]:
    """The condition in place of a scale that stages it: the one named in the clause, else the first that the rule names."""
    entry = mentions[-1].hit.entry if len(mentions) == 1 and mentions[-1].hit else None
    ids: tuple[str, ...] = getattr(entry, "stages", ())
    if entry is None or not ids or quantity.unit is not None or _is_scored(bench, quantity, mentions[-1]):
        return []
    clause = bench.finder.clause(bench.segment, quantity.first)
    beside = _beside(bench, quantity, clause, mentions[-1])
    if beside is not None or ids == (ANY,):
        return [beside] if beside else []
    near = [hit for hit in _conditions(bench, quantity, clause) if is_any_of(bench.vocabulary, hit.entry, ids)]
    target = _nearest(bench, near, quantity)
    if target is not None:
        return [Mention(target.start, target.end, target)]
    meant = bench.vocabulary.rulebook.entry(ids[0])
    return [mentions[-1]._replace(hit=Hit(mentions[-1].start, mentions[-1].end, meant, meant.table))]


def _is_scored(bench: Bench, quantity: Quantity, scale: Mention) -> bool:
    """Whether the number is said as a score of the scale and not as a stage or grade: "Hoehn and Yahr score ≤ 3"."""
    words = bench.vocabulary.words
    if quantity.label in words["stage_label"] | words["class_label"] | words["type_label"]:
        return False
    said = {token.group() for token in bench.finder.tokens(scale.start, max(scale.end, quantity.start))}
    return bool(said & words["score_word"])


def _is_scale(bench: Bench, quantity: Quantity, mention: Mention) -> bool:
    """True where an unknown subject of a grade or class is a scale and not a disease: a disease has stages and grades."""
    plain, words = bench.reading.plain, bench.vocabulary.words
    if quantity.label in words["rank_label"]:  # "Cerebral Performance Category 3", but not "taking part in a category 1 study"
        return not plain[mention.end : quantity.start].strip()
    if _SCALE.search(plain, mention.start, mention.end):
        return True
    return quantity.label not in words["stage_label"] and bool(_ACRONYM.search(plain[mention.start : mention.end].split()[-1]))


def _names_another(bench: Bench, quantity: Quantity) -> bool:
    """ "class III antiarrhythmics", "a category 1 study": the class is part of the name of what is no condition."""
    behind = bench.segment.between(quantity.end, quantity.end + _NEAR)
    return bool(behind) and behind[0].kind != "condition" and not bench.reading.folded[quantity.end : behind[0].start].strip()


def _has_its_own(bench: Bench, quantity: Quantity, clause: tuple[int, int]) -> bool:
    """ "(class V) of ICDAS score 1-2": the scale behind has a number of its own."""
    behind = [hit.end for hit in bench.segment.between(quantity.end, min(clause[1], quantity.end + _NEAR)) if hit.kind in MEASURES]
    following = bench.segment.quantity_from(behind[0]) if behind else None
    return following is not None and following.start - behind[0] < _NEXT


def _conditions(bench: Bench, quantity: Quantity, clause: tuple[int, int]) -> list[Hit]:
    near = bench.segment.between(max(clause[0], quantity.start - _NEAR), min(clause[1], quantity.end + _NEAR))
    return [hit for hit in near if hit.kind == "condition" or hit.entry.id == "pregnancy"]


def _nearest(bench: Bench, hits: list[Hit], quantity: Quantity) -> Hit | None:
    """The nearest of them; what stands in a bracket of its own only where there is no other."""
    outside = [hit for hit in hits if not _is_apart(bench, hit, quantity)]
    before = [h for h in hits if h.end <= quantity.start]
    return min(outside or before, key=lambda hit: min(abs(hit.end - quantity.start), abs(hit.start - quantity.end)), default=None)


def _is_apart(bench: Bench, hit: Hit, quantity: Quantity) -> bool:
    """Whether the hit stands in a bracket that the quantity is not in."""
    if hit.end <= quantity.start:
        return bench.finder.unmatched(hit.end, quantity.start)[0] > 0
    return bench.finder.unmatched(quantity.end, hit.start)[1] > 0


def _beside(bench: Bench, quantity: Quantity, clause: tuple[int, int], scale: Mention | None = None) -> Mention | None:
    """The condition directly behind or before the quantity and its scale: "grade 3 neuropathy", "diabetes (type 1 or 2)"."""
    start, end = quantity.start, quantity.end
    if scale is not None:
        start, end = min(start, scale.start), max(end, scale.end)
    folded, near = bench.reading.folded, _conditions(bench, quantity, clause)
    behind = [hit for hit in near if hit.start >= end and folded[end : hit.start].strip() in _LEADS]
    before = [hit for hit in near if hit.end <= start and _BETWEEN.fullmatch(folded, hit.end, start)]
    found = behind[:1] or before[-1:]
    return Mention(found[0].start, found[0].end, found[0]) if found else None


def _of_the_words(
    bench: Bench, quantity: Quantity, before: list[Mention], behind: list[Mention], clause: tuple[int, int]
) -> Mention | None:
    """What the stage belongs to: a condition beside it, the words right behind it, the nearest condition, or the words before."""
    beside = _beside(bench, quantity, clause)
    if beside is not None:
        return beside
    if quantity.label in bench.vocabulary.words["rank_label"]:  # "category 1 research", "phase 2"
        return None
    words, folded = bench.vocabulary.words["no_condition"], bench.reading.folded
    named = [m for m in behind if folded[quantity.end : m.start].strip() in _LEADS and not bench.finder.only(m.start, m.end, words)]
    target = _nearest(bench, _conditions(bench, quantity, clause), quantity)
    if target is not None and not named and (not before or target.end > before[0].start or bench.finder.only(*before[0][:2], words)):
        return Mention(target.start, target.end, target)
    inside = [hit for m in named for hit in bench.segment.between(m.start, min(m.end, m.start + _HEAD)) if hit.kind == "condition"]
    if inside:
        return Mention(inside[-1].start, inside[-1].end, inside[-1])
    said = [m for m in (*named, *before[-1:], *behind[:1]) if not bench.finder.only(m.start, m.end, words)]
    if not said or any(token.group() in bench.vocabulary.words["not_staged"] for token in bench.finder.tokens(*said[0][:2])):
        return None  # "high school (grades 6-12)"
    return said[0]


def _is_a_choice(bench: Bench, quantity: Quantity) -> bool:
    """Whether a type is more than part of a name: one of several ("type 1 or 2"), or in brackets."""
    opened = bench.reading.folded[max(0, quantity.start - 3) : quantity.start].strip()[-1:] == "("
    return bool(quantity.values) or quantity.explicit or opened


def _is_kinship(bench: Bench, quantity: Quantity) -> bool:
    """ "family history of neurofibromatosis (first degree": the degree is that of the relatives."""
    near = bench.reading.folded[max(0, quantity.start - _NEAR) : quantity.end + _HEAD]
    return (quantity.label or "").startswith("degree") and _FAMILY.search(near) is not None


def _give_stage(bench: Bench, quantity: Quantity, mention: Mention | None) -> None:
    greatest = max(end.value for end in (quantity.lower, quantity.upper) if end is not None)
    if (quantity.label or "").startswith("grade") and greatest > _MOST_GRADES:
        bench.leave(quantity)
        return
    if _is_kinship(bench, quantity):
        bench.leave(quantity)
        return
    letters = [end.letter for end in (quantity.lower, quantity.upper) if end is not None]
    if mention is None and all(letter.isupper() for letter in letters):
        return  # "class A" of nothing known is no number
    bench.give([mention] if mention else [], "stage", quantity)
