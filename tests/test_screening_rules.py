"""The rules of screening: every name in them is one that there is, and a misspelt one is refused with the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest

from eligibility import RuleError
from eligibility.screening.knowledge import load_knowledge

MISSPELT = [
    ('[[told_by]]\nconditions = ["diabetes"]\nby = ["haemoglobin_a1d"]\n', "haemoglobin_a1c"),
    ('[[not_listed]]\nnames = ["smokign"]\n', "smoking"),
    ("[[half_life]]\n[half_life.days]\nmethotrexat = 0.4\n", "methotrexate"),
]


@pytest.mark.parametrize(("row", "nearest"), MISSPELT)
def test_a_misspelt_name_is_refused_with_the_nearest(tmp_path: Path, row: str, nearest: str) -> None:
    (tmp_path / "own.toml").write_text(row, encoding="utf-8")
    with pytest.raises(RuleError, match=nearest):
        load_knowledge((tmp_path,))


def test_a_users_rows_join_those_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[[happens]]\nconditions = ["asthma"]\n', encoding="utf-8")
    assert load_knowledge((tmp_path,)).happens - load_knowledge().happens == {"asthma"}
