"""Evaluation: in, a requirement tree and a chart; out, what may still be true of it, and the evidence that decides.

The tree is walked once; a leaf asks its verdict of `values`, `persons` or `events`. Two things are settled between leaves that stand
together: an exception takes its records away from what it excepts, and a value tells what the modifiers of a condition beside it mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eligibility.constraints import Age, Condition, Constraint, ConstraintBase, Contraception, Measurement, Medication, Pregnancy, Sex
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement, leaves
from eligibility.screening.chart import Chart
from eligibility.screening.events import LISTS, event
from eligibility.screening.knowledge import Knowledge
from eligibility.screening.outcomes import Evidence
from eligibility.screening.persons import age, childbearing_potential, consent, contraception, healthy_volunteer, lactation, pregnancy, sex
from eligibility.screening.truth import NO, NONE, UNKNOWN, YES, all_of, any_of, at_least, if_then, not_
from eligibility.screening.values import measurement
from eligibility.screening.verdicts import Verdict, unknown

_SENTENCE_END = re.compile(r"\n\s*\n|\n\s*[-*•\d]|[.;](?:\s|$)")
_FAR = 240  # characters behind a constraint that may still narrow it
_TRUTHS = {YES: "true", NO: "false", NONE: "not applicable"}


class Found(NamedTuple):
    """What is possible of a node, and the evidence of the leaves that decide it."""

    truth: int
    evidence: tuple[Evidence, ...]


class Context(NamedTuple):
    """Where a tree stands: the text that it was read from, the anchor of its ages, and what stands beside a leaf."""

    text: str
    age_anchor: str | None = None
    named: tuple[Constraint, ...] = ()
    excepted: tuple[Constraint, ...] = ()
    beside: tuple[Requirement, ...] = ()


def evaluate(node: Requirement, chart: Chart, context: Context) -> Found:
    match node:
        case Leaf():
            return _leaf(node.constraint, chart, context)
        case Not():
            inner = evaluate(node.item, chart, context._replace(beside=()))
            return Found(not_(inner.truth), inner.evidence)
        case AllOf():
            return _all(node.items, chart, context)
        case AnyOf():
            parts = [evaluate(item, chart, context) for item in node.items]
            return _joined(any_of(part.truth for part in parts), parts)
        case AtLeast():
            parts = [evaluate(item, chart, context) for item in node.items]
            return Found(at_least(node.n, (part.truth for part in parts)), _evidence(parts))
        case IfThen():
            return _conditional(node, chart, context)


def _all(items: Sequence[Requirement], chart: Chart, context: Context) -> Found:
    kept: list[Requirement] = []
    taken = list(context.excepted)
    for item in items:
        own = excepting(item, items)
        taken += own
        kept += [] if own else [item]
    within = context._replace(excepted=tuple(taken))
    parts = [evaluate(item, chart, within._replace(beside=tuple(other for other in kept if other is not item))) for item in kept]
    parts = _shown_by_values(kept, parts, chart)
    return _joined(all_of(part.truth for part in parts), parts)


def excepting(item: Requirement, items: Sequence[Requirement]) -> list[Constraint]:
    """The exceptions of a Not that take records away from what stands beside it: those of one list with it. Others are demands."""
    own = [leaf.constraint for leaf in leaves(item)] if isinstance(item, Not) else []
    if not all(constraint.exception and constraint.type in LISTS for constraint in own):
        return []
    lists = {leaf.constraint.type for other in items if other is not item for leaf in leaves(other)}
    return own if lists.issuperset(constraint.type for constraint in own) else []


def _shown_by_values(items: Sequence[Requirement], parts: list[Found], chart: Chart) -> list[Found]:
    """A condition whose own value is beside it, and holds, is there: blood pressure beside "uncontrolled hypertension"."""
    for place, (item, part) in enumerate(zip(items, parts, strict=True)):
        if part.truth != UNKNOWN or not isinstance(item, Leaf) or not isinstance(item.constraint, Condition):
            continue
        by = chart.knowledge.shown_by.get(item.constraint.name, ())
        if any(other.truth == YES and not _measured(value).isdisjoint(by) for value, other in zip(items, parts, strict=True)):
            shown = part.evidence[0].model_copy(update={"truth": "true", "reason": "shown by the value beside it", "missing": ()})
            parts[place] = Found(YES, (shown,))
    return parts


def _measured(node: Requirement) -> set[str]:
    return {leaf.constraint.name for leaf in leaves(node) if isinstance(leaf.constraint, Measurement)}


def _conditional(node: IfThen, chart: Chart, context: Context) -> Found:
    premise = evaluate(node.premise, chart, context._replace(beside=()))
    then = evaluate(node.then, chart, context)
    otherwise = evaluate(node.otherwise, chart, context) if node.otherwise is not None else Found(NONE, ())
    truth = if_then(premise.truth, then.truth, otherwise.truth)
    if premise.truth == YES:
        return Found(truth, then.evidence)
    if premise.truth == NO:
        return Found(truth, otherwise.evidence or premise.evidence)
    return Found(truth, (*premise.evidence, *then.evidence, *otherwise.evidence))


def _joined(truth: int, parts: Sequence[Found]) -> Found:
    """The parts that are as the whole decide it; where it is open, those that are open."""
    if truth in (YES, NO):
        return Found(truth, _evidence([part for part in parts if part.truth == truth]))
    return Found(truth, _evidence([part for part in parts if part.truth not in (YES, NO, NONE)]) or _evidence(parts))


def _evidence(parts: Iterable[Found]) -> tuple[Evidence, ...]:
    return tuple(one for part in parts for one in part.evidence)


def _leaf(constraint: Constraint, chart: Chart, context: Context) -> Found:
    verdict = _verdict(constraint, chart, context)
    span = constraint.evidence
    evidence = Evidence.trusted(
        constraint=constraint,
        truth=_TRUTHS.get(verdict.truth, "unknown"),
        reason=verdict.reason,
        said=" ".join(context.text[span.start : span.end].split()) if span else "",
        datum=verdict.datum,
        margin=verdict.margin,
        missing=verdict.missing,
    )
    return Found(verdict.truth, (evidence,))


def _verdict(constraint: Constraint, chart: Chart, context: Context) -> Verdict:
    if constraint.about != "patient":
        return unknown(f"about the {constraint.about}, of whom nothing is recorded", "judgement", constraint.phrase)
    match constraint:
        case Age():
            return _age(constraint, chart, context)
        case Sex():
            return sex(constraint, chart)
        case Measurement():
            return measurement(constraint, chart)
        case Pregnancy():
            return pregnancy(constraint, chart)
        case Contraception():
            return contraception(constraint, chart)
    if constraint.name in chart.knowledge.fertile:
        return childbearing_potential(chart)
    if constraint.type in LISTS:
        return _event(constraint, chart, context)
    if constraint.type == "lactation":
        return lactation(chart)
    if constraint.type == "consent":
        return consent(chart)
    if constraint.rule == "healthy_volunteers":
        return healthy_volunteer(constraint, chart)
    return unknown("no record answers this", "judgement", constraint.phrase)


def _age(constraint: Age, chart: Chart, context: Context) -> Verdict:
    day = chart.calendar.anchor(context.age_anchor)
    return age(constraint, chart, day if day is not None and day <= chart.on else chart.on)


def _event(constraint: Constraint, chart: Chart, context: Context) -> Verdict:
    """The verdict by the records; one that is there leaves it open where the words behind ask for more than a record says."""
    excepted = (*context.excepted, *_others(constraint, context))
    verdict = event(constraint, chart, excepted, told=_is_told(constraint, chart, context))
    if verdict.truth != YES or not is_narrowed(constraint, context.text, chart.knowledge):
        return verdict
    reason = f"{verdict.reason}: whether it is as the words behind say, no record tells"
    return unknown(reason, "judgement", constraint.phrase, "", verdict.datum)


def _others(constraint: Constraint, context: Context) -> Iterator[Constraint]:
    """What the criterion itself names, for "any other disease"."""
    if "other" in constraint.modifiers:
        yield from (one for one in context.named if one.type == constraint.type and "other" not in one.modifiers)


def is_narrowed(constraint: ConstraintBase, text: str, knowledge: Knowledge) -> bool:
    """Whether the words behind the constraint in the text narrow it in a way that no record answers."""
    if constraint.evidence is None:
        return False
    behind = _SENTENCE_END.split(text[constraint.evidence.end : constraint.evidence.end + _FAR], maxsplit=1)[0].lower()
    if constraint.name in knowledge.narrowed_procedures and knowledge.narrowing_next.match(behind.lstrip()):
        return True
    return knowledge.narrowing.search(behind) is not None


def _is_told(constraint: Constraint, chart: Chart, context: Context) -> bool:
    """Whether a value beside the constraint says what its modifiers mean, or a drug beside it how it is treated."""
    beside = [leaf.constraint for item in context.beside for leaf in leaves(item)]
    by = chart.knowledge.told_by.get(constraint.name, ())
    values = any(isinstance(one, Measurement) and one.name in by for one in beside)
    return values or ("treated" in constraint.modifiers and any(isinstance(one, Medication) for one in beside))
