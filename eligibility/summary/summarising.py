"""Summarising: in, record rows; out, their summary. Rows are taken one by one and not kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from eligibility.concepts import concept
from eligibility.conversion import load_converter
from eligibility.rulebook import load_rulebook
from eligibility.spelling import normalise
from eligibility.summary.distributions import Summary
from eligibility.summary.limits import Collector, Row


def summarise(rows: Iterable[Row], analytes: Sequence[str] = (), *, trials: int | None = None) -> Summary:
    """The limits of age (in years), and of the analytes, scores and vital signs of these names or codes, across trials.

    `rows`: those of `criteria.records()` of any trials, or of a batch's table (columns: `eligibility.records.COLUMNS`). `trials`: how many
    trials there are, those without a row too; left out, those that have one. Limits are brought to the usual unit of the analyte's rule;
    a name that no rule knows is found by its words, and its limits count where they have no unit.
    """
    age = Collector("age", "a", "", load_converter(load_rulebook()))
    asked = [_collector(name) for name in analytes]
    seen: set[Hashable] = set()
    for row in rows:
        trial = row.get("study") or (row["source"], row["trial"])
        seen.add(trial)
        if row["facet"] != "value":
            continue
        if row["type"] == "age":
            age.add(row, trial)
        elif row["type"] == "measurement":
            for collector in asked:
                if _is_on(row, collector.name):
                    collector.add(row, trial)
    count = len(seen) if trials is None else trials
    return Summary(trials=count, age=age.limits(count), analytes=tuple(collector.limits(count) for collector in asked))


def _collector(name: str) -> Collector:
    rulebook = load_rulebook()
    found = concept(name, "measurement")
    unit = getattr(rulebook.find(found.id), "unit", None) if found is not None else None
    named = (found.label, found.id) if found is not None else (name, "")
    return Collector(named[0], unit if unit != "1" else None, named[1], load_converter(rulebook))


def _is_on(row: Row, name: str) -> bool:
    if row["concept"] is not None:
        return bool(row["concept"] == name)
    return row["subject"] is not None and normalise(row["subject"]) == normalise(name)
