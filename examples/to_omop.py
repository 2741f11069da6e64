"""Makes an OMOP cohort of an invented trial, and counts who is left in an invented CDM of four persons.

Run: python examples/to_omop.py [FILE]   FILE, if given, is where the expression goes that ATLAS imports
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import eligibility
from eligibility.export.omop import Vocabulary, attrition, to_cohort

TRIAL = """
Inclusion Criteria:
- Age 18 to 75 years
- Creatinine <= 1.7 mg/dL
- Willing to keep a diary

Exclusion Criteria:
- Asthma
- Prednisone within 28 days prior to baseline
"""
TABLES = {
    "concept": """concept_id,concept_name,domain_id,vocabulary_id,concept_class_id,standard_concept,concept_code,invalid_reason
317009,Asthma,Condition,SNOMED,Clinical Finding,S,195967001,
1551099,prednisone,Drug,RxNorm,Ingredient,S,8640,
3016723,Creatinine [Mass/volume] in Serum or Plasma,Measurement,LOINC,Lab Test,S,2160-0,
8840,milligram per deciliter,Unit,UCUM,Unit,S,mg/dL,
8749,micromole per liter,Unit,UCUM,Unit,S,umol/L,
""",
    "concept_ancestor": """ancestor_concept_id,descendant_concept_id
317009,317009
1551099,1551099
3016723,3016723
""",
    "person": """person_id,gender_concept_id,year_of_birth
1,8532,1970
2,8507,1960
3,8532,2012
4,8507,1985
""",
    "observation_period": """observation_period_id,person_id,observation_period_start_date,observation_period_end_date
1,1,2015-01-01,2025-06-30
2,2,2015-01-01,2025-06-30
3,3,2015-01-01,2025-06-30
4,4,2015-01-01,2025-06-30
""",
    "measurement": """measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id
1,1,3016723,2025-06-01,1.1,8840
2,2,3016723,2025-06-01,140,8749
3,4,3016723,2025-06-01,168,8749
""",
    "drug_exposure": """drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date
1,2,1551099,2025-06-10,2025-06-20
""",
}


def main(arguments: list[str]) -> None:
    with TemporaryDirectory() as folder:
        for table, rows in TABLES.items():
            (Path(folder) / f"{table}.csv").write_text(rows, encoding="utf-8")
        with Vocabulary.open(folder) as vocabulary:
            cohort = to_cohort(eligibility.parse(TRIAL), vocabulary)
        print(attrition(cohort, folder))
    for loss in cohort.unexpressed:
        print(f"not asked: {loss}")
    if arguments:
        Path(arguments[0]).write_text(cohort.json(), encoding="utf-8")
        print(f"wrote {Path(arguments[0]).name}")


if __name__ == "__main__":
    main(sys.argv[1:])
