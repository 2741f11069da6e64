"""`eligibility batch`: exit codes, what is said, and where what is written stands."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from registry import record_of
from typer.testing import CliRunner

from eligibility.cli import app


def run(*arguments: str | Path) -> tuple[int, list[str], list[str]]:
    done = CliRunner().invoke(app, ["batch", *map(str, arguments)])
    return done.exit_code, done.stdout.splitlines(), done.stderr.splitlines()


@pytest.fixture
def trials(tmp_path: Path) -> Path:
    path = tmp_path / "trials.json"
    path.write_text(json.dumps([record_of(1), record_of(2)]), encoding="utf-8")
    return path


def test_it_writes_the_tables_and_says_how_many(trials: Path, tmp_path: Path) -> None:
    code, said, complained = run(trials, "--out", tmp_path / "out", "--workers", 1)
    assert (code, said[0], complained) == (0, "2 studies of 1 files", [])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "criteria.parquet", "errors.jsonl", "issues.parquet", "records.parquet", "studies.parquet", "summary.json",
    ]  # fmt: skip
    assert run(trials, "--out", tmp_path / "out", "--resume")[:2] == (0, said)
    problem = f"{tmp_path / 'out'}: holds a batch already (summary.json): add --resume to go on with it, or choose another --out"
    assert run(trials, "--out", tmp_path / "out") == (1, [], [f"eligibility: {problem}"])


def test_an_entry_that_cannot_be_read_is_exit_code_1(tmp_path: Path) -> None:
    (tmp_path / "trials.json").write_text(json.dumps([record_of(1), {"no": "study"}]), encoding="utf-8")
    code, said, complained = run(tmp_path / "trials.json", "--out", tmp_path / "out", "--workers", 1)
    assert (code, said[0]) == (1, "1 studies of 1 files")
    assert complained == [f"eligibility: {tmp_path / 'out'}: 1 entries could not be read: errors.jsonl says which and why"]


def test_columns_of_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "trials.csv").write_text('key,who may enter\nA1,"Inclusion Criteria:\n- Age over 30 years"\n', encoding="utf-8")
    columns = ("--column", "text=who may enter", "--column", "id=key")
    assert run(tmp_path / "trials.csv", "--out", tmp_path / "out", "--workers", 1, *columns)[0] == 0
    (row,) = pq.read_table(tmp_path / "out" / "records.parquet").to_pylist()
    assert (row["source"], row["type"], row["lower"]) == ("A1", "age", 30.0)
    assert run(tmp_path / "trials.csv", "--out", tmp_path / "other", "--column", "text")[0] == 2
