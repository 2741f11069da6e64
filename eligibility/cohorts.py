"""Cohorts: in, a criterion's own words; out, the part of the participants that they name, and the words that do.

"Cohort B only: …", "For patients in Part 2, …", "Arm A patients must …", "… (Cohort 1)". The words for it are in `sections.toml`. What the
criterion demands of them is not read here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_ID = r"(?:[A-Z]\d?|\d{1,2}[a-z]?|I{1,3}[ab]?|IV)(?![\w%])"
_CRITERIA = "criteria for"  # "Key criteria for healthy volunteers: …"
_LONGEST = 120
_CLOSED = tuple(f"{bracket}{stop}" for bracket in ")]" for stop in ("", ".", ";", ","))


class Scope(NamedTuple):
    """A cohort's name, and the words at start:end that limit the criterion to it."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CohortRules:
    """`hints` are words, one of which is in every name of a cohort. `ahead` matches at a criterion's beginning, `behind` its bracket at the
    end, `alone` a name and nothing else."""

    hints: tuple[str, ...]
    ahead: re.Pattern[str]
    behind: re.Pattern[str]
    alone: re.Pattern[str]

    def places(self, text: str) -> list[int]:
        """Where words stand that can be part of a cohort's name, in text order."""
        folded = text.lower()
        found: list[int] = []
        for hint in self.hints:
            place = folded.find(hint)
            while place >= 0:
                found.append(place)
                place = folded.find(hint, place + 1)
        return sorted(found)

    def scope(self, text: str, start: int, end: int, places: Sequence[int]) -> Scope | None:
        """The cohort that the words at start:end say they are for; `places` as above."""
        first, last = bisect_left(places, start), bisect_left(places, end)
        if first == last:
            return None
        found = None
        if places[first] < start + _LONGEST:
            found = self.ahead.match(text, start, min(end, start + _LONGEST))
        if found is None and places[last - 1] > end - _LONGEST and text.endswith(_CLOSED, start, end):
            found = self.behind.search(text, max(start, end - _LONGEST), end)
        if found is None:
            return None
        name = next(name for name in found.groups() if name is not None)
        return Scope(" ".join(name.split()), found.start(), found.end())


def cohort_rules(words: Iterable[str], people: Iterable[str], named: Iterable[str], qualifiers: Iterable[str]) -> CohortRules:
    """`words` name cohorts behind which a number or letter stands, `named` those that any name may stand before, the others need one of
    the qualifiers ("dose-escalation phase")."""
    person, limited = _any(people), _any(qualifiers)
    word = rf"(?i:{_any(words)}s?)"
    numbered = rf"{word}[ -]?{_ID}(?:\s?(?:,|/|&|-|\band\b|\bor\b|\band/or\b)\s?(?:{word}\s)?{_ID})*"
    free = rf"(?:(?!(?i:any|either|this|same|each|the|for|in|of|age|other|all)\b)[\w/+-]+\s){{1,3}}(?i:{_any(named)}s?)"
    bound = rf"(?:(?i:{limited})[\s-]){{1,3}}(?i:{_any(words)}s?)"
    cohort = rf"(?:{numbered}|{free}|{bound})(?![\w-])"
    only = r"(?:\s+(?i:only))?"
    way = r"(?:(?:enrolled|enrolling|randomi[sz]ed|treated|participating|assigned)\s+)?(?:in|into|of|on|to|from)\s+(?:the\s+)?"
    which = rf"(?i:{person}\s+{way})"
    lead = rf"(?:(?i:for|in)\s+)?(?:(?i:the|all)\s+)?(?:{which})?"
    bracket = rf"[(\[](?:(?i:for|in)\s+)?(?:(?i:the)\s+)?({cohort}{only})[)\]]"
    return CohortRules(
        hints=_shortest({*words, *named, _CRITERIA}),
        ahead=re.compile(
            rf"{lead}({cohort}(?:\s+(?i:{person}))?{only})(?:\s*\([^()\n]{{0,60}}\))?\s*:"
            rf"|(?i:for|in)\s+(?:(?i:the|all)\s+)?(?:{which})?({cohort}{only}),"
            rf"|(?i:for\s+)?(?:(?i:all)\s+)?(?:{which}({cohort})|({cohort})\s+(?i:{person}))(?=\s+(?i:must|should|will|may|are|have|who|with|only)\b)"
            rf"|{bracket}"
            rf"|(?i:(?:key|main)\s+)?(?i:(?:inclusion|exclusion|eligibility)\s+)?(?i:{_CRITERIA})\s+(?:the\s+)?([^:\n]{{3,60}}?)\s*:"
        ),
        behind=re.compile(rf"{bracket}(?=[\s.;,]*$)"),
        alone=re.compile(rf"(?:(?i:for)\s+)?(?:(?i:the)\s+)?({cohort}{only})"),
    )


def _shortest(words: Iterable[str]) -> tuple[str, ...]:
    """The words that hold no other of them."""
    known = set(words)
    return tuple(sorted(word for word in known if not any(other in word for other in known - {word})))


def _any(words: Iterable[str]) -> str:
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s") for word in ordered) + ")"
