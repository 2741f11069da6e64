"""Person: in, the entries; out, the one Patient among them, what it says of the person, and whether another resource is about the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from eligibility.errors import InputError
from eligibility.fhir.bundle import last_part
from eligibility.fhir.dates import When, when_of
from eligibility.fhir.elements import Unreadable, flag_of, object_of, objects_of, text_of
from eligibility.fhir.notes import Entry, clipped

Found = TypeVar("Found")
_SEXES = ("male", "female", "other")
_SUBJECTS = ("subject", "patient", "individual")


def person_of(entries: Sequence[Entry]) -> Entry:
    """The bundle's Patient; InputError where there is none or more than one."""
    people = [entry for entry in entries if entry.kind == "Patient"]
    if not people:
        kinds = Counter(entry.kind for entry in entries).most_common(3)
        held = ", ".join(f"{count} {clipped(kind)}" for kind, count in kinds)
        raise InputError(f"the Bundle holds no Patient (it holds {held or 'no resource'}): add the Patient that its resources are about")
    if len(people) > 1:
        places = ", ".join(str(entry.number) for entry in people[:5])
        raise InputError(f"the Bundle holds {len(people)} Patients (entries {places}): give one Bundle for each patient")
    return people[0]


def birth_of(person: Entry) -> date | None:
    """The day of birth, None with a note where it is not known to the day."""
    born = _tried(person, lambda: when_of(person.resource, "birthDate"))
    if born is None or born.exact:
        return born.first if born else None
    person.note("birthDate is only a month or a year: the age is not known", born.said)
    return None


def traits_of(person: Entry) -> dict[str, Any]:
    """The fields of the Patient itself, without the birth date; notes that the patient has died."""
    _note_death(person)
    return {"id": _tried(person, lambda: text_of(person.resource, "id")), "sex": _sex(person)}


def _sex(person: Entry) -> str | None:
    gender = _tried(person, lambda: text_of(person.resource, "gender"))
    if gender is None or gender in _SEXES:
        return gender
    person.note("gender is not male, female or other: the sex is not known", gender)
    return None


def _note_death(person: Entry) -> None:
    died: When | None = _tried(person, lambda: when_of(person.resource, "deceasedDateTime"))
    if died is not None:
        person.note("the patient has died", died.said)
    elif _tried(person, lambda: flag_of(person.resource, "deceasedBoolean")):
        person.note("the patient has died")


def _tried(person: Entry, read: Callable[[], Found | None]) -> Found | None:
    """A broken element of the Patient costs only itself."""
    try:
        return read()
    except Unreadable as problem:
        person.note(f"{problem}: left out")
        return None


def is_about(entry: Entry, person: Entry) -> bool:
    """Whether a resource is about the person, or does not say whom it is about; else it is noted."""
    for key in _SUBJECTS:
        reference = text_of(object_of(entry.resource, key) or {}, "reference")
        if reference is not None and not _is(person, reference):
            entry.note("it is about somebody else than the Patient of the bundle: left out", reference)
            return False
    for focus in objects_of(entry.resource, "focus"):
        if not _is(person, text_of(focus, "reference") or ""):
            entry.note("its focus is not the patient as such: left out")
            return False
    return True


def _is(person: Entry, reference: str) -> bool:
    """Whether a reference of any form (Patient/1, urn:uuid:1, an address) is to the person."""
    bare, id = reference.split("/_history/")[0], person.resource.get("id")
    ids = {one for one in (id, last_part(person.url or "")) if isinstance(one, str) and one}
    if not ids:
        return True
    return bare == person.url or (last_part(bare) in ids and ("/" not in bare or "Patient/" in bare))
