"""Changes: what a comparison says, as frozen values, each with the line that a reader wants."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten
from typing import Literal, get_args

from eligibility.frozen import Frozen
from eligibility.ranges import Span
from eligibility.versioning import Versioned

ChangeKind = Literal["added", "dropped", "looser", "tighter", "changed", "moved", "reworded", "unchanged"]
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
IN_PART = "not all of its words were understood"
_ARROW = " -> "
_LONGEST = 100  # characters of what a line only names


class Side(Frozen):
    """Where one side says it. `phrase`: what was understood, as a requirement says it (of an exclusion, what excludes); "" for nothing.

    `number` is None in the header. `parts`: the numbers of criteria under it that it is made of ("at least two of the following").
    `text`: the criterion's own words; `spans`: the words concerned, offsets into the text of that side's criteria.
    """

    section: Literal["header", "inclusion", "exclusion"]
    number: str | None = None
    cohort: str | None = None
    parts: tuple[str, ...] = ()
    phrase: str = ""
    text: str = ""
    spans: tuple[Span, ...] = ()

    @property
    def where(self) -> str:
        return f"{self.section} {self.number}" if self.number else self.section

    def __str__(self) -> str:
        return self.phrase or f'"{shorten(self.text, _LONGEST, placeholder="…")}"'


class Change(Frozen):
    """What became of one demand, or of the words of one criterion.

    `kind`: added, dropped; looser, tighter: who may enter; changed: some patients gain and others lose, or it cannot be told; moved: the
    same from inclusion to exclusion or back, so that it now asks for the opposite; reworded: other words of the same meaning; unchanged.
    `facet`: what of the constraint changed (value, dose, window…), where it is one. `detail`: what the kind does not say; one with an
    arrow is what changed inside the phrase.
    """

    kind: ChangeKind
    before: Side | None = None
    after: Side | None = None
    facet: str | None = None
    detail: str = ""

    @property
    def where(self) -> str:
        """The criterion on both sides: "inclusion 3", "inclusion 3 -> inclusion 4"."""
        return _ARROW.join(dict.fromkeys(side.where for side in (self.before, self.after) if side is not None))

    def said(self, side: Side) -> str:
        """What was understood of a side; its own words where a whole criterion comes or goes, and that was not all of it."""
        return str(side.model_copy(update={"phrase": ""}) if self.detail.endswith(IN_PART) and None in (self.before, self.after) else side)

    def __str__(self) -> str:
        said = [self.said(side) for side in (self.before, self.after) if side is not None]
        if _ARROW in self.detail:
            return f"{self.where}: {shorten(said[0], _LONGEST, placeholder='…')}: {self.detail}: {self.kind}"
        if self.facet is not None and len(said) == 2:
            said[1] = without_prefix(*said)
        words = _ARROW.join(dict.fromkeys(said))
        return f"{self.where}: {words}: {self.kind}" + (f" ({self.detail})" if self.detail else "")


def without_prefix(before: str, after: str) -> str:
    """The second without the words that both begin with, up to the sign of a limit: "ALT <= 2 ULN", "<= 3 ULN"."""
    old, new = before.split(" "), after.split(" ")
    same = 0
    while same < min(len(old), len(new)) - 1 and old[same] == new[same] and old[same].isalpha():
        same += 1
    return " ".join(new[same:]) if new[same][0] in "<>=" else after


class Comparison(Versioned):
    """All changes, in the order of the text, what is unchanged among them. `before` and `after` are what the two sides are called;
    `notes`: what a reader should know of the whole."""

    before: str
    after: str
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[ChangeKind, int]:
        """How many changes there are of each kind, those of which there are none left out."""
        kinds = [change.kind for change in self.changes]
        return {kind: kinds.count(kind) for kind in KINDS if kind in kinds}

    @property
    def differences(self) -> tuple[Change, ...]:
        """The changes without what is unchanged."""
        return tuple(change for change in self.changes if change.kind != "unchanged")

    def __str__(self) -> str:
        return "\n".join(map(str, self.differences))
