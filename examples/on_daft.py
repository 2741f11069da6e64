"""Parses a Daft DataFrame of trials, by Daft's local runner or on a Ray cluster, and prints one row a fact.

Run: python examples/on_daft.py [ADDRESS]
ADDRESS: of a Ray cluster ("auto"); Daft's local runner where it is left out.
"""

from __future__ import annotations

import sys

from eligibility.integrations.daft import daft, parse_frame

TRIALS = {
    "id": ["asthma", "lupus"],
    "criteria": [
        "Inclusion Criteria:\n- Age 12 to 75 years\n- Blood eosinophils >= 300 cells/uL\n",
        "Exclusion Criteria:\n- Platelets < 50 x 10^9/L\n- Prednisone > 20 mg/day within 4 weeks before screening\n",
    ],
}


def main() -> None:
    parsed = parse_frame(daft.from_pydict(TRIALS), "criteria", source="id", workers=1)
    facts = parsed.select("id", parsed["eligibility"].get("records").alias("fact")).explode("fact")
    for row in facts.sort("id").to_pylist():
        fact = row["fact"]
        print(row["id"], fact["section"], fact["concept"] or fact["type"], fact["facet"], fact["text"], sep=" | ")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        daft.set_runner_ray(sys.argv[1])
    main()
