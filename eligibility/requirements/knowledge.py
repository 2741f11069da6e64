"""What is known of the things that a criterion names: in, rules/logic.toml; out, which conditions are premises, which states exclude each
other, which values define and which scores grade a condition, and the premise that the words for some of the patients make.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from eligibility.constraints import Condition, Constraint, Medication, Other, Procedure, Sex, Subject
from eligibility.logic import Leaf, Requirement, leaves
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.ranges import Span
from eligibility.requirements.nodes import deny
from eligibility.rulebook import Rulebook, by_condition
from eligibility.spelling import normalise

_ANY = "*"
_BEFORE_NAME = re.compile(
    r"^(?:(?:patients|subjects|participants|those|individuals)\s+)?(?:with\s+|who have\s+)?(?:documented\s+|known\s+|the presence of\s+)?"
)
_PREMISES: dict[str, type[Condition | Procedure | Medication]] = {
    "condition": Condition,
    "procedure": Procedure,
    "drug": Medication,
    "drug_class": Medication,
}
_DENIED = re.compile(
    r"^(?:(?:patients|subjects|participants|those|individuals)\s+)?(?:without|with no|no|not|(?:in )?(?:the )?absence of)\s+(?:any\s+)?"
)


@dataclass(frozen=True)
class Knowledge:
    """`defined_by` maps a condition's id to the ids of the values that define it; `apart` are pairs of types that nobody is both of."""

    premises: frozenset[str]
    apart: frozenset[frozenset[str]]
    defined_by: dict[str, tuple[str, ...]]
    graded_by: dict[str, frozenset[str]]
    endings: tuple[str, ...]
    toward: frozenset[str]

    def is_toward(self, constraint: Constraint) -> bool:
        """True for an allergy and its like, which are to something."""
        return constraint.type == "condition" and constraint.concept is not None and constraint.concept.id in self.toward

    def qualifies(self, word: str) -> bool:
        """True for a word that only qualifies what follows: an adjective, a participle."""
        return len(word) > 3 and word.endswith(self.endings)

    def grades(self, condition: Constraint, score: Constraint) -> bool:
        """True where the score grades the condition: the NYHA class of "heart failure, NYHA class III"."""
        if condition.concept is None or score.concept is None:
            return False
        return condition.concept.id in self.graded_by.get(score.concept.id, ())

    def defines(self, head: Requirement, content: Requirement) -> bool:
        """True where the content holds a value that defines the condition: "anaemia (Hb < 10 g/dL)"."""
        if (
            not isinstance(head, Leaf)
            or head.constraint.type != "condition"
            or head.constraint.concept is None
            or head.constraint.window is not None
        ):
            return False
        by = self.defined_by.get(head.constraint.concept.id, ())
        values = [found.constraint for found in leaves(content) if found.constraint.type == "measurement" and found.constraint.value]
        return bool(values) and any(_ANY in by or (value.concept is not None and value.concept.id in by) for value in values)

    def is_premise(self, constraint: Constraint) -> bool:
        """True for what says whom the rest of a sentence is about: "women of childbearing potential"."""
        return constraint.concept is not None and constraint.concept.id in self.premises and not constraint.negated

    def are_apart(self, first: Constraint, second: Constraint) -> bool:
        return frozenset((first.type, second.type)) in self.apart


@cache
def knowledge(rulebook: Rulebook) -> Knowledge:
    return Knowledge(
        premises=frozenset(row["condition"] for row in rulebook.other["premise"]),
        apart=frozenset(frozenset(row["types"]) for row in rulebook.other["apart"]),
        defined_by=by_condition(rulebook.other["defined_by"]),
        toward=frozenset(condition for row in rulebook.other["toward"] for condition in row["conditions"]),
        endings=tuple(ending for row in rulebook.other["qualifier"] for ending in row["endings"]),
        graded_by={score: frozenset(row["conditions"]) for row in rulebook.other["grades"] for score in row["scores"]},
    )


@cache
def modifiers(rulebook: Rulebook) -> frozenset[str]:
    return frozenset(term for cue in rulebook.cues if cue.kind in ("modifier", "current", "history") for term in cue.terms)


@cache
def specimens(rulebook: Rulebook) -> re.Pattern[str]:
    """Two specimens that a list joins: what is measured in both stands behind them."""
    rows = [row for row in rulebook.other["detail"] if row["field"] == "specimen"]
    terms = {term for row in rows for term in (*row["terms"], *(term.split()[-1] for term in row["terms"]))}
    name = rf"(?:{'|'.join(map(re.escape, sorted(terms, key=lambda term: (-len(term), term))))})"
    return re.compile(rf"{name}\s*(?:,|/|,?\s(?:or|and|and/or)\s)\s*{name}\b", re.IGNORECASE)


@cache
def sexes(rulebook: Rulebook) -> dict[str, str]:
    """The sex that each word names."""
    return {term: entry.sex for entry in rulebook.sexes for term in entry.terms}


def premise_of(vocabulary: Vocabulary, population: str, plain: str, near: Span | None) -> Requirement:
    """What says who belongs to the population, as the text names it: a sex, a known condition, or else the words; a Not over it where the
    words deny it ("without liver metastases")."""
    folded = " ".join(population.lower().split())
    denied = _DENIED.match(population.lower())
    if denied is not None and denied.end() < len(population):
        return deny(premise_of(vocabulary, population[denied.end() :], plain, near))
    sex = next((entry for entry in vocabulary.rulebook.sexes if folded in entry.terms), None)
    place = plain.find(population, near.start if near else 0)
    span = Span(place, place + len(population)) if place >= 0 else None
    subject = Subject.trusted(text=population, spans=(span,) if span else ())
    if sex is not None and sex.sex != "all":
        return Leaf.trusted(constraint=Sex.trusted(sex=sex.sex, subject=subject, evidence=span, rule=sex.id))
    name = _BEFORE_NAME.sub("", folded)
    for kind, made in _PREMISES.items():
        entry = vocabulary.lexicon.exact(normalise(name), kind)
        if entry is not None:
            known = made.trusted(subject=subject, concept=vocabulary.concept(entry), evidence=span, rule=entry.id)
            return Leaf.trusted(constraint=known)
    return Leaf.trusted(constraint=Other.trusted(subject=subject, evidence=span, rule="population"))
