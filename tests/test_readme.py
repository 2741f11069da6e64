"""The README's python examples give what they say; its commands and links are there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def python_blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_python_examples_give_what_they_say() -> None:
    blocks = python_blocks(README)
    assert len(blocks) == 14
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README.md", "README.md", 0)
    report: list[str] = []
    doctest.DocTestRunner(verbose=False, optionflags=doctest.REPORT_NDIFF).run(test, out=report.append)
    assert "".join(report) == ""


def test_every_command_line_is_one_that_there_is() -> None:
    commands = set(re.findall(r"^    eligibility (\w+)", README, re.MULTILINE))
    assert commands == {"batch", "compare", "lint", "parse", "rules", "screen", "summary"}


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "benchmarks/README.md", "models/README.md", "docs/cluster.md", "docs/schemas/README.md"]
)
def test_every_link_leads_somewhere(page: str) -> None:
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not target.startswith("https://") and not (path.parent / target).exists()] == []
