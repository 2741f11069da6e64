"""Lead-ins: in, the words of a criterion and the nodes of what stands under it; out, the node over them all.

"One of the following:", "at least two of:", "all of:", "except:" say how many of them must hold; an "or" or "and" at the end of an item
says it too. Without a word an exclusion's list is one of alternatives, an inclusion's of joint demands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from eligibility.logic import AtLeast, Not, Requirement
from eligibility.numbers import find_numbers
from eligibility.requirements.nodes import all_of, any_of

_NUMBER = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten)(?: \(\d+\))?"
_FOLLOWING = r"(?: of)?(?: the| these| those)?(?: following)?"
_ANY_OF = re.compile(rf"\b(?:includ(?:e|es|ing)|such as|e\.?g\.?)[\s,:]*$|\b(?:any|one|1)(?: \(1\))?(?: or more)?{_FOLLOWING}\b|\beither\b")
_AT_LEAST = re.compile(
    rf"(?:\bat least|≥|>=|>/=|\bminimum of|\bany|\bplus|\bmeets?|\bhave|\bwith)\s*{_NUMBER}(?: or more)?(?: out)?(?: of)?\b"
    rf"|\b{_NUMBER} or more\b|\b{_NUMBER} (?:out )?of (?:the|these|those)\b"
)
_ALL_OF = re.compile(r"\ball(?: of)?(?: the| these| those)?\b|\bboth\b|\beach of\b")
_DENIES = re.compile(r"\b(?:no|not|none|without|never|neither|free)\b")
_LEADING = re.compile(r"\W*(and/or|or|and)\b")
_TRAILING = re.compile(r"[\s,;.]*\b(and/or|or|and)\b[\s:.]*$")


def join_children(lead: str, items: Sequence[str], children: Sequence[Requirement], loose: bool) -> Requirement:
    """The node over the children (at least one); `lead` and `items` are the folded words of the lead-in and of each child."""
    if len(children) == 1:
        return children[0]
    if not loose and all(isinstance(child, Not) for child in children) and _DENIES.search(lead):
        return all_of(children)
    number = number_of(lead)
    if number is not None and number > 1:
        return AtLeast.trusted(n=min(number, len(children)), items=tuple(children))
    word = trailing(items)
    if word == "and" or (_ALL_OF.search(lead) and number is None):
        return all_of(children)
    if number == 1 or word == "or" or _ANY_OF.search(lead):
        return any_of(children)
    return any_of(children) if loose else all_of(children)


def runs(items: Sequence[str], loose: bool) -> list[tuple[int, int]]:
    """Where items of one level are joined by "or", or where they exclude by "and", at the end of one or the start of the next: (first, end)
    of each such run, of two or more. `items` are their folded words."""
    word = "and" if loose else "or"
    found: list[tuple[int, int]] = []
    for place, (one, other) in enumerate(pairwise(items)):
        said = _TRAILING.search(one) or _LEADING.match(other)
        if said is None or said.group(1).removeprefix("and/") != word:
            continue
        if found and found[-1][1] == place + 1:
            found[-1] = found[-1][0], place + 2
        else:
            found.append((place, place + 2))
    return found


def is_joint(text: str) -> bool:
    """True for an item that is only the word between two others: "OR"."""
    return _TRAILING.fullmatch(text.lower()) is not None


def join_run(nodes: Sequence[Requirement], loose: bool) -> Requirement:
    return all_of(nodes) if loose else any_of(nodes)


def trailing(items: Sequence[str]) -> str | None:
    """The word at the end of an item that goes on with the next one."""
    words = {found.group(1) for item in items[:-1] if (found := _TRAILING.search(item))}
    return "or" if words & {"or", "and/or"} else "and" if words else None


def number_of(lead: str) -> int | None:
    """How many of the items must hold, where the lead-in says it."""
    found = list(_AT_LEAST.finditer(lead))
    if not found:
        return None
    numbers = find_numbers(next(group for group in found[-1].groups() if group))
    return int(numbers[0].value) if numbers else None
