"""Values: in, a quantity of a segment; out, drafts of what it measures: an age, a lab value or score, a grade, a dose, a count.

Every quantity has one role, and `place` decides it in one order: age, time, frequency, the subject it shares with the quantity before,
grade, dose, value, count. What finds no subject is left, and named by an issue.
"""

from __future__ import annotations

import re
from typing import Any

from eligibility.nlp.ages import UNITS as AGE_UNITS
from eligibility.nlp.ages import age_then, is_age
from eligibility.nlp.bench import Bench
from eligibility.nlp.cases import pair_cases
from eligibility.nlp.context import context_of
from eligibility.nlp.counts import give_count, repeated, things_counted
from eligibility.nlp.doses import DOSE_KINDS, drug_of, give_dose
from eligibility.nlp.drafts import Draft, interval, range_of
from eligibility.nlp.grades import scale_of, staged
from eligibility.nlp.heads import is_headed
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.measurands import measurands, values_of
from eligibility.nlp.populations import SEX, add_population, limits_part, respectively, takes_comparator
from eligibility.nlp.quantities import End, Quantity
from eligibility.nlp.repeats import belongs_to_the_last
from eligibility.nlp.subjects import MEASURES, Mention
from eligibility.nlp.times import TimeExpression, choice
from eligibility.ranges import Range

_SHARED = re.compile(rf"[\s,;(]*(?:(?:for|in)\s+)?(?:the\s+)?{SEX}?[\s,;)]*(?:or|and|and/or|but)?[\s,(]*(?:either|is|be|a|the)?\s*")
_AGE_THEN = re.compile(
    r"\b(?:(?:before|after|since|until|by|prior to)\s+(?:the\s+)?age\b|age\s+(?:at|of)\s+(?:disease\s+|symptom\s+|first\s+)?"
    r"(?:onset|diagnosis|menarche|presentation|birth))"
)
_SIDE = re.compile(r"\b(after|beyond|past|before|prior to|until)\s+(?:the\s+)?$")
_DEFINED = 80
_RATES = frozenset({"/h", "/min", "/s"})
_DENOMINATORS = frozenset({5, 7, 9, 10, 12, 15, 20, 21, 24, 28, 30, 40, 50, 52, 56, 60, 63, 70, 80, 100})
_WEAK_ALONE = frozenset({"none", "temperature", "radiation", "length", "mass", "dose", "other"})
_PLACED = re.compile(r"\b(?:on|in|at|for|by|from|with|within|per)\b")  # "creatinine on 2 occasions"


def place(bench: Bench, quantity: Quantity, previous: int, following: int) -> None:
    """Decide the quantity's role and draft what it makes; `previous` and `following` are where its neighbours end and begin."""
    clause = bench.finder.clause(bench.segment, quantity.first)
    if quantity.half == 1 and bench.last is not None and bench.last[0].start == quantity.start:
        _second_half(bench, quantity, bench.last[1], bench.last[2])
        return
    floor, ceiling = max([clause[0], previous, *bench.spoken]), min(clause[1], following)
    if quantity.unsure:  # "ECOG 2 or worse"
        if quantity.half != 1:
            bench.leave(quantity)
        bench.last = None
        return
    if quantity.start < previous or belongs_to_the_last(bench, quantity, previous):
        return
    if _limits_other_case(bench, quantity) or _limits_a_population(bench, quantity, previous) or _limits_each(bench, quantity, previous):
        return
    role = bench.last[1] if bench.last and _shares(bench, quantity, previous) else None
    same_unit = bench.last is not None and bench.last[0].unit == quantity.unit
    if is_age(bench.finder, bench.segment, quantity, floor) or (role == "age" and quantity.unit in (None, *AGE_UNITS)):
        _age(bench, quantity, floor, clause)
    elif quantity.kind == "time" and not (role == "measurement" and same_unit):
        _time(bench, quantity, floor, clause)
    elif role == "measurement" and bench.last is not None and _alike(bench.last[0], quantity):
        _measure(bench, quantity, bench.last[2])
    elif quantity.kind == "frequency":
        _frequency(bench, quantity, floor, ceiling)
    elif quantity.mirrored and (inside := bench.finder.inside(bench.segment, quantity.first, quantity.end, clause[1])):
        _measure(bench, quantity, inside)
    elif quantity.label or quantity.roman:
        if scale := scale_of(bench, quantity, floor, clause):
            _measure(bench, quantity, scale)
    elif quantity.kind in DOSE_KINDS and (drug := drug_of(bench, quantity, floor, clause)) is not None:
        give_dose(bench, quantity, drug)
    else:
        _valued(bench, quantity, floor, clause[1], ceiling)


def _shares(bench: Bench, quantity: Quantity, previous: int) -> bool:
    if bench.last is None or bench.last[0].end != previous or not quantity.explicit or quantity.start - previous > 40:
        return False
    if any(mention.end > bench.last[0].first for mention in bench.last[2]):  # each has its own subject behind it
        return False
    if _same_side(bench.last[0], quantity) and bench.finder.named_beside(quantity.end, bench.segment.end):
        return False
    return bool(_SHARED.fullmatch(bench.reading.folded, previous, quantity.start))


def _alike(first: Quantity, second: Quantity) -> bool:
    """True where both can be of one subject: of one kind of unit, or one a multiple of its limit of normal."""
    return first.kind == second.kind or "multiple" in (first.kind, second.kind)


def _same_side(first: Quantity, second: Quantity) -> bool:
    return (first.lower is None, first.upper is None) == (second.lower is None, second.upper is None)


def _limits_a_population(bench: Bench, quantity: Quantity, previous: int) -> bool:
    """ "ALT ≤ 2.5 x ULN (in case of liver metastases ≤ 5 x ULN)": another limit on the same thing, for some patients."""
    said = limits_part(bench, quantity, previous)
    if said is None or bench.last is None:
        return False
    first = len(bench.drafts)
    _measure(bench, quantity, bench.last[2])
    for draft in bench.drafts[first:]:
        draft.fields["population"] = bench.reading.text[slice(*said)].strip()
    bench.populations.append(said)
    return True


def _limits_other_case(bench: Bench, quantity: Quantity) -> bool:
    """ "≤ 3 x ULN without liver metastases or ≤ 5 x ULN with liver metastases": the other limit on the same thing."""
    if bench.case is None or bench.case[0] != quantity.start or bench.last is None or bench.last[1] != "measurement":
        return False
    first, said = len(bench.drafts), bench.case[1]
    _measure(bench, quantity, bench.last[2])
    for draft in bench.drafts[first:]:
        draft.fields["population"] = bench.reading.text[slice(*said)]
    bench.populations.append(said)
    return True


def _limits_each(bench: Bench, quantity: Quantity, previous: int) -> bool:
    """ "> 20 g and 30 g for women and men respectively", "> 102 cm (men) and 88 cm (women)": the comparator is said once."""
    if bench.last is None or not takes_comparator(bench, quantity, previous):
        return False
    _measure(bench, quantity, bench.last[2])
    return True


def _age(bench: Bench, quantity: Quantity, floor: int, clause: tuple[int, int]) -> None:
    window = age_then(bench.finder, bench.segment, quantity, floor)
    if window is not None:
        bench.times.append((window, clause))
        bench.last = (quantity, "window", [])
        return
    unit = quantity.unit or "a"
    lower, upper = (End(e.value, e.inclusive, e.unit or unit) if e else None for e in (quantity.lower, quantity.upper))
    value = interval(quantity, lower, upper, quantity.start, quantity.end)
    then = _AGE_THEN.search(bench.reading.folded, max(bench.segment.start, quantity.start - 40), quantity.first)
    if then is not None:  # of an event in the past, not of the patient today
        _bound_by_time(bench, quantity)
        value = range_of(quantity) if quantity.explicit or quantity.lower != quantity.upper else value
        mention = Mention(then.start(), then.end(), None)
        bench.drafts.append(Draft("other", mention, quantity.start, {"value": value}, spans=[(quantity.start, quantity.end)]))
        bench.last = (quantity, "other", [])
        return
    draft = Draft("age", None, quantity.start, {"value": value}, rule="age")
    draft.spans.append((quantity.start, quantity.end))
    about = context_of(bench.finder, bench.segment, quantity.start, quantity.end, clause).get("about")
    if about:
        draft.fields["about"] = about
    if quantity.unit is None:
        draft.issues.append(("unit_assumed", "an age without a unit is read in years"))
    add_population(bench, draft, quantity)
    bench.drafts.append(draft)
    bench.last = (quantity, "age", [])


def _time(bench: Bench, quantity: Quantity, floor: int, clause: tuple[int, int]) -> None:
    """A value of something measured in time, else a window or duration that is given to its events later."""
    sought = quantity.start not in bench.segment.times or quantity.unit in ("ms", "s") or _measured_in_time(bench, clause)
    mentions = measurands(bench, quantity, floor, clause[1]) if sought else []
    timed = [mention for mention in mentions if bench.unit_kind(mention.hit) == "time"]
    if not timed and mentions and quantity.start not in bench.segment.times and _is_span(bench, mentions[-1]):
        timed = mentions[-1:]
    if timed or (quantity.unit in ("ms", "s") and mentions):
        _bound_by_time(bench, quantity)
        _measure(bench, quantity, timed or mentions)
        return
    found = bench.segment.times.get(quantity.start)
    if found is None and quantity.compound and not quantity.explicit:
        bench.leave(quantity)
        return
    if found is None:
        found = TimeExpression(quantity, "duration", quantity.start, quantity.end, quantity.lower, quantity.upper, None, None, quantity.end)
        found.bare = True
    found.choose = choice(bench.reading.folded, quantity.start, min(bench.segment.end, quantity.end + 200))
    if found.anchor_start is not None:
        bench.anchors.append((found.anchor_start, found.behind))
    bench.times.append((found, clause))


def _is_span(bench: Bench, mention: Mention) -> bool:
    """ "operating time", "uterine size": the head of the subject is itself something that is measured in time."""
    words = [token.group() for token in bench.finder.tokens(mention.start, mention.end)]
    joint = next((place for place, word in enumerate(words) if word in bench.finder.words["head_joint"]), len(words))
    return len(words) > 1 and words[joint - 1] in bench.finder.words["span"]


def _measured_in_time(bench: Bench, clause: tuple[int, int]) -> bool:
    """True where the clause names something that the rules measure in units of time."""
    return any(hit.kind in MEASURES and bench.unit_kind(hit) == "time" for hit in bench.segment.between(*clause))


def _bound_by_time(bench: Bench, quantity: Quantity) -> None:
    """ "after 37 weeks of gestation", "before week 20": the preposition is the comparator."""
    found = None if quantity.explicit else _SIDE.search(bench.reading.folded, max(bench.segment.start, quantity.start - 12), quantity.start)
    if found is not None and quantity.lower is not None:
        end = quantity.lower._replace(inclusive=False)
        quantity.lower, quantity.upper = (None, end) if found.group(1) in ("before", "prior to", "until") else (end, None)
        quantity.start = found.start(1)


def _frequency(bench: Bench, quantity: Quantity, floor: int, ceiling: int) -> None:
    mentions = measurands(bench, quantity, floor, ceiling)
    events = bench.finder.events(bench.segment, quantity.start, floor, quantity.end, ceiling)[-1:]
    counts = (quantity.unit or "").startswith("{")  # of things: "alcohol use > 7 drinks/week"
    if not mentions and counts:
        mentions = [mention._replace(hit=None) for mention in events]
    rated = quantity.unit in _RATES and quantity.explicit  # "apnoea index > 5/h"; a rate by the day or week is how often something is done
    beside = bool(mentions) and rated and not bench.event_at(mentions[-1])
    if events and events[0].hit is not None:
        beside = beside and bench.finder.touches(mentions[-1], quantity.start)
    if mentions and (mentions[-1].hit is not None or counts or beside):
        _measure(bench, quantity, mentions)
    else:
        bench.give(events, "frequency", quantity)


def _valued(bench: Bench, quantity: Quantity, floor: int, clause_end: int, ceiling: int) -> None:
    """A value of what is measured before or behind it; else a count of the things behind it."""
    mentions = measurands(bench, quantity, floor, clause_end)
    if quantity.half == 0 and quantity.unit == "mm[Hg]" and not (mentions and mentions[-1].hit is not None):
        mentions = _pressure(bench, quantity) or mentions
    known = bool(mentions) and mentions[-1].hit is not None
    counted = things_counted(bench, quantity, ceiling)
    ahead = not mentions or mentions[0].start >= quantity.end
    if ahead and quantity.kind == "none" and not known and counted is None and _goes_on(bench, quantity, ceiling):
        bench.waiting = quantity
        return
    if known and counted is not None and (quantity.worded or (ahead and counted.listed)):
        known = bench.unit_kind(mentions[-1].hit) in (None, "none")  # "at least 1 measurable lesion" is no size
    if counted is not None and not known:
        give_count(bench, quantity, counted)
    elif not known and (events := repeated(bench, quantity, floor, ceiling)):
        bench.give(events, "count", quantity)
    elif quantity.worded and quantity.kind == "none" and not known and not _names_scale(bench, quantity, mentions):
        bench.leave(quantity)
    elif mentions and _is_value(bench, quantity, mentions[-1]):
        _first_half(bench, quantity, mentions) if quantity.half == 0 else _measure(bench, quantity, mentions)
    elif quantity.explicit and quantity.kind != "none" and bench.last is not None and bench.last[1] == "measurement":
        _measure(bench, quantity, bench.last[2])
    elif mentions and quantity.kind == "dose":
        give_dose(bench, quantity, mentions[-1])
    elif _goes_on(bench, quantity, ceiling):
        bench.waiting = quantity
    else:
        bench.leave(quantity)


def _pressure(bench: Bench, quantity: Quantity) -> list[Mention]:
    """The blood pressure that a pair in mmHg is where the words name what it defines: "hypertension, i.e. ≥ 180/110 mmHg"."""
    entry = bench.vocabulary.rulebook.entry("blood_pressure")
    for hit in reversed(bench.segment.between(quantity.start - _DEFINED, quantity.start)):
        if hit.kind == "condition" and entry.id in values_of(bench.vocabulary.rulebook).get(hit.entry.id, ()):
            return [Mention(hit.start, hit.end, Hit(hit.start, hit.end, entry, entry.table))]
    return []


def _goes_on(bench: Bench, quantity: Quantity, ceiling: int) -> bool:
    """True for "at least 2" of "at least 2 but not more than 5 regimens": the subject stands behind the next number."""
    near = quantity.explicit and 0 < ceiling - quantity.end < 12
    return near and _SHARED.fullmatch(bench.reading.folded, quantity.end, ceiling) is not None


def _names_scale(bench: Bench, quantity: Quantity, mentions: list[Mention]) -> bool:
    """True for "cognitive scale score greater than seven"."""
    before = [mention for mention in mentions if mention.end <= quantity.start]
    return quantity.explicit and bool(before) and bench.finder.is_scale(before[-1]) and bench.finder.touches(before[-1], quantity.start)


def _is_value(bench: Bench, quantity: Quantity, mention: Mention) -> bool:
    """A bare number is a value only of a known subject beside it; of an unknown one only with a unit that is no plain amount."""
    if quantity.explicit:
        return True
    if mention.hit is None:
        return quantity.kind not in _WEAK_ALONE
    if quantity.kind == "none" and not quantity.values:
        beside = mention.end <= quantity.start and not quantity.compound and bench.finder.adjoins(mention, quantity.start)
        return beside and not _PLACED.search(bench.reading.folded, mention.end, quantity.start)
    return quantity.kind != "temperature" or bench.unit_kind(mention.hit) == "temperature"


def _first_half(bench: Bench, quantity: Quantity, mentions: list[Mention]) -> None:
    """The first half of "160/100": of the pair that the subject is, of two subjects, or the value of "4/10"."""
    if mentions[-1].hit is not None and getattr(mentions[-1].hit.entry, "fraction", False):
        _quotient(bench, quantity, mentions)
        return
    _measure(bench, quantity, _halves(bench, mentions)[:1] or mentions)
    bench.last = (quantity, "half", mentions)


def _quotient(bench: Bench, quantity: Quantity, mentions: list[Mention]) -> None:
    """ "visual acuity < 20/200" is one number; without a comparator ("20/40 or better", "20/40 to 20/320") nobody can say which limit."""
    if not quantity.explicit or not quantity.denominator:
        bench.leave(quantity)
    else:
        quantity.lower, quantity.upper = (
            end._replace(value=end.value / quantity.denominator) if end else None for end in (quantity.lower, quantity.upper)
        )
        _measure(bench, quantity, mentions)
    bench.last = (quantity, "quotient", mentions)


def _second_half(bench: Bench, quantity: Quantity, role: str, mentions: list[Mention]) -> None:
    """The second half: of the other subject; the end of the scale ("4/10") is no value, and anything else is left."""
    halves = _halves(bench, mentions) if role == "half" else []
    if role == "quotient":
        return
    if halves:
        _measure(bench, quantity, halves[1:])
    elif quantity.denominator not in _DENOMINATORS:
        bench.leave(quantity)


def _halves(bench: Bench, mentions: list[Mention]) -> list[Mention]:
    """The two subjects of a value with a slash: the pair of the rules (systolic, diastolic) or the two named; none for one subject."""
    mention = mentions[-1]
    pair = getattr(mention.hit.entry, "pair", None) if mention.hit else None
    if pair:
        entries = [bench.vocabulary.rulebook.entry(id) for id in pair]
        return [mention._replace(hit=Hit(mention.start, mention.end, entry, entry.table)) for entry in entries]
    return mentions if len(mentions) == 2 else []


def _measure(bench: Bench, quantity: Quantity, mentions: list[Mention]) -> None:
    if conditions := staged(bench, quantity, mentions):
        bench.give(conditions, "stage", quantity)
        return
    waiting, bench.waiting = bench.waiting, None
    if waiting is not None and 0 <= quantity.start - waiting.end < 12 and waiting.unit in (None, quantity.unit):
        _measure(bench, waiting, mentions)
    elif waiting is not None:
        bench.leave(waiting)
    for mention in _members(bench, mentions):
        draft = Draft("measurement", mention, quantity.start, {"value": range_of(quantity)})
        draft.spans.append((quantity.start, quantity.end))
        if mention.hit is not None:
            _assume_unit(draft, mention.hit.entry)
            bench.measured.add(mention.hit.start)
        elif is_headed(bench.finder, mention) or bench.finder.is_scale(
            mention
        ):  # "distance to the aneurysm": the aneurysm is no demand of its own
            bench.measured.update(hit.start for hit in bench.segment.between(mention.start, mention.end))
        if not pair_cases(bench, quantity, draft):
            add_population(bench, draft, quantity)
        bench.drafts.append(draft)
    respectively(bench, quantity)
    bench.last = (quantity, "measurement", mentions)


def _assume_unit(draft: Draft, entry: Any) -> None:
    """Give a plausible number without a unit the one that its analyte can only be in, and say so."""
    value: Range = draft.fields["value"]
    low, high = getattr(entry, "plausible", None) or (0.0, -1.0)
    ends = [end for end in (value.lower, value.upper) if end is not None]
    if not getattr(entry, "assumed", False) or any(end.unit is not None or not low <= end.magnitude <= high for end in ends):
        return
    lower, upper = (end and end.model_copy(update={"unit": entry.unit}) for end in (value.lower, value.upper))
    draft.fields["value"] = value.model_copy(update={"lower": lower, "upper": upper})
    draft.issues.append(("unit_assumed", f"{entry.label} has no unit: read as {entry.unit}"))


def _members(bench: Bench, mentions: list[Mention]) -> list[Mention]:
    """A panel's members in its place: a limit on transaminases is a limit on ALT and one on AST."""
    found: list[Mention] = []
    for mention in mentions:
        members = getattr(mention.hit.entry, "members", ()) if mention.hit and mention.hit.kind == "panel" else ()
        entries = [bench.vocabulary.rulebook.entry(id) for id in members]
        found.extend(mention._replace(hit=Hit(mention.start, mention.end, entry, entry.table)) for entry in entries)
        if not members:
            found.append(mention)
    return found
