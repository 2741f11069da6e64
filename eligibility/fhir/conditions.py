"""Conditions: in, a Condition or an AllergyIntolerance; out, a row of the patient, none where the diagnosis is not certain.

One that is over without a day of its end is taken to have ended when it was recorded, else when it began, with a note: no end would mean
that it is current.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from eligibility.fhir.codings import DISEASES, DRUGS, Named, bare_name, codes_of, named, status_of
from eligibility.fhir.dates import When, at_age, exact_day, last_day, period_of, when_of
from eligibility.fhir.elements import object_of, objects_of, text_of
from eligibility.fhir.notes import Entry

_FALSE = ("refuted", "entered-in-error")
_CURRENT = ("active", "recurrence", "relapse")
_OVER = ("inactive", "remission", "resolved")
_NONE_KNOWN = re.compile(r"(?:no|not)\s+(?:known|current|significant|history|evidence)\b|nka$|nkda$", re.IGNORECASE)
_NONE_KNOWN_CODES = {  # SNOMED
    "716186003", "409137002", "428607008", "429625007", "716184000", "716185004", "716220001", "160244002", "160245001",
}  # fmt: skip
_STAGE = re.compile(r"\bstages?:?\s+(?P<stage>(?:[0-9]|[IVX]+)[a-e]?[0-9]?)\b", re.IGNORECASE)
_SEVERITIES = {
    "255604002": "mild", "6736007": "moderate", "24484000": "severe", "LA6752-5": "mild", "LA6751-7": "moderate", "LA6750-9": "severe",
    "mild": "mild", "moderate": "moderate", "severe": "severe",
}  # fmt: skip


def conditions_of(entry: Entry, birth: date | None) -> Iterator[dict[str, Any]]:
    """The diagnosis of a Condition."""
    subject, certainty = _subject(entry, DISEASES), status_of(entry.resource, "verificationStatus")
    if subject is None:
        return
    if certainty not in (None, "confirmed"):
        entry.note("it is not a confirmed diagnosis: left out", f"{subject.name}: {certainty}")
        return
    course = _course(entry, birth)
    if course is not None:
        further = {"stage": _stage(entry), "severity": _severity(entry)}
        yield subject.row | course | {key: value for key, value in further.items() if value}


def allergies_of(entry: Entry, birth: date | None) -> Iterator[dict[str, Any]]:
    """An allergy or intolerance, as a condition of that name. The code is of what it is to, so it is not kept."""
    subject = _subject(entry, DRUGS)
    if subject is None:
        return
    if status_of(entry.resource, "verificationStatus") in ("unconfirmed", "presumed"):
        entry.note("it is not a confirmed allergy: read as one", subject.name)
    course = _course(entry, birth)
    if course is not None:
        yield _allergy(entry, subject).row | course


def _subject(entry: Entry, preference: tuple[str, ...]) -> Named | None:
    """What the resource is about; None where it says that it is not so, or does not say what."""
    if status_of(entry.resource, "verificationStatus") in _FALSE:
        return None
    concept = object_of(entry.resource, "code")
    subject = named(concept, preference)
    if subject is None:
        entry.note("it has neither a name nor a known code: left out")
    elif _NONE_KNOWN.match(subject.name) or not _NONE_KNOWN_CODES.isdisjoint(codes_of(concept)):
        entry.note("it says that nothing is known or current: left out", subject.name)
        return None
    return subject


def _allergy(entry: Entry, subject: Named) -> Named:
    if re.search(r"allerg|intoleran|hypersensitiv", subject.name, re.IGNORECASE):
        return subject
    kind = entry.resource.get("type")
    code = next(iter(codes_of(object_of(entry.resource, "type"))), None) if kind is not None and not isinstance(kind, str) else kind
    if code not in ("allergy", "intolerance"):
        entry.note("it does not say whether it is an allergy or an intolerance: read as an allergy", subject.name)
    return Named(f"{'intolerance of' if code == 'intolerance' else 'allergy to'} {subject.name}", None)


def _course(entry: Entry, birth: date | None) -> dict[str, str] | None:
    """Onset and abatement; None, with a note, where it is over and nothing tells when."""
    began, ended = _onset(entry, birth), _abatement(entry, birth)
    status = status_of(entry.resource, "clinicalStatus")
    onset = exact_day(entry, began, "its onset") if began is None or not _aged(entry, "onset") else _birthday(entry, began)
    course = {"onset": onset} if onset else {}
    if ended is not None:
        if status in _CURRENT:
            entry.note("it is active, yet its end is given: read as over")
        return course | {"abated": last_day(entry, ended, "its end")}
    unclear = any(entry.resource.get(f"abatement{kind}") is not None for kind in ("String", "Range", "Age", "Period"))
    if status in _OVER or (unclear and status not in _CURRENT):
        abated = _assumed_end(entry, began)
        return course | {"abated": abated} if abated else None
    if unclear:
        entry.note("it is active, yet an end is given that is no day: read as current")
    elif status not in (None, *_CURRENT):
        entry.note("whether it is current is not known: read as current", status)
    return course


def _onset(entry: Entry, birth: date | None) -> When | None:
    resource = entry.resource
    began = when_of(resource, "onsetDateTime") or period_of(resource, "onsetPeriod").start or at_age(resource, "onsetAge", birth)
    if began is None and any(resource.get(f"onset{kind}") is not None for kind in ("String", "Range", "Age")):
        entry.note("its onset is said in words or by an age that gives no day: not known", str(resource.get("onsetString") or ""))
    return began


def _abatement(entry: Entry, birth: date | None) -> When | None:
    resource = entry.resource
    return when_of(resource, "abatementDateTime") or period_of(resource, "abatementPeriod").end or at_age(resource, "abatementAge", birth)


def _aged(entry: Entry, stem: str) -> bool:
    return entry.resource.get(f"{stem}DateTime") is None and period_of(entry.resource, f"{stem}Period").start is None


def _birthday(entry: Entry, began: When) -> str:
    entry.note("its onset is an age: taken as the first day of that age, it may be later", began.said)
    return began.first.isoformat()


def _assumed_end(entry: Entry, began: When | None) -> str | None:
    recorded = when_of(entry.resource, "recordedDate")
    if recorded is not None:
        entry.note("it is over and the day of its end is not known: taken as the day of the record", recorded.said)
        return recorded.last.isoformat()
    if began is not None:
        entry.note("it is over and the day of its end is not known: taken as its onset", began.said)
        return began.last.isoformat()
    entry.note("it is over and nothing tells when: left out")
    return None


def _stage(entry: Entry) -> str | None:
    """The first stage: IIA of "Stage IIA"."""
    said = [found.name for stage in objects_of(entry.resource, "stage") if (found := named(object_of(stage, "summary"), ()))]
    stages = list(dict.fromkeys(match["stage"] if (match := _STAGE.search(one)) else one for one in said))
    if len(stages) > 1:
        entry.note("it has several stages: the first is read", "; ".join(stages))
    return stages[0] if stages else None


def _severity(entry: Entry) -> str | None:
    concept = object_of(entry.resource, "severity")
    if concept is None:
        return None
    found = named(concept, ())
    said = bare_name(found.name) if found else text_of(concept, "text") or ""
    severity = next((_SEVERITIES[code] for code in (*codes_of(concept), said.lower()) if code in _SEVERITIES), None)
    if severity is None:
        entry.note("its severity is not mild, moderate or severe: left out", said)
    return severity
