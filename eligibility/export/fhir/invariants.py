"""Invariants: in, a Group or an EvidenceVariable as FHIR's JSON; out, what fhir.resources accepts and FHIR forbids, each in one line.

Names in brackets are those of FHIR's own constraints (https://hl7.org/fhir/R5), where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eligibility.export.fhir.quantities import is_ucum
from eligibility.export.fhir.systems import UCUM, Json

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CONCEPTS = ("code", "type", "valueCodeableConcept", "eventCodeableConcept", "method")
_DEFINITIONS = ("definitionByTypeAndValue", "definitionByCombination")


def problems(resource: Json) -> list[str]:
    """What is wrong with a resource of this package; nothing where it is as FHIR wants it, as far as these checks go."""
    return [*_references(resource), *_walk(resource["resourceType"], resource)]


def _walk(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        if not value:
            yield f"{path} is an empty list"
        for place, item in enumerate(value):
            yield from _walk(f"{path}[{place}]", item)
    elif isinstance(value, dict):
        yield from _object(path, value)
        for key, item in value.items():
            yield from _walk(f"{path}.{key}", item)
    elif isinstance(value, str) and (not value.strip() or _CONTROL.search(value)):
        yield f"{path} is blank or has characters that FHIR's strings have not"


def _object(path: str, value: Json) -> Iterator[str]:
    name = re.sub(r"\[\d+\]$", "", path.rpartition(".")[2])
    if name in _CONCEPTS and not ({"text", "coding"} & value.keys()):
        yield f"{path} has neither text nor coding"
    if name == "coding" and not {"system", "code"} <= value.keys():
        yield f"{path} has no system or no code"
    if name.lower().endswith("range"):
        yield from _range(path, value)
    if name.lower().endswith("quantity") or name in ("low", "high"):
        yield from _quantity(path, value)
    if name == "characteristic" and path.startswith("EvidenceVariable") and sum(key in value for key in _DEFINITIONS) != 1:
        yield f"{path} has not one definition [evv-1]"
    if name == "definitionByCombination" and ("threshold" in value) != (value["code"] == "at-least"):
        yield f"{path} has a threshold that does not go with {value['code']}"


def _range(path: str, value: Json) -> Iterator[str]:
    ends = [value[end] for end in ("low", "high") if end in value]
    if not ends:
        yield f"{path} has no end"
    if any("comparator" in end for end in ends):
        yield f"{path} has a comparator in an end [sqty-1]"
    if len(ends) == 2:
        if any(ends[0].get(key) != ends[1].get(key) for key in ("unit", "system", "code")):
            yield f"{path} has ends of two units"
        elif ends[0]["value"] >= ends[1]["value"]:
            yield f"{path} has a low end that is not below the high one [rng-2]"


def _quantity(path: str, value: Json) -> Iterator[str]:
    if "code" in value and "system" not in value:
        yield f"{path} has a code without a system [qty-3]"
    if "unit" in value and "code" not in value:
        yield f"{path} has a unit without a code"
    if value.get("system") == UCUM and not is_ucum(value["code"]):
        yield f"{path} has the unit {value['code']!r}, which is not of UCUM"


def _references(resource: Json) -> Iterator[str]:
    contained = [part.get("id") for part in resource.get("contained", ())]
    for id in [*contained, *([resource["id"]] if "id" in resource else [])]:
        if not isinstance(id, str) or not _ID.fullmatch(id):
            yield f"{id!r} is no id"
    if len(set(contained)) != len(contained):
        yield "two contained resources have one id"
    if any("contained" in part for part in resource.get("contained", ())):
        yield "a contained resource contains another [dom-2]"
    used = set(_used(resource))
    for id in sorted(used.symmetric_difference(f"#{id}" for id in contained)):
        yield f"{id} is referred to and not contained, or contained and not referred to [ref-1, dom-3]"


def _used(value: Any) -> Iterator[str]:
    """Every reference below the value."""
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            yield from _used(item)
    if isinstance(value, dict) and isinstance(value.get("reference"), str):
        yield value["reference"]
