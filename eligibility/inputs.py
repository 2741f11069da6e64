"""Inputs: in, a file; out, the criteria of its trials. Criteria that were saved as JSON are read back, and need no parser.

What cannot be read is an `Unreadable` in its place, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from eligibility.result import Criteria
from eligibility.sources import Unreadable, read_entries, read_json

_OWN_FIELDS = frozenset({"text", "inclusion", "exclusion"})


def read_criteria(path: Path) -> Iterator[Criteria | Unreadable]:
    """The criteria of every trial of a file: saved by `eligibility parse --format json`, or of any source that `parse` reads."""
    if _is_saved(path):
        yield from (_criteria(path, number, document) for number, document in enumerate(read_json(path), 1))
        return
    from eligibility.pipeline import parse

    for entry in read_entries(path):
        yield entry if isinstance(entry, Unreadable) else parse(entry)


def _is_saved(path: Path) -> bool:
    """Whether the first document of a file is saved criteria."""
    if path.suffix.lower() != ".json":
        return False
    first = next(read_json(path), None)
    return isinstance(first, dict) and ("schema_version" in first or first.keys() >= _OWN_FIELDS)


def _criteria(path: Path, number: int, document: object) -> Criteria | Unreadable:
    if isinstance(document, Unreadable):
        return document
    try:
        return Criteria.model_validate(document)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "the whole"
        said = f"{place}: {problem['msg'].removeprefix('Value error, ')}"
        return Unreadable(str(path), number, f"no saved criteria ({said}): parse the trial again")
