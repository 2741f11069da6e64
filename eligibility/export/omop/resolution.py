"""Resolution: in, what a constraint names; out, the standard concepts of a vocabulary that it means, or why there are none.

By code first, then by name: the label, else the other names that a rule has for it. A class of drugs that the vocabulary does not have is
its members, by the package's hierarchy. Several concepts of one name are taken where one stands above all others, or where all of them bear
the very name; else the name is ambiguous, and nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from eligibility.constraints import Concept
from eligibility.entries import DrugClass
from eligibility.export.omop.vocabulary import Domain, OmopConcept, Vocabulary
from eligibility.frozen import Frozen
from eligibility.screening.knowledge import Knowledge
from eligibility.spelling import Spelling, normalise, plural, singulars


class Unresolved(Frozen):
    """A name that the vocabulary does not have in the domain; `candidates` are what it may mean there where it may mean several things."""

    name: str
    domain: str
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.candidates:
            return f"{self.name}: {self.domain} has {len(self.candidates)} of that name: {'; '.join(self.candidates)}"
        return f"{self.name}: no {self.domain} of that name"


class Resolver:
    """Finds concepts in one vocabulary, each once."""

    def __init__(self, vocabulary: Vocabulary, knowledge: Knowledge) -> None:
        self._vocabulary = vocabulary
        self._knowledge = knowledge
        self._spelling = Spelling(knowledge.rulebook.other.get("spelling", ()))
        self._found: dict[tuple[str, tuple[str, ...], Domain], tuple[OmopConcept, ...] | Unresolved] = {}
        self._units: dict[str, OmopConcept | None] = {}

    def unit(self, ucum: str) -> OmopConcept | None:
        if ucum not in self._units:
            self._units[ucum] = self._vocabulary.unit(ucum)
        return self._units[ucum]

    def routes(self, *routes: str) -> tuple[OmopConcept, ...]:
        """The concepts of the names of the routes and of those that they have under them ("systemic": oral, intravenous …)."""
        values = {*routes, *(member for route in routes for member in self._knowledge.route_members.get(route, ()))}
        terms = [normalise(term) for term, value in self._knowledge.routes.items() if value in values]
        return tuple(self._vocabulary.named(terms, "Route")) if terms else ()

    def resolve(self, name: str, concept: Concept | None, domain: Domain) -> tuple[OmopConcept, ...] | Unresolved:
        """The concepts of what is called `name` and is, where a rule or the terminology knows it, this concept."""
        key = name, concept.codes if concept is not None else (), domain
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._resolve(name, concept, domain)
        return found

    def _resolve(self, name: str, concept: Concept | None, domain: Domain) -> tuple[OmopConcept, ...] | Unresolved:
        for code in concept.codes if concept is not None else ():
            coded = self._vocabulary.by_code(code, domain)
            if coded:
                return tuple(coded)
        entry = self._knowledge.rulebook.find(concept.id) if concept is not None else None
        for names in ((name,), entry.terms if entry is not None else ()):
            named = _best(self._vocabulary.named(self._forms(names), domain)) if names else []
            if named:
                return self._chosen(name, named, domain)
        members = self._members(concept) if concept is not None and isinstance(entry, DrugClass) else ()
        return members or Unresolved(name=name, domain=domain)

    def _forms(self, names: Iterable[str]) -> list[str]:
        """The names in British and American spelling, in the singular and the plural."""
        said = [normalise(name) for name in names]
        spelt = [form for one in said for form in (one, self._spelling.american(one), self._spelling.british(one))]
        numbers = [form for one in spelt for form in (*singulars(one), plural(one)) if form is not None]
        return list(dict.fromkeys((*spelt, *numbers)))

    def _chosen(self, name: str, named: Sequence[OmopConcept], domain: Domain) -> tuple[OmopConcept, ...] | Unresolved:
        if len(named) == 1:
            return tuple(named)
        for one in named:
            if self._vocabulary.is_ancestor_of_all(one, [other for other in named if other is not one]):
                return (one,)
        if len({normalise(one.name) for one in named}) == 1:
            return tuple(named)
        return Unresolved(name=name, domain=domain, candidates=tuple(map(str, named)))

    def _members(self, concept: Concept) -> tuple[OmopConcept, ...]:
        return tuple(self._by_kind.get(self._knowledge.hierarchy.node(concept), ()))

    @cached_property
    def _by_kind(self) -> dict[str, list[OmopConcept]]:
        """The ingredients of the vocabulary by every class that they are a kind of."""
        found: dict[str, list[OmopConcept]] = {}
        hierarchy = self._knowledge.hierarchy
        for ingredient in self._vocabulary.ingredients():
            node = hierarchy.find_node(ingredient.name, "drug")
            for kind in hierarchy.above(node) if node is not None else ():
                found.setdefault(kind, []).append(ingredient)
        return found


def _best(named: Sequence[OmopConcept]) -> list[OmopConcept]:
    """Those that stand in records; where there are none, those that classify them."""
    return [one for one in named if one.standard == "S"] or list(named)
