"""The page and the table: everything of the text is in them, escaped, whatever overlaps."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.constraints import BY_TYPE, Age
from eligibility.export.html import Mark, find_marks, highlight, page_head, to_html, to_section
from eligibility.export.listing import make_listing, printable
from eligibility.export.table import to_table
from eligibility.ranges import Bound, Range, Span
from eligibility.result import Criteria, Criterion

VOID = {"meta", "br"}


class Balance(HTMLParser):
    """Reads a page: its tags must close in order; keeps the words of each element and the attributes of each tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> Balance:
    reader = Balance()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def stripped(fragment: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", fragment))


def test_the_text_is_highlighted_with_its_readings(trial: Criteria) -> None:
    page = to_section(trial)
    assert '<mark class="reading age" tabindex="0" data-reading="2. age &gt;= 18 a">Age &gt;= 18 years</mark>' in page
    assert '<span class="unread" data-reading="not structured">Willing to &lt;keep&gt; a diary &amp; use it</span>' in page


def test_where_spans_overlap_each_stretch_has_all_readings_and_the_colour_of_the_shortest() -> None:
    marks = [Mark(Span(0, 9), "condition", "outer"), Mark(Span(2, 5), "age", "inner"), Mark(Span(4, 7), "sex", "crossing")]
    assert [(tag[1]["class"], (tag[1]["data-reading"] or "").split("\n")) for tag in read(highlight("abcdefghij", marks)).tags] == [
        ("reading condition", ["outer"]),
        ("reading age", ["inner", "outer"]),
        ("reading age", ["inner", "crossing", "outer"]),
        ("reading sex", ["crossing", "outer"]),
        ("reading condition", ["outer"]),
    ]
    assert stripped(highlight("abcdefghij", marks)) == "abcdefghij"


def test_many_readings_of_one_stretch_are_counted_not_listed() -> None:
    shown = read(highlight("x", [Mark(Span(0, 1), "age", str(number)) for number in range(20)])).tags[0][1]["data-reading"]
    assert (shown or "").split("\n")[-2:] == ["11", "and 8 more"]


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(-2, 45), st.integers(-2, 45), st.sampled_from([None, *BY_TYPE]), st.text(max_size=5)), max_size=8),
)
def test_nothing_of_the_text_is_lost_or_read_as_markup(text: str, marks: list[tuple[int, int, str | None, str]]) -> None:
    page = highlight(text, [Mark(Span(start, end), kind, reading) for start, end, kind, reading in marks])
    assert stripped(page) == printable(text)
    assert {tag for tag, _ in read(page).tags} <= {"mark", "span"}


def test_a_page_is_whole_and_asks_for_nothing(trial: Criteria) -> None:
    page = to_html([trial, trial])
    reader = read(page)
    assert page.startswith("<!DOCTYPE html>\n")
    assert [tag for tag, _ in reader.tags].count("section") == 2
    assert {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe", "a", "form"} == set()
    assert "http" not in page and "url(" not in page and "@import" not in page
    assert "prefers-color-scheme: dark" in page


def test_every_type_has_a_colour_and_a_place_in_the_legend() -> None:
    head = page_head()
    assert [kind for kind in BY_TYPE if f".{kind} {{ --hue:" not in head] == []
    assert re.findall(r'<li class="reading (\w+)">', head) == list(BY_TYPE)


def test_every_criterion_and_every_issue_is_on_the_page(trial: Criteria) -> None:
    words = stripped(to_section(trial))
    assert [criterion.text for criterion in trial.walk() if criterion.text not in words] == []
    assert [issue.message for issue in trial.issues if issue.message not in words] == []
    assert str(trial.exclusion[0].requirement) in words


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style>", "&lt;b&gt;", "'\" onload='x"]
)
def test_nothing_that_was_given_becomes_markup(attack: str) -> None:
    span = Span(0, len(attack))
    age = Age(value=Range(lower=Bound(magnitude=1, unit=attack)), population=attack, evidence=span)
    criterion = Criterion(text=attack, span=span, section="inclusion", number=attack, constraints=(age,))
    page = to_html([Criteria(text=attack, source=attack, trial=attack, title=attack, inclusion=(criterion,))])
    reader = read(page)
    assert {tag for tag, _ in reader.tags} & {"script", "img", "b"} == set()
    assert [attributes for _, attributes in reader.tags if any(name.startswith("on") for name in attributes)] == []
    assert "".join(reader.words).count(attack) >= 4


def test_controls_and_lone_surrogates_do_not_reach_the_page_nor_the_terminal() -> None:
    text = "a\x00b\x1b[31mc\ud800d\r\ne"
    criterion = Criterion(text=text, span=Span(0, len(text)), section="inclusion", number="1")
    criteria = Criteria(text=text, inclusion=(criterion,))
    assert "a\ufffdb\ufffd[31mc\ufffdd\r\ne" in to_section(criteria)
    assert "a\ufffdb\ufffd[31mc\ufffdd e" in to_table(criteria)


def test_an_empty_trial_is_a_page_too() -> None:
    assert read(to_html([Criteria(text="")])).words.count("none") == 1


def test_the_listing_gives_each_issue_its_place(trial: Criteria) -> None:
    listing = make_listing(trial)
    assert [
        (line.section, line.number, [number for number, _ in line.constraints], [i.code for i in line.issues]) for line in listing.lines
    ] == [
        ("header", "", [1], []),
        ("inclusion", "1", [2], []),
        ("inclusion", "2", [], ["unstructured"]),
        ("exclusion", "1", [], []),
        ("exclusion", "1.1", [3, 4], ["ambiguous"]),
        ("exclusion", "1.2", [5], []),
    ]
    assert [issue.code for issue in listing.loose] == ["text"]
    assert [mark.kind for mark in find_marks(listing)] == ["age", None, "measurement", "measurement", "medication"] or len(
        find_marks(listing)
    ) > 5


def test_the_table_has_every_line(trial: Criteria) -> None:
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in to_table(trial, width=240).splitlines() if line.startswith("│")]
    assert [row[:4] for row in rows if row[0]] == [
        ["header", "", "", "1. sex all"],
        ["inclusion", "1", "Age >= 18 years", "2. age >= 18 a"],
        ["inclusion", "2", "Willing to <keep> a diary & use it", "not structured"],
        ["exclusion", "1", "Any of the following:", "lead-in"],
        ["exclusion", "1.1", "AST or ALT > 2 x ULN", "3. ast > 2 ULN"],
        [
            "exclusion",
            "1.2",
            "prednisone > 10 mg/day within 28 days prior to baseline",
            "5. medication prednisone dose > 10 mg/d window <= 28 d before baseline",
        ],
    ]
    assert to_table(trial, width=240).splitlines()[-3:-1] == ["text: a stray sign", "4 criteria, 3 structured; 5 constraints, 3 issues"]
    assert to_table(trial, width=240).splitlines()[0].strip() == "NCT00000000 · diary · A trial"


def test_colour_only_where_it_is_asked_for(trial: Criteria) -> None:
    assert ("\x1b[" in to_table(trial), "\x1b[" in to_table(trial, color=True)) == (False, True)


def test_words_are_not_read_as_markup_in_the_table() -> None:
    text = "[bold]x[/bold] [/] :smile:"
    criterion = Criterion(text=text, span=Span(0, len(text)), section="inclusion", number="1")
    assert text in to_table(Criteria(text=text, inclusion=(criterion,)))
