"""Batches: the same tables whatever the number of processes, whatever could not be read, and however often it was killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from registry import record_of, text_of, whole

import eligibility
from eligibility import InputError, Study, frame, parse
from eligibility.batch import BATCH_COLUMNS, BatchSummary, run_batch
from eligibility.batch.reading import Parser
from eligibility.result import Criteria
from eligibility.versioning import SCHEMA_VERSION

TABLES = ("records", "criteria", "studies", "issues")
FILES = (*(f"{table}.parquet" for table in TABLES), "errors.jsonl", "summary.json")


def quick() -> Parser:
    """A parser that reads nothing but the whole, and dies of one word."""
    return _quick


def _quick(study: Study) -> Criteria:
    if "abyss" in study.text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "thorn" in study.text:
        raise ValueError("a thorn")
    return whole(study)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    (folder / "many.json").write_text(json.dumps({"studies": [record_of(n) for n in range(1, 31)]}), encoding="utf-8")
    (folder / "one.json").write_text(json.dumps(record_of(31)), encoding="utf-8")
    (folder / "page.txt").write_text(text_of(32), encoding="utf-8")
    (folder / "broken.json").write_text('{"protocolSection": {"identification', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(registry: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BatchSummary]:
    out = tmp_path_factory.mktemp("out") / "done"
    return out, run_batch([registry], out, workers=1)


def content(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in FILES}


def test_the_tables_hold_what_parse_gives(done: tuple[Path, BatchSummary]) -> None:
    out, _ = done
    records = [*map(record_of, range(1, 31)), record_of(31)]
    criteria = [parse(record, source="many") for record in records[:30]] + [
        parse(records[30], source="one"),
        parse(text_of(32), source="page"),
    ]
    for table in TABLES:
        found = pq.read_table(out / f"{table}.parquet")
        expected = frame(criteria, table)
        assert found.select(expected.column_names).to_pylist() == expected.to_pylist()
        assert found.column_names == [column.name for column in BATCH_COLUMNS[table]]
        assert found.schema.metadata[b"schema_version"] == SCHEMA_VERSION.encode()


def test_the_study_number_joins_the_tables(done: tuple[Path, BatchSummary]) -> None:
    out, _ = done
    studies = pq.read_table(out / "studies.parquet").to_pylist()
    assert [study["study"] for study in studies] == list(range(2, 34))
    assert [(s["file"].rpartition("/")[2], s["entry"], s["phase"], s["minimum_age"]) for s in (studies[0], studies[30], studies[31])] == [
        ("many.json", 1, "2/3", "19 Years"), ("one.json", 1, "2/3", "29 Years"), ("page.txt", 1, None, None),
    ]  # fmt: skip
    texts = {study["study"]: study["text"] for study in studies}
    for row in pq.read_table(out / "criteria.parquet").to_pylist():
        assert texts[row["study"]][row["start"] : row["end"]] == row["text"]


def test_the_summary_counts(done: tuple[Path, BatchSummary]) -> None:
    out, summary = done
    tables = {table: pq.read_table(out / f"{table}.parquet").to_pylist() for table in TABLES}
    assert BatchSummary.model_validate_json((out / "summary.json").read_bytes()) == summary
    assert (summary.files, summary.studies, summary.errors) == (4, 32, 1)
    assert (summary.criteria, summary.records) == (len(tables["criteria"]), len(tables["records"]))
    assert summary.structured == sum(row["structured"] for row in tables["criteria"])
    assert summary.issues == dict(Counter(row["code"] for row in tables["issues"]))
    assert str(summary).splitlines()[0] == "32 studies of 4 files"


def test_what_cannot_be_read_is_an_error_line(done: tuple[Path, BatchSummary], registry: Path) -> None:
    (line,) = [json.loads(line) for line in (done[0] / "errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {name: line[name] for name in ("schema_version", "study", "what", "file", "entry", "source", "trial")} == {
        "schema_version": SCHEMA_VERSION, "study": 1, "what": "not readable", "file": str(registry / "broken.json"), "entry": 1,
        "source": None, "trial": None,
    }  # fmt: skip
    assert line["where"] == f"{registry / 'broken.json'}, entry 1"
    assert "broken JSON" in line["why"]


@pytest.mark.slow
def test_two_processes_write_the_same_bytes(done: tuple[Path, BatchSummary], registry: Path, tmp_path: Path) -> None:
    run_batch([registry], tmp_path / "out", workers=2)
    assert content(tmp_path / "out") == content(done[0])


def texts(folder: Path, *lines: str) -> Path:
    folder.mkdir()
    for n, line in enumerate(lines):
        (folder / f"{n:03d}.txt").write_text(line, encoding="utf-8")
    return folder


def test_one_entry_that_fails_and_one_that_kills_cost_only_themselves(tmp_path: Path) -> None:
    folder = texts(tmp_path / "in", *(f"Criterion {n}" for n in range(20)), "a thorn", "the abyss", "Criterion 22")
    summary = run_batch([folder], tmp_path / "out", workers=2, parser=quick)
    assert (summary.studies, summary.errors) == (21, 2)
    errors = [json.loads(line) for line in (tmp_path / "out" / "errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["study"], line["what"], line["source"], line["why"].split(":")[0]) for line in errors] == [
        (21, "not parsed", "020", "ValueError"),
        (22, "not parsed", "021", "the process that read it was killed by signal 9, as when memory runs out"),
    ]
    assert pq.read_table(tmp_path / "out" / "studies.parquet")["study"].to_pylist() == [*range(1, 21), 23]


def test_nothing_that_can_be_read_gives_empty_tables(tmp_path: Path) -> None:
    folder = texts(tmp_path / "in", "a thorn")
    summary = run_batch([folder], tmp_path / "out", workers=1, parser=quick)
    assert (summary.studies, summary.errors) == (0, 1)
    assert [pq.read_table(tmp_path / "out" / f"{table}.parquet").num_rows for table in TABLES] == [0, 0, 0, 0]


def test_a_single_file_of_records(tmp_path: Path) -> None:
    folder = texts(tmp_path / "in", "Age over 30 years")
    run_batch([folder], tmp_path / "facts.parquet", workers=1, parser=quick)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "facts.criteria.parquet", "facts.errors.jsonl", "facts.issues.parquet", "facts.parquet", "facts.studies.parquet",
        "facts.summary.json", "in",
    ]  # fmt: skip


def test_lone_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    record = record_of(1)
    record["protocolSection"]["eligibilityModule"]["eligibilityCriteria"] = "Inclusion Criteria:\n- Age \ud800 over 30 years"
    (tmp_path / "odd.json").write_text(json.dumps(record), encoding="utf-8")
    run_batch([tmp_path / "odd.json"], tmp_path / "out", workers=1, parser=quick)
    (study,) = pq.read_table(tmp_path / "out" / "studies.parquet").to_pylist()
    assert study["text"] == "Inclusion Criteria:\n- Age \ufffd over 30 years"


def test_another_batch_is_not_overwritten(tmp_path: Path) -> None:
    folder = texts(tmp_path / "in", "Age over 30 years")
    first = run_batch([folder], tmp_path / "out", workers=1, parser=quick)
    with pytest.raises(InputError, match="holds a batch already"):
        run_batch([folder], tmp_path / "out", workers=1, parser=quick)
    assert run_batch([folder], tmp_path / "out", workers=1, parser=quick, resume=True) == first
    (folder / "001.txt").write_text("Age over 40 years", encoding="utf-8")
    with pytest.raises(InputError, match=r"another one \(other files\)"):
        run_batch([folder], tmp_path / "out", workers=1, parser=quick, resume=True)


def test_a_folder_that_another_batch_writes_is_not_written(tmp_path: Path) -> None:
    folder = texts(tmp_path / "in", *(f"Criterion {n}" for n in range(3)))
    problems: list[InputError] = []

    def meanwhile(entries: int) -> None:
        with pytest.raises(InputError, match="another batch is writing here") as caught:
            run_batch([folder], tmp_path / "out", workers=1, parser=quick, resume=True)
        problems.append(caught.value)

    run_batch([folder], tmp_path / "out", workers=1, parser=quick, progress=meanwhile)
    assert len(problems) == 2


def test_a_field_that_there_is_not_is_said_before_anything_is_written(tmp_path: Path) -> None:
    folder = texts(tmp_path / "in", "Age over 30 years")
    with pytest.raises(InputError, match="'criterea' is no field of a study"):
        run_batch([folder], tmp_path / "out", parser=quick, columns={"criterea": "who"})
    assert not (tmp_path / "out").exists()


def test_a_missing_path_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        run_batch([tmp_path / "nowhere"], tmp_path / "out", parser=quick)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("parser", "studies", "kills"), [("steady", 160, 20), ("default_parser", 64, 4)])
def test_killed_at_random_moments_it_ends_with_nothing_lost_and_nothing_twice(
    parser: str, studies: int, kills: int, tmp_path: Path
) -> None:
    """At any moment, or right behind a part; the whole group of processes, or only the first: then the others end by themselves."""
    folder = texts(tmp_path / "in", *(text_of(n) for n in range(studies)))
    began = time.monotonic()
    assert batch(parser, folder, tmp_path / "undisturbed").wait() == 0
    span = time.monotonic() - began
    expected = content(tmp_path / "undisturbed")
    moments, killed, amid, out = random.Random(20261124), 0, 0, 0
    while True:
        process = batch(parser, folder, tmp_path / f"out{out}", "--resume")
        if killed < kills:
            work = tmp_path / f"out{out}" / "in-progress"
            try:
                if killed % 2:
                    await_new_part(process, work)
                process.wait(timeout=moments.uniform(0, 0.2 if killed % 2 else span))
            except subprocess.TimeoutExpired:
                amid += any(work.glob("part-*"))
                killed += 1
                if killed // 2 % 2:
                    process.kill()
                else:
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                assert all_ended(process.pid)
                continue
        assert process.wait() == 0
        assert content(tmp_path / f"out{out}") == expected
        assert not (tmp_path / f"out{out}" / "in-progress").exists()
        if killed == kills:
            break
        out += 1
    assert amid > 0  # not all of them before anything was written


def await_new_part(process: subprocess.Popen[bytes], work: Path) -> None:
    """Until the process has written one part more, or has ended."""
    before = len(list(work.glob("part-*")))
    while process.poll() is None and len(list(work.glob("part-*"))) <= before:
        time.sleep(0.01)


def batch(parser: str, folder: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    script = (
        "import sys\nfrom pathlib import Path\nfrom eligibility.batch import run_batch\n"
        "from eligibility.batch.reading import default_parser\nfrom registry import steady\n"
        f"if __name__ == '__main__':\n    run_batch([Path(sys.argv[1])], sys.argv[2], workers=2, part=16, parser={parser},"
        " resume='--resume' in sys.argv)\n"
    )
    place = folder.parent / "run.py"
    place.write_text(script, encoding="utf-8")
    paths = (Path(eligibility.__file__).parents[1], Path(__file__).parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    return subprocess.Popen([sys.executable, str(place), str(folder), str(out), *options], start_new_session=True, env=environment)


def all_ended(group: int) -> bool:
    """Whether the processes of a group have ended, or do within 20 seconds."""
    for _ in range(400):
        if not is_running(group):
            return True
        time.sleep(0.05)
    return False


def is_running(group: int) -> bool:
    """Whether a process of the group goes on; one that has ended and that init has not collected yet does not."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    states = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, its_group = place.read_text().rpartition(")")[2].split()[:3]
            states += [state] if its_group == str(group) else []
    return not states or any(state not in "ZX" for state in states)
