"""Checks of repeats: in, a dossier; out, findings on what is said twice in one section.

Lists for several groups say the same again and again, and rightly: where the inclusion is about groups, or much is repeated, nothing is
found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from eligibility.characters import fold
from eligibility.linter.demands import Demand, Dossier
from eligibility.linter.findings import SEVERITIES, Finding, find
from eligibility.result import Criterion

_SHORT = 12  # characters; shorter criteria ("Yes", "Arm A") are parts of forms
_FEW = 2  # repeats of a trial; where there are more, its lists are of several groups


def repeated_criteria(dossier: Dossier) -> Iterator[Finding]:
    """A criterion that stands twice in its section, word for word, under the same words."""
    if _is_of_groups(dossier):
        return
    for section in (dossier.criteria.inclusion, dossier.criteria.exclusion):
        said: dict[Hashable, list[Criterion]] = {}
        for criterion, under in _with_parents(section, ()):
            if len(criterion.text) >= _SHORT and not dossier.words.is_filler(criterion.text):
                said.setdefault((under, *map(_same, criterion.walk()), criterion.cohort), []).append(criterion)
        yield from (_repeat(*found) for found in said.values() if len(found) == 2)


def _is_of_groups(dossier: Dossier) -> bool:
    """True where the lists are of several groups: the inclusion names them, or much is said again."""
    said = Counter((c.section, _same(c)) for c in dossier.criteria.walk() if not dossier.words.is_filler(c.text))
    return dossier.has_groups or sum(count - 1 for count in said.values()) > _FEW


def _with_parents(criteria: tuple[Criterion, ...], under: tuple[str, ...]) -> Iterator[tuple[Criterion, tuple[str, ...]]]:
    """Every criterion with the words it stands under; a heading among the criteria holds until the next one."""
    heading: tuple[str, ...] = ()
    for criterion in criteria:
        if criterion.text.rstrip().endswith(":") and not criterion.children:
            heading = (_same(criterion),)
        yield criterion, (*under, *heading)
        yield from _with_parents(criterion.children, (*under, *heading, _same(criterion)))


def _same(criterion: Criterion) -> str:
    """What two criteria that say the same have in common: their words, in any case, spacing and final stop."""
    return " ".join(fold(criterion.text).split()).rstrip(".;, ")


def _repeat(first: Criterion, again: Criterion) -> Finding:
    where = tuple(f"{criterion.section} {criterion.number}" for criterion in (first, again))
    return Finding(
        code="duplicate",
        severity=SEVERITIES["duplicate"],
        message=f"{where[1]} repeats {where[0]}",
        spans=(first.span, again.span),
        criteria=where,
    )


def repeated_demands(dossier: Dossier) -> Iterator[Finding]:
    """The same constraint asked for by two criteria of one list that are not the same words, and of which one asks for nothing else."""
    seen: dict[Hashable, Demand] = {}
    for demand in dossier.demands if not _is_of_groups(dossier) else ():
        if not dossier.is_whole(demand):
            continue
        first = seen.setdefault(_meaning(demand), demand)
        if first.criterion is None or demand.criterion is None or _same(first.criterion) == _same(demand.criterion):
            continue
        if 1 in (len(first.criterion.constraints), len(demand.criterion.constraints)):
            verb = "asks again for" if demand.wanted else "excludes again"
            message = f"{demand.where} {verb} what {first.where} says already: {demand.constraint.phrase}"
            yield find("duplicate", message, [first, demand])


def _meaning(demand: Demand) -> Hashable:
    """All that the demand says, and in which list, without the words it says it in."""
    constraint = demand.constraint
    said = constraint.model_dump(exclude={"evidence", "subject", "rule", "examples"})
    section = demand.criterion.section if demand.criterion else None
    return demand.wanted, section, demand.list, demand.cohort, constraint.name, _without_spans(said)


def _without_spans(said: object) -> Hashable:
    if isinstance(said, dict):
        return tuple((key, _without_spans(value)) for key, value in said.items() if key != "span")
    if isinstance(said, (list, tuple)):
        return tuple(_without_spans(value) for value in said)
    return said
