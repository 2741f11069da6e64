"""Names: in, what somebody calls a thing; out, the rules' entries and the terminology's concepts of that name.

A name is compared without case and punctuation, in the singular and the plural, in British and American spelling. A short form that the
rules have in capitals counts only as written, and one that may mean several things counts for none of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.entries import Entry
from eligibility.rulebook import Rulebook
from eligibility.spelling import Spelling, normalise, plural, singulars
from eligibility.terminology import TermConcept, Terminology

TABLES = ("condition", "drug", "drug_class", "procedure", "analyte", "score", "panel", "state")


class Names:
    """The names of the rules' concepts, those of `TABLES`, with the terminology behind them."""

    def __init__(self, rulebook: Rulebook, terminology: Terminology) -> None:
        self._terminology = terminology
        self._spelling = Spelling(rulebook.other.get("spelling", ()))
        self._ambiguous = frozenset(row["short"] for row in rulebook.other.get("ambiguous", ()))
        self._forms: dict[str, list[Entry]] = {}
        self._cased: dict[str, list[Entry]] = {}
        for entry in sorted((e for e in rulebook if e.table in TABLES), key=lambda entry: TABLES.index(entry.table)):
            for form in dict.fromkeys(map(self._canonical, (entry.label, *entry.terms))):
                self._forms.setdefault(form, []).append(entry)
            for form in entry.cased:
                self._cased.setdefault(form, []).append(entry)

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms)

    def _canonical(self, name: str) -> str:
        return self._spelling.american(normalise(name))

    def find(self, name: str, *tables: str) -> list[Entry | TermConcept]:
        """What has the name, in the order of `TABLES`, of these tables alone where any are given; the rules before the terminology."""
        written = " ".join(name.split())
        found: list[Entry | TermConcept] = list(self._cased.get(written, ()) if written not in self._ambiguous else ())
        forms = self._said(name) if written not in self._ambiguous else ()
        for form in forms:
            found += (entry for entry in self._forms.get(form, ()) if entry not in found)
            if found:
                break
        kept = [entry for entry in found if not tables or (isinstance(entry, Entry) and entry.table in tables)]
        return kept or self._in_terminology(forms, tables)

    def _said(self, name: str) -> tuple[str, ...]:
        """The name as it is, in American spelling, and each in the singular and plural."""
        form = normalise(name)
        every = [form, self._spelling.american(form)]
        every += [single for one in every[:2] for single in singulars(one)]
        every += [more for one in every[:2] if (more := plural(one))]
        return tuple(dict.fromkeys(every))

    def _in_terminology(self, forms: tuple[str, ...], tables: tuple[str, ...]) -> list[Entry | TermConcept]:
        for form in forms:
            term = self._terminology.lookup(form)
            if term is not None and (not tables or term.kind in tables):
                return [term]
        return []
