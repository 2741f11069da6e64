"""How many findings of each code the linter has, and a sample of one code to be read against the text.

    python benchmarks/lint_findings.py [--sample CODE] [--size N] [--seed S] PATH…

PATH is a file or a folder of trials, as `eligibility lint` reads them. A folder of pairs NAME_inc.txt and NAME_exc.txt, of which each is
a section of one trial, is read as such. Where a PATH is absent, the script says so and goes on.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from eligibility import Criteria, Finding, lint, parse, read_file
from eligibility.linter.findings import SEVERITIES

_SUFFIXES = (".txt", ".json", ".xml")


def trials(path: Path) -> Iterator[Criteria]:
    """Every trial of a file or folder, parsed."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    for file in files:
        if file.stem.endswith("_exc") and file.with_name(file.name.replace("_exc", "_inc")).exists():
            continue
        if file.stem.endswith("_inc"):
            yield parse(_joined(file), source=file.stem.removesuffix("_inc"))
        elif file.suffix in _SUFFIXES:
            yield from map(parse, read_file(file))


def _joined(inclusion: Path) -> str:
    exclusion = inclusion.with_name(inclusion.name.replace("_inc", "_exc"))
    text = "Inclusion Criteria:\n\n" + inclusion.read_bytes().decode("utf-8")
    return text + "\n\nExclusion Criteria:\n\n" + exclusion.read_bytes().decode("utf-8") if exclusion.exists() else text


def describe(criteria: Criteria, finding: Finding) -> str:
    """The finding with the text of the criteria that it is about."""
    texts = {f"{criterion.section} {criterion.number}": criterion.text for criterion in criteria.walk()}
    said = [f"    {where}: {' '.join(texts[where].split())}" for where in finding.criteria if where in texts]
    return "\n".join([f"{criteria.trial or criteria.source}: {finding}", *said])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--sample", choices=sorted(SEVERITIES), metavar="CODE")
    parser.add_argument("--size", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    read = 0
    chosen: list[str] = []
    for path in given.paths:
        if not path.exists():
            print(f"{path} is not there: nothing read", file=sys.stderr)
            continue
        for criteria in trials(path):
            read += 1
            found = lint(criteria)
            counts.update(finding.code for finding in found)
            chosen += [describe(criteria, finding) for finding in found if finding.code == given.sample]
    print(f"{read} trials")
    for code in SEVERITIES:
        print(f"{code:24}{counts[code]:6}")
    for said in random.Random(given.seed).sample(chosen, min(given.size, len(chosen))):
        print(f"\n{said}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
