"""Sifting: in, a file of a folder or an archive, by its name and what lies beside it; out, why it is not read, if it is not.

A file that a caller names is always read. Of many, those are read whose names are such as trials have; the tables that AACT keeps
beside its `eligibilities.txt`, and what tells about the files, are left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import PurePath

from eligibility.sources.blobs import encoding_of

SUFFIXES = (".txt", ".json", ".jsonl", ".ndjson", ".xml", ".csv", ".tsv", ".parquet", ".zip", ".gz")
_ABOUT = frozenset({"readme", "license", "licence", "contents", "changelog"})
_AACT = "eligibilities.txt"


def why_not(name: PurePath, beside: Collection[str], head: Callable[[], bytes]) -> str | None:
    """Why the file is not read, in words; None where it is. `beside`: names in its folder; `head`: its first bytes, where they matter."""
    if name.suffix.lower() not in SUFFIXES:
        return f"no name that trials have ({', '.join(SUFFIXES)}): name the file itself to have it read"
    if name.stem.lower() in _ABOUT:
        return "tells about the files beside it: name the file itself to have it read"
    if name.suffix == ".txt" and name.name != _AACT and _AACT in beside and _is_companion(head()):
        return f"a table of AACT without criteria, beside {_AACT}"
    return None


def is_hidden(name: PurePath) -> bool:
    """True for what a system keeps for itself: names that begin with a dot, and what macOS puts into archives."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.parts)


def _is_companion(head: bytes) -> bool:
    from eligibility.sources.tables import is_companion

    return is_companion(head.decode(encoding_of(head), "replace"))
