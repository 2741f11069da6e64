"""Cohorts: in, the criteria of a trial and a vocabulary; out, a cohort expression as ATLAS imports it, with what it does not express.

Each criterion, and each field of the header, is an inclusion rule. The cohort holds everyone who satisfies the criteria, as far as records
go, and others: what cannot be asked widens it (polarity.py), and is listed.

The index is the day of the screening: the end of a person's last observation period, or a day that is given. Windows count back from it,
and a record without a window counts at any time up to it, in or outside of observation periods. A condition once recorded is taken to last,
for records seldom say that one is over. Of a measurement the latest value counts, and an inclusion demands one. What is in no record is
taken not to be: a cohort is a count for feasibility, and no screening.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from eligibility.errors import InputError
from eligibility.export.omop.circe import Group, Json, Tree, group_json
from eligibility.export.omop.facets import Kind
from eligibility.export.omop.leaves import Leaves
from eligibility.export.omop.polarity import wider
from eligibility.export.omop.resolution import Resolver, Unresolved
from eligibility.export.omop.vocabulary import Vocabulary
from eligibility.frozen import Frozen
from eligibility.logic import Leaf, Requirement, leaves
from eligibility.result import Criteria, Criterion
from eligibility.screening.evaluation import excepting
from eligibility.screening.knowledge import load_knowledge

Index = Literal["observation_period_end"] | date
Section = Literal["header", "inclusion", "exclusion"]
_MOST_RULES = 50  # Circe keeps which rules a person satisfies in one number, of which DuckDB counts 53 bits
_MOST_LETTERS = 80  # of a criterion in the name of its rule


class Unexpressed(Frozen):
    """What the cohort does not ask. `effect`: the criterion is `looser` for it, or `left_out` as a whole; both widen the cohort.

    `kind` is one of `KINDS`, `text` the constraint in words, or those of the criterion; `section` is inclusion, exclusion or header.
    """

    kind: Kind
    section: Section
    number: str
    text: str
    effect: Literal["looser", "left_out"]

    def __str__(self) -> str:
        return f"{self.section} {self.number}: {self.kind}, {self.effect.replace('_', ' ')}: {self.text}"


class InclusionRule(Frozen):
    """A criterion that the cohort asks, in the order of the expression's inclusion rules."""

    section: Section
    number: str
    text: str

    @property
    def name(self) -> str:
        said = " ".join(self.text.split())
        return f"{self.section} {self.number}: {said if len(said) <= _MOST_LETTERS else said[: _MOST_LETTERS - 1] + '…'}"


@dataclass(frozen=True)
class Cohort:
    """A cohort expression of Circe, ready for ATLAS, and what it does not say."""

    title: str
    expression: dict[str, Any]
    rules: tuple[InclusionRule, ...]
    unexpressed: tuple[Unexpressed, ...]
    unresolved: tuple[Unresolved, ...]

    def json(self) -> str:
        """The expression as JSON."""
        return json.dumps(self.expression, indent=2, ensure_ascii=False)


class _Demand(NamedTuple):
    """A criterion with what it demands, and what of its words is in no constraint."""

    rule: InclusionRule
    requirement: Requirement | None
    lost: tuple[tuple[Kind, str, str], ...] = ()


def to_cohort(
    criteria: Criteria, vocabulary: Vocabulary, *, index: Index = "observation_period_end", rules: Sequence[str | Path] = ()
) -> Cohort:
    """The cohort of a trial, its concepts found in the vocabulary; those that are not are named in `unresolved` and never guessed.

    `index`: the end of the last observation period of each person, or a day, which must lie in one. `rules` are the folders that the
    criteria were parsed with. InputError where the index is neither.
    """
    if index != "observation_period_end" and not isinstance(index, date):
        raise InputError(f"{index!r} is no index: give 'observation_period_end' or a date")
    folders = tuple(map(Path, rules))
    until = date(index.year, index.month, index.day) if isinstance(index, date) else None
    apart = [part.span for part in criteria.walk() if part.cohort is not None]
    asking = Leaves(_resolver(vocabulary, folders), load_knowledge(folders), criteria.text, apart, until)
    found: list[tuple[InclusionRule, Tree]] = []
    unexpressed: list[Unexpressed] = []
    for demand in _demands(criteria):
        asking.losses.clear()
        tree = wider(demand.requirement, asking.ask, excepting) if demand.requirement is not None else None
        lost = [*demand.lost, *((loss.kind, demand.rule.number, loss.constraint.phrase) for loss in asking.losses)]
        unexpressed += _listed(demand.rule.section, lost, tree is None)
        if tree is not None:
            found.append((demand.rule, tree))
    asked = _at_most(found)
    return Cohort(
        title=criteria.title or criteria.trial or criteria.source or "Eligible persons",
        expression=_expression(asked, asking.concept_sets, until),
        rules=tuple(rule for rule, _ in asked),
        unexpressed=tuple(unexpressed),
        unresolved=tuple(dict.fromkeys(asking.unresolved)),
    )


@lru_cache(maxsize=1)
def _resolver(vocabulary: Vocabulary, folders: tuple[Path, ...]) -> Resolver:
    """One for all trials of a run: what was found once is not looked up again."""
    return Resolver(vocabulary, load_knowledge(folders))


def _demands(criteria: Criteria) -> Iterator[_Demand]:
    for number, constraint in enumerate(criteria.header, 1):
        yield _Demand(InclusionRule(section="header", number=str(number), text=constraint.phrase), Leaf.trusted(constraint=constraint))
    for criterion in (*criteria.inclusion, *criteria.exclusion):
        rule = InclusionRule(section=criterion.section, number=criterion.number, text=criterion.text)
        if criterion.cohort is not None:
            yield _Demand(rule, None, (("cohort", criterion.number, criterion.text),))
        else:
            yield _Demand(rule, criterion.requirement, tuple(_unread(criterion)))


def _unread(criterion: Criterion) -> Iterator[tuple[Kind, str, str]]:
    """The parts of a criterion of which its requirement holds nothing."""
    read = [leaf.constraint.evidence for leaf in leaves(criterion.requirement)]
    for part in criterion.walk():
        known = any(span is not None and part.span.start < span.end and span.start < part.span.end for span in read)
        if not known and not part.constraints and not part.lead_in:
            yield "unstructured", part.number, part.text


def _listed(section: Section, lost: Iterable[tuple[Kind, str, str]], left_out: bool) -> Iterator[Unexpressed]:
    for kind, number, text in dict.fromkeys(lost):
        effect: Literal["looser", "left_out"] = "left_out" if left_out else "looser"
        yield Unexpressed(kind=kind, section=section, number=number, text=text, effect=effect)


def _at_most(found: Sequence[tuple[InclusionRule, Tree]]) -> list[tuple[InclusionRule, Tree]]:
    """The rules, the last of them holding all that are too many for Circe to count."""
    if len(found) <= _MOST_RULES:
        return list(found)
    kept, rest = found[: _MOST_RULES - 1], found[_MOST_RULES - 1 :]
    rule = rest[0][0].model_copy(update={"text": " AND ".join(rule.name for rule, _ in rest)})
    return [*kept, (rule, Group(len(rest), tuple(tree for _, tree in rest)))]


def _expression(found: Sequence[tuple[InclusionRule, Tree]], concept_sets: list[Json], until: date | None) -> Json:
    return {
        "cdmVersionRange": ">=5.0.0",
        "PrimaryCriteria": {
            "CriteriaList": [{"ObservationPeriod": _index_event(until)}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "Last"},
        },
        "ConceptSets": concept_sets,
        "QualifiedLimit": {"Type": "Last"},
        "ExpressionLimit": {"Type": "Last"},
        "InclusionRules": [{"name": rule.name, "description": rule.text, "expression": group_json(tree)} for rule, tree in found],
        "CensoringCriteria": [],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
        "CensorWindow": {},
    }


def _index_event(until: date | None) -> Json:
    """An observation period, from its last day on, or from the given day."""
    if until is not None:
        return {"UserDefinedPeriod": {"StartDate": until.isoformat(), "EndDate": until.isoformat()}}
    return {"DateAdjustment": {"StartWith": "END_DATE", "StartOffset": 0, "EndWith": "END_DATE", "EndOffset": 0}}
