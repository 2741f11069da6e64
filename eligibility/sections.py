"""Sections: in, a criteria text and the rules for headings; out, the inclusion and exclusion lists in it, which tile it exactly.

A heading is a title ("Key Inclusion Criteria", "Exclusion criteria: pregnancy"), alone on a line, ahead of a colon, or glued into a run of
text; or a sentence that holds a trigger and says nothing about a patient ("Patients will be excluded if:"). Text that no heading names is
inclusion, and marked as implied. Never reads what the criteria say, and never drops a character.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from eligibility.characters import plain
from eligibility.headings import HeadingRules

Kind = Literal["inclusion", "exclusion"]
_ALL_OF = re.compile(r"\ball\s+(?:of\s+)?(?:the|these|following)\b")
_NEAR = 200  # characters in which a heading's line must begin and end; bounds the work on a text that is one long line


class Section(NamedTuple):
    """One list of criteria. `start:end` holds the heading too; `heading` is its span with a lead-in sentence behind it.

    `implied`: no heading names the kind, so it is inclusion.
    """

    kind: Kind
    start: int
    end: int
    heading: tuple[int, int] | None
    implied: bool
    cohort: str | None


class _Heading(NamedTuple):
    kind: Kind | None
    start: int
    end: int
    cohort: str | None


def find_sections(text: str, start: int, end: int, rules: HeadingRules) -> tuple[Section, ...]:
    """The sections of `text[start:end]`, in order: the first begins at `start`, each ends where the next begins, the last at `end`."""
    ready = readable(text[start:end])
    size = len(ready)
    headings = _merged(ready, _with_labels(ready, _found(ready, 0, size, rules), rules))
    bounds = [*(h.start for h in headings), size]
    first: list[Section] = []
    if headings and not ready[: bounds[0]].strip():
        bounds[0] = 0
    else:
        first = [Section("inclusion", start, start + bounds[0], None, True, None)]
    rest = [
        Section(h.kind or "inclusion", start + bounds[i], start + bounds[i + 1], (start + h.start, start + h.end), h.kind is None, h.cohort)
        for i, h in enumerate(headings)
    ]
    return tuple(first + rest)


def readable(text: str) -> str:
    """The text in plain signs, with every line break as one line feed; same length."""
    if not text.isascii() or "\t" in text or "\x00" in text:
        signs = "".join(set(text))  # a text has few different signs: exchanging each at once is faster than reading every one
        for sign, form in zip(signs, plain(signs), strict=True):
            if sign != form:
                text = text.replace(sign, form)
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    for mark in "\x85\u2028\u2029":
        if mark in text:
            text = text.replace(mark, "\n")
    return text


def _found(text: str, start: int, end: int, rules: HeadingRules) -> list[_Heading]:
    """Every heading in the text, in order, before neighbours are joined."""
    headings: list[_Heading] = []
    folded = text.lower()
    if len(folded) != len(text):  # one letter in Unicode is longer in lower case; `plain` removes it, so this is a guard
        folded = text
    done, current = start, None
    for cue in rules.cue.finditer(folded, start, end):
        at = cue.start()
        if at < done:
            continue
        line, stop = _line(text, start, at, end)
        names = rules.is_title(cue[0])
        heading = None
        if line >= done:
            heading = _title(text, folded, line, stop, current, rules) if names else None
            heading = heading or _lead_in(text, folded, line, stop, current, headings, rules)
        if names and heading is None:
            heading = _glued(text, at, end, rules)
        if heading is not None and heading.start >= done:
            headings.append(heading)
            current, done = heading.kind or "inclusion", max(heading.end, at + 1)
    return headings


def _line(text: str, start: int, at: int, end: int) -> tuple[int, int]:
    """The line around `at`: its first character (-1 where that is too far away for a heading) and its end."""
    line = text.rfind("\n", max(start, at - _NEAR), at) + 1
    if line == 0:
        line = start if at - start <= _NEAR else -1
    stop = text.find("\n", at, min(end, at + _NEAR))
    return line, stop if stop >= 0 else min(end, at + _NEAR)


def _title(text: str, folded: str, line: int, stop: int, current: str | None, rules: HeadingRules) -> _Heading | None:
    """A title at the beginning of the line, with what names its cohort."""
    decoration = rules.decoration.match(text, line, stop)
    begin = decoration.end() if decoration else line
    found = rules.title.search(folded, begin, min(stop, begin + 90))
    if found is None:
        return None
    before, bulleted = folded[begin : found.start()], bool(text[line:begin].strip())
    plain_before = all(word in rules.qualifiers for word in rules.words.findall(before))
    if not plain_before and (bulleted or not rules.names_cohort(before) or len(before.split()) > 6 or "." in before or ";" in before):
        return None
    tail = rules.tail.match(text, found.end(), stop)
    if tail is None or (not plain_before and not (tail["colon"] or tail.end() == stop)):
        return None
    kind = rules.kinds[" ".join(found[0].split())]
    if (kind is None and current is not None) or not _stands(text, found, tail, line, stop):
        return None
    rest = rules.parts.alone.fullmatch(text[tail.end() : stop].strip()) if tail["colon"] else None
    if rest is not None:  # "Exclusion Criteria: Cohort 2a and 2b"
        return _Heading(kind, stop - len(text[line:stop].lstrip()), _trimmed(text, begin, stop), rest.group(1))
    label = None if plain_before else text[begin : found.start()].strip(" :-,(")
    first = stop - len(text[line:stop].lstrip())
    return _Heading(kind, first, _trimmed(text, begin, tail.end()), label or rules.cohort_of(tail["what"] or tail["note"]))


def _stands(text: str, found: re.Match[str], tail: re.Match[str], line: int, stop: int) -> bool:
    """Whether a title without colon still is one: not a single word ahead of others, not the end of a sentence from the line before."""
    if tail["colon"]:
        return True
    rest = text[found.end() : stop].strip(" :*_#-]")
    if rest and " " not in found[0] and "-" not in found[0]:
        return False
    return not (text[found.start()].islower() and text[max(0, line - 2) : line].strip())


def _glued(text: str, at: int, end: int, rules: HeadingRules) -> _Heading | None:
    """A title with its colon in the middle of a line: behind the end of a sentence, or with capitals."""
    found = rules.glued.match(text, at, min(end, at + _NEAR))
    if found is None:
        return None
    before = text[max(0, at - 40) : at]
    ended = rules.sentence_end.search(before)
    qualifier = rules.qualifier_before.search(before)
    if ended is None and not (
        found["title"][0].isupper() and (qualifier is None or before[qualifier.start()].isupper()) and before[-1:].isspace()
    ):
        return None
    begin = at - len(qualifier[0]) if qualifier else at
    return _Heading(rules.kinds[" ".join(found["title"].lower().split())], begin, found.end(), rules.cohort_of(found["note"]))


def _lead_in(
    text: str, folded: str, line: int, stop: int, current: str | None, headings: list[_Heading], rules: HeadingRules
) -> _Heading | None:
    """A sentence without content that begins a list of the other kind, or stands directly behind a heading."""
    behind = bool(headings) and not folded[headings[-1].end : line].strip(" \n:-*")
    close = folded.find(":", line, stop) + 1
    if not close and not behind:
        return None
    begin = rules.bullet.match(folded, line, stop)
    at = begin.end() if begin else line
    if begin and begin[0].strip() and not behind:
        return None
    close = close or stop
    kind = rules.lead_in_kind(folded[at:close].strip(), behind)
    if kind is None or (not behind and kind == current):
        return None
    if current == "exclusion" and _ALL_OF.search(folded, at, close):  # joins its children, where a list of exclusions parts them
        return None
    return _Heading((headings[-1].kind or kind) if behind else kind, at, _trimmed(text, at, close), None)


def _with_labels(text: str, headings: list[_Heading], rules: HeadingRules) -> list[_Heading]:
    """Headings that take the cohort from a label on the line before ("Part A:"), which stays good until the next label."""
    out: list[_Heading] = []
    label: str | None = None
    for heading in headings:
        if not text[out[-1].end if out else 0 : heading.start].strip():
            out.append(heading._replace(cohort=heading.cohort or label) if label else heading)
            continue
        stop = len(text[max(0, heading.start - _NEAR) : heading.start].rstrip(" \n*#-_")) + max(0, heading.start - _NEAR)
        floor = out[-1].end if out else 0
        line = max(text.rfind("\n", floor, max(stop, floor)) + 1, floor)
        above = text[line:stop]
        if "\n" in text[stop : heading.start] and _is_label(above.strip(), rules):
            label = above.strip(" :*#_-")
            heading = heading._replace(start=stop - len(above.lstrip()))
        out.append(heading._replace(cohort=heading.cohort or label))
    return out


def _is_label(line: str, rules: HeadingRules) -> bool:
    """Whether a line is nothing but a cohort's name: "Part A:", "Healthy volunteers:", "Cohort 2"."""
    if not rules.label.fullmatch(line) or line[0] in "-*\u2022":
        return False
    return bool(rules.cohort_label(line.rstrip(":") + ":")) or (line.endswith(":") and rules.names_cohort(line.lower()))


def _merged(text: str, headings: list[_Heading]) -> list[_Heading]:
    """Headings with nothing between them joined, where they agree or the first names no kind."""
    out: list[_Heading] = []
    for heading in headings:
        last = out[-1] if out else None
        if last and last.kind in (None, heading.kind) and not text[last.end : heading.start].strip(" \n:-*#_=."):
            out[-1] = _Heading(heading.kind or last.kind, last.start, heading.end, heading.cohort or last.cohort)
        else:
            out.append(heading)
    return out


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())
