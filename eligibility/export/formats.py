"""Documents in pieces: one trial in, the text to write next out; so a document of any length is written without being held.

A document is `head()`, `trial(criteria)` for each, `tail()`.
Lone surrogates, which UTF-8 cannot hold, leave records and json as escapes.
"""

from __future__ import annotations

import json
from typing import Literal, Protocol

from pydantic_core import PydanticSerializationError

from eligibility.result import Criteria
from eligibility.versioning import SCHEMA_VERSION, Versioned

Format = Literal["table", "json", "records", "html"]


class Document(Protocol):
    def head(self) -> str: ...
    def trial(self, criteria: Criteria) -> str: ...
    def tail(self) -> str: ...


def make_document(format: Format, *, several: bool = False, width: int = 120, color: bool = False) -> Document:
    """`several`: the json document is an array even of one; without it, where a second trial comes. `width` and `color` are the table's."""
    if format == "records":
        return Records()
    if format == "json":
        return Json(several)
    return Html() if format == "html" else Table(width, color)


class Records:
    """JSON Lines, one row a fact."""

    def head(self) -> str:
        return ""

    def trial(self, criteria: Criteria) -> str:
        return "".join(to_json(row | {"schema_version": SCHEMA_VERSION}) + "\n" for row in criteria.records())

    def tail(self) -> str:
        return ""


class Json:
    """One object for one trial; an array for several, one trial a line."""

    def __init__(self, several: bool) -> None:
        self._array = several
        self._first: str | None = None
        self._count = 0

    def head(self) -> str:
        return ""

    def trial(self, criteria: Criteria) -> str:
        document = document_to_json(criteria)
        self._count += 1
        if self._count == 1 and not self._array:
            self._first = document
            return ""
        if self._first is not None:
            document = f"{self._first},\n{document}"
            self._first, self._array = None, True
            return "[\n" + document
        return ("[\n" if self._count == 1 else ",\n") + document

    def tail(self) -> str:
        if self._first is not None:
            return self._first + "\n"
        if not self._array:
            return ""
        return "\n]\n" if self._count else "[]\n"


class Html:
    """One page with a section for each trial."""

    def head(self) -> str:
        from eligibility.export.html import page_head

        return page_head()

    def trial(self, criteria: Criteria) -> str:
        from eligibility.export.html import to_section

        return to_section(criteria)

    def tail(self) -> str:
        from eligibility.export.html import PAGE_TAIL

        return PAGE_TAIL


class Table:
    """A table for each trial."""

    def __init__(self, width: int, color: bool) -> None:
        self._width, self._color = width, color

    def head(self) -> str:
        return ""

    def trial(self, criteria: Criteria) -> str:
        from eligibility.export.table import to_table

        return to_table(criteria, width=self._width, color=self._color)

    def tail(self) -> str:
        return ""


def to_json(value: object) -> str:
    """One line of JSON in readable UTF-8; in ASCII escapes where the value has a lone surrogate."""
    line = json.dumps(value, ensure_ascii=False)
    return line if _encodes(line) else json.dumps(value)


def document_to_json(document: Versioned) -> str:
    """The whole object on one line, as its `model_validate_json` reads it (lone surrogates: `model_validate(json.loads(…))`)."""
    try:
        return document.model_dump_json()
    except PydanticSerializationError:
        return json.dumps(document.model_dump(mode="json"))


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
