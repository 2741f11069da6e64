"""Pages: in, a text (a page copied from a registry, or bare criteria); out, a `Study` that says where in it the criteria stand.

A text counts as a page only where it carries several of a registry page's own headings, or a field label no criterion is worded like; any
other text is criteria from its first character to its last. In a page, what lies outside of the blocks is furniture.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from eligibility.characters import fold
from eligibility.errors import RuleError
from eligibility.resources import data_dir
from eligibility.sources.escapes import undo_escapes
from eligibility.sources.study import HeaderField, Study

_ROLES = ("criteria", "description", "field", "site")
_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_LINE = re.compile(r"[^\n]+")
_EDGES = " \t\r*#_|:"
_ENOUGH = 3  # different page headings on lines of their own that make a text a page


class _Label(NamedTuple):
    name: str
    certain: bool
    inline: bool


@dataclass(frozen=True, slots=True)
class PageRules:
    """The knowledge of `pages.toml`: page parts by folded line, beginnings of lines, field labels, and a pattern of labels in a run."""

    parts: dict[str, tuple[str, bool]]
    starts: tuple[str, ...]
    labels: dict[str, _Label]
    certain: tuple[str, ...]
    labelled: re.Pattern[str]
    inline: re.Pattern[str]


class _Line(NamedTuple):
    start: int
    end: int
    role: str
    weak: bool
    text: str


@cache
def page_rules(folder: Path) -> PageRules:
    """The rules of the folder's `pages.toml`."""
    path = folder / "pages.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    parts: dict[str, tuple[str, bool]] = {}
    starts: list[str] = []
    for entry in table.get("page_part", []):
        if entry.get("role") not in _ROLES or not entry.get("terms"):
            raise RuleError(f"{path}: a page part needs terms and a role ({', '.join(_ROLES)}), not {entry!r:.120}")
        parts |= {term: (entry["role"], bool(entry.get("weak", False))) for term in entry["terms"]}
        starts += entry["terms"] if entry.get("match") == "start" else []
    return _compiled(parts, tuple(starts), table.get("header_field", []))


def _compiled(parts: dict[str, tuple[str, bool]], starts: tuple[str, ...], fields: list[dict[str, Any]]) -> PageRules:
    labels = {label: _Label(f["name"], bool(f.get("certain")), bool(f.get("inline"))) for f in fields for label in f["labels"]}
    ordered = sorted(labels, key=lambda t: (-len(t), t))
    inline = [t for t in ordered if labels[t].inline]
    return PageRules(
        parts,
        starts,
        labels,
        tuple(name for name, label in labels.items() if label.certain),
        re.compile(
            r"[ |*\-]{0,8}(?P<label>" + "|".join(map(re.escape, ordered)) + r") {0,3}(?::[ |]{0,8}|\|[ |]{0,8})(?P<value>[^|\n]{0,300})"
        ),
        re.compile(
            r"(?<!\w)(?P<label>" + "|".join(map(re.escape, inline)) + r") ?: ?\|? ?(?P<value>[^|\n:]{0,120}?)"
            r"(?= *\|| *(?<!\w)(?:" + "|".join(map(re.escape, inline)) + r") ?:| *$|\n)",
            re.MULTILINE,
        ),
    )


def read_page(text: str, source: str | None = None) -> Study:
    """The text as a Study: a page's criteria, header fields, id and title; for any other text one block, the whole."""
    undone = undo_escapes(text)
    return _read(text, source) if undone is None else undone.as_written(_read(undone.text, source))


def _read(text: str, source: str | None) -> Study:
    rules = page_rules(data_dir("rules"))
    folded = fold(text.replace("\r\n", " \n").replace("\r", "\n"))
    lines = _lines(folded, rules) if _may_be_page(folded, rules) else []
    if not lines or not _is_page(folded, lines, rules):
        return _bare(text, folded, source, rules)
    header = _header(text, folded, lines, rules)
    blocks, alternates = _regions(folded, lines, header)
    notes = () if blocks else ("the page holds no eligibility criteria",)
    identifier = _identifier(text, blocks)
    return Study(source, identifier, _title(text, folded, lines, rules), text, header, blocks, alternates, notes)


def _may_be_page(folded: str, rules: PageRules) -> bool:
    """A quick look that spares most texts a closer one: whether any line is the name of a page part, or any certain label is there."""
    names = {line.strip(_EDGES) for line in folded.split("\n")}
    if not (names.isdisjoint(rules.parts) and names.isdisjoint(rules.labels)):
        return True
    return any(label in folded for label in rules.certain) or any(name.startswith(rules.starts) for name in names)


def _lines(folded: str, rules: PageRules) -> list[_Line]:
    """The non-blank lines, each with the role of the page part that it announces ('' for any other line)."""
    out = []
    for found in _LINE.finditer(folded):
        start, end = found.span()
        if end - start > 400:
            out.append(_Line(start, end, "", False, ""))
            continue
        name = found[0].strip(_EDGES)
        if not name:
            continue
        role, weak = rules.parts.get(name, ("", False))
        if not role and name in rules.labels:
            role, weak = "label", not rules.labels[name].certain
        if not role and name.startswith(rules.starts):
            role = "field"
        out.append(_Line(start, end, role, weak, name))
    return out


def _is_page(folded: str, lines: list[_Line], rules: PageRules) -> bool:
    known = {line.text for line in lines if line.role in ("field", "description", "site", "label")}
    strong = {line.text for line in lines if line.role == "field" and not line.weak}
    certain = any(
        name in folded and any(_labelled(folded, line, rules, certain=True) for line in lines)
        for name, label in rules.labels.items()
        if label.certain
    )
    return certain or (len(known) >= _ENOUGH and bool(strong))


def _labelled(folded: str, line: _Line, rules: PageRules, certain: bool = False) -> re.Match[str] | None:
    found = rules.labelled.match(folded, line.start, line.end)
    return found if found and (not certain or rules.labels[found["label"]].certain) else None


def _header(text: str, folded: str, lines: list[_Line], rules: PageRules) -> tuple[HeaderField, ...]:
    """The fields of a page: `label: | value |` on a line, a label with its value on the next line, or a run of fields."""
    out: list[HeaderField] = []
    for n, line in enumerate(lines):
        if line.role == "label" and n + 1 < len(lines) and not lines[n + 1].role:
            after = lines[n + 1]
            out += _field(rules.labels[line.text].name, text, after.start, after.end)
        elif not line.role and (found := _labelled(folded, line, rules)) and not rules.labels[found["label"]].inline:
            out += _field(rules.labels[found["label"]].name, text, *found.span("value"))
        elif not line.role and line.end - line.start < 400 and (run := _run(folded, line.start, line.end, rules)):
            out += [f for found in run for f in _field(rules.labels[found["label"]].name, text, *found.span("value"))]
    return tuple(out)


def _run(folded: str, start: int, end: int, rules: PageRules) -> list[re.Match[str]]:
    """Two or more inline fields that stand together, one of them a label of age."""
    run = list(rules.inline.finditer(folded, start, end))
    names = {rules.labels[m["label"]].name for m in run}
    return run if len(names) > 1 and not names.isdisjoint(("minimum_age", "maximum_age", "gender_based")) else []


def _field(name: str, text: str, start: int, end: int) -> list[HeaderField]:
    value = text[start:end]
    start += len(value) - len(value.lstrip(" \t\r|"))
    value = value.strip(" \t\r|")
    return [HeaderField(name, value, start, start + len(value))] if value and name != "gender_based" else []


def _regions(
    folded: str, lines: list[_Line], header: tuple[HeaderField, ...]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """The criteria blocks of a page, and those inside its description where the page has others."""
    main: list[tuple[int, int]] = []
    described: list[tuple[int, int]] = []
    part, begin = "", None
    starts = [line.start for line in lines]
    in_field = {starts[bisect_right(starts, f.start) - 1] for f in header if f.start is not None}
    for line in [*lines, _Line(len(folded), len(folded), "field", False, "")]:
        ends = line.role in ("field", "description", "label") or line.start in in_field
        if line.role == "criteria" and begin is None:
            begin = line.start
        elif ends and begin is not None and not (line.weak and part != "description"):
            (described if part == "description" else main).append((begin, _stop(folded, begin, line.start)))
            begin = None
        if line.role in ("field", "description", "label") and begin is None:
            part = line.role
        elif line.start in in_field and begin is None:
            part = "label"
    if not main and not described:
        main = _behind_fields(folded, lines, in_field)
    return (tuple(main), tuple(described)) if main else (tuple(described), ())


def _behind_fields(folded: str, lines: list[_Line], in_field: set[int]) -> list[tuple[int, int]]:
    """Where no heading names the criteria: what stands between the last header field and the next page part."""
    last = max((n for n, line in enumerate(lines) if line.start in in_field), default=None)
    if last is None:
        return []
    begin = lines[last].end
    stop = next((line.start for line in lines[last + 1 :] if line.role in ("field", "description")), len(folded))
    begin += len(folded[begin:stop]) - len(folded[begin:stop].lstrip())
    return [(begin, _stop(folded, begin, stop))] if folded[begin:stop].strip() else []


def _stop(folded: str, begin: int, end: int) -> int:
    return begin + len(folded[begin:end].rstrip())


def _identifier(text: str, blocks: tuple[tuple[int, int], ...]) -> str | None:
    """The page's own NCT id: the first outside of the criteria, where another trial may be named."""
    edges = [0, *(edge for block in blocks for edge in block), len(text)]
    ids = (_NCT.search(text, start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return next((found[0].upper() for found in ids if found), None)


def _title(text: str, folded: str, lines: list[_Line], rules: PageRules) -> str | None:
    """The first line, if it is neither furniture nor a heading."""
    first = next((line for line in lines if line.role != "site" or not line.text), None)
    if first is None or first.role or first.end - first.start > 400 or _labelled(folded, first, rules):
        return None
    return text[first.start : first.end].strip() or None


def _bare(text: str, folded: str, source: str | None, rules: PageRules) -> Study:
    """A text without furniture: all of it criteria, save a run of header fields that a registry's dump puts ahead of it or behind."""
    head = _NCT.match(text.lstrip())
    fields: list[HeaderField] = []
    cuts: list[tuple[int, int]] = []
    for line in _LINE.finditer(folded):
        run = _run(folded, *line.span(), rules) if ":" in line[0] and "age" in line[0] else []
        if run:
            fields += [f for found in run for f in _field(rules.labels[found["label"]].name, text, *found.span("value"))]
            cuts.append((run[0].start(), run[-1].end()))
    edges = [0, *(e for cut in cuts for e in cut), len(text)]
    blocks = tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if not cuts or text[a:b].strip(" \n\r\t|"))
    return Study(source, head[0].upper() if head else None, None, text, tuple(fields), blocks, (), ())
