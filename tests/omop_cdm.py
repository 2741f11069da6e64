"""A small OMOP CDM of invented persons, whose eligibility for the invented trials of the tests is worked out by hand.

All observation periods end on 2025-06-30, the index. Ids of concepts are those of OMOP where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from eligibility.patient import Patient

INDEX = date(2025, 6, 30)
FEMALE, MALE = 8532, 8507
PERSONS = {
    1: (FEMALE, 1970), 2: (MALE, 1960), 3: (FEMALE, 2006), 4: (MALE, 2008), 5: (FEMALE, 1949), 6: (MALE, 1948),
    7: (FEMALE, 1980), 8: (MALE, 1985), 9: (FEMALE, 1990), 10: (MALE, 1975), 11: (FEMALE, 1965), 12: (MALE, 1955),
}  # fmt: skip
EVERYONE = set(PERSONS)
# id, name, domain, vocabulary, class, standard, code
CONCEPTS: list[tuple[int, str, str, str, str, str | None, str]] = [
    (317009, "Asthma", "Condition", "SNOMED", "Clinical Finding", "S", "195967001"),
    (4145356, "Severe persistent asthma", "Condition", "SNOMED", "Clinical Finding", "S", "426656000"),
    (45769438, "Unspecified asthma, uncomplicated", "Condition", "ICD10CM", "6-char billing code", None, "J45.909"),
    (443392, "Malignant neoplastic disease", "Condition", "SNOMED", "Clinical Finding", "S", "363346000"),
    (4112752, "Basal cell carcinoma of skin", "Condition", "SNOMED", "Clinical Finding", "S", "254701007"),
    (258369, "Primary malignant neoplasm of lung", "Condition", "SNOMED", "Clinical Finding", "S", "93880001"),
    (4329847, "Myocardial infarction", "Condition", "SNOMED", "Clinical Finding", "S", "22298006"),
    (316139, "Heart failure", "Condition", "SNOMED", "Clinical Finding", "S", "84114007"),
    (432250, "Disorder due to infection", "Condition", "SNOMED", "Clinical Finding", "S", "40733004"),
    (255848, "Pneumonia", "Condition", "SNOMED", "Clinical Finding", "S", "233604007"),
    (4110056, "Chronic sarcoid of lung", "Condition", "SNOMED", "Clinical Finding", "S", "1001"),
    (4110057, "Chronic sarcoid of skin", "Condition", "SNOMED", "Clinical Finding", "S", "1002"),
    (1551099, "prednisone", "Drug", "RxNorm", "Ingredient", "S", "8640"),
    (1551170, "prednisone 5 MG Oral Tablet", "Drug", "RxNorm", "Clinical Drug", "S", "312617"),
    (1518254, "dexamethasone", "Drug", "RxNorm", "Ingredient", "S", "3264"),
    (1149380, "fluticasone", "Drug", "RxNorm", "Ingredient", "S", "41126"),
    (1305058, "methotrexate", "Drug", "RxNorm", "Ingredient", "S", "6851"),
    (1310149, "warfarin", "Drug", "RxNorm", "Ingredient", "S", "11289"),
    (3016723, "Creatinine [Mass/volume] in Serum or Plasma", "Measurement", "LOINC", "Lab Test", "S", "2160-0"),
    (3024929, "Platelets [#/volume] in Blood by Automated count", "Measurement", "LOINC", "Lab Test", "S", "777-3"),
    (3006923, "Alanine aminotransferase [Enzymatic activity/volume]", "Measurement", "LOINC", "Lab Test", "S", "1742-6"),
    (3000963, "Hemoglobin [Mass/volume] in Blood", "Measurement", "LOINC", "Lab Test", "S", "718-7"),
    (3004410, "Hemoglobin A1c/Hemoglobin.total in Blood", "Measurement", "LOINC", "Lab Test", "S", "4548-4"),
    (4198190, "Appendectomy", "Procedure", "SNOMED", "Procedure", "S", "80146002"),
    (4132161, "Oral", "Route", "SNOMED", "Qualifier Value", "S", "26643006"),
    (4171047, "Intravenous", "Route", "SNOMED", "Qualifier Value", "S", "47625008"),
    (45956874, "Inhalation", "Route", "SNOMED", "Qualifier Value", "S", "447694001"),
    *(
        (id, code, "Unit", "UCUM", "Unit", "S", code)
        for id, code in {
            8840: "mg/dL", 8749: "umol/L", 8753: "mmol/L", 9444: "10*9/L", 8848: "10*3/uL", 8647: "/uL", 8713: "g/dL", 8636: "g/L",
            8554: "%", 9579: "mmol/mol", 8645: "U/L",
        }.items()
    ),
]  # fmt: skip
UNITS = {code: id for id, _, domain, _, _, _, code in CONCEPTS if domain == "Unit"}
SYNONYMS = [
    (443392, "Malignancy"), (443392, "Cancer"), (4112752, "Basal cell carcinoma"), (258369, "Lung cancer"), (432250, "Infection"),
    (4110056, "Sarcoidosis"), (4110057, "Sarcoidosis"), (4110056, "Chronic sarcoidosis"),
]  # fmt: skip
MAPS_TO = [(45769438, 317009)]
BELOW = [
    (4145356, 317009), (4112752, 443392), (258369, 443392), (255848, 432250), (1551170, 1551099),
]  # fmt: skip
# person, concept, start, end
CONDITIONS: list[tuple[int, int, str, str | None]] = [
    (1, 317009, "2010-01-01", None),  # before the observation period
    (2, 4145356, "2020-01-01", None),
    (7, 317009, "2024-03-01", None),
    (8, 4112752, "2023-05-01", "2023-06-01"),
    (9, 258369, "2024-06-01", None),
    (10, 4112752, "2023-05-01", None),
    (10, 258369, "2023-07-01", None),
    (11, 258369, "2012-01-01", "2013-01-01"),
    (1, 4329847, "2025-05-01", None),
    (2, 4329847, "2024-10-01", None),
    (2, 316139, "2024-11-01", None),
    (3, 255848, "2025-06-25", "2025-07-05"),
    (5, 255848, "2020-01-01", "2020-01-20"),
    (6, 4110056, "2020-01-01", None),
]
# person, concept, start, end, route
DRUGS: list[tuple[int, int, str, str, int]] = [
    (1, 1551170, "2025-06-10", "2025-06-20", 4132161),
    (2, 1551170, "2025-01-01", "2025-02-01", 4132161),
    (7, 1551170, "2025-05-01", "2025-06-05", 4132161),
    (8, 1518254, "2025-06-15", "2025-06-15", 4171047),
    (9, 1149380, "2025-06-15", "2025-06-25", 45956874),
    (10, 1305058, "2024-01-01", "2025-06-25", 4132161),
    (11, 1305058, "2024-01-01", "2025-03-01", 4132161),
    (12, 1310149, "2025-06-01", "2025-07-30", 4132161),
]
# person, concept, date, value, unit, low, high
MEASUREMENTS: list[tuple[int, int, str, float | None, str | None, float | None, float | None]] = [
    (1, 3016723, "2025-06-01", 1.0, "mg/dL", None, None),
    (2, 3016723, "2025-06-01", 2.0, "mg/dL", None, None),
    (7, 3016723, "2025-06-10", 140.0, "umol/L", None, None),  # 1.58 mg/dL
    (8, 3016723, "2025-06-10", 168.0, "umol/L", None, None),  # 1.90 mg/dL
    (9, 3016723, "2025-01-10", 2.5, "mg/dL", None, None),
    (9, 3016723, "2025-05-10", 1.2, "mg/dL", None, None),
    (10, 3016723, "2025-01-10", 1.1, "mg/dL", None, None),
    (10, 3016723, "2025-05-10", 1.9, "mg/dL", None, None),
    (11, 3016723, "2025-05-10", 1.0, None, None, None),
    (12, 3016723, "2025-05-10", None, "mg/dL", None, None),
    (1, 3024929, "2025-06-20", 182.0, "10*9/L", None, None),
    (2, 3024929, "2025-06-20", 90.0, "10*3/uL", None, None),
    (7, 3024929, "2025-06-01", 150000.0, "/uL", None, None),
    (8, 3024929, "2025-06-20", 99000.0, "/uL", None, None),
    (1, 3006923, "2025-06-20", 84.0, "U/L", 7.0, 40.0),  # 2.1 times the upper limit of normal
    (2, 3006923, "2025-06-20", 100.0, "U/L", 7.0, 55.0),  # 1.8 times
    (7, 3006923, "2025-06-20", 90.0, "U/L", None, None),
    (1, 3000963, "2025-06-20", 12.5, "g/dL", None, None),
    (2, 3000963, "2025-06-20", 12.5, "g/dL", None, None),
    (7, 3000963, "2025-06-20", 11.9, "g/dL", None, None),
    (8, 3000963, "2025-06-20", 135.0, "g/L", None, None),
    (1, 3004410, "2025-06-20", 8.0, "%", None, None),
    (2, 3004410, "2025-06-20", 6.5, "%", None, None),
    (7, 3004410, "2025-06-20", 64.0, "mmol/mol", None, None),  # 8.0 %
    (8, 3004410, "2025-06-20", 100.0, "mmol/mol", None, None),  # 11.3 %
]
# person, concept, date
PROCEDURES = [(4, 4198190, "2025-03-01"), (5, 4198190, "2010-03-01")]
_TABLES = {
    "concept": "concept_id BIGINT, concept_name VARCHAR, domain_id VARCHAR, vocabulary_id VARCHAR, concept_class_id VARCHAR, "
    "standard_concept VARCHAR, concept_code VARCHAR, invalid_reason VARCHAR",
    "concept_synonym": "concept_id BIGINT, concept_synonym_name VARCHAR",
    "concept_relationship": "concept_id_1 BIGINT, concept_id_2 BIGINT, relationship_id VARCHAR, invalid_reason VARCHAR",
    "concept_ancestor": "ancestor_concept_id BIGINT, descendant_concept_id BIGINT",
    "person": "person_id BIGINT, gender_concept_id BIGINT, year_of_birth INTEGER",
    "observation_period": "observation_period_id BIGINT, person_id BIGINT, observation_period_start_date DATE, "
    "observation_period_end_date DATE, period_type_concept_id BIGINT",
    "condition_occurrence": "condition_occurrence_id BIGINT, person_id BIGINT, condition_concept_id BIGINT, condition_start_date DATE, "
    "condition_end_date DATE, visit_occurrence_id BIGINT",
    "drug_exposure": "drug_exposure_id BIGINT, person_id BIGINT, drug_concept_id BIGINT, drug_exposure_start_date DATE, "
    "drug_exposure_end_date DATE, route_concept_id BIGINT",
    "procedure_occurrence": "procedure_occurrence_id BIGINT, person_id BIGINT, procedure_concept_id BIGINT, procedure_date DATE",
    "measurement": "measurement_id BIGINT, person_id BIGINT, measurement_concept_id BIGINT, measurement_date DATE, "
    "value_as_number DOUBLE, unit_concept_id BIGINT, range_low DOUBLE, range_high DOUBLE",
}


def _rows() -> dict[str, list[tuple[Any, ...]]]:
    return {
        "concept": [(*row, None) for row in CONCEPTS],
        "concept_synonym": [*SYNONYMS],
        "concept_relationship": [(source, target, "Maps to", None) for source, target in MAPS_TO],
        "concept_ancestor": [(row[0], row[0]) for row in CONCEPTS] + [(above, below) for below, above in BELOW],
        "person": [(id, gender, year) for id, (gender, year) in PERSONS.items()],
        "observation_period": [(id, id, "2015-01-01", INDEX.isoformat(), 0) for id in PERSONS],
        "condition_occurrence": [(number, *row, None) for number, row in enumerate(CONDITIONS, 1)],
        "drug_exposure": [(number, *row) for number, row in enumerate(DRUGS, 1)],
        "procedure_occurrence": [(number, *row) for number, row in enumerate(PROCEDURES, 1)],
        "measurement": [
            (number, person, concept, day, value, UNITS.get(unit or "", 0), low, high)
            for number, (person, concept, day, value, unit, low, high) in enumerate(MEASUREMENTS, 1)
        ],
    }


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """All tables of the CDM, with their rows."""
    rows = _rows()
    for table, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[table][0]))})", rows[table])


def write_file(path: Path) -> Path:
    with duckdb.connect(str(path)) as connection:
        fill(connection)
    return path


def write_folder(folder: Path, tables: Sequence[str], separator: str = "\t") -> Path:
    """The tables as CSV files, parted by tabs as Athena has them."""
    for table in tables:
        head = [column.split()[0] for column in _TABLES[table].split(", ")]
        lines = [separator.join(head), *(separator.join("" if v is None else str(v) for v in row) for row in _rows()[table])]
        (folder / f"{table.upper()}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def patients() -> Iterable[tuple[int, Patient]]:
    """The same persons as patients of a screening, born in the middle of their year, with all that is recorded."""
    names = {row[0]: row[1] for row in CONCEPTS}
    lab = {3016723: "creatinine", 3024929: "platelets", 3006923: "ALT", 3000963: "hemoglobin", 3004410: "HbA1c"}
    routes = {4132161: "oral", 4171047: "intravenous", 45956874: "inhaled"}
    for id, (gender, year) in PERSONS.items():
        yield id, Patient.model_validate(
            {
                "id": str(id), "birth_date": f"{year}-07-01", "sex": "female" if gender == FEMALE else "male",
                "conditions": [{"name": names[c], "onset": start, "abated": end} for p, c, start, end in CONDITIONS if p == id],
                "medications": [
                    {"name": names[c], "start": start, "end": end, "route": routes[route]} for p, c, start, end, route in DRUGS if p == id
                ],
                "procedures": [{"name": names[c], "date": day} for p, c, day in PROCEDURES if p == id],
                "observations": [
                    {"name": lab[c], "magnitude": value, "unit": unit, "date": day, "reference_low": low, "reference_high": high}
                    for p, c, day, value, unit, low, high in MEASUREMENTS if p == id and value is not None
                ],
                "complete": ["conditions", "medications", "procedures", "trials"],
            }
        )  # fmt: skip
