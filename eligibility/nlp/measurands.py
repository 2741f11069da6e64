"""Measurands: in, a value in its segment; out, what it is a value of, where subjects stand before it, behind it or in its unit.

The words directly before a value name it, unless they are a verb's or another phrase's; a scale behind "on the", the substance behind
"10 mL of" and the noun behind "(> 90 %)" do. What kind of constraint comes of it is not decided here.
"""

from __future__ import annotations

import re
from functools import cache

from eligibility.nlp.bench import Bench
from eligibility.nlp.heads import headed, subject_above
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.quantities import Quantity
from eligibility.nlp.subjects import ADDS, MEASURES, Mention, SubjectFinder
from eligibility.rulebook import Rulebook, by_condition

_ON = re.compile(
    r"[\s)\]]*(?:points?\s+)?(?:or\s+(?:more|less|higher|greater|lower|above)\s+)?(?:points?\s+)?"
    r"(?:on|using|by|according to)\s+(?:the|a|an|any)?\b"
)
_OF = re.compile(r"\s*of\s+(?!(?:the\s+)?(?:normal|predicted|expected|baseline))")
_DEFINES = re.compile(r"\bdefined\b")
_ANY_UNIT = frozenset({"ratio", "multiple", "count", "other"})
_PARTED_BY = frozenset(",;:()[]") | {"and", "or", "to"}
_VALUED = frozenset({"condition", "drug", "drug_class"})
_AMOUNTS = frozenset({"volume", "mass", "length", "area", "dose"})
_ADDED = re.compile(r"[;,]\s*$|(?:\band|\bor|\bif|\bwho|\bwhen|\bbut|/)\s*$")
_REACH = 120


def measurands(bench: Bench, quantity: Quantity, floor: int, ceiling: int) -> list[Mention]:
    """The subjects of the value, those of a list together; none where no words near it name any.

    A mention keeps its concept only where the value can be one of it: "E2 > 25 cm" is no oestradiol, a fall of it by a third no level.
    """
    mentions = _named(bench, quantity, floor, ceiling) or _above(bench, quantity)
    if mentions and _is_of_change(bench, quantity, mentions, floor):
        words = bench.finder.words_before(quantity.start, floor)
        return words or [mention._replace(hit=None) for mention in mentions]
    mentions = [mention._replace(hit=None) if _is_misread(bench, quantity, mention) else mention for mention in mentions]
    return [_valued(bench, quantity, mention) if mention.hit is None else mention for mention in mentions]


def _valued(bench: Bench, quantity: Quantity, mention: Mention) -> Mention:
    """The mention with what its value is one of, where its words name a condition or a drug: "thrombocytopenia (< 100,000/µL)" limits the
    platelets, "testosterone < 50 ng/dL" a level."""
    named = [hit for hit in bench.segment.between(mention.start, mention.end) if hit.end == mention.end and hit.kind in _VALUED]
    for hit in named[-1:]:
        ids = (f"{hit.entry.id}_level",) if hit.kind != "condition" else values_of(bench.vocabulary.rulebook).get(hit.entry.id, ())
        for id in ids:
            entry = bench.vocabulary.rulebook.entry(id) if id in bench.vocabulary.concepts else None
            measured = Hit(mention.start, mention.end, entry, "analyte")
            if entry is not None and bench.unit_kind(measured) == quantity.kind:
                return mention._replace(hit=measured)
    return mention


@cache
def values_of(rulebook: Rulebook) -> dict[str, tuple[str, ...]]:
    """The ids of the values that define each condition."""
    return by_condition(rulebook.other["defined_by"])


def _above(bench: Bench, quantity: Quantity) -> list[Mention]:
    """The subject in the heading above, where the value can be one of it."""
    above = subject_above(bench.finder, bench.segment, quantity.start)
    wanted = bench.unit_kind(above[-1].hit) if above else None
    fits = quantity.kind == "multiple" or (wanted or "none") == quantity.kind or quantity.kind == "none"
    return above if fits else []


def _is_no_score(bench: Bench, quantity: Quantity, mention: Mention) -> bool:
    """True for a scale beside an amount: "stage III disease: more than 1 cm residual tumour"."""
    return mention.hit is not None and mention.hit.kind == "score" and quantity.kind in _AMOUNTS


def _is_of_change(bench: Bench, quantity: Quantity, mentions: list[Mention], floor: int) -> bool:
    """True for "reduction in Y-BOCS of 35 %", but not for "a rise of ALT above 3 x ULN"."""
    if mentions[-1].hit is None or quantity.kind == "multiple":
        return False
    if quantity.difference:
        return True
    start = min(mention.start for mention in mentions)
    if not _any_of(bench.finder.words["change"]).search(bench.reading.folded, max(floor, start - 28), quantity.start):
        return False
    near = [
        word
        for word in bench.finder.tokens(max(floor, start - 28), quantity.start)
        if not any(mention.start <= word.start() < mention.end for mention in mentions)  # "orthostatic drop" is a name
    ]
    place = next((index for index, word in enumerate(near) if word.group() in bench.finder.words["change"]), None)
    return place is not None and not any(word.group() in _PARTED_BY for word in near[place:])


@cache
def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(words))})\b")


def _is_misread(bench: Bench, quantity: Quantity, mention: Mention) -> bool:
    """True where the mention is a short form and the unit says that it is short for something else."""
    wanted = bench.unit_kind(mention.hit)
    if mention.hit is None or quantity.unit is None or wanted in (None, quantity.kind) or {wanted, quantity.kind} & _ANY_UNIT:
        return False
    return bench.reading.text[mention.start : mention.end] in getattr(mention.hit.entry, "cased", ())


def _named(bench: Bench, quantity: Quantity, floor: int, ceiling: int) -> list[Mention]:
    finder, segment = bench.finder, bench.segment
    inside = [hit for hit in segment.between(quantity.start, quantity.first) if hit.kind in MEASURES]
    if inside:  # "> NYHA 2"
        return finder.listed(inside[-1], inside)
    before = finder.before(segment, quantity.start, floor)
    known = bool(before) and before[-1].hit is not None
    if known and not _is_no_score(bench, quantity, before[-1]):
        return before
    behind = finder.after(segment, quantity.first, quantity.end, ceiling)
    if known:
        return behind or before
    low = max([finder.clause(segment, quantity.first)[0], *bench.spoken])
    if not before:
        qualified = [] if behind and behind[0].hit is not None else _qualified(bench, quantity, None, low)
        return qualified or behind or finder.beyond(quantity.start, floor)
    if _is_added(bench, quantity, before[-1]):  # "≥ 20 mm on plain film or ≥ 10 mm on CT"
        same = bench.last is not None and bench.last[1] == "measurement" and bench.last[0].kind == quantity.kind
        return bench.last[2] if bench.last and same and not finder.named_beside(quantity.end, ceiling) else behind or before
    if behind and behind[0].hit is not None and behind[0].start < quantity.end:  # "smokes > 5 cigarettes/day"
        counted = (quantity.unit or "").startswith("{") and finder.touches(before[-1], quantity.start)
        return [before[-1]._replace(hit=behind[0].hit)] if counted else behind
    if behind and finder.is_dimension(behind[0]):  # "lesions ≥ 2 mm deep"
        return [before[-1]._replace(also=(*before[-1].also, (behind[0].start, behind[0].end)))]
    if behind and _prevails(finder, quantity, before[-1], behind[0]):
        return behind
    return _qualified(bench, quantity, before[-1], low) or [headed(finder, before[-1], low)]


def _is_added(bench: Bench, quantity: Quantity, mention: Mention) -> bool:
    """True where "and" or "or" parts the open words from the value: they belong to what comes before."""
    last = next(reversed(bench.finder.tokens(mention.end, quantity.start)), None)
    return last is not None and last.group() in ADDS


def _qualified(bench: Bench, quantity: Quantity, open_words: Mention | None, low: int) -> list[Mention]:
    """The known subject that the words before the value only qualify: "platelets within 7 days before entry ≥ 100 x 10^9/L".

    Its unit must be of the quantity's kind; a time or a bare number may stand between, but nothing that "and" or a comma adds.
    """
    finder, folded = bench.finder, bench.reading.folded
    known = [hit for hit in bench.segment.between(max(low, quantity.start - _REACH), quantity.start) if hit.kind in MEASURES]
    if not known or not quantity.explicit or (bench.unit_kind(known[-1]) or "none") != quantity.kind:
        return []
    end = open_words.start if open_words else quantity.start
    first = next(iter(finder.tokens(known[-1].end, end)), None)
    if first is None or first.group() not in finder.words["qualifier"] or _ADDED.search(folded, known[-1].end, end):
        return []
    return finder.listed(known[-1], known)


def _prevails(finder: SubjectFinder, quantity: Quantity, before: Mention, behind: Mention) -> bool:
    """True where the words behind name the measured thing and the open words before do not."""
    folded = finder.folded
    end = max([before.end, *(span[1] for span in before.also)])
    between = folded[end : quantity.start]
    if between.strip(" )]") and _ON.match(folded, quantity.end, behind.start + 1) and (behind.hit is not None or finder.is_scale(behind)):
        return True
    parted = "," in between or not finder.touches(before, quantity.start)
    of = _OF.match(folded, quantity.end) is not None
    if quantity.unit == "%" and of:
        return parted
    if behind.hit is not None:
        return True
    beside = of or not folded[quantity.end : behind.start].strip()
    if of and quantity.kind in _AMOUNTS:
        return True
    return beside and (parted or bool(_DEFINES.search(between)))
