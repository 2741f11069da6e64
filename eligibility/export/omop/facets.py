"""Facets: in, a constraint; out, what of it a record of an OMOP CDM cannot answer, by kind.

What is `beyond` leaves nothing to ask. What is `narrowing` makes fewer records count than can be asked for: who is to be let in may be
asked without it, who is to be excluded may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from eligibility.constraints import ConstraintBase
from eligibility.ranges import Range
from eligibility.screening.evaluation import is_narrowed
from eligibility.screening.events import UNANSWERED
from eligibility.screening.knowledge import Knowledge
from eligibility.spelling import normalise

Kind = Literal[
    "unstructured", "cohort", "type", "about", "planned", "current", "unresolved", "ambiguous", "exception", "dose", "route", "stage",
    "duration", "frequency", "count", "modifier", "method", "agents", "wording", "window", "value", "class", "unit_missing", "unit",
    "reference", "age",
]  # fmt: skip
KINDS: dict[Kind, str] = {
    "unstructured": "nothing in the criterion was understood",
    "cohort": "the criterion is for one cohort of the trial alone",
    "type": "no table that is asked holds it: pregnancy, consent, a biomarker, another trial, other words",
    "about": "it is about a donor, a partner or a relative",
    "planned": "what is planned is in no record",
    "current": "records do not say reliably that something goes on: as an inclusion, any earlier record counts",
    "unresolved": "the vocabulary does not have the concept",
    "ambiguous": "the vocabulary has several concepts of the name",
    "exception": "what is excepted is narrowed, or not known: an exclusion spares all its records, an inclusion counts them",
    "dose": "the dose is not asked",
    "route": "the route is not asked, or not in this vocabulary",
    "stage": "the stage is not asked",
    "duration": "how long it lasted is not asked",
    "frequency": "how often it is taken or happens is not asked",
    "count": "how many there were is not asked: records are no episodes or lines",
    "modifier": "a word that narrows it, such as severe, is in no record",
    "method": "the method or the specimen is not asked",
    "agents": "an allergy or an intolerance to an agent is not asked",
    "wording": "the words behind narrow it in a way that no record answers",
    "window": "the window ends after the index, or counts from or in something that is not known",
    "value": "no limit of the value is given, or a list of values with gaps",
    "class": "the class has a letter and no number",
    "unit_missing": "the limit has no unit, and the analyte has one",
    "unit": "the vocabulary has no unit of the limit, or four decimals are too few for it",
    "reference": "the limit is a share of a baseline or of what is predicted",
    "age": "Circe counts ages by the calendar year: an upper limit is one year wider",
}
_ASKED = ("age", "sex", "measurement", "medication", "condition", "procedure")


def beyond(constraint: ConstraintBase, knowledge: Knowledge) -> Kind | None:
    """Why nothing can be asked of the constraint; None where something can."""
    fields = constraint.__dict__
    modifiers = {knowledge.modifiers.get(word) for word in constraint.modifiers}
    concept = constraint.concept.id if constraint.concept is not None else ""
    if constraint.about != "patient":
        return "about"
    if fields["type"] not in _ASKED:
        return "type"
    if constraint.temporality == "planned":
        return "planned"
    if "chance" in modifiers or UNANSWERED.intersection(constraint.responses):
        return "modifier"
    if fields.get("agents") or concept in knowledge.toward:
        return "agents"
    if fields.get("equivalent_to"):
        return "dose"
    if concept in knowledge.class_routes:
        return "route"
    return next((kind for kind, found in _ranges(constraint) if found.lower is None), None)


def narrowing(constraint: ConstraintBase, text: str, knowledge: Knowledge) -> Iterator[Kind]:
    """What else than the concept, the value, the window and the route must be so, and is not asked. `text`: what it was read from."""
    fields = constraint.__dict__
    if any(narrows(word, constraint, knowledge) for word in constraint.modifiers):
        yield "modifier"
    yield from (kind for kind, _ in _ranges(constraint))
    if fields.get("stage") is not None:
        yield "stage"
    if fields["type"] in ("condition", "medication", "procedure"):
        if constraint.value is not None:
            yield "value"
        if is_narrowed(constraint, text, knowledge):
            yield "wording"
    if fields.get("method") or fields.get("specimen"):
        yield "method"


def is_current(constraint: ConstraintBase, knowledge: Knowledge) -> bool:
    """Whether it must go on: a drug where nothing else is said, a condition or procedure where a word says so."""
    said = constraint.temporality == "current" or any(knowledge.modifiers.get(word) == "current" for word in constraint.modifiers)
    return said or (getattr(constraint, "type", "") == "medication" and constraint.temporality is None)


def narrows(word: str, constraint: ConstraintBase, knowledge: Knowledge) -> bool:
    """Whether a modifier asks for more than that the thing is there, and its name does not say so already."""
    named = normalise(constraint.meant)
    said = word == constraint.__dict__.get("route") or f" {normalise(word)} " in f" {named} "
    return not said and knowledge.modifiers.get(word) not in ("plain", "current")


def _ranges(constraint: ConstraintBase) -> Iterator[tuple[Kind, Range]]:
    """The ranges of amounts that no record gives. Without a lower bound, one may be satisfied by who has no record at all."""
    dose: Range | None = constraint.__dict__.get("dose")
    if dose is not None:
        yield "dose", dose
    if constraint.duration is not None:
        yield "duration", constraint.duration
    if constraint.frequency is not None:
        yield "frequency", constraint.frequency
    if constraint.count is not None:
        yield "count", constraint.count
