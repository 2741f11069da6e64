"""What `import eligibility` does not import, and that every public name is there when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import eligibility


def modules_after(code: str) -> set[str]:
    """The modules of a fresh process that has run the code."""
    program = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("code", ["import eligibility", "import eligibility; dir(eligibility); eligibility.InputError"])
def test_importing_the_package_imports_nothing_slow(code: str) -> None:
    slow = {"spacy", "scispacy", "thinc", "numpy", "pint", "pydantic", "typer", "rich", "regex", "ahocorasick", "marisa_trie"}
    assert modules_after(code) & slow == set()


def test_the_constraint_classes_do_not_import_spacy_nor_pint() -> None:
    assert modules_after("import eligibility; eligibility.Criteria, eligibility.Age") & {"spacy", "scispacy", "pint"} == set()


@pytest.mark.parametrize("name", eligibility.__all__)
def test_every_public_name_is_there(name: str) -> None:
    value = getattr(eligibility, name)
    if isinstance(value, type) or name in ("concept", "lint", "load", "load_hierarchy", "parse", "parse_many", "read_file"):
        assert value.__name__ == name


def test_the_public_surface() -> None:
    """A golden list: a name that comes or goes is a decision."""
    assert dir(eligibility) == sorted(eligibility.__all__)
    assert " ".join(sorted(eligibility.__all__)) == (
        "Age AllOf AnyOf AtLeast Biomarker Bound Change Comparison Concept Condition Consent Constraint Contraception Criteria Criterion "
        "EligibilityError Finding Hierarchy IfThen InputError Issue Lactation Leaf Measurement Medication Not Other Patient "
        "Pregnancy Procedure Range Requirement RuleError Screening Sex Span Study Subject Trial UnitError Unreadable Window __version__ "
        "compare concept find_files frame lint load load_hierarchy parse parse_many read_entries read_file screen screen_many ureg"
    )


def test_an_unknown_name_says_where_the_names_are() -> None:
    with pytest.raises(AttributeError, match=r"module 'eligibility' has no attribute 'pares'; its names are in eligibility\.__all__"):
        eligibility.pares  # type: ignore[attr-defined]  # noqa: B018
