"""Escapes of exports: in, a text as an export wrote it; out, the text that was meant, with the way back for every offset.

Markdown's backslashes (API v2: `\\>`, `\\*`, `1\\.`), HTML entities and tags, `~` (AACT) or a literal `\\n` where a line broke, and UTF-8
that was read as Windows-1252 (`â‰¥`). What merely looks like one of them stays as it is.
"""

from __future__ import annotations

import html
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace

from eligibility.sources.study import Study

_FIRST = re.compile(r"[\\&<~\u00c2\u00c3\u00e2\u00ce\u00cf]")  # every escape begins with one of them
_ESCAPE = re.compile(
    r"\\(?P<sign>[!-/:-@\[-`{-~])"
    r"|(?i:(?:<|&(?:amp;){0,3}lt;)(?P<close>/?)(?P<tag>br|p|div|li|ul|ol|tr|td|h[1-6]|sup|sub|b|i|u|em|strong|span)"
    r"(?: {1,4}[a-z-]{1,20}=\"[^\"<>]{0,200}\"){0,4} ?/?(?:>|&(?:amp;){0,3}gt;))"
    r"|(?i:&(?:amp;){0,3}(?P<entity>(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});))"
    r"|(?P<garbled>[\u00c2\u00c3\u00ce\u00cf][^\x00-\x7f]|\u00e2[^\x00-\x7f]{2})"
    r"|(?P<tilde>~)"
    r"|(?P<literal>\\r\\n|\\[nrt])"
)
_BLOCKS = frozenset({"br", "p", "div", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_RAISED = re.compile(r"[-+\u2212]?\d")
_BREAK = re.compile(r"[\n\r\x85\u2028\u2029]")
_TILDE_BREAKS = re.compile(r"~~|: ?~|~ *[-*\u2022\u00b7] ")  # as nothing but line breaks stand
_LITERAL_BREAKS = re.compile(r"\\n(?![a-z])")
_NUMBERED = re.compile(r"\d{1,2}[.)](?!\d)")


@dataclass(frozen=True, slots=True)
class Undone:
    """A text without its escapes. Character n of `text` is what `written` has at `starts[n]:ends[n]`; `garbled` is the first stretch that
    had been read in a wrong encoding, as written."""

    written: str
    text: str
    starts: array[int]
    ends: array[int]
    garbled: str | None

    def written_at(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the text as written; part of an escape is all of it, an edge of the text an edge."""
        size, whole = len(self.text), len(self.written)
        first = 0 if start == 0 else self.starts[start] if start < size else whole
        return first, whole if end == size else self.ends[end - 1] if end > start else first

    def meant_at(self, start: int, end: int) -> tuple[int, int]:
        """Where `written[start:end]` stands in `text`."""
        return bisect_left(self.starts, start), bisect_left(self.starts, end)

    def meant(self, study: Study) -> Study:
        """The study, whose text is `written`, over the text that was meant; what was garbled is noted."""
        moved = _moved(study, self.text, self.meant_at)
        if self.garbled is None:
            return moved
        note = f"{self.garbled!r} is UTF-8 that was once read as Windows-1252: such signs are read as what they were"
        return replace(moved, notes=(*moved.notes, note))

    def as_written(self, study: Study) -> Study:
        """The study, whose text is `text`, over the text as written."""
        return _moved(study, self.written, self.written_at)


def undo_escapes(text: str) -> Undone | None:
    """The text that was meant; None where it is the text as it stands."""
    if _FIRST.search(text) is None:
        return None
    broken = _BREAK.search(text.strip()) is not None
    tildes, literals = (not broken and breaks.search(text) is not None for breaks in (_TILDE_BREAKS, _LITERAL_BREAKS))
    parts: list[str] = []
    starts, ends, at, garbled = array("q"), array("q"), 0, None
    for first in _FIRST.finditer(text):
        found = _ESCAPE.match(text, first.start()) if first.start() >= at else None
        meaning = _meaning(found, tildes, literals) if found else None
        if found is None or meaning is None:
            continue
        start, end = found.span()
        parts += text[at:start], meaning
        starts.extend((*range(at, start), *(start for _ in meaning)))
        ends.extend((*range(at + 1, start + 1), *(end for _ in meaning)))
        garbled = garbled or found["garbled"]
        at = end
    if not at:
        return None
    parts.append(text[at:])
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return Undone(text, "".join(parts), starts, ends, garbled)


def _meaning(found: re.Match[str], tildes: bool, literals: bool) -> str | None:
    """What an escape means; None where it is none."""
    if found["tag"]:
        return _of_tag(found)
    if found["entity"]:
        meant = html.unescape(f"&{found['entity']}")
        return None if meant.startswith("&") and len(meant) > 1 else meant
    if found["garbled"]:
        return _of_garbled(found["garbled"])
    if found["tilde"]:
        return "\n" if tildes and _breaks(found.string, found.start()) else None
    if found["literal"]:
        return ("\t" if found["literal"] == "\\t" else "\n") if literals else None
    return found["sign"]


def _of_tag(found: re.Match[str]) -> str:
    tag, closes, text = found["tag"].lower(), bool(found["close"]), found.string
    if tag in _BLOCKS:
        return "\n"
    if tag == "td":
        return " "
    if tag == "li":
        return "" if closes else "\n- "
    power = tag == "sup" and not closes and text[found.start() - 1 : found.start()].isalnum() and _RAISED.match(text, found.end())
    return "^" if power else ""


def _of_garbled(signs: str) -> str | None:
    read = b"".join(sign.encode("latin-1") if ord(sign) < 256 else sign.encode("cp1252", "replace") for sign in signs)
    try:
        return read.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _breaks(text: str, at: int) -> bool:
    """Whether a tilde stands for a line break: not in "18~65", nor in "of ~5 cm"."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return not after.isdigit() or _NUMBERED.match(text, at + 1) is not None or not (before.isdigit() or before == " ")


def _moved(study: Study, text: str, place: Callable[[int, int], tuple[int, int]]) -> Study:
    header = tuple(
        field if field.start is None or field.end is None else field._replace(start=(at := place(field.start, field.end))[0], end=at[1])
        for field in study.header
    )
    blocks, alternates = (tuple(place(*block) for block in many) for many in (study.blocks, study.alternates))
    return replace(study, text=text, header=header, blocks=blocks, alternates=alternates)
