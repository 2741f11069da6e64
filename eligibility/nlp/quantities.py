"""Quantities: in, a segment's text with its numbers, units and comparisons; out, ranges with the place they stand in.

A lexer (numbers, comparators, units), then a grammar of few forms: comparator number unit, number unit comparator, and what joins
two of them (a range, a pair of comparators, a list, a fraction, a tolerance, a sum such as "23 weeks 6 days"). A quantity is only
numbers: what it measures is found later. Nothing is converted except a sum of two units, which is given in the smaller one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eligibility.numbers import Number
from eligibility.units import Unit, UnitReader

LOWER, UPPER, EQUAL = (">", ">="), ("<", "<="), ("=", "~")
_MIRROR = {">": "<", ">=": "<=", "<": ">", "<=": ">=", "=": "=", "~": "~"}
_BEFORE_GAP = re.compile(
    r"[\s(\[]*(?:(?:the|a|an|of|or|equal|to|age|ages|aged|about|approximately|is|score|scores|grade|grades|stage|stages|class|ctcae|"
    r"nyha|ecog|asa|gina|estimation|dose|total|limit|value|type)\b[\s(]*)*"
)
_AFTER_GAP = re.compile(r"[)\]]?\s*(?:years?|of age|in age|old|of life|duration|in duration|in length|points?)?\s*,?\s*\(?")
_RANGE = re.compile(r"\s*[)\]]?\s*(?:(?:years?\s*)?-?(?:old|of age)\s*)?(?:-{1,2}|~|to|through|until|till|up to|\.\.\.?)\s*[(\[]?\s*")
_BETWEEN = re.compile(
    r"(?:between|from|range of|ranges? from|ranging from|ranged? between|ranging between)\s*(?:the\s*)?(?:ages?\s*)?(?:of\s*)?[(\[]?\s*$"
)
_AND = re.compile(r"\s*[)\]]?\s*(?:(?:years?\s*)?-?(?:old|of age)\s*)?(?:and|to|&|-|,|up to)\s*[(\[]?\s*")
_JOIN = re.compile(r"\s*[)\]]?\s*,?\s*(?:to|-|~|through|until|up to)\s*[(\[]?\s*")
_SHARED_UNIT = re.compile(r"\s*[)\]]?\s*,?\s*(?:or|and/or|and|but|&)?\s*[(\[]?\s*")
_LIST = re.compile(r"\s*,?\s*(?:or|and|and/or|&)\s*|\s*,\s*|\s*/\s*")
_CUED = re.compile(r"\s*,?\s*(?:or|and|and/or|&|to|-|/|,)\s*(?:grades?|stages?|class|type)\s*")
_SUM = re.compile(r"\s*(?:and|,|\+)?\s*")
_TOLERANCE = re.compile(r"(?:±|\+\s*/\s*-|\+-)\s*$")
_COMPARES_NEXT = re.compile(r"\s*(?:than\b|\d)")
_OPENED, _CLOSED = re.compile(r" ?[(\[](?=[a-z/%°])"), re.compile(r" ?[)\]]")
_INCLUSIVE = re.compile(r"[\s,]*\(?\s*(?:inclusive(?:ly)?|included|both inclusive)\)?")
_CLASS = re.compile(
    r"(?:\b(grades?|stages?|stadium|class|classes|classification|category|categories|phase|step)\s*(?:of\s*|score\s*|is\s*)?[:=]?\s*\(?\s*)$"
)
_SMALLER = {("a", "mo"): 12, ("a", "wk"): 52, ("wk", "d"): 7, ("d", "h"): 24, ("h", "min"): 60, ("mo", "d"): 0}


class Comparison(NamedTuple):
    """A comparator found: side is 'before' or 'after' the number, or 'both' for a sign."""

    start: int
    end: int
    op: str
    side: str


class End(NamedTuple):
    """One end of an interval: value, whether it belongs to it, and its unit."""

    value: float
    inclusive: bool
    unit: str | None


@dataclass(slots=True)
class Quantity:
    """An interval of numbers at start:end of the text; `first` is where the numbers themselves begin."""

    start: int
    end: int
    first: int
    lower: End | None
    upper: End | None
    unit: str | None
    kind: str
    reference: str | None = None
    values: tuple[float, ...] = ()
    explicit: bool = False
    worded: bool = False
    label: str | None = None
    mirrored: bool = False
    half: int | None = None
    denominator: float | None = None
    suffix: str = ""
    roman: bool = False
    after: str = ""
    numbers: tuple[tuple[int, int], ...] = ()
    compound: bool = False


@dataclass(slots=True)
class _Atom:
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


class QuantityGrammar:
    """The grammar over one text: `read` gives the quantities of a part of it."""

    def __init__(self, plain: str, folded: str, units: UnitReader) -> None:
        self.plain, self.folded, self.units = plain, folded, units
        self._places: list[int] = []

    def read(self, start: int, end: int, numbers: Sequence[Number], comparisons: Sequence[Comparison]) -> list[Quantity]:
        self._places = [comparison.start for comparison in comparisons]
        atoms = self._atoms(start, end, numbers, comparisons)
        found: list[Quantity] = []
        position = 0
        while position < len(atoms):
            quantities, used = self._join(atoms, position, start)
            found.extend(quantities)
            position += used
        for quantity in found:
            self._stretch(quantity, end)
        return found

    def _atoms(self, start: int, end: int, numbers: Sequence[Number], comparisons: Sequence[Comparison]) -> list[_Atom]:
        atoms: list[_Atom] = []
        floor = start
        for index, number in enumerate(numbers):
            if number.start < floor:
                continue
            ceiling = numbers[index + 1].start if index + 1 < len(numbers) else end
            atom = self._atom(number, floor, ceiling, comparisons)
            atoms.append(atom)
            floor = atom.end
        return atoms

    def _atom(self, number: Number, floor: int, ceiling: int, comparisons: Sequence[Comparison]) -> _Atom:
        unit = self.units.read(self.plain, self.folded, number.end) or self._bracketed_unit(number.end)
        value, code = _scaled(number, unit.ucum) if unit else (number.value, None)
        unit_end = unit.end if unit else number.end
        label = _CLASS.search(self.folded, max(floor, number.start - 24), number.start)
        atom = _Atom(number.start, unit_end, number, value, code, unit_end, unit.reference if unit else None, None,
                     label.group(1) if label else None)  # fmt: skip
        if label:
            atom.start = label.start(1)
        self._compare_before(atom, floor, comparisons)
        self._compare_after(atom, ceiling, comparisons)
        return atom

    def _bracketed_unit(self, position: int) -> Unit | None:
        """The unit of "60 (mL/min)"; nothing but the unit may stand in the bracket."""
        opened = _OPENED.match(self.folded, position)
        unit = self.units.read(self.plain, self.folded, opened.end()) if opened else None
        closed = _CLOSED.match(self.folded, unit.end) if unit else None
        return unit._replace(end=closed.end()) if unit and closed else None

    def _compare_before(self, atom: _Atom, floor: int, comparisons: Sequence[Comparison]) -> None:
        for index in range(bisect_left(self._places, atom.start) - 1, -1, -1):
            comparison = comparisons[index]
            if comparison.end > atom.start or comparison.side == "after":
                continue
            if comparison.start < floor or not _BEFORE_GAP.fullmatch(self.folded, comparison.end, atom.start):
                return
            if atom.op is None or comparison.op == "=":
                atom.op = _with_equality(comparison.op, atom.op)
            elif comparison.op in (">", "<") and atom.op == "=":
                atom.op = comparison.op + "="
            atom.start = comparison.start

    def _compare_after(self, atom: _Atom, ceiling: int, comparisons: Sequence[Comparison]) -> None:
        if self.folded.startswith("+", atom.unit_end) and not self.folded[atom.unit_end + 1 : atom.unit_end + 3].strip()[:1].isdigit():
            atom.op, atom.end = atom.op or ">=", atom.unit_end + 1
            if atom.unit is None and (unit := self.units.read(self.plain, self.folded, atom.end)):
                atom.unit, atom.end, atom.unit_end = unit.ucum, unit.end, unit.end
        for index in range(bisect_left(self._places, atom.unit_end), len(comparisons)):
            comparison = comparisons[index]
            if comparison.side == "before":
                continue
            gap = _AFTER_GAP.match(self.folded, atom.end, comparison.start)
            if comparison.start >= ceiling or not gap or gap.end() < comparison.start:
                return
            mirrored = comparison.side == "both"
            if mirrored and (atom.op is not None or not re.match(r"\s*[a-z(]", self.folded[comparison.end : comparison.end + 3])):
                return
            if not mirrored and _COMPARES_NEXT.match(self.folded, comparison.end):
                return
            atom.op = _MIRROR[comparison.op] if mirrored else atom.op or comparison.op
            atom.after = "" if mirrored else self.folded[comparison.start : comparison.end]
            atom.end, atom.mirrored = comparison.end, mirrored
            return

    def _join(self, atoms: list[_Atom], at: int, start: int) -> tuple[list[Quantity], int]:
        """The quantities that begin with the atom at `at`, and how many atoms they took."""
        first = atoms[at]
        second = atoms[at + 1] if at + 1 < len(atoms) else None
        if _TOLERANCE.search(self.folded, max(start, first.start - 6), first.start):
            return [self._tolerance(first)], 1
        if second is None:
            return [self._single(first)], 1
        gap = self.folded[first.end : second.start]
        if len(gap) > 60:
            return [self._single(first)], 1
        if _TOLERANCE.fullmatch(gap.strip()) and first.op is None:
            return [self._around(first, second)], 2
        if self._adds_up(first, second, gap):
            merged = self._sum(first, second)
            return self._join([*atoms[:at], merged, *atoms[at + 2 :]], at, start)[0], 2
        if self._is_range(first, second, gap, start):
            return [self._range(first, second)], 2
        if first.mirrored and second.op in (*LOWER, *UPPER) and second.op[0] == (first.op or "")[0].translate({60: 62, 62: 60}):
            quantity = self._pair(first, second)
            quantity.mirrored = True
            return [quantity], 2
        if _opposed(first, second) and _JOIN.fullmatch(gap):
            return [self._pair(first, second)], 2
        if gap.strip() == "/" and not (first.number.kind == "roman" or second.number.kind == "roman"):
            return self._slash(first, second), 2
        members = self._members(atoms, at)
        if len(members) > 1:
            return [self._list(members)], len(members)
        if first.op and second.op and first.unit is None and second.unit and _SHARED_UNIT.fullmatch(gap):
            first.unit, first.reference = second.unit, second.reference
        return [self._single(first)], 1

    def _is_range(self, first: _Atom, second: _Atom, gap: str, start: int) -> bool:
        if first.op in UPPER or second.op in LOWER or first.mirrored:
            return False
        if first.unit and second.unit and self.units.kind(first.unit) != self.units.kind(second.unit):
            return False
        if _RANGE.fullmatch(gap) and not (
            first.number.kind == "word" and second.number.kind == "digits" and "to" not in gap and "-" not in gap
        ):
            return True
        between = _BETWEEN.search(self.folded, max(start, first.start - 40), first.start)
        if between and (_AND.fullmatch(gap) or (not gap.strip() and second.op in UPPER)):
            first.start = between.start()
            return True
        return (
            first.op is None
            and first.unit is None
            and second.op == "<="
            and not gap.strip()
            and self.folded.startswith("up to", second.start)
        )

    def _adds_up(self, first: _Atom, second: _Atom, gap: str) -> bool:
        if second.op is not None or not _SUM.fullmatch(gap):
            return False
        if first.unit is None and second.unit in ("wk", "d") and gap.strip() == "+":
            first.unit = "wk"
            second.unit = "d"
            return True
        if first.unit is None and second.unit == "wk" and gap.strip() == "+":
            return True
        return (first.unit, second.unit) in _SMALLER and bool(_SMALLER[first.unit or "", second.unit or ""]) and gap.strip() != ","

    def _sum(self, first: _Atom, second: _Atom) -> _Atom:
        if second.value == 0 and first.unit:
            first.end = first.unit_end = second.end
            return first
        factor = _SMALLER.get((first.unit or "", second.unit or ""), 7)
        merged = _Atom(
            first.start, second.end, first.number, first.value * factor + second.value, second.unit, second.end, None, first.op, None
        )
        merged.after = second.after
        return merged

    def _members(self, atoms: list[_Atom], at: int) -> list[_Atom]:
        members = [atoms[at]]
        for atom in atoms[at + 1 :]:
            last = members[-1]
            if (
                atom.op is not None
                or last.op not in (None, "=")
                or last.unit is not None
                or atom.number.kind not in _alike(last.number.kind)
            ):
                break
            gap = self.folded[last.end : atom.start]
            if not (_LIST.fullmatch(gap) or (atom.label and _CUED.fullmatch(self.folded[last.end : atom.number.start]))):
                break
            members.append(atom)
        return members if members[-1].number.kind != "word" or "or" in self.folded[members[0].end : members[-1].start] else members[:1]

    def _single(self, atom: _Atom) -> Quantity:
        lower, upper = _ends(atom.op, atom.value, atom.unit)
        return self._quantity(atom, atom, lower, upper)

    def _range(self, first: _Atom, second: _Atom) -> Quantity:
        unit = first.unit or second.unit
        lower = End(first.value, first.op != ">", unit)
        upper = End(second.value, second.op != "<", second.unit or unit)
        return self._quantity(first, second, lower, upper, explicit=True)

    def _pair(self, first: _Atom, second: _Atom) -> Quantity:
        unit = first.unit or second.unit
        ends = [_ends(a.op, a.value, a.unit or unit) for a in (first, second)]
        lower = ends[0][0] or ends[1][0]
        upper = ends[0][1] or ends[1][1]
        return self._quantity(first, second, lower, upper, explicit=True)

    def _list(self, members: list[_Atom]) -> Quantity:
        values = tuple(sorted({atom.value for atom in members}))
        unit = members[-1].unit
        quantity = self._quantity(members[0], members[-1], End(values[0], True, unit), End(values[-1], True, unit))
        quantity.values = values
        quantity.numbers = tuple((a.number.start, a.number.end) for a in members)
        return quantity

    def _slash(self, first: _Atom, second: _Atom) -> list[Quantity]:
        """120/80 may be a pair, 4/10 a value on a scale: both are kept until the subject decides."""
        unit = first.unit or second.unit
        upper_half, lower_half = (
            self._quantity(first, second, *_ends(first.op, atom.value, unit), explicit=first.op is not None) for atom in (first, second)
        )
        upper_half.half, lower_half.half = 0, 1
        upper_half.denominator = lower_half.denominator = second.value
        return [upper_half, lower_half]

    def _tolerance(self, atom: _Atom) -> Quantity:
        quantity = self._quantity(atom, atom, End(-atom.value, True, atom.unit), End(atom.value, True, atom.unit), explicit=True)
        quantity.start = _TOLERANCE.search(self.folded, max(0, atom.start - 6), atom.start).start()  # type: ignore[union-attr]
        return quantity

    def _around(self, first: _Atom, second: _Atom) -> Quantity:
        unit = first.unit or second.unit
        low, high = first.value - second.value, first.value + second.value
        return self._quantity(first, second, End(low, True, unit), End(high, True, unit), explicit=True)

    def _quantity(self, first: _Atom, last: _Atom, lower: End | None, upper: End | None, explicit: bool = False) -> Quantity:
        unit = first.unit or last.unit
        return Quantity(
            start=first.start, end=last.end, first=first.number.start, lower=lower, upper=upper, unit=unit,
            kind="none" if unit is None else "time" if unit == "half_life" else self.units.kind(unit),
            reference=first.reference or last.reference,
            explicit=explicit or first.op is not None, worded=first.number.kind == "word", label=first.label,
            mirrored=first.mirrored, roman=first.number.kind == "roman", after=first.after or last.after, suffix=first.number.suffix,
            compound=first is last and first.number.compound,
            numbers=tuple(dict.fromkeys(((first.number.start, first.number.end), (last.number.start, last.number.end)))),
        )  # fmt: skip

    def _stretch(self, quantity: Quantity, end: int) -> None:
        inclusive = _INCLUSIVE.match(self.folded, quantity.end, min(end, quantity.end + 24))
        if inclusive:
            quantity.end = inclusive.end()


def _scaled(number: Number, unit: str) -> tuple[float, str]:
    """ "1.5 x 10^9 /L" as it is written: 1.5 of the unit 10*9/L."""
    if not number.power or not unit.startswith("/"):
        return number.value, unit
    return float(f"{number.value / 10.0**number.power:.12g}"), f"10*{number.power}{unit}"


def _alike(kind: str) -> tuple[str, ...]:
    return ("digits", "roman") if kind in ("digits", "roman") else (kind,)


def _with_equality(op: str, other: str | None) -> str:
    """Two comparators before one number as one: ">" and "=" are ">="."""
    if other is None or other == op:
        return op
    if {op[0], other[0]} in ({">", "="}, {"<", "="}):
        return (op if op[0] in "<>" else other)[0] + "="
    return op if op[0] != other[0] else op[0] + "="


def _opposed(first: _Atom, second: _Atom) -> bool:
    if first.mirrored or second.mirrored:
        return False
    if first.op in LOWER and second.op in UPPER:
        return first.unit is None or second.unit is None or first.unit != second.unit or first.value <= second.value
    return first.op in UPPER and second.op in LOWER and first.value > second.value


def _ends(op: str | None, value: float, unit: str | None) -> tuple[End | None, End | None]:
    if op in LOWER:
        return End(value, op == ">=", unit), None
    if op in UPPER:
        return None, End(value, op == "<=", unit)
    return End(value, True, unit), End(value, True, unit)
