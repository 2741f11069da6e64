"""Limits: in, record rows on one thing; out, for each trial the limit on either side, in one unit where they convert.

A row is a limit if it is a value that every patient must satisfy, as far as rows say: an exclusion is turned round ("ALT > 3 ULN" excludes:
an upper limit of 3 ULN), and so is a denial. Apart are: exceptions, limits for a part of the patients (`population`), ranges that exclude
what lies within, limits whose comparator, unit or size the parser doubts, and units that do not convert. Whether a value is one of several
alternatives, or is asked of a parent or donor, no row says: such values count as limits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from eligibility.conversion import Converter
from eligibility.errors import UnitError
from eligibility.summary.distributions import Apart, Limits, distribution, rounded
from eligibility.ucum import NOT_UCUM

Row = Mapping[str, Any]
Side = Literal["lower", "upper"]
SIDES: tuple[Side, Side] = ("lower", "upper")

_OTHER: dict[str, Side] = {"lower": "upper", "upper": "lower"}
_DOUBTS = frozenset({"ambiguous", "contradiction", "implausible"})


@dataclass
class Collector:
    """Takes the rows on one thing, one by one. `unit` is the UCUM code to bring limits to, None where there is none."""

    name: str
    unit: str | None
    analyte: str
    converter: Converter
    found: dict[tuple[Side, str | None], dict[Hashable, list[tuple[float, bool]]]] = field(default_factory=lambda: defaultdict(dict))
    left_out: dict[str, list[Hashable]] = field(default_factory=lambda: defaultdict(list))
    speaking: set[Hashable] = field(default_factory=set)

    def add(self, row: Row, trial: Hashable) -> None:
        reason = _apart(row)
        if reason:
            self.left_out[reason].append(trial)
            return
        unit = row["unit"] if row["unit"] != "1" else None
        try:
            bounds = {side: self._brought(row[side], unit) for side in SIDES if row[side] is not None}
        except UnitError:
            self.left_out[f"in {unit or 'no unit'}, which does not convert to {self.unit or 'a number without a unit'}"].append(trial)
            return
        for side, magnitude in bounds.items():
            scale = unit if unit in NOT_UCUM else self.unit
            counted = _OTHER[side] if _is_refused(row) else side
            self.found[counted, scale].setdefault(trial, []).append((magnitude, row["section"] == "header"))
            self.speaking.add(trial)

    def _brought(self, magnitude: float, unit: str | None) -> float:
        if unit == self.unit or unit in NOT_UCUM:
            return rounded(magnitude)
        if unit is None or self.unit is None:
            raise UnitError("one has no unit")
        return rounded(self.converter.convert(magnitude, unit, self.unit, self.analyte))

    def limits(self, trials: int) -> Limits:
        """What was found, of so many trials."""
        order = sorted(self.found, key=lambda key: (key[1] != self.unit, key[1] or "", key[0]))
        having = {side: {trial for key in self.found if key[0] == side for trial in self.found[key]} for side in SIDES}
        several = {trial for each in self.found.values() for trial, values in each.items() if len({value for value, _ in values}) > 1}
        return Limits(
            name=self.name,
            trials=len(self.speaking),
            without_lower=trials - len(having["lower"]),
            without_upper=trials - len(having["upper"]),
            several=len(several),
            distributions=tuple(distribution(side, unit, _strictest(side, self.found[side, unit].values())) for side, unit in order),
            apart=tuple(Apart(reason=reason, rows=len(of), trials=len(set(of))) for reason, of in sorted(self.left_out.items())),
        )


def _apart(row: Row) -> str:
    """Why the row is no limit of a whole trial; "" where it is one."""
    if row["exception"]:
        return "exceptions"
    if row["population"]:
        return "for a part of the patients"
    if not _DOUBTS.isdisjoint(row["issues"]):
        return "doubtful: see the issues of the trial"
    if row["lower"] is not None and row["upper"] is not None and _is_refused(row):
        return "ranges that exclude what lies within"
    return "" if row["lower"] is not None or row["upper"] is not None else "without a number"


def _is_refused(row: Row) -> bool:
    """Whether a patient must not satisfy it."""
    excluded: bool = row["section"] == "exclusion"
    return excluded != bool(row["negated"])


def _strictest(side: Side, each: Iterable[list[tuple[float, bool]]]) -> Iterable[float]:
    """For each trial the limit that counts: the header's, which is that of the whole trial; else the strictest, since all must be kept."""
    for values in each:
        stated = [value for value, header in values if header] or [value for value, _ in values]
        yield max(stated) if side == "lower" else min(stated)
