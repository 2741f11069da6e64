"""Atoms: in, a segment's numbers, units and comparators; out, each number with its unit, its comparator and the word of its class.

The lexer's half of the reading of quantities. Sums of two units ("23 weeks 6 days") are one atom, in the smaller unit; nothing else is
converted, and no two atoms are joined here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eligibility.nlp.labels import Labels
from eligibility.numbers import Number
from eligibility.units import Unit, UnitReader

LOWER, UPPER = (">", ">="), ("<", "<=")
_MIRROR = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "=", "~": "~", "!=": "!="}
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "=", "~": "!="}
_BEFORE_GAP = re.compile(
    r"[\s(\[:\"]*(?:[)\]]\s*)?(?:(?:the|a|an|of|or|equal|to|age|ages|aged|about|approximately|is|score|scores|grade|grades|stage|stages|class|"
    r"estimation|dose|total|limit|value|type|reference range|normal range)\b[\s(:]*)*(?:(?:median|mean|average)\s*(?:\+|plus)\s*)?"
)
_AFTER_GAP = re.compile(r"[)\]]?\s*(?:years?|of age|in age|old|of life|duration|in duration|in length|points?)?\s*,?\s*\(?")
_NOT = re.compile(r"\bnot\s+(?:be\s+|to\s+be\s+)?$")
_SUM = re.compile(r"\s*(?:and|,|\+)?\s*")
_COMPARES_NEXT = re.compile(r"\s*than\b|[ \t]*\d|\s+\d+(?!\d|[.)]\s)")  # but not the number of the next item of a list
_NEXT_WORD = re.compile(r"\s{1,40}([a-z][a-z-]{3,11})(?=\s)")
_ENDS = re.compile(r"\s*(?:$|[.,;:)\]\n])")
_ABOVE = re.compile(r"\b(?:higher|greater|above|more)\b")
_SEVENTHS = re.compile(r"\s*(?:\+|weeks?|wks?)?\s*\+?\s*(?P<days>[0-6])\s*/\s*7\b")
_DAYS = re.compile(r" ?(?P<sign>[+-]) ?(?P<days>[0-6])(?![\d.,/%])(?= ?(?P<unit>weeks?|wks?)?)")
_GESTATION = re.compile(r"gestation|pregnan|amenorrh|\bga\b")
_INCHES = re.compile(r"\s?'\s?(?P<inches>\d{1,2})\s?(?:\"|'')")
_TALLEST = 8  # feet
_NAMES_NEXT = re.compile(r"\s*[a-z(]")
_OPENED, _CLOSED = re.compile(r" ?[(\[](?=[a-z/%°])"), re.compile(r" ?[)\]]")
_NUMBERS_IN_BRACKET = re.compile(r"(?<!\d)[(\[][\d\s.,<>≥≤=~-]{1,22}$")
_AGAIN = re.compile(r"\s*\([^()]{0,30}\)\s*")
_NEAR = 60
CLASSES = frozenset({"roman", "letter"})
_SMALLER = {("[ft_i]", "[in_i]"): 12, ("a", "mo"): 12, ("a", "wk"): 52, ("wk", "d"): 7, ("d", "h"): 24, ("h", "min"): 60}


class Comparison(NamedTuple):
    """A comparator found: side is 'before' or 'after' the number, or 'both' for a sign; `graded` where it compares only grades."""

    start: int
    end: int
    op: str
    side: str
    graded: bool = False


@dataclass(slots=True)
class Atom:
    """A number at start:end with what belongs to it; `label` is the word of its class, `mirrored` where it stands left of a sign."""

    start: int
    end: int
    number: Number
    value: float
    unit: str | None
    unit_end: int
    reference: str | None
    op: str | None
    label: str | None
    after: str = ""
    mirrored: bool = False
    unsure: bool = False  # "2 or worse" of a scale whose direction no word says


class AtomReader:
    """Reads the atoms of the parts of one text; `words` are the word lists of the rules."""

    def __init__(self, plain: str, folded: str, units: UnitReader, words: Mapping[str, Container[str]], labels: Labels) -> None:
        self.plain, self.folded, self.units, self.words, self.labels = plain, folded, units, words, labels
        self._comparisons: Sequence[Comparison] = ()
        self._places: list[int] = []
        self._scales: Sequence[tuple[int, int]] = ()

    def read(
        self, start: int, end: int, numbers: Sequence[Number], comparisons: Sequence[Comparison], scales: Sequence[tuple[int, int]] = ()
    ) -> list[Atom]:
        """The atoms of start:end in text order; a number inside the unit or bracket of the one before it ("/1.73 m2") is none.

        `scales` are the names of scales, which may stand between a comparator and its number: "> NYHA 2".
        """
        self._comparisons, self._places, self._scales = comparisons, [comparison.start for comparison in comparisons], scales
        atoms: list[Atom] = []
        floor = start
        for index, number in enumerate(numbers):
            if number.start < floor:
                continue
            ceiling = numbers[index + 1].start if index + 1 < len(numbers) else end
            atom = self._atom(number, floor, ceiling)
            floor = atom.end
            if not (atoms and self._add(atoms[-1], atom)):
                atoms.append(atom)
        return atoms

    def _atom(self, number: Number, floor: int, ceiling: int) -> Atom:
        days = _SEVENTHS.match(self.folded, number.end) or self._days_behind(number)
        inches = _INCHES.match(self.folded, number.end) if number.value <= _TALLEST else None
        written = days.end() if days else number.end
        rank = self.labels.behind.match(self.folded, written) if number.kind == "ordinal" else None  # "third-degree" is no angle
        unit = None if rank or number.kind in CLASSES else self._unit(written)
        value, code = _scaled(number, unit.ucum) if unit else (number.value, None)
        if days:  # "28 3/7 weeks"
            count = int(days["days"])
            value, code = (value * 7 + count, "d") if count else (value, "wk")
        if inches:  # 4' 11"
            value, code, written = number.value * 12 + int(inches["inches"]), "[in_i]", inches.end()
        unit_end = unit.end if unit else written
        atom = Atom(number.start, unit_end, number, value, code, unit_end, unit.reference if unit else None, None, None)
        if rank:  # the members of a list share it: "second and third-degree"
            atom.label = rank.group(1)
            atom.end = atom.unit_end = rank.end() if rank.end() <= ceiling else atom.end
        self._label(atom, floor)
        self._compare_before(atom, floor)
        if atom.op is None and unit and self.units.kind(unit.ucum) == "multiple" and _ABOVE.search(self.folded, written, unit_end):
            atom.op = ">="  # "twice higher than normal"
        self._label(atom, floor)
        self._compare_after(atom, ceiling)
        return atom

    def _days_behind(self, number: Number) -> re.Match[str] | None:
        """The days of the obstetrician's "37+0" and "36-6 weeks"; a plus elsewhere is a sum, a hyphen a range."""
        found = _DAYS.match(self.folded, number.end)
        if found is None or number.kind != "digits" or not (4 <= number.value <= 45 and number.value == int(number.value)):
            return None
        if found["sign"] == "-":
            return found if found["unit"] and number.value > 12 else None
        near = self.folded[max(0, number.start - _NEAR) : found.end() + _NEAR]
        return found if found["unit"] or _GESTATION.search(near) else None

    def _label(self, atom: Atom, floor: int) -> None:
        """The word of a class before the number, or before its comparator: "grade 3", "grade ≥ 3"."""
        label = None if atom.label or atom.unit else self.labels.before.search(self.folded, max(floor, atom.start - 24), atom.start)
        if label:
            atom.label, atom.start = label.group(1), label.start(1)

    def _unit(self, position: int) -> Unit | None:
        """The unit behind a number, also across a bracket or a word of order."""
        read = self.units.read(self.plain, self.folded, position)
        return read or self._bracketed_unit(position) or self._unit_behind_bracket(position) or self._parted_unit(position)

    def _bracketed_unit(self, position: int) -> Unit | None:
        """The unit of "60 (mL/min)"; nothing but the unit may stand in the bracket."""
        opened = _OPENED.match(self.folded, position)
        unit = self.units.read(self.plain, self.folded, opened.end()) if opened else None
        closed = _CLOSED.match(self.folded, unit.end) if unit else None
        return unit._replace(end=closed.end()) if unit and closed else None

    def _unit_behind_bracket(self, position: int) -> Unit | None:
        """The unit of "(16-24) weeks": the bracket holds numbers alone."""
        closed = _CLOSED.match(self.folded, position)
        if closed is None or not _NUMBERS_IN_BRACKET.search(self.folded, max(0, position - 24), position):
            return None
        return self.units.read(self.plain, self.folded, closed.end())

    def _parted_unit(self, position: int) -> Unit | None:
        """The unit of time of "the 6 previous months", where one word stands between."""
        word = _NEXT_WORD.match(self.folded, position)
        if word is None or word.group(1) not in self.words["unit_lead"]:
            return None
        unit = self.units.read(self.plain, self.folded, word.end())
        return unit if unit and self.units.kind(unit.ucum) == "time" else None

    def _compare_before(self, atom: Atom, floor: int) -> None:
        for index in range(bisect_left(self._places, atom.start) - 1, -1, -1):
            comparison = self._comparisons[index]
            if comparison.end > atom.start or comparison.side == "after":
                continue
            if not _fits(comparison, atom):
                atom.unsure = atom.unsure or (comparison.start >= floor and self._leads(comparison.end, atom.start))
                continue
            if comparison.start < floor:
                return
            if not self._leads(comparison.end, atom.start):
                if atom.op is None and self._limits_extent(comparison, atom.start):
                    atom.op = comparison.op
                return
            op = comparison.op
            denied = _NOT.search(self.folded, max(floor, comparison.start - 12), comparison.start)
            if denied:
                op = _OPPOSITE[op]
            if atom.op is None or op == "=":
                atom.op = _with_equality(op, atom.op)
            elif op in (*LOWER, *UPPER) and atom.op == "=":
                atom.op = op[0] + "="
            atom.start = denied.start() if denied else comparison.start

    def _leads(self, start: int, end: int) -> bool:
        """Whether only words that lead to a number stand between the places, and at most the name of its scale."""
        if _BEFORE_GAP.fullmatch(self.folded, start, end):
            return True
        for low, high in self._scales:
            if start <= low < end:
                behind = high >= end or _BEFORE_GAP.fullmatch(self.folded, high, end)
                return bool(_BEFORE_GAP.fullmatch(self.folded, start, low) and behind)
        return False

    def _limits_extent(self, comparison: Comparison, position: int) -> bool:
        """True for "minimum life expectancy of", "maximum daily dose:": an adjective, and behind it the name of what it limits."""
        if self.folded[comparison.start : comparison.end] not in self.words["limiting"] or position - comparison.end > 60:
            return False
        words = self.folded[comparison.end : position].removesuffix(" ").rstrip(":").split()
        while words and words[-1] in ("of", "is", "was", "to", "be", "must", "should"):
            words.pop()
        return 0 < len(words) <= 5 and words[-1] in self.words["extent"] and all(word.replace("-", "").isalpha() for word in words)

    def _compare_after(self, atom: Atom, ceiling: int) -> None:
        self._plus(atom)
        for index in range(bisect_left(self._places, atom.unit_end), len(self._comparisons)):
            comparison = self._comparisons[index]
            if comparison.side == "before":
                continue
            if not _fits(comparison, atom):
                atom.unsure = atom.unsure or not self.folded[atom.end : comparison.start].strip()
                continue
            again = _AGAIN.match(self.folded, atom.end, comparison.start)
            gap = _AFTER_GAP.match(self.folded, again.end() if again else atom.end, comparison.start)
            if (comparison.start >= ceiling and not again) or not gap or gap.end() < comparison.start:
                return
            mirrored = comparison.side == "both"
            if mirrored and (again or atom.op is not None or not _NAMES_NEXT.match(self.folded, comparison.end)):
                return
            if not mirrored and (_COMPARES_NEXT.match(self.folded, comparison.end) or self._begins_anew(comparison, gap)):
                return
            about = atom.op == "~"  # "approximately 30 minutes or less"
            atom.op = _MIRROR[comparison.op] if mirrored else comparison.op if about else atom.op or comparison.op
            atom.after = "" if mirrored else self.folded[comparison.start : comparison.end]
            atom.end, atom.mirrored = comparison.end, mirrored
            return

    def _begins_anew(self, comparison: Comparison, gap: re.Match[str]) -> bool:
        """True for "…, minimum use of 8 days": a comparator without "or" belongs to the number before it only where it ends the phrase."""
        if self.folded.startswith(("or", "and", "&", "/", "plus"), comparison.start):
            return False
        return "," in gap.group() or not _ENDS.match(self.folded, comparison.end)

    def _plus(self, atom: Atom) -> None:
        """ "18+ years": at least, with the unit behind the sign."""
        if not self.folded.startswith("+", atom.unit_end) or self.folded[atom.unit_end + 1 : atom.unit_end + 3].strip()[:1].isdigit():
            return
        atom.op, atom.end = atom.op or ">=", atom.unit_end + 1
        if atom.unit is None and (unit := self.units.read(self.plain, self.folded, atom.end)):
            atom.unit, atom.end, atom.unit_end = unit.ucum, unit.end, unit.end

    def _add(self, first: Atom, second: Atom) -> bool:
        """Add the second atom to the first where they are one sum: "23 weeks 6 days", "24 + 0 weeks"."""
        gap = self.folded[first.end : second.start]
        if (second.op is not None and second.after == "") or not _SUM.fullmatch(gap) or first.after:
            return False
        units = (first.unit or ("wk" if gap.strip() == "+" else None), "d" if first.unit is None and second.unit == "wk" else second.unit)
        factor = _SMALLER.get((units[0] or "", units[1] or ""))
        if factor is None or gap.strip() == "," or second.value >= factor:
            return False
        first.end = first.unit_end = second.end
        first.after, first.op = second.after, first.op or second.op
        first.unit = units[0]
        if second.value:
            first.value, first.unit = first.value * factor + second.value, units[1]
        return True


def _fits(comparison: Comparison, atom: Atom) -> bool:
    return not comparison.graded or atom.label is not None or atom.number.kind in CLASSES


def _scaled(number: Number, unit: str) -> tuple[float, str]:
    """ "1.5 x 10^9 /L" as it is written: 1.5 of the unit 10*9/L."""
    if not number.power or not unit.startswith("/"):
        return number.value, unit
    return float(f"{number.value / 10.0**number.power:.12g}"), f"10*{number.power}{unit}"


def _with_equality(op: str, other: str | None) -> str:
    """Two comparators before one number as one: ">" and "=" are ">="."""
    if other is None or other == op:
        return op
    if {op[0], other[0]} in ({">", "="}, {"<", "="}):
        return (op if op[0] in "<>" else other)[0] + "="
    return op if op[0] != other[0] else op[0] + "="
