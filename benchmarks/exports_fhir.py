"""What FHIR cannot say: every trial is exported and validated, and what stays in words is counted by kind, as a table.

Usage: python benchmarks/exports_fhir.py PATH...
PATH is a file of any kind that `eligibility.read_file` reads, or a folder of such files.
A figure behind a kind is the number of things left unsaid, and in brackets the number of trials that have any.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import eligibility
from eligibility.errors import EligibilityError
from eligibility.export.fhir import Exported, to_evidence_variable, to_group

READ = (".txt", ".json", ".xml")


class Result(NamedTuple):
    """One trial in one form: the kinds of what is left unsaid, once for each thing, and in how many criteria, the header being one;
    `invalid` says why there is no export.
    """

    kinds: Sequence[str]
    criteria: int
    invalid: str | None = None


Exporter = Callable[[eligibility.Criteria], Result]


def exporter(export: Callable[..., Exported], *arguments: str) -> Exporter:
    def run(criteria: eligibility.Criteria) -> Result:
        try:
            exported = export(criteria, *arguments)
        except (EligibilityError, ValueError) as error:  # pydantic's is a ValueError
            return Result((), 0, str(error).partition("\n")[0])
        return Result([one.kind for one in exported.unexpressed], len({(one.section, one.criterion) for one in exported.unexpressed}))

    return run


FORMS: dict[str, Exporter] = {
    "Group R5": exporter(to_group, "R5"),
    "Group R4B": exporter(to_group, "R4B"),
    "EvidenceVariable R5": exporter(to_evidence_variable),
}


def main(paths: list[str]) -> int:
    for path in paths:
        if not Path(path).exists():
            print(f"{path} is not there: not measured")
    studies = [study for path in paths for file in files_of(Path(path)) for study in eligibility.read_file(file)]
    if not studies:
        print("no trials given: nothing measured")
        return 0
    trials = list(eligibility.parse_many(studies))
    results = {name: [export(criteria) for criteria in trials] for name, export in FORMS.items()}
    print(f"{len(trials)} trials, {sum(len(one.inclusion + one.exclusion) for one in trials)} criteria")
    print(*table(results), sep="\n")
    return 1 if any(result.invalid for column in results.values() for result in column) else 0


def files_of(path: Path) -> Iterable[Path]:
    return sorted(file for file in path.rglob("*") if file.suffix in READ) if path.is_dir() else [path] if path.is_file() else []


def table(results: dict[str, list[Result]]) -> Iterator[str]:
    """Rows of Markdown: the invalid, those that say everything, and each kind, the most frequent first."""
    yield f"| | {' | '.join(results)} |"
    yield "|---" * (len(results) + 1) + "|"
    yield row("not valid", [sum(one.invalid is not None for one in column) for column in results.values()])
    yield row("trials with nothing left unsaid", [sum(one == Result([], 0) for one in column) for column in results.values()])
    yield row("criteria with something left unsaid", [f"{sum(one.criteria for one in column):,}" for column in results.values()])
    things = [Counter(kind for one in column for kind in one.kinds) for column in results.values()]
    trials = [Counter(kind for one in column for kind in set(one.kinds)) for column in results.values()]
    for kind, _ in sum(things, Counter()).most_common():
        yield row(kind, [f"{one[kind]:,} ({some[kind]})" if one[kind] else "" for one, some in zip(things, trials, strict=True)])


def row(name: str, cells: Iterable[object]) -> str:
    return f"| {name} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
