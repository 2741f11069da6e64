"""Measurements: in, a limit of an analyte; out, what Circe asks for it: the values within and beyond, in each unit that is known.

The limit is asked in its own unit, in the analyte's usual one and in those of rules/omop.toml, as far as it converts to them (by the molar
mass of the analyte where that is needed) and the vocabulary has them; units in which the numbers are the same are one question. A value in
another unit, or without one, is not compared. A multiple of a normal limit is asked as Circe's ratio to the record's own limit. Circe keeps
four decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from eligibility.constraints import Measurement
from eligibility.errors import UnitError
from eligibility.export.omop.circe import Days, Json, Tree, at_least, group_json, none_of, numeric, occurrence
from eligibility.export.omop.facets import Kind
from eligibility.export.omop.resolution import Resolver
from eligibility.export.omop.vocabulary import OmopConcept
from eligibility.ranges import Bound, Range
from eligibility.screening.knowledge import Knowledge

_RATIOS = {"ULN": "RangeHighRatio", "LLN": "RangeLowRatio"}
_RELATIVE = ("baseline", "predicted")
_LATER = Days(-1, None)
_BELOW_ALL = -1_000_000  # below every value that is measured
_STEP = 0.0001  # the last decimal that Circe keeps
_LEAST, _MOST = 0.01, 100_000  # of a limit in a unit that is not its own


class Band(NamedTuple):
    """A range of values, in any of some units: within the limit or beyond it. `field` is what Circe calls the value."""

    limits: Range
    units: tuple[OmopConcept, ...] = ()
    field: str = "ValueAsNumber"

    def json(self) -> Json:
        found: Json = {self.field: _numbers(self.limits)}
        return found | ({"Unit": [unit.json() for unit in self.units]} if self.units else {})

    def beyond(self) -> list[Band]:
        """The values on the other side of each bound."""
        return [self._replace(limits=side) for side in opposite(self.limits)]


def opposite(limits: Range) -> list[Range]:
    """What lies below the range and what above it."""
    lower, upper = limits.lower, limits.upper
    below = [Range(upper=lower.model_copy(update={"inclusive": not lower.inclusive}))] if lower is not None else []
    above = [Range(lower=upper.model_copy(update={"inclusive": not upper.inclusive}))] if upper is not None else []
    return below + above


def bands(constraint: Measurement, resolver: Resolver, knowledge: Knowledge) -> list[Band] | Kind:
    """The limit in every unit in which it can be asked, or why it cannot be."""
    limits = constraint.value
    if limits is None or _has_gaps(limits):
        return "value"
    bounds = [bound for bound in (limits.lower, limits.upper) if bound is not None]
    if any(bound.letter is not None for bound in bounds):
        return "class"
    written = {bound.unit for bound in bounds}
    if limits.reference or written.intersection(_RELATIVE):
        return "reference"
    ratio = next((_RATIOS[unit] for unit in written if unit in _RATIOS), None)
    if ratio is not None:
        return [Band(limits, field=ratio)] if len(written) == 1 else "reference"
    entry = knowledge.rulebook.find(constraint.concept.id) if constraint.concept is not None else None
    usual: str | None = getattr(entry, "unit", None)
    if not written - {None, "1"}:
        return "unit_missing" if usual not in (None, "1") else [Band(limits)]
    units = dict.fromkeys((*(bound.unit or "1" for bound in bounds), *([usual] if usual else []), *_recorded(knowledge)))
    return _in_units(limits, units, constraint, resolver, knowledge) or "unit"


def _has_gaps(limits: Range) -> bool:
    """Whether the limit lists values that are not those of a range of whole numbers."""
    values = sorted(limits.values)
    return any(after - before != 1 for before, after in pairwise(values))


def _recorded(knowledge: Knowledge) -> Iterable[str]:
    return (ucum for row in knowledge.rulebook.other.get("omop_units", ()) for ucum in row["ucum"])


def _in_units(limits: Range, units: Iterable[str], constraint: Measurement, resolver: Resolver, knowledge: Knowledge) -> list[Band]:
    found: dict[tuple[float | None, float | None], tuple[Range, list[OmopConcept]]] = {}
    for unit in units:
        moved = _moved(limits, unit, constraint, knowledge)
        concept = resolver.unit(unit) if moved is not None else None
        if moved is not None and concept is not None:
            key = tuple(bound.magnitude if bound is not None else None for bound in (moved.lower, moved.upper))
            found.setdefault(key, (moved, []))[1].append(concept)  # type: ignore[arg-type]
    return [Band(moved, tuple(dict.fromkeys(concepts))) for moved, concepts in found.values()]


def _moved(limits: Range, unit: str, constraint: Measurement, knowledge: Knowledge) -> Range | None:
    """The limit in the unit, with as many decimals as Circe keeps; None where it does not convert, or they are too few."""
    id = constraint.concept.id if constraint.concept is not None else ""
    sides: dict[str, Bound | None] = {}
    for name, bound in (("lower", limits.lower), ("upper", limits.upper)):
        if bound is None:
            sides[name] = None
            continue
        own = bound.unit or limits.unit or "1"
        try:
            exact = knowledge.converter.convert(bound.magnitude, own, unit, id)
        except UnitError:
            return None
        kept = round(exact, 4)
        if abs(kept - exact) > abs(exact) / 100 or (own != unit and exact and not _LEAST <= abs(exact) <= _MOST):
            return None
        sides[name] = bound.model_copy(update={"magnitude": kept, "unit": unit})
    return Range(lower=sides["lower"], upper=sides["upper"])


def _numbers(limits: Range) -> Json:
    """The range as Circe has it; of two bounds both are in it, so that one which is not moves by the last decimal."""
    lower, upper = limits.lower, limits.upper
    if lower is not None and upper is not None:
        return numeric(_stepped(lower, 1), _stepped(upper, -1))
    return numeric(
        lower.magnitude if lower is not None else None,
        upper.magnitude if upper is not None else None,
        low_open=lower is not None and not lower.inclusive,
        high_open=upper is not None and not upper.inclusive,
    )


def _stepped(bound: Bound, sign: int) -> float:
    return bound.magnitude if bound.inclusive else round(bound.magnitude + sign * _STEP, 4)


class Asked(NamedTuple):
    """The bands of one limit, of which the latest value counts: of two of one day, each. `until` is the last day that counts.

    In a window that ends before the index each value counts, for Circe cannot say which is the latest in it.
    """

    bands: Sequence[Band]
    codeset: int
    until: Json | None

    def latest_inside(self, days: Days) -> Tree:
        return at_least(1, (self._latest(band, days) for band in self.bands))

    def latest_outside(self, days: Days) -> Tree:
        """Or no value at all."""
        none = none_of([occurrence(self._body(self._any_value()), days)])
        return at_least(1, [none, *(self._latest(beyond, days) for band in self.bands for beyond in band.beyond())])

    def _latest(self, band: Band, days: Days) -> Tree:
        body = self._body(band)
        if not days.last:
            later = none_of([occurrence(self._body(self._any_value()), _LATER)])
            body["Measurement"]["CorrelatedCriteria"] = group_json(later)
        return occurrence(body, days)

    def _any_value(self) -> Band:
        """Any value that can be compared: Circe has no other way to ask for a number than a limit."""
        units = tuple(dict.fromkeys(unit for band in self.bands for unit in band.units))
        return Band(Range(lower=Bound(magnitude=_BELOW_ALL)), units, self.bands[0].field)

    def _body(self, band: Band) -> Json:
        until = {"OccurrenceStartDate": self.until} if self.until is not None else {}
        return {"Measurement": {"CodesetId": self.codeset, **band.json(), **until}}
