"""Lines and what their constraints say of themselves: the table-driven tests of the reading. A gap is a strict expected failure."""

from __future__ import annotations

import pytest

from eligibility import parse

Case = tuple[str, list[str]]
Gap = tuple[str, list[str], str]


def read(text: str) -> list[str]:
    return [str(constraint) for constraint in parse(text).constraints]


def cases(known: list[Case], gaps: list[Gap]) -> list[object]:
    late = [pytest.param(text, wanted, id=text, marks=pytest.mark.xfail(strict=True, reason=reason)) for text, wanted, reason in gaps]
    return [*(pytest.param(text, wanted, id=text) for text, wanted in known), *late]
