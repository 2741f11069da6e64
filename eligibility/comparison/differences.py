"""Differences: in, two clauses that do not say the same; out, the facet that differs, and what a reader should know besides the kind."""

from __future__ import annotations

from eligibility.comparison.changes import ChangeKind, without_prefix
from eligibility.comparison.clauses import Clause
from eligibility.comparison.containment import FACETS, Knowledge, facet_within, kind_of, side_within
from eligibility.comparison.entailment import Atom, atoms, means_the_same
from eligibility.constraints import Age, Constraint
from eligibility.errors import UnitError
from eligibility.ranges import Range, Window

_ENDS = (("lower", "below"), ("upper", "above"))


def explain(a: Clause, b: Clause, kind: ChangeKind, knowledge: Knowledge) -> tuple[str | None, str]:
    """The facet, where one differs in one constraint; and in words: which end of a range is looser, what does not compare, what is new."""
    gone, new = _unmatched(a, b, knowledge)
    whole = isinstance(a.form, Atom) and isinstance(b.form, Atom)
    if len(gone) == len(new) == 1:
        facets = _differing(gone[0].constraint, new[0].constraint, knowledge)
        facet = facets[0] if len(facets) == 1 else None
        if not whole:
            return facet, _arrow(gone[0], new[0])
        if kind != "changed":
            return facet, _cohorts(a, b)
        return facet, _ends(gone[0], new[0], facet, knowledge) if facet is not None else _by_facet(gone[0], new[0], facets, knowledge)
    if gone and [atom.thing for atom in gone] == [atom.thing for atom in new]:
        return None, "; ".join(_arrow(*pair) for pair in zip(gone, new, strict=True))
    said = [f"without {atom.phrase}" for atom in gone] + [f"with {atom.phrase}" for atom in new]
    return None, ", ".join(said) if bool(gone) != bool(new) else _cohorts(a, b)


def _arrow(gone: Atom, new: Atom) -> str:
    return f"{gone.phrase} -> {without_prefix(gone.phrase, new.phrase)}"


def _cohorts(a: Clause, b: Clause) -> str:
    if a.side.cohort == b.side.cohort:
        return ""
    return f"for {a.side.cohort or 'all'} -> for {b.side.cohort or 'all'}"


def _unmatched(a: Clause, b: Clause, knowledge: Knowledge) -> tuple[list[Atom], list[Atom]]:
    """The atoms of either side that the other side has not."""
    gone, new = [], list(atoms(b.form))
    for atom in atoms(a.form):
        same = next((other for other in new if means_the_same(atom, other, knowledge)), None)
        if same is None:
            gone.append(atom)
        else:
            new.remove(same)
    return gone, new


def _differing(a: Constraint, b: Constraint, knowledge: Knowledge) -> list[str]:
    """The facets in which they differ; none where they differ in more than that."""
    if a.type != b.type or a.name != b.name or kind_of(a) != kind_of(b):
        return []
    return [name for name in FACETS if not (facet_within(name, a, b, knowledge) and facet_within(name, b, a, knowledge))]


def _by_facet(gone: Atom, new: Atom, facets: list[str], knowledge: Knowledge) -> str:
    """For each facet that differs, whether it is looser or tighter."""
    a, b = gone.constraint, new.constraint
    said = []
    for name in facets if gone.wanted == new.wanted else ():
        wider, narrower = facet_within(name, a, b, knowledge), facet_within(name, b, a, knowledge)
        said.append(f"{name} {'changed' if wider == narrower else 'looser' if wider == gone.wanted else 'tighter'}")
    return ", ".join(said)


def _ends(gone: Atom, new: Atom, facet: str, knowledge: Knowledge) -> str:
    """For either end of a range, whether it is looser or tighter."""
    a, b = (_range(getattr(atom.constraint, facet)) for atom in (gone, new))
    if a is None or b is None or gone.wanted != new.wanted:
        return ""
    analyte = gone.constraint.concept.id if gone.constraint.concept and facet == "value" else ""
    completed = isinstance(gone.constraint, Age)
    said = []
    for side, place in _ENDS:
        try:
            wider = side_within(side, a, b, knowledge, analyte, completed=completed)
            narrower = side_within(side, b, a, knowledge, analyte, completed=completed)
        except UnitError as error:
            return str(error)
        if wider != narrower:
            said.append(f"{'looser' if wider == gone.wanted else 'tighter'} {place}")
    return ", ".join(said)


def _range(found: Range | Window | None) -> Range | None:
    return found if not isinstance(found, Window) else found.range if len(found.alternatives) == 1 else None
