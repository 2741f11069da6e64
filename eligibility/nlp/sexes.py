"""Sex: in, a segment with its sex words; out, whom the criterion admits, where the words are about that and not about a sub-group."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligibility.constraints import Subject
from eligibility.nlp.drafts import Draft
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import SubjectFinder
from eligibility.ranges import Span

_SUBGROUP = re.compile(r"\b(?:for|in|if|among|of|with|except|pregnant|nursing|lactating|breast-?feeding|sexually active|fertile)\s+$")
_ABOUT_WOMEN = frozenset({"pregnancy", "lactation", "contraception"})
_NEAR = 40


def read_sexes(finder: SubjectFinder, segment: Segment, drafts: list[Draft], populations: Sequence[tuple[int, int]]) -> list[Draft]:
    """At most one draft of type sex: the words must lead their clause, and no clause on pregnancy or contraception may share it.

    Words that say for whom a limit is are no demand of their own.
    """
    spoken = [hit for hit in segment.concepts if hit.kind == "sex"]
    hits = [hit for hit in spoken if not any(hit.start < end and start < hit.end for start, end in populations)]
    if not hits:
        return []
    first = hits[0]
    joined = first.entry.sex == "all"
    about_women = any(draft.type in _ABOUT_WOMEN for draft in drafts)
    if about_women and (segment.section.kind == "exclusion" or not joined):
        return []
    if not joined and (any(draft.fields.get("population") for draft in drafts) or not _leads(finder, segment, first)):
        return []
    near = [hit for hit in hits if hit.start - first.end < _NEAR]
    sex = first.entry.sex if len({hit.entry.sex for hit in near}) == 1 else "all"
    span = Span(first.start, near[-1].end if sex == "all" else first.end)
    fields = {"sex": sex, "subject": Subject(text=finder.text[span.start : span.end], spans=(span,))}
    return [Draft("sex", None, first.start, fields, spans=[span], rule=first.entry.id)]


def _leads(finder: SubjectFinder, segment: Segment, hit: Hit) -> bool:
    """True where only words like "healthy adult" stand before it in its clause, or where it alone ends a short criterion."""
    low, _ = finder.clause(segment, hit.start)
    if finder.folded[hit.end : segment.end].strip(" .;,)") == "" and hit.start - segment.start < 60:
        return not _SUBGROUP.search(finder.folded, segment.start, hit.start)
    return hit.start - low < 120 and finder.only(low, hit.start, finder.words["sex_lead"])
