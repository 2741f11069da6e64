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
    assert sorted(path.name for path in EXAMPLES.glob("*.py")) == ["parse_text.py", "screen_patient.py", "to_html.py", "to_records.py"]


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
