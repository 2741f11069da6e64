"""Criteria: in, a text and one of its sections; out, the section's items, nested as written, each with its marker.

Bullets, numbers, letters, paragraphs; hard-wrapped lines are put back together; lists stand under the lead-in that announces them; criteria
that run on in one line come apart. An item's span is its own text, without marker and children. Whatever lies outside of items, markers and
headings is blank or punctuation: `tile` shows it. Never reads what an item says.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eligibility.bullets import Marker, read_marker
from eligibility.cohorts import Scope
from eligibility.headings import HeadingRules, default_headings
from eligibility.runs import find_run, may_run
from eligibility.sections import Section, readable

_SET_IN = 6  # columns; text set in as far as this comes from a record's own layout, which parts paragraphs by blank lines
DEEPEST = 12  # levels of nesting; what lies deeper stays at the last
_LINE = re.compile(r"[^\n]+")
_OPEN = re.compile(
    r"(?:[,(/\-+&]|\b(?:and|or|and/or|of|the|a|an|with|for|to|in|by"
    r"|on|at|than|from|including|which|that|as|is|are|be|who|not|within|between|least|any|least one|per|x|<|>)|[<>=\u2264\u2265])$"
)
_LEADS = re.compile(
    r"(?::|\bfollowing|\bdefined (?:by|as)|\bincluding|\bsuch as|\bconsisting of|\bwith|\bmust;?|\bwho|\bif|\bhave|\beither)[ .*_]{0,3}$",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[\s\x00\-*\u2022\u00b7=_#|~.,;:>+]*")


class Item(NamedTuple):
    """One criterion: `start:end` its own text; `number` its place in the section ('3.2'); `lead_in`: it announces its children.

    `scope` is where it names its cohort by itself: "Cohort B only: …".
    """

    start: int
    end: int
    marker: tuple[int, int] | None
    number: str
    children: tuple[Item, ...]
    lead_in: bool
    cohort: str | None
    scope: tuple[int, int] | None = None


class Tile(NamedTuple):
    """A stretch of a section: 'heading', 'marker', 'item', or 'gap' (blank space, and the marks that part or begin items)."""

    kind: str
    start: int
    end: int


def split_criteria(text: str, section: Section, rules: HeadingRules | None = None) -> tuple[Item, ...]:
    """The section's top-level items in order, each with its children. `rules` left out: the package's own headings."""
    ready = readable(text[section.start : section.end])
    start = section.heading[1] - section.start if section.heading else 0
    outline = _Outline(ready)
    outline.read(start)
    return _Freezer(ready, section, rules or default_headings(), outline).items()


def tile(section: Section, items: tuple[Item, ...]) -> tuple[Tile, ...]:
    """The section as tiles without hole or overlap, in order: what a test needs to see that nothing was dropped."""
    spans = [Tile("heading", *section.heading)] if section.heading else []
    stack = list(reversed(items))
    while stack:
        item = stack.pop()
        spans += [Tile("marker", *item.marker)] if item.marker else []
        spans.append(Tile("item", item.start, item.end))
        stack.extend(reversed(item.children))
    out: list[Tile] = []
    at = section.start
    for span in sorted(spans, key=lambda t: (t.start, t.end)):
        out += [Tile("gap", at, span.start)] if span.start > at else []
        out.append(span)
        at = span.end
    return (*out, Tile("gap", at, section.end)) if at < section.end else tuple(out)


class _Node:
    """An item while the outline is read: its columns and style say what may follow it."""

    __slots__ = ("children", "column", "end", "marker", "start", "style", "text_column", "value")

    def __init__(self, start: int, end: int, marker: Marker | None, column: int, text_column: int) -> None:
        self.start, self.end, self.marker, self.column, self.text_column = start, end, marker, column, text_column
        self.style, self.value = (marker.style, marker.value) if marker else ("", 0)
        self.children: list[_Node] = []


class _Outline:
    """The lines of one section made into nested nodes, in one pass."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = _Node(0, 0, None, -9, -9)
        self.stack = [self.root]
        self.last: _Node | None = None
        self.width: int | None = None
        self.marked = 0

    def read(self, start: int) -> None:
        """Every line from `start` on."""
        text = self.text
        previous = start
        for line in _LINE.finditer(text, start):
            begin, end = line.span()
            end = begin + len(line[0].rstrip())
            if end == begin or (not text[end - 1].isalnum() and _BLANK.fullmatch(text, begin, end)):
                continue
            blank = text.count("\n", previous, begin) > 1
            marker, at, column = read_marker(text, begin, end)
            if marker is not None:
                marker = self._accepted(marker, blank)
                if marker is None:
                    at = begin + len(text[begin:end]) - len(text[begin:end].lstrip(" "))
                    column = at - begin
            while at < end and text[at].isspace():  # the odd control characters that count as blank
                at += 1
            if marker is not None:
                self._add_marked(marker, min(at, end), end)
            else:
                self._add_unmarked(at, end, column, blank)
            previous = end

    def _accepted(self, marker: Marker, blank: bool) -> Marker | None:
        """The marker in the reading that fits the list so far; None where it is text: out of sequence in a wrapped line, an initial."""
        last = self.last
        if marker.value == 0:
            return marker if not marker.style.endswith("9") or (last is not None and last.style == marker.style[0]) else None
        for style, value in marker.readings:
            for node in self.stack:
                if node.style == style and node.value < value <= node.value + 2:
                    return marker if style == marker.style else marker._replace(style=style, value=value)
        for style, value in marker.readings:
            if value == 1 and ":" not in style:
                return marker if style == marker.style else marker._replace(style=style, value=1)
        style, value = marker.readings[0]
        if ":" in style:
            known = any(n.value == int(style.split(":")[1].split(".")[-1]) for n in self.stack[1:])
            return marker if known and value == 1 else None
        if style[0] in "aAiI" or last is None:
            return marker if style[0] == "(" or (last is None and style[0] == "1") else None
        ended = blank or self.text[last.end - 1 : last.end] in (".", ";", ":", "")
        return marker if ended or (marker.start > 0 and style[0] in "#\u2460") else None

    def _add_marked(self, marker: Marker, at: int, end: int) -> None:
        node = _Node(at, max(at, end), marker, marker.column, marker.text_column)
        stack = self.stack
        self.marked += 1
        sibling = len(stack) - 1
        while sibling > 0 and not self._siblings(stack[sibling], node):
            sibling -= 1
        if sibling > 0:
            del stack[sibling:]
        else:
            while len(stack) > 1 and not self._parent(stack[-1], node):
                stack.pop()
        self._push(node)

    def _siblings(self, other: _Node, node: _Node) -> bool:
        if other.style != node.style:
            return False
        near = abs(other.column - node.column) <= 1 or abs(other.text_column - node.text_column) <= 1
        if node.value == 0:
            return near
        if node.value == 1 and near and self._leads(other):
            return False
        return near or node.value == other.value + 1

    def _parent(self, other: _Node, node: _Node) -> bool:
        if other.style == "":
            return self._leads(other) and node.column >= other.column - 1
        if node.column > other.column + 1 or (node.value == 1 and other is self.last and self._leads(other)):
            return True
        if abs(node.column - other.column) > 1 or node.style == other.style:
            return False
        return (
            self._leads(other)
            or (other.value > 0 and other.style.strip("().")[:1] == "1" and node.style.strip("().")[:1] != "1")
            or ":" in node.style
        )

    def _add_unmarked(self, at: int, end: int, column: int, blank: bool) -> None:
        last = self.last
        if last is None:
            self._push(_Node(at, end, None, column, column))
        elif last.start == last.end:
            last.start, last.end = at, end
        elif self._continues(last, at, column, blank):
            last.end = end
        else:
            self._add_paragraph(_Node(at, end, None, column, column))

    def _continues(self, last: _Node, at: int, column: int, blank: bool) -> bool:
        """Whether a line without marker goes on with the item before it."""
        text = self.text
        first = text[at]
        colon = text[last.end - 1] == ":"
        unfinished = (first in "()" and not blank) or bool(_OPEN.search(text, max(last.start, last.end - 14), last.end))
        if blank:
            if last.style and column > last.column and column >= last.text_column - 2:
                return not colon and not last.children
            return unfinished and first.islower()
        if last.style:
            if column >= last.text_column - 1 and column > last.column:
                return not colon or first.islower()
            return not colon and (first.islower() or unfinished or self._wrapped(last, at))
        if column > last.column + 1:
            return not colon
        if column < last.column - 1:
            return False
        if last.column >= _SET_IN:
            return True
        return unfinished or self._wrapped(last, at) or self._bracket_open(last)

    def _bracket_open(self, last: _Node) -> bool:
        begin = max(last.start, last.end - 400)
        return self.text.rfind("(", begin, last.end) > self.text.rfind(")", begin, last.end)

    def _wrapped(self, last: _Node, at: int) -> bool:
        """Whether the line before is full: its writer broke lines at a width, and the first word here would not have fitted."""
        text = self.text
        if self.width is None:
            self.width = _wrap_width(text)
        if self.width == 0:
            return False
        line = text.rfind("\n", 0, last.end) + 1 if self.width else 0
        word = _WORD.match(text, at)
        return last.end - line + 1 + (len(word[0]) if word else 0) > self.width

    def _add_paragraph(self, node: _Node) -> None:
        """A paragraph as an item: under the bullet it is indented beneath, or whose colon announces it; else at its own level."""
        stack = self.stack
        last = self.last
        if last is not None and last.style and self._leads(last) and node.column <= last.column:
            node.column = node.text_column = last.column + 1
        elif (
            last is not None
            and not last.style
            and len(stack) > 2
            and stack[-2].style
            and node.column <= stack[-2].column
            and last.column == stack[-2].column + 1
        ):
            node.column = node.text_column = last.column
        while len(stack) > 1 and not (
            node.column > stack[-1].column and (stack[-1].style or (self._leads(stack[-1]) and node.column > stack[-1].column + 1))
        ):
            stack.pop()
        self._push(node)

    def _leads(self, node: _Node) -> bool:
        return node.end > node.start and bool(_LEADS.search(self.text, max(node.start, node.end - 24), node.end))

    def _push(self, node: _Node) -> None:
        del self.stack[DEEPEST:]
        self.stack[-1].children.append(node)
        self.stack.append(node)
        self.last = node


_WORD = re.compile(r"\S{1,60}")


def _wrap_width(text: str) -> int:
    """The column at which the text's lines were broken; 0 where they were not."""
    lines = [(m.start(), m.end()) for m in re.compile(r"[^\n]*\S").finditer(text)][:2000]
    widest = max((end - start for start, end in lines), default=0)
    if not 55 <= widest <= 110:
        return 0
    full = sum(end - start > widest - 14 for start, end in lines)
    return widest if full >= 3 and full * 5 >= len(lines) else 0


class _Freezer:
    """Nodes made into items: runs come apart, numbers are given by position, spans move to the text as given."""

    def __init__(self, text: str, section: Section, rules: HeadingRules, outline: _Outline) -> None:
        self.text, self.shift, self.rules, self.root = text, section.start, rules, outline.root
        self.alone = outline.marked == 0 and len(outline.root.children) <= 2
        self.cohort = section.cohort
        self.places = self.rules.parts.places(text)
        self.numbered = may_run(text, 0, len(text))

    def items(self) -> tuple[Item, ...]:
        return self._list(self.root.children, "", self.cohort)

    def _list(self, nodes: list[_Node], prefix: str, cohort: str | None) -> tuple[Item, ...]:
        out: list[Item] = []
        for node in nodes:
            marker = (node.marker.start, node.marker.end) if node.marker else None
            if node.start >= node.end:
                if marker is None or not any(c.isalnum() for c in self.text[marker[0] : marker[1]]):
                    for child in self._list(node.children, prefix, cohort):
                        out.append(self._renumbered(child, f"{prefix}{len(out) + 1}"))
                    continue
                node.start, node.end, marker = marker[0], marker[1], None
            out += self._items(node, marker, prefix, len(out), cohort)
        return tuple(out)

    def _items(self, node: _Node, marker: tuple[int, int] | None, prefix: str, before: int, cohort: str | None) -> list[Item]:
        """The item or items of one node: several where criteria run on in its text; the last then has the node's children."""
        scope = self.rules.scope(self.text, node.start, node.end, self.places)
        label = scope.name if scope else cohort
        run = None
        if self.numbered or node.style == "":
            run = find_run(self.text, node.start, node.end, node.style, node.value, self.alone, self.rules, self.numbered)
        if run is None:
            number = f"{prefix}{before + 1}"
            children = self._list(node.children, number + ".", label) if node.children else ()
            return [self._item(node.start, node.end, marker, number, children, label, scope)]
        first, *others = run.parts
        if run.nested:
            number = f"{prefix}{before + 1}"
            inner = [self._item(p.start, p.end, p.marker, f"{number}.{n}", (), label) for n, p in enumerate(others, 1)]
            inner += [self._renumbered(c, f"{number}.{len(inner) + n}") for n, c in enumerate(self._list(node.children, "", label), 1)]
            return [self._item(first.start, first.end, marker, number, tuple(inner), label, scope)]
        out = []
        for n, part in enumerate(run.parts):
            number = f"{prefix}{before + n + 1}"
            children = self._list(node.children, number + ".", label) if n == len(run.parts) - 1 else ()
            mark = _joined(marker, part.marker) if n == 0 else part.marker
            out.append(self._item(part.start, part.end, mark, number, children, label, scope))
        return out

    def _item(
        self,
        start: int,
        end: int,
        marker: tuple[int, int] | None,
        number: str,
        children: tuple[Item, ...],
        cohort: str | None,
        scope: Scope | None = None,
    ) -> Item:
        shift = self.shift
        leads = bool(children) and bool(_LEADS.search(self.text, max(start, end - 24), end))
        moved = (marker[0] + shift, marker[1] + shift) if marker else None
        place = (scope.start + shift, scope.end + shift) if scope and start <= scope.start and scope.end <= end else None
        return Item(start + shift, end + shift, moved, number, children, leads, cohort, place)

    def _renumbered(self, item: Item, number: str) -> Item:
        children = tuple(self._renumbered(c, f"{number}.{n}") for n, c in enumerate(item.children, 1))
        return item._replace(number=number, children=children)


def _joined(first: tuple[int, int] | None, second: tuple[int, int] | None) -> tuple[int, int] | None:
    return (first[0], second[1]) if first and second else first or second
