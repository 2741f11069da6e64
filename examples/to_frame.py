"""Makes one pandas table of the facts of all trials of a file, and counts the trials that limit each concept.

Run: python examples/to_frame.py [PATH]
"""

from __future__ import annotations

import sys
from pathlib import Path

import eligibility


def main(path: Path) -> None:
    many = [eligibility.parse(study) for study in eligibility.read_file(path)]
    facts = eligibility.frame(many, library="pandas")
    limits = facts[facts["facet"] == "value"]
    print(limits.groupby("concept")["trial"].nunique().sort_values(ascending=False, kind="stable").to_string())
    unread = eligibility.frame(many, table="criteria", library="polars").filter(structured=False, lead_in=False)
    print("not structured:", unread["text"].to_list())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("registry.json"))
