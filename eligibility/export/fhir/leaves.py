"""Leaves: in, a constraint; out, the code and the value that FHIR's Group and EvidenceVariable have for it, and what they leave unsaid.

What is measured is its code, and the value a quantity: `LOINC 777-3`, `>= 100 10*9/L`. What somebody has, takes or had done is a value, and
the type of constraint the code: `condition`, `MeSH D003924`. What is only there, or not, has the value true. Ages are in completed units.
A value that no single element says becomes several leaves: two ends, or the members of a list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from eligibility.constraints import (
    Age,
    Biomarker,
    Concept,
    Condition,
    Constraint,
    Measurement,
    Medication,
    Other,
    Procedure,
    Sex,
)
from eligibility.export.fhir.quantities import amount, class_of, foreign_unit, halves, members
from eligibility.export.fhir.systems import GENDER, Json, coding, concept_of, kind_of, label
from eligibility.hierarchy import load_hierarchy
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.ranges import Range

_AGE = {"coding": [coding("LOINC:30525-0")], "text": "age"}
_SEX = {"coding": [coding("LOINC:46098-0")], "text": "sex"}
_THERE: Json = {"valueBoolean": True}
_VOLUNTEERS = "healthy_volunteers"  # the rule of the registry's own field
_VALUED = (Age, Measurement)
_RECORDED = ("condition", "medication", "procedure")  # of which an exception takes away single records


class Unsaid(NamedTuple):
    """What a constraint says beyond code and value: a kind of `exported.Kind`, and the words."""

    kind: str
    text: str


class Stated(NamedTuple):
    """A CodeableConcept, one value[x], and what these leave unsaid."""

    code: Json
    value: Json
    unsaid: tuple[Unsaid, ...]


def sayable(node: Requirement) -> Requirement:
    """The tree with every value that takes several elements as several leaves."""
    match node:
        case Leaf():
            return _parts(node)
        case Not():
            return Not(item=sayable(node.item))
        case AllOf() | AnyOf() | AtLeast():
            return node.model_copy(update={"items": tuple(map(sayable, node.items))})
        case IfThen():
            parts = {name: sayable(part) for name in ("premise", "then", "otherwise") if (part := getattr(node, name)) is not None}
            return node.model_copy(update=parts)


def _parts(leaf: Leaf) -> Requirement:
    constraint, found = leaf.constraint, leaf.constraint.value
    if found is None or not isinstance(constraint, _VALUED) or amount(found) or class_of(found):
        return leaf
    if found.values:
        return AnyOf(items=tuple(_parts(_with(leaf, member)) for member in members(found)))
    ends = halves(found)
    return AllOf(items=tuple(_with(leaf, end) for end in ends)) if all(map(amount, ends)) and ends else leaf


def _with(leaf: Leaf, value: Range) -> Leaf:
    return Leaf(constraint=leaf.constraint.model_copy(update={"value": value}))


def stated(constraint: Constraint) -> Stated:
    """The constraint in the elements of FHIR; in words alone where it is of another person, or beyond all types."""
    if words := worded(constraint):
        return in_words(constraint.phrase, words)
    unsaid = tuple(_unsaid(constraint))
    match constraint:
        case Age() | Measurement():
            code = _AGE if isinstance(constraint, Age) else concept_of(constraint.concept, constraint.meant)
            return Stated(code, *_measured(constraint.value, unsaid))
        case Sex():
            return Stated(_SEX, _sex(constraint.sex), unsaid)
        case Condition() | Medication() | Procedure():
            return Stated(kind_of(constraint.type), _named(constraint.concept, constraint.meant), unsaid)
        case Biomarker():
            return Stated(*_biomarker(constraint), unsaid)
        case Other():
            return Stated(concept_of(constraint.concept, constraint.meant), _THERE, unsaid)
    return Stated(kind_of(constraint.type, constraint.meant), _THERE, unsaid)


def worded(constraint: Constraint) -> str | None:
    """The kind of constraint that only its words say: of another person, or beyond all types; None for the others."""
    if constraint.about != "patient":
        return "about"
    return "other" if isinstance(constraint, Other) and constraint.rule != _VOLUNTEERS else None


def in_words(text: str, kind: str) -> Stated:
    """What only words say: a code without a coding, and true."""
    return Stated({"text": label(text)}, _THERE, (Unsaid(kind, text),))


def _sex(sex: str) -> Json:
    """A sex; of "all", that there is one."""
    return _THERE if sex == "all" else {"valueCodeableConcept": {"coding": [{"system": GENDER, "code": sex}], "text": sex}}


def _named(concept: Concept | None, words: str) -> Json:
    return {"valueCodeableConcept": concept_of(concept, words)}


def _biomarker(constraint: Biomarker) -> tuple[Json, Json]:
    gene = constraint.concept.label if constraint.concept else constraint.subject.text if constraint.subject else "biomarker"
    said = " ".join(part for part in (constraint.alteration, constraint.status) if part)
    return concept_of(constraint.concept, gene), {"valueCodeableConcept": {"text": label(said)}} if said else _THERE


def _measured(found: Range | None, unsaid: tuple[Unsaid, ...]) -> tuple[Json, tuple[Unsaid, ...]]:
    if found is None:
        return _THERE, unsaid
    if (said := amount(found)) is not None:
        foreign = foreign_unit(found)
        return {f"value{said[0]}": said[1]}, (*unsaid, *([Unsaid("unit", foreign)] if foreign else ()))
    if (letter := class_of(found)) is not None:
        return {"valueCodeableConcept": {"text": label(letter)}}, unsaid
    return _THERE, (*unsaid, Unsaid("value", str(found)))


def _unsaid(constraint: Constraint) -> Iterator[Unsaid]:
    """What the type, the concept and the value do not say, its facets last."""
    known = constraint.meant.lower()
    fields = constraint.__dict__
    if constraint.concept and _is_narrower(constraint.concept):
        yield Unsaid("narrower", constraint.concept.label)
    yield from (Unsaid("modifier", word) for word in constraint.modifiers if word not in known and word != fields.get("route"))
    if constraint.temporality:
        yield Unsaid("temporality", constraint.temporality)
    if agents := fields.get("agents"):
        yield Unsaid("agent", "to " + " or ".join(agent.label for agent in agents))
    for name in ("route", "method", "specimen"):
        if fields.get(name):
            yield Unsaid(name, fields[name])
    if fields.get("equivalent_to"):
        yield Unsaid("equivalent", f"{fields['equivalent_to']} or equivalent")
    for facet, found in constraint.facets:
        if facet != "window" and not (facet == "value" and isinstance(constraint, _VALUED)):
            yield Unsaid(facet, f"{facet} {found}")
    if constraint.window is not None:
        yield Unsaid("window", constraint.window.phrase)
    if constraint.exception and constraint.type in _RECORDED:
        yield Unsaid("exception", f"takes away only what is {constraint.phrase}")


def _is_narrower(concept: Concept) -> bool:
    """Whether the concept's code is of a wider one: MeSH files its name there without calling it a synonym (hierarchy.py)."""
    return bool(concept.codes) and " " in load_hierarchy().node(concept)
