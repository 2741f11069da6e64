"""Parses a criteria block and prints what each criterion demands, those that were not understood among them.

Run: python examples/parse_text.py
"""

from __future__ import annotations

import eligibility

TEXT = """
Inclusion Criteria:
- Age 18 to 75 years
- Platelet count >= 100 x 10^9/L

Exclusion Criteria:
- AST or ALT > 2.5 x ULN
- Pregnant or breastfeeding women
- Unwilling to keep a diary
"""


def main() -> None:
    criteria = eligibility.parse(TEXT)
    for criterion in criteria.walk():
        print(f"{criterion.section} {criterion.number}: {criterion.requirement or 'not structured'}")
    for issue in criteria.issues:
        print(f"issue: {issue}")


if __name__ == "__main__":
    main()
