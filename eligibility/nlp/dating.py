"""Dating: in, the windows and durations of a segment; out, each given to the drafts of the events or measurements that it dates.

Windows that belong together are settled first: alternatives ("4 weeks or 5 half-lives"), an anchor said once for two, and the two ends of
one ("at least 5 and no more than 11 weeks before").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft, interval, type_of
from eligibility.nlp.reading import Segment
from eligibility.nlp.subjects import EVENTS, Mention
from eligibility.nlp.targets import targets
from eligibility.nlp.times import PAST, TimeExpression, alternatives

_BOTH = re.compile(r"\s*,?\s*(?:and|but)\s+")
_JOINED = re.compile(r"[\s,]*(?:and/or|or|and)\s+(?:for\s+)?(?:at least\s+)?")
_FOR = re.compile(r"\s*(?:for|if|since|from|after|in case of)\s")
_PLANNED = re.compile(r"(?:planned|scheduled|anticipated|upcoming)\s")
_NEAR = 60
_ANY = frozenset({"any_medication", "any_treatment"})
_DATED = frozenset({"medication", "condition", "procedure", "measurement", "trial", "other"})
_EXCEPT = 90
_LATEST = 4  # drafts: those of a value that a list shares
_RECENT = 40


def date_events(bench: Bench) -> None:
    """Give every time expression of the bench to what it dates."""
    floors: dict[int, int] = {}
    scope = bench.segment.item.scope  # the words that name a cohort are no event
    behind = scope[1] if scope is not None and scope[0] == bench.segment.start else 0
    for windows, (low, high) in _grouped(bench):
        if windows[0].means != "interval":
            _date(bench, windows, max(floors.get(low, low), behind), max(low, behind), high)
        if windows[0].means == "window":
            floors[low] = windows[-1].end


def _grouped(bench: Bench) -> list[tuple[list[TimeExpression], tuple[int, int]]]:
    """The time expressions, those that are alternatives of one window together."""
    groups: list[tuple[list[TimeExpression], tuple[int, int]]] = []
    folded = bench.reading.folded
    for found, clause in bench.times:
        last = groups[-1][0][-1] if groups and groups[-1][1] == clause else None
        if last is not None:
            _except(bench, last, found, clause[1])
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


def _except(bench: Bench, first: TimeExpression, second: TimeExpression, high: int) -> None:
    """ "4 weeks since prior chemotherapy (6 weeks for nitrosoureas)": another amount of the same window, for what the bracket names."""
    folded, quantity = bench.reading.folded, second.quantity
    gap = folded[first.quantity.end : quantity.start]
    if first.means != "window" or len(gap) > _EXCEPT or "(" not in gap or ")" in gap or not _FOR.match(folded, quantity.end):
        return
    near = [hit for hit in bench.segment.between(quantity.end, min(high, quantity.end + _NEAR)) if hit.kind in EVENTS]
    if not near or ")" in folded[quantity.end : near[0].start]:
        return
    second.means, second.direction, second.targets = "window", first.direction, tuple(bench.finder.coordinated(near))
    second.anchor, second.end = second.anchor or first.anchor, quantity.end
    if not quantity.explicit:
        second.lower, second.upper = (quantity.lower, None) if first.upper is None else (None, quantity.upper)


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
    if first.quantity.explicit and first.upper is None and not second.quantity.explicit:  # "at least 30 days or 5 half-lives before"
        second.lower, second.upper = second.quantity.lower, None
    first.anchor, second.anchor = first.anchor or second.anchor, second.anchor or first.anchor
    first.choose = first.choose or second.choose


def _date(bench: Bench, windows: list[TimeExpression], floor: int, low: int, high: int) -> None:
    first, last = windows[0], windows[-1]
    mentions = targets(bench, first, floor, high, last.behind)
    if not mentions and floor > low:
        mentions = targets(bench, first, low, high, last.behind)
    if _recent(bench, first, mentions):
        end = first.upper or first.lower
        windows = [replace(first, means="window", direction="before", lower=None, upper=end, bare=False)]
        first = last = windows[0]
    ahead = first.direction == "after" and any(mention.hit is not None for mention in mentions)  # no level has been measured yet
    measured = _measured(bench, floor, first.start) if first.means == "window" and not ahead else []
    if measured and not any(mention.hit is not None and _is_nearer(bench, mention, measured[0], first.start) for mention in mentions):
        for draft in measured:
            draft.windows = windows
        return
    if first.means == "duration" and (lasting := _lasting(bench, first)):
        for draft in lasting:
            draft.fields["duration"] = interval(first.quantity, first.lower, first.upper, first.quantity.start, first.quantity.end)
            draft.spans.append((first.start, first.end))
        return
    if first.means == "window" and (named := _measured_as(bench, mentions)):
        for draft in named:
            draft.windows = windows
        return
    if first.means == "window" and _leads(bench, first, mentions):
        bench.segment.windows = windows
        near = [mention for mention in mentions if mention.start >= first.start - _NEAR]
        bench.measured.update(mention.start for mention in near)
        return
    if not mentions and first.means == "window" and bench.dated and _JOINED.fullmatch(bench.reading.folded, bench.dated[0], first.start):
        mentions = bench.dated[1]  # "for 5 months after the last dose of one or 6 months after the last dose of the other"
    if not mentions and (spent := _washed_out(bench, first)):
        windows = [replace(window, direction="before", anchor=None) for window in windows]
        mentions = spent
    for mention in mentions:
        _give(bench, mention, windows)
    if not mentions:
        _give(bench, Mention(first.start, last.end, None), windows)
        bench.drafts[-1].issues.append(("ambiguous", "no word near it says what this time is a time of"))
    bench.dated = (max(last.end, last.behind), mentions)


def _washed_out(bench: Bench, first: TimeExpression) -> list[Mention]:
    """The drugs in the anchor of a window that dates nothing else: "at least 4 weeks after the last dose of …" is their washout."""
    if first.means != "window" or first.upper is not None or first.anchor != "treatment_end" or first.anchor_start is None:
        return []
    spent = [hit for hit in bench.segment.between(first.anchor_start + 1, first.behind) if hit.kind in EVENTS]
    bench.anchors = [place for place in bench.anchors if place[0] != first.anchor_start]
    return [Mention(hit.start, hit.end, hit) for hit in spent]


def _recent(bench: Bench, first: TimeExpression, mentions: list[Mention]) -> bool:
    """True for the bare time behind what is called recent: "recent surgery (1 month)" lies within it."""
    folded = bench.reading.folded
    if not (first.bare and first.means == "duration" and mentions and folded.endswith("(", 0, first.start)):
        return False
    before = folded[max(bench.segment.start, mentions[0].start - _RECENT) : mentions[0].start]
    return "recent" in before.split()[-3:]


def _leads(bench: Bench, first: TimeExpression, mentions: list[Mention]) -> bool:
    """True for the window of a lead-in that names nothing of its own: it dates what stands under it."""
    segment = bench.segment
    if not segment.item.lead_in or not any(child.concepts or child.quantities for child in segment.children):
        return False
    known = [mention for mention in mentions if mention.hit is not None]
    if not known:
        return not bench.drafts
    if _of_values(bench, first) and any(child.quantities for child in segment.children):
        return True
    words = {token.group() for token in bench.finder.tokens(segment.start, segment.end)}
    return all(mention.hit.entry.id in _ANY for mention in known if mention.hit) and bool(words & bench.finder.words["announces"])


def _of_values(bench: Bench, first: TimeExpression) -> bool:
    """True where the words right before the window stand for values: "the following laboratory results within 2 weeks"."""
    near = bench.finder.tokens(max(bench.segment.start, first.start - _NEAR), first.start)
    said: list[str] = []
    for token in reversed(near):
        if token.group() not in bench.finder.words["lead_values"] and token.group() != ",":
            break
        said.append(token.group())
    return not bench.finder.words["values"].isdisjoint(said)


def inherit_windows(bench: Bench) -> None:
    """Give the window of the lead-in above to what the segment names without one of its own."""
    above = bench.segment.parent
    while above is not None and not above.windows:
        above = above.parent
    if above is None:
        return
    for draft in bench.drafts:
        if draft.type in _DATED and not draft.windows and not draft.fields.get("exception"):
            draft.windows = above.windows
            for found in above.windows:
                found.inherited = True


def turn_denied(draft: Draft) -> None:
    """ "has not received steroids for 4 weeks prior to enrolment" denies them within these weeks: no steroids, however short."""
    found = draft.leads_up
    if found is None or not draft.fields.get("negated") or "duration" not in draft.fields or draft.windows:
        return
    del draft.fields["duration"]
    end = found.upper or found.lower
    draft.windows = [replace(found, means="window", direction="before", lower=None, upper=end and end._replace(inclusive=True))]


def turn_planned(draft: Draft, folded: str) -> None:
    """ "planned surgery within 3 months" lies ahead: the window of what is planned is after today, where no word says otherwise."""
    named = draft.mention if draft.mention is not None and draft.mention.hit is not None else None
    if named is not None and _PLANNED.match(folded, named.start):  # "planned hysterectomy" is a name that says so itself
        draft.fields.setdefault("temporality", "planned")
    if draft.fields.get("temporality") != "planned":
        return
    draft.windows = [
        replace(found, direction="after")
        if found.direction == "before" and found.anchor is None and not PAST.search(folded, found.start, max(found.end, found.behind))
        else found
        for found in draft.windows
    ]


def leave_unshared(segments: Sequence[Segment]) -> None:
    """The numbers of a lead-in's window that nothing under it has taken are named by an issue."""
    for segment in segments:
        for found in segment.windows:
            if not found.inherited:
                segment.unread.extend(found.quantity.numbers)


def _is_nearer(bench: Bench, mention: Mention, measured: Draft, time: int) -> bool:
    """True where the event stands behind the measurement, or the measurement only explains it in a bracket that the time is not in."""
    return mention.start > measured.position or not bench.finder.same_level(max(end for _, end in measured.spans), time)


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


def _lasting(bench: Bench, first: TimeExpression) -> list[Draft]:
    """The drafts of the value right before a duration: "HbA1c within 0.5 % for three months", "stable (± 5 kg) for at least 6 months"."""
    folded = bench.reading.folded
    return [
        draft
        for draft in bench.drafts[-_LATEST:]
        if draft.type == "measurement" and "duration" not in draft.fields and draft.spans
        and folded[max(end for _, end in draft.spans) : first.start].strip(" )") == "" and draft.position < first.start
    ]  # fmt: skip


def _measured_as(bench: Bench, mentions: list[Mention]) -> list[Draft]:
    """The drafts of measurements whose subject the mentions are: "HbA1c within 3 months of screening ≥ 7 %"."""
    return [
        draft
        for draft in bench.drafts
        if draft.type == "measurement" and draft.mention and not draft.windows
        and any(m.hit is None and m.start < draft.mention.end and draft.mention.start < m.end for m in mentions)
    ]  # fmt: skip


def _give(bench: Bench, mention: Mention, windows: list[TimeExpression]) -> None:
    facet = "window" if windows[0].means == "window" else "duration"
    if mention.hit is not None and mention.start < mention.hit.start:  # the words that qualify it are no events of their own
        bench.measured.add(mention.hit.start)
    draft = bench.draft_for(mention, type_of(mention), facet)
    if facet == "window":
        draft.windows = windows
    else:
        found = windows[0]
        draft.fields["duration"] = interval(found.quantity, found.lower, found.upper, found.quantity.start, found.quantity.end)
        draft.leads_up = found if found.leads_up else None
    draft.spans.extend((found.start, found.end) for found in windows)
