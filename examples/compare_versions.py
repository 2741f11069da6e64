"""Compares two invented versions of a protocol's criteria and prints what became of each criterion: who may enter now, and who no longer.

Run: python examples/compare_versions.py
"""

from __future__ import annotations

import eligibility
from eligibility.comparison import compare

VERSION_1 = """
Inclusion Criteria:
- Age 18 to 65 years
- Rheumatoid arthritis for at least 6 months
- Haemoglobin >= 10 g/dL
- Creatinine <= 1.5 mg/dL
- Stable dose of methotrexate for at least 12 weeks before baseline
- Willing to keep a diary

Exclusion Criteria:
- ALT or AST > 2 x ULN
- Prednisone or equivalent > 10 mg/day within 4 weeks of baseline
- Malignancy within 5 years
- Pregnant or breastfeeding
"""
VERSION_2 = """
Inclusion Criteria:
- Patients aged 18 to 75 years
- Rheumatoid arthritis for at least 6 months
- Haemoglobin >= 90 g/L
- Creatinine <= 1.5 x ULN
- Stable dose of methotrexate for at least 8 weeks before baseline
- Willing to keep an electronic diary

Exclusion Criteria:
- ALT or AST > 3 x ULN
- Prednisone or equivalent > 10 mg/day within 6 weeks of baseline
- Malignancy within 5 years, except basal cell carcinoma
- Pregnant or breastfeeding
- Active tuberculosis
"""


def main() -> None:
    comparison = compare(eligibility.parse(VERSION_1, source="version 1"), eligibility.parse(VERSION_2, source="version 2"))
    print(f"{comparison.before} -> {comparison.after}")
    for change in comparison.differences:
        print(change)
    print(", ".join(f"{count} {kind}" for kind, count in comparison.counts.items()))


if __name__ == "__main__":
    main()
