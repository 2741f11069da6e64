"""Lead-ins: in, the words of a criterion and the nodes of what stands under it; out, the node over them all.

"One of the following:", "at least two of:", "all of:", "except:" say how many of them must hold; an "or" or "and" at the end of an item
says it too. Without a word an exclusion's list is one of alternatives, an inclusion's of joint demands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligibility.logic import AtLeast, Requirement
from eligibility.numbers import find_numbers
from eligibility.requirements.nodes import all_of, any_of

_NUMBER = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten)(?: \(\d+\))?"
_FOLLOWING = r"(?: of)?(?: the| these| those)?(?: following)?"
_ANY_OF = re.compile(rf"\b(?:any|one|1)(?: \(1\))?(?: or more)?{_FOLLOWING}\b|\beither\b")
_AT_LEAST = re.compile(
    rf"(?:\bat least|≥|>=|>/=|\bminimum of|\bany|\bplus|\bmeets?|\bhave|\bwith)\s*{_NUMBER}(?: or more)?(?: out)?(?: of)?\b"
    rf"|\b{_NUMBER} or more\b|\b{_NUMBER} (?:out )?of (?:the|these|those)\b"
)
_ALL_OF = re.compile(r"\ball(?: of)?(?: the| these| those)?\b|\bboth\b|\beach of\b")
_TRAILING = re.compile(r"[\s,;.]*\b(and/or|or|and)\b[\s:.]*$")


def join_children(lead: str, items: Sequence[str], children: Sequence[Requirement], loose: bool) -> Requirement:
    """The node over the children (at least one); `lead` and `items` are the folded words of the lead-in and of each child."""
    if len(children) == 1:
        return children[0]
    number = _number_of(lead)
    if number is not None and number > 1:
        return AtLeast.trusted(n=min(number, len(children)), items=tuple(children))
    word = trailing(items)
    if word == "and" or (_ALL_OF.search(lead) and number is None):
        return all_of(children)
    if number == 1 or word == "or" or _ANY_OF.search(lead):
        return any_of(children)
    return any_of(children) if loose else all_of(children)


def trailing(items: Sequence[str]) -> str | None:
    """The word at the end of an item that goes on with the next one."""
    words = {found.group(1) for item in items[:-1] if (found := _TRAILING.search(item))}
    return "or" if words & {"or", "and/or"} else "and" if words else None


def _number_of(lead: str) -> int | None:
    found = list(_AT_LEAST.finditer(lead))
    if not found:
        return None
    numbers = find_numbers(next(group for group in found[-1].groups() if group))
    return int(numbers[0].value) if numbers else None
