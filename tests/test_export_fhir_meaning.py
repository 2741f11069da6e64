"""What is exported to FHIR lets in whom the requirement trees let in, wherever it says that nothing is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir_truth import admits
from hypothesis import given
from hypothesis import strategies as st
from requirement_trees import Facts, facts, is_satisfied, trees, trial_of

from eligibility.export.fhir import to_evidence_variable, to_group
from eligibility.export.fhir.exported import Version
from eligibility.export.fhir.invariants import problems
from eligibility.logic import Requirement

criteria = st.lists(trees(counted=False), min_size=1, max_size=3)


def as_json(exported: Any) -> Any:
    assert exported.unexpressed == ()
    assert "modifierExtension" not in exported.json()
    found = json.loads(exported.json())
    assert problems(found) == []
    return found


@pytest.mark.parametrize("version", ["R5", "R4B"])
@given(demanded=criteria, known=facts)
def test_a_group_admits_whom_the_criteria_admit(version: Version, demanded: list[Requirement], known: Facts) -> None:
    expected = all(is_satisfied(tree, known) for tree in demanded)
    assert admits(as_json(to_group(trial_of(*demanded), version)), known) == expected


@given(st.lists(trees(times=True), min_size=1, max_size=3), facts)
def test_an_evidence_variable_admits_whom_the_criteria_admit(demanded: list[Requirement], known: Facts) -> None:
    expected = all(is_satisfied(tree, known) for tree in demanded)
    assert admits(as_json(to_evidence_variable(trial_of(*demanded))), known) == expected


@given(trees(times=True))
def test_a_group_says_what_it_leaves_out(tree: Requirement) -> None:
    """A characteristic with less than its words is marked, and the mark is in the list."""
    exported = to_group(trial_of(tree))
    marked = {one.text for one in exported.unexpressed if one.kind == "window"}
    said = exported.json()
    assert ("modifierExtension" in said) == bool(marked)
    assert [words for words in marked if json.dumps(words) not in said] == []
