"""How a term is compared: in, a term as somebody wrote it; out, the form under which it is kept and looked up, and its regular plural."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

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


def singulars(term: str) -> tuple[str, ...]:
    """What a term may be the regular plural of, the likeliest first; none where its last word is no plural."""
    head, _, last = term.rpartition(" ")
    lead = f"{head} " if head else ""
    if len(last) <= 3 or not last.endswith("s") or last.endswith(("ss", "is", "us")):
        return ()
    forms = [last[:-3] + "y"] if last.endswith("ies") else []
    forms += [last[:-2]] if last.endswith(("xes", "ches", "shes")) else []
    return tuple(lead + form for form in (*forms, last[:-1]))


class Respelling:
    """British and American spelling, by rows of `british` and `american`: regular expressions in look-arounds and one literal each."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._british = tuple((re.compile(row["british"]), row["american_is"]) for row in rows)

    def american(self, form: str) -> str:
        """The normalised form in American spelling."""
        for british, american in self._british:
            form = british.sub(american, form)
        return form
