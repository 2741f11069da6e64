"""Comparing: in, two criteria; out, every change between them, in the order of the text, with nothing of either side left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from eligibility.comparison.alignment import align
from eligibility.comparison.changes import IN_PART, Change, ChangeKind, Comparison, Side
from eligibility.comparison.clauses import Clause, Document, Statement, likeness, read_document
from eligibility.comparison.containment import Knowledge, load_knowledge
from eligibility.comparison.differences import explain
from eligibility.comparison.entailment import Atom, entails, means_the_same
from eligibility.result import Criteria

_ALIKE = 0.5  # of their words, or of the things they speak of: two criteria with less in common are two criteria
_RANKS = ("header", "inclusion", "exclusion")


class _Found(NamedTuple):
    """A change, and the places of the criteria it stands in: None where a side has none, -1 for the header."""

    change: Change
    before: int | None
    after: int | None


def compare(a: Criteria, b: Criteria) -> Comparison:
    """What became of each criterion of `a` in `b`: two versions of a trial's criteria, or two trials.

    Demands are paired by what they are on, then by their words, one to one; `compare(b, a)` is the mirror of `compare(a, b)`. Criteria in
    which nothing was understood are compared by their words, and are `changed` where these differ.
    """
    knowledge = load_knowledge()
    before, after = read_document(a), read_document(b)
    pairs = _pair_clauses(before, after, knowledge)
    homes = _pair_statements(before, after, pairs)
    found = [*_of_clauses(before, after, pairs, knowledge), *_of_words(before, after, homes)]
    return Comparison(before=_name(a), after=_name(b), changes=tuple(_in_order(found, before, homes)), notes=_notes(a, b))


def _notes(a: Criteria, b: Criteria) -> tuple[str, ...]:
    if (a.rules, a.recognizer) == (b.rules, b.recognizer):
        return ()
    return ("the two sides were read with different rules or recognisers, and may differ by that alone: parse both again",)


def _name(criteria: Criteria) -> str:
    return criteria.trial or criteria.source or criteria.title or "criteria"


def _pair_clauses(before: Document, after: Document, knowledge: Knowledge) -> list[tuple[int, int]]:
    texts: dict[tuple[int, int], float] = {}

    def alike(a: Clause, b: Clause) -> float:
        """How much of the words of their criteria is the same."""
        key = a.home, b.home
        if key not in texts:
            texts[key] = 0.0 if -1 in key else likeness(before.statements[a.home].tokens, after.statements[b.home].tokens)
        return texts[key]

    def fit(i: int, j: int) -> float:
        a, b = before.clauses[i], after.clauses[j]
        same_section = a.side.section == b.side.section
        if not same_section and "header" in (a.side.section, b.side.section):
            return 0
        things, words = likeness(a.things, b.things), alike(a, b)
        same = things > 0 and means_the_same(a.form, b.form, knowledge)
        if not same_section and things < 1 and not same:
            return 0
        if max(things, words) < _ALIKE and not _is_narrowed(a, b, knowledge):
            return 0
        return 4 * same + 2 * things + same_section + words

    return align(len(before.clauses), len(after.clauses), fit)


def _is_narrowed(a: Clause, b: Clause, knowledge: Knowledge) -> bool:
    """Whether one speaks of a kind of what the other does: of melanoma, and of cancer."""
    if not (isinstance(a.form, Atom) and isinstance(b.form, Atom)):
        return False
    return entails(a.form, b.form, knowledge) or entails(b.form, a.form, knowledge)


def _pair_statements(before: Document, after: Document, pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The criteria that belong together: those that share clauses, then those that share words."""
    shared = Counter((before.clauses[i].home, after.clauses[j].home) for i, j in pairs)

    def fit(i: int, j: int) -> float:
        a, b = before.statements[i], after.statements[j]
        votes, words = shared[i, j], likeness(a.tokens, b.tokens)
        same_section = a.side.section == b.side.section
        belongs = votes > 0 or (words >= _ALIKE if same_section else a.tokens == b.tokens)
        return 2 * votes + same_section + words if belongs else 0

    return dict(align(len(before.statements), len(after.statements), fit))


def _of_clauses(before: Document, after: Document, pairs: list[tuple[int, int]], knowledge: Knowledge) -> Iterator[_Found]:
    for i, j in pairs:
        a, b = before.clauses[i], after.clauses[j]
        yield _Found(_changed(a, b, knowledge), a.home, b.home)
    paired = [{pair[side] for pair in pairs} for side in (0, 1)]
    for i, clause in enumerate(before.clauses):
        if i not in paired[0]:
            detail = _kept(clause, after, "still asks for it", knowledge)
            yield _Found(Change(kind="dropped", before=clause.side, detail=detail), clause.home, None)
    for j, clause in enumerate(after.clauses):
        if j not in paired[1]:
            detail = _kept(clause, before, "asked for it already", knowledge)
            yield _Found(Change(kind="added", after=clause.side, detail=detail), None, clause.home)


def _changed(a: Clause, b: Clause, knowledge: Knowledge) -> Change:
    forward = _is_for(a, b) and entails(a.form, b.form, knowledge)
    backward = _is_for(b, a) and entails(b.form, a.form, knowledge)
    if forward and backward:
        kind: ChangeKind = "unchanged" if a.said == b.said and a.side.section == b.side.section else "reworded"
        return Change(kind=kind, before=a.side, after=b.side)
    if forward or backward:
        kind = "looser" if forward else "tighter"
    elif means_the_same(a.denial, b.form, knowledge) and a.side.section != b.side.section:
        return Change(kind="moved", before=a.side, after=b.side)
    else:
        kind = "changed"
    facet, detail = explain(a, b, kind, knowledge)
    return Change(kind=kind, before=a.side, after=b.side, facet=facet, detail=detail)


def _is_for(a: Clause, b: Clause) -> bool:
    """Whether a is asked of everyone of whom b is."""
    return a.side.cohort in (None, b.side.cohort)


def _kept(clause: Clause, other: Document, says: str, knowledge: Knowledge) -> str:
    """That a clause of the other side demands it, in a criterion that says nothing else: then nothing changes for who may enter."""
    whole = (one for one in other.clauses if one.home < 0 or not other.statements[one.home].rest)
    keeping = next((one for one in whole if _is_for(one, clause) and entails(one.form, clause.form, knowledge)), None)
    return f"{keeping.side.where} {says}" if keeping is not None else ""


def _of_words(before: Document, after: Document, homes: dict[int, int]) -> Iterator[_Found]:
    for i, a in enumerate(before.statements):
        if i in homes:
            b = after.statements[homes[i]]
            change = _reworded(a, b)
            if change is not None:
                yield _Found(change, i, homes[i])
        elif a.rest or not a.has_clause:
            yield _Found(Change(kind="dropped", before=a.side), i, None)
    paired = set(homes.values())
    for j, b in enumerate(after.statements):
        if j not in paired and (b.rest or not b.has_clause):
            yield _Found(Change(kind="added", after=b.side), None, j)


def _reworded(a: Statement, b: Statement) -> Change | None:
    """What became of the words beside the constraints; None where clauses say all that there is to say."""
    read = a.has_clause or b.has_clause
    kind: ChangeKind
    if a.rest != b.rest or (not read and a.side.cohort != b.side.cohort):
        detail = "the words beside what was understood differ" if read else "compared by their words"
        return Change(kind="changed", before=a.side, after=b.side, detail=detail)
    if read and a.has_clause == b.has_clause:
        return None
    kind = "moved" if a.side.section != b.side.section else "unchanged" if a.tokens == b.tokens else "reworded"
    return Change(kind=kind, before=a.side, after=b.side)


def _in_order(found: list[_Found], before: Document, homes: dict[int, int]) -> Iterator[Change]:
    """The changes in the order of the second text, what was dropped behind what stood before it; those that say the same as one."""
    groups: dict[tuple[object, ...], list[Change]] = {}
    for one in sorted(found, key=lambda one: _position(one, before, homes)):
        change, place = one.change, (one.change.kind, one.before, one.after)
        beside = next((known for known in groups if known[:3] == place), None) if _is_of_words(change) else None
        apart = change.detail if change.kind in ("unchanged", "reworded", "added", "dropped") else id(one)
        groups.setdefault(beside or (*place, apart), []).append(change)
    yield from map(_joined, groups.values())


def _position(one: _Found, before: Document, homes: dict[int, int]) -> tuple[int, float]:
    side = one.change.after or one.change.before
    assert side is not None
    if one.after is not None:
        return _RANKS.index(side.section), one.after
    above = (i for i in range(one.before or 0, -1, -1) if i in homes and before.statements[i].side.section == side.section)
    return _RANKS.index(side.section), next((homes[i] + 0.5 for i in above), -0.5)


def _joined(changes: list[Change]) -> Change:
    first = changes[0]
    sides = [_one_side([side for change in changes if (side := getattr(change, name)) is not None]) for name in ("before", "after")]
    words = [change.detail or IN_PART for change in changes if _is_of_words(change)]
    detail = "; ".join(part for part in (first.detail, *words) if part) if len(words) < len(changes) else first.detail
    return first.model_copy(update={"before": sides[0], "after": sides[1], "detail": detail})


def _is_of_words(change: Change) -> bool:
    return not any(side.phrase for side in (change.before, change.after) if side is not None)


def _one_side(sides: list[Side]) -> Side | None:
    if len(sides) < 2:
        return sides[0] if sides else None
    phrases = [side.phrase for side in sides if side.phrase]
    parts = tuple(dict.fromkeys(number for side in sides for number in side.parts))
    spans = tuple(dict.fromkeys(span for side in sides for span in side.spans if side.phrase or not phrases))
    return sides[0].model_copy(update={"phrase": "; ".join(phrases), "parts": parts, "spans": spans})
