"""The share of conditions, medications and measurements that have a code, by type and by system, and what has none most often.

    python benchmarks/codes.py [--sample N] [--missing N] TEXTS…

Each TEXTS is a folder of criteria blocks as .txt files. --sample N prints N of the coded constraints, drawn with a fixed seed, to be judged
by a reader; --missing N the N most frequent subjects of each type without a code. Where a folder is absent, the script says so and goes on.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from eligibility import Constraint, parse

TYPES = ("condition", "medication", "measurement")


def coded(folder: Path) -> Iterator[tuple[Constraint, str, str]]:
    """Each constraint of the three types with the words it was read from and its file."""
    for path in sorted(folder.glob("*.txt")):
        criteria = parse(path.read_bytes().decode("utf-8"))
        for constraint in criteria.constraints:
            if constraint.type in TYPES:
                start, end = constraint.evidence or (0, 0)
                yield constraint, " ".join(criteria.text[max(0, start - 60) : end + 40].split()), path.stem


def report(folder: Path, sample: int, missing: int) -> None:
    found = list(coded(folder))
    if not found:
        print(f"{folder} has no .txt files: nothing measured")
        return
    print(f"{folder}")
    for kind in TYPES:
        own = [constraint for constraint, _, _ in found if constraint.type == kind]
        with_code = [constraint for constraint in own if constraint.concept is not None and constraint.concept.codes]
        known = sum(constraint.concept is not None for constraint in own)
        systems = Counter(constraint.concept.codes[0].partition(":")[0] for constraint in with_code if constraint.concept)
        shares = ", ".join(f"{system} {number}" for system, number in systems.most_common())
        print(f"  {kind:<12}{len(own):>6}  a concept {share(known, own)}  a code {share(len(with_code), own)}  ({shares})")
        uncoded = Counter(constraint.name for constraint in own if constraint.concept is None or not constraint.concept.codes)
        if missing:
            print("    " + "; ".join(f"{name} {number}" for name, number in uncoded.most_common(missing)))
    chosen = [row for row in found if row[0].concept is not None and row[0].concept.codes]
    for constraint, words, stem in random.Random(1).sample(chosen, min(sample, len(chosen))):
        subject = constraint.subject.text if constraint.subject else ""
        if constraint.concept is not None:
            print(f"{stem} | {subject!r} -> {constraint.concept.label} {' '.join(constraint.concept.codes)} | {words}")


def share(number: int, of: Sequence[object]) -> str:
    return f"{number / len(of):.3f}" if of else "-"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="TEXTS")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--missing", type=int, default=0)
    chosen = parser.parse_args(arguments)
    for folder in chosen.folders:
        report(folder, chosen.sample, chosen.missing)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
