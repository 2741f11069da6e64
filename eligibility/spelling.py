"""How a term is compared: in, a term as somebody wrote it; out, the form under which it is kept and looked up, and its regular plural."""

from __future__ import annotations

import re

BLANK = re.compile(r"[\W_]")


def normalise(text: str) -> str:
    """A term as the matchers know it: lower case, punctuation blank, one space between words."""
    return " ".join(BLANK.sub(" ", text.lower()).split())


def plural(term: str) -> str | None:
    """The regular plural of a term's last word; None where it has none or is one."""
    last = term.rsplit(" ", 1)[-1]
    if len(last) <= 3 or not last.isalpha() or last.endswith(("s", "ed", "ing")):
        return None
    if last.endswith("y") and last[-2] not in "aeiou":
        return term[:-1] + "ies"
    return term + ("es" if last.endswith(("x", "ch", "sh")) else "s")
