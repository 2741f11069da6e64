"""Rows: in, the row of a table or a flat JSON object, and which of its columns is which field; out, a `Study`.

A column is found by its name (`rules/columns.toml`), or by the caller's mapping of fields to columns. Criteria stay as they are.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from functools import cache

from eligibility.errors import InputError
from eligibility.resources import data_dir
from eligibility.sources.page import read_page
from eligibility.sources.study import HeaderField, Study

_HEADER = ("minimum_age", "maximum_age", "sex", "healthy_volunteers")
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")
_NCT = re.compile(r"\s*(NCT\d{8})\s*", re.IGNORECASE)
_BETWEEN = ("|", "\n", ";")  # the values of a cell, by the first of them that is there
_ANSWERS = {"true": "Yes", "t": "Yes", "y": "Yes", "1": "Yes", "false": "No", "f": "No", "n": "No", "0": "No"}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@cache
def column_names() -> dict[str, tuple[str, ...]]:
    """For each field the names that its column may have."""
    table = tomllib.loads((data_dir("rules") / "columns.toml").read_text(encoding="utf-8"))
    return {entry["field"]: tuple(entry["names"]) for entry in table["study_column"]}


def check_columns(columns: Mapping[str, str]) -> None:
    """Raise InputError where a caller's mapping names a field that there is not."""
    for field in columns:
        if field not in column_names():
            near = get_close_matches(field, column_names(), 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(column_names())}"
            raise InputError(f"columns: {field!r} is no field of a study: {hint}")


def known_fields(header: Sequence[str]) -> dict[str, str]:
    """Field -> column of the header, for every field whose name is known."""
    given = {_NOT_A_NAME.sub("_", name.lower()).strip("_"): name for name in reversed(header)}
    found = ((field, next((given[name] for name in names if name in given), None)) for field, names in column_names().items())
    return {field: name for field, name in found if name is not None}


def fields_of(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Field -> column of the header, the caller's own first; raises InputError where the criteria or one of the caller's is lacking."""
    has = f"it has {', '.join(header)}" if len(header) <= 40 else f"it has {len(header)} columns, from {header[0]} to {header[-1]}"
    for field, name in columns.items():
        if name not in header:
            raise InputError(f"no column {name!r} for {field}: {has}")
    found = known_fields(header) | dict(columns)
    if "criteria" not in found and "text" not in found:
        raise InputError(f"a table without a column of criteria: {has}; name its column (columns={{'criteria': …}})")
    return found


def study_of_row(row: Mapping[str, object], fields: Mapping[str, str], stem: str) -> Study:
    """The study of a row; its source is the row's id, then its NCT id, then `stem`. Raises InputError where the criteria are no text."""
    value = {field: row.get(column) for field, column in fields.items()}
    criteria, page = _text(value, "criteria", fields), _text(value, "text", fields)
    identifier, nct = _written(value.get("id")), _written(value.get("nct_id"))
    own = next((found[1].upper() for found in map(_NCT.fullmatch, (nct or "", identifier or "")) if found), None)
    header = [(name, written) for name in _HEADER if (written := _header_value(name, value.get(name))) is not None]
    source, title = identifier or nct or stem, _written(value.get("title"))
    conditions, phases = tuple(_several(value.get("conditions"))), tuple(_several(value.get("phase")))
    study = Study.of_record(source, own, title, criteria or page, header, conditions, phases)
    if criteria is None and page is not None:
        study = _with_page(study, read_page(page, source))
    for name, written in header:
        if name.endswith("_age") and _NUMBER.fullmatch(written):
            study = study.noted(f"{fields[name]} {written} has no unit: read as years")
    return study


def _with_page(study: Study, page: Study) -> Study:
    """The row's study with what its text shows; where both have a field, the row's counts."""
    named = {field.name for field in study.header}
    shown: tuple[HeaderField, ...] = tuple(field for field in page.header if field.name not in named)
    return replace(
        study, id=study.id or page.id, title=study.title or page.title, header=(*study.header, *shown),
        blocks=page.blocks, alternates=page.alternates, notes=(*study.notes, *page.notes),
    )  # fmt: skip


def _text(value: Mapping[str, object], field: str, fields: Mapping[str, str]) -> str | None:
    found = value.get(field)
    if _is_void(found):
        return None
    if not isinstance(found, str):
        raise InputError(f"its {fields[field]} is no text but {found!r:.60}: give the criteria as text")
    return found


def _is_void(value: object) -> bool:
    return value is None or value == "" or value != value


def _written(value: object) -> str | None:
    """A cell as it is written; None for an empty one."""
    if _is_void(value):
        return None
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value:g}" if isinstance(value, float) else str(value).strip() or None


def _header_value(name: str, value: object) -> str | None:
    written = _written(value)
    return _ANSWERS.get(written.lower(), written) if written and name == "healthy_volunteers" else written


def _several(value: object) -> Iterator[str]:
    """The values of a cell that may hold several: a list, a list as JSON, or parts between `|`, line ends or `;`."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(ValueError, RecursionError):  # a name may begin with a bracket
            value = json.loads(value)
    if isinstance(value, list | tuple):
        yield from (written for part in value if (written := _written(part)) is not None)
    elif (written := _written(value)) is not None:
        between = next((sign for sign in _BETWEEN if sign in written), "|")
        yield from (part.strip() for part in written.split(between) if part.strip())
