"""Runs: in, one item's own text; out, the criteria that run on inside it: "1) adults; 2) signed consent", "HIV; pregnancy; age > 65".

Divides only where the text numbers its parts in sequence, where a paragraph is the section's whole list and semicolons part it, or at the
labels of old cancer records. Never inside brackets, never behind "one of the following:".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eligibility.headings import HeadingRules

_LONGEST = 40_000  # characters; no registry allows a criteria text longer than this, and a longer run is not a list
_ENUMERATOR = re.compile(
    r"(?<![^\s;,.:])(?P<open>\()?(?:(?P<digits>\d{1,2})(?P<close>[.)])[ ]?(?=[^\W\d_]|[(<>\u2265\u2264])"
    r"|(?P<letter>[a-z]|[A-H]|i{1,3}|iv|vi{0,3})(?P<end>[.)])[ ](?=\S))"
    r"|(?P<circled>[\u2460-\u2473])[ ]?"
)
_QUICK = re.compile(  # looks back from the sign that ends an enumerator, so that the search skips to one in C
    r"[.)\u2460-\u2473](?:(?<=\d\))|(?<=[;,.]\d\.)|(?<=[;,.]\d\d\.)|(?<=[\u2460-\u2473])"
    r"|(?=[ A-Z])(?:(?<=[\s;(][A-Ha-z\d].)|(?<=[\s;(][A-Ha-z\d]{2}.)|(?<=[\s;(][A-Ha-z\d]{3}.)))"
)
_STRUCTURE = re.compile(r"[()\[\]]|(?<!&[lg][te])(?<!&amp);")  # a semicolon of "&lt;" parts nothing
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}


class Part(NamedTuple):
    """One of the criteria in a run: its text without the enumerator, and the enumerator's span."""

    start: int
    end: int
    marker: tuple[int, int] | None


class Run(NamedTuple):
    """The parts of a run; `nested` where the first is a lead-in and the others stand under it."""

    parts: tuple[Part, ...]
    nested: bool


def find_run(
    text: str, start: int, end: int, style: str, value: int, alone: bool, rules: HeadingRules, numbered: bool = True
) -> Run | None:
    """The run inside `text[start:end]`, whose own marker has `style` and `value`; None where it is one criterion.

    `alone`: nothing else is in the section. `numbered`: False where `may_run` is known to be False.
    """
    if end - start > _LONGEST:
        return None
    if numbered and may_run(text, start, end):
        run = _enumerated(text, start, end, style, value)
        if run is not None:
            return run
    if style == "" and rules.topic_text.match(text, start, end):
        cuts = [
            m.start()
            for m in rules.topic.finditer(text, start, end)
            if m.start() > start and text[max(start, m.start() - 40) : m.start()].rstrip()[-1:] != ":"
        ]
        return Run(tuple(_parts(text, [start, *cuts], end)), False) if cuts else None
    if alone and style == "" and ";" in text[start:end]:
        return _semicolons(text, start, end)
    return None


def may_run(text: str, start: int, end: int) -> bool:
    """Whether anything in `text[start:end]` looks like an enumerator: False spares reading it closer."""
    return _QUICK.search(text, start, end) is not None


class _Mark(NamedTuple):
    start: int
    end: int
    style: str
    value: int
    weak: bool = False  # no punctuation ahead of it: taken only where it goes on with the item's own number


def _enumerated(text: str, start: int, end: int, style: str, value: int) -> Run | None:
    chain = _chain([m for f in _ENUMERATOR.finditer(text, start, end) for m in _marks(text, start, f)], style, value)
    if not chain:
        return None
    first = chain[0]
    before = text[start : first.start].strip(" \n;,")
    if before and text.count("(", start, first.start) > text.count(")", start, first.start):
        return None
    follows = first.style == style and first.value == value + 1
    nested = bool(before) and before.endswith(":") and first.value == 1
    loose = first.style == "\u2460" or (len(chain) > 2 and first.value in (2, 3) and text[start : first.start].rstrip()[-1:] in (";", "."))
    if before and not (follows or nested or (loose and not before.endswith(":"))):
        return None
    if (not before and first.value != 1 and not loose) or (not before and style not in ("", "-", "*", "\u2022", "o")):
        return None
    parts = [Part(start, _end(text, start, first.start), None)] if before else []
    stops = [m.start for m in chain[1:]] + [end]
    parts += [
        Part(m.end, _end(text, m.end, stop), (m.start, m.start + len(text[m.start : m.end].rstrip())))
        for m, stop in zip(chain, stops, strict=True)
    ]
    return Run(tuple(parts), nested) if len(parts) > 1 and all(p.end > p.start for p in parts) else None


def _marks(text: str, start: int, found: re.Match[str]) -> list[_Mark]:
    """What an enumerator may mean; nothing where it is the end of a bracket or of a sentence ("type 1. Patients")."""
    at, stop = found.span()
    if found["circled"]:
        return [_Mark(at, stop, "\u2460", ord(found["circled"]) - 0x245F)]
    close = found["close"] or found["end"]
    before = text[max(start, at - 12) : at].rstrip()[-1:]
    if not found["open"] and close == ")" and text.rfind("(", max(start, at - 300), at) > text.rfind(")", max(start, at - 300), at):
        return []
    weak = close == "." and bool(before) and before not in ";,.:)"
    if weak and not (found["digits"] and text[stop : stop + 1].isupper()):
        return []
    shape = ("(" if found["open"] else "") + "%s" + close
    if found["digits"]:
        return [_Mark(at, stop, shape % "1", int(found["digits"]), weak)]
    letter = found["letter"]
    marks = [_Mark(at, stop, shape % ("A" if letter.isupper() else "a"), ord(letter.lower()) - 96)] if len(letter) == 1 else []
    return marks + ([_Mark(at, stop, shape % "i", _ROMAN[letter])] if letter in _ROMAN else [])


def _chain(marks: list[_Mark], style: str, value: int) -> list[_Mark]:
    """The first sequence of one style that counts up by one, from the item's own number or on its own with at least two members."""
    for own in (True, False):
        for family in dict.fromkeys(m.style for m in marks):
            members = [m for m in marks if m.style == family]
            wanted = value + 1 if own and family == style else None
            if own and wanted is None:
                continue
            chain: list[_Mark] = []
            for mark in members:
                due = chain[-1].value + 1 if chain else wanted or mark.value
                if mark.value == due or (len(chain) > 2 and mark.value == due + 1):
                    chain.append(mark)
            if any(m.weak for m in chain) and not (own and len(chain) > 1):
                continue
            if len(chain) >= (1 if own else 2):
                return chain
    return []


def _semicolons(text: str, start: int, end: int) -> Run | None:
    cuts, depth = [start], 0
    for sign in _STRUCTURE.finditer(text, start, end):
        if sign[0] in "([":
            depth += 1
        elif sign[0] in ")]":
            depth = max(0, depth - 1)
        elif depth == 0:
            cuts.append(sign.end())
    if ":" in text[start : cuts[1] if len(cuts) > 1 else end]:
        return None
    parts = [p for p in _parts(text, cuts, end) if text[p.start : p.end].strip(" ;.")]
    plain = all(p.end - p.start > 2 and not text[p.start : p.start + 3].lower().startswith("or ") for p in parts)
    return Run(tuple(parts), False) if len(parts) > 1 and plain else None


def _parts(text: str, cuts: list[int], end: int) -> list[Part]:
    out = []
    for cut, stop in zip(cuts, [*cuts[1:], end], strict=True):
        begin = cut + len(text[cut:stop]) - len(text[cut:stop].lstrip())
        out.append(Part(begin, max(begin, _end(text, begin, stop)), None))
    return out


def _end(text: str, start: int, stop: int) -> int:
    return start + len(text[start:stop].rstrip(" \n;"))
