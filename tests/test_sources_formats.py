"""Every format gives the same studies, entry by entry; whatever the bytes are, nothing is raised and nothing is lost in silence."""

from __future__ import annotations

import gzip
import json
import os
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import FORMATS, Invented, aact, api, many, packed, row, said, xml

from eligibility.errors import InputError
from eligibility.sources import Study, Unreadable, find_files, jsons, read_entries, read_file
from eligibility.sources.phases import phase_of

SHARED = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CRITERIA = "Inclusion Criteria:\n\n* ALT \\<= 2 x ULN\n* Age > 18"
GOUT = Invented("NCT09990001", 'A "new" drug | gout', CRITERIA, "18 Years", "ALL", False, ("Gout", "Pain"), "2/3")
TRIALS = [GOUT, GOUT._replace(id="NCT09990002", healthy=True), GOUT._replace(id="NCT09990003", phase="not applicable")]


def entries(path: Path) -> list[Study | Unreadable]:
    return list(read_entries(path))


def problems(found: list[Study | Unreadable]) -> list[tuple[int | None, str]]:
    return [(entry.entry, entry.problem) for entry in found if isinstance(entry, Unreadable)]


def ids(found: list[Study | Unreadable]) -> list[str | None]:
    return [entry.id for entry in found if isinstance(entry, Study)]


@pytest.mark.parametrize("format", FORMATS)
@SHARED
@given(trials=many)
def test_every_format_gives_back_what_was_written(format: str, tmp_path: Path, trials: list[Invented]) -> None:
    path = tmp_path / "trials.dat"
    FORMATS[format](trials, path)
    assert list(map(said, entries(path))) == [trial.said() for trial in trials]


@SHARED
@given(trials=many)
def test_xml_gives_back_what_was_written(tmp_path: Path, trials: list[Invented]) -> None:
    for trial in trials:
        path = tmp_path / "one.xml"
        path.write_text(xml(trial), encoding="utf-8", newline="")
        assert list(map(said, entries(path))) == [trial.said()]


@SHARED
@given(trials=many)
def test_aact_joins_the_tables_beside_it(tmp_path: Path, trials: list[Invented]) -> None:
    for name, content in aact(trials).items():
        (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    found = entries(tmp_path / "eligibilities.txt")
    assert list(map(said, found)) == [trial.said() for trial in trials]
    assert [study.source for study in found if isinstance(study, Study)] == [trial.id for trial in trials]


def test_aact_without_the_tables_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "eligibilities.txt"
    path.write_text(aact(TRIALS)["eligibilities.txt"], encoding="utf-8")
    (first, *_) = entries(path)
    assert isinstance(first, Study)
    assert (first.id, first.title, first.phase, first.conditions, first.text) == (GOUT.id, None, None, (), GOUT.criteria)


def test_aact_with_a_broken_row_beside_it(tmp_path: Path) -> None:
    for name, content in aact(TRIALS).items():
        (tmp_path / name).write_text(content + ("x|y\n" if name == "studies.txt" else ""), encoding="utf-8")
    found = entries(tmp_path / "eligibilities.txt")
    assert (ids(found), [str(entry).partition(" cells")[0] for entry in found if isinstance(entry, Unreadable)]) == (
        [trial.id for trial in TRIALS],
        [f"{tmp_path / 'studies.txt'}: entry 4: line 5: 2"],
    )


def test_a_table_of_aact_without_criteria_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "studies.txt"
    path.write_text(aact(TRIALS)["studies.txt"], encoding="utf-8")
    has = "it has nct_id, brief_title, official_title, phase"
    assert entries(path) == [
        Unreadable(str(path), None, f"a table without a column of criteria: {has}; name its column (columns={{'criteria': …}})")
    ]


@pytest.mark.parametrize(
    ("written", "phase"),
    [
        ("PHASE1", "1"), ("PHASE2 PHASE3", "2/3"), ("Phase 1/Phase 2", "1/2"), ("EARLY_PHASE1", "early 1"), ("N/A", "not applicable"),
        ("Early Phase 1", "early 1"), ("NA", "not applicable"), ("Phase II", "2"), ("Phase IIb/III", "2/3"), ("Phase 0", "early 1"),
        ("4", "4"), ("Phase 2a", "2"), ("", None), ("Phase 3/Phase 4", None), ("pilot", None), ("Phase 12", None),
    ],
)  # fmt: skip
def test_phases(written: str, phase: str | None) -> None:
    assert phase_of([written]) == phase == phase_of(written.split(" PHASE"))


def test_a_phase_that_there_is_not_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(row(GOUT) | {"phase": "pilot"}))
    (study,) = read_file(path)
    assert (study.phase, study.notes) == (None, ("the phase 'pilot' is none that registries have: it is left out",))


def test_sources_are_ids_of_rows_and_stems_of_records(tmp_path: Path) -> None:
    (tmp_path / "trials.json").write_text(json.dumps(api(GOUT)))
    (tmp_path / "rows.csv").write_text("id,text\nfirst,Age > 18\n,Gout\n")
    (tmp_path / "all.zip").write_bytes(packed({"deep/one.json": json.dumps(api(GOUT))}))
    assert [study.source for name in ("trials.json", "rows.csv", "all.zip") for study in read_file(tmp_path / name)] == [
        "trials", "first", "rows", "one",
    ]  # fmt: skip


def test_a_mapping_of_fields_to_columns(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("Kennung,Kriterien,Alter ab\nx1,Age > 18,18\n", encoding="utf-8")
    columns = {"id": "Kennung", "criteria": "Kriterien", "minimum_age": "Alter ab"}
    (study,) = read_entries(path, columns)
    assert isinstance(study, Study)
    assert (study.source, study.text, study.notes) == ("x1", "Age > 18", ("Alter ab 18 has no unit: read as years",))
    (wrong,) = read_entries(path, {"criteria": "Kriterium"})
    assert problems([wrong]) == [(None, "no column 'Kriterium' for criteria: it has Kennung, Kriterien, Alter ab")]
    with pytest.raises(InputError, match=r"'titel' is no field of a study: did you mean 'title'\?"):
        read_entries(path, {"titel": "x"})


BLOCKS = [
    "Age, sex\n- Age > 18",
    "Inclusion Criteria:\nA | B\n",
    "Gout, pain\nGout, pain",
    "gout|pain",
    "[ ] Age > 18",
    "Phase, sex\n1, 2",
    "a;b\nc;d",
]


@pytest.mark.parametrize("text", BLOCKS)
def test_criteria_that_look_like_a_table_are_criteria(text: str, tmp_path: Path) -> None:
    path = tmp_path / "block.txt"
    path.write_text(text)
    assert [(study.text, study.blocks) for study in read_file(path)] == [(text, ((0, len(text)),))]


def test_a_page_in_a_row_is_a_page(tmp_path: Path) -> None:
    page = "A Study\nNCT09990009\nSexes Eligible for Study: | Female |\nInclusion Criteria:\n- Gout\n\nTrial design\nMasking\n"
    path = tmp_path / "pages.jsonl"
    path.write_text(json.dumps({"id": "p", "text": page, "title": "Mine"}))
    (study,) = read_file(path)
    assert (study.source, study.id, study.title) == ("p", "NCT09990009", "Mine")
    assert [page[slice(*block)] for block in study.blocks] == ["Inclusion Criteria:\n- Gout"]
    assert [page[field.start : field.end] for field in study.header] == ["Female"]


def broken_list(cut: int) -> str:
    first, second, third = (json.dumps(api(trial)) for trial in TRIALS)
    return f"[{first}, {second[:cut]}, {third}]"


@pytest.mark.parametrize("cut", [1, 20, 60, 300, 400])
def test_a_broken_entry_of_a_list_costs_only_itself(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(broken_list(cut))
    found = entries(path)
    assert ids(found) == [TRIALS[0].id, TRIALS[2].id]
    assert [number for number, _ in problems(found)] == [2]
    studies = read_file(path)
    assert next(studies).id == TRIALS[0].id
    with pytest.raises(InputError, match=r"list\.json: entry 2: broken JSON"):
        next(studies)


@pytest.mark.parametrize("chunk", [1, 7, 64, 500])
def test_entries_that_come_in_pieces(chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.json"
    texts = [
        broken_list(300),
        broken_list(300).replace(", {", "\n{").strip("[]"),
        json.dumps({"studies": [api(trial) for trial in TRIALS]}),
    ]
    for text in texts:
        path.write_text(text)
        whole = entries(path)
        with monkeypatch.context() as small:
            small.setattr(jsons, "_CHUNK", chunk)
            assert entries(path) == whole


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = Thread(target=lambda: path.write_text(json.dumps([api(trial) for trial in TRIALS])))
    writer.start()
    found = [entry for file in find_files([path]).files for entry in read_entries(file)]
    writer.join()
    assert ids(found) == [trial.id for trial in TRIALS]


def test_where_no_entry_can_be_found_again_the_rest_is_said_to_be_lost(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text('[{"id": "a", "text": "Gout"}, {"id": "b" "text": "Gout"}, {"id": "c", "text": "Gout"}]')
    found = entries(path)
    assert problems(found) == [
        (2, "broken JSON (Expecting ',' delimiter at character 41): export the record again; the rest of the file is lost")
    ]


NO_ROW = (
    "not an API v2 study, it has no 'protocolSection', and no row of a table: a table without a column of criteria: "
    "it has protocolSection; name its column (columns={'criteria': …})"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"id": "a", "text": "x"}', (2, "broken JSON (the list does not end): the file may have been cut off, export it again")),
        ('{"studies": [{"id": "a", "text": "x"}], "next"', (2, "broken JSON (no ':' at character 46): export the record again")),
        ('{"id": "a", "text": "x"}\nnonsense\n', (2, "broken JSON (Expecting value at character 25): export the record again")),
        ('{"id": "a", "text": "x"}\n{"id": "b", "text": 5}\n', (2, "its text is no text but 5: give the criteria as text")),
        ('{"id": "a", "text": "x"}\n{"protocolSection": 1}\n', (2, NO_ROW)),
        ('{"id": "a", "text": "x"}\n{"id":' + "[" * 5000, (2, "broken JSON (nested too deeply): export the record again")),
    ],
)
def test_what_is_wrong_is_said(text: str, expected: tuple[int, str], tmp_path: Path) -> None:
    path = tmp_path / "entries.json"
    path.write_text(text)
    found = entries(path)
    assert [entry.source for entry in found if isinstance(entry, Study)] == ["a"]
    assert problems(found) == [expected]


def test_a_broken_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    lines = [json.dumps(api(trial)) for trial in TRIALS]
    path.write_text("\n".join([lines[0], lines[1][:40], "7", "", lines[1][50:], lines[2]]))
    found = entries(path)
    assert ids(found) == [TRIALS[0].id, TRIALS[2].id]
    assert [number for number, _ in problems(found)] == [2]


def test_a_bad_row_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('id,criteria\na,"Age > 18\nyears"\nb,one,two\nc,"x" y\nd,Gout\n\ne,\n')
    found = entries(path)
    assert [(entry.source, entry.text) for entry in found if isinstance(entry, Study)] == [
        ("a", "Age > 18\nyears"),
        ("d", "Gout"),
        ("e", ""),
    ]
    assert problems(found) == [
        (2, "line 4: 3 cells where the header has 2 columns: a quote or a delimiter is not escaped, export the row again"),
        (3, "line 5: broken row (',' expected after '\"'): quote the cell and double its quotes, export it again"),
    ]


def test_a_bad_member_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    good, bad = json.dumps(api(GOUT)), b"\x00\x01\x02" * 50
    members = {"a.json": good, "b.txt": bad, "c.json": good, ".hidden": good, "d.png": bad, "e.gz": gzip.compress(b"x" * 999)[:-9]}
    path.write_bytes(packed(members))
    found = entries(path)
    assert ids(found) == [GOUT.id, GOUT.id]
    assert [(entry.file, entry.problem.partition(":")[0]) for entry in found if isinstance(entry, Unreadable)] == [
        (f"{path}/b.txt", "is binary, not text"),
        (f"{path}/e.gz", "broken archive (Compressed file ended before the end-of-stream marker was reached)"),
    ]


OFFICE = "is an Office document, not text: save the criteria as plain text, JSON or XML"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (packed({"[Content_Types].xml": "", "word/document.xml": ""}), OFFICE),
        (b"PK\x03\x04 and nothing more", "broken archive (File is not a zip file): what follows in it is lost, export it again"),
        (b"\x1f\x8b and nothing more", "broken archive (Unknown compression method): what follows in it is lost, export it again"),
    ],
)  # fmt: skip
def test_archives_that_are_none(data: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "some.zip"
    path.write_bytes(data)
    assert entries(path) == [Unreadable(str(path), None, problem)]


def test_broken_parquet_and_none_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(b"PAR1" + b"\x00" * 40 + b"PAR1")
    ((number, problem),) = problems(entries(path))
    assert (number, problem.startswith("broken Parquet (")) == (None, True)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert problems(entries(path)) == [(None, "is Parquet, which needs pyarrow: pip install 'eligibility[batch]'")]


def test_what_is_missing_or_a_folder_is_said(tmp_path: Path) -> None:
    assert problems(entries(tmp_path / "none.json")) == [
        (None, "cannot be read (No such file or directory): check the path and its permissions")
    ]
    assert problems(entries(tmp_path)) == [(None, "cannot be read (Is a directory): check the path and its permissions")]


SIGNS = (
    b'{ [ ] } " , : \n | \t id criteria PK\x03\x04 \x1f\x8b PAR1 < {"protocolSection" <clinical_study> <?xml {"studies":[ '
    b"\xff\xfe \xef\xbb\xbf \xe2\x89 1 \\u"
).split(b" ")
BYTES = st.binary(max_size=400) | st.lists(st.sampled_from(SIGNS), max_size=30).map(b"".join)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES, how=st.sampled_from(["", "gzip", "zip", "spoilt gzip", "spoilt zip"]))
def test_no_bytes_are_raised_or_lost(data: bytes, how: str, tmp_path: Path) -> None:
    wrapped = gzip.compress(data) if "gzip" in how else packed({"a.txt": data, "b.txt": data}) if "zip" in how else data
    path = tmp_path / "bytes"
    path.write_bytes(wrapped[:-8] if "spoilt" in how else wrapped)
    found = entries(path)
    assert all(isinstance(entry, Study | Unreadable) for entry in found)
    assert [str(entry) for entry in found if isinstance(entry, Unreadable) and "\n" in entry.problem] == []


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trials=many, format=st.sampled_from(sorted(FORMATS)), data=st.data())
def test_a_spoilt_file_is_read_as_far_as_it_goes(trials: list[Invented], format: str, data: st.DataObject, tmp_path: Path) -> None:
    path = tmp_path / "trials.dat"
    FORMATS[format](trials, path)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + 1 :])
    assert all(isinstance(entry, Study | Unreadable) for entry in entries(path))


def parts(study: dict[str, object], count: int, before: str, between: str, after: str) -> Iterator[str]:
    yield before
    for n in range(count):
        yield (between if n else "") + json.dumps(study)
    yield after


FRAMES = [("[", ",", "]"), ("", "\n", ""), ('{"studies": [', ",\n", '], "nextPageToken": "x"}')]


@pytest.mark.parametrize(("before", "between", "after"), FRAMES)
def test_memory_does_not_grow_with_the_file(before: str, between: str, after: str, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("w") as out:
        out.writelines(parts(api(GOUT._replace(criteria="- Gout\n" * 2000)), 1000, before, between, after))
    tracemalloc.start()
    assert sum(isinstance(entry, Study) for entry in read_entries(path)) == 1000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (path.stat().st_size > 14_000_000, peak < 6_000_000) == (True, True)
