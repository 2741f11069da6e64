"""Procedures: in, a Procedure or an Immunization; out, what was done, or the vaccine given, as a row of the patient.

What lasted some time counts on its last day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.fhir.codings import DONE, VACCINES, Named, named
from eligibility.fhir.dates import Times, exact_day, last_day, times_of
from eligibility.fhir.doses import route_of
from eligibility.fhir.elements import object_of, text_of
from eligibility.fhir.notes import Entry

_NOT_DONE = ("not-done", "entered-in-error", "preparation")


def procedures_of(entry: Entry) -> Iterator[dict[str, Any]]:
    """A procedure that was done or is under way."""
    subject = _done(entry, "code", DONE, ("completed", "in-progress"))
    if subject is not None:
        day = exact_day(entry, _performed(entry).latest, "its date")
        yield subject.row | ({"date": day} if day else {})


def _performed(entry: Entry) -> Times:
    performed = times_of(entry, "performed")
    return performed if performed.latest else times_of(entry, "occurrence")


def vaccines_of(entry: Entry) -> Iterator[dict[str, Any]]:
    """A vaccine that was given, as a medication of that day."""
    vaccine = _done(entry, "vaccineCode", VACCINES, ("completed",))
    if vaccine is None:
        return
    given = times_of(entry, "occurrence").latest
    if given is None:
        entry.note("it does not say on which day it was given: left out", vaccine.name)
        return
    day = last_day(entry, given, "its date")
    name = vaccine.name if "vaccin" in vaccine.name.lower() else f"{vaccine.name} vaccine"
    route = route_of(object_of(entry.resource, "route"))
    yield vaccine._replace(name=name).row | ({"route": route} if route else {}) | {"start": day, "end": day}


def _done(entry: Entry, key: str, preference: tuple[str, ...], done: tuple[str, ...]) -> Named | None:
    """What was done; None where it was not, or where the resource does not say what or whether."""
    status = text_of(entry.resource, "status")
    if status in _NOT_DONE:
        return None
    subject = named(object_of(entry.resource, key), preference)
    if subject is None:
        entry.note("it has neither a name nor a known code: left out")
    elif status not in done:
        entry.note("whether it was done is not known: left out", f"{subject.name}: {status or 'no status'}")
        return None
    return subject
