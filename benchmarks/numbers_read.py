"""The share of the numbers in criteria that are part of a constraint or named by an issue: what is left was dropped without a word.

    python benchmarks/numbers_read.py [--check] TEXTS

TEXTS is a folder of criteria blocks as .txt files. Numbers that hang on letters (CD4) are names and not counted; those behind a hyphen
(IL-6) are. With --check a share below 0.97 makes the exit code 1. Where TEXTS is absent, the script says so and stops.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from eligibility import Criteria, parse

LEAST = 0.97
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*(?!\w)")


def spans(criteria: Criteria) -> Iterator[tuple[int, int]]:
    """Where constraints and issues stand; an issue of a whole criterion or section names no number."""
    for constraint in criteria.constraints:
        if constraint.evidence:
            yield constraint.evidence
        yield from (found.span for _, found in constraint.facets if found.span)
    yield from (issue.span for issue in criteria.issues if issue.span and issue.code not in ("unstructured", "no_section"))


def numbers(criteria: Criteria) -> tuple[int, int]:
    """How many numbers stand inside the criteria, and how many of them are accounted for."""
    known = list(spans(criteria))
    inside = [criterion.span for criterion in criteria.walk()]
    places = [found.span() for found in _NUMBER.finditer(criteria.text) if any(a <= found.start() < b for a, b in inside)]
    return len(places), sum(any(a <= start and end <= b for a, b in known) for start, end in places)


def main(arguments: Sequence[str]) -> int:
    folders = [Path(argument) for argument in arguments if not argument.startswith("-")]
    if len(folders) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    paths = sorted(folders[0].glob("*.txt"))
    if not paths:
        print(f"{folders[0]} has no .txt files: nothing measured")
        return 0
    counts = [numbers(parse(path.read_bytes().decode("utf-8"))) for path in paths]
    total, known = (sum(column) for column in zip(*counts, strict=True))
    share = known / total if total else 1.0
    print(f"{known} of {total} numbers are in a constraint or named by an issue: {share:.3f}, at least {LEAST}")
    return int("--check" in arguments and share < LEAST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
