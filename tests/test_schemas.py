"""Schemas: those of the package are generated from what it writes, what it writes follows them, and no change goes without a note."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from eligibility import Criteria, InputError, Patient, parse, screen
from eligibility.batch.entries import Entry, Position
from eligibility.batch.reading import error_of, make_reader
from eligibility.batch.run import default_parser
from eligibility.batch.summary import summarise
from eligibility.comparison import compare
from eligibility.export.findings import FindingsDocument
from eligibility.export.formats import make_document
from eligibility.resources import data_dir
from eligibility.schemas import names, schema
from eligibility.schemas.documents import generate
from eligibility.schemas.history import change, check, digest, missing_note
from eligibility.sources import read_study
from eligibility.summary import summarise as summarise_limits
from eligibility.tables import rows
from eligibility.versioning import SCHEMA_VERSION

TRIALS = sorted((Path(__file__).parent / "trials").glob("*.txt"))
PATIENT = {
    "id": "ana", "birth_date": "1971-08-14", "sex": "female",
    "observations": [{"name": "ALT", "magnitude": 84, "unit": "U/L", "date": "2026-02-20", "reference_high": 40}],
    "conditions": [{"name": "lupus", "onset": "2010-01-01"}], "facts": {"pregnant": False}, "complete": ["conditions"],
}  # fmt: skip
READ = make_reader(default_parser)


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def assert_valid(name: str, document: Any) -> None:
    problems = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator(name).iter_errors(document)]
    assert problems == []


def documents(criteria: Criteria) -> Iterator[tuple[str, Any]]:
    """All that is written of a trial, each with the name of its schema."""
    for form, name in (("json", "criteria"), ("records", "record")):
        for line in make_document(form).trial(criteria).splitlines():  # type: ignore[arg-type]
            yield name, json.loads(line)
    yield "criteria", json.loads(criteria.model_dump_json())
    yield "linted-trial", json.loads(FindingsDocument(json=True).trial(criteria))
    yield "screening", json.loads(screen(Patient.model_validate(PATIENT), criteria, on=date(2026, 3, 1)).model_dump_json())
    for row in rows(criteria, "criteria"):
        if row["requirement"] is not None:
            yield "requirement", json.loads(row["requirement"])


def test_the_schemas_are_those_of_what_is_written_now() -> None:
    problems = check(data_dir("docs/schemas"))
    assert problems == [], "run `python -m eligibility.schemas`, and do what it says"


@pytest.mark.parametrize("path", TRIALS, ids=lambda path: path.stem)
def test_what_is_written_of_a_trial_follows_its_schema(path: Path) -> None:
    criteria = parse(path.read_text(encoding="utf-8"), source=path.stem)
    for name, document in documents(criteria):
        assert_valid(name, document)
        if name != "requirement":
            assert document["schema_version"] == SCHEMA_VERSION


def test_several_trials_are_an_array() -> None:
    document, criteria = make_document("json", several=True), parse("Age over 30 years")
    written = document.head() + document.trial(criteria) + document.trial(criteria) + document.tail()
    assert_valid("criteria-array", json.loads(written))
    assert not validator("criteria").is_valid(json.loads(written))


PIECES = (
    "Inclusion Criteria:\n", "\nExclusion Criteria:\n", "\n- ", "\n  - ", "aged 18 to 65 years", "women", "stage IB or IIA", "ALT",
    "> 2 x ULN", "prednisone", "> 10 mg/day", "within 4 weeks or 5 half-lives, whichever is longer,", "of screening", "no history of",
    "stroke", "or", "and", "except", "unless", "HER2 positive", "at least two of the following:", "≥ 45%", "of predicted",
    "anticoagulants, e.g. warfarin", "\udc80",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
@settings(max_examples=40)
def test_what_is_written_of_any_text_follows_its_schema(text: str) -> None:
    criteria = parse(text)
    assert_valid("criteria", criteria.model_dump(mode="json"))
    assert_valid("screening", screen(Patient.model_validate(PATIENT), criteria, on=date(2026, 3, 1)).model_dump(mode="json"))


def test_what_a_batch_writes_follows_its_schemas() -> None:
    study = read_study(TRIALS[0].read_text(encoding="utf-8"), "one")
    entry = Entry(1, "one.txt", 1, study, Position(0, 1, 1))
    read = READ((entry,))
    for table, made in read.tables.items():
        for row in made.to_pylist():
            assert_valid(f"batch-{table}", row)
    assert_valid("batch-error", error_of(entry, "not parsed", "for a test").model_dump(mode="json"))
    assert_valid("batch-summary", summarise(read.tally, 1, {}, {}).model_dump(mode="json"))


def test_a_comparison_and_a_summary_follow_their_schemas() -> None:
    one, other = (parse(path.read_text(encoding="utf-8"), source=path.stem) for path in TRIALS[:2])
    assert_valid("comparison", json.loads(compare(one, other).model_dump_json()))
    assert_valid("summary", json.loads(summarise_limits([*one.records(), *other.records()], ["ALT"]).model_dump_json()))


def test_a_patient_follows_its_schema() -> None:
    assert_valid("patient", PATIENT)
    assert_valid("patient", json.loads(Patient.model_validate(PATIENT).model_dump_json()))
    staged = {"conditions": [{"name": "melanoma", "stage": 3}, {"name": "melanoma", "stage": "IIIb"}]}
    assert [condition.stage for condition in Patient.model_validate(staged).conditions] == ["3", "IIIb"]
    assert_valid("patient", staged)


def without(name: str, document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def test_a_schema_refuses_what_is_not_its_document() -> None:
    document = json.loads(parse("Age over 30 years").model_dump_json())
    assert validator("criteria").is_valid(document)
    for wrong in (document | {"text": 3}, document | {"more": 1}, without("text", document), without("schema_version", document)):
        assert not validator("criteria").is_valid(wrong)
    leaf = document["inclusion"][0]["requirement"]
    assert validator("requirement").is_valid(leaf)
    for wrong in (without("node", leaf), leaf | {"constraint": without("type", leaf["constraint"])}):
        assert not validator("requirement").is_valid(wrong)


@pytest.mark.parametrize("name", sorted(generate()))
def test_every_property_is_described(name: str) -> None:
    found = schema(name)
    parts = [found, *found.get("$defs", {}).values()]
    assert [key for part in parts for key, value in part.get("properties", {}).items() if not value.get("description")] == []
    Draft202012Validator.check_schema(found)


def test_a_name_without_a_schema() -> None:
    assert names() == tuple(sorted(generate()))
    with pytest.raises(InputError, match="there is no schema 'criterion'; did you mean 'criteria'"):
        schema("criterion")


def test_what_an_earlier_version_wrote_is_read_and_what_a_later_one_wrote_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.loads(parse("Age over 30 years").model_dump_json())
    assert Criteria.model_validate(without("schema_version", document)) == parse("Age over 30 years")
    monkeypatch.setattr("eligibility.versioning.SCHEMA_VERSION", "1.9")
    assert Criteria.model_validate(document | {"schema_version": "1.8"}).schema_version == "1.9"
    for version in ("2.0", "1.10", "0.9", "1", "new"):
        with pytest.raises(ValidationError, match=f"it is of schema version {version}, and this package reads 1.0 to 1.9"):
            Criteria.model_validate(document | {"schema_version": version})


def test_a_version_is_raised_without_a_change_of_the_schemas() -> None:
    """Else each minor version would be a change of what there was."""
    holds = [name for name, found in generate().items() if f'"{SCHEMA_VERSION}"' in json.dumps(without("$id", found))]
    assert holds == []


def record(**properties: Any) -> dict[str, dict[str, Any]]:
    return {"record": {"$id": f"urn:x:{SCHEMA_VERSION}", "properties": properties, "required": sorted(properties)}}


TEXT, NUMBER = {"type": "string", "description": "words"}, {"type": "number", "description": "a number"}


def test_a_change_is_minor_where_it_only_adds() -> None:
    old = record(name=TEXT)
    assert change({}, old) is None
    assert change(old, record(name=TEXT | {"description": "other words"})) is None
    assert change(old, record(name=TEXT, more=NUMBER)) == "minor"
    assert change(record(name=TEXT, more=NUMBER), old) == "major"
    assert change(old, record(name=NUMBER)) == "major"
    assert change(record(description=TEXT), record(description=NUMBER)) == "major"


def object_of(*required: str, **properties: Any) -> dict[str, dict[str, Any]]:
    return {"patient": {"properties": properties, "required": list(required), "$defs": {"Part": {"properties": {"name": TEXT}}}}}


def one_of(*values: str) -> dict[str, Any]:
    return {"anyOf": [{"enum": list(values)}, {"type": "null"}]}


SEX = one_of("male", "female")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (object_of("name", name=TEXT, sex=SEX, more=NUMBER), "minor"),
        (object_of("name", "more", name=TEXT, sex=SEX, more=NUMBER), "major"),  # what was written before lacks it
        (object_of("name", "sex", name=TEXT, sex=SEX), "major"),
        (object_of(name=TEXT, sex=SEX), "major"),
        (object_of("name", name=TEXT, sex=one_of("other", "female", "male")), "minor"),
        (object_of("name", name=TEXT, sex=one_of("female", "male")), None),
        (object_of("name", name=TEXT, sex=one_of("female")), "major"),
        (object_of("name", name=TEXT, sex={"anyOf": [*SEX["anyOf"], {"type": "integer"}]}), "minor"),
        (object_of("name", name=TEXT, sex={"enum": ["male", "female"]}), "major"),
        (object_of("name", name=TEXT | {"maxLength": 9}, sex=SEX), "major"),
        (object_of("name", name=TEXT, sex=SEX | {"default": None}), "major"),
        (object_of("name", name=TEXT, sex=SEX) | {"other": {}}, "minor"),
        ({}, "major"),
    ],
)
def test_what_is_minor_and_what_is_major(made: dict[str, Any], expected: str | None) -> None:
    assert change(object_of("name", name=TEXT, sex=SEX), made) == expected


def test_a_change_must_be_noted(tmp_path: Path) -> None:
    old, new, other = record(name=TEXT), record(name=TEXT, more=NUMBER), record(name=NUMBER)
    assert missing_note(new, old, tmp_path) == (
        "what is written has changed (minor): raise the minor number of SCHEMA_VERSION in eligibility/versioning.py"
    )
    old["record"]["$id"] = "urn:x:1.99"
    assert (
        missing_note(other, old, tmp_path)
        == "what was there has changed: raise the major number of SCHEMA_VERSION in eligibility/versioning.py"
    )
    assert missing_note(new, old, tmp_path) == (
        f'note the change in versions.toml: ["{SCHEMA_VERSION}"] with a note that says what it is, and digest = "{digest(new)}"'
    )
    (tmp_path / "versions.toml").write_text(f'["{SCHEMA_VERSION}"]\nnote = "More."\ndigest = "{digest(new)}"\n', encoding="utf-8")
    assert missing_note(new, old, tmp_path) is None
