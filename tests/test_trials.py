"""Whole trials, invented: every record of tests/trials/*.txt is as it stands in the .jsonl beside it.

Each line there is one record without its empty columns. After a change of rules or engine, write the files anew and review what changed:

    python tests/test_trials.py && git diff tests/trials
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eligibility import Criteria, parse
from eligibility.records import COLUMNS

FOLDER = Path(__file__).parent / "trials"
TRIALS = sorted(FOLDER.glob("*.txt"))


def rows(criteria: Criteria) -> list[dict[str, Any]]:
    """The records as they are kept: no column that is null, false or empty."""
    return [{key: value for key, value in row.items() if value not in (None, False, [])} for row in criteria.records()]


def expected(trial: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in trial.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.stem)
def test_records(trial: Path) -> None:
    assert rows(parse(trial.read_text(encoding="utf-8"))) == expected(trial)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.stem)
def test_the_kept_records_are_of_this_text(trial: Path) -> None:
    text = trial.read_text(encoding="utf-8")
    for row in expected(trial):
        assert set(row) <= set(COLUMNS)
        assert row["text"] == text[row["start"] : row["end"]]


def test_every_trial_has_its_records() -> None:
    assert [trial.stem for trial in TRIALS] == sorted(path.stem for path in FOLDER.glob("*.jsonl"))


if __name__ == "__main__":
    for trial in TRIALS:
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows(parse(trial.read_text(encoding="utf-8")))]
        trial.with_suffix(".jsonl").write_text("".join(lines), encoding="utf-8")
