"""`eligibility compare`: a table of what differs, one JSON object, saved criteria, and bad input in one line."""

from __future__ import annotations

from pathlib import Path

from test_cli import run

from eligibility import parse
from eligibility.comparison import Comparison, compare

FIRST = "Inclusion Criteria:\n- Age 18 to 60 years\n- Asthma\n\nExclusion Criteria:\n- ALT > 3 x ULN\n"
SECOND = "Inclusion Criteria:\n- Age 18 to 75 years\n- Asthma\n\nExclusion Criteria:\n- ALT > 2 x ULN\n- Hepatitis B\n"


def versions(folder: Path) -> tuple[Path, Path]:
    first, second = folder / "v1.txt", folder / "v2.txt"
    first.write_text(FIRST, encoding="utf-8")
    second.write_text(SECOND, encoding="utf-8")
    return first, second


def test_a_table_of_what_differs(tmp_path: Path) -> None:
    done = run("compare", *versions(tmp_path))
    rows = [[cell.strip() for cell in line.split("│")[1:6]] for line in done.stdout.splitlines() if line.startswith("│")]
    assert done.exit_code == 0
    assert rows == [
        ["looser", "inclusion 1", "age 18..60 a", "age 18..75 a", ""],
        ["tighter", "exclusion 1", "ALT > 3 ULN", "ALT > 2 ULN", ""],
        ["added", "exclusion 2", "", "hepatitis b", ""],
    ]
    assert (done.stdout.splitlines()[0].strip(), done.stdout.splitlines()[-1].strip()) == (
        "v1 -> v2",
        "1 added, 1 looser, 1 tighter, 1 unchanged",
    )


def test_json_is_the_comparison(tmp_path: Path) -> None:
    first, second = versions(tmp_path)
    done = run("compare", first, second, "--format", "json")
    assert Comparison.model_validate_json(done.stdout) == compare(parse(FIRST, source="v1"), parse(SECOND, source="v2"))


def test_saved_criteria_are_read_back(tmp_path: Path) -> None:
    first, second = versions(tmp_path)
    saved = tmp_path / "saved.json"
    assert run("parse", first, "--format", "json", "--out", saved).exit_code == 0
    done = run("compare", saved, first)
    assert (done.exit_code, done.stdout.splitlines()[1].strip()) == (0, "no differences")
    assert run("compare", saved, second, "--format", "json").stdout == run("compare", first, second, "--format", "json").stdout


def test_what_cannot_be_compared_costs_a_line(tmp_path: Path) -> None:
    first, second = versions(tmp_path)
    done = run("compare", first, tmp_path / "v3.txt")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"eligibility: {tmp_path / 'v3.txt'}: no such file or folder: check the path\n"
    several = tmp_path / "several.json"
    assert run("parse", first, second, "--format", "json", "--out", several).exit_code == 0
    done = run("compare", several, second)
    assert (done.exit_code, done.stderr) == (
        1,
        f"eligibility: {several}: holds 2 trials: give a file with one, to compare it with another\n",
    )
