"""Columns of a batch's tables: those of every table, what the registry says of a study, and `study`, which joins the four."""

from __future__ import annotations

from eligibility.columns import COLUMNS_OF, Column, Table

_STUDY = Column("study", "integer", False, "running number of the entry in the batch, from 1: joins the four tables and errors.jsonl")
_REGISTRY = (
    Column("conditions", "strings", False, "conditions that the registry names for the trial"),
    Column("phase", "string", True, "early 1, 1, 1/2, 2, 2/3, 3, 4 or not applicable"),
    Column("age", "string", True, "the registry's field of both ages, as written"),
    Column("minimum_age", "string", True, "the registry's field, as written"),
    Column("maximum_age", "string", True, "the registry's field, as written"),
    Column("sex", "string", True, "the registry's field, as written"),
    Column("healthy_volunteers", "string", True, "the registry's field, as written"),
    Column("file", "string", False, "the file, as it was found"),
    Column("entry", "integer", False, "place in the file, from 1"),
)
BATCH_COLUMNS: dict[Table, tuple[Column, ...]] = {
    table: (*columns, *(_REGISTRY if table == "studies" else ()), _STUDY) for table, columns in COLUMNS_OF.items()
}
