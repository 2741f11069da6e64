"""Counts: of what, in which range, and the numbers before nouns that are none."""

from __future__ import annotations

import pytest
from lines import read


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Presence of 20 natural teeth", ["other natural teeth count = 20"]),
        ("Completion of 3 open water dives", ["other open water dives count = 3"]),
        ("12 seizures over a 12-week period", ["condition seizure duration > 12 wk count = 12"]),
        ("Two stomas", ["procedure stoma count = 2"]),
        ("Three injections of rituximab", ["medication rituximab count = 3"]),
        ("At least 1 measurable lesion", ["other measurable lesion count >= 1"]),
        ("One or more of the prohibited medications", ["medication any_medication count >= 1"]),
        ("≥ 2 of 6 typical signs", ["other typical signs count >= 2"]),
        ("Fewer than 100 cigarettes in a lifetime", ["other cigarettes count < 100"]),
        ("Rituximab given at least once", ["medication rituximab count >= 1"]),
        ("At least one gout-related complication", ["other gout-related complication count >= 1", "condition gout"]),
        ("At least 3 episodes of gout", ["condition gout count >= 3"]),
        ("At least two prior lines of chemotherapy", ["medication chemotherapy count >= 2"]),
        ("Failed 2 previous treatment regimens", ["other treatment regimens failed count = 2"]),
        ("At least one polyp of eligible size", ["condition polyp count >= 1"]),
        ("Three or more failed In Vitro Fertilization cycles", ["procedure ivf failed count >= 3"]),
        ("At least one occlusal or proximal caries lesion", ["condition dental_caries count >= 1"]),
        ("Rituximab, at least 2 doses", ["medication rituximab count >= 2"]),
        ("A minimum of 1 and a maximum of 12 teeth", ["other teeth count 1..12"]),
        ("More than 3 relapses in the past year", ["other relapses window <= 1 a count > 3 before"]),
        ("More than 6 caffeinated drinks per day", ["other caffeinated drinks frequency > 6 /d"]),
        ("4 to 14 migraine attacks per month", ["condition migraine frequency 4..14 /mo"]),
        ("More than 3 x 30 min moderate exercise per week", ["other moderate exercise duration = 30 min frequency > 3 /wk"]),
    ],
)
def test_counts(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("These two lesions are stable", []),
        ("COVID-19 infections", ["condition covid_19"]),
        ("Visit 2 lesions", []),
        ("One lesion", []),
        ("Treated with type 30 injections", []),
        ("Loss of 2 lines on the chart", []),
    ],
)
def test_numbers_that_count_nothing(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted
