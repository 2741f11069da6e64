"""The command line: formats, exit codes, one line for what is bad while the rest is done. What is read is the business of other tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eligibility import pipeline, sources
from eligibility.cli import app
from eligibility.export.formats import make_document
from eligibility.records import COLUMNS
from eligibility.result import Criteria, Criterion
from eligibility.sources.sifting import SUFFIXES

BLOCK = "Inclusion Criteria:\n- Age >= 18 years\n- Keeps a diary\n\nExclusion Criteria:\n- Age > 75 years\n"


def run(*arguments: str | Path, given: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)
    assert "Traceback" not in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def block(tmp_path: Path) -> Path:
    path = tmp_path / "block.txt"
    path.write_text(BLOCK, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.txt", "deep/c.TXT", "notes.md"):
        path = tmp_path / "trials" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BLOCK, encoding="utf-8")
    return tmp_path / "trials"


def test_records_are_json_lines_with_every_column(block: Path) -> None:
    result = run("parse", block, "--format", "records")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [tuple(row) for row in rows(result.stdout)] == [(*COLUMNS, "schema_version")] * len(rows(result.stdout))
    ages = [(row["section"], row["lower"], row["upper"]) for row in rows(result.stdout) if row["type"] == "age"]
    assert ages == [("inclusion", 18.0, None), ("exclusion", 75.0, None)]


def test_one_input_is_one_json_object(block: Path) -> None:
    criteria = Criteria.model_validate_json(run("parse", block, "--format", "json").stdout)
    assert (criteria.source, criteria.text) == ("block", BLOCK)


def test_several_inputs_are_a_json_array_in_order(folder: Path) -> None:
    result = run("parse", folder, "--format", "json")
    assert [trial["source"] for trial in json.loads(result.stdout)] == ["a", "b", "c"]


def test_a_folder_is_an_array_even_of_one(tmp_path: Path, block: Path) -> None:
    assert len(json.loads(run("parse", tmp_path, "--format", "json").stdout)) == 1


def test_the_table_is_the_default_and_has_what_was_not_understood(block: Path) -> None:
    result = run("parse", block)
    assert result.exit_code == 0
    assert [words for words in ("Keeps a diary", "not structured", "age >= 18 a", "age > 75 a") if words not in result.stdout] == []


def test_what_is_not_read_in_a_folder_is_a_line_and_no_error(folder: Path) -> None:
    result = run("parse", folder, "--format", "records")
    why = f"no name that trials have ({', '.join(SUFFIXES)}): name the file itself to have it read"
    assert (result.exit_code, result.stderr) == (0, f"eligibility: not read: {folder / 'notes.md'}: {why}\n")


@pytest.mark.parametrize("command", [("parse", "--format", "records"), ("lint", "--format", "json")])
def test_one_bad_entry_costs_only_itself(command: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "trials.jsonl"
    first, last = (json.dumps({"id": name, "text": BLOCK}) for name in ("a", "c"))
    path.write_text(f'{first}\n{{"id": "b", "text\n{last}\n', encoding="utf-8")
    result = run(*command, path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"eligibility: {path}: entry 2: broken JSON (")
    assert result.stderr.count("\n") == 1
    assert {row["source"] for row in rows(result.stdout)} == {"a", "c"}


def test_html_is_one_page_for_all(folder: Path) -> None:
    page = run("parse", folder, "--format", "html").stdout
    assert (page.count("<!DOCTYPE html>"), page.count("<section>"), page.count("</html>")) == (1, 3, 1)


def test_stdin(block: Path) -> None:
    result = run("parse", "-", "--format", "records", given=BLOCK)
    assert result.exit_code == 0
    assert {row["source"] for row in rows(result.stdout)} == {"stdin"}
    from_file = rows(run("parse", block, "--format", "records").stdout)
    assert rows(result.stdout) == [row | {"source": "stdin"} for row in from_file]


def test_out_writes_the_same_and_leaves_no_part(block: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run("parse", block, "--format", "records", "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert out.read_text(encoding="utf-8") == run("parse", block, "--format", "records").stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["block.txt", "out.jsonl"]


def test_out_onto_an_input_is_refused(block: Path) -> None:
    assert run("parse", block, "--out", block).exit_code == 2
    assert block.read_text(encoding="utf-8") == BLOCK


def test_out_into_a_folder_that_is_not_there_is_one_line(block: Path, tmp_path: Path) -> None:
    result = run("parse", block, "--out", tmp_path / "none" / "out.txt")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert str(tmp_path / "none" / "out.txt") in result.stderr


def test_a_missing_file_is_one_line_and_the_rest_is_done(block: Path) -> None:
    result = run("parse", "nowhere.txt", block, "--format", "records")
    assert result.exit_code == 1
    assert result.stderr == "eligibility: nowhere.txt: no such file or folder: check the path\n"
    assert {row["source"] for row in rows(result.stdout)} == {"block"}


def test_a_folder_without_trials_is_one_line(tmp_path: Path) -> None:
    result = run("parse", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"eligibility: {tmp_path}: no trials in this folder: it must hold {', '.join(SUFFIXES)} files\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("binary.txt", bytes(range(256)) * 40),
        ("broken.json", b'{"protocolSection": '),
        ("other.json", b'{"name": "a package"}'),
        ("broken.xml", b"<clinical_study><eligibility>"),
    ],
)
def test_a_bad_file_is_at_most_one_line_and_the_rest_is_done(name: str, content: bytes, tmp_path: Path, block: Path) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("parse", tmp_path / name, block, "--format", "records")
    assert (result.exit_code, result.stderr.count("\n")) in ((1, 1), (0, 0))
    assert "block" in {row["source"] for row in rows(result.stdout)}


@pytest.mark.parametrize("content", ["", " \n\t\r\n "])
def test_an_empty_file_is_a_line_or_an_issue(content: str, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(content)
    result = run("parse", tmp_path / "empty.txt", "--format", "json")
    issues = [] if result.exit_code else Criteria.model_validate_json(result.stdout).issues
    assert (result.exit_code, result.stderr.count("\n"), bool(issues)) in ((1, 1, False), (0, 0, True))


def test_an_unforeseen_error_in_one_trial_is_one_line_and_the_rest_is_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = pipeline.parse

    def fails_once(text: sources.Study) -> Criteria:
        if text.source == "b":
            raise ZeroDivisionError("division\nby zero")
        return parse(text)

    monkeypatch.setattr(pipeline, "parse", fails_once)
    result = run("parse", folder, "--format", "records")
    assert result.exit_code == 1
    reason = "could not be parsed (ZeroDivisionError: division by zero): please report this together with the file"
    assert result.stderr.splitlines()[1:] == [f"eligibility: {folder / 'b.txt'}: {reason}"]
    assert list(dict.fromkeys(row["source"] for row in rows(result.stdout))) == ["a", "c"]


def test_trials_are_written_one_by_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second file is opened when the first trial has been parsed, not before."""
    events: list[str] = []
    read_entries, parse = sources.read_entries, pipeline.parse

    def noted_read(path: Path) -> Iterator[sources.Study | sources.Unreadable]:
        events.append(f"read {path.stem}")
        return read_entries(path)

    def noted_parse(text: sources.Study) -> Criteria:
        events.append(f"parse {text.source}")
        return parse(text)

    monkeypatch.setattr(sources, "read_entries", noted_read)
    monkeypatch.setattr(pipeline, "parse", noted_parse)
    run("parse", folder, "--format", "records")
    assert events == ["read a", "parse a", "read b", "parse b", "read c", "parse c"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["parse"],
        ["parse", "x.txt", "--format", "pdf"],
        ["pares"],
        ["parse", "x.txt", "--nothing"],
        ["lint"],
        ["lint", "x", "--format", "html"],
    ],
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("arguments", [["--help"], ["parse", "--help"], ["rules", "--help"], ["lint", "--help"], ["--version"]])
def test_help_and_version(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 0


def surrogate_trial() -> Criteria:
    text = "Age \ud800 Größe ≥ 18"
    return Criteria(text=text, source="s", inclusion=(Criterion(text=text, span=(0, len(text)), section="inclusion", number="1"),))


@pytest.mark.parametrize("format", ["records", "json", "html", "table"])
def test_a_lone_surrogate_is_written_as_utf8(format: str) -> None:
    document = make_document(format)  # type: ignore[arg-type]
    written = document.head() + document.trial(surrogate_trial()) + document.tail()
    assert written.encode("utf-8").decode("utf-8") == written
    if format == "json":
        assert Criteria.model_validate(json.loads(written)) == surrogate_trial()


def test_json_is_readable_where_it_can_be(trial: Criteria) -> None:
    document = make_document("records")
    good = trial.model_copy(update={"source": "Größe≥"})
    assert '"source": "Größe≥"' in document.trial(good)
    assert r'"source": "\ud800≥"'.replace("≥", r"\u2265") in document.trial(trial.model_copy(update={"source": "\ud800≥"}))


@pytest.mark.parametrize(
    ("several", "count", "kind"), [(False, 1, "object"), (False, 2, "array"), (True, 0, "array"), (True, 1, "array"), (True, 3, "array")]
)
def test_json_documents(several: bool, count: int, kind: str, trial: Criteria) -> None:
    document = make_document("json", several=several)
    loaded = json.loads(document.head() + "".join(document.trial(trial) for _ in range(count)) + document.tail())
    one = json.loads(trial.model_dump_json())
    assert loaded == (one if kind == "object" else [one] * count)


def test_no_trial_from_one_input_is_no_json_at_all() -> None:
    document = make_document("json")
    assert document.head() + document.tail() == ""


def test_lint_is_a_table_or_a_line_of_json_a_trial(block: Path, folder: Path) -> None:
    result = run("lint", block)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:2] == ["block", "nothing found"]
    lines = rows(run("lint", folder, "--format", "json").stdout)
    assert lines == [{"schema_version": "1.0", "source": source, "trial": None, "findings": []} for source in ("a", "b", "c")]


def test_lint_shows_what_is_found_and_where(tmp_path: Path) -> None:
    path = tmp_path / "gap.txt"
    path.write_text(
        "Inclusion Criteria:\n- Age 18 to 60 years\n- No severe eczema\nExclusion Criteria:\n- Age > 65 years\n", encoding="utf-8"
    )
    result = run("lint", path)
    cells = [cell.strip() for line in result.stdout.splitlines() for cell in line.split("│")]
    assert [
        word for word in ("warning", "gap", "inclusion 1", "Age > 65 years", "note", "vague", "No severe eczema") if word not in cells
    ] == []
    assert "1 warning, 1 note" in result.stdout
    (line,) = rows(run("lint", path, "--format", "json").stdout)
    assert [(finding["code"], finding["criteria"]) for finding in line["findings"]] == [  # type: ignore[attr-defined]
        ("gap", ["inclusion 1", "exclusion 1"]),
        ("vague", ["inclusion 2"]),
    ]


@pytest.mark.parametrize(
    ("criterion", "arguments", "code"),
    [("Platelets > 100", [], 0), ("Platelets > 100", ["--strict"], 1), ("No severe eczema", ["--strict"], 0)],
)
def test_findings_change_the_exit_code_only_when_asked(criterion: str, arguments: list[str], code: int, tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(f"Inclusion Criteria:\n- {criterion}\n", encoding="utf-8")
    assert run("lint", path, *arguments).exit_code == code


def test_lint_says_what_is_bad_and_does_the_rest(block: Path) -> None:
    result = run("lint", "nowhere.txt", block, "--format", "json")
    assert (result.exit_code, len(rows(result.stdout))) == (1, 1)
    assert result.stderr == "eligibility: nowhere.txt: no such file or folder: check the path\n"


def test_rules_counts_each_kind() -> None:
    lines = run("rules").stdout.splitlines()
    assert lines[0].split() == ["kind", "entries", "terms"]
    assert re.fullmatch(r"rules [0-9a-f]{64}", lines[-1])
    assert int(next(line for line in lines if line.startswith("analyte ")).split()[1]) >= 50


def test_rules_by_name_in_any_case() -> None:
    by_id, by_term = run("rules", "platelet_count"), run("rules", "PLATELETS")
    assert by_id.exit_code == 0
    assert by_id.stdout.splitlines()[0].startswith("analyte platelet_count: ")
    assert by_term.stdout.startswith(by_id.stdout)
    assert "  loinc: 777-3" in by_id.stdout.splitlines()


def test_rules_of_an_unknown_name_is_one_line_with_the_nearest() -> None:
    result = run("rules", "platelts")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "did you mean" in result.stderr and "platelet" in result.stderr


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "eligibility", *map(str, arguments)]


@pytest.mark.slow
def test_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / "größe.txt").write_text("Inclusion Criteria:\n- Größe ≥ 150 cm\n", encoding="utf-8")
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command("parse", tmp_path, "--format", "json"), capture_output=True, env=environment, check=True)
    assert json.loads(done.stdout.decode("utf-8"))[0]["text"] == "Inclusion Criteria:\n- Größe ≥ 150 cm\n"


@pytest.mark.slow
def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_text(BLOCK * 40, encoding="utf-8")
    process = subprocess.Popen(command("parse", tmp_path, "--format", "records"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 141
