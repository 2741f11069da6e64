"""Concepts: in, a name, a code or an entry of the rules or the terminology; out, the `Concept` that it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from eligibility.constraints import Concept
from eligibility.entries import Entry, nearest
from eligibility.errors import InputError
from eligibility.hierarchy import Hierarchy, load_hierarchy
from eligibility.spelling import normalise
from eligibility.terminology import TermConcept

Kind = Literal["condition", "medication", "procedure", "measurement"]

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:\S+")
_TABLES: dict[str, tuple[str, ...]] = {
    "condition": ("condition", "state"),
    "medication": ("drug", "drug_class"),
    "procedure": ("procedure",),
    "measurement": ("analyte", "score", "panel"),
}


def concept(name: str, kind: Kind | None = None, *, rules: Sequence[str | Path] = ()) -> Concept | None:
    """The concept of a name ("type 2 diabetes"), a rule's id or a code ("MESH:D003924", "LOINC:1742-6"); None where none is known.

    Case, punctuation, number and spelling (British, American) do not matter. Without a `kind`, a name of several kinds of things is, in
    this order: a condition, a medication, a procedure, a measurement. A short form that may mean several things has no concept. `rules` are
    folders laid over the package's rules. InputError where the kind is no such kind.
    """
    if kind is not None and kind not in _TABLES:
        raise InputError(f"{kind!r} is no kind of concept{nearest(kind, _TABLES)}: give one of {', '.join(_TABLES)}")
    hierarchy = load_hierarchy(rules)
    tables = _TABLES[kind] if kind is not None else ()
    found = hierarchy.of_code(name) if _CODE.fullmatch(name) else next(iter(hierarchy.names.find(name, *tables)), None)
    if isinstance(found, Entry):
        return of_entry(found, hierarchy) if not tables or found.table in tables else None
    return of_term(found) if found is not None and (not tables or found.kind in tables) else None


def of_entry(entry: Entry, hierarchy: Hierarchy) -> Concept:
    """The concept of a rule's entry."""
    return Concept(id=entry.id, label=entry.label, codes=hierarchy.codes.get(entry.id, ()))


def of_term(term: TermConcept) -> Concept:
    """The concept of the terminology by its label, or by the narrower name that was looked up."""
    label = term.narrower or term.label
    return Concept(id="_".join(normalise(label).split()), label=label, codes=term.codes)
