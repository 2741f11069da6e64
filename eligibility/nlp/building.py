"""Constraints: in, a reading with its hits, quantities and times; out, every segment's constraints in text order.

Each quantity gets its role and its subject, each time expression its event; each known condition, drug, procedure or state that none
of them spoke of is a constraint of presence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

from eligibility.constraints import Concept, Constraint, Example
from eligibility.nlp.ambiguity import unsettled
from eligibility.nlp.bench import Bench
from eligibility.nlp.dating import date_events, inherit_windows, leave_unshared, turn_denied, turn_planned
from eligibility.nlp.doses import except_routes, merge_equivalents
from eligibility.nlp.drafts import Draft, freeze, type_of
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.mentioned import add_mentioned
from eligibility.nlp.mentions import RULE as RECOGNIZED
from eligibility.nlp.mentions import take_mentions
from eligibility.nlp.methods import take_methods
from eligibility.nlp.others import mark_others, share_other
from eligibility.nlp.reading import Reading
from eligibility.nlp.routes import place_routes, split_routes
from eligibility.nlp.sexes import read_sexes
from eligibility.nlp.subjects import EVENTS, Mention, SubjectFinder
from eligibility.nlp.tnm import may_hold, read_tnm
from eligibility.nlp.values import place
from eligibility.nlp.vocabulary import Vocabulary
from eligibility.ranges import Span
from eligibility.result import Issue
from eligibility.spelling import normalise

_KINDS = re.compile(r"\s*[(\[]\s*(i\.?e\.?)?")
_DEFINES = re.compile(r"\s*(?:[(\[]|,?\s*i\.?e\.?,?:?|,?\s*defined as:?)\s*")
_BESIDE = re.compile(r"\s*,?\s*(?:or|and|and/or)?\s*")
_LISTED = re.compile(r"\s*(?:,|/|,?\s(?:or|and|and/or)\s)\s*")
_HEADED = frozenset({"condition", "procedure"})
_CONSENT = "informed_consent"
_COUNTED_FROM = re.compile(r"\b(?:prior to|before|after|following|since)\s+(?:study |signing |the |obtaining |giving )*$")
_DEFINITE = re.compile(r"\b(?:the|this|these|its|their|such) $")  # "the medication" is one that was spoken of
_HALF_LIFE = re.compile(r"half[- ]?li(?:fe|ves) of (?:the |any |that |each )?$")
_UNSAID = re.compile(r":\s*(?:not specified|not applicable|n/a|none specified|see\s)")


def build_constraints(vocabulary: Vocabulary, reading: Reading) -> None:
    """Give every segment of the reading its constraints."""
    finder = SubjectFinder(reading.text, reading.plain, reading.folded, vocabulary.words)
    staged = may_hold(reading.plain, 0, len(reading.plain))
    for segment in reading.segments:
        own = staged and may_hold(reading.plain, segment.start, segment.end)
        if segment.concepts or segment.quantities or segment.mentioned or own:
            segment.constraints = _build(Bench(vocabulary, finder, reading, segment), own)
    leave_unshared(reading.segments)


def _build(bench: Bench, staged: bool) -> list[Constraint]:
    segment = bench.segment
    previous = segment.start
    following = [quantity.start for quantity in segment.quantities[1:]] + [segment.end]
    for quantity, next_start in zip(segment.quantities, following, strict=False):
        place(bench, quantity, previous, next_start)
        previous = quantity.end
    if bench.waiting is not None:
        bench.leave(bench.waiting)
    if segment.mentioned:
        take_mentions(bench)
    take_methods(bench)
    if bench.times:
        date_events(bench)
    _add_presences(bench)
    _add_markers(bench)
    inherit_windows(bench)
    except_routes(bench)
    merge_equivalents(bench)
    place_routes(bench)
    if staged:
        bench.drafts.extend(read_tnm(bench))
    bench.drafts.extend(read_sexes(bench.finder, segment, bench.drafts, bench.populations))
    add_mentioned(bench)
    return _frozen(bench)


def _add_presences(bench: Bench) -> None:
    spoken_for = [*bench.anchors, *bench.populations]
    spoken_for += [span for draft in bench.drafts if draft.mention for span in draft.mention.also]
    named = [draft.mention[:2] for draft in bench.drafts if draft.mention is not None and draft.mention.hit is None]
    last: Hit | None = None
    again: Hit | None = None
    for hit in bench.segment.concepts:
        if hit.kind not in EVENTS or hit.start in bench.events or hit.start in bench.measured:
            last = hit
            continue
        if last is not None and last.entry is hit.entry and bench.reading.folded[last.end : hit.start].strip() in ("(", "["):
            _restate(bench, last, hit)
            again = hit
            continue
        if last is not None and again is not None and _completes(bench, again, hit):
            _restate(bench, last, hit)
            continue
        if bench.events and _HALF_LIFE.search(bench.reading.folded, max(bench.segment.start, hit.start - 30), hit.start):
            continue
        headed = last is not None and bench.reading.folded[last.end : hit.start] in (" ", "-") and _is_head_of(bench, last, hit)
        last = hit
        if headed:
            continue
        if hit.entry.id in bench.finder.words["bare_head"] and _DEFINITE.search(
            bench.reading.folded, max(bench.segment.start, hit.start - 8), hit.start
        ):
            continue
        if hit.entry.id == _CONSENT and _COUNTED_FROM.search(bench.reading.folded, max(bench.segment.start, hit.start - 24), hit.start):
            continue
        if _is_label(bench, hit) or _exemplifies(bench, hit):
            continue
        if spoken_for and any(start <= hit.start and hit.end <= end for start, end in spoken_for):
            continue
        if named and hit.entry.id == RECOGNIZED and any(start < hit.end and hit.start < end for start, end in named):
            continue  # "motor skills" of "the test of motor skills > 7": the words are the subject's
        mention = Mention(hit.start, hit.end, hit)
        draft = Draft(type_of(mention), mention, hit.start)
        bench.events[hit.start] = draft
        bench.drafts.append(draft)


def _add_markers(bench: Bench) -> None:
    """Biomarkers inside of a disease's name, beside the disease."""
    for hit in bench.segment.markers:
        mention = Mention(hit.start, hit.end, hit)
        bench.drafts.append(Draft(type_of(mention), mention, hit.start))


def _is_head_of(bench: Bench, name: Hit, head: Hit) -> bool:
    """True for the general word right behind a name of its type: "anti-TNF drugs", "CABG surgery"."""
    return head.entry.id in bench.finder.words["bare_head"] and type_of(Mention(*name[:2], name)) == type_of(Mention(*head[:2], head))


def _exemplifies(bench: Bench, hit: Hit) -> bool:
    """Give an example to the constraint of its class, where there is one; it is no demand of its own then."""
    head = bench.examples.get(hit.start)
    draft = bench.events.get(head.start) if head is not None else None
    if draft is None:
        return False
    concept = bench.vocabulary.concept(hit.entry) or _uncoded(hit.entry.label)
    kind = type_of(Mention(hit.start, hit.end, hit))
    example = Example.trusted(id=concept.id, label=concept.label, codes=concept.codes, type=kind, span=Span(hit.start, hit.end))
    draft.fields["examples"] = (*draft.fields.get("examples", ()), example)
    draft.spans.append((hit.start, hit.end))
    return True


def _uncoded(label: str) -> Concept:
    """The concept of words that no rule knows: their own."""
    return Concept(id="_".join(normalise(label).split()), label=" ".join(label.split()))


def _is_label(bench: Bench, hit: Hit) -> bool:
    """True for the "Renal:" of "Renal: creatinine < 1.5 x ULN": it says what the rest is about, and the rest is understood."""
    segment, folded = bench.segment, bench.reading.folded
    if not folded.startswith(":", hit.end):
        return False
    behind = segment.between(hit.end, segment.end)
    if hit.start == segment.start:
        if _UNSAID.match(folded, hit.end, segment.end):
            return True
        return bool(bench.drafts) or any(other.kind in EVENTS for other in behind)
    return bool(behind) and " ".join(folded[hit.start : hit.end].split()) in bench.finder.words["label"]


def _restate(bench: Bench, first: Hit, again: Hit) -> None:
    """ "human immunodeficiency virus (HIV)" is one constraint: the short form is a second place of its subject."""
    draft = bench.events.get(first.start)
    if draft is not None and draft.mention is not None:
        draft.mention = draft.mention._replace(also=(*draft.mention.also, (again.start, again.end)))


def _completes(bench: Bench, again: Hit, hit: Hit) -> bool:
    """True for the head behind a short form in brackets: "human immunodeficiency virus (HIV) infection" is one thing."""
    folded = bench.reading.folded
    if folded[again.end : hit.start].strip() not in (")", "]"):
        return False
    form = normalise(f"{folded[again.start : again.end]} {folded[hit.start : hit.end]}")
    return bench.vocabulary.lexicon.exact(form, again.kind) is again.entry


def _frozen(bench: Bench) -> list[Constraint]:
    bench.drafts.sort(key=lambda draft: draft.position)
    for draft in bench.drafts:
        bench.add_context(draft)
    split_routes(bench)
    mark_others(bench)
    _deny_kinds(bench)
    _deny_in_brackets(bench)
    _share_modifiers(bench)
    share_other(bench)
    made = []
    for draft in bench.drafts:
        turn_denied(draft)
        turn_planned(draft, bench.reading.folded)
        constraint = freeze(draft, bench.reading.text, bench.vocabulary, bench.reading.short)
        made.append(constraint)
        for code, message in (*draft.issues, *unsettled(draft.mention.hit if draft.mention else None)):
            bench.reading.issues.append(Issue(code=code, message=message, span=constraint.evidence))  # type: ignore[arg-type]
    return made


def _share_modifiers(bench: Bench) -> None:
    """What qualifies the first of several names with one head qualifies them all: "severe cardiac, renal or hepatic disease"."""
    for first, second in pairwise(bench.drafts):
        shared = first.fields.get("modifiers")
        one, other = first.mention, second.mention
        if not shared or one is None or other is None or one.hit is None or other.hit is None or first.type != second.type:
            continue
        said = normalise(bench.reading.folded[one.start : one.end])
        elided = " " not in said and one.hit.kind in _HEADED and bench.vocabulary.lexicon.exact(said, one.hit.kind) is None
        if elided and _LISTED.fullmatch(bench.reading.folded, one.end, other.start):
            second.fields["modifiers"] = tuple(dict.fromkeys((*shared, *second.fields.get("modifiers", ()))))


def _deny_kinds(bench: Bench) -> None:
    """What a bracket right behind a denied condition lists is denied with it: "free of lung disease (asthma, COPD or emphysema)"."""
    for number, draft in enumerate(bench.drafts):
        if draft.type != "condition" or not draft.fields.get("negated") or draft.mention is None:
            continue
        end = max([draft.mention.end, *(span[1] for span in draft.mention.also)])
        opened = _KINDS.match(bench.reading.folded, end)
        if opened is None or (opened.group(1) and not bench.denies(draft.mention.start, bench.segment.start, named=True)):
            continue
        held: list[Draft] = []
        for kind in bench.drafts[number + 1 :]:
            if kind.mention is None or not bench.finder.unmatched(end, kind.mention.start)[1]:
                break
            held.append(kind)
        if all(kind.type == "condition" and not kind.spans and not kind.fields.get("exception") for kind in held):
            for kind in held:
                kind.fields["negated"] = True


def _deny_in_brackets(bench: Bench) -> None:
    """Values that define what is denied are denied with it: "no uncontrolled hypertension (SBP > 160)", "…, i.e.: SBP > 160".

    "non-obese (BMI < 30)" and "no gingivitis (index = 0)" define what is left.
    """
    folded = bench.reading.folded
    denied = [
        draft.mention.end
        for draft in bench.drafts
        if draft.type == "condition" and draft.fields.get("negated") and draft.mention is not None
        and folded[max(0, draft.mention.start - 4) : draft.mention.start].rstrip("- ") != "non"
    ]  # fmt: skip
    values: list[int] = []
    for draft in bench.drafts if denied else ():
        if draft.type != "measurement" or draft.mention is None or draft.mention.hit is None or not draft.spans:
            continue
        value = draft.fields.get("value")
        start = min(draft.mention.start, *(place for place, _ in draft.spans))
        place = bisect_right(denied, start) - 1
        defined = place >= 0 and _DEFINES.fullmatch(folded, denied[place], start)
        beside = bool(values) and values[-1] <= start and _BESIDE.fullmatch(folded, values[-1], start)
        if (defined or beside) and value is not None and not (value.upper is not None and value.upper.magnitude == 0):
            draft.fields["negated"] = True
            values.append(max(end for _, end in draft.spans))
