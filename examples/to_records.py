"""Parses every trial of a file or folder and prints the limits on measurements as tab-separated lines.

Run: python examples/to_records.py [PATH]
"""

from __future__ import annotations

import sys
from pathlib import Path

import eligibility

COLUMNS = ("source", "section", "criterion", "subject", "lower", "upper", "unit", "text")


def main(path: Path) -> None:
    print(*COLUMNS, sep="\t")
    for file in sorted(path.rglob("*.txt")) if path.is_dir() else [path]:
        for study in eligibility.read_file(file):
            for row in eligibility.parse(study).records():
                if row["type"] == "measurement" and row["facet"] == "value":
                    print(*("" if row[column] is None else row[column] for column in COLUMNS), sep="\t")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("lupus.txt"))
