"""What is known: the rulebook and the terminology in; out, lines for a reader: how many entries of each kind, or those of a name, with
codes, examples and wider concepts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from eligibility.entries import Entry
from eligibility.rulebook import Rulebook
from eligibility.spelling import normalise
from eligibility.terminology import TermConcept, Terminology

_IN_TERMINOLOGY = {"condition": "diseases", "drug": "drugs", "drug_class": "drug classes"}
_TOLD_APART = frozenset({"id", "label", "file", "examples", "known_gaps", "plural"})


def count_entries(rulebook: Rulebook, terminology: Terminology) -> str:
    """A line for each kind of entry, with the number of its entries and of its terms; below, concepts and names of the terminology."""
    entries, terms = Counter(entry.table for entry in rulebook), Counter(term.kind for term in rulebook.terms())
    rows = [(kind, str(number), str(terms[kind])) for kind, number in entries.items()]
    rows += [(kind, str(len(tables)), "") for kind, tables in _tables(rulebook) if tables]
    named = [(_IN_TERMINOLOGY[kind], str(concepts), str(names)) for kind, (concepts, names) in terminology.counts().items()]
    lines = [_columns(*row) for row in [("kind", "entries", "terms"), *rows]]
    lines += ["", *(_columns(*row) for row in [("terminology", "concepts", "names"), *named])]
    return "\n".join([*lines, "", f"rules {rulebook.digest}"]) + "\n"


def _columns(kind: str, number: str, words: str) -> str:
    return f"{kind:<14}{number:>9}{words:>9}".rstrip()


def describe_name(rulebook: Rulebook, terminology: Terminology, name: str) -> str | None:
    """Every entry that has `name` as its id, its label or one of its terms (in any case), and the concept of that name or code."""
    wanted = " ".join(name.lower().replace("_", " ").split())
    found = [_describe(entry) for entry in rulebook if wanted in _names(entry)]
    found += [_describe_table(kind, row) for kind, tables in _tables(rulebook) for row in tables if wanted in _words(row.values())]
    concept = terminology.lookup(normalise(name)) or terminology.by_code(name.upper())
    if concept is not None:
        found.append(_describe_concept(terminology, concept))
    return "\n".join(found) or None


def nearest_names(rulebook: Rulebook, name: str) -> list[str]:
    """Up to three known names that are spelt like this one."""
    known = {spelling for entry in rulebook for spelling in _names(entry)}
    return get_close_matches(name.lower().replace("_", " "), sorted(known), 3, 0.6)


def _names(entry: Entry) -> set[str]:
    """How it may be asked for: its id, label and terms in lower case, and their plurals where the entry has them."""
    names = {name.lower() for name in (entry.id.replace("_", " "), entry.label, *entry.terms, *entry.cased)}
    return names | {f"{name}s" for name in names} if entry.plural else names


def _tables(rulebook: Rulebook) -> Iterator[tuple[str, tuple[Mapping[str, Any], ...]]]:
    yield "unit", rulebook.units
    yield "multiple", rulebook.multiples
    yield from rulebook.other.items()


def _words(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value.lower()
        elif isinstance(value, list | tuple):
            yield from _words(value)


def _describe(entry: Entry) -> str:
    lines = [f"{entry.table} {entry.id}: {entry.label}  ({entry.file})"]
    for key in (field.name for field in fields(entry)):
        value = getattr(entry, key)
        if key not in _TOLD_APART and value not in (None, ()):
            lines.append(f"  {key}: {_shown(value)}")
    for example in entry.examples:
        lines += [f"  {text!r} gives {_shown(example.gives)}" for text in example.texts]
    lines += [f"  not yet: {gap.text!r} should give {_shown(gap.wants)} ({gap.why})" for gap in entry.known_gaps]
    return "\n".join(lines) + "\n"


def _describe_concept(terminology: Terminology, concept: TermConcept) -> str:
    lines = [f"terminology {concept.kind}: {concept.label}", f"  codes: {_shown(concept.codes)}"]
    if concept.narrower:
        lines.append(f"  filed there, but no synonym: {concept.narrower}")
    lines += [f"  is a: {parent.label} ({parent.codes[0]})" for parent in terminology.parents(concept)]
    return "\n".join(lines) + "\n"


def _describe_table(kind: str, row: Mapping[str, Any]) -> str:
    return "\n".join([kind, *(f"  {key}: {_shown(value)}" for key, value in row.items())]) + "\n"


def _shown(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
