"""JSON of any size: in, a text stream of one value, a list, a search page with `studies`, or JSON Lines; out, its entries one by one.

No more than the entry at hand is in memory. A broken entry comes out as what is wrong with it, and reading goes on at the next that
surely is one: the next line of JSON Lines, the next `{"protocolSection":` of a list; where there is none, it says that the rest is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator

from eligibility.sources.blobs import MOST, Decoded

_DECODER = json.JSONDecoder()
_CHUNK = 262_144
_PREFIX = 4096  # characters in which a search page comes to its `studies`
_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
_PAGE = re.compile(r'\{\s*(?:"[A-Za-z]{1,40}"\s*:\s*(?:"[^"\\]{0,500}"|\d{1,20}|null)\s*,\s*){0,4}"studies"\s*:\s*\[')
_NEXT_STUDY = re.compile(r'\{\s{0,100}"protocolSection"\s{0,100}:')
_NEXT_LINE = re.compile(r"(?<=\n)\{")
_LOST = "; the rest of the file is lost"


class Broken(Exception):
    """What is wrong with an entry, in words."""


def read_values(text: Decoded) -> Iterator[object]:
    """Every entry in order: what it holds, or a `Broken`."""
    buffer = _Buffer(text)
    while buffer.skip():
        page = buffer.match(_PAGE)
        if page is not None:
            buffer.at = page.end()
            ended = yield from _in_list(buffer)
            if ended:
                yield from _behind_list(buffer)
        elif buffer.sign() == "[":
            buffer.at += 1
            yield from _in_list(buffer)
        else:
            yield from _alone(buffer)


def _alone(buffer: _Buffer) -> Iterator[object]:
    """A value that is in no list, or the studies that are in it."""
    try:
        value = buffer.value()
    except Broken as broken:
        buffer.resume(_NEXT_LINE)
        yield broken
        return
    studies = value.get("studies") if isinstance(value, dict) else None
    yield from studies if isinstance(studies, list) else [value]


def _in_list(buffer: _Buffer) -> Generator[object, None, bool]:
    """The entries of a list whose bracket is behind; returns whether it ended as a list does."""
    follows = False
    while buffer.skip():
        if buffer.sign() == "]":
            buffer.at += 1
            return True
        try:
            if follows:
                buffer.expect(",")
            yield buffer.value()
            follows = True
        except Broken as broken:
            follows = False
            if not buffer.resume(_NEXT_STUDY):
                yield Broken(f"{broken}{_LOST}")
                return False
            yield broken
    yield Broken("broken JSON (the list does not end): the file may have been cut off, export it again")
    return False


def _behind_list(buffer: _Buffer) -> Iterator[object]:
    """The rest of a search page: the token of the next page, or whatever a wrapper says."""
    try:
        while buffer.skip() and buffer.sign() != "}":
            buffer.expect(",")
            buffer.value()
            buffer.expect(":")
            buffer.value()
        buffer.expect("}")
    except Broken as broken:
        buffer.resume(_NEXT_LINE)
        yield broken


class _Buffer:
    """The part of a text that is at hand, from `at` on."""

    def __init__(self, source: Decoded) -> None:
        self.source, self.text, self.at, self.passed = source, "", 0, 0

    def more(self) -> bool:
        """Have as much again at hand; False at the end of the text."""
        chunk = self.source.read(max(_CHUNK, len(self.text) - self.at))
        if chunk:
            self.passed += self.at
            self.text, self.at = self.text[self.at :] + chunk, 0
        return bool(chunk)

    def skip(self) -> bool:
        """Pass over blank space; False at the end of the text."""
        while True:
            blank = _BLANK.match(self.text, self.at)
            self.at = blank.end() if blank else self.at
            if self.at < len(self.text):
                return True
            if not self.more():
                return False

    def sign(self) -> str:
        return self.text[self.at]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        while len(self.text) - self.at < _PREFIX and self.more():
            pass
        return pattern.match(self.text, self.at)

    def expect(self, sign: str) -> None:
        """Pass over a sign; Broken where another stands."""
        if not self.skip() or self.sign() != sign:
            raise Broken(f"broken JSON (no {sign!r} at character {self.passed + self.at}): export the record again")
        self.at += 1

    def value(self) -> object:
        """The value that begins here; Broken where there is none, and then `at` stays."""
        self.skip()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated string") or error.pos >= len(self.text) - 12
                if cut and len(self.text) - self.at <= MOST and self.more():
                    continue
                raise Broken(f"broken JSON ({error.msg} at character {self.passed + error.pos}): export the record again") from error
            except RecursionError as error:
                raise Broken("broken JSON (nested too deeply): export the record again") from error
            except ValueError as error:
                raise Broken(f"broken JSON ({error}): export the record again") from error
            if end == len(self.text) and not isinstance(value, dict | list | str) and self.more():
                continue  # a number may go on
            self.at = end
            return value

    def resume(self, pattern: re.Pattern[str]) -> bool:
        """Go on at the next place behind this one that fits; False, at the end of the text, where there is none."""
        self.at += 1
        while True:
            found = pattern.search(self.text, self.at)
            if found is not None:
                self.at = found.start()
                return True
            self.at = max(self.at, len(self.text) - 256)
            if not self.more():
                self.at = len(self.text)
                return False
