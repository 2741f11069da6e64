"""Medications: in, a MedicationRequest, MedicationStatement, MedicationAdministration or MedicationUsage; out, a row of the patient.

Drugs never taken are left out; one that was stopped has an end; one that is on hold, or of which that is not known, is read as current.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.fhir.bundle import Index
from eligibility.fhir.codings import DRUGS, Named, bare_name, named, status_of
from eligibility.fhir.dates import Times, When, exact_day, last_day, period_of, times_of, when_of
from eligibility.fhir.doses import dose_fields
from eligibility.fhir.elements import Json, flag_of, object_of, objects_of, text_of
from eligibility.fhir.notes import Entry

_NEVER = ("entered-in-error", "cancelled", "draft", "not-taken", "not-done")
_ENDED = ("stopped", "completed", "ended")
_GOING_ON = ("active", "in-progress", "recorded")
_NOT_TAKING = ("not-taking", "not-taken", "stopped", "stopped-taking")
_ONLY_MEANT = ("proposal", "plan", "option")


def medications_of(entry: Entry, index: Index) -> Iterator[dict[str, Any]]:
    """The drug of one resource; none where it was not taken."""
    status = _status(entry)
    if status in _NEVER or flag_of(entry.resource, "doNotPerform"):
        if flag_of(entry.resource, "doNotPerform"):
            entry.note("it says not to give the drug: left out")
        return
    if status == "intended" or text_of(entry.resource, "intent") in _ONLY_MEANT:
        entry.note("it is only planned or proposed: left out")
        return
    drug = _drug(entry, index)
    if drug is None:
        entry.note("its drug has neither a name nor a known code: left out")
        return
    course = _course(entry, status, _dosages(entry))
    if course is not None:
        code = {"code": drug.code} if drug.code else {}
        yield {"name": drug.name} | code | dose_fields(entry, _dosages(entry)) | course


def _status(entry: Entry) -> str | None:
    """The status; R5 says in `adherence` whether a recorded drug is taken."""
    status = text_of(entry.resource, "status")
    adherence = object_of(entry.resource, "adherence")
    taking = status_of(adherence, "code") if adherence else None
    if status == "recorded" and taking is not None and taking.startswith(_NOT_TAKING):
        return "stopped" if taking.startswith("stopped") else "not-taken"
    return "on-hold" if status == "recorded" and taking == "on-hold" else status


def _dosages(entry: Entry) -> list[Json]:
    if entry.kind == "MedicationAdministration":
        dosage = object_of(entry.resource, "dosage")
        return [dosage] if dosage else []
    return objects_of(entry.resource, "dosageInstruction") or objects_of(entry.resource, "dosage")


def _drug(entry: Entry, index: Index) -> Named | None:
    """The drug by its concept, else by the Medication that is referred to, else as the reference displays it."""
    resource = entry.resource
    either = object_of(resource, "medication") or {}  # R5
    concept = object_of(resource, "medicationCodeableConcept") or object_of(either, "concept")
    reference = object_of(resource, "medicationReference") or object_of(either, "reference") or {}
    drug = named(concept, DRUGS)
    if drug is None and (target := text_of(reference, "reference")) is not None:
        medication = index.resolve(entry, target, "Medication")
        drug = _of_medication(medication) if medication is not None else None
    if drug is None and (display := text_of(reference, "display")):
        drug = Named(bare_name(display), None)
    return drug


def _of_medication(medication: Json) -> Named | None:
    """A Medication's own name and code, else its ingredients."""
    own = named(object_of(medication, "code"), DRUGS)
    if own is not None:
        return own
    ingredients = []
    for one in objects_of(medication, "ingredient"):
        concept = object_of(one, "itemCodeableConcept") or object_of(object_of(one, "item") or {}, "concept")
        ingredients.append(named(concept, DRUGS))
    known = [one for one in ingredients if one is not None]
    if not known or len(known) < len(ingredients):
        return None
    return known[0] if len(known) == 1 else Named(" / ".join(one.name for one in known), None)


def _course(entry: Entry, status: str | None, dosages: list[Json]) -> dict[str, str] | None:
    """Start and end; None, with a note, where it is over and nothing tells when."""
    taken = _taken(entry, dosages)
    start = exact_day(entry, taken.start, "its start")
    course = {"start": start} if start else {}
    if status in _ENDED:
        end = taken.end or _end_of_supply(entry)
        ended = last_day(entry, end, "its end") if end else _assumed_end(entry, taken.start)
        return course | {"end": ended} if ended else None
    if status not in _GOING_ON:
        entry.note("whether it is still taken is not known: read as current", status or "no status")
    if entry.kind == "MedicationRequest" or taken.end is None or times_are_a_point(taken):
        return course
    if status == "active":
        entry.note("it is active, yet its end is given: read as ending then")
    return course | {"end": last_day(entry, taken.end, "its end")}


def times_are_a_point(times: Times) -> bool:
    return times.start is not None and times.start == times.end


def _taken(entry: Entry, dosages: list[Json]) -> Times:
    if entry.kind == "MedicationRequest":
        return _ordered(entry, dosages)
    found = times_of(entry, "effective")
    for stem in ("occurence", "occurrence"):  # R5 has it with one r
        found = found if found.latest else times_of(entry, stem)
    if entry.kind != "MedicationAdministration" and times_are_a_point(found):
        return Times(found.start, None)  # taken at that time: it says nothing of an end
    return found


def _ordered(entry: Entry, dosages: list[Json]) -> Times:
    """The time of the dosages, else from the day of the order."""
    periods = [period_of(object_of(object_of(one, "timing") or {}, "repeat") or {}, "boundsPeriod") for one in dosages]
    periods.append(period_of(entry.resource, "effectiveDosePeriod"))
    starts = [one.start for one in periods if one.start]
    ends = [one.end for one in periods if one.end]
    start = min(starts, default=None) or when_of(entry.resource, "authoredOn")
    return Times(start, max(ends, default=None, key=lambda end: end.last))


def _end_of_supply(entry: Entry) -> When | None:
    supply = object_of(entry.resource, "dispenseRequest")
    return period_of(supply, "validityPeriod").end if supply else None


def _assumed_end(entry: Entry, start: When | None) -> str | None:
    if start is None:
        entry.note("it is over and nothing tells when: left out")
        return None
    entry.note("it is over and the day of its end is not known: taken as its start", start.said)
    return start.last.isoformat()
