"""Units: in, a text and the place behind a number; out, the UCUM code of the unit written there and where it ends.

A surface form is read from the tables of `rules/units.toml`, never by a general parser: `K/uL` is thousands per microlitre.
White space, `per` for `/`, and `^2`, `²`, `(2)` for a power are the engine's business; words are the tables'. A compound such as
`milligrams / deciliter` is read from its parts where the whole is a unit of the tables; what they don't hold is not read.
Codes are UCUM, and five words that are not: ULN, LLN, baseline, predicted, half_life.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from eligibility.characters import fold, plain
from eligibility.errors import RuleError

KINDS = (
    "time", "mass", "length", "volume", "pressure", "temperature", "concentration", "dose", "rate", "frequency", "ratio", "multiple",
    "count", "energy", "electrical", "radiation", "other",
)  # fmt: skip
_TOKEN = re.compile(r"[ ]{0,12}(?:\r?\n[ ]{0,40}(?=[/%]|[^\W\d_][^\W\d_/]|[^\W\d_]/))?([^\W\d_⁰¹²³⁴-⁹½¼¾]+|[0-9]+|\S)")
_SAME = {"per": "/", "÷": "/", "²": "2", "³": "3", "⁻": "-", "¹": "1"}
_LETTERS_END = re.compile(r"[^\W_]|[²³]")
_BRACKET_POWER = re.compile(r"\(([23])\)")
_CODE, _CASED = "\x00", "\x01"  # keys of a node that no token can be
_Node = dict[str, Any]


class Unit(NamedTuple):
    """A unit that was read. `end` is an offset into the text; `reference` is what a percentage is of: predicted, baseline, ULN, LLN."""

    ucum: str
    end: int
    reference: str | None = None


class UnitReader:
    """Reads units by the `[[unit]]` and `[[multiple]]` tables given.

    [[unit]] has ucum, terms, kind, and may have cased (forms that count only in exactly this case), reference (for a percentage) and
    alone = false (only as a part of a compound). [[multiple]] has ucum, of ("upper limit of normal"), needs_by ("normal"), by
    ("times the"), skip (words that may stand between, "institutional") and numerals ("twice", which holds its "times").
    """

    def __init__(self, tables: Sequence[Mapping[str, Any]], multiples: Sequence[Mapping[str, Any]] = ()) -> None:
        self._kinds: dict[str, str] = {}
        self._forms: _Node = {}
        self._by: _Node = {}
        self._of: _Node = {}
        self._skip: frozenset[str] = frozenset(word for table in multiples for word in table.get("skip", ()))
        self._numerals = tuple(word for table in multiples for word in table.get("numerals", ()))
        for table in tables:
            self._add(table)
        for table in multiples:
            self._add_multiple(table)
        self._multiple_firsts = frozenset((*self._by, *self._of, *self._skip))
        self._denominators = frozenset(form for form, node in self._forms.items() if _opens_denominator(node))

    def __contains__(self, ucum: object) -> bool:
        return ucum in self._kinds

    def kind(self, ucum: str) -> str:
        """One of KINDS; "other" for a code that the tables don't hold."""
        return self._kinds.get(ucum, "other")

    def is_time(self, ucum: str | None) -> bool:
        return ucum is not None and self._kinds.get(ucum) == "time"

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._kinds)

    def read(self, plain: str, folded: str, pos: int) -> Unit | None:
        """The longest unit that starts at `pos`, after spaces or one hyphen; case counts only for the tables' `cased` forms."""
        if folded.startswith("-", pos):
            pos += 1
            if plain[pos : pos + 1].isupper() and not plain[pos + 1 : pos + 2].isalnum():  # "3-D", "1-C": a name
                return None
        token = _TOKEN.match(folded, pos)
        if token is not None and token[1] == "\\":  # registry exports escape signs: "5 \\%"
            pos = token.end()
            token = _TOKEN.match(folded, pos)
        if token is None:
            return None
        first = _SAME.get(token[1], token[1])
        whole = self._whole(plain, folded, pos) if first in self._forms else None
        if first not in self._multiple_firsts:
            return whole
        multiple = self._multiple(plain, folded, pos)
        return whole if multiple is None or (whole is not None and whole.end > multiple.end) else multiple

    def _whole(self, plain: str, folded: str, pos: int) -> Unit | None:
        """The longest form, or compound of forms, from `pos`."""
        found = _longest(self._forms, plain, folded, pos)
        best: Unit | None = None
        for code, end, reference, alone in found:
            if alone:
                best = Unit(code, end, reference)
                break
        for code, end, _reference, _alone in found or (("1", pos, None, False),):
            compound = self._compound(code, plain, folded, end)
            if compound is not None and (best is None or compound.end > best.end):
                return compound
        return best

    def _compound(self, code: str, plain: str, folded: str, end: int, depth: int = 0) -> Unit | None:
        """`code` with the denominators that follow at `end`, as far as the whole is a unit of the tables."""
        if depth == 3:
            return None
        slash = _TOKEN.match(folded, end)
        if slash is None:
            return None
        divided = slash[1] == "/" or slash[1] == "per"
        if not divided and slash[1] not in self._denominators:
            return None
        for part, part_end, _reference, _alone in _longest(self._forms, plain, folded, slash.end() if divided else end):
            if divided == part.startswith("/"):
                if not (divided and part == "/d"):  # "mg/daily"
                    continue
                part = "d"
            whole = f"{'' if code == '1' else code}{'/' if divided else ''}{part}"
            longer = self._compound(whole, plain, folded, part_end, depth + 1)
            if longer is not None:
                return longer
            if whole not in self._kinds and code.startswith("{"):  # "cells/L" is /L unless the tables have {cells}/L
                whole = f"/{part}"
            if whole in self._kinds:
                return Unit(whole, part_end)
        return None

    def _multiple(self, plain: str, folded: str, pos: int) -> Unit | None:
        """`times the upper limit of normal`, `x ULN`, and without a "times" where the word says enough (`2.5 ULN`)."""
        for _code, end, _reference, _alone in _longest(self._by, plain, folded, pos):
            found = self._reference_limit(plain, folded, end, True)
            if found is not None:
                return found
        return self._reference_limit(plain, folded, pos, folded.endswith(self._numerals, max(0, pos - 8), pos))

    def _reference_limit(self, plain: str, folded: str, pos: int, after_by: bool) -> Unit | None:
        for _ in range(6):
            for code, end, _reference, alone in _longest(self._of, plain, folded, pos):
                if alone or after_by:
                    return Unit(code, self._restated(plain, folded, end, code))
            token = _TOKEN.match(folded, pos)
            if token is None or token[1] not in self._skip:
                return None
            pos = token.end()
        return None

    def _restated(self, plain: str, folded: str, end: int, code: str) -> int:
        """The end, past a bracket that says the same again: `upper limit of normal (ULN)`."""
        bracket = _TOKEN.match(folded, end)
        if bracket is None or bracket[1] not in "([":
            return end
        for again, inner, _reference, _alone in _longest(self._of, plain, folded, bracket.end()):
            closing = _TOKEN.match(folded, inner)
            if again == code and closing is not None and closing[1] in ")]":
                return closing.end()
        return end

    def _add(self, table: Mapping[str, Any]) -> None:
        code, kind = table["ucum"], table.get("kind", "other")
        if kind not in KINDS:
            raise RuleError(f"unit {code!r}: kind {kind!r} is not one of {', '.join(KINDS)}")
        self._kinds.setdefault(code, kind)
        entry = (code, table.get("reference"), table.get("alone", True))
        for form in table.get("terms", ()):
            _plant(self._forms, form)[_CODE] = entry
        for form in table.get("cased", ()):
            _plant(self._forms, form).setdefault(_CASED, {})[_joined(plain(form))] = entry

    def _add_multiple(self, table: Mapping[str, Any]) -> None:
        self._kinds.setdefault(table["ucum"], "multiple")
        for form in table["of"]:
            _plant(self._of, form)[_CODE] = (table["ucum"], None, True)
        for form in table.get("needs_by", ()):
            _plant(self._of, form)[_CODE] = (table["ucum"], None, False)
        for form in table.get("by", ()):
            _plant(self._by, form)[_CODE] = ("", None, False)


def _opens_denominator(node: _Node) -> bool:
    """Whether a form from here means "per something": `daily`, `a day`."""
    entry = node.get(_CODE)
    return (entry is not None and entry[0].startswith("/")) or any(
        _opens_denominator(n) for key, n in node.items() if key not in (_CODE, _CASED)
    )


def _tokens(form: str) -> list[str]:
    return [_SAME.get(token, token) for token in _TOKEN.findall(_BRACKET_POWER.sub(r"\1", fold(form))) if token not in ("^", "\\")]


def _joined(text: str) -> str:
    return re.sub(r"[\s^\\]", "", text)


def _plant(node: _Node, form: str) -> _Node:
    for token in _tokens(form):
        node = node.setdefault(token, {})
    return node


def _longest(node: _Node, plain: str, folded: str, pos: int) -> list[tuple[str, int, str | None, bool]]:
    """The forms that start at `pos`, longest first, as (code, end, reference, may stand alone)."""
    found: list[tuple[str, int, str | None, bool]] = []
    start, match = pos, _TOKEN.match
    while (token := match(folded, pos)) is not None:
        word, end = token[1], token.end()
        if word in "^\\":
            pos = end
            continue
        following = node.get(_SAME.get(word, word))
        if following is None:
            if word != "(" or (power := _BRACKET_POWER.match(folded, end - 1)) is None or power[1] not in node:
                break
            following, end = node[power[1]], power.end()
        node, pos = following, end
        entry = node.get(_CODE)
        cased = node.get(_CASED)
        if cased is not None:
            entry = cased.get(_joined(plain[start:end]), entry)
        if entry is not None and _ends_here(folded, start, end):
            found.append((entry[0], end, entry[1], entry[2]))
    found.reverse()
    return found


def _ends_here(folded: str, start: int, end: int) -> bool:
    """A word boundary; and a single letter joined to a word by a hyphen (`5 g-csf`) is not a unit."""
    after = folded[end : end + 1]
    if after == "" or after in " .,;)\n":
        return True
    if folded[end - 1].isalnum() and _LETTERS_END.match(after) is not None:
        return folded[end - 1].isdecimal() and after.isalpha()
    joined = after == "-" and folded[end - 1].isalpha() and not folded[end - 2 : end - 1].isalpha() and folded[end + 1 : end + 2].isalpha()
    return not joined
