"""Phases of trials: in, as registries write them ("PHASE1" and "PHASE2", "Phase 2/Phase 3", "Phase II", "N/A"); out, one of PHASES."""

from __future__ import annotations

import re
from collections.abc import Iterable

PHASES = ("early 1", "1", "1/2", "2", "2/3", "3", "4", "not applicable")
_NONE = re.compile(r"\W*(?:na|n/a|not[ _]applicable)\W*")
_NUMBER = re.compile(r"(?<![a-z0-9])(?:(?P<digit>[0-4])|(?P<roman>iv|i{1,3}))[abc]?(?![a-z0-9])")
_ROMANS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def phase_of(written: Iterable[str]) -> str | None:
    """The phase that the values of the field name together; None where they name none, or one that registries do not have."""
    text = " ".join(written).lower().replace("phase", " ").replace("_", " ")
    if _NONE.fullmatch(text):
        return "not applicable"
    numbers = {found["digit"] or _ROMANS[found["roman"]] for found in _NUMBER.finditer(text)}
    if numbers == {"0"} or (numbers == {"1"} and "early" in text):
        return "early 1"
    phase = "/".join(sorted(numbers))
    return phase if phase in PHASES else None
