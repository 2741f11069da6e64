"""Which types of constraint are taken for which, on annotated criteria: a table of counts.

    python benchmarks/confusion.py GOLD TEXTS

GOLD is JSON Lines with `doc`, `type`, `start`, `end`, `lower`, `upper` and `subject_start`, `subject_end` for each annotated expression
(type "ignore": not judged); TEXTS the folder of `DOC.txt` files that they count in. A row for each annotated type: how many of its
expressions came out with a constraint of each type, or with none; a last row for what was found where nothing was annotated. Behind it, of
those with the right type, how many have other bounds, and how many the right bounds but another subject. Where GOLD or TEXTS is absent,
the script says so and stops.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
TYPES = ("age", "measurement", "time", "dose", "stage", "count")
NOTHING = "nothing"
_FACETS = {"dose": "dose", "window": "time", "duration": "time", "stage": "stage", "count": "count", "frequency": "frequency"}
_GOLD = {"window": "time", "duration": "time"}


def type_of(row: Row) -> str | None:
    """The type that a record is compared as; None where it bounds nothing."""
    if row["lower"] is None and row["upper"] is None:
        return None
    return str(row["type"]) if row["facet"] == "value" else _FACETS.get(row["facet"])


def overlaps(first: Row, second: Row, start: str = "start", end: str = "end") -> bool:
    return first.get(start) is not None and second.get(start) is not None and first[start] < second[end] and second[start] < first[end]


def same_bounds(gold: Row, row: Row) -> bool:
    """The numbers agree, in any order where the annotation does not tell their direction."""
    wanted = gold.get("numbers") or [gold.get("lower"), gold.get("upper")]
    numbers = [sorted({float(n) for n in side if n is not None}) for side in (wanted, (row["lower"], row["upper"]))]
    return len(numbers[0]) == len(numbers[1]) and all(math.isclose(a, b, rel_tol=1e-6) for a, b in zip(*numbers, strict=True))


def confusion(gold: Sequence[Row], found: Sequence[tuple[str, Row]]) -> tuple[dict[str, Counter[str]], Counter[tuple[str, str]]]:
    """Counts by annotated type and found type; and of the errors inside the right type. Each record serves one annotation."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    inside: Counter[tuple[str, str]] = Counter()
    free = list(found)
    ignored = [item for item in gold if item["type"] == "ignore"]
    for item in gold:
        kind = _GOLD.get(item["type"], str(item["type"]))
        if kind == "ignore":
            continue
        near = [pair for pair in free if overlaps(item, pair[1])]
        best = max(near, key=lambda pair: (pair[0] == kind, same_bounds(item, pair[1])), default=None)
        if best is not None:
            free.remove(best)
        table[kind][best[0] if best else NOTHING] += 1
        if best and best[0] == kind:
            if not same_bounds(item, best[1]):
                inside[kind, "bounds"] += 1
            elif kind not in ("age", "time") and not overlaps(item, best[1], "subject_start", "subject_end"):
                inside[kind, "subject"] += 1
    table[NOTHING].update(kind for kind, row in free if not any(overlaps(item, row) for item in ignored))
    return table, inside


def _print(table: Mapping[str, Counter[str]], inside: Mapping[tuple[str, str], int]) -> None:
    columns = [*TYPES, *sorted({kind for row in table.values() for kind in row} - {*TYPES, NOTHING}), NOTHING]
    print("| annotated | " + " | ".join(columns) + " | other bounds | other subject |")
    print("|---" * (len(columns) + 3) + "|")
    for kind in (*TYPES, NOTHING):
        cells = [str(table[kind][column] or "") for column in columns] if kind in table else [""] * len(columns)
        print(f"| {kind} | " + " | ".join(cells) + f" | {inside.get((kind, 'bounds'), '')} | {inside.get((kind, 'subject'), '')} |")


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    gold_path, texts = map(Path, arguments)
    for path in (gold_path, texts):
        if not path.exists():
            print(f"{path} is not here: nothing was measured", file=sys.stderr)
            return 0
    from eligibility import parse

    gold: dict[str, list[Row]] = defaultdict(list)
    for line in gold_path.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        gold[item["doc"]].append(item)
    total: dict[str, Counter[str]] = defaultdict(Counter)
    inside: Counter[tuple[str, str]] = Counter()
    for doc, items in gold.items():
        with (texts / f"{doc}.txt").open(encoding="utf-8", newline="") as file:
            rows: Iterable[Row] = parse(file.read()).records()
        table, errors = confusion(items, [(kind, row) for row in rows if (kind := type_of(row))])
        for kind, counts in table.items():
            total[kind].update(counts)
        inside.update(errors)
    _print(total, inside)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
