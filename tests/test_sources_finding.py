"""Files are found in a fixed order, each once, and nothing in a folder vanishes: what is not read comes with the reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from published import aact, packed
from test_sources_formats import TRIALS

from eligibility.sources import find_files, read_entries
from eligibility.sources.sifting import SUFFIXES

NO_NAME = f"no name that trials have ({', '.join(SUFFIXES)}): name the file itself to have it read"
ABOUT = "tells about the files beside it: name the file itself to have it read"
COMPANION = "a table of AACT without criteria, beside eligibilities.txt"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.JSON", "deep/c.csv", "deep/er/d.txt.gz", "notes.md", "README.txt", ".hidden.txt", ".git/e.txt"):
        path = tmp_path / "trials" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Gout", encoding="utf-8")
    return tmp_path / "trials"


def test_a_folder_with_all_below_it(folder: Path) -> None:
    found = find_files([folder])
    assert found.files == tuple(folder / name for name in ("a.JSON", "b.txt", "deep/c.csv", "deep/er/d.txt.gz"))
    assert found.ignored == ((folder / "README.txt", ABOUT), (folder / "notes.md", NO_NAME))
    assert found.missing == ()


def test_files_that_are_named_are_read_whatever_their_name(folder: Path) -> None:
    found = find_files([folder / "notes.md", folder])
    assert found.files[0] == folder / "notes.md"
    assert found.ignored == ((folder / "README.txt", ABOUT),)


def test_each_once_in_the_order_given(folder: Path) -> None:
    assert find_files([folder / "b.txt", str(folder), f"{folder}/*.txt"]).files == tuple(
        folder / name for name in ("b.txt", "a.JSON", "deep/c.csv", "deep/er/d.txt.gz", "README.txt")
    )


DEEP = ["deep/c.csv", "deep/er/d.txt.gz"]


@pytest.mark.parametrize(
    ("pattern", "names"), [("*.txt", ["README.txt", "b.txt"]), ("**/*.csv", ["deep/c.csv"]), ("deep", DEEP), ("d*", DEEP)]
)
def test_patterns(pattern: str, names: list[str], folder: Path) -> None:
    assert [str(path.relative_to(folder)) for path in find_files([f"{folder}/{pattern}"]).files] == names


def test_a_file_whose_name_is_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "trial[1].txt"
    path.write_text("Gout")
    assert find_files([path]).files == (path,)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    found = find_files([tmp_path / "none.txt", f"{tmp_path}/*.xml", tmp_path])
    assert (found.files, found.ignored) == ((), ())
    assert found.missing == (
        f"{tmp_path}/none.txt: no such file or folder: check the path",
        f"{tmp_path}/*.xml: no file has such a name: check the pattern",
        f"{tmp_path}: no trials in this folder: it must hold {', '.join(SUFFIXES)} files",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever may enter every folder is refused by none")
def test_a_folder_that_cannot_be_entered_is_said(folder: Path) -> None:
    (folder / "deep").chmod(0)
    assert find_files([folder]).missing == (f"{folder}/deep: cannot be read (Permission denied): check its permissions",)
    (folder / "deep").chmod(0o700)


def test_the_tables_of_aact_are_companions(tmp_path: Path) -> None:
    for name, content in aact(TRIALS).items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "page.txt").write_text("Inclusion Criteria:\n- Gout | pain\n")
    found = find_files([tmp_path])
    assert found.files == (tmp_path / "eligibilities.txt", tmp_path / "page.txt")
    assert found.ignored == tuple((tmp_path / name, COMPANION) for name in ("conditions.txt", "sponsors.txt", "studies.txt"))


def test_what_a_zip_holds_that_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(packed({**aact(TRIALS), "schema.png": b"\x89PNG", "__MACOSX/a.txt": "x"}))
    (tmp_path / "spoilt.zip").write_bytes(b"PK\x03\x04")
    found = find_files([tmp_path])
    assert found.files == (path, tmp_path / "spoilt.zip")
    assert found.ignored == (
        *((path / name, COMPANION) for name in ("studies.txt", "conditions.txt", "sponsors.txt")),
        (path / "schema.png", NO_NAME),
    )
    assert len(list(read_entries(path))) == len(TRIALS)
