"""Finds every trial in files, folders and archives; prints a line for each, for each entry that cannot be read, and for what is none.

Run: python examples/read_sources.py [PATH…]
"""

from __future__ import annotations

import sys
from pathlib import Path

import eligibility


def main(paths: list[str]) -> None:
    found = eligibility.find_files(paths)
    for file in found.files:
        for entry in eligibility.read_entries(file):
            if isinstance(entry, eligibility.Unreadable):
                print(f"not read: {Path(entry.file).name}, entry {entry.entry}: {entry.problem}")
            else:
                conditions = ", ".join(entry.conditions) or "?"
                print(f"{entry.id or entry.source} | phase {entry.phase or '?'} | {conditions} | {len(entry.text)} characters")
    for path, why in found.ignored:
        print(f"no trial: {path.name}: {why.partition(':')[0]}")


if __name__ == "__main__":
    main(sys.argv[1:] or [str(Path(__file__).parent)])
