"""What an exported Group or EvidenceVariable means for a patient of whom all is known, by FHIR's own words alone.

"All the identified characteristics must be true", `exclude` denies one; a combination is all-of, any-of or at-least its threshold; a range
includes its ends; times before an event are negative.
"""

from __future__ import annotations

from typing import Any

from requirement_trees import Facts

_COMPARED = {"<": (-1,), "<=": (-1, 0), ">=": (0, 1), ">": (1,), "=": (0,)}


def admits(resource: dict[str, Any], known: Facts) -> bool:
    """Whether the patient is one of those whom the resource defines."""
    if resource["resourceType"] == "EvidenceVariable":
        return all(_defined(one, known) for one in resource.get("characteristic", ()))
    groups = {f"#{group['id']}": group for group in resource.get("contained", ())}
    return _is_member(resource, groups, known)


def _is_member(group: dict[str, Any], groups: dict[str, Any], known: Facts) -> bool:
    return all(_trait(one, groups, known) != one["exclude"] for one in group.get("characteristic", ()))


def _trait(one: dict[str, Any], groups: dict[str, Any], known: Facts) -> bool:
    if "valueReference" in one:
        return _is_member(groups[one["valueReference"]["reference"]], groups, known)
    return _valued(one["code"], one, known)


def _defined(one: dict[str, Any], known: Facts) -> bool:
    if "definitionByCombination" in one:
        combination = one["definitionByCombination"]
        held = [_defined(part, known) for part in combination["characteristic"]]
        needed = {"all-of": len(held), "any-of": 1, "at-least": combination.get("threshold", 0)}[combination["code"]]
        return (sum(held) >= needed) != one.get("exclude", False)
    definition = one["definitionByTypeAndValue"]
    found = _valued(definition["type"], definition, known)
    for time in one.get("timeFromEvent", ()):
        assert time["eventCodeableConcept"]["text"] == "enrollment"
        found = found and _meets(time, float(known[definition["valueCodeableConcept"]["text"]] or 0))
    return found != one.get("exclude", False)


def _valued(code: dict[str, Any], one: dict[str, Any], known: Facts) -> bool:
    if "valueBoolean" in one:
        return (known[code["text"]] is not None) == one["valueBoolean"]
    if "valueCodeableConcept" in one:
        value = one["valueCodeableConcept"]
        return known["sex"] == value["coding"][0]["code"] if code["text"] == "sex" else known[value["text"]] is not None
    value = known[code["text"]]
    assert isinstance(value, int | float)
    return _meets({"quantity": one.get("valueQuantity"), "range": one.get("valueRange")}, value)


def _meets(amount: dict[str, Any], value: float) -> bool:
    if quantity := amount.get("quantity"):
        return _order(value, quantity) in _COMPARED[quantity.get("comparator", "=")]
    ends = amount["range"]
    return ("low" not in ends or _order(value, ends["low"]) >= 0) and ("high" not in ends or _order(value, ends["high"]) <= 0)


def _order(value: float, quantity: dict[str, Any]) -> int:
    return (value > quantity["value"]) - (value < quantity["value"])
