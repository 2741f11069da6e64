"""How a term is compared: in, a term as somebody wrote it; out, the form under which it is kept and looked up, and its regular plural."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

BLANK = re.compile(r"[\W_]")
_LOOK_AROUND = re.compile(r"\(\?[^)]*\)|\\b")


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


class Spelling:
    """British and American spelling, by rows of `british` and `american` (regular expressions), `british_is` and `american_is`."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        kept = tuple(rows)
        self._to_british = _substitution((row["american"], row["british_is"]) for row in kept)
        self._to_american = _substitution((row["british"], row["american_is"]) for row in kept)

    def british(self, form: str) -> str:
        """The normalised form in British spelling."""
        return self._to_british(form)

    def american(self, form: str) -> str:
        """The normalised form in American spelling."""
        return self._to_american(form)


def _substitution(pairs: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """One function for all substitutions; a form is tried only against those whose letters it holds."""
    by_letters: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for found, instead in pairs:
        by_letters.setdefault(_LOOK_AROUND.sub("", found), []).append((re.compile(found), instead))
    letters = tuple(by_letters.items())

    def substitute(form: str) -> str:
        for some, substitutions in letters:
            if some in form:
                for found, instead in substitutions:
                    form = found.sub(instead, form)
        return form

    return substitute
