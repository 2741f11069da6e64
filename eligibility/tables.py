"""Tables: in, criteria; out, rows of four tables: records (a fact a row), criteria, studies, issues. Their columns: `columns.py`.

Rows of one trial share `source` and `trial`; in a batch `study`, the running number of the input, joins the four tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticSerializationError

from eligibility.columns import COLUMNS_OF, Column, Kind, Table
from eligibility.records import records
from eligibility.result import Criteria, Criterion

__all__ = ["COLUMNS_OF", "Column", "Kind", "Row", "Table", "rows"]

Row = dict[str, Any]


def rows(criteria: Criteria, table: Table = "records") -> list[Row]:
    """The rows of one trial in a table, in text order; every row has all of the table's columns."""
    if table == "records":
        return records(criteria)
    shared = {"source": criteria.source, "trial": criteria.trial}
    own = {"criteria": _criteria, "studies": _studies, "issues": _issues}[table](criteria)
    return [shared | row for row in own]


def _criteria(criteria: Criteria) -> Iterator[Row]:
    for criterion in criteria.walk():
        number = criterion.number
        yield {
            "section": criterion.section,
            "criterion": number,
            "parent": number.rpartition(".")[0] or None,
            "cohort": criterion.cohort,
            "lead_in": criterion.lead_in,
            "structured": criterion.structured,
            "constraints": len(criterion.constraints),
            "requirement": _requirement(criterion),
            "phrase": str(criterion.requirement) if criterion.requirement is not None else None,
            "start": criterion.span.start,
            "end": criterion.span.end,
            "text": criterion.text,
        }


def _requirement(criterion: Criterion) -> str | None:
    """The tree as JSON, without the fields that are null."""
    node = criterion.requirement
    if node is None:
        return None
    try:
        return node.model_dump_json(exclude_none=True)
    except PydanticSerializationError:  # lone surrogates, which UTF-8 cannot hold
        return json.dumps(node.model_dump(mode="json", exclude_none=True))


def _studies(criteria: Criteria) -> Iterator[Row]:
    every = list(criteria.walk())
    yield {
        "title": criteria.title,
        "text": criteria.text,
        "inclusion": sum(criterion.section == "inclusion" for criterion in every),
        "exclusion": sum(criterion.section == "exclusion" for criterion in every),
        "structured": sum(criterion.structured for criterion in every),
        "constraints": len(criteria.constraints),
        "issues": len(criteria.issues),
        "rules": criteria.rules,
        "recognizer": criteria.recognizer,
    }


def _issues(criteria: Criteria) -> Iterator[Row]:
    for issue in criteria.issues:
        yield {
            "code": issue.code,
            "message": issue.message,
            "constraint": issue.constraint,
            "start": issue.span.start if issue.span else None,
            "end": issue.span.end if issue.span else None,
        }
