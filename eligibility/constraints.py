"""What the words of a criterion demand, as frozen values: ranges with UCUM units, windows of time, and one constraint type a kind of fact.

A constraint says what the words say; whether they include or exclude is in the requirement tree alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import Field

from eligibility.frozen import Frozen
from eligibility.ranges import Range, Span, Window

ConstraintType = Literal[
    "age", "sex", "measurement", "medication", "condition", "procedure", "biomarker",
    "trial", "pregnancy", "lactation", "contraception", "consent", "other",
]  # fmt: skip
Temporality = Literal["history", "current", "planned"]
Response = Literal[
    "refractory", "resistant", "intolerant", "inadequate response", "failed", "progressed", "relapsed", "dependent", "contraindicated",
    "ineligible", "candidate", "sensitive",
]  # fmt: skip
About = Literal["patient", "donor", "partner", "parent", "family"]


RESPONSES = frozenset(get_args(Response))


class Concept(Frozen):
    """What is meant: the id of a rule, its label, and its codes as `SYSTEM:code`."""

    id: str
    label: str
    codes: tuple[str, ...] = ()

    def is_a(self, other: Concept | str) -> bool:
        """True where this is the other or a kind of it, by the package's rules and terminology (a user's: `load_hierarchy`).
        `other`: a concept, or the id, code or name of one; InputError where a name is not known."""
        from eligibility.hierarchy import load_hierarchy

        return load_hierarchy().is_a(self, other)


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
    def responses(self) -> tuple[str, ...]:
        """What came of a treatment, or speaks against it ("refractory", "intolerant", "contraindicated"): those of its modifiers."""
        treatment = getattr(self, "type", "") in ("medication", "procedure", "other")
        return tuple(word for word in self.modifiers if word in RESPONSES) if treatment and self.modifiers else ()

    @property
    def meant(self) -> str:
        """What is constrained, in the words of a reader: the concept's label, or the words where no rule knows them, or the type."""
        return self.concept.label if self.concept else self.subject.text if self.subject else str(getattr(self, "type", ""))

    @property
    def phrase(self) -> str:
        """The constraint as a requirement says it: "corticosteroid, systemic > 10 mg/d prednisone equivalent, within 28 d before …".

        For whom it is, if not for all, is the premise of its requirement.
        """
        fields = self.__dict__
        words = self._named
        words += f", {fields['route']}" if fields.get("route") else ""
        words += f" ({fields['method']})" if fields.get("method") else ""
        words += "".join(f", {response}" for response in self.responses)
        for facet, found in self.facets:
            if facet == "dose" and fields.get("equivalent_to"):
                words += f" {found} {fields['equivalent_to']} equivalent"
            elif facet in ("value", "dose"):
                words += f" {found}"
            elif facet != "window":
                words += f", {facet} {found}"
        return f"{words}, {self.window.phrase}" if self.window else words

    @property
    def _named(self) -> str:
        """The label or the words, with what qualifies them: "history of severe asthma", "donor: age"."""
        label = self.meant
        known = label.lower()
        apart = (self.__dict__.get("route"), *self.responses)
        label = " ".join([*(word for word in self.modifiers if word not in known and word not in apart), label])
        label = {"history": f"history of {label}", "planned": f"planned {label}"}.get(self.temporality or "", label)
        agents = self.__dict__.get("agents")
        label += " to " + " or ".join(agent.label for agent in agents) if agents else ""
        return label if self.about == "patient" else f"{self.about}: {label}"

    def __str__(self) -> str:
        kind: str = getattr(self, "type", "other")
        name = self.meant if kind == "biomarker" else self.name
        head = name if kind in ("age", "sex", "measurement") else f"{kind} {name}"
        parts = [head, *self.responses]
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
    """`agents` are what an allergy, an intolerance or a contraindication is to, any one of them ("allergy to cisplatin or carboplatin").

    Only the leaves of a requirement have them: beside the criterion's own constraints they would say the same twice.
    """

    type: Literal["condition"] = "condition"
    stage: Range | None = None
    agents: tuple[Concept, ...] = ()


class Procedure(ConstraintBase):
    type: Literal["procedure"] = "procedure"
    dose: Range | None = None


class Biomarker(ConstraintBase):
    """A gene or protein with what is said of it: `alteration` ("exon 19 deletion", "V600E", "fusion", "amplification"), and `status` as the
    words have it ("positive", "negative", "mutated", "wild type", "expressed", "unknown"). "HER2 negative" is a status; `negated` is the
    denial of the whole: "no EGFR mutation".
    """

    type: Literal["biomarker"] = "biomarker"
    alteration: str | None = None
    status: str | None = None

    @property
    def meant(self) -> str:
        name = self.concept.label if self.concept else self.subject.text if self.subject else "biomarker"
        return " ".join(part for part in (name, self.alteration, self.status) if part)


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
