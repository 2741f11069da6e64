"""Screening: in, a patient and the criteria of a trial; out, the outcome of each criterion and of the trial, with reasons.

chart.py (the patient's records with their meanings) -> evaluation.py (the tree) -> values, persons, events (the leaves)
-> outcomes.py (what is said of it)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from eligibility.constraints import Constraint
from eligibility.logic import Leaf, leaves
from eligibility.patient import Patient
from eligibility.result import Criteria, Criterion
from eligibility.screening.chart import Chart
from eligibility.screening.evaluation import Context, Found, evaluate
from eligibility.screening.knowledge import load_knowledge
from eligibility.screening.outcomes import CriterionOutcome, Missing, Outcome, Screening, TrialOutcome
from eligibility.screening.truth import NO, NONE, YES


def screen(
    patient: Patient, criteria: Criteria, *, on: date | None = None, cohort: str | None = None, rules: Sequence[str | Path] = ()
) -> Screening:
    """The outcome of every criterion, and of the trial, for a patient on a day (today, if none is given).

    A criterion is `pass`, `fail` or `unknown` (missing data never fails); the trial `eligible` (all pass), `ineligible` (one fails) or
    `undetermined`. Criteria of a cohort count where `cohort` names it; where none is named, one that fails leaves the trial undetermined.
    `rules` are the folders that the criteria were parsed with. Raises nothing for odd data: what could not be used is in `issues`.
    """
    day = on or date.today()
    chart = Chart(patient, day, load_knowledge(tuple(map(Path, rules))))
    outcomes = [outcome for outcome in _outcomes(criteria, chart) if _concerns(outcome.cohort, cohort)]
    return Screening.trusted(
        patient=patient.id,
        source=criteria.source,
        trial=criteria.trial,
        on=day,
        outcome=_of_trial(outcomes, cohort),
        criteria=tuple(outcomes),
        missing=_ranked(outcomes),
        issues=tuple(dict.fromkeys(chart.issues)),
    )


def screen_many(
    patients: Patient | Iterable[Patient],
    trials: Criteria | Iterable[Criteria],
    *,
    on: date | None = None,
    cohort: str | None = None,
    rules: Sequence[str | Path] = (),
) -> Iterator[Screening]:
    """Each patient against each trial, one by one: patients in their order, for each the trials in theirs.

    One of the two may be a stream: of many patients and many trials, the trials are kept. Parsed criteria need no parser: read them back
    from JSON with `Criteria.model_validate_json`.
    """
    day = on or date.today()
    if isinstance(patients, Patient):
        one = (trials,) if isinstance(trials, Criteria) else trials
        yield from (screen(patients, criteria, on=day, cohort=cohort, rules=rules) for criteria in one)
        return
    kept = (trials,) if isinstance(trials, Criteria) else tuple(trials)
    for patient in patients:
        yield from (screen(patient, criteria, on=day, cohort=cohort, rules=rules) for criteria in kept)


def _outcomes(criteria: Criteria, chart: Chart) -> Iterator[CriterionOutcome]:
    for number, constraint in enumerate(criteria.header, 1):
        found = evaluate(Leaf.trusted(constraint=constraint), chart, Context(criteria.text))
        found = Found(_of_header(constraint, found.truth), found.evidence)
        yield CriterionOutcome.trusted(
            section="header",
            number=str(number),
            text=f"{'no ' * constraint.negated}{constraint.phrase}",
            outcome=_outcome(found.truth),
            cohort=None,
            evidence=found.evidence,
        )
    for criterion in (*criteria.inclusion, *criteria.exclusion):
        yield _of_criterion(criterion, criteria, chart)


def _of_header(constraint: Constraint, truth: int) -> int:
    """A field is a demand, but for that of healthy volunteers, which says who is refused."""
    return {YES: NO, NO: YES}.get(truth, truth) if constraint.rule == "healthy_volunteers" else truth


def _of_criterion(criterion: Criterion, criteria: Criteria, chart: Chart) -> CriterionOutcome:
    requirement = criterion.requirement
    found = Found(YES | NO, ())
    if requirement is not None:
        named = tuple(leaf.constraint for leaf in leaves(requirement))
        found = evaluate(requirement, chart, Context(criteria.text, _age_anchor(criterion.text, chart), named))
    elif criterion.lead_in and not criterion.children:
        found = Found(NONE, ())
    return CriterionOutcome.trusted(
        section=criterion.section,
        number=criterion.number,
        text=criterion.text,
        outcome=_outcome(found.truth),
        cohort=criterion.cohort,
        evidence=found.evidence,
    )


def _age_anchor(text: str, chart: Chart) -> str | None:
    """The anchor on whose day the criterion asks the age: "at the time of informed consent"."""
    lowered = " ".join(text.lower().split())
    if "age" not in lowered and "year" not in lowered:
        return None
    return next((anchor for anchor, said in chart.knowledge.age_at.items() if said.search(lowered)), None)


def _outcome(truth: int) -> Outcome:
    """What does not apply passes."""
    return "fail" if truth == NO else "unknown" if truth & NO else "pass"


def _concerns(cohort: str | None, chosen: str | None) -> bool:
    return cohort is None or chosen is None or cohort.lower() == chosen.lower()


def _of_trial(outcomes: Sequence[CriterionOutcome], cohort: str | None) -> TrialOutcome:
    if any(one.outcome == "fail" and (one.cohort is None or cohort is not None) for one in outcomes):
        return "ineligible"
    if not any(one.section != "header" for one in outcomes):
        return "undetermined"
    return "eligible" if all(one.outcome == "pass" for one in outcomes) else "undetermined"


def _ranked(outcomes: Iterable[CriterionOutcome]) -> tuple[Missing, ...]:
    """What is missing, the most decisive first: a datum weighs 1 for a criterion that it settles alone, 1/n where n are missing. What
    no datum settles stands last.
    """
    weights: dict[Missing, float] = {}
    for outcome in outcomes:
        missing = outcome.missing
        for one in missing:
            weights[one] = weights.get(one, 0) + 1 / len(missing)
    return tuple(sorted(weights, key=lambda one: (one.kind == "judgement", -weights[one])))
