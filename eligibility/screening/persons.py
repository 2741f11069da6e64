"""The person: in, a constraint on age, sex, pregnancy, consent and their like, and the chart; out, the verdict.

Ages count in completed units by the calendar. An age given in years is any day of that year: where that leaves it open, it is unknown.
"""

from __future__ import annotations

import math
from datetime import date

from eligibility.constraints import Age, Constraint, Contraception, Pregnancy, Sex
from eligibility.ranges import Bound
from eligibility.screening.chart import Chart
from eligibility.screening.dates import completed
from eligibility.screening.truth import NO, UNKNOWN, YES, all_of
from eligibility.screening.verdicts import Verdict, no, not_applicable, unknown, yes
from eligibility.spelling import normalise
from eligibility.ucum import convert

_NEAR = 1e-9  # what is left of the rounding of a conversion
_NAMES = {"a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours"}


def age_in_years(chart: Chart, day: date) -> int | None:
    """The completed years on a day; None where they are not known. An age that was given without a birth date is that of the screening."""
    birth, given = chart.patient.birth_date, chart.patient.age
    if birth is not None:
        return int(completed(birth, day, "a")) if birth <= day else None
    return math.floor(convert(given.magnitude, given.unit, "a") + _NEAR) if given is not None else None


def age(constraint: Age, chart: Chart, day: date) -> Verdict:
    limits = constraint.value
    if limits is None:
        return unknown("no limit of the age is given", "judgement", "age")
    sides = [(limits.lower, True), (limits.upper, False)]
    found = [_side(bound, lower, chart, day) for bound, lower in sides if bound is not None]
    truth = all_of(verdict.truth for verdict in found)
    decisive = [verdict for verdict in found if verdict.truth == truth] or found
    reason = " and ".join(verdict.reason for verdict in decisive)
    margin = min((verdict.margin for verdict in found if verdict.margin is not None), default=None)
    missing = tuple(dict.fromkeys(item for verdict in decisive for item in verdict.missing)) if truth == UNKNOWN else ()
    return Verdict(truth, reason, decisive[0].datum, margin, missing)


def _side(bound: Bound, lower: bool, chart: Chart, day: date) -> Verdict:
    unit = bound.unit or "a"
    between = _completed_between(chart, unit, day)
    if between is None:
        return unknown("the age is not known", "birth_date", "the birth date")
    shown = _shown(chart, between, unit, day)
    least, most = between
    truths = {_keeps(value, bound, lower) for value in (least, most)}
    sign = ("≥" if bound.inclusive else ">") if lower else ("≤" if bound.inclusive else "<")
    limit = f"{sign} {bound.number} {unit}"
    if len(truths) > 1:
        return unknown(f"{shown}: whether that is {limit} depends on the day of birth", "birth_date", "the birth date", "", shown)
    margin = ((least - bound.magnitude) if lower else (bound.magnitude - most)) / bound.magnitude if bound.magnitude else None
    kept = truths.pop()
    return Verdict(YES if kept else NO, f"{shown}{'' if kept else ', not'} {limit}", shown, margin)


def _keeps(value: float, bound: Bound, lower: bool) -> bool:
    if value == bound.magnitude:
        return bound.inclusive
    return (value > bound.magnitude) == lower


def _completed_between(chart: Chart, unit: str, day: date) -> tuple[float, float] | None:
    """The fewest and the most completed units that the age may be."""
    birth, given = chart.patient.birth_date, chart.patient.age
    if unit not in _NAMES:
        return None
    if birth is not None:
        if birth > day:
            return None
        value = completed(birth, day, unit)
        return (value, value) if unit != "h" else (value, value + 23)
    if given is None:
        return None
    if given.unit == unit:
        return given.magnitude, given.magnitude
    fewest = convert(given.magnitude, given.unit, unit)
    most = convert(math.floor(given.magnitude) + 1, given.unit, unit)
    return math.floor(fewest + _NEAR), max(0, math.ceil(most - _NEAR) - 1)


def _shown(chart: Chart, between: tuple[float, float], unit: str, day: date) -> str:
    birth, given = chart.patient.birth_date, chart.patient.age
    if birth is not None:
        return f"{between[0]:g} {_NAMES[unit]} on {day} (born {birth})"
    assert given is not None
    return f"{given.magnitude:g} {_NAMES[given.unit]}"


def sex(constraint: Sex, chart: Chart) -> Verdict:
    own = chart.patient.sex
    if constraint.sex == "all":
        return yes("of any sex")
    if own is None:
        return unknown("the sex is not known", "sex", "sex")
    if own == "other":
        return unknown("the sex is recorded as other", "sex", "sex at birth", "", own)
    if own != constraint.sex:
        return no(f"{own}, not {constraint.sex}", own)
    words = frozenset(normalise(constraint.subject.text).split()) if constraint.subject else frozenset()
    states = words & chart.knowledge.words["state_of_sex"]
    return unknown(f"{own}; more is asked", "facts", constraint.subject.text, "", own) if states and constraint.subject else yes(own, own)


def pregnancy(constraint: Pregnancy, chart: Chart) -> Verdict:
    """Pregnancy now, by the patient's facts; none for a man. An earlier or a planned one is in no list."""
    if chart.patient.sex == "male":
        return no("male", "male")
    if constraint.temporality in ("planned", "history") or constraint.count is not None:
        when = "planned" if constraint.temporality == "planned" else "earlier"
        return unknown(f"whether a pregnancy is {when} is not known", "facts", f"{when} pregnancy")
    if constraint.stage is not None or constraint.value is not None:
        found = _fact(chart, "pregnant", "pregnancy")
        return found if found.truth == NO else unknown("how far the pregnancy is, is not known", "facts", "stage of pregnancy")
    return _fact(chart, "pregnant", "pregnancy")


def lactation(chart: Chart) -> Verdict:
    return no("male", "male") if chart.patient.sex == "male" else _fact(chart, "lactating", "breast-feeding")


def contraception(constraint: Contraception, chart: Chart) -> Verdict:
    """Whether the patient uses contraception or agrees to: for as long as the trial says, which no record holds."""
    return _fact(chart, "contraception", "contraception")


def consent(chart: Chart) -> Verdict:
    signed = chart.patient.anchors.get("consent")
    if chart.patient.facts.consent is None and signed is not None and signed <= chart.on:
        return yes(f"consent on {signed}", f"consent on {signed}")
    return _fact(chart, "consent", "consent")


def _fact(chart: Chart, field: str, name: str) -> Verdict:
    value = getattr(chart.patient.facts, field)
    if value is None:
        return unknown(f"{name} is not known", "facts", name)
    return yes(name, f"{field}: true") if value else no(f"no {name}", f"{field}: false")


def healthy_volunteer(constraint: Constraint, chart: Chart) -> Verdict:
    """The registry's field: a trial for healthy volunteers asks nothing of others, and one that takes none refuses them alone."""
    if not constraint.negated or chart.patient.facts.healthy_volunteer is not True:
        return not_applicable("not a healthy volunteer" if constraint.negated else "healthy volunteers are accepted")
    return yes("a healthy volunteer", "healthy_volunteer: true")


def childbearing_potential(chart: Chart) -> Verdict:
    """Whether the patient can conceive: no man, and no woman with a record that says she cannot. Whoever was asked about contraception or
    is pregnant can, unless a record speaks against it; of others it is not known.
    """
    if chart.patient.sex == "male":
        return no("male", "male")
    records = (*chart.records("conditions"), *chart.records("procedures"))
    against = next((one.name for one in records if chart.knowledge.is_among(one.meaning.node, chart.knowledge.not_fertile)), None)
    facts = chart.patient.facts
    asked = facts.contraception is not None or facts.pregnant is True
    if against and not asked:
        return no(f"{against}: not of childbearing potential", against)
    if asked and not against and chart.patient.sex == "female":
        return yes("of childbearing potential: contraception was asked about" if not facts.pregnant else "pregnant")
    return unknown("childbearing potential is not known", "facts", "childbearing potential")
