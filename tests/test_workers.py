"""Several processes: the same criteria as in one, in order, streaming, errors in their place."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import eligibility
from eligibility import EligibilityError, InputError, parse, parse_many
from eligibility.processes import TASKS_AHEAD
from eligibility.workers import CHUNK, parse_in_processes

TEXTS = [
    f"Inclusion Criteria:\n- Age over {n} years\n- ALT > {n} U/L\nExclusion Criteria:\n- Stroke within {n} weeks of baseline\n"
    for n in range(40)
]


def test_two_processes_read_what_one_reads() -> None:
    assert list(parse_many(TEXTS, workers=2)) == [parse(text) for text in TEXTS]


def test_no_texts() -> None:
    assert list(parse_many([], workers=2)) == []


def test_one_worker_needs_no_process() -> None:
    assert list(parse_many(TEXTS[:2], workers=1)) == [parse(text) for text in TEXTS[:2]]


def test_a_failing_study_raises_in_its_place() -> None:
    studies = [*TEXTS[:20], {"no": "study"}, *TEXTS[20:]]
    seen = []
    with pytest.raises(InputError, match="protocolSection"):
        for criteria in parse_many(studies, workers=2):
            seen.append(criteria.text)
    assert seen == TEXTS[:20]


def test_a_failing_source_raises_after_what_came_before() -> None:
    def source() -> Iterator[str]:
        yield from TEXTS[:20]
        raise InputError("the page cannot be read: give another")

    seen = []
    with pytest.raises(InputError, match="give another"):
        for criteria in parse_many(source(), workers=2):
            seen.append(criteria.text)
    assert seen == TEXTS[:20]


def test_the_source_is_read_only_as_far_as_needed() -> None:
    """An endless source; what is drawn from it stays within the chunks in flight."""
    drawn = 0

    def source() -> Iterator[str]:
        nonlocal drawn
        while True:
            drawn += 1
            yield "Age over 30 years"

    found = parse_in_processes(source(), 2, None)
    first = next(found)
    assert str(first.constraints[0]) == "age > 30 a"
    assert drawn <= CHUNK * TASKS_AHEAD * 2
    found.close()


def test_the_callers_pipeline_goes_along(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[analyte]]\nid = "zebra_stripe_count"\nunit = "1"\nterms = ["zebra stripe count"]\n', encoding="utf-8"
    )
    nlp = eligibility.load(rules=[tmp_path])
    found = list(parse_many(["Zebra stripe count >= 12"] * 3, workers=2, nlp=nlp))
    assert [[str(c) for c in criteria.constraints] for criteria in found] == [["zebra_stripe_count >= 12"]] * 3


@pytest.mark.slow
def test_a_script_with_a_main_guard(tmp_path: Path) -> None:
    lines = [
        "import eligibility",
        'if __name__ == "__main__":',
        '    found = eligibility.parse_many(["Age over 30 years"] * 40, workers=2)',
        '    print(len([c for c in found if str(c.constraints[0]) == "age > 30 a"]))',
    ]
    assert run(tmp_path, lines).stdout.split() == ["40"]


@pytest.mark.slow
def test_a_script_without_a_main_guard_says_what_to_do(tmp_path: Path) -> None:
    lines = ["import eligibility", 'list(eligibility.parse_many(["Age over 30 years"] * 4, workers=2))']
    done = run(tmp_path, lines)
    assert done.returncode != 0
    assert EligibilityError.__name__ in done.stderr.strip().splitlines()[-1]
    assert "use one worker" in done.stderr.strip().splitlines()[-1]


def run(folder: Path, lines: list[str]) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    package = str(Path(eligibility.__file__).parents[1])
    return subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False, env={"PYTHONPATH": package, "PATH": ""}
    )
