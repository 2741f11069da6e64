"""What happened: in, a constraint on a condition, a drug, a procedure or another trial, and the chart; out, the verdict.

Each record is judged on its own: is it what is named, does it fall in the window, has it the dose, the route, the stage, the severity asked
for. One that is all of this makes the constraint true. It is false only where the list is complete and none may be; else it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eligibility.constraints import Condition, Constraint, ConstraintBase, Medication
from eligibility.errors import UnitError
from eligibility.ranges import Range, Window
from eligibility.screening.amounts import compare, number, read_unit
from eligibility.screening.chart import Chart, Meaning, Record, meaning_of, wanted_of
from eligibility.screening.dates import Period, completed
from eligibility.screening.outcomes import Missing
from eligibility.screening.stages import stage_truth
from eligibility.screening.truth import NO, NONE, UNKNOWN, YES, all_of, any_of
from eligibility.screening.verdicts import Verdict, unknown
from eligibility.spelling import normalise

LISTS = {"condition": "conditions", "medication": "medications", "procedure": "procedures", "trial": "trials"}
_TAKEN = ("medication", "procedure", "trial")
_SHOWN = 3  # records that a reason names
UNANSWERED = frozenset({"intolerant", "contraindicated", "ineligible", "candidate", "sensitive"})


class Part(NamedTuple):
    """One question about a record: how true, in words, and what is missing where it is unknown."""

    truth: int
    words: str = ""
    lacks: str = ""


class Judged(NamedTuple):
    """One record against a constraint; `rest` is how true all but its time is."""

    record: Record
    rest: int
    truth: int
    words: str
    lacks: str


def event(constraint: Constraint, chart: Chart, excepted: Sequence[Constraint] = (), *, told: bool = False) -> Verdict:
    """The verdict on a constraint by the records of its list; those that `excepted` name do not count. `told`: a value beside the
    constraint says what its modifiers mean ("severe heart failure, NYHA class IV").
    """
    name, list_name = constraint.phrase, LISTS[constraint.type]
    beyond = _beyond_records(constraint, chart)
    if beyond:
        return unknown(beyond, "judgement", name)
    everything = [_judge(constraint, record, truth, chart, excepted, told) for record, truth in _candidates(constraint, chart)]
    plain = _unqualified(constraint, chart)
    if plain is not None:
        found = {id(one.record) for one in everything if one.truth != NO}
        everything = [one for one in everything if id(one.record) in found] + [
            _judge(plain, record, truth, chart, excepted, told) for record, truth in _candidates(plain, chart) if id(record) not in found
        ]
    if is_washout(constraint):
        recent = next((one for one in everything if one.truth == NO and one.rest == YES), None)
        if recent is not None:
            return Verdict(NO, recent.words, recent.record.name)
    judged = [one for one in everything if one.truth != NO]
    whole = any_of(one.truth for one in judged)
    if whole & YES and not whole & NO:
        best = next(one for one in judged if one.truth == YES)
        return _counted(constraint, judged, chart, list_name) or Verdict(YES, best.words, best.record.name)
    if judged:
        return _open(constraint, judged, list_name)
    return _absent(constraint, chart, list_name, "; ".join(one.words for one in everything[:_SHOWN]))


def _unqualified(constraint: Constraint, chart: Chart) -> Constraint | None:
    """The same with the name's modifier apart, where the concept is one with its own: "severe asthma" is asthma that is severe."""
    if constraint.concept is None:
        return None
    word, _, rest = constraint.concept.label.partition(" ")
    wider = chart.wider(constraint.concept, rest) if word in chart.knowledge.modifiers else None
    return constraint.model_copy(update={"concept": wider, "modifiers": (*constraint.modifiers, word)}) if wider is not None else None


def _candidates(constraint: Constraint, chart: Chart) -> list[tuple[Record, int]]:
    list_name = LISTS[constraint.type]
    if constraint.type == "trial":
        return [(record, YES) for record in chart.records(list_name)]
    if isinstance(constraint, Condition) and constraint.agents:
        return _allergies(constraint, chart)
    found = chart.matches(constraint, list_name)
    if isinstance(constraint, Medication):
        found = _by_route_or_equivalence(constraint, chart) or found
    toward = isinstance(constraint, Condition) and constraint.concept is not None and constraint.concept.id in chart.knowledge.toward
    return [(record, UNKNOWN) for record, _ in found] if toward else found


def _allergies(constraint: Condition, chart: Chart) -> list[tuple[Record, int]]:
    """The allergies of the patient: to one of the agents, or to what is not said."""
    found = []
    for record, _ in chart.matches(constraint, "conditions"):
        told = " to " in f" {normalise(record.name)} "
        named = any(
            wanted_of(chart.knowledge, agent, agent.label).is_named_by(_agent_of(record, chart)) == YES for agent in constraint.agents
        )
        if named or not told:
            found.append((record, YES if named else UNKNOWN))
    return found


def _agent_of(record: Record, chart: Chart) -> Meaning:
    words = normalise(record.name)
    return meaning_of(chart.knowledge, "medications", words.partition(" to ")[2] or words)


def _by_route_or_equivalence(constraint: Medication, chart: Chart) -> list[tuple[Record, int]]:
    knowledge, records = chart.knowledge, chart.records("medications")
    id = constraint.concept.id if constraint.concept else ""
    if id in knowledge.class_routes:
        return [(record, YES) for record in records if _route_of(record, chart) in knowledge.class_routes[id]]
    if constraint.equivalent_to and constraint.dose is not None and constraint.equivalent_to in knowledge.equivalents:
        return [(record, YES) for record in records if _equivalent(record, chart)]
    return []


def _equivalent(record: Record, chart: Chart) -> float | None:
    """The mg of the record's drug that do what 5 mg of prednisone do."""
    kinds = [kind for kind in (record.meaning.node, *record.meaning.kinds) if kind in chart.knowledge.equivalents]
    return chart.knowledge.equivalents[kinds[0]] if kinds else None


def _beyond_records(constraint: ConstraintBase, chart: Chart) -> str:
    """Why no list of records holds the answer; empty where one may."""
    if constraint.temporality == "planned":
        return f"{constraint.phrase}: what is planned is in no record"
    if any(chart.knowledge.modifiers.get(word) == "chance" for word in constraint.modifiers):
        return f"{constraint.phrase}: a chance of it is in no record"
    if UNANSWERED.intersection(constraint.responses):
        return f"{constraint.phrase}: no record says it"
    return ""


def _judge(constraint: Constraint, record: Record, named: int, chart: Chart, excepted: Sequence[Constraint], told: bool) -> Judged:
    when = _when(constraint, record, chart)
    parts = [Part(named, record.name, "" if named == YES else f"whether {record.name} is {constraint.meant}")]
    parts += _exceptions(record, chart, excepted)
    parts += _modifiers(constraint, record, chart, told)
    fields = constraint.__dict__
    if fields.get("dose") is not None:
        parts.append(_dose(fields["dose"], fields.get("equivalent_to"), record, chart))
    if fields.get("route"):
        parts.append(_routed(fields["route"], record, chart))
    if constraint.type == "condition" and fields.get("stage") is not None:
        parts.append(_staged(fields["stage"], record))
    if constraint.duration is not None:
        parts.append(_lasting(constraint.duration, record, chart))
    if constraint.frequency is not None or constraint.value is not None:
        parts.append(Part(UNKNOWN, "", f"the frequency of {record.name}"))
    rest = all_of(part.truth for part in parts)
    parts.insert(1, when)
    truth = all_of((when.truth, rest))
    lacks = "; ".join(dict.fromkeys(part.lacks for part in parts if part.lacks and part.truth & NO and part.truth & YES))
    return Judged(record, rest, truth, ", ".join(part.words for part in parts if part.words), lacks)


def _when(constraint: ConstraintBase, record: Record, chart: Chart) -> Part:
    if not record.usable:
        return Part(UNKNOWN, "", f"the right dates of {record.name}")
    kind = getattr(constraint, "type", "")
    if constraint.window is not None:
        return _in_window(constraint.window, kind, record, chart)
    start, end = record.period
    if constraint.temporality == "history":
        return Part(YES, f"since {start}" if start else "")
    if kind == "procedure":
        return (
            Part(YES, f"on {start}" if start else "")
            if constraint.temporality is None
            else Part(UNKNOWN, "", f"whether {record.name} goes on")
        )
    if end is None or end >= chart.on:
        return Part(YES, f"current since {start}" if start else "current")
    if constraint.temporality is None and kind == "condition":
        return Part(UNKNOWN, f"over since {end}", f"whether {record.name}, over since {end}, counts")
    return Part(NO, f"over since {end}")


def _in_window(window: Window, kind: str, record: Record, chart: Chart) -> Part:
    period = record.period
    if kind == "procedure" and period.start is None:
        return Part(UNKNOWN, "", f"the date of {record.name}")
    lower_only = window.range.upper is None and window.direction != "after"
    if lower_only and kind == "condition":
        if period.start is None:
            return Part(UNKNOWN, "", f"the onset of {record.name}")
        placed = chart.calendar.place(window, Period(period.start, period.start), None)
        return Part(placed.truth, placed.words)
    if lower_only and kind == "medication" and period.end is None:
        return Part(UNKNOWN, "goes on", f"whether {record.name} may go on")
    happens = kind == "condition" and chart.knowledge.is_among(record.meaning.node, chart.knowledge.happens)
    if happens:
        return _happened(window, period, record, chart)
    placed = chart.calendar.place(window, period, chart.knowledge.half_lives.get(record.meaning.node))
    return Part(placed.truth, placed.words, f"{placed.lacks} of {record.name}" if placed.lacks else "")


def _happened(window: Window, period: Period, record: Record, chart: Chart) -> Part:
    """An event counts by its onset; one that is not over has left its mark, which may count."""
    if period.start is None:
        return Part(UNKNOWN, "", f"the date of {record.name}")
    placed = chart.calendar.place(window, Period(period.start, period.start))
    if placed.truth == NO and chart.calendar.place(window, period).truth == YES:
        return Part(UNKNOWN, placed.words, f"whether {record.name} of {period.start} counts")
    return Part(placed.truth, placed.words)


def _exceptions(record: Record, chart: Chart, excepted: Sequence[Constraint]) -> Iterable[Part]:
    for exception in excepted:
        truth = _is_excepted(record, exception, chart)
        if truth != NO:
            words = f"{record.name} is excepted ({exception.meant})"
            yield Part(NO if truth == YES else UNKNOWN, words, f"whether {words}")


def _is_excepted(record: Record, exception: Constraint, chart: Chart) -> int:
    named = next((truth for one, truth in _candidates(exception, chart) if one is record), NO)
    if named == NO:
        return NO
    judged = _judge(exception.model_copy(update={"temporality": "history"}), record, named, chart, (), False)
    return judged.truth


def _modifiers(constraint: ConstraintBase, record: Record, chart: Chart, told: bool) -> Iterable[Part]:
    said = normalise(record.name)
    for word in constraint.modifiers:
        kind = chart.knowledge.modifiers.get(word, "")
        if kind == "plain" or word == constraint.__dict__.get("route") or normalise(word) in said or word == "other":
            continue
        if kind == "current":
            yield Part(YES) if record.period.end is None or record.period.end >= chart.on else Part(NO, f"over since {record.period.end}")
        elif kind == "severity":
            yield _severity(word, record, told)
        elif kind == "ended" and (record.period.end is not None or told):
            yield Part(YES)
        elif kind == "steady" and getattr(record.item, "dose", None) is not None and record.period.start is not None:
            yield Part(YES, "the dose as it began")
        elif not told:
            yield Part(UNKNOWN, "", f"whether {record.name} is {word}")
    for response in constraint.responses:
        if response not in constraint.modifiers:
            yield Part(UNKNOWN, "", f"whether {record.name} is {response}")


def _severity(word: str, record: Record, told: bool) -> Part:
    own = (getattr(record.item, "severity", None) or "").lower()
    if own in ("mild", "moderate", "severe"):
        asked = [level for level in ("mild", "moderate", "severe") if level in word]
        return Part(YES if own in asked else NO, own)
    return Part(YES) if told else Part(UNKNOWN, "", f"how severe {record.name} is")


def _dose(limits: Range, equivalent_to: str | None, record: Record, chart: Chart) -> Part:
    """The dose of a day against the range; a corticosteroid's as the equivalent of the drug that is named."""
    item = record.item
    dose = getattr(item, "dose", None)
    wanted = limits.unit
    if dose is None or wanted is None:
        return Part(UNKNOWN, "", f"the dose of {record.name}")
    own = read_unit(chart.knowledge.units, item.dose_unit)
    shown = f"{number(dose)} {item.dose_unit or ''}".strip()
    try:
        amount = chart.knowledge.converter.convert(dose, own or "1", wanted)
    except UnitError:
        return Part(UNKNOWN, "", f"the dose of {record.name} in {wanted}")
    if amount != dose:
        shown += f" = {number(amount)} {wanted}"
    if equivalent_to is not None and equivalent_to in chart.knowledge.equivalents:
        own_factor, factor = _equivalent(record, chart), chart.knowledge.equivalents[equivalent_to]
        if own_factor is None:
            return Part(UNKNOWN, "", f"the dose of {record.name} as {equivalent_to}")
        if own_factor != factor:
            amount = float(f"{amount * factor / own_factor:.12g}")
            shown += f" = {number(amount)} {wanted} {equivalent_to}"
    if any(bound is not None and bound.unit != wanted for bound in (limits.lower, limits.upper)):
        return Part(UNKNOWN, "", f"the dose of {record.name} in {wanted}")
    found = compare(amount, limits, shown, wanted)
    return Part(found.truth, found.words)


def _route_of(record: Record, chart: Chart) -> str:
    """The route as the rules call it: that of the record, else the one that its form tells."""
    own = (getattr(record.item, "route", None) or "").lower().removesuffix(" route").strip()
    if own:
        return chart.knowledge.routes.get(own, own)
    name = f" {normalise(record.name)} "
    return next((route for word, route in chart.knowledge.form_routes.items() if f" {word} " in name), "")


def _routed(route: str, record: Record, chart: Chart) -> Part:
    own = _route_of(record, chart)
    if not own:
        return Part(UNKNOWN, "", f"the route of {record.name}")
    if own == route or own in chart.knowledge.route_members.get(route, ()):
        return Part(YES, own)
    others = chart.knowledge.route_others.get(route)
    if others and own not in others:
        return Part(UNKNOWN, own, f"whether {own} is {route}")
    return Part(NO, own)


def _staged(limits: Range, record: Record) -> Part:
    own = getattr(record.item, "stage", None)
    if own is None:
        return Part(UNKNOWN, "", f"the stage of {record.name}")
    return Part(stage_truth(own, limits), f"stage {own}", f"whether stage {own} is {limits}")


def _lasting(limits: Range, record: Record, chart: Chart) -> Part:
    """How long it has gone on, in completed units."""
    start, end = record.period
    unit = (limits.lower or limits.upper).unit  # type: ignore[union-attr]
    if start is None or unit not in ("a", "mo", "wk", "d") or any(b is not None and b.unit != unit for b in (limits.lower, limits.upper)):
        return Part(UNKNOWN, "", f"how long {record.name} lasts")
    lasted = completed(start, min(end or chart.on, chart.on), unit)
    found = compare(lasted, limits, f"{lasted:g} {unit}", unit)
    return Part(found.truth, found.words)


def _counted(constraint: Constraint, judged: list[Judged], chart: Chart, list_name: str) -> Verdict | None:
    """How often, where that is asked: records are no lines or courses of treatment, so only one of none is certain."""
    if constraint.count is None:
        return None
    return unknown(f"how often {constraint.meant} was, is not known", list_name, f"number of {constraint.meant}", "", judged[0].record.name)


def _open(constraint: Constraint, judged: list[Judged], list_name: str) -> Verdict:
    best = next((one for one in judged if one.lacks), judged[0])
    missing = Missing.trusted(kind=list_name, name=best.lacks or constraint.phrase, detail="")
    return Verdict(UNKNOWN, best.words or best.record.name, best.record.name, None, (missing,))


def _absent(constraint: Constraint, chart: Chart, list_name: str, others: str) -> Verdict:
    """No record may be it; `others` says what of those is not so that have the name."""
    name = constraint.meant if constraint.type != "trial" else "other trial"
    if list_name not in chart.patient.complete:
        reason = f"the list of {list_name} is not complete"
        return unknown(f"{others}; {reason}" if others else f"no {name} is recorded, and {reason}", list_name, constraint.phrase)
    if constraint.count is not None:
        found = compare(0, constraint.count, f"no {name}", "1")
        return Verdict(found.truth, found.words)
    if constraint.type != "trial" and not _is_listed(constraint, chart):
        return unknown(f"that {list_name} name no {name!r} does not say that there is none", "judgement", constraint.phrase)
    if is_washout(constraint):
        return Verdict(NO | NONE, f"no {name} in the complete list of {list_name}")
    return Verdict(NO, others or f"no {name} in the complete list of {list_name}")


def is_washout(constraint: Constraint) -> bool:
    """True for "at least 4 weeks since the last dose": every record must have ended before, not one of them."""
    return constraint.window is not None and constraint.window.range.upper is None and constraint.type in _TAKEN


def _is_listed(constraint: ConstraintBase, chart: Chart) -> bool:
    """Whether a complete list that does not name it lacks it: not for words that no rule knows, nor for what no list holds."""
    return constraint.concept is not None and chart.knowledge.hierarchy.node(constraint.concept) not in chart.knowledge.not_listed
