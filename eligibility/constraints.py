"""What the words of a criterion demand, as frozen values: ranges with UCUM units, windows of time, and one constraint type a kind of fact.

A constraint says what the words say; whether they include or exclude is in the requirement tree alone. Bounds keep the number
and the unit as written; the pint quantity is made on demand. Spans are (start, end) offsets into the input, in Unicode code points.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import pint

ConstraintType = Literal[
    "age", "sex", "measurement", "medication", "condition", "procedure", "biomarker",
    "trial", "pregnancy", "lactation", "contraception", "consent", "other",
]  # fmt: skip
Anchor = Literal[
    "screening", "baseline", "enrollment", "randomization", "consent", "treatment_start",
    "treatment_end", "procedure", "diagnosis", "birth", "study",
]  # fmt: skip
Direction = Literal["before", "after", "around"]
Temporality = Literal["history", "current", "planned"]
About = Literal["patient", "donor", "partner", "parent", "family"]


_new = object.__new__
_set_values, _set_given, _set_extra, _set_private = (  # the slots of a model: a frozen one has no other way in, and this is the shortest
    BaseModel.__dict__[slot].__set__ for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


class Span(NamedTuple):
    """Offsets into the input text, in Unicode code points, end exclusive."""

    start: int
    end: int


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def trusted(cls, **values: Any) -> Self:
        """An instance of values that are known to be right, as by `model_construct` at a fraction of its cost: for the pipeline alone."""
        defaults, names = _shapes.get(cls) or _shape(cls)
        made = _new(cls)
        _set_values(made, defaults | values)
        _set_given(made, names)
        _set_extra(made, None)
        _set_private(made, None)
        return made


_shapes: dict[type[BaseModel], tuple[dict[str, Any], set[str]]] = {}


def _shape(model: type[BaseModel]) -> tuple[dict[str, Any], set[str]]:
    """Every field in the model's order with its default, None in the place of one that must be given; and their names, as those given."""
    defaults = {name: None if field.is_required() else field.default for name, field in model.model_fields.items()}
    shape = _shapes[model] = defaults, set(defaults)
    return shape


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


class Concept(Frozen):
    """What is meant: the id of a rule, its label, and its codes as `SYSTEM:code`."""

    id: str
    label: str
    codes: tuple[str, ...] = ()


class Example(Concept):
    """What the text names as a kind of a constraint's subject, where it stands, and the type of a constraint on it."""

    type: ConstraintType
    span: Span


class Subject(Frozen):
    """The words that name what is constrained, as written, and where they stand."""

    text: str
    spans: tuple[Span, ...] = ()


class ConstraintBase(Frozen):
    """What every constraint has. `evidence` is the whole expression; `rule` the id of the rule that made it, or what did.

    `examples` are what the text names as kinds of the subject ("anticoagulants, e.g. warfarin"): they explain it and demand nothing more.
    """

    subject: Subject | None = None
    concept: Concept | None = None
    value: Range | None = None
    window: Window | None = None
    duration: Range | None = None
    count: Range | None = None
    frequency: Range | None = None
    negated: bool = False
    exception: bool = False
    temporality: Temporality | None = None
    modifiers: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    about: About = "patient"
    population: str | None = None
    evidence: Span | None = None
    rule: str = ""

    @property
    def facets(self) -> Iterator[tuple[str, Range]]:
        """Every range with the name of its facet, in a fixed order; the window's alternatives one by one."""
        fields = self.__dict__  # not getattr: a model is slow to say that it lacks a field
        for name in ("value", "dose", "stage"):
            found: Range | None = fields.get(name)
            if found is not None:
                yield name, found
        if self.window is not None:
            for alternative in self.window.alternatives:
                yield "window", alternative
        for name in ("duration", "count", "frequency"):
            found = fields[name]
            if found is not None:
                yield name, found

    @property
    def name(self) -> str:
        """The concept's id, or the words where no rule knows them, or the type."""
        if self.concept is not None:
            return self.concept.id
        return self.subject.text.lower() if self.subject else str(getattr(self, "type", ""))

    @property
    def phrase(self) -> str:
        """The constraint as a requirement says it: "corticosteroid, systemic > 10 mg/d prednisone equivalent, within 28 d before …"."""
        fields = self.__dict__
        words = self.concept.label if self.concept else self.subject.text if self.subject else str(fields.get("type", ""))
        words += f", {fields['route']}" if fields.get("route") else ""
        for facet, found in self.facets:
            if facet == "dose" and fields.get("equivalent_to"):
                words += f" {found} {fields['equivalent_to']} equivalent"
            elif facet in ("value", "dose"):
                words += f" {found}"
            elif facet != "window":
                words += f", {facet} {found}"
        words += f" ({self.population})" if self.population else ""
        return f"{words}, {self.window.phrase}" if self.window else words

    def __str__(self) -> str:
        kind: str = getattr(self, "type", "other")
        head = self.name if kind in ("age", "sex", "measurement") else f"{kind} {self.name}"
        parts = [head]
        for facet, found in self.facets:
            parts.append(str(found) if facet == "value" else f"{facet} {found}")
        if self.window is not None and (self.window.direction or self.window.anchor):
            parts.append(" ".join(part for part in (self.window.direction, self.window.anchor) if part))
        text = " ".join(parts)
        text = f"no {text}" if self.negated else text
        return f"except {text}" if self.exception else text


class Age(ConstraintBase):
    type: Literal["age"] = "age"


class Sex(ConstraintBase):
    type: Literal["sex"] = "sex"
    sex: Literal["male", "female", "all"]

    @property
    def phrase(self) -> str:
        return f"sex {self.sex}"

    def __str__(self) -> str:
        return self.phrase


class Measurement(ConstraintBase):
    """A lab value, vital sign, imaging or function test, score, grade or class, count, life expectancy: anything observed as a value."""

    type: Literal["measurement"] = "measurement"
    method: str | None = None
    specimen: str | None = None


class Medication(ConstraintBase):
    """`equivalent_to` names the drug whose equivalents count ("prednisone or equivalent")."""

    type: Literal["medication"] = "medication"
    dose: Range | None = None
    route: str | None = None
    equivalent_to: str | None = None


class Condition(ConstraintBase):
    type: Literal["condition"] = "condition"
    stage: Range | None = None


class Procedure(ConstraintBase):
    type: Literal["procedure"] = "procedure"
    dose: Range | None = None


class Biomarker(ConstraintBase):
    type: Literal["biomarker"] = "biomarker"
    alteration: str | None = None
    status: str | None = None


class Trial(ConstraintBase):
    type: Literal["trial"] = "trial"


class Pregnancy(ConstraintBase):
    """`stage` is the trimester."""

    type: Literal["pregnancy"] = "pregnancy"
    stage: Range | None = None


class Lactation(ConstraintBase):
    type: Literal["lactation"] = "lactation"


class Contraception(ConstraintBase):
    type: Literal["contraception"] = "contraception"


class Consent(ConstraintBase):
    type: Literal["consent"] = "consent"


class Other(ConstraintBase):
    """A sentence's demand beyond the types above, with the numbers that were read in it."""

    type: Literal["other"] = "other"
    stage: Range | None = None
    dose: Range | None = None


Constraint = Annotated[
    Age
    | Sex
    | Measurement
    | Medication
    | Condition
    | Procedure
    | Biomarker
    | Trial
    | Pregnancy
    | Lactation
    | Contraception
    | Consent
    | Other,
    Field(discriminator="type"),
]

BY_TYPE: dict[str, type[ConstraintBase]] = {
    "age": Age, "sex": Sex, "measurement": Measurement, "medication": Medication, "condition": Condition,
    "procedure": Procedure, "biomarker": Biomarker, "trial": Trial, "pregnancy": Pregnancy, "lactation": Lactation,
    "contraception": Contraception, "consent": Consent, "other": Other,
}  # fmt: skip
