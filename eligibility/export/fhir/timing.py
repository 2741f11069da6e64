"""Timing: in, a constraint; out, the elements of an EvidenceVariable's characteristic for its window, its duration and its count.

Times before an event are negative: "within 28 days before baseline" is from -28 d to 0 d of baseline. What no element says exactly has
none: of two windows the longer, one that excludes its end, one in half-lives; and "at least 4 weeks since the last dose", since an element
asks for one that was so long ago, and not that none came later.
"""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.constraints import Constraint
from eligibility.export.fhir.quantities import amount, foreign_unit
from eligibility.export.fhir.systems import Json, label, own
from eligibility.ranges import Bound, Range, Window

_REPEATED = ("medication", "procedure", "trial")


def timing(constraint: Constraint) -> Iterator[tuple[str, Json]]:
    """The elements, each with the kind of thing that is unsaid without it."""
    for kind, name, found in (("duration", "duration", constraint.duration), ("count", "instances", constraint.count)):
        said = amount(found) if found is not None and not foreign_unit(found) else None
        if said is not None:
            yield kind, {f"{name}{said[0]}": said[1]}
    window = constraint.window
    if window is None or (constraint.type in _REPEATED and window.range.upper is None):
        return
    found = _signed(window)
    said = amount(found) if found is not None and not foreign_unit(found) else None
    if said is not None:
        time = {"description": label(window.phrase), said[0].lower(): said[1]}
        event = {"coding": [own("anchor", window.anchor)], "text": window.anchor.replace("_", " ")} if window.anchor else None
        yield "window", {"timeFromEvent": [time | ({"eventCodeableConcept": event} if event else {})]}


def _signed(window: Window) -> Range | None:
    """The window on the axis of time with the event at zero; None where it is not one such interval, its ends included."""
    near, far = window.range.lower, window.range.upper
    bounds = [bound for bound in (near, far) if bound is not None]
    if len(window.alternatives) > 1 or window.range.values or not bounds or not all(bound.inclusive for bound in bounds):
        return None
    zero = Bound(magnitude=0, unit=bounds[0].unit)
    match window.direction:
        case "before":
            return Range(lower=_minus(far) if far else None, upper=_minus(near) if near else zero)
        case "after":
            return Range(lower=near or zero, upper=far)
        case "around" if far is not None and near is None:
            return Range(lower=_minus(far), upper=far)
    return None


def _minus(bound: Bound) -> Bound:
    return bound.model_copy(update={"magnitude": -bound.magnitude})
