"""JSON Schemas: in, the name of a document that this package writes or reads; out, its schema, as it lies in the package.

They are generated from the models and tables (`python -m eligibility.schemas`), and published in `docs/schemas`.
"""

from __future__ import annotations

import json
from typing import Any

from eligibility.entries import nearest
from eligibility.errors import InputError
from eligibility.resources import data_dir


def names() -> tuple[str, ...]:
    """The documents that have a schema."""
    return tuple(sorted(path.stem for path in data_dir("docs/schemas").glob("*.json")))


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a document; InputError where there is none of that name."""
    if name not in names():
        raise InputError(f"there is no schema {name!r}{nearest(name, names())}: give one of {', '.join(names())}")
    found: dict[str, Any] = json.loads((data_dir("docs/schemas") / f"{name}.json").read_text(encoding="utf-8"))
    return found
