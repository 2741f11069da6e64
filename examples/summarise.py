"""Summarises the limits of five invented trials, of age and of platelets, and draws them where a file is named.

Run: python examples/summarise.py [FILE.png|FILE.svg]
"""

from __future__ import annotations

import sys

import eligibility
from eligibility.export.summaries import to_table
from eligibility.summary import plot, summarise

TRIALS = {
    "adults": "Inclusion Criteria:\n- Age 18 to 75 years\n- Platelets >= 100 x 10^9/L\n",
    "seniors": "Inclusion Criteria:\n- Age over 65 years\n\nExclusion Criteria:\n- Platelets < 75,000/mm3\n",
    "children": "Inclusion Criteria:\n- Age 6 months to 17 years\n- Platelets >= 100,000 per microliter\n",
    "open": "Inclusion Criteria:\n- At least 18 years of age\n- Platelets above 50 G/L\n",
    "unclear": "Inclusion Criteria:\n- Adults\n- Platelets >= 100\n",
}


def main() -> None:
    parsed = [eligibility.parse(text, source=name) for name, text in TRIALS.items()]
    summary = summarise((row for criteria in parsed for row in criteria.records()), ["platelets"], trials=len(parsed))
    print(to_table(summary, width=100), end="")
    for path in sys.argv[1:]:
        plot(summary, path)
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
