"""`eligibility screen`: one screening in full, several as a ranked table, JSON Lines, saved criteria, and bad input in one line each."""

from __future__ import annotations

import json
from pathlib import Path

from test_cli import run

from eligibility import Criteria, Screening, parse
from eligibility.versioning import SCHEMA_VERSION

TRIAL = "Inclusion Criteria:\n- Age 18 to 60 years\n\nExclusion Criteria:\n- ALT > 3 x ULN\n"
SENIORS = "Inclusion Criteria:\n- Age over 65 years\n"


def files(folder: Path) -> tuple[Path, Path]:
    """A folder of two trials, and one of two patients."""
    trials, patients = folder / "trials", folder / "patients"
    trials.mkdir()
    patients.mkdir()
    (trials / "adults.txt").write_text(TRIAL, encoding="utf-8")
    (trials / "seniors.txt").write_text(SENIORS, encoding="utf-8")
    alt = [{"name": "ALT", "magnitude": 130, "unit": "U/L", "date": "2026-02-20", "reference_high": 40}]
    for id, age, observations in (("young", 30, []), ("old", 70, alt)):
        patient = {"id": id, "age": {"magnitude": age}, "sex": "male", "observations": observations}
        (patients / f"{id}.json").write_text(json.dumps(patient), encoding="utf-8")
    return trials, patients


def test_one_screening_is_a_table_of_criteria(tmp_path: Path) -> None:
    trials, patients = files(tmp_path)
    done = run("screen", "--trial", trials / "adults.txt", "--patient", patients / "young.json", "--on", "2026-03-01")
    assert done.exit_code == 0
    assert "young / adults: undetermined on 2026-03-01" in done.stdout
    assert done.stdout.splitlines()[-1] == "would settle it: ALT, with its upper limit of normal"


def test_several_are_ranked_for_each_patient(tmp_path: Path) -> None:
    trials, patients = files(tmp_path)
    done = run("screen", "--trial", trials, "--patient", patients, "--on", "2026-03-01")
    rows = [[cell.strip() for cell in line.split("│")[1:7]] for line in done.stdout.splitlines() if line.startswith("│")]
    assert [row for row in rows if row[0]] == [
        ["old", "seniors", "eligible", "1", "0", "0"],
        ["old", "adults", "ineligible", "0", "0", "2"],
        ["young", "adults", "undetermined", "1", "1", "0"],
        ["young", "seniors", "ineligible", "0", "0", "1"],
    ]


def test_json_is_one_screening_a_line(tmp_path: Path) -> None:
    trials, patients = files(tmp_path)
    done = run("screen", "--trial", trials, "--patient", patients, "--on", "2026-03-01", "--format", "json")
    found = [Screening.model_validate_json(line) for line in done.stdout.splitlines()]
    assert [(one.patient, one.source, one.outcome) for one in found] == [
        ("old", "adults", "ineligible"),
        ("old", "seniors", "eligible"),
        ("young", "adults", "undetermined"),
        ("young", "seniors", "ineligible"),
    ]


def test_saved_criteria_are_read_back(tmp_path: Path) -> None:
    _, patients = files(tmp_path)
    saved = tmp_path / "saved.json"
    assert run("parse", tmp_path / "trials", "--format", "json", "--out", saved).exit_code == 0
    assert [Criteria.model_validate(one).source for one in json.loads(saved.read_text(encoding="utf-8"))] == ["adults", "seniors"]
    done = run("screen", "--trial", saved, "--patient", patients / "old.json", "--on", "2026-03-01", "--format", "json")
    assert [json.loads(line)["outcome"] for line in done.stdout.splitlines()] == ["ineligible", "eligible"]


def test_what_cannot_be_read_costs_a_line_and_no_more(tmp_path: Path) -> None:
    trials, patients = files(tmp_path)
    (patients / "broken.json").write_text("{", encoding="utf-8")
    (trials / "spoilt.json").write_text(parse(TRIAL).model_dump_json().replace('"inclusion"', '"inclusions"', 1), encoding="utf-8")
    done = run("screen", "--trial", trials, "--patient", patients, "--on", "2026-03-01", "--format", "json")
    assert (done.exit_code, len(done.stdout.splitlines())) == (1, 4)
    broken, spoilt = done.stderr.splitlines()
    assert broken.startswith(f"eligibility: {patients / 'broken.json'}: not JSON")
    assert spoilt.startswith(f"eligibility: {trials / 'spoilt.json'}: entry 1: no saved criteria (inclusions: Extra inputs")


def test_criteria_of_another_version_are_said_to_be(tmp_path: Path) -> None:
    _, patients = files(tmp_path)
    later = tmp_path / "later.json"
    later.write_text(json.dumps({"schema_version": "2.0", "words": TRIAL}), encoding="utf-8")
    done = run("screen", "--trial", later, "--patient", patients / "old.json")
    assert (done.exit_code, done.stderr) == (
        1,
        f"eligibility: {later}: entry 1: no saved criteria (schema_version: it is of schema version 2.0, and this package reads 1.0 to "
        f"{SCHEMA_VERSION}: make it again, or read it with the package that wrote it): parse the trial again\n",
    )


def test_a_lone_surrogate_does_not_stop_the_screening(tmp_path: Path) -> None:
    _, patients = files(tmp_path)
    saved = tmp_path / "odd.json"
    saved.write_text(json.dumps(parse("Inclusion Criteria:\n- Age over 30 \udc80 years", source="odd").model_dump(mode="json")))
    done = run("screen", "--trial", saved, "--patient", patients / "old.json", "--on", "2026-03-01", "--format", "json")
    assert json.loads(done.stdout)["criteria"][0]["text"] == "Age over 30 \udc80 years"


def test_a_day_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    trials, patients = files(tmp_path)
    assert run("screen", "--trial", trials, "--patient", patients, "--on", "yesterday").exit_code == 2
