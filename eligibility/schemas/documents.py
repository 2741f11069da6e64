"""Documents: in, the models and tables of this package; out, the JSON Schema of each thing that it writes or reads, generated."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from eligibility.batch.columns import BATCH_COLUMNS
from eligibility.batch.reading import BatchError
from eligibility.batch.summary import BatchSummary
from eligibility.columns import COLUMNS_OF, Column
from eligibility.comparison import Comparison
from eligibility.export.findings import LintedTrial
from eligibility.logic import Requirement
from eligibility.patient import Patient
from eligibility.result import Criteria
from eligibility.screening import Screening
from eligibility.summary import Summary
from eligibility.versioning import SCHEMA_VERSION

_MODELS: dict[str, tuple[Any, str]] = {
    "criteria": (Criteria, "a trial: `eligibility parse --format json` of one"),
    "criteria-array": (tuple[Criteria, ...], "trials: `eligibility parse --format json` of several"),
    "requirement": (Requirement, "what a patient must satisfy: `requirement` of a criterion and of the table of criteria"),
    "screening": (Screening, "a patient against a trial: `eligibility screen --format json`, one a line"),
    "linted-trial": (LintedTrial, "the findings on a trial: `eligibility lint --format json`, one a line"),
    "comparison": (Comparison, "two trials, or two versions of one: `eligibility compare --format json`"),
    "summary": (Summary, "the limits of many trials: `eligibility summary --format json`"),
    "patient": (Patient, "a patient: what `eligibility screen --patient` reads"),
    "batch-summary": (BatchSummary, "summary.json of a batch"),
    "batch-error": (BatchError, "a line of errors.jsonl of a batch: an entry that is in no table"),
}
_READ = ("patient",)  # what is read, not written: what has a default need not be there
_VERSION = Column("schema_version", "string", False, "version of this schema, major.minor")
_TABLES = {
    "record": ((*COLUMNS_OF["records"], _VERSION), "a fact: a line of `eligibility parse --format records`"),
    **{f"batch-{table}": (columns, f"a row of {table}.parquet of a batch") for table, columns in BATCH_COLUMNS.items()},
}
ROWS = frozenset(_TABLES)
_KINDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "strings": {"type": "array", "items": {"type": "string"}},
}


def generate() -> dict[str, dict[str, Any]]:
    """Every schema by the name of its document. KeyError where a property has no description in descriptions.toml."""
    made = {name: _of_model(model, "validation" if name in _READ else "serialization") for name, (model, _) in _MODELS.items()}
    made |= {name: _of_columns(columns) for name, (columns, _) in _TABLES.items()}
    about = {name: text for table in (_MODELS, _TABLES) for name, (_, text) in table.items()}
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:eligibility:schema:{name}:{SCHEMA_VERSION}",
            **found,
            "title": name,
            "description": about[name],
        }
        for name, found in sorted(made.items())
    }


def _of_model(model: Any, mode: Any) -> dict[str, Any]:
    found = TypeAdapter(model).json_schema(mode=mode)
    described = tomllib.loads(Path(__file__).with_name("descriptions.toml").read_text(encoding="utf-8"))
    for part in (found, *found.get("$defs", {}).values()):
        own = described.get(part.get("title", ""), {})
        for name, property_ in part.get("properties", {}).items():
            property_.pop("title", None)
            property_["description"] = own[name] if name in own else described["shared"][name]
        _require_tags(part)
    return dict(found)


def _require_tags(part: dict[str, Any]) -> None:
    """What says which document or kind of thing it is, is always there."""
    properties, required = part.get("properties", {}), part.get("required", ())
    tags = [name for name, property_ in properties.items() if "const" in property_ or name == "schema_version"]
    for name in tags:
        properties[name].pop("default", None)
    if tags:
        part["required"] = [name for name in properties if name in tags or name in required]


def _of_columns(columns: tuple[Column, ...]) -> dict[str, Any]:
    properties: dict[str, dict[str, Any]] = {}
    for column in columns:
        kind = _KINDS[column.kind]
        properties[column.name] = {"anyOf": [kind, {"type": "null"}]} if column.nullable else dict(kind)
        properties[column.name]["description"] = column.description
    names = [column.name for column in columns]
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}
