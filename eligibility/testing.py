"""A pytest plugin: the examples of a rule file as tests. `pytest rules/` runs the package's own, `pytest my_rules/` a user's.

Each text of an example must give exactly the constraints named, no more and no fewer; a known gap must not give what it wants yet, and
fails as soon as it does, so that it becomes an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from spacy.language import Language


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Rule files are the .toml files in a folder named rules, or below one given on the command line."""
    if file_path.suffix != ".toml" or _folder(file_path) is None:
        return None
    return RuleFile.from_parent(parent, path=file_path)


def _folder(path: Path) -> Path | None:
    """The rule folder that a file belongs to: the nearest above it whose name says rules."""
    return next((folder for folder in path.parents if "rules" in folder.name), None)


class RuleFile(pytest.File):
    """One file of rules."""

    def collect(self) -> Iterator[pytest.Item]:
        from eligibility.rulebook import load_rulebook

        folder = _folder(self.path)
        assert folder is not None
        rulebook = load_rulebook(_overlays(folder))
        name = self.path.relative_to(folder).as_posix()
        for entry in rulebook:
            if entry.file not in (name, str(self.path)):
                continue
            for example in entry.examples:
                for text in example.texts:
                    yield RuleItem.from_parent(self, name=f"{entry.id}: {text}", text=text, gives=example.gives, folder=folder, gap=None)
            for gap in entry.known_gaps:
                yield RuleItem.from_parent(
                    self, name=f"{entry.id} (gap): {gap.text}", text=gap.text, gives=gap.wants, folder=folder, gap=gap.why
                )


class RuleItem(pytest.Item):
    """One text and what it gives."""

    def __init__(self, *, text: str, gives: tuple[str, ...], folder: Path, gap: str | None, **options: Any) -> None:
        super().__init__(**options)
        self.text, self.gives, self.folder, self.gap = text, gives, folder, gap

    def runtest(self) -> None:
        from eligibility.pipeline import parse

        found = tuple(str(constraint) for constraint in parse(self.text, nlp=_pipeline(self.folder)).constraints)
        if self.gap is None and sorted(found) != sorted(self.gives):
            raise RuleFailure(f"{self.text!r} gives {list(found)}, not {list(self.gives)}")
        if self.gap is not None and sorted(found) == sorted(self.gives):
            raise RuleFailure(f"{self.text!r} is read right now: make it an example (it was a gap because of {self.gap})")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, RuleFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class RuleFailure(AssertionError):
    """An example that its rules do not bear out."""


def _overlays(folder: Path) -> tuple[Path, ...]:
    from eligibility.resources import data_dir

    return () if folder.resolve() == data_dir("rules").resolve() else (folder.resolve(),)


@cache
def _pipeline(folder: Path) -> Language:
    """The rules alone: what the trained recogniser adds is no rule's, and changes when it is trained anew."""
    from eligibility.nlp import load

    return load(recognizer=False, rules=_overlays(folder))
