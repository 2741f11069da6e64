"""`summarise`: what of the record rows of many trials counts as a limit, on which side and in which unit, and that the rest is counted."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import run

from eligibility import EligibilityError, InputError, frame, parse
from eligibility.records import COLUMNS
from eligibility.summary import Apart, Distribution, Limits, Summary, plot, read_folder, summarise

TRIALS = [
    "Inclusion Criteria:\n- Age 18 to 75 years\n- Platelets >= 100 x 10^9/L\n- ALT <= 3 x ULN\n",
    "Inclusion Criteria:\n- Age >= 18 years\n- Platelets >= 75,000/mm3\n\nExclusion Criteria:\n- ALT > 2.5 x ULN\n",
    "Inclusion Criteria:\n- Age 6 months to 17 years\n- Platelets >= 100\n- ALT <= 80 U/L\n",
    "Inclusion Criteria:\n- ALT <= 3 x ULN (<= 5 x ULN in patients with liver metastases)\n\n"
    "Exclusion Criteria:\n- Platelets < 100 x 10^9/L\n",
    "Inclusion Criteria:\n- Asthma\n",
]


def rows(texts: list[str]) -> list[dict[str, Any]]:
    return list(chain.from_iterable(parse(text, source=str(number)).records() for number, text in enumerate(texts)))


def made(**values: Any) -> dict[str, Any]:
    """A row of a limit on ALT."""
    usual = {
        "source": "t", "section": "inclusion", "type": "measurement", "facet": "value", "subject": "ALT", "concept": "ALT", "unit": "U/L",
        "negated": False, "exception": False, "issues": [],
    }  # fmt: skip
    return dict.fromkeys(COLUMNS) | usual | values


def alt(*found: dict[str, Any]) -> Limits:
    return summarise(found, ["alt"]).analytes[0]


def sides(limits: Limits) -> list[tuple[str, str | None, tuple[tuple[float, int], ...]]]:
    return [(one.side, one.unit, one.counts) for one in limits.distributions]


def test_five_trials() -> None:
    summary = summarise(rows(TRIALS), ["platelets", "LOINC:1742-6"])
    assert (summary.trials, summary.age.trials, summary.age.without_lower, summary.age.without_upper) == (5, 3, 2, 3)
    assert sides(summary.age) == [("lower", "a", ((18.0, 2), (0.5, 1))), ("upper", "a", ((17.0, 1), (75.0, 1)))]
    platelets, alt = summary.analytes
    assert (platelets.name, sides(platelets)) == ("platelet count", [("lower", "10*9/L", ((100.0, 2), (75.0, 1)))])
    assert platelets.apart == (Apart(reason="in no unit, which does not convert to 10*9/L", rows=1, trials=1),)
    assert (alt.trials, alt.without_lower, alt.without_upper) == (4, 5, 1)
    assert sides(alt) == [("upper", "U/L", ((80.0, 1),)), ("upper", "ULN", ((3.0, 2), (2.5, 1)))]
    assert alt.apart == (Apart(reason="for a part of the patients", rows=1, trials=1),)


def test_the_five_numbers() -> None:
    (found,) = alt(*(made(source=str(n), upper=value) for n, value in enumerate((40.0, 50.0, 50.0, 80.0, 100.0)))).distributions
    assert found == Distribution(
        side="upper", unit="U/L", trials=5, minimum=40, lower_quartile=50, median=50, upper_quartile=80, maximum=100,
        counts=((50, 2), (40, 1), (80, 1), (100, 1)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({"upper": 80.0}, [("upper", "U/L", ((80.0, 1),))]),
        ({"lower": 80.0, "section": "exclusion"}, [("upper", "U/L", ((80.0, 1),))]),
        ({"lower": 80.0, "negated": True}, [("upper", "U/L", ((80.0, 1),))]),
        ({"lower": 80.0, "negated": True, "section": "exclusion"}, [("lower", "U/L", ((80.0, 1),))]),
        ({"lower": 3.0, "unit": "ULN", "section": "exclusion"}, [("upper", "ULN", ((3.0, 1),))]),
        ({"lower": 10.0, "upper": 80.0}, [("lower", "U/L", ((10.0, 1),)), ("upper", "U/L", ((80.0, 1),))]),
        ({"upper": 1.0, "unit": "ukat/L"}, [("upper", "U/L", ((60.0, 1),))]),
    ],
)
def test_what_a_patient_must_satisfy(values: dict[str, Any], counted: list[Any]) -> None:
    assert sides(alt(made(**values))) == counted
    assert alt(made(**values)).apart == ()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"upper": 80.0, "exception": True}, "exceptions"),
        ({"upper": 80.0, "population": "men"}, "for a part of the patients"),
        ({"upper": 80.0, "issues": ["implausible"]}, "doubtful: see the issues of the trial"),
        ({"lower": 10.0, "upper": 80.0, "section": "exclusion"}, "ranges that exclude what lies within"),
        ({"upper": 80.0, "unit": "mg/dL"}, "in mg/dL, which does not convert to U/L"),
        ({"upper": 80.0, "unit": None}, "in no unit, which does not convert to U/L"),
        ({}, "without a number"),
    ],
)
def test_what_is_counted_apart(values: dict[str, Any], reason: str) -> None:
    found = alt(made(**values))
    assert (found.distributions, found.trials) == ((), 0)
    assert found.apart == (Apart(reason=reason, rows=1, trials=1),)


def test_a_trial_with_several_limits_counts_once() -> None:
    found = alt(made(upper=80.0), made(upper=60.0), made(source="u", upper=90.0), made(source="u", upper=90.0))
    assert (sides(found), found.several) == ([("upper", "U/L", ((60.0, 1), (90.0, 1)))], 1)


def test_of_ages_the_header_counts() -> None:
    ages = [
        made(type="age", concept=None, unit="a", lower=lower, section=section) for lower, section in ((18.0, "header"), (60.0, "inclusion"))
    ]
    found = summarise(ages).age
    assert (sides(found), found.several) == ([("lower", "a", ((18.0, 1),))], 1)


def test_a_name_that_no_rule_knows_is_found_by_its_words() -> None:
    found = summarise([made(subject="Aachen Aphasia Tests", concept=None, unit=None, lower=30.0)], ["aachen aphasia tests"]).analytes[0]
    assert sides(found) == [("lower", None, ((30.0, 1),))]


def test_trials_without_rows_are_counted_where_their_number_is_known() -> None:
    summary = summarise(rows(TRIALS), trials=7)
    assert (summary.trials, summary.age.without_lower) == (7, 4)
    assert Summary.model_validate_json(summary.model_dump_json()) == summary


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["inclusion", "exclusion"]), st.booleans(), st.integers(1, 400))))
def test_every_row_is_counted_once(drawn: list[tuple[int, str, bool, int]]) -> None:
    found = alt(
        *(
            made(source=str(trial), section=section, exception=apart, lower=float(value), unit="U/L" if value % 3 else "mg/dL")
            for trial, section, apart, value in drawn
        )
    )
    limiting = {(trial, section) for trial, section, apart, value in drawn if not apart and value % 3}
    assert sum(one.trials for one in found.distributions) == len(limiting)
    assert sum(one.rows for one in found.apart) == sum(apart or not value % 3 for _, _, apart, value in drawn)
    assert all(one.minimum <= one.lower_quartile <= one.median <= one.upper_quartile <= one.maximum for one in found.distributions)


# ---- files


def batch(folder: Path) -> Path:
    """A folder as a batch writes it."""
    parquet = pytest.importorskip("pyarrow.parquet")
    parsed = [parse(text, source=str(number)) for number, text in enumerate(TRIALS)]
    for table in ("records", "studies"):
        parquet.write_table(frame(parsed, table), folder / f"{table}.parquet")
    return folder


def test_a_batch_is_read_as_the_trials_are(tmp_path: Path) -> None:
    found, trials = read_folder(batch(tmp_path))
    assert summarise(found, ["ALT"], trials=trials) == summarise(rows(TRIALS), ["ALT"])


def test_what_is_no_batch_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no records\.parquet"):
        read_folder(tmp_path)
    (tmp_path / "records.parquet").write_text("no", encoding="utf-8")
    with pytest.raises(InputError, match=r"records\.parquet: is no Parquet file"):
        read_folder(tmp_path)


def test_a_batch_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "records.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EligibilityError, match=r"pip install 'eligibility\[batch\]'"):
        read_folder(tmp_path)


def test_a_plot_is_the_same_each_time(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    summary = summarise(rows(TRIALS), ["ALT", "platelets", "hemoglobin"])
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        plot(summary, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert b"dc:date" not in (tmp_path / "a.svg").read_bytes()
    with pytest.raises(InputError, match=r"a\.pdf: a plot is a \.png or \.svg file"):
        plot(summary, tmp_path / "a.pdf")


def test_a_plot_without_matplotlib_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(EligibilityError, match=r"pip install 'eligibility\[plot\]'"):
        plot(summarise([]), tmp_path / "a.svg")


def test_the_command(tmp_path: Path) -> None:
    for number, text in enumerate(TRIALS):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    done = run("summary", tmp_path, "--analyte", "ALT", "--format", "json")
    assert done.exit_code == 0
    assert Summary.model_validate_json(done.stdout) == summarise(rows(TRIALS), ["ALT"])
    table = run("summary", tmp_path, "--analyte", "ALT", "--plot", tmp_path / "plot.svg")
    cells = [[cell.strip() for cell in line.split("│")[1:11]] for line in table.stdout.splitlines() if line.startswith("│")]
    assert cells[0] == ["age", "at least", "a", "3", "0.5", "9.25", "18", "18", "18", "18 (2), 0.5 (1)"]
    assert cells[-1] == ["ALT", "at most", "ULN", "3", "2.5", "2.75", "3", "3", "3", "3 (2), 2.5 (1)"]
    assert [line.strip() for line in table.stdout.splitlines()[-3:]] == [
        "age: 2 trials without a lower limit, 3 without an upper one",
        "ALT: 5 trials without a lower limit, 1 without an upper one",
        "ALT: not counted: 1 of 1 trial: for a part of the patients",
    ]
    assert (tmp_path / "plot.svg").is_file()


def test_the_command_on_a_batch_and_on_bad_input(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = run("summary", batch(tmp_path / "out"), "--format", "json")
    assert Summary.model_validate_json(done.stdout) == summarise(rows(TRIALS))
    missing = run("summary", tmp_path / "nothing")
    assert (missing.exit_code, missing.stderr) == (1, f"eligibility: {tmp_path / 'nothing'}: no such file or folder: check the path\n")
