"""Dating: in, the windows and durations of a segment; out, each given to the drafts of the events or measurements that it dates."""

from __future__ import annotations

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import interval, type_of
from eligibility.nlp.subjects import Mention
from eligibility.nlp.times import TimeExpression, alternatives


def date_events(bench: Bench) -> None:
    """Give every time expression of the bench to what it dates; alternatives ("4 weeks or 5 half-lives") go as one window."""
    groups: list[tuple[list[TimeExpression], tuple[int, int]]] = []
    for found, clause in bench.times:
        if groups and alternatives(bench.reading.folded, groups[-1][0][-1], found) and (found.choose or found.quantity.unit == "half_life"):
            groups[-1][0].append(found)
        else:
            groups.append(([found], clause))
    floors: dict[int, int] = {}
    for windows, (low, high) in groups:
        if windows[0].means != "interval":
            _date(bench, windows, floors.get(low, low), low, high)
        if windows[0].means == "window":
            floors[low] = windows[-1].end


def _date(bench: Bench, windows: list[TimeExpression], floor: int, low: int, high: int) -> None:
    first, last = windows[0], windows[-1]
    mentions = _targets(bench, first, floor, high, last.behind)
    if not mentions and floor > low:
        mentions = _targets(bench, first, low, high, last.behind)
    measured = [d for d in bench.drafts if d.type == "measurement" and floor <= d.position < first.start and not d.windows]
    if measured and first.means == "window" and (not mentions or mentions[-1].start < measured[-1].position):
        measured[-1].windows = windows
        return
    for mention in mentions or [Mention(first.start, last.end, None)]:
        _give(bench, mention, windows)


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
        draft.fields["duration"] = interval(found.quantity, found.lower, found.upper, found.quantity.start, found.end)
    draft.spans.extend((found.start, found.end) for found in windows)
