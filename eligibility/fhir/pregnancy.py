"""Pregnancy: in, Observations of the pregnancy status (LOINC 82810-3); out, whether the patient is pregnant by the latest of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eligibility.fhir.notes import Entry

CODE = "LOINC:82810-3"
_ANSWERS = {"pregnant": True, "not pregnant": False, "non-pregnant": False}
_CODES = {"77386006": True, "LA15173-0": True, "60001007": False, "LA26683-5": False}


def answer_of(codes: Sequence[str], words: str) -> bool | None:
    """Yes, no, or None where the status is not one of the two."""
    for code in codes:
        if code in _CODES:
            return _CODES[code]
    return _ANSWERS.get(words.casefold().removesuffix(" state"))


def pregnant(found: Sequence[tuple[Entry, Mapping[str, Any], Sequence[str]]]) -> bool | None:
    """The answer of the latest day, with a note of the day; None where it is none, or where those of one day disagree."""
    if not found:
        return None
    latest = max(row.get("date", "") for _, row, _ in found)
    last = [(entry, answer_of(codes, row["value"])) for entry, row, codes in found if row.get("date", "") == latest]
    answers = {answer for _, answer in last}
    if len(answers) > 1:
        last[0][0].note("statuses of pregnancy of one day disagree: whether the patient is pregnant is not known", latest)
        return None
    answer = answers.pop()
    said = {True: "pregnant", False: "not pregnant", None: "neither pregnant nor not"}[answer]
    last[0][0].note(f"the patient is {said} by this status, however old it is", latest or "no date")
    return answer
