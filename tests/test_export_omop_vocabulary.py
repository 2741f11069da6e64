"""Vocabularies: what a code or a name is in an OMOP vocabulary, and what is left open there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.concepts import concept
from eligibility.constraints import Concept
from eligibility.errors import InputError
from eligibility.export.omop import Unresolved, Vocabulary
from eligibility.export.omop.circe import Days
from eligibility.export.omop.resolution import Resolver
from eligibility.export.omop.vocabulary import Domain
from eligibility.export.omop.windows import days_of
from eligibility.ranges import Bound, Range, Window
from eligibility.screening.dates import shifted
from eligibility.screening.knowledge import load_knowledge
from tests.omop_cdm import INDEX, write_folder


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vocabulary]:
    """As Athena delivers it: a folder of CSV files parted by tabs."""
    tables = ["concept", "concept_synonym", "concept_relationship", "concept_ancestor"]
    with Vocabulary.open(write_folder(tmp_path_factory.mktemp("athena"), tables)) as opened:
        yield opened


def ids(vocabulary: Vocabulary, name: str, domain: Domain, known: Concept | None = None) -> list[int] | list[str]:
    found = Resolver(vocabulary, load_knowledge()).resolve(name, known, domain)
    return list(found.candidates) if isinstance(found, Unresolved) else [one.id for one in found]


def test_a_code_leads_to_its_standard_concept(vocabulary: Vocabulary) -> None:
    assert [one.id for one in vocabulary.by_code("LOINC:2160-0", "Measurement")] == [3016723]
    assert [one.id for one in vocabulary.by_code("icd10cm:J45.909", "Condition")] == [317009]
    assert vocabulary.by_code("LOINC:2160-0", "Condition") == []


def test_names_and_synonyms_count_in_any_case_spelling_and_number(vocabulary: Vocabulary) -> None:
    assert ids(vocabulary, "ASTHMA", "Condition") == [317009]
    assert ids(vocabulary, "lung cancers", "Condition") == [258369]
    assert ids(vocabulary, "Appendicectomy", "Procedure") == []
    assert ids(vocabulary, "unspecified asthma uncomplicated", "Condition") == [317009]
    assert ids(vocabulary, "prednisone", "Condition") == []


def test_the_other_names_of_a_rule_are_looked_up(vocabulary: Vocabulary) -> None:
    assert ids(vocabulary, "malignancy", "Condition", concept("malignancy")) == [443392]
    assert ids(vocabulary, "creatinine", "Measurement", concept("creatinine", kind="measurement")) == [3016723]


def test_a_class_is_its_members(vocabulary: Vocabulary) -> None:
    known = concept("corticosteroid", kind="medication")
    assert ids(vocabulary, "corticosteroid", "Drug", known) == [1149380, 1518254, 1551099]


def test_a_name_of_several_is_left_open(vocabulary: Vocabulary) -> None:
    assert ids(vocabulary, "sarcoidosis", "Condition") == ["4110056 Chronic sarcoid of lung", "4110057 Chronic sarcoid of skin"]


def test_the_one_above_all_others_is_taken(tmp_path: Path) -> None:
    (tmp_path / "concept.csv").write_text(
        "concept_id,concept_name,domain_id,vocabulary_id,concept_class_id,standard_concept,concept_code,invalid_reason\n"
        "1,Stroke,Condition,SNOMED,Clinical Finding,S,a,\n"
        '2,"Stroke, of brain",Condition,SNOMED,Clinical Finding,S,b,\n'
        "3,Gout,Condition,SNOMED,Clinical Finding,S,c,\n"
        "4,Gout,Condition,OMOP Extension,Clinical Finding,S,d,\n"
        "5,Gout,Condition,MedDRA,PT,C,e,\n"
        "6,Rash,Condition,SNOMED,Clinical Finding,S,f,D\n"
    )
    (tmp_path / "concept_synonym.csv").write_text("concept_id,concept_synonym_name\n2,Stroke\n")
    (tmp_path / "concept_ancestor.csv").write_text("ancestor_concept_id,descendant_concept_id\n1,1\n1,2\n2,2\n")
    with Vocabulary.open(tmp_path) as vocabulary:
        assert ids(vocabulary, "stroke", "Condition") == [1]
        assert ids(vocabulary, "gout", "Condition") == [3, 4]  # both bear the name; a class of it is not needed
        assert ids(vocabulary, "rash", "Condition") == []  # no longer valid
        assert vocabulary.absent == ("concept_relationship",)


def test_units_are_found_by_their_code_alone(vocabulary: Vocabulary) -> None:
    assert [str(vocabulary.unit("mg/dL")), vocabulary.unit("MG/DL")] == ["8840 mg/dL", None]


def test_a_folder_without_a_vocabulary_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no table 'concept'"):
        Vocabulary.open(tmp_path)


def within(amount: float, unit: str, **more: object) -> Window:
    return Window(alternatives=(Range(upper=Bound(magnitude=amount, unit=unit)),), **more)  # type: ignore[arg-type]


def test_windows_in_days() -> None:
    assert days_of(within(28, "d"), longest=True) == Days(28, 0)
    assert days_of(within(4, "wk", anchor="enrollment", direction="around"), longest=False) == Days(28, -28)
    assert (days_of(within(3, "mo"), longest=True), days_of(within(3, "mo"), longest=False)) == (Days(94, 0), Days(89, 0))
    assert days_of(Window(alternatives=(Range(lower=Bound(magnitude=2, unit="wk")),)), longest=True) == Days(None, 14)
    assert days_of(within(5, "half_life"), longest=True) is None
    assert days_of(within(5, "half_life"), longest=True, half_life=2.5) == Days(13, 0)
    assert days_of(within(30, "d", direction="after"), longest=True) is None
    assert days_of(within(30, "d", anchor="procedure"), longest=True) is None


def test_alternatives_of_which_one_is_not_known() -> None:
    weeks, lives = Range(upper=Bound(magnitude=4, unit="wk")), Range(upper=Bound(magnitude=5, unit="half_life"))
    longer = Window(alternatives=(weeks, lives), choose="longest")
    shorter = Window(alternatives=(weeks, lives), choose="shortest")
    assert [days_of(longer, longest=longest) for longest in (True, False)] == [None, Days(28, 0)]
    assert [days_of(shorter, longest=longest) for longest in (True, False)] == [Days(28, 0), None]


@given(st.integers(1, 60), st.sampled_from(["a", "mo", "wk", "d"]))
def test_the_days_contain_the_calendar_and_lie_within_it(amount: int, unit: str) -> None:
    longest, shortest = (days_of(within(amount, unit), longest=longest) for longest in (True, False))
    assert longest is not None and shortest is not None
    exact = (INDEX - shifted(INDEX, amount, unit, -1)).days
    assert (shortest.first or 0) <= exact <= (longest.first or 0)
