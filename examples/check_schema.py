"""Validates what is written of a trial against the package's JSON Schemas, and prints what each column of the table of facts says.

Run: python examples/check_schema.py [PATH]    (needs jsonschema)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jsonschema import validate

import eligibility
from eligibility import schemas


def main(path: Path) -> None:
    for study in eligibility.read_file(path):
        criteria = eligibility.parse(study)
        validate(json.loads(criteria.model_dump_json()), schemas.schema("criteria"))
        print(f"{criteria.source}: {len(criteria.constraints)} constraints, schema {criteria.schema_version}")
    for name, column in schemas.schema("record")["properties"].items():
        print(f"{name}: {column['description']}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("lupus.txt"))
