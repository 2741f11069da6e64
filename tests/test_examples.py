"""Every script of examples/ runs as its docstring says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def run(script: str, *arguments: str | Path) -> str:
    command = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=EXAMPLES.parent)
    assert done.stderr == ""
    return done.stdout


def test_every_script_is_tested_here() -> None:
    assert sorted(path.name for path in EXAMPLES.glob("*.py")) == [
        "batch_registry.py", "check_schema.py", "compare_versions.py", "on_daft.py", "parse_text.py", "read_sources.py",
        "screen_patient.py", "summarise.py", "to_fhir.py", "to_frame.py", "to_html.py", "to_omop.py", "to_records.py",
    ]  # fmt: skip


@pytest.mark.slow
def test_parse_text_prints_every_criterion() -> None:
    lines = run("parse_text.py").splitlines()
    assert [line.split(":")[0] for line in lines[:5]] == ["inclusion 1", "inclusion 2", "exclusion 1", "exclusion 2", "exclusion 3"]
    assert lines[0] == "inclusion 1: age 18..75 a"


@pytest.mark.slow
def test_to_records_prints_the_limits_of_the_lupus_trial() -> None:
    header, *rows = [line.split("\t") for line in run("to_records.py").splitlines()]
    assert header[:3] == ["source", "section", "criterion"]
    assert ["lupus", "inclusion", "5.1", "Platelet count", "75.0", "", "10*9/L", "≥ 75 x 10^9/L"] in rows


@pytest.mark.slow
def test_to_html_writes_a_page(tmp_path: Path) -> None:
    assert run("to_html.py", tmp_path / "page.html") == "wrote page.html\n"
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.slow
def test_screen_patient_says_what_would_settle_it() -> None:
    lines = run("screen_patient.py").splitlines()
    assert lines[0] == "undetermined: patient ana, trial NCT00000000, on 2026-03-01"
    assert "pass    inclusion 3: SLE Disease Activity Index (SLEDAI) score ≥ 6 at screening" in lines
    assert "  AST, with its upper limit of normal" in lines
    assert "the bundle: undetermined" in lines


@pytest.mark.slow
def test_batch_registry_counts_and_reads_its_tables(tmp_path: Path) -> None:
    lines = run("batch_registry.py", EXAMPLES / "registry.json", tmp_path / "tables").splitlines()
    assert lines[0] == "3 studies of 1 files"
    assert "Weekly Insulin in Type 2 Diabetes: inclusion 2: HbA1c between 7.0% and 10.5%" in lines
    assert (tmp_path / "tables" / "issues.parquet").is_file()


@pytest.mark.slow
def test_to_frame_counts_trials_by_concept() -> None:
    lines = run("to_frame.py").splitlines()
    assert [line.split() for line in lines[:3]] == [["concept"], ["ALT", "2"], ["AST", "1"]]
    assert lines[-1] == "not structured: ['Any habit that a reasonable person would find alarming']"


@pytest.mark.slow
def test_on_daft_prints_a_row_a_fact() -> None:
    assert run("on_daft.py").splitlines()[:2] == [
        "asthma | inclusion | age | value | 12 to 75 years",
        "asthma | inclusion | eosinophil count | value | >= 300 cells/uL",
    ]


@pytest.mark.slow
def test_check_schema_validates_and_describes() -> None:
    lines = run("check_schema.py").splitlines()
    assert lines[0].startswith("lupus: ") and lines[0].endswith(", schema 1.0")
    assert "unit: UCUM code, or ULN, LLN, baseline, predicted, half_life; null where there is none" in lines


@pytest.mark.slow
def test_compare_versions_says_who_may_enter_now() -> None:
    lines = run("compare_versions.py").splitlines()
    assert lines[0] == "version 1 -> version 2"
    assert lines[1] == "inclusion 1: age 18..65 a -> age 18..75 a: looser"
    assert lines[-1] == "1 added, 6 looser, 1 tighter, 2 changed, 2 unchanged"


@pytest.mark.slow
def test_summarise_draws_what_it_counts(tmp_path: Path) -> None:
    lines = run("summarise.py", tmp_path / "limits.svg").splitlines()
    assert lines[0].strip() == "5 trials"
    assert lines[-2:] == [
        "platelet count: not counted: 1 of 1 trial: in no unit, which does not convert to 10*9/L",
        f"wrote {tmp_path / 'limits.svg'}",
    ]
    assert (tmp_path / "limits.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.slow
def test_to_fhir_says_what_stays_in_words() -> None:
    lines = run("to_fhir.py").splitlines()
    assert lines[0] == "Group NCT00000000: 25 characteristics, 24 things in words alone"
    assert lines[2] == "EvidenceVariable NCT00000000: 17 characteristics, 17 things in words alone"
    assert lines[3] == "inclusion 4: modifier: stable dose of"


@pytest.mark.slow
def test_to_omop_counts_who_is_left() -> None:
    lines = run("to_omop.py").splitlines()
    assert lines[0] == "4  persons"
    assert lines[5] == "1  exclusion 2: Prednisone within 28 days prior to baseline"


@pytest.mark.slow
def test_read_sources_names_trials_and_what_is_none() -> None:
    lines = run("read_sources.py").splitlines()
    assert "NCT00000001 | phase 3 | Severe Asthma | 326 characters" in lines
    assert [line.partition(",")[0] for line in lines if line.startswith("not read: ")] == [
        "not read: patient.json", "not read: patient_bundle.json",
    ]  # fmt: skip
    assert any(line.startswith("no trial: to_fhir.py: no name that trials have") for line in lines)
