"""What a screening knows: in, the rules (rules/screening.toml above all); out, frozen look-ups for the other modules here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eligibility.conversion import Converter, load_converter
from eligibility.entries import nearest
from eligibility.errors import RuleError
from eligibility.hierarchy import Hierarchy, load_hierarchy
from eligibility.rulebook import Rulebook, by_condition, load_rulebook
from eligibility.spelling import normalise
from eligibility.units import UnitReader


@dataclass(frozen=True, eq=False)
class Knowledge:
    """`shown_by` maps a condition to the values that only those have who have it, `told_by` to those that say what its modifiers mean.

    `half_lives` are in days.
    """

    rulebook: Rulebook
    hierarchy: Hierarchy
    units: UnitReader
    modifiers: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    form_routes: Mapping[str, str]
    routes: Mapping[str, str]
    route_members: Mapping[str, frozenset[str]]
    route_others: Mapping[str, frozenset[str]]
    class_routes: Mapping[str, frozenset[str]]
    happens: frozenset[str]
    not_fertile: frozenset[str]
    not_listed: frozenset[str]
    fertile: frozenset[str]
    toward: frozenset[str]
    shown_by: Mapping[str, tuple[str, ...]]
    told_by: Mapping[str, tuple[str, ...]]
    converter: Converter
    points: Mapping[str, Mapping[str, tuple[float, float]]]
    computed: Mapping[str, tuple[str, tuple[str, ...]]]
    half_lives: Mapping[str, float]
    equivalents: Mapping[str, float]
    age_at: Mapping[str, re.Pattern[str]]
    narrowing: re.Pattern[str]
    narrowing_next: re.Pattern[str]
    narrowed_procedures: frozenset[str]
    operation_ends: Mapping[str, str]
    operations: Mapping[str, str]

    def is_among(self, node: str, nodes: frozenset[str]) -> bool:
        """True where the node is one of the nodes or a kind of one."""
        return node in nodes or not nodes.isdisjoint(self.hierarchy.above(node))


@cache
def load_knowledge(folders: tuple[Path, ...] = ()) -> Knowledge:
    """The knowledge of the package's rules with the folders laid over them; made once for each."""
    rulebook = load_rulebook(folders)
    hierarchy = load_hierarchy(folders)
    rows: Mapping[str, Iterable[dict[str, Any]]] = defaultdict(tuple, rulebook.other)
    _refuse_misspelt(rulebook, rows)
    grades = [{"conditions": row["conditions"], "by": row["scores"]} for row in rows["grades"]]
    return Knowledge(
        rulebook=rulebook,
        hierarchy=hierarchy,
        units=UnitReader(rulebook.units, rulebook.multiples),
        modifiers={term: row["kind"] for row in rows["record_modifier"] for term in row["terms"]},
        words={row["id"]: frozenset(row["terms"]) for row in rows["record_words"]},
        form_routes={normalise(word): row["route"] for row in rows["route_of"] for word in row["words"]},
        routes={
            term.lower(): row["value"]
            for row in rows["detail"]
            if row["field"] == "route"
            for term in (*row["terms"], *row.get("cased", ()))
        },
        route_members={row["route"]: frozenset(row["members"]) for row in rows["route_is"]},
        route_others={row["route"]: frozenset(row.get("others", ())) for row in rows["route_is"]},
        class_routes={row["class"]: frozenset(row["routes"]) for row in rows["class_by_route"]},
        happens=_nodes(hierarchy, rows["happens"], "conditions"),
        not_fertile=_nodes(hierarchy, rows["not_fertile"], "names"),
        not_listed=_nodes(hierarchy, rows["not_listed"], "names"),
        fertile=frozenset(row["condition"] for row in rows["fertile"]),
        toward=frozenset(condition for row in rows["toward"] for condition in row["conditions"]),
        shown_by=by_condition((*rows["defined_by"], *rows["shown_by"])),
        told_by=by_condition((*rows["defined_by"], *grades, *rows["shown_by"], *rows["told_by"])),
        converter=load_converter(rulebook),
        points={row["score"]: {name: (span[0], span[1]) for name, span in row["classes"].items()} for row in rows["points"]},
        computed={row["analyte"]: (row["formula"], tuple(row["from"])) for row in rows["computed"]},
        half_lives={id: days for row in rows["half_life"] for id, days in row["days"].items()},
        equivalents={drug.id: drug.equivalent_to_5_mg_prednisone for drug in rulebook.drugs if drug.equivalent_to_5_mg_prednisone},
        narrowing=_any_word(rows["narrowing"], "behind"),
        narrowing_next=_any_word(rows["narrowing"], "next"),
        narrowed_procedures=frozenset(name for row in rows["narrowing"] for name in row["procedures"]),
        operation_ends={end: row["procedure"] for row in rows["operation"] for end in row.get("ends", ())},
        operations={name: row["procedure"] for row in rows["operation"] for name in row.get("names", ())},
        age_at={anchor: _behind(row["before"], rulebook.entry(anchor).terms) for row in rows["age_at"] for anchor in row["anchors"]},
    )


def _refuse_misspelt(rulebook: Rulebook, rows: Mapping[str, Iterable[dict[str, Any]]]) -> None:
    """RuleError for an id that no rule has: it would never be found."""
    for id in _ids(rows):
        rulebook.entry(id)


def _ids(rows: Mapping[str, Iterable[dict[str, Any]]]) -> Iterator[str]:
    """Every id of a rule that the tables of rules/screening.toml name."""
    for row in (*rows["told_by"], *rows["shown_by"]):
        yield from (*row["conditions"], *row["by"])
    for row in rows["computed"]:
        yield from (row["analyte"], *row["from"])
    for table, key in (("charge", "of"), ("half_life", "days")):
        yield from (id for row in rows[table] for id in row[key])
    for table, key in (("points", "score"), ("operation", "procedure"), ("class_by_route", "class"), ("fertile", "condition")):
        yield from (row[key] for row in rows[table])
    yield from (id for row in rows["narrowing"] for id in row["procedures"])


def _any_word(rows: Iterable[dict[str, Any]], key: str) -> re.Pattern[str]:
    """A pattern for any of the words, in lower case, as words of their own."""
    terms = [term for row in rows for term in row[key]]
    return re.compile(rf"(?<!\w){_either(terms)}(?!\w)" if terms else r"(?!)")


def _behind(before: Iterable[str], terms: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of the terms behind any of the words."""
    return re.compile(rf"(?<!\w){_either(before)} {_either(terms)}(?!\w)")


def _either(terms: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(terms, key=len, reverse=True)))})"


def _nodes(hierarchy: Hierarchy, rows: Iterable[dict[str, Any]], key: str) -> frozenset[str]:
    """The nodes of all names in the rows; RuleError where one is not known."""
    nodes = {name: hierarchy.find_node(name) for row in rows for name in row[key]}
    unknown = [name for name, node in nodes.items() if node is None]
    if unknown:
        raise RuleError(
            f"{key} of rules/screening.toml: no concept has the id or name {unknown[0]!r}{nearest(unknown[0], hierarchy.names)}"
        )
    return frozenset(node for node in nodes.values() if node is not None)
