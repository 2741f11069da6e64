"""Procedures: in, a Procedure or an Immunization; out, what was done, or the vaccine given, as a row of the patient.

What lasted some time counts on its last day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.fhir.codings import DONE, VACCINES, named
from eligibility.fhir.dates import Times, exact_day, last_day, times_of
from eligibility.fhir.doses import route_of
from eligibility.fhir.elements import object_of, text_of
from eligibility.fhir.notes import Entry

_NOT_DONE = ("not-done", "entered-in-error", "preparation")


def procedures_of(entry: Entry) -> Iterator[dict[str, Any]]:
    """A procedure that was done or is under way."""
    status = text_of(entry.resource, "status")
    if status in _NOT_DONE:
        return
    subject = named(object_of(entry.resource, "code"), DONE)
    if subject is None:
        entry.note("it has neither a name nor a known code: left out")
        return
    if status not in ("completed", "in-progress"):
        entry.note("whether it was done is not known: left out", f"{subject.name}: {status or 'no status'}")
        return
    day = exact_day(entry, _done(entry).latest, "its date")
    yield {"name": subject.name} | ({"code": subject.code} if subject.code else {}) | ({"date": day} if day else {})


def _done(entry: Entry) -> Times:
    performed = times_of(entry, "performed")
    return performed if performed.latest else times_of(entry, "occurrence")


def vaccines_of(entry: Entry) -> Iterator[dict[str, Any]]:
    """A vaccine that was given, as a medication of that day."""
    status = text_of(entry.resource, "status")
    if status in _NOT_DONE:
        return
    vaccine = named(object_of(entry.resource, "vaccineCode"), VACCINES)
    if vaccine is None:
        entry.note("its vaccine has neither a name nor a known code: left out")
        return
    if status != "completed":
        entry.note("whether it was given is not known: left out", f"{vaccine.name}: {status or 'no status'}")
        return
    given = times_of(entry, "occurrence").latest
    if given is None:
        entry.note("it does not say on which day it was given: left out", vaccine.name)
        return
    day = last_day(entry, given, "its date")
    name = vaccine.name if "vaccin" in vaccine.name.lower() else f"{vaccine.name} vaccine"
    route = route_of(object_of(entry.resource, "route"))
    further = {key: value for key, value in (("code", vaccine.code), ("route", route)) if value}
    yield {"name": name} | further | {"start": day, "end": day}
