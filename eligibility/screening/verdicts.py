"""The verdict on one constraint: how true it is of the patient, why, the datum that decided, and what is missing."""

from __future__ import annotations

from typing import NamedTuple

from eligibility.screening.outcomes import Missing
from eligibility.screening.truth import NO, NONE, UNKNOWN, YES


class Verdict(NamedTuple):
    truth: int
    reason: str
    datum: str | None = None
    margin: float | None = None
    missing: tuple[Missing, ...] = ()


def yes(reason: str, datum: str | None = None, margin: float | None = None) -> Verdict:
    return Verdict(YES, reason, datum, margin)


def no(reason: str, datum: str | None = None, margin: float | None = None) -> Verdict:
    return Verdict(NO, reason, datum, margin)


def unknown(reason: str, kind: str, name: str, detail: str = "", datum: str | None = None) -> Verdict:
    return Verdict(UNKNOWN, reason, datum, None, (Missing.trusted(kind=kind, name=name, detail=detail),))


def not_applicable(reason: str) -> Verdict:
    return Verdict(NONE, reason)
