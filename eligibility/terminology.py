"""The compiled terminology: in, a name or a code; out, the disease or drug it means, with its codes and its place in the tree of MeSH.

It is read from `models/terminology`, which `models/build_terminology.py` makes: the names stand in one trie, the concepts in one table
whose lines are read when they are asked for. Nothing here reads a criterion. Source of codes and trees: see `models/README.md`.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import marisa_trie

from eligibility.errors import EligibilityError
from eligibility.resources import data_dir
from eligibility.spelling import normalise

NARROWER = 0x8000  # the bit of a name's number that says: filed under its concept, but no synonym of it
FILES = ("names.marisa", "numbers.bin", "concepts.tsv", "starts.tsv")


class TermConcept(NamedTuple):
    """A disease ("condition"), a drug ("drug") or a class of drugs ("drug_class"); `codes` are "SYSTEM:code", the main one first.

    `trees` are tree numbers of MeSH: a concept is a kind of every concept one of whose tree numbers begins one of its own. `narrower` is
    the name that was looked up where MeSH files it under this concept without calling it a synonym ("corneal scar": corneal injuries).
    """

    number: int
    kind: str
    label: str
    codes: tuple[str, ...]
    trees: tuple[str, ...]
    narrower: str = ""


class Terminology:
    """Names and concepts of one folder.

    `single` are the names of one word; `longer` gives each word that begins a longer name all words that follow it there, between blanks.
    """

    def __init__(self, folder: Path) -> None:
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise EligibilityError(f"{folder} has no {missing[0]}: run models/build_terminology.py, or reinstall the package")
        self._names = marisa_trie.Trie()
        self._names.load(str(folder / "names.marisa"))
        self._numbers = array("H", (folder / "numbers.bin").read_bytes())
        if sys.byteorder == "big":
            self._numbers.byteswap()
        self._lines = (folder / "concepts.tsv").read_text(encoding="utf-8").split("\n")[1:-1]
        single, *longer = (folder / "starts.tsv").read_text(encoding="utf-8").split("\n")[:-1]
        self.single = frozenset(single.split(" "))
        self.longer: dict[str, str] = dict(line.split("\t") for line in longer)

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[TermConcept]:
        return map(self.concept, range(len(self)))

    def concept(self, number: int) -> TermConcept:
        """The concept of that number, which counts from 0."""
        kind, codes, trees, label = self._lines[number].split("\t")
        return TermConcept(number, kind, label, tuple(codes.split()), tuple(trees.split()))

    def lookup(self, name: str) -> TermConcept | None:
        """The concept that has exactly this name, in any case and with any punctuation; None where there is none."""
        form = normalise(name)
        place = self._names.get(f"{form} ")
        return None if place is None else self.named(form, self._numbers[place])

    def named(self, form: str, number: int) -> TermConcept:
        """The concept of a name's number, as `beginning` gives both."""
        return self.concept(number & ~NARROWER)._replace(narrower=form if number & NARROWER else "")

    def beginning(self, words: str) -> list[tuple[str, int]]:
        """The names that begin the words (normalised, each with a blank behind it), the longest last, each with its number."""
        return [(name[:-1], self._numbers[self._names[name]]) for name in self._names.prefixes(words)]

    def by_code(self, code: str) -> TermConcept | None:
        """The concept of a code such as "MESH:D001172"; None where the terminology has none."""
        number = self._by_code.get(code)
        return None if number is None else self.concept(number)

    def by_tree(self, tree: str) -> TermConcept | None:
        """The concept at that place of the tree; None where the terminology has none there."""
        number = self._by_tree.get(tree)
        return None if number is None else self.concept(number)

    def is_a(self, code: str, wider: str) -> bool:
        """True where the first code's concept is the second's, or a kind of it by MeSH's tree; False where one of them is not known."""
        narrow, wide = self.by_code(code), self.by_code(wider)
        if narrow is None or wide is None:
            return False
        return narrow.number == wide.number or any(tree.startswith(f"{above}.") for tree in narrow.trees for above in wide.trees)

    def parents(self, concept: TermConcept) -> tuple[TermConcept, ...]:
        """The next wider concepts, one for each of its places in the tree whose parent is known."""
        above = dict.fromkeys(self._by_tree.get(tree.rpartition(".")[0], -1) for tree in concept.trees)
        return tuple(self.concept(number) for number in above if number >= 0)

    def names(self) -> Iterator[tuple[str, TermConcept]]:
        """Every name, normalised, with its concept: slow, for listings and checks."""
        for name, place in self._names.items():
            yield name[:-1], self.named(name[:-1], self._numbers[place])

    def counts(self) -> dict[str, tuple[int, int]]:
        """For each kind, how many concepts and how many names there are."""
        kinds = [line.partition("\t")[0] for line in self._lines]
        named = sorted(kinds[number & ~NARROWER] for number in self._numbers)
        names = {kind: sum(1 for _ in group) for kind, group in groupby(named)}
        return {kind: (kinds.count(kind), names.get(kind, 0)) for kind in dict.fromkeys(kinds)}

    @cached_property
    def _by_code(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for number, line in enumerate(self._lines):
            for code in line.split("\t")[1].split():
                found.setdefault(code, number)
        return found

    @cached_property
    def _by_tree(self) -> dict[str, int]:
        return {tree: number for number, line in enumerate(self._lines) for tree in line.split("\t")[2].split()}


@cache
def load_terminology() -> Terminology:
    """The package's terminology; read once."""
    return Terminology(data_dir("models") / "terminology")
