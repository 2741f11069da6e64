"""Shared by the tests: a small trial built by hand, whose reading does not depend on any rule."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from eligibility.constraints import Age, Concept, Measurement, Medication, Sex, Subject
from eligibility.logic import AnyOf, Leaf, Not
from eligibility.ranges import Bound, Range, Span, Window
from eligibility.result import Criteria, Criterion, Issue

# The same examples on every machine; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

TEXT = """Inclusion Criteria:
- Age >= 18 years
- Willing to <keep> a diary & use it
Exclusion Criteria:
- Any of the following:
  - AST or ALT > 2 x ULN
  - prednisone > 10 mg/day within 28 days prior to baseline
"""


def span_of(words: str, start: int = 0) -> Span:
    """Where the words stand in TEXT."""
    place = TEXT.index(words, start)
    return Span(place, place + len(words))


def subject_of(words: str) -> Subject:
    return Subject(text=words, spans=(span_of(words),))


def build_trial() -> Criteria:
    age = Age(
        value=Range(lower=Bound(magnitude=18, unit="a"), span=span_of(">= 18 years")), evidence=span_of("Age >= 18 years"), rule="age"
    )
    high = Range(lower=Bound(magnitude=2, unit="ULN", inclusive=False), span=span_of("> 2 x ULN"))
    ast = Measurement(
        subject=subject_of("AST"),
        concept=Concept(id="ast", label="aspartate aminotransferase", codes=("LOINC:1920-8",)),
        value=high,
        evidence=span_of("AST or ALT > 2 x ULN"),
        rule="ast",
    )
    alt = Measurement(subject=subject_of("ALT"), value=high, evidence=span_of("ALT > 2 x ULN"), rule="alt")
    weeks = Range(upper=Bound(magnitude=28, unit="d"), span=span_of("within 28 days prior to baseline"))
    steroid = Medication(
        subject=subject_of("prednisone"),
        dose=Range(lower=Bound(magnitude=10, unit="mg/d", inclusive=False), span=span_of("> 10 mg/day")),
        window=Window(alternatives=(weeks,), anchor="baseline", direction="before"),
        evidence=span_of("prednisone > 10 mg/day within 28 days prior to baseline"),
        rule="prednisone",
    )
    liver = Criterion(
        text="AST or ALT > 2 x ULN",
        span=span_of("AST or ALT > 2 x ULN"),
        section="exclusion",
        number="1.1",
        constraints=(ast, alt),
        requirement=AnyOf(items=(Leaf(constraint=ast), Leaf(constraint=alt))),
    )
    drug = Criterion(
        text="prednisone > 10 mg/day within 28 days prior to baseline",
        span=span_of("prednisone > 10 mg/day within 28 days prior to baseline"),
        section="exclusion",
        number="1.2",
        constraints=(steroid,),
        requirement=Leaf(constraint=steroid),
    )
    both = AnyOf(items=(AnyOf(items=(Leaf(constraint=ast), Leaf(constraint=alt))), Leaf(constraint=steroid)))
    words = "Willing to <keep> a diary & use it"
    return Criteria(
        text=TEXT,
        source="diary",
        trial="NCT00000000",
        title="A trial",
        header=(Sex(sex="all", rule="header"),),
        inclusion=(
            Criterion(
                text="Age >= 18 years",
                span=span_of("Age >= 18 years"),
                section="inclusion",
                number="1",
                constraints=(age,),
                requirement=Leaf(constraint=age),
            ),
            Criterion(text=words, span=span_of(words), section="inclusion", number="2"),
        ),
        exclusion=(
            Criterion(
                text="Any of the following:",
                span=span_of("Any of the following:"),
                section="exclusion",
                number="1",
                lead_in=True,
                requirement=Not(item=both),
                children=(liver, drug),
            ),
        ),
        issues=(
            Issue(code="unstructured", message="nothing in it was understood", span=span_of(words)),
            Issue(code="ambiguous", message="either limit may be meant", constraint=3),
            Issue(code="text", message="a stray sign", span=Span(0, 9)),
        ),
    )


@pytest.fixture
def trial() -> Criteria:
    """Two inclusion criteria, one not understood; a lead-in with two children; three issues."""
    return build_trial()
