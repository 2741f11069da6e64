"""Properties that hold for every text: offsets, round trips, nothing dropped, the same reading each time."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from eligibility import Constraint, Criteria, parse
from eligibility.criteria import tile
from eligibility.logic import leaves
from eligibility.nlp.reading import Reading
from eligibility.pipeline import default_pipeline
from eligibility.records import COLUMNS

FRAGMENTS = (
    "age", "18 years", "≥ 18", "18~80", "years", "or older", "between", "and", "or", "ALT", "AST", "≤ 2.5 x ULN",
    "x10^9/L", "platelets", "100,000 /mm3", "prednisone", "> 10 mg/day", "within 4 weeks", "prior to baseline",
    "of screening", "for at least", "3 months", "no", "history of", "stroke", "asthma", "except", "other than",
    "unless", "(ECOG)", "0-1", "grade III", "stage IV", "male", "women", "pregnant", "contraception",
    "at least two of the following:", "in the last", "half-lives", "whichever is longer", "±", "/", "%", "(", ")", ",",
    ";", ":", ".", "- ", "\n", "\n- ", "\n  - ", "\n1. ", "\n2) ", "\na. ", "\n\n", "\nInclusion Criteria:\n",
    "\nExclusion Criteria\n", "\n* ", "\t", "\u00a0", "&gt;", r"\>", "＞", "½", "Ⅳ", "10⁹", "Zebra Index (ZI)", "ZI",
    "\x00", "年龄", "العمر", "🙂", "1.", "e.g.", "NCT00000001", "Donor", "23 weeks 6 days",
)  # fmt: skip
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

WRAPPED_UNIT = re.compile(r"(?:[\d½⁹Ⅳ;<>≤≥＞=]|two|III|IV)\s*\n")  # see the gap below

words = st.lists(st.sampled_from(FRAGMENTS), max_size=30)
criteria_like = st.builds(lambda parts, gap: gap.join(parts), words, st.sampled_from([" ", ""]))
anything = st.text(st.characters(blacklist_categories=["Cs"]), max_size=120)
texts = st.one_of(criteria_like, criteria_like, anything)


@given(texts)
@OFTEN
def test_every_text_is_the_input_between_its_offsets(text: str) -> None:
    criteria = parse(text)
    assert criteria.text == text
    assert [c.text for c in criteria.walk()] == [text[c.span.start : c.span.end] for c in criteria.walk()]
    for constraint in criteria.constraints:
        spans = [constraint.evidence, *(found.span for _, found in constraint.facets)]
        spans += constraint.subject.spans if constraint.subject else ()
        assert [s for s in spans if s is not None and not 0 <= s.start < s.end <= len(text)] == []
    for issue in criteria.issues:
        assert issue.span is None or 0 <= issue.span.start <= issue.span.end <= len(text)
        assert issue.constraint is None or 1 <= issue.constraint <= len(criteria.constraints)


@given(texts)
@OFTEN
def test_records_are_whole_rows_of_the_input(text: str) -> None:
    for row in parse(text).records():
        assert tuple(row) == COLUMNS
        assert row["start"] is None or row["text"] == text[row["start"] : row["end"]]
        assert row["subject_start"] is None or row["subject_start"] < row["subject_end"] <= len(text)


@given(texts)
@OFTEN
def test_a_constraint_lies_in_its_criterion(text: str) -> None:
    for criterion in parse(text).walk():
        spans = [c.evidence for c in criterion.constraints if c.evidence is not None]
        assert [s for s in spans if not criterion.span.start <= s.start <= s.end <= criterion.span.end] == []


@given(texts)
@OFTEN
def test_json_round_trip(text: str) -> None:
    criteria = parse(text)
    assert Criteria.model_validate_json(criteria.model_dump_json()) == criteria


@given(texts)
@OFTEN
def test_the_same_reading_each_time(text: str) -> None:
    assert parse(text).model_dump_json() == parse(text).model_dump_json()


@given(criteria_like)
@OFTEN
def test_line_ends_of_either_kind(text: str) -> None:
    """CRLF instead of LF moves offsets and changes nothing else."""
    assume(not WRAPPED_UNIT.search(text))
    one, other = parse(text), parse(text.replace("\n", "\r\n"))
    assert [str(c) for c in other.constraints] == [str(c) for c in one.constraints]
    assert [(c.section, c.number) for c in other.walk()] == [(c.section, c.number) for c in one.walk()]


def test_a_unit_on_the_next_line() -> None:
    text = "- Life expectancy > 6\n    months"
    assert [str(c) for c in parse(text.replace("\n", "\r\n")).constraints] == [str(c) for c in parse(text).constraints]


@given(texts)
@OFTEN
def test_nothing_is_dropped(text: str) -> None:
    """Sections cover the criteria blocks; criteria, markers, headings and blanks cover the sections, once."""
    reading = Reading.of(default_pipeline()(text))
    for start, end in reading.blocks:
        inside = sorted((s.start, s.end) for s in reading.sections if start <= s.start and s.end <= end)
        edges = [start, *(edge for section in inside for edge in section), end]
        assert "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)).strip(" \t\r\n\x00\u00a0\ufeff") == ""
    for section in reading.sections:
        top = tuple(s.item for s in reading.segments if s.section is section and s.parent is None)
        tiles = tile(section, top)
        edges = [section.start, *(tile.end for tile in tiles)]
        assert [(t.start, t.end) for t in tiles] == list(pairwise(edges))
        assert edges[-1] == section.end
        assert [text[t.start : t.end] for t in tiles if t.kind == "gap" and any(sign.isalnum() for sign in text[t.start : t.end])] == []


@given(texts)
@OFTEN
def test_every_criterion_is_structured_or_marked(text: str) -> None:
    criteria = parse(text)
    marked = {issue.span for issue in criteria.issues if issue.code == "unstructured"}
    silent = [c.number for c in criteria.walk() if not c.constraints and c.span not in marked and not (c.lead_in and c.children)]
    assert silent == []


@given(texts)
@OFTEN
def test_a_tree_holds_every_constraint_of_the_patient(text: str) -> None:
    """Each leaf of a criterion is one of its constraints or its children's, or the words of a child that was not understood; what
    speaks of somebody else is not in the tree. A demand that is said again may stand there once."""
    for criterion in parse(text).inclusion:
        every = [c for part in criterion.walk() for c in part.constraints]
        own = {_demand(c) for c in every if c.about == "patient" and not c.exception}
        said = [leaf.constraint for leaf in leaves(criterion.requirement)]
        words = [leaf.evidence for leaf in said if leaf.rule == "unstructured"]
        assert len(own) <= len(said) - len(words) <= len(every)
        assert words == [part.span for part in criterion.walk() if part.requirement is None and part.span in set(words)]


def _demand(constraint: Constraint) -> tuple[object, ...]:
    """What is demanded, without the place where it is said."""
    facets = tuple(str(found) for _, found in constraint.facets)
    return constraint.type, constraint.name, constraint.modifiers, constraint.temporality, facets
