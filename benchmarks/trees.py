"""The requirement tree of every criterion of the given texts, to be read; and how many criteria and trees there are.

Usage: python benchmarks/trees.py [--explain] PATH...
PATH is a file or a folder of .txt files. With --explain each leaf stands on a line of its own, with the words that it was read from.
"""

from __future__ import annotations

import sys
from pathlib import Path

import eligibility


def main(arguments: list[str]) -> int:
    paths = [Path(argument) for argument in arguments if not argument.startswith("-")]
    files = [file for path in paths for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])]
    files = [file for file in files if file.is_file()]
    if not files:
        print("no text files given: nothing to show")
        return 0
    count = trees = 0
    for file in files:
        criteria = eligibility.parse(file.read_text(encoding="utf-8", errors="replace"), source=file.stem)
        print(f"== {file.stem}")
        for criterion in criteria.inclusion + criteria.exclusion:
            count += 1
            trees += criterion.requirement is not None
            if "--explain" in arguments:
                print(criterion.explain())
                continue
            words = " ".join(" ".join(part.text for part in criterion.walk()).split())
            print(f"{criterion.section} {criterion.number}: {words}\n    {criterion.requirement or 'not structured'}")
    print(f"{count} criteria, {trees} with a requirement")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
