"""Commands over the text of trials: `parse` and `lint`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eligibility.cli.documents import write_document

if TYPE_CHECKING:
    from eligibility.export.formats import Document


class OutputFormat(StrEnum):
    table = "table"
    json = "json"
    records = "records"
    html = "html"


class FindingsFormat(StrEnum):
    table = "table"
    json = "json"


def parse(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders, glob patterns, or - for stdin.")],
    format: Annotated[
        OutputFormat, typer.Option(help="A table to read, JSON, records (JSON Lines, one row a fact), or a page.")
    ] = OutputFormat.table,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here instead of to stdout.")] = None,
) -> None:
    """Read the criteria of trials: registry pages, criteria blocks, API v2 JSON, classic XML, AACT, tables; zip and gzip of them."""
    from eligibility.export.formats import make_document

    def make(several: bool, width: int, color: bool) -> Document:
        return make_document(format.value, several=several, width=width, color=color)

    if write_document(paths, out, make):
        raise typer.Exit(1)


def lint(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders, glob patterns, or - for stdin.")],
    format: Annotated[FindingsFormat, typer.Option(help="A table to read, or JSON Lines, one trial a line.")] = FindingsFormat.table,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 where there is an error or a warning, not only a note.")] = False,
) -> None:
    """Contradictions, gaps, vague thresholds and missing units in the criteria of trials."""
    from eligibility.export.findings import FindingsDocument

    made: list[FindingsDocument] = []

    def make(several: bool, width: int, color: bool) -> Document:
        made.append(FindingsDocument(json=format is FindingsFormat.json, width=width, color=color))
        return made[0]

    if write_document(paths, None, make) or (strict and any(document.count for document in made)):
        raise typer.Exit(1)
