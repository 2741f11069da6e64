"""Characters: in, a text as given; out, a text of the same length in which one sign has one form.

The readers of this package work on plain or folded text and report offsets into the text as given: that is why nothing
here may change the length. What takes several characters (`>=`, `10^9`) is read by the grammars,
and the escapes of exports (`&gt;=`, `\\>`) are undone before, in `sources.escapes`.
"""

from __future__ import annotations

import re

_FORMS: dict[str, str] = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u2043",
    "~": "\u223c\u301c\uff5e\u02dc\u223d",
    ">": "\uff1e\ufe65\u02c3\u203a\u232a",
    "<": "\uff1c\ufe64\u02c2\u2039\u2329",
    "\u2265": "\u2267\u2a7e\u2273\u22dd\u2a88",
    "\u2264": "\u2266\u2a7d\u2272\u22dc\u2a87",
    "=": "\uff1d\ufe66",
    "\u00d7": "\u2715\u2716\u2a09\u2a2f\uff0a\u2217",
    "\u00b7": "\u22c5\u2219\u2027\u30fb",
    "\u03bc": "\u00b5",
    "'": "\u2018\u2019\u201b\u02bc\u2032\u00b4`",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    "/": "\u2044\u2215\uff0f",
    "%": "\uff05\ufe6a",
    "+": "\uff0b\ufe62",
    ".": "\uff0e\uff61",
    ",": "\uff0c\u3001",
    ":": "\uff1a\ufe55",
    ";": "\uff1b\ufe54",
    "(": "\uff08\ufe59",
    ")": "\uff09\ufe5a",
    "[": "\uff3b",
    "]": "\uff3d",
    "\u00b0": "\u00ba\u02da",
    " ": "\t\u000b\u000c\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u3000\ufeff\u0000",
    "i": "\u0130",
}
_PLAIN = {variant: sign for sign, variants in _FORMS.items() for variant in variants}
_PLAIN |= {chr(0xFF10 + digit): str(digit) for digit in range(10)}
_PLAIN |= {chr(0xFF21 + n): chr(ord("A") + n) for n in range(26)} | {chr(0xFF41 + n): chr(ord("a") + n) for n in range(26)}
_ODD = re.compile("[" + "".join(map(re.escape, _PLAIN)) + "]")  # few signs of a text are: a search finds them faster than a translation


def plain(text: str) -> str:
    """The text with every dash, tilde, comparator, quote, space, full-width letter and digit in its plain form; same length, same case."""
    return _ODD.sub(lambda found: _PLAIN[found.group()], text)


def fold(text: str) -> str:
    """The plain text in lower case; same length (the one letter whose lower case is longer, U+0130, is an `i`)."""
    return plain(text).lower()
