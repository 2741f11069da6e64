"""Circe: in, what is asked of a person; out, the pieces of the JSON that ATLAS imports, as plain dictionaries.

The names of the fields are those of OHDSI's circe-be. A tree of groups is kept as `Group` and `Item` until it is written, so that it can be
joined and thinned before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

Json = dict[str, Any]


class Item(NamedTuple):
    """One question: a counted criterion, or one of the person."""

    slot: Literal["CriteriaList", "DemographicCriteriaList"]
    body: Json


class Group(NamedTuple):
    """At least so many of the items; with `none` none of them."""

    least: int
    items: tuple[Tree, ...]
    none: bool = False


Tree = Item | Group


class Days(NamedTuple):
    """A stretch of time by its days before the index: from `first` to `last`. None is without an end; a negative number lies after it."""

    first: int | None
    last: int | None


EVER = Days(None, 0)


def at_least(count: int, items: Iterable[Tree]) -> Tree:
    """A group, or its one item. It must have one."""
    kept = tuple(items)
    return kept[0] if len(kept) == 1 else Group(count, kept)


def none_of(items: Iterable[Tree]) -> Tree:
    return Group(0, tuple(items), none=True)


def group_json(tree: Tree) -> Json:
    """The tree as a criteria group."""
    group = tree if isinstance(tree, Group) else Group(1, (tree,))
    found: Json = {"Type": "ALL", "CriteriaList": [], "DemographicCriteriaList": [], "Groups": []}
    if group.none:
        found |= {"Type": "AT_MOST", "Count": 0}
    elif group.least == 1 < len(group.items):
        found["Type"] = "ANY"
    elif group.least < len(group.items):
        found |= {"Type": "AT_LEAST", "Count": group.least}
    for item in group.items:
        if isinstance(item, Item):
            found[item.slot].append(item.body)
        else:
            found["Groups"].append(group_json(item))
    return found


def occurrence(criteria: Json, starts: Days, ends: Days | None = None, *, none: bool = False) -> Item:
    """At least one record, or none, that starts in one stretch of time and ends in another; inside or outside of observation periods."""
    body: Json = {"Criteria": criteria, "StartWindow": _window(starts, of_end=False)}
    if ends is not None:
        body["EndWindow"] = _window(ends, of_end=True)
    body["Occurrence"] = {"Type": 0 if none else 2, "Count": 0 if none else 1, "IsDistinct": False}
    body["IgnoreObservationPeriod"] = True
    return Item("CriteriaList", body)


def _window(days: Days, *, of_end: bool) -> Json:
    return {"Start": _endpoint(days.first, -1), "End": _endpoint(days.last, 1), "UseIndexEnd": False, "UseEventEnd": of_end}


def _endpoint(days: int | None, sign: int) -> Json:
    if days is None:
        return {"Coeff": sign}
    return {"Days": abs(days), "Coeff": 1 if days < 0 else -1}


def person(**asked: Any) -> Item:
    """A question of the person: `Age` on the day of the index, `Gender`."""
    return Item("DemographicCriteriaList", asked)


def numeric(low: float | None, high: float | None, *, low_open: bool = False, high_open: bool = False) -> Json:
    """A range of numbers with one bound, or with two that are both in it."""
    if low is not None and high is not None:
        return {"Value": low, "Op": "bt", "Extent": high}
    if low is not None:
        return {"Value": low, "Op": "gt" if low_open else "gte"}
    return {"Value": high, "Op": "lt" if high_open else "lte"}


def concept_json(id: int, name: str, code: str, domain: str, vocabulary: str, kind: str, standard: str = "S") -> Json:
    """A valid concept, standard (S) or one that only classifies others (C)."""
    return {
        "CONCEPT_ID": id,
        "CONCEPT_NAME": name,
        "STANDARD_CONCEPT": standard,
        "STANDARD_CONCEPT_CAPTION": {"S": "Standard", "C": "Classification"}[standard],
        "INVALID_REASON": "V",
        "INVALID_REASON_CAPTION": "Valid",
        "CONCEPT_CODE": code,
        "DOMAIN_ID": domain,
        "VOCABULARY_ID": vocabulary,
        "CONCEPT_CLASS_ID": kind,
    }


def concept_set(id: int, name: str, included: Sequence[Json], without: Sequence[Json] = ()) -> Json:
    """The concepts with all that stand below them, less others with all below those."""
    items = [(concept, False) for concept in included] + [(concept, True) for concept in without]
    return {
        "id": id,
        "name": name,
        "expression": {
            "items": [
                {"concept": concept, "isExcluded": excluded, "includeDescendants": True, "includeMapped": False}
                for concept, excluded in items
            ]
        },
    }
