"""Subjects of constraints against the mentions that people marked in Chia, on the trials that the recogniser has not seen.

Usage: python benchmarks/entities.py [--check] [ENTITIES [SCORER]]
ENTITIES has one marked document a line (default: ../shared/corpora/chia/entities.jsonl beside the checkout), SCORER is the script that
compares records with them (default: ../shared/eval/entities.py). Prints its figures with the recogniser and with the rules alone. With
--check, a figure below its limit makes the exit code 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
HELD_OUT = ROOT / "models" / "recognizer" / "held_out.txt"
LIMITS = {"strict": 0.62, "relaxed": 0.77}  # a little below what was measured: benchmarks/README.md


def main(arguments: list[str]) -> int:
    given = [Path(argument) for argument in arguments if not argument.startswith("-")]
    entities, scorer = (*given, *(SHARED / "corpora/chia/entities.jsonl", SHARED / "eval/entities.py")[len(given) :])[:2]
    for path in (entities, scorer, HELD_OUT):
        if not path.is_file():
            print(f"{path} is not there: nothing measured")
            return 0
    unseen = set(HELD_OUT.read_text(encoding="utf-8").split())
    lines = [line for line in entities.read_text(encoding="utf-8").splitlines() if json.loads(line)["doc"].split("_")[0] in unseen]
    print(f"{len(unseen)} trials that the recogniser has not seen, {len(lines)} documents")
    figures = {recognizer: score(lines, scorer, recognizer) for recognizer in (False, True)}
    both = figures[True]["all"]
    low = [level for level, limit in LIMITS.items() if both[level]["F"] < limit]
    for level in low:
        print(f"{level} F {both[level]['F']:.3f} is below {LIMITS[level]}")
    return int("--check" in arguments and bool(low))


def score(lines: list[str], scorer: Path, recognizer: bool) -> dict[str, Any]:
    """The scorer's figures of the records of these documents; printed by kind."""
    import eligibility

    nlp = eligibility.load(recognizer=recognizer)
    with tempfile.TemporaryDirectory() as folder:
        marked, records = Path(folder, "marked.jsonl"), Path(folder, "records.jsonl")
        marked.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with records.open("w", encoding="utf-8") as out:
            for document in map(json.loads, lines):
                criteria = eligibility.parse(document["text"], nlp=nlp, source=document["doc"])
                out.writelines(json.dumps(row) + "\n" for row in criteria.records())
        done = subprocess.run([sys.executable, scorer, marked, records, "--json"], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    print(f"\n{criteria.recognizer or 'rules alone'}")
    for kind, figures in found.items():
        strict, relaxed = (
            f"{level} F {figures[level]['F']:.3f} (P {figures[level]['P']:.3f} R {figures[level]['R']:.3f})" for level in LIMITS
        )
        print(f"{kind:<12}{figures['gold']:>6} marked{figures['pred']:>6} found   {strict}   {relaxed}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
