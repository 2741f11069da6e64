"""The patient: JSON or a FHIR bundle in, a frozen `Patient` out. What is known of one person, for `eligibility.screen`.

Nothing is judged here: a date in the future or an unknown unit is said by the screening, where it matters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date as _Date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema

from eligibility.errors import InputError
from eligibility.frozen import Frozen

ListName = Literal["observations", "conditions", "medications", "procedures", "trials"]
Severity = Literal["mild", "moderate", "severe"]


def _text(value: Any) -> Any:
    """A stage may be given as a number."""
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else value


Stage = Annotated[str | None, BeforeValidator(_text), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]})]


def _day(value: Any) -> Any:
    """A day is written as one (2026-01-31): a number would be taken for seconds."""
    if isinstance(value, int | float):
        raise ValueError("a day is written as 2026-01-31")
    return value


Day = Annotated[_Date, BeforeValidator(_day)]


class PatientAge(Frozen):
    """An age in completed units; `unit` is UCUM: a, mo, wk, d or h."""

    magnitude: float = Field(ge=0, allow_inf_nan=False)
    unit: Literal["a", "mo", "wk", "d", "h"] = "a"


class Observation(Frozen):
    """A value observed on a day. `unit` is a UCUM code or a surface form ("K/uL"), None for a score or a ratio; the reference limits are
    in the same unit. `value` is a finding in words ("positive"), where it is no number.
    """

    name: str
    code: str | None = None
    magnitude: float | None = Field(default=None, allow_inf_nan=False)
    unit: str | None = None
    value: str | None = None
    date: Day | None = None
    reference_low: float | None = Field(default=None, allow_inf_nan=False)
    reference_high: float | None = Field(default=None, allow_inf_nan=False)


class PatientCondition(Frozen):
    """A diagnosis; one that has not abated is current."""

    name: str
    code: str | None = None
    onset: Day | None = None
    abated: Day | None = None
    stage: Stage = None
    severity: str | None = None


class PatientMedication(Frozen):
    """A drug taken from `start` to `end`; one without an end is current. `dose_unit` is that of a day ("mg/d") or of another period.

    A vaccine is a medication whose start is its end.
    """

    name: str
    code: str | None = None
    dose: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    dose_unit: str | None = None
    route: str | None = None
    start: Day | None = None
    end: Day | None = None


class PatientProcedure(Frozen):
    """What was done on a day: an operation, radiotherapy, a transfusion, a test."""

    name: str
    code: str | None = None
    date: Day | None = None


class PatientTrial(Frozen):
    """Taking part in another study; one without an end goes on."""

    start: Day | None = None
    end: Day | None = None


class Facts(Frozen):
    """What is asked rather than measured; None where nobody asked."""

    pregnant: bool | None = None
    lactating: bool | None = None
    contraception: bool | None = None
    consent: bool | None = None
    healthy_volunteer: bool | None = None


class Patient(Frozen):
    """All that is known of a patient. `complete` names the lists that hold all there is: what one of them lacks, the patient has not.

    `anchors` are dates of the trial ("baseline", "treatment_start"); one that is not given is the day of the screening. `notes` say what
    could not be read.
    """

    id: str | None = None
    birth_date: Day | None = None
    age: PatientAge | None = None
    sex: Literal["male", "female", "other"] | None = None
    observations: tuple[Observation, ...] = ()
    conditions: tuple[PatientCondition, ...] = ()
    medications: tuple[PatientMedication, ...] = ()
    procedures: tuple[PatientProcedure, ...] = ()
    trials: tuple[PatientTrial, ...] = ()
    facts: Facts = Facts()
    anchors: dict[str, Day] = Field(default_factory=dict)
    complete: tuple[ListName, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """The patient of a JSON file: this model's own, or a FHIR bundle. InputError says what is wrong with it, and where."""
        path = Path(path)
        try:
            found = json.loads(path.read_text(encoding="utf-8-sig"))
        except FileNotFoundError as error:
            raise InputError(f"{path}: no such file: check the path") from error
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}: check the path and its permissions") from error
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise InputError(f"{path}: not JSON ({error}): give a patient as JSON or a FHIR bundle") from error
        try:
            return cls.from_json(found)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error

    @classmethod
    def from_json(cls, found: Any) -> Self:
        """The patient of a parsed JSON document: this model's own, or a FHIR bundle; InputError where it is neither."""
        if not isinstance(found, Mapping):
            raise InputError(f"a patient is a JSON object, this is {_kind(found)}: see the fields of eligibility.Patient")
        if "resourceType" in found:
            return cls.from_fhir(found)
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise InputError(f"this is no patient: {_problems(error)}") from error

    @classmethod
    def from_fhir(cls, bundle: Any) -> Self:
        """The patient of a FHIR R4 or R5 Bundle (a mapping, its JSON text, or a fhir.resources object); InputError where it is none.

        Resources entered in error or cancelled are left out; what cannot be read is said in `notes`.
        """
        from eligibility.fhir import patient_of

        return cls.model_validate(patient_of(bundle))


def _kind(found: Any) -> str:
    names = {list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(found), "a number")


def _problems(error: ValidationError) -> str:
    said = []
    for problem in error.errors()[:3]:
        place = ".".join(str(part) for part in problem["loc"]) or "the whole"
        given = problem.get("input")
        shown = f" (given: {given!r})" if isinstance(given, str | int | float) else ""
        said.append(f"{place}: {problem['msg'][:1].lower()}{problem['msg'][1:]}{shown}")
    more = len(error.errors()) - len(said)
    return "; ".join(said) + (f"; and {more} more" if more else "")
