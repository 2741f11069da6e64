"""Reads a registry export into four Parquet tables and prints, from two of them, what each trial measures.

Run: python examples/batch_registry.py [PATH [FOLDER]]
PATH: any source of trials; FOLDER: where the tables go (default: a temporary one). The same as `eligibility batch PATH --out FOLDER`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from eligibility.batch import run_batch


def main(path: Path, out: Path) -> None:
    print(run_batch([path], out, workers=2))
    titles = {row["study"]: row["title"] for row in pq.read_table(out / "studies.parquet", columns=["study", "title"]).to_pylist()}
    for row in pq.read_table(out / "records.parquet").to_pylist():
        if row["type"] == "measurement" and row["facet"] == "value":
            print(f"{titles[row['study']]}: {row['section']} {row['criterion']}: {row['subject']} {row['text']}")


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("registry.json")
    with tempfile.TemporaryDirectory() as folder:
        main(source, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "tables")
