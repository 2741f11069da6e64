"""The share of criteria in which something was understood, and of those whose requirement has no leaf that nobody can evaluate.

Usage: python benchmarks/structured.py [FOLDER]
FOLDER holds .txt files, one criteria block each (default: ../shared/corpora/lct/texts beside the checkout). A lead-in whose items are
understood counts as understood.
"""

from __future__ import annotations

import sys
from pathlib import Path

import eligibility
from eligibility.logic import leaves

TEXTS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora" / "lct" / "texts"


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else TEXTS
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.txt"))]
    if not texts:
        print(f"{folder} has no .txt files: nothing measured")
        return 0
    every = [criterion for text in texts for criterion in eligibility.parse(text).walk()]
    structured = [criterion for criterion in every if criterion.structured]
    required = [criterion for criterion in every if criterion.requirement is not None]
    closed = [criterion for criterion in required if not any(leaf.constraint.type == "other" for leaf in leaves(criterion.requirement))]
    print(f"{len(every)} criteria in {len(texts)} texts")
    for name, some in (("structured", structured), ("with a requirement", required), ("with no open leaf in it", closed)):
        print(f"{name:<28}{len(some):>6}  {len(some) / len(every):.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
