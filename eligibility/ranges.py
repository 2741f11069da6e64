"""Ranges: amounts with their UCUM units, and windows of time, as they were written.

Bounds keep the number and the unit as written; the pint quantity is made on demand. Spans are (start, end) offsets into the input, in
Unicode code points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from eligibility.frozen import Frozen

if TYPE_CHECKING:
    import pint

Anchor = Literal[
    "screening", "baseline", "enrollment", "randomization", "consent", "treatment_start",
    "treatment_end", "procedure", "diagnosis", "birth", "study",
]  # fmt: skip
Direction = Literal["before", "after", "around"]


class Span(NamedTuple):
    """Offsets into the input text, in Unicode code points, end exclusive."""

    start: int
    end: int


class Bound(Frozen):
    """One end of a range: the number and its UCUM unit as written (100000 /mm3 stays so); unit None where there is none.

    `letter` is what a stage has behind its number ("b" of 3b), or, in capitals, a class that has no number: B of "Child-Pugh B",
    whose magnitude is then its place in the alphabet. Stages compare by magnitude, then by letter; 3 without a letter holds 3a to 3c.
    """

    magnitude: float
    unit: str | None = None
    inclusive: bool = True
    letter: str | None = None

    @property
    def quantity(self) -> pint.Quantity[Any]:
        """The bound as a pint quantity of `eligibility.ureg`; raises UnitError where the unit has no pint equivalent."""
        from eligibility.ucum import quantity

        return quantity(self.magnitude, self.unit or "1")

    @property
    def number(self) -> str:
        """The number with its letter, or the letter alone where it is the class."""
        if self.letter is None:
            return f"{self.magnitude:.15g}"
        return self.letter if self.letter.isupper() else f"{self.magnitude:.15g}{self.letter}"

    def __str__(self) -> str:
        return f"{self.number} {self.unit}" if self.unit else self.number


class Range(Frozen):
    """An interval, open where a bound is None. `span` is the expression it was read from; `values` the members where the text lists them,
    and `letters` what stands behind each of them, where one of them is a stage with a letter ("IB or IIA": 1, 2 and b, a).

    `reference` is what a percentage is of: "40% predicted" has the unit % and the reference `predicted`.
    """

    lower: Bound | None = None
    upper: Bound | None = None
    values: tuple[float, ...] = ()
    letters: tuple[str | None, ...] = ()
    reference: str | None = None
    span: Span | None = None

    @property
    def empty(self) -> bool:
        """True where no value can satisfy it (bounds of one unit that cross)."""
        low, high = self.lower, self.upper
        if low is None or high is None or low.unit != high.unit:
            return False
        if low.magnitude == high.magnitude and low.letter != high.letter:
            return low.letter is not None and high.letter is not None and low.letter > high.letter
        return low.magnitude > high.magnitude or (low.magnitude == high.magnitude and not (low.inclusive and high.inclusive))

    @property
    def unit(self) -> str | None:
        bound = self.lower or self.upper
        return bound.unit if bound else None

    def __str__(self) -> str:
        return f"{self._interval()} of {self.reference}" if self.reference else self._interval()

    def _interval(self) -> str:
        low, high = self.lower, self.upper
        if low and high and low.unit == high.unit:
            unit = f" {low.unit}" if low.unit else ""
            if low.number == high.number and low.inclusive and high.inclusive:
                return f"= {low.number}{unit}"
            if low.inclusive and high.inclusive:
                return f"{low.number}..{high.number}{unit}"
            return f"{_sign(low, '>')} {low.number} & {_sign(high, '<')} {high.number}{unit}"
        return " & ".join(f"{_sign(bound, sign)} {bound}" for bound, sign in ((low, ">"), (high, "<")) if bound)


def _sign(bound: Bound, sign: str) -> str:
    return sign + "=" if bound.inclusive else sign


class Window(Frozen):
    """When: a range of time before, after or around an anchor.

    "within 4 weeks of" has an upper bound, "at least 4 weeks since" a lower one. "4 weeks or 5 half-lives, whichever is longer"
    has two alternatives and `choose="longest"`.
    """

    alternatives: tuple[Range, ...]
    anchor: Anchor | None = None
    direction: Direction | None = None
    choose: Literal["longest", "shortest"] | None = None

    @property
    def range(self) -> Range:
        return self.alternatives[0]

    @property
    def phrase(self) -> str:
        """The window in words: "within 28 d before baseline", "at least 4 wk after treatment_end"."""
        said = []
        for found in self.alternatives:
            one_sided = (found.lower is None) != (found.upper is None)
            bound = found.upper or found.lower
            inclusive = bound is not None and bound.inclusive
            said.append(f"{'within' if found.upper else 'at least'} {bound}" if one_sided and inclusive else str(found))
        joined = " or ".join(said) + (f" (the {self.choose})" if self.choose else "")
        return " ".join(part for part in (joined, self.direction or "", self.anchor or "") if part)

    def __str__(self) -> str:
        joined = " or ".join(str(alternative) for alternative in self.alternatives)
        parts = [joined, self.choose or "", self.direction or "", self.anchor or ""]
        return " ".join(part for part in parts if part)
