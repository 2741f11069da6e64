"""Columns: every column of the four tables, in order, with its kind and what it says; the one place that has them."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["string", "integer", "number", "boolean", "strings"]
Table = Literal["records", "criteria", "studies", "issues"]


class Column(NamedTuple):
    """A column: what its values are, whether they may be null, and what they say."""

    name: str
    kind: Kind
    nullable: bool
    description: str


_SOURCE = Column("source", "string", True, "the file's stem, or the id given by the caller")
_TRIAL = Column("trial", "string", True, "NCT id where the input carries its own")
_SECTION = Column("section", "string", False, "header, inclusion or exclusion")

_RECORDS = (
    _SOURCE,
    _TRIAL,
    _SECTION,
    Column("criterion", "string", True, "number within the section, nested: 3, 3.2; null in the header"),
    Column("constraint", "integer", False, "running number of the constraint in the document, from 1"),
    Column("type", "string", False, "what is constrained: age, sex, measurement, medication, condition, procedure, biomarker…"),
    Column("facet", "string", False, "value, dose, window, duration, count, stage, frequency, presence, or example"),
    Column("subject", "string", True, "the words that name what is constrained"),
    Column("concept", "string", True, "canonical label of the subject"),
    Column("code", "string", True, "SYSTEM:code of the concept"),
    Column("lower", "number", True, "lower bound as written, in `unit`; null where open"),
    Column("lower_inclusive", "boolean", True, "whether the lower bound itself satisfies"),
    Column("upper", "number", True, "upper bound as written, in `unit`; null where open"),
    Column("upper_inclusive", "boolean", True, "whether the upper bound itself satisfies"),
    Column("unit", "string", True, "UCUM code, or ULN, LLN, baseline, predicted, half_life; null where there is none"),
    Column("sex", "string", True, "for type sex: male, female, all"),
    Column("anchor", "string", True, "for windows: the event that time is counted from"),
    Column("direction", "string", True, "for windows: before, after, around the anchor"),
    Column("choose", "string", True, "for windows with alternatives: longest, shortest"),
    Column("negated", "boolean", False, "whether the words deny it"),
    Column("exception", "boolean", False, "whether it is an exception to what stands before it"),
    Column("temporality", "string", True, "history, current, planned"),
    Column("population", "string", True, "the part of the patients that it is for, in words"),
    Column("start", "integer", True, "offset of the expression in the input text, in Unicode code points; null in a record's own fields"),
    Column("end", "integer", True, "offset of its end, exclusive"),
    Column("subject_start", "integer", True, "offset of the subject"),
    Column("subject_end", "integer", True, "offset of the subject's end, exclusive"),
    Column("text", "string", True, "the expression: input[start:end]"),
    Column("rule", "string", False, "id of the rule that made the constraint, or what did"),
    Column("issues", "strings", False, "codes of the issues on the constraint"),
)
_CRITERIA = (
    _SOURCE,
    _TRIAL,
    _SECTION._replace(description="inclusion or exclusion"),
    Column("criterion", "string", False, "number within the section, nested: 3, 3.2"),
    Column("parent", "string", True, "number of the criterion that it stands under"),
    Column("cohort", "string", True, "the cohort that it is for, where it is not for all"),
    Column("lead_in", "boolean", False, "whether it only announces those under it (one of the following:)"),
    Column("structured", "boolean", False, "whether something in its own words was understood"),
    Column("constraints", "integer", False, "how many constraints its own words have"),
    Column("requirement", "string", True, "what a patient must satisfy, as JSON of a requirement tree; null where nothing was understood"),
    Column("phrase", "string", True, "the requirement in words"),
    Column("start", "integer", False, "offset in the input text, in Unicode code points"),
    Column("end", "integer", False, "offset of its end, exclusive"),
    Column("text", "string", False, "its own words, without those of the criteria under it: input[start:end]"),
)
_STUDIES = (
    _SOURCE,
    _TRIAL,
    Column("title", "string", True, "brief title, else the official one"),
    Column("text", "string", False, "the input text that every offset of the four tables points into"),
    Column("inclusion", "integer", False, "inclusion criteria, those under others counted too"),
    Column("exclusion", "integer", False, "exclusion criteria, those under others counted too"),
    Column("structured", "integer", False, "criteria in which something was understood"),
    Column("constraints", "integer", False, "constraints, those of the header counted too"),
    Column("issues", "integer", False, "issues"),
    Column("rules", "string", False, "digest of the rules that read it"),
    Column("recognizer", "string", True, "name and version of the trained recogniser; null where it was left out"),
)
_ISSUES = (
    _SOURCE,
    _TRIAL,
    Column("code", "string", False, "kind of issue: contradiction, unit_assumed, unit_missing, implausible, unstructured…"),
    Column("message", "string", False, "what a reader should know"),
    Column("constraint", "integer", True, "running number of the constraint concerned"),
    Column("start", "integer", True, "offset in the input text"),
    Column("end", "integer", True, "offset of its end, exclusive"),
)
COLUMNS_OF: dict[Table, tuple[Column, ...]] = {"records": _RECORDS, "criteria": _CRITERIA, "studies": _STUDIES, "issues": _ISSUES}
