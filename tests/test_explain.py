"""Explanations: the tree, indented, with the words each leaf was read from."""

from __future__ import annotations

from eligibility import Criteria, parse

TEXT = """Inclusion Criteria:
- Hemoglobin >= 10 g/dL (>= 9 g/dL in patients with bone metastases)
- At least two of the following:
  - Asthma
  - Likes tea

Exclusion Criteria:
- Malignancy except basal cell carcinoma
- Likes coffee
"""


def test_criteria() -> None:
    assert parse(TEXT).explain().split("\n") == [
        "inclusion 1: Hemoglobin >= 10 g/dL (>= 9 g/dL in patients with bone metastases)",
        "  for those with",
        "    bone metastases <- 'patients with bone metastases' (bone_metastases)",
        "    then: hemoglobin >= 9 g/dL <- 'Hemoglobin >= 10 g/dL (>= 9 g/dL' (haemoglobin)",
        "    else: hemoglobin >= 10 g/dL <- 'Hemoglobin >= 10 g/dL' (haemoglobin)",
        "inclusion 2: At least two of the following:",
        "  at least 2 of",
        "    asthma <- 'Asthma' (asthma)",
        "    Likes tea <- 'Likes tea' (unstructured)",
        "exclusion 1: Malignancy except basal cell carcinoma",
        "  not",
        "    all of",
        "      malignancy <- 'Malignancy' (malignancy)",
        "      not",
        "        basal cell carcinoma <- 'basal cell carcinoma' (basal_cell_carcinoma)",
        "exclusion 2: Likes coffee",
        "  not understood",
    ]


def test_a_requirement_survives_json() -> None:
    criteria = parse(TEXT)
    assert Criteria.model_validate_json(criteria.model_dump_json()) == criteria
    assert Criteria.model_validate_json(criteria.model_dump_json()).explain() == criteria.explain()
