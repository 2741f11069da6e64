"""The hierarchy of concepts: in, two concepts or their names; out, whether one is a kind of the other.

It joins what the rules say (`is_a` of conditions and procedures, `members` of classes and panels, stems of the names of drugs) with the
tree of MeSH, less the branches that rules/hierarchy.toml cuts. A place in it, a node, is the id of a rule, or the main code of a concept
that no rule has, with a name behind it where MeSH files that name under the concept without calling it a synonym. Everything is looked
up on demand and kept. Nothing here reads a criterion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from eligibility.codes import code_owners, entry_codes
from eligibility.entries import Drug, DrugClass, Entry, Panel, nearest
from eligibility.errors import InputError
from eligibility.names import Names
from eligibility.rulebook import Rulebook, load_rulebook
from eligibility.spelling import normalise
from eligibility.terminology import TermConcept, Terminology, load_terminology

_CODE = re.compile(r"[A-Z][A-Z0-9_-]*:\S+")


class Coded(Protocol):
    """What a concept says of itself."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def codes(self) -> tuple[str, ...]: ...


class Hierarchy:
    """The concepts of a rulebook and the terminology, each with all that it is a kind of."""

    def __init__(self, rulebook: Rulebook, terminology: Terminology) -> None:
        self._terminology = terminology
        self._entries = {entry.id: entry for entry in rulebook}
        self.codes = entry_codes(rulebook, terminology)
        self._owners = code_owners(rulebook, self.codes)
        self.names = Names(rulebook, terminology)
        self._classes: dict[str, list[str]] = {}
        for entry in rulebook:
            if isinstance(entry, DrugClass | Panel):
                for member in entry.members:
                    self._classes.setdefault(member, []).append(entry.id)
        self._trees = tuple(tree for row in rulebook.other.get("tree_kept", ()) for tree in row["trees"])
        self._stems = tuple((row["ends"], row["class"], frozenset(row.get("never", ()))) for row in rulebook.other.get("stem", ()))
        self._salts = frozenset(word for row in rulebook.other.get("salt", ()) for word in row["words"])
        self._nodes: dict[tuple[str, tuple[str, ...]], str] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._above: dict[str, frozenset[str]] = {}
        self._links = self._by_node((row["concepts"], row["is_a"]) for row in rulebook.other.get("link", ()))
        self._never = self._by_node((row["concepts"], [row["wider"]]) for row in rulebook.other.get("not_a", ()))

    def _by_node(self, rows: Iterable[tuple[list[str], list[str]]]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for concepts, wider in rows:
            for name in concepts:
                node = self._look_up(name, "condition")
                found[node] = (*found.get(node, ()), *(self._look_up(one, "condition") for one in wider))
        return found

    def is_a(self, narrow: Coded, wide: Coded | str) -> bool:
        """True where the first is the second or a kind of it. InputError where a name is not known; an unknown code is none."""
        if isinstance(wide, str) and wide in (narrow.id, narrow.label):
            return True
        below = self._nodes.get((narrow.id, narrow.codes)) or self.node(narrow)
        above = self._node_of_name(wide, below) if isinstance(wide, str) else self._nodes.get((wide.id, wide.codes)) or self.node(wide)
        return below == above or above in self.above(below)

    def node(self, concept: Coded) -> str:
        """The concept's place: by its id where a rule has it, else by its codes; its id where nothing is known of it."""
        key = concept.id, concept.codes
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = self._find(concept)
        return found

    def _find(self, concept: Coded) -> str:
        own = self.codes.get(concept.id, ())
        if concept.id in self._entries and (not own or not concept.codes or set(own) & set(concept.codes)):
            return concept.id
        for code in concept.codes:
            term = self._terminology.by_code(code)
            if term is not None:
                form = normalise(concept.label)
                named = self._terminology.lookup(form)
                filed = named is not None and named.number == term.number and bool(named.narrower)
                return f"{term.codes[0]} {form}" if filed else self._owner(term)
            if code in self._owners:
                return self._owners[code].id
        return concept.id

    def _owner(self, term: TermConcept) -> str:
        """The node of a concept of the terminology: the rule that has one of its codes, else its main code."""
        return next((self._owners[code].id for code in term.codes if code in self._owners), term.codes[0])

    def find_node(self, name: str, *tables: str) -> str | None:
        """The node of an id, a code or a name, of these tables alone where any are given; None where it is not known."""
        if name in self._entries and not (tables and self._entries[name].table not in tables):
            return name
        found = self.of_code(name) if _CODE.fullmatch(name) else next(iter(self.names.find(name, *tables)), None)
        if found is None:
            return None
        return found.id if isinstance(found, Entry) else self.place(found)

    def _node_of_name(self, name: str, near: str) -> str:
        """The node of an id, a code or a name; where a name has several, that of the kind of the node `near`."""
        table = self.table(near)
        found = self._named.get((name, table))
        if found is None:
            found = self._named[name, table] = self._look_up(name, table)
        return found

    def _look_up(self, name: str, table: str) -> str:
        if name in self._entries:
            return name
        if _CODE.fullmatch(name):
            term = self._terminology.by_code(name)
            return self._owner(term) if term is not None else self._owners[name].id if name in self._owners else name
        found = self.names.find(name, table) or self.names.find(name)
        if not found:
            raise InputError(f"no concept has the id, code or name {name!r}{nearest(normalise(name), self.names)}")
        return found[0].id if isinstance(found[0], Entry) else self.place(found[0])

    def of_code(self, code: str) -> Entry | TermConcept | None:
        """What has the code ("MESH:D003924"): the rules before the terminology."""
        system, _, local = code.partition(":")
        code = f"{system.upper()}:{local}"
        return self._owners.get(code) or self._terminology.by_code(code)

    def place(self, term: TermConcept) -> str:
        """The node of a concept of the terminology as its name was looked up."""
        return f"{term.codes[0]} {term.narrower}" if term.narrower else self._owner(term)

    def table(self, node: str) -> str:
        """The table of the node's rule, or the kind of its concept of the terminology; "" where nothing is known of it."""
        if node in self._entries:
            return self._entries[node].table
        term = self._terminology.by_code(node.partition(" ")[0])
        return term.kind if term is not None else ""

    def label(self, node: str) -> str:
        """The name of a node; the node itself where nothing is known of it."""
        if node in self._entries:
            return self._entries[node].label
        term = self._terminology.by_code(node.partition(" ")[0])
        return node.partition(" ")[2] or (term.label if term is not None else node)

    def above(self, node: str) -> frozenset[str]:
        """All nodes that the node is a kind of, without itself."""
        found = self._above.get(node)
        if found is None:
            reached: set[str] = set()
            waiting = list(self.parents(node))
            while waiting:
                parent = waiting.pop()
                if parent not in reached:
                    reached.add(parent)
                    waiting.extend(self.parents(parent))
            found = self._above[node] = frozenset(reached)
        return found

    def parents(self, node: str) -> tuple[str, ...]:
        """The next wider nodes, by the rules first, then by the tree."""
        return tuple(dict.fromkeys(parent for parent in self._parents(node) if parent != node))

    def _parents(self, node: str) -> Iterator[str]:
        entry = self._entries.get(node)
        code, _, narrower = node.partition(" ")
        yield from self._links.get(node, ())
        if entry is not None:
            yield from getattr(entry, "is_a", ())
            yield from self._classes.get(node, ())
            if isinstance(entry, Drug):
                yield from self._by_name(entry.label)
            for own in self.codes.get(node, ()):
                if self._owners[own].id == node:
                    yield from self._by_tree(node, self._terminology.by_code(own))
        elif narrower:
            term = self._terminology.by_code(code)
            yield self._owner(term) if term is not None else code
        else:
            term = self._terminology.by_code(code)
            yield from self._by_tree(node, term)
            if term is not None and term.kind == "drug":
                yield from self._by_name(term.label)

    def _by_tree(self, node: str, term: TermConcept | None) -> Iterator[str]:
        """The nearest known concept above each place of the tree, but for those that the rules say it is none of."""
        for tree in term.trees if term is not None else ():
            if not tree.startswith(self._trees):
                continue
            parent = self._next_above(tree)
            if parent and not any(wider == parent or wider in self.above(parent) for wider in self._never.get(node, ())):
                yield parent

    def _next_above(self, tree: str) -> str:
        while tree:
            tree = tree.rpartition(".")[0]
            found = self._terminology.by_tree(tree)
            if found is not None:
                return self._owner(found)
        return ""

    def _by_name(self, label: str) -> Iterator[str]:
        """The classes of which a drug's name has the stem, and the drug of which it names a salt."""
        words = normalise(label).split()
        bare = [word for word in words if word not in self._salts] or words
        for ending, wider, never in self._stems:
            if any(word.endswith(ending) and word not in never for word in bare):
                yield wider
        if len(bare) < len(words):
            found = self.names.find(" ".join(bare), "drug")
            if found:
                yield found[0].id if isinstance(found[0], Entry) else self._owner(found[0])


def load_hierarchy(rules: Sequence[str | Path] = ()) -> Hierarchy:
    """The hierarchy of the package's rules with the folders `rules` laid over them, and the terminology; made once for each."""
    return _load(tuple(map(Path, rules)))


@cache
def _load(folders: tuple[Path, ...]) -> Hierarchy:
    return Hierarchy(load_rulebook(folders), load_terminology())
