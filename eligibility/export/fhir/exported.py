"""What an export returns: a resource of fhir.resources, validated, and all that it does not say as data.

In: the elements of a resource as FHIR's JSON, and what they leave out. Out: the `Exported`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, get_args

from eligibility.errors import EligibilityError, InputError
from eligibility.export.fhir.demands import Demand, Section
from eligibility.export.fhir.invariants import problems
from eligibility.export.fhir.leaves import Unsaid
from eligibility.export.fhir.systems import REGISTRY, Json, extension, label, unexpressed
from eligibility.export.listing import printable
from eligibility.extras import how_to_install
from eligibility.result import Criteria

Version = Literal["R5", "R4B"]
Kind = Literal[
    "unstructured", "other", "about", "cohort", "combination", "narrower", "modifier", "temporality", "exception", "agent", "route",
    "method", "specimen", "equivalent", "value", "unit", "dose", "stage", "duration", "count", "frequency", "window",
]  # fmt: skip
_AS_WORDS = ("unstructured", "other", "about", "combination", "unit")  # kinds whose element says itself that it is words, or no UCUM
_NO_ID = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Unexpressed:
    """Something that stands in the resource as text alone. `criterion` is the number within the section, None for the header's.

    kinds: `unstructured`, `other`: words that no requirement was read from, or that are beyond all types; `about`: of a donor, a partner,
    a relative; `cohort`: only for some; `combination`: "at least n of", which a Group has not; `narrower`: the code is of a wider concept;
    `exception`: takes away single records, not the patient who has one; `unit`: said, but in no unit of UCUM; `value`: a range that is no
    quantity; `agent`: what an allergy is to; `equivalent`: a dose in that of another drug. The rest are the attributes of a constraint by
    these names.
    """

    kind: Kind
    section: Section
    criterion: str | None
    text: str

    def __str__(self) -> str:
        place = f"{self.section} {self.criterion}" if self.criterion else self.section
        return f"{place}: {self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Exported:
    """A resource, and what it does not say as data. Where `unexpressed` is empty, it means what the requirement trees mean."""

    resource: Any
    unexpressed: tuple[Unexpressed, ...]

    def json(self, *, indent: int | None = None) -> str:
        """The resource as FHIR's JSON."""
        return str(self.resource.model_dump_json(indent=indent))

    def dict(self) -> dict[str, Any]:
        """The resource as FHIR's JSON, parsed; decimals are `Decimal` where they are no whole numbers."""
        return dict(self.resource.model_dump())


class Ledger:
    """What one export leaves unsaid, noted where it is, each thing once."""

    def __init__(self) -> None:
        self._found: dict[Unexpressed, None] = {}

    def note(self, demand: Demand, unsaid: Iterable[Unsaid]) -> list[Json]:
        """Notes it, and gives the modifier extensions that say so in the resource: whoever does not know them must not ignore them."""
        marks = []
        for kind, text in unsaid:
            said = label(text)
            self._found[Unexpressed(kind, demand.section, demand.number, said)] = None  # type: ignore[arg-type]
            marks += [] if kind in _AS_WORDS else [unexpressed(kind, said)]
        return marks

    @property
    def unexpressed(self) -> tuple[Unexpressed, ...]:
        return tuple(self._found)


def sourced(characteristic: Json, demand: Demand, marks: list[Json]) -> Json:
    """The characteristic with the criterion's sentence and place in the input, and with what narrows the whole criterion."""
    place = demand.span
    source = extension(
        "source",
        section={"valueCode": demand.section},
        criterion={"valueString": demand.number} if demand.number else {},
        text={"valueString": printable(demand.text)} if demand.text.strip() else {},
        start={"valueUnsignedInt": place.start} if place else {},
        end={"valueUnsignedInt": place.end} if place else {},
    )
    marked = [*characteristic.get("modifierExtension", ()), *marks]
    return characteristic | {"extension": [source]} | ({"modifierExtension": marked} if marked else {})


def make(elements: Json, version: Version, ledger: Ledger) -> Exported:
    """The resource of these elements; EligibilityError where they break a rule of FHIR, InputError where fhir.resources is not there."""
    kind = elements["resourceType"]
    try:
        module = import_module(f"fhir.resources{'.R4B' if version == 'R4B' else ''}.{kind.lower()}")
    except ImportError as error:
        raise InputError(f"a {kind} is made with fhir.resources, which is not installed: {how_to_install('fhir')}") from error
    broken = problems(elements)
    if broken:
        raise EligibilityError(
            f"the {kind} of {elements.get('id', 'these criteria')} would not be valid FHIR: {broken[0]}: please report it"
        )
    return Exported(getattr(module, kind).model_validate(elements), ledger.unexpressed)


def head(kind: str, criteria: Criteria) -> Json:
    """What a resource says of itself: its type, an id where the trial or its source has one, and the trial's NCT id as the identifier."""
    id = _NO_ID.sub("-", criteria.trial or criteria.source or "").strip("-")[:_LONGEST_ID]
    identifier = [{"system": REGISTRY, "value": label(criteria.trial)}] if criteria.trial else []
    return {"resourceType": kind} | ({"id": id} if id else {}) | ({"identifier": identifier} if identifier else {})


def check_version(version: str) -> None:
    if version not in get_args(Version):
        raise InputError(f"there is no FHIR version {version!r} here: give R5, or R4B, which servers of R4 read")
