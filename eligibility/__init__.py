"""Eligibility criteria of clinical trials: text in, computable constraints out.

Every name below is imported when it is first asked for: `import eligibility` imports neither spaCy nor pint nor pydantic.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint

    from eligibility.comparison import Change, Comparison, compare
    from eligibility.concepts import concept
    from eligibility.constraints import (
        Age,
        Biomarker,
        Concept,
        Condition,
        Consent,
        Constraint,
        Contraception,
        Lactation,
        Measurement,
        Medication,
        Other,
        Pregnancy,
        Procedure,
        Sex,
        Subject,
        Trial,
    )
    from eligibility.errors import EligibilityError, InputError, RuleError, UnitError
    from eligibility.export.frame import frame
    from eligibility.hierarchy import Hierarchy, load_hierarchy
    from eligibility.linter import Finding, lint
    from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
    from eligibility.nlp import load
    from eligibility.patient import Patient
    from eligibility.pipeline import parse, parse_many
    from eligibility.ranges import Bound, Range, Span, Window
    from eligibility.result import Criteria, Criterion, Issue
    from eligibility.screening import Screening, screen, screen_many
    from eligibility.sources import Study, Unreadable, find_files, read_entries, read_file

    __version__: str
    ureg: pint.UnitRegistry[Any]

__all__ = [
    "Age",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Biomarker",
    "Bound",
    "Change",
    "Comparison",
    "Concept",
    "Condition",
    "Consent",
    "Constraint",
    "Contraception",
    "Criteria",
    "Criterion",
    "EligibilityError",
    "Finding",
    "Hierarchy",
    "IfThen",
    "InputError",
    "Issue",
    "Lactation",
    "Leaf",
    "Measurement",
    "Medication",
    "Not",
    "Other",
    "Patient",
    "Pregnancy",
    "Procedure",
    "Range",
    "Requirement",
    "RuleError",
    "Screening",
    "Sex",
    "Span",
    "Study",
    "Subject",
    "Trial",
    "UnitError",
    "Unreadable",
    "Window",
    "__version__",
    "compare",
    "concept",
    "find_files",
    "frame",
    "lint",
    "load",
    "load_hierarchy",
    "parse",
    "parse_many",
    "read_entries",
    "read_file",
    "screen",
    "screen_many",
    "ureg",
]

_HOMES = (
    ("errors", "EligibilityError InputError RuleError UnitError"),
    (
        "constraints",
        "Age Biomarker Concept Condition Consent Constraint Contraception Lactation Measurement Medication Other "
        "Pregnancy Procedure Sex Subject Trial",
    ),
    ("ranges", "Bound Range Span Window"),
    ("concepts", "concept"),
    ("hierarchy", "Hierarchy load_hierarchy"),
    ("logic", "AllOf AnyOf AtLeast IfThen Leaf Not Requirement"),
    ("result", "Criteria Criterion Issue"),
    ("sources", "Study Unreadable find_files read_entries read_file"),
    ("nlp", "load"),
    ("patient", "Patient"),
    ("screening", "Screening screen screen_many"),
    ("pipeline", "parse parse_many"),
    ("linter", "Finding lint"),
    ("export.frame", "frame"),
    ("comparison", "Change Comparison compare"),
)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "__version__":
            return _version()
        if name == "ureg":
            return import_module("eligibility.ucum").ureg()
        for module, names in _HOMES:
            if name in names.split():
                return getattr(import_module(f"eligibility.{module}"), name)
        raise AttributeError(f"module 'eligibility' has no attribute {name!r}; its names are in eligibility.__all__")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("eligibility")
    except PackageNotFoundError:  # a checkout that is on the path but not installed
        return "0+unknown"


def __dir__() -> list[str]:
    return __all__
