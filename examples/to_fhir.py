"""Makes a FHIR Group and an EvidenceVariable of an invented lupus trial, and prints what they hold and what stays in words.

Run: python examples/to_fhir.py
"""

from __future__ import annotations

from pathlib import Path

import eligibility
from eligibility.export.fhir import to_evidence_variable, to_group


def main() -> None:
    (study,) = eligibility.read_file(Path(__file__).with_name("lupus.txt"))
    criteria = eligibility.parse(study)
    for exported in (to_group(criteria), to_group(criteria, "R4B"), to_evidence_variable(criteria)):
        resource = exported.resource
        kind, id, count = resource.get_resource_type(), resource.id, len(resource.characteristic)
        print(f"{kind} {id}: {count} characteristics, {len(exported.unexpressed)} things in words alone")
    for one in exported.unexpressed[:4]:
        print(one)


if __name__ == "__main__":
    main()
