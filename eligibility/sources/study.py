"""A study as its source gives it: identity, header fields, the text, and where in the text the criteria stand; or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from eligibility.sources.phases import phase_of

_NO_TEXT = "the record has no eligibility criteria"


class HeaderField(NamedTuple):
    """A field of the registry's own: age, minimum_age, maximum_age, sex or healthy_volunteers; no offsets where it is not in the text."""

    name: str
    value: str
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Study:
    """`blocks`: where in `text` the criteria stand; `alternates`: a second list, as in a description; `notes`: what went wrong;
    `conditions`: those that the registry names for the trial; `phase`: one of `eligibility.sources.PHASES`, None where none is given.
    """

    source: str | None
    id: str | None
    title: str | None
    text: str
    header: tuple[HeaderField, ...]
    blocks: tuple[tuple[int, int], ...]
    alternates: tuple[tuple[int, int], ...]
    notes: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    phase: str | None = None

    @classmethod
    def of_record(
        cls,
        source: str | None,
        id: str | None,
        title: str | None,
        text: str | None,
        header: Iterable[tuple[str, str]],
        conditions: Iterable[str],
        phases: Iterable[str],
    ) -> Study:
        """The study of a record whose `text` is criteria from its first character to its last; header fields have no offsets."""
        kept, written = text or "", tuple(phases)
        phase = phase_of(written)
        notes = () if kept.strip() else (_NO_TEXT,)
        if phase is None and any(written):
            notes = (*notes, f"the phase {', '.join(written)!r} is none that registries have: it is left out")
        fields = tuple(HeaderField(name, value, None, None) for name, value in header)
        blocks = ((0, len(kept)),) if kept.strip() else ()
        return cls(source, id, title, kept, fields, blocks, (), notes, tuple(conditions), phase)

    def named(self, source: str) -> Study:
        """The same study under another source name."""
        return replace(self, source=source)

    def noted(self, note: str | None) -> Study:
        """The same study with one more note, where there is one."""
        return self if note is None else replace(self, notes=(*self.notes, note))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in the place of a study that cannot be read. `file`: its path, or `archive.zip/member.json`; `entry`: the number in the
    file, from 1, None where it is the file as a whole; `problem`: what is wrong and what to do, in one line.
    """

    file: str
    entry: int | None
    problem: str

    def __str__(self) -> str:
        place = self.file if self.entry is None else f"{self.file}: entry {self.entry}"
        return f"{place}: {self.problem}"
