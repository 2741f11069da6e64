"""Codes of the rules: in, the rulebook and the terminology; out, the codes of each entry as `SYSTEM:code`, the main one first.

An entry has the code that its rule gives (`loinc`, `mesh`, `hgnc`, a row of the table `codes`), else those of the one concept of the
terminology whose synonyms its names are. An entry of which nothing is certain has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from eligibility.entries import Condition, Drug, DrugClass, Entry
from eligibility.rulebook import Rulebook
from eligibility.terminology import Terminology

_NAMED = (Condition, Drug, DrugClass)


@cache
def entry_codes(rulebook: Rulebook, terminology: Terminology) -> Mapping[str, tuple[str, ...]]:
    """The codes of every entry that has any, by its id."""
    given = dict(_listed(rulebook))
    return {entry.id: codes for entry in rulebook if (codes := _codes(terminology, entry, given.get(entry.id)))}


def _listed(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    for row in rulebook.other.get("codes", ()):
        yield from ((id, f"{row['system']}:{code}") for id, code in row["of"].items())


def _codes(terminology: Terminology, entry: Entry, listed: str | None) -> tuple[str, ...]:
    loinc, mesh, hgnc = (getattr(entry, key, None) for key in ("loinc", "mesh", "hgnc"))
    given = f"HGNC:{hgnc}" if hgnc else f"LOINC:{loinc}" if loinc else f"MESH:{mesh}" if mesh else listed
    if given is not None:
        same = terminology.by_code(given) if isinstance(entry, Drug) else None
        return same.codes if same is not None else (given,)
    if not isinstance(entry, _NAMED):
        return ()
    named = [concept for concept in map(terminology.lookup, (*entry.terms, *entry.cased)) if concept is not None]
    if not any(map(terminology.lookup, (entry.label, *entry.terms[:1]))):
        return ()  # a term beside its own name may be one of several kinds
    if len({concept.number for concept in named}) != 1 or any(concept.narrower or concept.kind != entry.table for concept in named):
        return ()
    return named[0].codes


def code_owners(rulebook: Rulebook, codes: Mapping[str, tuple[str, ...]]) -> Mapping[str, Entry]:
    """The entry that stands for each code: the first that gives it itself, else the first that has it."""
    owners: dict[str, Entry] = {}
    for entry in sorted(rulebook, key=lambda entry: getattr(entry, "mesh", None) is None):
        for code in codes.get(entry.id, ()):
            owners.setdefault(code, entry)
    return owners
