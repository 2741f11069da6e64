"""Sex: in, a segment with its sex words; out, whom the criterion admits, where the words are about that and not about a sub-group."""

from __future__ import annotations

import re

from eligibility.constraints import Span, Subject
from eligibility.nlp.drafts import Draft
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import SubjectFinder

_SUBGROUP = re.compile(r"(?:\b(?:for|in|if|among|of|with|except|non-?pregnant|pregnant|nursing|lactating|breast-?feeding|sexually active|fertile)\s+)$")
_LEAD = re.compile(r"[\W_]*(?:(?:adult|healthy|eligible|ambulatory|postmenopausal|post-menopausal|premenopausal|pre-menopausal|menopausal|non-pregnant|nulliparous|infertile|elderly|older|young|japanese|chinese|caucasian|participants?|patients?|subjects?|volunteers?|individuals?|persons?|people|all|any|are|is|be|must|should|either|the|both|gender|sex|of|or|and|who|being|aged?|between|to|from|years?|old|inclusive|\d+|[-~≥≤<>=:,.();/])[\s\W]*)*")
_OF_WOMEN_ONLY = frozenset({"pregnancy", "lactation", "contraception"})


def read_sexes(finder: SubjectFinder, segment: Segment, drafts: list[Draft]) -> list[Draft]:
    """At most one draft of type sex: the words must lead the criterion and no clause on pregnancy or contraception must share it."""
    hits = [hit for hit in segment.concepts if hit.kind == "sex"]
    if not hits or segment.section.kind == "exclusion" and any(d.type in _OF_WOMEN_ONLY for d in drafts):
        return []
    if any(d.type in _OF_WOMEN_ONLY or d.fields.get("population") for d in drafts) and hits[0].entry.sex != "all":
        return []
    first = hits[0]
    low, _ = finder.clause(segment, first.start)
    leads = _LEAD.fullmatch(finder.folded, low, first.start)
    joined = first.entry.sex == "all" and len(first.entry.terms) > 0
    if not leads and not joined and not _ends_clause(finder, segment, first.end):
        return []
    if _SUBGROUP.search(finder.folded, segment.start, first.start) and not joined:
        return []
    sexes = {hit.entry.sex for hit in hits}
    sex = first.entry.sex if len(sexes) == 1 else "all"
    span = Span(first.start, hits[-1].end if len(sexes) > 1 and hits[-1].end - first.end < 40 else first.end)
    fields = {"sex": sex, "subject": Subject(text=finder.plain[span.start : span.end], spans=(span,))}
    return [Draft("sex", None, first.start, fields, spans=[span], rule=first.entry.id)]


def _ends_clause(finder: SubjectFinder, segment: Segment, position: int) -> bool:
    return finder.folded[position : segment.end].strip(" .;,)") == "" and position - segment.start < 60
