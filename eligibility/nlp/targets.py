"""Targets: in, a time expression on the bench; out, the mentions that it dates.

The events before it with their list come first, then those behind it. Not dated: an anchor, the event that another one is counted from
("contraception following the pregnancy test and for 4 weeks"), the study itself, and the examples of a class that holds them.
"""

from __future__ import annotations

import re

from eligibility.nlp.alterations import alteration
from eligibility.nlp.bench import Bench
from eligibility.nlp.coordination import begins_anew, examples_behind, open_members, sharing
from eligibility.nlp.drafts import type_of
from eligibility.nlp.subjects import EVENTS, Mention
from eligibility.nlp.times import TimeExpression

_TRIAL_OF = re.compile(r"\s+(?:of|with|using|involving|on|evaluating|testing|for)\s+(?![^.;]*\b(?:and|with) )")
_SHORT_FORM = re.compile(r"[A-Z][A-Za-z]{0,4}[A-Z]s?")
_INDICATION = re.compile(
    r"[\s)]*(?:use\s|therapy\s|treatment\s)?\s*(?:for|to treat|to relieve|to control|to prevent|due to|because of)\s+"
    r"(?:(?:the|a|an|any)\s+)?(?:treatment of\s+)?"
)
_TREATED = re.compile(
    r"\b((?:(?:acute|systemic|prior|previous|investigational|medical|surgical|other|active|maintenance|any)\s)*"
    r"(?:therapy|treatment|treatments|study|trial|hospitali[sz]ation|hospitali[sz]ed|medications?|surgery|intervention|exposure))"
    r"\s+(?:for|to treat|to)\s+(?:an?\s|the\s|any\s|acute\s|active\s|another\s)*$"
)
_TREATMENTS = frozenset({"drug", "drug_class", "procedure"})
_LEAD = 48
_BEHIND = 60


def targets(bench: Bench, first: TimeExpression, floor: int, high: int, behind: int) -> list[Mention]:
    """The mentions that the time expression dates, in text order; `behind` is where its anchor ends."""
    if first.targets:
        return list(first.targets)
    found = _enclosing(bench, first, high) or _found(bench, first, first.start, floor, high, behind)
    if found and found[-1].hit is not None and found[-1].end <= first.start:
        found = _without_reference(bench, first, found, floor, high, behind)
        if first.means == "window":
            found = _without_exception(bench, first, found, floor, high, behind)
        time = (first.start, max(first.end, behind))
        last = _trial_of(bench, _treatment(bench, _last(bench, found[-1], first.start), floor), floor)
        found = sharing(bench.finder, bench.segment, last, time, (floor, high), own=first.means != "window")
        found = _for_what(bench, _without_examples(bench, found), floor)
        if first.means == "window":
            found = _with_open(bench, found, first.start)
    if found and found[-1].hit is not None and first.means == "window":
        start = max(first.end, behind, found[-1].end)
        for example in examples_behind(bench.finder, bench.segment, found[-1], start, high):
            bench.examples.setdefault(example.start, found[-1].hit)
    anchors = [] if first.event else bench.anchors
    dated = [m for m in _once(bench, found) if not any(start <= m.start < end for start, end in anchors)]
    altered = alteration(bench, dated, first.start)
    if altered is None:
        return dated
    return sharing(bench.finder, bench.segment, altered, (first.start, max(first.end, behind)), (floor, high), own=first.means != "window")


def _with_open(bench: Bench, found: list[Mention], position: int) -> list[Mention]:
    """The list with its last members where no rule knows them; these alone where they begin another item ("asthma, treatment with …")."""
    more = open_members(bench.finder, found[-1], position)
    if more and begins_anew(bench.finder, found[-1].end, more[0].start):
        words = {token.group() for token in bench.finder.tokens(found[-1].end, more[0].start)}
        if not words & bench.finder.words["list_joiner"]:
            return more
    return [*found, *more]


def _found(bench: Bench, first: TimeExpression, position: int, floor: int, high: int, behind: int) -> list[Mention]:
    start = first.quantity.end if first.event else behind
    found = bench.finder.events(bench.segment, position, floor, start, high, first.event)
    if found and found[0].hit is None and found[0].end <= first.start and _names_study(bench, found[0]):
        later = bench.finder.events(bench.segment, found[0].start, found[0].start, start, high)
        return later if later and later[0].hit is not None else found
    return found


def _names_study(bench: Bench, mention: Mention) -> bool:
    """ "during the study and for 15 days after the last dose": the study is no event of the patient's."""
    return bench.finder.only(mention.start, mention.end, bench.finder.words["study"])


def _enclosing(bench: Bench, first: TimeExpression, high: int) -> list[Mention]:
    """The event right behind the bracket that holds the time alone: "active (within the past 3 months) suicidal ideation"."""
    folded = bench.reading.folded
    end = max(first.end, first.behind)
    if not (folded.endswith(("(", "["), 0, first.start) and folded.startswith((")", "]"), end)):
        return []
    if any(hit.kind in EVENTS for hit in bench.segment.between(first.start - _LEAD, first.start)):
        return []
    near = [hit for hit in bench.segment.between(end, min(high, end + _BEHIND)) if hit.kind in EVENTS]
    near = [hit for hit in near if bench.finder.only(end, hit.start, bench.finder.words["list_lead"])]
    return [Mention(near[0].start, near[0].end, near[0])] if near else []


def _treatment(bench: Bench, mention: Mention, floor: int) -> Mention:
    """The treatment in the place of what it is for: "radiotherapy for prostate cancer within 4 weeks"."""
    if mention.hit is None or mention.hit.kind != "condition":
        return mention
    before = [hit for hit in bench.segment.between(max(floor, mention.start - _BEHIND), mention.start) if hit.kind in EVENTS][-1:]
    for hit in before:
        if hit.kind in _TREATMENTS and _INDICATION.fullmatch(bench.reading.folded, hit.end, mention.start):
            return Mention(hit.start, hit.end, hit)
    return mention


def _trial_of(bench: Bench, mention: Mention, floor: int) -> Mention:
    """The trial in the place of the drug that it is of: "any trial of an investigational product within 24 weeks"."""
    if mention.hit is None or mention.hit.entry.id != "investigational_drug":
        return mention
    before = [hit for hit in bench.segment.between(max(floor, mention.start - _BEHIND), mention.start) if hit.kind in EVENTS][-1:]
    for hit in before:
        if type_of(Mention(hit.start, hit.end, hit)) == "trial" and _TRIAL_OF.match(bench.reading.folded, hit.end):
            bench.measured.add(mention.hit.start)
            return Mention(hit.start, hit.end, hit)
    return mention


def _for_what(bench: Bench, found: list[Mention], floor: int) -> list[Mention]:
    """The treatment in the place of the conditions that it is for, where no rule knows it: "therapy for an infection within 14 days"."""
    if not all(mention.hit is not None and mention.hit.kind == "condition" for mention in found):
        return found
    said = _TREATED.search(bench.reading.folded, max(floor, found[0].start - _BEHIND), found[0].start)
    if said is None:
        return found
    bench.measured.update(mention.hit.start for mention in found if mention.hit is not None)
    return [Mention(said.start(1), found[-1].end, None)]


def _last(bench: Bench, mention: Mention, position: int) -> Mention:
    """The last place where the event is named before the position, if that is no bracket: "antibiotics and antimicrobial drugs"."""
    again = [hit for hit in bench.segment.between(mention.end, position) if (hit.start, hit.end) in mention.also]
    again = [hit for hit in again if not bench.reading.folded.endswith(("(", "["), 0, hit.start)]
    return Mention(again[-1].start, again[-1].end, again[-1]) if again else mention


def _without_reference(bench: Bench, first: TimeExpression, found: list[Mention], floor: int, high: int, behind: int) -> list[Mention]:
    """What is found without an event that another one is counted from: "contraception following the pregnancy test and for …"."""
    finder = bench.finder
    if first.means == "duration" and finder.folded[found[-1].end : first.start].strip() == "of":  # "after MDS of at least 60 days"
        return found
    skipped = finder.words["link"] | finder.words["anchor_lead"] | finder.words["list_lead"]
    for token in reversed(finder.tokens(max(floor, found[-1].start - _LEAD), found[-1].start)):
        if token.group() in finder.words["reference"]:
            earlier = _found(bench, first, token.start(), floor, high, behind)
            return earlier if earlier and earlier[-1].hit is not None and earlier[-1].end <= token.start() else found
        if token.group() not in skipped:
            break
    return found


def _without_exception(bench: Bench, first: TimeExpression, found: list[Mention], floor: int, high: int, behind: int) -> list[Mention]:
    """What an exception right before the time is taken out of: "any vaccine other than the influenza vaccine within 4 weeks"."""
    folded = bench.reading.folded
    for cue in reversed(bench.segment.cues):
        if cue.entry.kind != "exception" or cue.entry.scope != "following" or not floor < cue.start < found[-1].start:
            continue
        if any(sign in folded[cue.end : first.start] for sign in ",;():") or any(
            sign in folded[cue.start - 2 : cue.start] for sign in ",;("
        ):
            break
        earlier = _found(bench, first, cue.start, floor, high, behind)
        alike = bool(earlier) and earlier[-1].hit is not None and type_of(earlier[-1]) == type_of(found[-1])
        return earlier if alike and earlier[-1].end <= cue.start else found
    return found


def _without_examples(bench: Bench, mentions: list[Mention]) -> list[Mention]:
    """The mentions without the examples of another of them: "anticoagulants (e.g. warfarin)" is one."""
    starts = {mention.hit.start for mention in mentions if mention.hit is not None}
    heads = bench.examples
    return [m for m in mentions if m.hit is None or m.hit.start not in heads or heads[m.hit.start].start not in starts]


def _once(bench: Bench, mentions: list[Mention]) -> list[Mention]:
    """The mentions without one that a bracket only names again: "filgrastim (G-CSF)", "intraventricular haemorrhage (IVH)"."""
    kept: list[Mention] = []
    for mention in mentions:
        last = kept[-1] if kept else None
        if last is not None and last.hit is not None and mention.hit is not None and _names_again(bench, last, mention):
            kept[-1] = last._replace(also=(*last.also, (mention.start, mention.end)))
            bench.measured.add(mention.start)
            continue
        kept.append(mention)
    return kept


def _names_again(bench: Bench, first: Mention, second: Mention) -> bool:
    end = max([first.end, *(span[1] for span in first.also)])
    gap = bench.reading.folded[end : second.start].strip()
    if first.hit is not None and second.hit is not None and first.hit.entry is second.hit.entry:
        return gap in ("(", "[", "/")
    form = bench.reading.text[second.start : second.end]
    initial = bench.reading.folded[first.start] == form[:1].lower()
    return gap in ("(", "[") and initial and bool(_SHORT_FORM.fullmatch(form)) and bench.reading.folded.startswith((")", "]"), second.end)
