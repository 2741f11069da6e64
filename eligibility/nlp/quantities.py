"""Quantities: in, a segment's text with its numbers, units and comparisons; out, ranges with the place they stand in.

A grammar of few forms over the atoms (a number with its comparator and unit): what joins two of them is a range, a pair of comparators,
a list, a fraction or a tolerance. A quantity is only numbers: what it measures is found later.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eligibility.nlp.atoms import CLASSES, LOWER, UPPER, Atom, AtomReader, Comparison
from eligibility.nlp.labels import Labels
from eligibility.numbers import Number
from eligibility.units import UnitReader

_RANGE = re.compile(r"\s*[)\]]?\s*(?:(?:years?\s*)?-?(?:old|of age)\s*)?(?:-{1,2}|~|to|through|until|till|up to|\.\.\.?)\s*[(\[]?\s*")
_DASH = re.compile(r"\s?[-~]\s?")
_BETWEEN = re.compile(
    r"(?:between|from|range of|ranges? from|ranging from|ranged? between|ranging between)\s*(?:the\s*)?(?:ages?\s*)?(?:of\s*)?[(\[]?\s*$"
)
_AND = re.compile(r"\s*[)\]]?\s*(?:(?:years?\s*)?-?(?:old|of age|of life)\s*)?(?:and|an|to|&|-|,|up to)\s*[(\[]?\s*")
_JOIN = re.compile(r"\s*[)\]]?\s*,?\s*(?:to|-|~|through|until|up to)\s*[(\[]?\s*")
_SHARED_UNIT = re.compile(
    r"\s*(?:(?:in|for)\s+(?:(?:fe)?males?|(?:wo)?men|boys|girls))?\s*,?\s*(?:[)\]]?\s*,?\s*(?:or|and/or|and|but|&)\s*(?:the\s)?\s*)?[(\[]?\s*"
)
_LIST = re.compile(r"\s*-?,?\s*(?:or|and|and/or|&)\s*|\s*,\s*|\s*/\s*")
_OR = re.compile(r"\s*,?\s*or\s*")
_AROUND = re.compile(r"\s*\(?\s*(?:±|\+\s*/\s*-|\+-)\s*")
_TOLERANCE = re.compile(r"(?:±|\+\s*/\s*-|\+-)\s*$")
_WITHIN = re.compile(r"\bwithin\s+(?:the\s+|an?\s+)?$")
_FROM = re.compile(r"\s*(?:\([^()]{0,30}\)\s*)?(?:of|from)\s")
_INCLUSIVE = re.compile(r"[\s,]*\(?\s*(?:inclusive(?:ly)?|included|both inclusive)\)?")


class End(NamedTuple):
    """One end of an interval: value, whether it belongs to it, its unit, and the letter of a stage or class (IIIB: b)."""

    value: float
    inclusive: bool
    unit: str | None
    letter: str = ""


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
    letters: tuple[str | None, ...] = ()
    explicit: bool = False
    worded: bool = False
    label: str | None = None
    mirrored: bool = False
    half: int | None = None
    denominator: float | None = None
    roman: bool = False
    numbers: tuple[tuple[int, int], ...] = ()
    compound: bool = False
    unsure: bool = False  # compared as better or worse, and nobody can say which side that is
    difference: bool = False  # from another value: "within 20 % of ideal body weight"


class QuantityGrammar:
    """The grammar over one text: `read` gives the quantities of a part of it."""

    def __init__(self, plain: str, folded: str, units: UnitReader, words: Mapping[str, Container[str]], labels: Labels) -> None:
        self.folded, self.units, self.labels = folded, units, labels
        self.atoms = AtomReader(plain, folded, units, words, labels)

    def read(
        self, start: int, end: int, numbers: Sequence[Number], comparisons: Sequence[Comparison], scales: Sequence[tuple[int, int]] = ()
    ) -> list[Quantity]:
        atoms = self.atoms.read(start, end, numbers, comparisons, scales)
        found: list[Quantity] = []
        position = 0
        while position < len(atoms):
            quantities, used = self._join(atoms, position, start)
            found.extend(quantities)
            position += used
        for quantity in found:
            self._limit_within(quantity, start)
            self._stretch(quantity, end)
        return found

    def _join(self, atoms: list[Atom], at: int, start: int) -> tuple[list[Quantity], int]:
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
        if first.op is None and _AROUND.fullmatch(gap) and (first.unit is None or second.unit in (None, first.unit)):
            return [self._around(first, second)], 2
        if self._is_range(first, second, gap, start):
            return [self._range(first, second)], 2
        if first.op in UPPER and not first.after and second.op is None and first.value < second.value and _DASH.fullmatch(gap):
            return [self._quantity(first, second, None, End(second.value, first.op == "<=", second.unit))], 2  # "no more than 1.5-2 mg"
        if first.mirrored and second.op in (*LOWER, *UPPER) and second.op[0] == (first.op or "")[0].translate({60: 62, 62: 60}):
            quantity = self._pair(first, second)
            quantity.mirrored = True
            return [quantity], 2
        if _opposed(first, second) and _JOIN.fullmatch(gap):
            return [self._pair(first, second)], 2
        if not gap.strip() and second.op and second.start < second.number.start and _is_bare(first):
            return [], 1  # "anti Fel d 1 ≥ 0.7": the end of a name
        if self._lost_a_sign(first, second, gap):
            return [self._range(first, second)], 2
        if gap.strip() == "/" and not CLASSES.intersection((first.number.kind, second.number.kind)):
            return self._slash(first, second), 2
        if self._rises(first, second, gap):  # "grade 3 or 4 or higher"
            return [self._quantity(first, second, End(first.value, True, second.unit), None, explicit=True)], 2
        members = self._members(atoms, at)
        if len(members) > 1:
            return [self._list(members)], len(members)
        if first.op and second.op and first.unit is None and second.unit and _SHARED_UNIT.fullmatch(gap) and gap.strip() not in (")", "]"):
            first.unit, first.reference = second.unit, second.reference
        return [self._single(first)], 1

    def _is_range(self, first: Atom, second: Atom, gap: str, start: int) -> bool:
        if first.op in UPPER or second.op in LOWER or first.mirrored:
            return False
        if first.unit and second.unit and self.units.kind(first.unit) != self.units.kind(second.unit):
            return False
        if gap in ("-", "--") and second.value < first.value and first.unit is None and first.op is second.op is None and not first.label:
            return False  # "Article 1121-5", "protocol 04-921": no range runs down
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

    def _lost_a_sign(self, first: Atom, second: Atom, gap: str) -> bool:
        """True for "= 18 and = 65", which nothing can be: exports lose ≥ and ≤ that way, and the two are the ends of a range."""
        signs = (first.op, second.op)
        if "=" not in signs or first.op not in ("=", *LOWER) or second.op not in ("=", *UPPER) or first.value >= second.value:
            return False
        same = first.unit is None or first.unit == second.unit
        return same and bool(_SHARED_UNIT.fullmatch(gap)) and "or" not in gap

    def _rises(self, first: Atom, second: Atom, gap: str) -> bool:
        return (
            first.op is None
            and first.unit is None
            and second.op == ">="
            and bool(second.after)
            and first.value < second.value
            and bool(_OR.fullmatch(gap))
        )

    def _members(self, atoms: list[Atom], at: int) -> list[Atom]:
        members = [atoms[at]]
        for index in range(at + 1, len(atoms)):
            atom, last = atoms[index], members[-1]
            if (
                atom.op is not None
                or last.op not in (None, "=")
                or last.unit is not None
                or atom.number.kind not in _alike(last.number.kind)
            ):
                break
            gap = self.folded[last.end : atom.start]
            if not (_LIST.fullmatch(gap) or (atom.label and self.labels.again.fullmatch(self.folded[last.end : atom.number.start]))):
                break
            members.append(atom)
        return members if members[-1].number.kind != "word" or "or" in self.folded[members[0].end : members[-1].start] else members[:1]

    def _single(self, atom: Atom) -> Quantity:
        lower, upper = _ends(atom.op, atom.value, atom.unit, atom.number.suffix)
        return self._quantity(atom, atom, lower, upper)

    def _range(self, first: Atom, second: Atom) -> Quantity:
        unit = first.unit or second.unit
        lower = End(first.value, first.op != ">", unit, first.number.suffix)
        upper = End(second.value, second.op != "<", second.unit or unit, second.number.suffix)
        return self._quantity(first, second, lower, upper, explicit=True)

    def _pair(self, first: Atom, second: Atom) -> Quantity:
        unit = first.unit or second.unit
        ends = [_ends(a.op, a.value, a.unit or unit, a.number.suffix) for a in (first, second)]
        lower = ends[0][0] or ends[1][0]
        upper = ends[0][1] or ends[1][1]
        return self._quantity(first, second, lower, upper, explicit=True)

    def _list(self, members: list[Atom]) -> Quantity:
        ranked = sorted({(atom.value, atom.number.suffix) for atom in members})
        unit = members[-1].unit
        low, high = (End(value, True, unit, letter) for value, letter in (ranked[0], ranked[-1]))
        quantity = self._quantity(members[0], members[-1], low, high)
        quantity.values = tuple(value for value, _ in ranked)
        if any(letter for _, letter in ranked):
            quantity.letters = tuple(letter or None for _, letter in ranked)
        quantity.numbers = tuple((a.number.start, a.number.end) for a in members)
        return quantity

    def _slash(self, first: Atom, second: Atom) -> list[Quantity]:
        """120/80 may be a pair, 4/10 a value on a scale: both are kept until the subject decides."""
        unit = first.unit or second.unit
        upper_half, lower_half = (
            self._quantity(first, second, *_ends(first.op, atom.value, unit), explicit=first.op is not None) for atom in (first, second)
        )
        upper_half.half, lower_half.half = 0, 1
        upper_half.denominator = lower_half.denominator = second.value
        return [upper_half, lower_half]

    def _tolerance(self, atom: Atom) -> Quantity:
        quantity = self._quantity(atom, atom, End(-atom.value, True, atom.unit), End(atom.value, True, atom.unit), explicit=True)
        quantity.start = _TOLERANCE.search(self.folded, max(0, atom.start - 6), atom.start).start()  # type: ignore[union-attr]
        return quantity

    def _around(self, first: Atom, second: Atom) -> Quantity:
        unit = first.unit or second.unit
        low, high = first.value - second.value, first.value + second.value
        return self._quantity(first, second, End(low, True, unit), End(high, True, unit), explicit=True)

    def _quantity(self, first: Atom, last: Atom, lower: End | None, upper: End | None, explicit: bool = False) -> Quantity:
        unit = first.unit or last.unit
        return Quantity(
            start=first.start, end=last.end, first=first.number.start, lower=lower, upper=upper, unit=unit,
            kind="none" if unit is None else "time" if unit == "half_life" else self.units.kind(unit),
            reference=first.reference or last.reference,
            explicit=explicit or first.op is not None, worded=first.number.kind == "word", label=first.label,
            mirrored=first.mirrored, roman=first.number.kind in CLASSES,
            compound=first is last and first.number.compound, unsure=(first.unsure or last.unsure) and first.op is None and last.op is None,
            numbers=tuple(dict.fromkeys(((first.number.start, first.number.end), (last.number.start, last.number.end)))),
        )  # fmt: skip

    def _limit_within(self, quantity: Quantity, start: int) -> None:
        """ "within 1.5 x ULN" is an upper limit, "within 2 g/dL of baseline" a distance to either side; within a time is a window."""
        if quantity.explicit or quantity.kind in ("none", "time", "frequency") or quantity.upper is None or quantity.values:
            return
        within = _WITHIN.search(self.folded, max(start, quantity.start - 12), quantity.start)
        if within is None:
            return
        quantity.start, quantity.explicit, quantity.lower = within.start(), True, None
        if quantity.kind not in ("multiple", "length") and _FROM.match(self.folded, quantity.end):
            quantity.difference, quantity.lower = True, quantity.upper._replace(value=-quantity.upper.value)

    def _stretch(self, quantity: Quantity, end: int) -> None:
        inclusive = _INCLUSIVE.match(self.folded, quantity.end, min(end, quantity.end + 24))
        if inclusive:
            quantity.end = inclusive.end()


def _is_bare(atom: Atom) -> bool:
    return atom.op is None and atom.unit is None and atom.label is None and atom.number.kind == "digits" and atom.end == atom.number.end


def _alike(kind: str) -> tuple[str, ...]:
    return ("digits", "roman") if kind in ("digits", "roman") else (kind,)


def _opposed(first: Atom, second: Atom) -> bool:
    if first.mirrored or second.mirrored:
        return False
    if first.op in LOWER and second.op in UPPER:
        return first.unit is None or second.unit is None or first.unit != second.unit or first.value <= second.value
    return first.op in UPPER and second.op in LOWER and first.value > second.value


def _ends(op: str | None, value: float, unit: str | None, letter: str = "") -> tuple[End | None, End | None]:
    if op in LOWER:
        return End(value, op == ">=", unit, letter), None
    if op in UPPER:
        return None, End(value, op == "<=", unit, letter)
    return End(value, True, unit, letter), End(value, True, unit, letter)
