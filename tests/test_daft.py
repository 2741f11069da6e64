"""Daft, by its local runner and on a Ray of two workers: what one process reads. Each in a process of its own: Daft has one runner."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from registry import record_of, text_of

import eligibility
from eligibility import Criteria, parse
from eligibility.batch import run_batch
from eligibility.tables import rows

BATCH = """
import sys
from eligibility.batch import run_batch
if __name__ == "__main__":
    run_batch([sys.argv[1]], sys.argv[2], workers=2, engine="daft", address=sys.argv[3] or None)
"""
FRAME = """
import json, sys
from eligibility.integrations.daft import daft, parse_frame
if __name__ == "__main__":
    frame = daft.from_pydict(json.load(open(sys.argv[1])))
    parsed = parse_frame(frame, "criteria", source="id", workers=1).sort("id").to_pydict()
    print(json.dumps([parsed["id"], parsed["eligibility"]]))
"""
MISTAKES = """
from eligibility.errors import InputError
from eligibility.integrations.daft import daft, parse_frame
for columns in ({"a": ["x"]}, {"text": ["x"], "eligibility": ["y"]}):
    try:
        parse_frame(daft.from_pydict(columns))
    except InputError as error:
        print(error)
"""
pytestmark = pytest.mark.slow


def run(folder: Path, script: str, *arguments: str | Path) -> str:
    path = folder / "script.py"
    path.write_text(script, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(eligibility.__file__).parents[1]), "DAFT_PROGRESS_BAR": "0"}
    command = [sys.executable, str(path), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("address", ["", "local"], ids=["local runner", "Ray of two workers"])
def test_a_batch_is_the_same_whoever_reads_it(address: str, tmp_path: Path) -> None:
    records: list[Any] = [record_of(n) for n in range(40)]
    (tmp_path / "many.json").write_text(json.dumps([*records[:20], {"no": "study"}, *records[20:]]), encoding="utf-8")
    run(tmp_path, BATCH, tmp_path / "many.json", tmp_path / "daft", address)
    run_batch([tmp_path / "many.json"], tmp_path / "processes", workers=1)
    made = {path.name: path.read_bytes() for path in (tmp_path / "daft").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "processes").iterdir()}


def test_a_frame_gets_records_criteria_issues_and_errors(tmp_path: Path) -> None:
    (tmp_path / "trials.json").write_text(json.dumps({"id": ["a", "b", "c"], "criteria": [text_of(1), None, text_of(2)]}), encoding="utf-8")
    parsed = json.loads(run(tmp_path, FRAME, tmp_path / "trials.json"))
    first, last = parse(text_of(1), source="a"), parse(text_of(2), source="c")
    nothing = {"records": None, "criteria": None, "issues": None, "error": "there is no text"}
    assert parsed == [["a", "b", "c"], [struct_of(first), nothing, struct_of(last)]]


def struct_of(criteria: Criteria) -> dict[str, Any]:
    return {table: rows(criteria, table) for table in ("records", "criteria", "issues")} | {"error": None}  # type: ignore[arg-type]


def test_a_frame_that_lacks_a_column_or_has_one_already(tmp_path: Path) -> None:
    assert run(tmp_path, MISTAKES).splitlines() == [
        "the frame has no column 'text'; its columns are a",
        "the frame has a column 'eligibility' already: choose another; its columns are text, eligibility",
    ]
