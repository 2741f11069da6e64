"""Trials: in, a ResearchSubject; out, the time in another study as a row of the patient; nothing of one who never took part.

R4 has one status, R5 the states with their days (`progress`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from eligibility.fhir.codings import status_of
from eligibility.fhir.dates import When, exact_day, last_day, period_of, when_of
from eligibility.fhir.elements import objects_of, text_of
from eligibility.fhir.notes import Entry

_TAKING_PART = ("on-study", "on-study-intervention", "on-study-observation", "follow-up")
_LEFT = ("off-study", "withdrawn")
_NOT_IN = ("candidate", "potential-candidate", "eligible", "ineligible", "not-registered", "screening", "pending-on-study")


class State(NamedTuple):
    name: str
    since: When | None


def trials_of(entry: Entry) -> Iterator[dict[str, str]]:
    """The participation, with an end where the patient has left."""
    if text_of(entry.resource, "status") == "entered-in-error":
        return
    states = _states(entry)
    part = [state for state in states if state.name in _TAKING_PART + _LEFT]
    if not part:
        if not states or states[-1].name not in _NOT_IN:
            entry.note("whether the patient takes part in the study is not known: left out")
        return
    period = period_of(entry.resource, "period")
    began = period.start or (part[0].since if part[0].name in _TAKING_PART else None)
    start = exact_day(entry, began, "its start")
    row = {"start": start} if start else {}
    ended = period.end or (part[-1].since if part[-1].name in _LEFT else None)
    if ended is not None:
        yield row | {"end": last_day(entry, ended, "its end")}
    elif part[-1].name in _TAKING_PART:
        yield row
    elif began is not None:
        entry.note("the patient has left the study and the day is not known: taken as the start", began.said)
        yield row | {"end": began.last.isoformat()}
    else:
        entry.note("the patient has left the study and nothing tells when: left out")


def _states(entry: Entry) -> list[State]:
    """The states in the order of their days; of R4, the status alone."""
    progress = objects_of(entry.resource, "progress")
    if not progress:
        status = text_of(entry.resource, "status")
        return [State(status, None)] if status else []
    found = [State(name, when_of(one, "startDate")) for one in progress if (name := status_of(one, "subjectState"))]
    return sorted(found, key=lambda state: state.since.first if state.since else date.min)
