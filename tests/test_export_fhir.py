"""Criteria as FHIR: whole invented examples with the elements that come out, and what is said to be left out."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility import Criteria, InputError, parse
from eligibility.export.fhir import Kind, to_evidence_variable, to_group
from eligibility.export.fhir.invariants import problems

TRIALS = sorted((Path(__file__).parent / "trials").glob("*.txt"))
UCUM = "http://unitsofmeasure.org"
UNEXPRESSED = "urn:eligibility:unexpressed"


@cache
def read(text: str) -> Criteria:
    return parse(text)


def group(text: str, version: Any = "R5") -> dict[str, Any]:
    return json.loads(to_group(read(text), version).json())  # type: ignore[no-any-return]


def variable(text: str) -> list[dict[str, Any]]:
    return json.loads(to_evidence_variable(read(text)).json())["characteristic"]  # type: ignore[no-any-return]


def bare(characteristic: dict[str, Any]) -> dict[str, Any]:
    """Without the words that it was read from."""
    return {key: value for key, value in characteristic.items() if key != "extension"}


def traits(text: str) -> list[dict[str, Any]]:
    return [bare(one) for one in group(text)["characteristic"]]


def coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], "text": text}


def kind(type: str, text: str | None = None) -> dict[str, Any]:
    return coded("urn:eligibility:constraint-type", type, text or type)


def ucum(value: float, unit: str, **more: str) -> dict[str, Any]:
    return {"value": value, **more, "unit": unit, "system": UCUM, "code": unit}


def unsaid(text: str) -> list[str]:
    return [str(one) for one in to_group(read(text)).unexpressed]


def marks(characteristic: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and words of each modifier extension."""
    found = characteristic.get("modifierExtension", [])
    assert {mark["url"] for mark in found} <= {UNEXPRESSED}
    return [(mark["extension"][0]["valueCode"], mark["extension"][1]["valueString"]) for mark in found]


AGE = coded("http://loinc.org", "30525-0", "age")
PLATELETS = coded("http://loinc.org", "777-3", "platelet count")
ALT = coded("http://loinc.org", "1742-6", "ALT")
AST = coded("http://loinc.org", "1920-8", "AST")


def test_values_are_ranges_or_quantities_with_a_comparator() -> None:
    assert traits("Inclusion Criteria:\n- Age 18 to 75 years\n- Platelets >= 100 x 10^9/L\n- Age < 70 years") == [
        {"code": AGE, "valueRange": {"low": ucum(18, "a"), "high": ucum(75, "a")}, "exclude": False},
        {"code": PLATELETS, "valueQuantity": ucum(100, "10*9/L", comparator=">="), "exclude": False},
        {"code": AGE, "valueQuantity": ucum(70, "a", comparator="<"), "exclude": False},
    ]


def test_an_interval_that_excludes_an_end_is_two_characteristics() -> None:
    assert traits("Inclusion Criteria:\n- Haemoglobin > 8 and <= 12.5 g/dL") == [
        {"code": coded("http://loinc.org", "718-7", "hemoglobin"), "valueQuantity": ucum(8, "g/dL", comparator=">"), "exclude": False},
        {"code": coded("http://loinc.org", "718-7", "hemoglobin"), "valueQuantity": ucum(12.5, "g/dL", comparator="<="), "exclude": False},
    ]


def test_multiples_of_a_normal_limit_have_a_unit_of_the_package() -> None:
    text = "Exclusion Criteria:\n- AST or ALT > 2.5 x ULN"
    quantity = {"value": 2.5, "comparator": ">", "unit": "ULN", "system": "urn:eligibility:unit", "code": "ULN"}
    assert traits(text) == [
        {"code": AST, "valueQuantity": quantity, "exclude": True},
        {"code": ALT, "valueQuantity": quantity, "exclude": True},
    ]
    assert unsaid(text) == ["exclusion 1: unit: ULN"]


def test_a_percentage_of_the_predicted_value_is_no_percentage_of_ucum() -> None:
    text = "Exclusion Criteria:\n- FEV1 < 40% predicted"
    (found,) = traits(text)
    assert found["valueQuantity"] == {
        "value": 40, "comparator": "<", "unit": "% of predicted", "system": "urn:eligibility:unit", "code": "%predicted",
    }  # fmt: skip
    assert unsaid(text) == ["exclusion 1: unit: % of predicted"]


def test_a_score_has_no_unit() -> None:
    (found,) = traits("Inclusion Criteria:\n- SLEDAI >= 6")
    assert found["valueQuantity"] == {"value": 6, "comparator": ">="}


def test_a_condition_is_a_value_and_an_exclusion_an_exclude() -> None:
    asthma = {"code": kind("condition"), "valueCodeableConcept": coded("http://id.nlm.nih.gov/mesh", "D001249", "asthma")}
    assert traits("Inclusion Criteria:\n- Asthma") == [asthma | {"exclude": False}]
    assert traits("Exclusion Criteria:\n- Asthma") == [asthma | {"exclude": True}]


def test_a_drug_has_the_codes_of_all_its_systems() -> None:
    (found,) = traits("Exclusion Criteria:\n- Naltrexone")
    assert found["valueCodeableConcept"]["coding"] == [
        {"system": "http://www.nlm.nih.gov/research/umls/drugbank", "code": "DB00704"},
        {"system": "http://id.nlm.nih.gov/mesh", "code": "D009271"},
        {"system": "https://medlineplus.gov/druginfo/meds", "code": "a609007"},
    ]


def test_a_code_of_a_wider_concept_is_marked() -> None:
    (found,) = traits("Exclusion Criteria:\n- Photosensitive epilepsy")
    assert found["valueCodeableConcept"] == coded("http://id.nlm.nih.gov/mesh", "D020195", "photosensitive epilepsy")
    assert marks(found) == [("narrower", "photosensitive epilepsy")]


def test_alternatives_are_not_those_who_have_neither() -> None:
    found = group("Inclusion Criteria:\n- Asthma or gout")
    assert [bare(one) for one in found["characteristic"]] == [
        {"code": kind("group", "all of the group's characteristics"), "valueReference": {"reference": "#group-1"}, "exclude": True}
    ]
    (inner,) = found["contained"]
    assert (inner["id"], inner["type"], inner["membership"]) == ("group-1", "person", "definitional")
    assert [(one["valueCodeableConcept"]["text"], one["exclude"]) for one in inner["characteristic"]] == [("asthma", True), ("gout", True)]


def test_r4b_is_for_the_servers_of_today() -> None:
    found = group("Inclusion Criteria:\n- Asthma or gout\n- Age >= 18 years", "R4B")
    inner = found["contained"][0]
    assert {key: (found.get(key), inner.get(key)) for key in ("type", "actual", "membership")} == {
        "type": ("person", "person"),
        "actual": (False, False),
        "membership": (None, None),
    }


def test_sexes_and_biomarkers() -> None:
    assert traits("Inclusion Criteria:\n- Men or women\n- EGFR exon 19 deletion\nExclusion Criteria:\n- Female") == [
        {"code": coded("http://loinc.org", "46098-0", "sex"), "valueBoolean": True, "exclude": False},
        {
            "code": coded("http://www.genenames.org", "HGNC:3236", "EGFR"),
            "valueCodeableConcept": {"text": "exon 19 deletion"},
            "exclude": False,
        },
        {
            "code": coded("http://loinc.org", "46098-0", "sex"),
            "valueCodeableConcept": coded("http://hl7.org/fhir/administrative-gender", "female", "female"),
            "exclude": True,
        },
    ]


def test_a_class_with_a_letter_is_a_concept_and_several_are_alternatives() -> None:
    (alone,) = traits("Exclusion Criteria:\n- Child-Pugh class C")
    assert alone["valueCodeableConcept"] == {"text": "C"}
    found = group("Inclusion Criteria:\n- Child-Pugh class A or B")
    assert [one["valueCodeableConcept"]["text"] for one in found["contained"][0]["characteristic"]] == ["A", "B"]


def test_each_characteristic_has_its_words_and_their_place() -> None:
    text = "Inclusion Criteria:\n- Age >= 18 years\n"
    (found,) = group(text)["characteristic"]
    assert found["extension"] == [
        {
            "url": "urn:eligibility:source",
            "extension": [
                {"url": "section", "valueCode": "inclusion"},
                {"url": "criterion", "valueString": "1"},
                {"url": "text", "valueString": "Age >= 18 years"},
                {"url": "start", "valueUnsignedInt": 22},
                {"url": "end", "valueUnsignedInt": 37},
            ],
        }
    ]
    assert text[22:37] == "Age >= 18 years"


NARROWED = "Exclusion Criteria:\n- History of uncontrolled hypertension\n- Prednisone > 10 mg/day within 28 days prior to baseline\n"


def test_what_narrows_a_characteristic_of_a_group_is_marked_and_listed() -> None:
    first, second = group(NARROWED)["characteristic"]
    assert marks(first) == [("modifier", "uncontrolled"), ("temporality", "history")]
    assert marks(second) == [("dose", "dose > 10 mg/d"), ("window", "within 28 d before baseline")]
    assert unsaid(NARROWED) == [
        "exclusion 1: modifier: uncontrolled",
        "exclusion 1: temporality: history",
        "exclusion 2: dose: dose > 10 mg/d",
        "exclusion 2: window: within 28 d before baseline",
    ]


def test_an_evidence_variable_says_when() -> None:
    _, prednisone = variable(NARROWED)
    assert marks(prednisone) == [("dose", "dose > 10 mg/d")]
    assert prednisone["timeFromEvent"] == [
        {
            "description": "within 28 d before baseline",
            "eventCodeableConcept": coded("urn:eligibility:anchor", "baseline", "baseline"),
            "range": {"low": ucum(-28, "d"), "high": ucum(0, "d")},
        }
    ]
    assert prednisone["description"] == "Prednisone > 10 mg/day within 28 days prior to baseline"
    assert prednisone["exclude"] is True


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("within 28 days before", {"low": ucum(-28, "d"), "high": ucum(0, "d")}),
        ("2 to 4 weeks before", {"low": ucum(-4, "wk"), "high": ucum(-2, "wk")}),
        ("within 7 days after", {"low": ucum(0, "d"), "high": ucum(7, "d")}),
        ("within 6 weeks of", {"low": ucum(-6, "wk"), "high": ucum(6, "wk")}),
    ],
)
def test_times_before_an_event_are_negative(words: str, time: dict[str, Any]) -> None:
    (found,) = variable(f"Exclusion Criteria:\n- Stroke {words} enrollment")
    assert found["timeFromEvent"][0]["range"] == time


def test_a_condition_may_have_been_there_for_long_before() -> None:
    (found,) = variable("Inclusion Criteria:\n- Asthma diagnosed at least 6 months before enrollment")
    assert found["timeFromEvent"][0]["quantity"] == ucum(-6, "mo", comparator="<=")


def test_an_evidence_variable_says_how_long_and_how_often() -> None:
    long, often = variable("Inclusion Criteria:\n- Asthma for more than 6 months\n- At least two prior lines of chemotherapy")
    assert long["durationQuantity"] == ucum(6, "mo", comparator=">")
    assert often["instancesQuantity"] == {"value": 2, "comparator": ">="}


@pytest.mark.parametrize(
    ("words", "window"),
    [
        (
            "Rituximab within 6 months or 5 half-lives before baseline, whichever is longer",
            "within 6 mo or within 5 half_life (the longest)",
        ),
        ("Rituximab less than 6 months before baseline", "< 6 mo"),
        ("Last dose of rituximab at least 6 months before baseline", "at least 6 mo"),
    ],
)
def test_a_window_that_no_element_says_exactly_stays_in_words(words: str, window: str) -> None:
    found = [one.text for one in to_evidence_variable(read(f"Inclusion Criteria:\n- {words}")).unexpressed if one.kind == "window"]
    assert found == [f"{window} before baseline"]


COUNTED = "Inclusion Criteria:\n- At least two of the following:\n  - Asthma\n  - Gout\n  - Age > 60 years"


def test_at_least_n_is_said_by_an_evidence_variable_and_not_by_a_group() -> None:
    (found,) = variable(COUNTED)
    combination = found["definitionByCombination"]
    assert (combination["code"], combination["threshold"]) == ("at-least", 2)
    assert [one["description"] for one in combination["characteristic"]] == ["asthma", "gout", "age > 60 a"]
    assert traits(COUNTED) == [{"code": {"text": "at least 2 of (asthma, gout, age > 60 a)"}, "valueBoolean": True, "exclude": False}]
    assert unsaid(COUNTED) == ["inclusion 1: combination: at least 2 of (asthma, gout, age > 60 a)"]


def test_what_only_words_say_has_no_coding() -> None:
    text = "Inclusion Criteria:\n- Donor age 18 to 60 years\nExclusion Criteria:\n- Unwilling to keep a diary"
    assert traits(text) == [
        {"code": {"text": "donor: age 18..60 a"}, "valueBoolean": True, "exclude": False},
        {"code": {"text": "Unwilling to keep a diary"}, "valueBoolean": True, "exclude": True},
    ]
    assert unsaid(text) == ["inclusion 1: about: donor: age 18..60 a", "exclusion 1: unstructured: Unwilling to keep a diary"]


def test_an_exception_and_a_cohort_are_marked() -> None:
    text = "Exclusion Criteria:\n- Cohort B only: Malignancy, except basal cell carcinoma"
    found = group(text)
    assert marks(found["characteristic"][0]) == [("cohort", "for Cohort B only")]
    assert [one["exclude"] for one in found["contained"][0]["characteristic"]] == [False, True]
    assert [one.kind for one in to_group(read(text)).unexpressed] == ["cohort", "exception"]


def headed(text: str, *fields: str) -> list[dict[str, Any]]:
    page = "\n".join(["A trial", "ClinicalTrials.gov Identifier: NCT00000000", *fields, "Criteria", "", "Inclusion Criteria:", text])
    found: list[dict[str, Any]] = json.loads(to_group(parse(page)).json()).get("characteristic", [])
    return [bare(one) for one in found if one["extension"][0]["extension"][0]["valueCode"] == "header"]


def test_the_header_is_there_where_the_text_does_not_say_it() -> None:
    adults = {"code": AGE, "valueQuantity": ucum(18, "a", comparator=">="), "exclude": False}
    women = {
        "code": coded("http://loinc.org", "46098-0", "sex"),
        "valueCodeableConcept": coded("http://hl7.org/fhir/administrative-gender", "female", "female"),
        "exclude": False,
    }
    volunteers = coded("urn:eligibility:concept", "healthy_volunteers", "healthy volunteers")
    patients = {"code": volunteers, "valueBoolean": True, "exclude": True}
    fields = ("Ages Eligible for Study: 18 Years and older", "Sexes Eligible for Study: Female", "Accepts Healthy Volunteers: No")
    assert headed("- Asthma", *fields) == [adults, women, patients]
    assert headed("- Women\n- Age >= 18 years", *fields) == [patients]
    assert headed("- Women\n- Age > 18 years", *fields) == [adults, patients]
    assert headed("- Asthma", "Sexes Eligible for Study: All", "Accepts Healthy Volunteers: Yes") == []


def test_the_trial_is_named_and_the_id_is_one_of_fhir() -> None:
    criteria = read("Inclusion Criteria:\n- Gout").model_copy(update={"trial": "NCT00000000", "title": "  Gout\n in adults "})
    found = json.loads(to_group(criteria).json())
    assert (found["id"], found["name"]) == ("NCT00000000", "Gout in adults")
    assert found["identifier"] == [{"system": "http://clinicaltrials.gov", "value": "NCT00000000"}]
    odd = criteria.model_copy(update={"trial": None, "source": "my trial/№ 7" + "x" * 80})
    assert json.loads(to_evidence_variable(odd).json())["id"] == "my-trial-7" + "x" * 54
    nameless = json.loads(to_group(read("")).json())
    assert nameless == {"resourceType": "Group", "type": "person", "membership": "definitional"}


def test_a_dict_is_the_same_as_the_json() -> None:
    exported = to_evidence_variable(read(NARROWED))
    assert exported.dict() == json.loads(exported.json())
    assert exported.json(indent=2).startswith('{\n  "resourceType": "EvidenceVariable",\n')


def test_another_version_is_refused() -> None:
    with pytest.raises(InputError) as error:
        to_group(read(""), "R3")  # type: ignore[arg-type]
    assert str(error.value) == "there is no FHIR version 'R3' here: give R5, or R4B, which servers of R4 read"


def test_without_fhir_resources_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.group", None)
    with pytest.raises(InputError) as error:
        to_group(read(""))
    assert str(error.value) == "a Group is made with fhir.resources, which is not installed: pip install 'eligibility[fhir]'"


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.stem)
def test_whole_trials_keep_every_sentence(trial: Path) -> None:
    criteria = parse(trial.read_text(encoding="utf-8"))
    for exported in (to_group(criteria), to_group(criteria, "R4B"), to_evidence_variable(criteria)):
        found = json.loads(exported.json())
        assert problems(found) == []
        assert {one.kind for one in exported.unexpressed} <= set(get_args(Kind))
        said = [
            part["valueString"] for one in found["characteristic"] for part in one["extension"][0]["extension"] if part["url"] == "text"
        ]
        assert [one.text for one in criteria.walk() if not any(one.text in words for words in said)] == []


@given(st.text(alphabet=st.sampled_from("- \n\x00\x07\ud800é≥<>.:18 abAgeorPt%"), max_size=80))
def test_any_text_becomes_valid_resources(text: str) -> None:
    criteria = parse(f"Inclusion Criteria:\n- {text}\n- Age >= 18 years")
    for exported in (to_group(criteria), to_evidence_variable(criteria)):
        assert problems(json.loads(exported.json())) == []


RANGE = {"low": {"value": 1}, "high": {"value": 2}}
CONCEPT = {"text": "age"}


@pytest.mark.parametrize(
    ("characteristic", "problem"),
    [
        ({"valueRange": {"low": {"value": 1, "comparator": ">"}}}, "has a comparator in an end [sqty-1]"),
        ({"valueRange": {}}, "has no end"),
        ({"valueRange": {"low": ucum(1, "a"), "high": ucum(2, "mo")}}, "has ends of two units"),
        ({"valueRange": {"low": {"value": 2}, "high": {"value": 2}}}, "has a low end that is not below the high one [rng-2]"),
        ({"valueQuantity": {"value": 1, "code": "a"}}, "has a code without a system [qty-3]"),
        ({"valueQuantity": {"value": 1, "unit": "years"}}, "has a unit without a code"),
        ({"valueQuantity": ucum(1, "ULN")}, "has the unit 'ULN', which is not of UCUM"),
        ({"valueCodeableConcept": {"id": "x"}}, "has neither text nor coding"),
        ({"valueCodeableConcept": {"text": " "}}, "is blank or has characters that FHIR's strings have not"),
        ({"valueCodeableConcept": {"coding": [{"code": "1"}]}}, "has no system or no code"),
        ({"valueCodeableConcept": {"coding": []}}, "is an empty list"),
    ],
)
def test_what_fhir_forbids_is_found(characteristic: dict[str, Any], problem: str) -> None:
    group = {"resourceType": "Group", "characteristic": [{"code": CONCEPT, "exclude": False, **characteristic}]}
    assert [found.partition(" ")[2] for found in problems(group)] == [problem]


def test_references_are_to_what_is_contained() -> None:
    reference = {"code": CONCEPT, "exclude": True, "valueReference": {"reference": "#a"}}
    assert problems({"resourceType": "Group", "characteristic": [reference], "contained": [{"id": "b"}]}) == [
        "#a is referred to and not contained, or contained and not referred to [ref-1, dom-3]",
        "#b is referred to and not contained, or contained and not referred to [ref-1, dom-3]",
    ]
    twice = [{"id": "a"}, {"id": "a", "contained": [{"id": "c"}]}]
    assert problems({"resourceType": "Group", "id": "of mine", "characteristic": [reference], "contained": twice}) == [
        "'of mine' is no id",
        "two contained resources have one id",
        "a contained resource contains another [dom-2]",
    ]


def test_a_characteristic_of_an_evidence_variable_has_one_definition() -> None:
    combination = {"code": "any-of", "threshold": 2, "characteristic": [{"definitionByTypeAndValue": {"type": CONCEPT}}]}
    both = {"definitionByTypeAndValue": {"type": CONCEPT}, "definitionByCombination": combination}
    assert problems({"resourceType": "EvidenceVariable", "characteristic": [both]}) == [
        "EvidenceVariable.characteristic[0] has not one definition [evv-1]",
        "EvidenceVariable.characteristic[0].definitionByCombination has a threshold that does not go with any-of",
    ]
