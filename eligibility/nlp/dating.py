"""Dating: in, the windows and durations of a segment; out, each given to the drafts of the events or measurements that it dates.

Windows that belong together are settled first: alternatives ("4 weeks or 5 half-lives"), an anchor said once for two, and the two ends of
one ("at least 5 and no more than 11 weeks before").
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft, interval, type_of
from eligibility.nlp.subjects import Mention
from eligibility.nlp.times import TimeExpression, alternatives

_BOTH = re.compile(r"\s*,?\s*(?:and|but)\s+")
_NEAR = 60


def date_events(bench: Bench) -> None:
    """Give every time expression of the bench to what it dates."""
    floors: dict[int, int] = {}
    for windows, (low, high) in _grouped(bench):
        if windows[0].means != "interval":
            _date(bench, windows, floors.get(low, low), low, high)
        if windows[0].means == "window":
            floors[low] = windows[-1].end


def _grouped(bench: Bench) -> list[tuple[list[TimeExpression], tuple[int, int]]]:
    """The time expressions, those that are alternatives of one window together."""
    groups: list[tuple[list[TimeExpression], tuple[int, int]]] = []
    folded = bench.reading.folded
    for found, clause in bench.times:
        last = groups[-1][0][-1] if groups and groups[-1][1] == clause else None
        if last is None or found.quantity.start - last.quantity.end > _NEAR:
            groups.append(([found], clause))
        elif _bounds_one(folded, last, found):
            found.lower, found.start = last.lower, last.start
            groups[-1][0][-1] = found
        elif alternatives(folded, last, found) and (found.choose or "half_life" in (found.quantity.unit, last.quantity.unit)):
            _make_alike(last, found)
            groups[-1][0].append(found)
        else:
            if last.means == "window" and last.anchor is None and found.means == "window" and _said_once(folded, last, found):
                last.anchor, last.direction = found.anchor, found.direction or last.direction
            groups.append(([found], clause))
    return groups


def _bounds_one(folded: str, first: TimeExpression, second: TimeExpression) -> bool:
    """ "at least 5 weeks and no more than 11 weeks before": a lower end without a cue of its own, then the upper one."""
    ends = first.bare and first.lower is not None and first.upper is None and second.lower is None and second.upper is not None
    return ends and second.means == "window" and bool(_BOTH.fullmatch(folded, first.quantity.end, second.quantity.start))


def _said_once(folded: str, first: TimeExpression, second: TimeExpression) -> bool:
    """True where only words, and no other number or stop, part the windows: the anchor behind the second is the first's too."""
    gap = folded[first.quantity.end : second.start]
    return second.anchor is not None and not any(sign in gap for sign in ".;:") and (" or " in gap or " and " in gap or "(" in gap)


def _make_alike(first: TimeExpression, second: TimeExpression) -> None:
    """One of two alternatives may have its cue alone: the other is read as it is."""
    for bare, said in ((first, second), (second, first)):
        if bare.means != "window" and said.means == "window":
            bare.means, bare.direction = "window", said.direction
            if not bare.quantity.explicit:
                bare.lower, bare.upper = (None, bare.quantity.upper) if said.upper else (bare.quantity.lower, None)
    first.anchor, second.anchor = first.anchor or second.anchor, second.anchor or first.anchor
    first.choose = first.choose or second.choose


def _date(bench: Bench, windows: list[TimeExpression], floor: int, low: int, high: int) -> None:
    first, last = windows[0], windows[-1]
    mentions = _targets(bench, first, floor, high, last.behind)
    if not mentions and floor > low:
        mentions = _targets(bench, first, low, high, last.behind)
    measured = _measured(bench, floor, first.start) if first.means == "window" else []
    if measured and not any(mention.hit is not None and mention.start > measured[0].position for mention in mentions):
        for draft in measured:
            draft.windows = windows
        return
    if first.means == "window" and (named := _measured_as(bench, mentions)):
        for draft in named:
            draft.windows = windows
        return
    for mention in mentions or [Mention(first.start, last.end, None)]:
        _give(bench, mention, windows)


def _measured(bench: Bench, floor: int, end: int) -> list[Draft]:
    """The drafts of the last measurement between the two places that has no window yet; several where they share a value."""
    found: list[Draft] = []
    for draft in reversed(bench.drafts):
        if draft.type != "measurement" or draft.position >= end:
            continue
        if draft.position < floor or draft.windows or (found and draft.position != found[0].position):
            break
        found.append(draft)
    return found


def _measured_as(bench: Bench, mentions: list[Mention]) -> list[Draft]:
    """The drafts of measurements whose subject the mentions are: "HbA1c within 3 months of screening ≥ 7 %"."""
    return [
        draft
        for draft in bench.drafts
        if draft.type == "measurement" and draft.mention and not draft.windows
        and any(m.hit is None and m.start < draft.mention.end and draft.mention.start < m.end for m in mentions)
    ]  # fmt: skip


def _targets(bench: Bench, first: TimeExpression, floor: int, high: int, behind: int) -> list[Mention]:
    found = bench.finder.events(bench.segment, first.start, floor, first.quantity.end if first.event else behind, high, first.event)
    anchors = [] if first.event else bench.anchors
    return [m for m in found if not any(start <= m.start < end for start, end in anchors)]


def _give(bench: Bench, mention: Mention, windows: list[TimeExpression]) -> None:
    facet = "window" if windows[0].means == "window" else "duration"
    draft = bench.draft_for(mention, type_of(mention), facet)
    if facet == "window":
        draft.windows = windows
    else:
        found = windows[0]
        draft.fields["duration"] = interval(found.quantity, found.lower, found.upper, found.quantity.start, found.quantity.end)
    draft.spans.extend((found.start, found.end) for found in windows)
