"""Bullets: in, a line of plain text; out, the marker that begins it, if one does: its style, its value, its columns.

A style is a family whose members follow each other in one list: `-`, `1.`, `1)`, `(1)`, `a.`, `i.`, `1.1`. What only looks like a marker is
none: a decimal ("1.5 mg"), a comparator ("> 35"), an initial ("E. coli"), a number out of sequence that a wrapped line begins with.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SIGNS = (
    "\u2022\u2023\u25e6\u25aa\u25ab\u25a0\u25a1\u25cf\u25cb\u25c6\u25c7\u25ba\u25b6\u25b8"
    "\u27a2\u27a4\u2192\u2713\u2714\u2717\u2756\u2666\u2605\u2606\u00a7\u00a8\u00b7\uf0b7\uf0a7\uf0d8\uf0fc\uf076"
)
_NUMBER = (
    r"(?P<open{0}>\()?(?:(?P<digits{0}>\d{{1,3}})|(?P<letters{0}>{1}))(?P<close{0}>[.)\uff09])(?![.\d])(?= *$| +|(?<=[.)])[^\W\d_])"
    r"|(?P<decimal{0}>\d{{1,2}}(?:\.\d{{1,2}}){{1,3}})[.)]?(?= +[A-Z(<>\u2265\u2264]| *$)"
    r"|(?P<circled{0}>[\u2460-\u2473])"
    r"|(?:\#|(?:[Cc]riteri(?:on|a)|[Ii]tem) {{0,2}}\#?)(?P<named{0}>\d{{1,3}})[:.)]?(?= |$)"
)
_LETTERS = r"(?!(?:i\. ?e|e\. ?g|U\. ?S)[.,])(?:[ivx]{1,5}|[IVX]{1,5}|[A-Za-z])"
_MARKER = re.compile(
    rf" *(?:(?P<bullet>[{_SIGNS}]|>>|[-*+](?= |$)|o(?= +[^\W_])"
    rf"|-{{1,3}}(?=[^\W\d_]|[(\"'])|\*{{1,2}}(?=[^\W\d_(])|-(?P<glued>(?=\d)))(?: *(?:{_NUMBER.format('2', '(?!)')}))?"
    rf"|{_NUMBER.format('1', _LETTERS)})? *",
    re.MULTILINE,
)
_COMMON = re.compile(r"( *)(?:([-*\u2022])|(\d{1,3})([.)])) +(?=[^\W\d_])(?![Cc]riteri|[Ii]tem)")  # nine of ten; the rest take the long way
_ROMAN = {"i": 1, "v": 5, "x": 10}


class Marker(NamedTuple):
    """A line's marker: `start:end` its characters, `style` its family, `value` its place there (0 for a bullet), `column` its own."""

    start: int
    end: int
    style: str
    value: int
    column: int
    text_column: int
    readings: tuple[tuple[str, int], ...]


def read_marker(text: str, start: int, end: int) -> tuple[Marker | None, int, int]:
    """The marker of the line `text[start:end]` (or None), where the text behind it begins, and the column of that."""
    common = _COMMON.match(text, start, end)
    if common is not None:
        begin, at = common.end(1), common.end()
        bullet, digits, close = common.group(2, 3, 4)
        style, value, stop = (bullet, 0, begin + 1) if bullet else ("1" + close, int(digits), common.end(4))
        return Marker(begin, stop, style, value, begin - start, at - start, ((style, value),)), at, at - start
    found = _MARKER.match(text, start, end)
    if found is None:
        return None, start, 0
    kind = found.lastgroup
    if kind is None:
        return None, found.end(), found.end() - start
    readings, begin = _readings(found)
    if not readings:
        first = found.end() - len(found[0].lstrip(" "))
        return None, first, first - start
    column = begin - start
    style, value = readings[0]
    outer = found.start("bullet") if found["bullet"] else begin
    stop = outer + len(text[outer : found.end()].rstrip(" "))
    return Marker(outer, stop, style, value, column, found.end() - start, readings), found.end(), found.end() - start


def _readings(found: re.Match[str]) -> tuple[tuple[tuple[str, int], ...], int]:
    """What the marker may mean, likeliest first, and where it begins: `i.` is a Roman one or the letter behind h."""
    bullet = found["bullet"]
    for n in "21":
        if found["close" + n]:
            around = ("(" if found["open" + n] else "") + "%s" + found["close" + n]
            at = (
                found.start("open" + n)
                if found["open" + n]
                else found.start("digits" + n)
                if found["digits" + n]
                else found.start("letters" + n)
            )
            if found["digits" + n]:
                return ((around % "1", int(found["digits" + n])),), at
            if found["close" + n] == "." and not found[0].endswith(" ") and found.end() < found.endpos:
                return (), found.start()
            return tuple((around % s, v) for s, v in _letters(found["letters" + n])), at
        if found["decimal" + n]:
            parts = found["decimal" + n].split(".")
            return ((".".join(["1"] * len(parts)) + ":" + ".".join(parts[:-1]), int(parts[-1])),), found.start("decimal" + n)
        if found["circled" + n]:
            return (("\u2460", ord(found["circled" + n]) - 0x245F),), found.start("circled" + n)
        if found["named" + n]:
            return (("#", int(found["named" + n])),), found.start("bullet") if bullet else found.end() - len(found[0].lstrip(" "))
    if bullet:
        return ((bullet[:1] + ("9" if found["glued"] is not None else ""), 0),), found.start("bullet")
    return (), found.start()


def _letters(letters: str) -> list[tuple[str, int]]:
    folded = letters.lower()
    upper = letters[0].isupper()
    roman = [("I" if upper else "i", _roman(folded))] if set(folded) <= _ROMAN.keys() else []
    alphabet = [("A" if upper else "a", ord(folded) - 96)] if len(folded) == 1 else []
    return roman + alphabet if folded == "i" else alphabet + roman


def _roman(letters: str) -> int:
    values = [_ROMAN[c] for c in letters]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
