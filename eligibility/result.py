"""What `parse` returns: criteria with their constraints, requirements and issues, over the text they were read from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from eligibility.constraints import Constraint
from eligibility.frozen import Frozen
from eligibility.logic import Requirement
from eligibility.ranges import Span
from eligibility.versioning import Versioned

if TYPE_CHECKING:
    from eligibility.export.frame import Library
    from eligibility.tables import Table

IssueCode = Literal[
    "contradiction", "unit_assumed", "unit_missing", "implausible", "ambiguous",
    "unstructured", "unread_number", "no_section", "no_criteria", "text",
]  # fmt: skip


class Issue(Frozen):
    """Something a reader should know. `constraint` is the running number of the constraint concerned, where there is one."""

    code: IssueCode
    message: str
    span: Span | None = None
    constraint: int | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Criterion(Frozen):
    """One criterion. `text` and `span` are its own words, without its children's; `structured` is True where something was understood."""

    text: str
    span: Span
    section: Literal["inclusion", "exclusion"]
    number: str
    cohort: str | None = None
    lead_in: bool = False
    constraints: tuple[Constraint, ...] = ()
    requirement: Requirement | None = None
    children: tuple[Criterion, ...] = ()

    @property
    def structured(self) -> bool:
        return bool(self.constraints)

    def explain(self) -> str:
        """The requirement as an indented tree, each leaf with the words that it was read from."""
        from eligibility.explain import explain_criterion

        return explain_criterion(self)

    def walk(self) -> Iterator[Criterion]:
        """This criterion and all below it, in text order."""
        yield self
        for child in self.children:
            yield from child.walk()


class Criteria(Versioned):
    """The eligibility criteria of one trial. `text` is the input, `source` the caller's id for it, `trial` its NCT id, if it has one.

    `rules` is the digest of the rules, `recognizer` the name and version of the trained recogniser: None where it was left out.
    """

    text: str
    source: str | None = None
    trial: str | None = None
    title: str | None = None
    header: tuple[Constraint, ...] = ()
    inclusion: tuple[Criterion, ...] = ()
    exclusion: tuple[Criterion, ...] = ()
    issues: tuple[Issue, ...] = ()
    rules: str = ""
    recognizer: str | None = None

    def walk(self) -> Iterator[Criterion]:
        """Every criterion with its children, in text order."""
        for criterion in sorted(self.inclusion + self.exclusion, key=lambda criterion: criterion.span):
            yield from criterion.walk()

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """Every constraint in text order, the header's first; a constraint's running number is its place here, from 1."""
        return self.header + tuple(constraint for criterion in self.walk() for constraint in criterion.constraints)

    def explain(self) -> str:
        """Every criterion with its requirement as an indented tree, each leaf with the words that it was read from."""
        from eligibility.explain import explain_criteria

        return explain_criteria(self)

    def records(self) -> list[dict[str, Any]]:
        """The tidy table: one row a fact (columns: `eligibility.records.COLUMNS`)."""
        from eligibility.records import records

        return records(self)

    def to_frame(self, library: Library = "pyarrow", *, table: Table = "records") -> Any:
        """One of the four tables (records, criteria, studies, issues) as a `pyarrow.Table`, or with `library` a DataFrame of pandas or
        polars. Columns: `eligibility.tables.COLUMNS_OF`. Many trials in one table: `eligibility.frame`."""
        from eligibility.export.frame import frame

        return frame(self, table, library)


Criterion.model_rebuild()
