"""The shape of the package: which stage may import which, how large a module and a function may be, where the heavy imports stand."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "eligibility"

# A stage imports its own group and the groups before it. A module that stands in no group and is no leaf fails: say where it belongs.
# The values that stages make (constraints, trees, criteria) come before the stages that make them, and know nothing of these.
STAGES = (
    {"errors", "resources", "versioning", "extras", "processes", "characters", "spelling", "frozen"},
    {
        "entries",
        "rulebook",
        "rulelint",
        "cohorts",
        "headings",
        "romans",
        "numbers",
        "units",
        "ucum",
        "conversion",
        "times",
        "terminology",
        "codes",
        "names",
        "hierarchy",
    },
    {"sources"},
    {"sections", "criteria", "bullets", "runs"},
    {"ranges", "constraints", "columns"},
    {"logic", "concepts", "conditionals"},
    {"result", "patient", "fhir"},
    {"header", "nlp"},
    {"requirements"},
    {"checks"},
    {"pipeline", "workers", "offsets"},
    {"inputs"},
)
LEAVES = {
    "records", "tables", "explain", "linter", "screening", "export", "comparison", "summary", "schemas", "batch", "integrations", "cli",
    "testing", "__main__",
}  # fmt: skip
# Who may import a leaf, and from a function only unless it is a leaf itself: the doors of the package.
DOORS = {
    "cli": {"export", "screening", "batch", "comparison", "summary"},
    "export": {"linter", "screening", "records", "tables", "comparison", "summary"},
    "batch": {"export", "tables", "schemas", "integrations"},
    "integrations": {"export", "batch", "tables"},
    "comparison": {"linter"},
    "summary": {"export"},
    "schemas": {"screening", "tables", "export", "comparison", "summary", "batch"},
    "__main__": {"cli"},
    "tables": {"records"},
    "result": {"records", "tables", "explain", "export"},
}
# Slow to import: only these modules may do it at their top.
HEAVY = {
    "spacy": {"nlp"},
    "scispacy": {"nlp"},
    "pint": set(),
    "typer": {"cli"},
    "rich": {"export.table", "export.findings", "export.screenings", "export.comparisons", "export.summaries", "export.terminal"},
    "pyarrow": {"batch"},
    "pandas": set(),
    "polars": set(),
    "daft": {"integrations"},
    "ray": {"integrations"},
    "duckdb": {"export.omop"},
    "duckcdm": set(),
    "fhir": set(),
    "matplotlib": set(),
}
FORBIDDEN_NAMES = {"utils", "base", "core", "models", "rules", "helpers", "common", "misc"}

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """Dotted, without the package: `nlp.quantities`; a package's __init__ is the package, the top one is empty."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def stage_of(module: str) -> str:
    return module.split(".")[0]


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Each module that is imported, with True where the import runs when the module is imported."""

    def visit(node: ast.AST, top: bool) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Import):
            yield from ((alias.name, top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "eligibility" else [node.module or ""]
            yield from ((name, top) for name in names)
        lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        )
        for child in ast.iter_child_nodes(node):
            yield from visit(child, top and not lazy)

    yield from visit(ast.parse(path.read_text(encoding="utf-8")), True)


def own_imports(path: Path) -> Iterator[tuple[str, bool]]:
    for name, top in imports(path):
        if name.startswith("eligibility."):
            yield name.removeprefix("eligibility."), top


def allowed(module: str, imported: str, top: bool) -> bool:
    here, there = stage_of(module), stage_of(imported)
    if here == there:
        return True
    if there in LEAVES:
        return there in DOORS.get(here, set()) and (here in LEAVES or not top)
    if here in LEAVES:
        return True
    return rank(there) <= rank(here)


def rank(stage: str) -> int:
    return next((place for place, group in enumerate(STAGES) if stage in group), len(STAGES))


def test_every_module_has_its_place() -> None:
    known = set().union(*STAGES) | LEAVES | {""}
    assert sorted({stage_of(name_of(path)) for path in MODULES} - known) == []


def test_a_stage_imports_only_stages_before_it_and_nobody_imports_a_leaf() -> None:
    wrong = [
        f"{name_of(path)} imports {imported}"
        for path in MODULES
        if name_of(path)
        for imported, top in own_imports(path)
        if not allowed(name_of(path), imported, top)
    ]
    assert wrong == []


def test_the_check_of_layers_sees_what_is_wrong() -> None:
    assert not allowed("numbers", "nlp.quantities", True)
    assert not allowed("pipeline", "cli", False)
    assert not allowed("result", "records", True)
    assert not allowed("records", "export.html", False)
    assert allowed("result", "records", False)
    assert allowed("nlp.quantities", "units", True)


def test_importing_the_package_imports_no_part_of_it() -> None:
    assert [name for name, top in own_imports(PACKAGE / "__init__.py") if top] == []


def test_slow_imports_stand_where_they_are_needed() -> None:
    wrong = []
    for path in MODULES:
        module = name_of(path)
        for imported, top in imports(path):
            homes = HEAVY.get(imported.split(".")[0])
            if top and homes is not None and not ({module, stage_of(module)} & homes):
                wrong.append(f"{module} imports {imported} at its top")
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: name_of(path) or "eligibility")
def test_size_and_contract(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    lines = source.splitlines()
    assert len(lines) <= 400, f"{path} has {len(lines)} lines: two things live together"
    assert ast.get_docstring(tree) is not None, f"{path} has no docstring that says what goes in and what comes out"
    long = [
        f"{node.name}: {size}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (size := body_lines(node, lines)) > 40
    ]
    assert long == []


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of the body that are not blank, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    return sum(bool(line.strip()) for line in lines[body[0].lineno - 1 : function.end_lineno])


def test_no_module_has_a_name_that_says_nothing() -> None:
    wrong = [name_of(path) for path in MODULES if FORBIDDEN_NAMES & set(path.relative_to(PACKAGE).with_suffix("").parts)]
    assert wrong == []


def test_every_pipe_is_a_factory_with_an_entry_point() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["entry-points"]["spacy_factories"]
    assert declared == dict(registered_pipes())
    for target in declared.values():
        module, function = target.split(":")
        assert function in functions(ROOT / (module.replace(".", "/") + ".py")), target


def registered_pipes() -> Iterator[tuple[str, str]]:
    """Each `@Language.factory("name")` or `@Language.component("name")` in nlp/, with `module:function`."""
    for path in sorted((PACKAGE / "nlp").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for decorator in getattr(node, "decorator_list", []):
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) in ("Language.factory", "Language.component"):
                    yield ast.literal_eval(decorator.args[0]), f"eligibility.{name_of(path)}:{node.name}"  # type: ignore[attr-defined]


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}
