"""The wheel, in an environment of its own: its rules are inside it, its entry points work, and nothing of the checkout is needed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from eligibility.versioning import SCHEMA_VERSION

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent

PROBE = """
import json
import eligibility
from eligibility.resources import data_dir
from eligibility.schemas import schema
from importlib.metadata import version
import spacy
criteria = eligibility.parse("Inclusion Criteria:\\n- Age >= 18 years")
nlp = spacy.blank("en")
nlp.add_pipe("eligibility_quantities")
print(json.dumps({
    "package": eligibility.__file__,
    "rules": str(data_dir("rules")),
    "models": str(data_dir("models")),
    "version": version("eligibility"),
    "constraints": [str(constraint) for constraint in criteria.constraints],
    "pipes": nlp.pipe_names,
    "schema": schema("criteria")["$id"],
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=cwd, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; it sees the packages installed here, but not the lines that make the checkout importable.

    A folder named in a .pth file is put on the path without reading the .pth files inside it: an editable install is not seen.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    run(sys.executable, "-m", "pip", "--quiet", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    paths = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (site / "installed_here.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")
    return python


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"eligibility", f"eligibility-{version()}.dist-info"}
    rules = sorted(name.removeprefix("eligibility/_data/rules/") for name in names if name.startswith("eligibility/_data/rules/"))
    assert rules == sorted(path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*") if path.is_file())
    models = sorted(name.removeprefix("eligibility/_data/models/") for name in names if name.startswith("eligibility/_data/models/"))
    assert models == sorted(
        path.relative_to(ROOT / "models").as_posix()
        for path in (ROOT / "models").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    schemas = sorted(name.removeprefix("eligibility/_data/docs/schemas/") for name in names if name.startswith("eligibility/_data/docs/"))
    assert schemas == sorted(path.name for path in (ROOT / "docs" / "schemas").iterdir())
    assert [
        name for name in ("eligibility/py.typed", "eligibility/export/html.css", "eligibility/_data/models/README.md") if name not in names
    ] == []


def test_the_wheel_parses_with_its_own_rules(python: Path, tmp_path: Path) -> None:
    found = json.loads(run(python, "-c", PROBE, cwd=tmp_path))
    package = Path(found["package"]).parent
    assert package.is_relative_to(python.parent.parent)
    assert (Path(found["rules"]), Path(found["models"])) == (package / "_data" / "rules", package / "_data" / "models")
    assert found["constraints"] == ["age >= 18 a"]
    assert found["pipes"][-1] == "eligibility_quantities"
    assert found["version"] == version()
    assert found["schema"] == f"urn:eligibility:schema:criteria:{SCHEMA_VERSION}"


def test_the_console_script_parses(python: Path, tmp_path: Path) -> None:
    (tmp_path / "trial.txt").write_text("Inclusion Criteria:\n- Age >= 18 years\n", encoding="utf-8")
    rows = run(python.with_name("eligibility"), "parse", "trial.txt", "--format", "records", cwd=tmp_path).splitlines()
    assert [(json.loads(row)["type"], json.loads(row)["lower"]) for row in rows] == [("age", 18.0)]


def version() -> str:
    (found,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return str(found)
