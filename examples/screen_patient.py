"""Screens an invented patient against an invented lupus trial, then the patient of a FHIR bundle, and prints what came out and why.

Run: python examples/screen_patient.py
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import eligibility

HERE = Path(__file__).resolve().parent
ON = date(2026, 3, 1)


def main() -> None:
    (study,) = eligibility.read_file(HERE / "lupus.txt")
    criteria = eligibility.parse(study)
    patient = eligibility.Patient.read(HERE / "patient.json")
    print(eligibility.screen(patient, criteria, on=ON).explain())
    bundle = eligibility.Patient.read(HERE / "patient_bundle.json")
    screening = eligibility.screen(bundle, criteria, on=ON)
    print(f"the bundle: {screening.outcome}")
    for criterion in screening.criteria:
        if criterion.outcome == "fail":
            print(f"fails {criterion.section} {criterion.number}: {criterion.evidence[0].reason}")
    for missing in screening.missing[:3]:
        print(f"would settle it: {missing}")


if __name__ == "__main__":
    main()
