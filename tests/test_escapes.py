"""Escapes of exports: the same criteria with and without them, and every offset into the text as it was given."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from growth import grows_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from eligibility import Criteria, load, parse
from eligibility.logic import leaves
from eligibility.sources import read_page, undo_escapes

NLP = load(recognizer=False)
_OUTER_TAG = re.compile(r"^<[^>]+>|</[^>]+>$")  # has no character of the text at its side

PAIRS = [
    (r"ALT \>= 3 x ULN", "ALT >= 3 x ULN"),
    (r"ALT \<3 x ULN", "ALT <3 x ULN"),
    (r"Platelets \> 100 x 10\^9/L", "Platelets > 100 x 10^9/L"),
    (r"Platelets \> 100 x 10\*9/L", "Platelets > 100 x 10*9/L"),
    (r"Hemoglobin \[Hb\] \> 9 g/dL", "Hemoglobin [Hb] > 9 g/dL"),
    (r"Age \~18 years", "Age ~18 years"),
    (r"Nausea \& vomiting", "Nausea & vomiting"),
    (r"Heart\_failure", "Heart_failure"),
    (r"AST and\/or ALT \> 2 x ULN", "AST and/or ALT > 2 x ULN"),
    ("ALT &gt;= 3 x ULN", "ALT >= 3 x ULN"),
    ("ALT &lt; 3 x ULN", "ALT < 3 x ULN"),
    ("ALT &amp;lt;= 3 x ULN", "ALT <= 3 x ULN"),
    ("ALT &#8805; 3 x ULN", "ALT ≥ 3 x ULN"),
    ("ALT &#x2265;3 x ULN", "ALT ≥3 x ULN"),
    ("ALT &ge; 3 x ULN", "ALT ≥ 3 x ULN"),
    ("Type&nbsp;2&nbsp;diabetes", "Type\u00a02\u00a0diabetes"),
    ("Crohn&rsquo;s disease", "Crohn’s disease"),
    ("eGFR 30 &ndash; 60 mL/min", "eGFR 30 – 60 mL/min"),
    ("Temperature &gt; 38&nbsp;&deg;C", "Temperature > 38\u00a0°C"),
    ("Nausea &amp; vomiting", "Nausea & vomiting"),
    ("Platelets > 100 x 10<sup>9</sup>/L", "Platelets > 100 x 10^9/L"),
    ("BMI < 30 kg/m<sup>2</sup>", "BMI < 30 kg/m^2"),
    ("HbA<sub>1c</sub> < 8 %", "HbA1c < 8 %"),
    ("<b>Severe</b> asthma", "Severe asthma"),
    ('<span class="x">Severe</span> asthma', "Severe asthma"),
    ("ALT â‰¥ 3 x ULN", "ALT ≥ 3 x ULN"),
    ("Temperature > 38 Â°C", "Temperature > 38 °C"),
    ("Crohnâ€™s disease", "Crohn’s disease"),
]
LIST = (
    "Inclusion Criteria:\n\n* Age 18 to 70 years\n* ALT < 3 x ULN, measured\n  twice\n\n"
    "Exclusion Criteria:\n\n1. Asthma\n2. Grade 3 or 4 ~5 cm"
)
MARKUP = (
    "<p>Inclusion Criteria:</p><ul><li>Age 18 to 70 years</li><li>ALT < 3 x ULN, measured twice</li></ul>"
    "<p>Exclusion Criteria:</p><ul><li>Asthma</li><li>Grade 3 or 4 ~5 cm</li></ul>"
)
LINES = [
    LIST.replace("\n", "~"),
    LIST.replace("\n", r"\n"),
    LIST.replace("\n", r"\r\n"),
    LIST.replace("\n", "\r\n"),
    LIST.replace("\n", "\r"),
    LIST.replace("\n", "<br>"),
    LIST.replace("\n", "<BR />\n"),
    LIST.replace("\n", "&#10;"),
    LIST.replace("\n", "&lt;br&gt;"),
    LIST.replace(". ", r"\. ").replace("* ", r"\* "),
    MARKUP,
]


def said(criteria: Criteria) -> list[tuple[str, str, list[str], str]]:
    return [(c.section, c.number, list(map(str, c.constraints)), str(c.requirement)) for c in criteria.walk()]


def under_heading(criterion: str) -> Criteria:
    return parse(f"Exclusion Criteria:\n- {criterion}\n", nlp=NLP)


@pytest.mark.parametrize(("escaped", "plain"), PAIRS)
def test_the_same_with_and_without(escaped: str, plain: str) -> None:
    found = under_heading(escaped)
    assert said(found) == said(under_heading(plain))
    assert [c.text for c in found.walk()] == [_OUTER_TAG.sub("", escaped)]


@pytest.mark.parametrize("text", LINES)
def test_lines_that_an_export_wrote_otherwise(text: str) -> None:
    found = said(parse(text, nlp=NLP))
    assert [(section, number, tree) for section, number, _, tree in found] == [
        ("inclusion", "1", "age 18..70 a"),
        ("inclusion", "2", "ALT < 3 ULN"),
        ("exclusion", "1", "not (asthma)"),
        ("exclusion", "2", said(parse(LIST, nlp=NLP))[3][3]),
    ]


@pytest.mark.parametrize("text", [*LINES, *(f"Exclusion Criteria:\n- {escaped}" for escaped, _ in PAIRS)])
def test_every_offset_is_into_the_text_as_given(text: str) -> None:
    criteria = parse(text, nlp=NLP)
    assert criteria.text == text
    assert [c.text for c in criteria.walk()] == [text[slice(*c.span)] for c in criteria.walk()]
    subjects = [c.subject for c in criteria.constraints if c.subject is not None]
    assert [s.text for s in subjects] == [text[slice(*s.spans[0])] for s in subjects]
    assert [row["text"] for row in criteria.records()] == [text[row["start"] : row["end"]] for row in criteria.records()]
    spans = [c.span for c in criteria.walk()]
    assert spans == sorted(spans) and all(a.end <= b.start for a, b in pairwise(spans))


def test_a_tree_holds_the_moved_constraints() -> None:
    criteria = under_heading("ALT &gt;= 3 x ULN or AST &gt;= 3 x ULN, unless Gilbert&rsquo;s syndrome")
    (criterion,) = criteria.exclusion
    assert [leaf.constraint for leaf in leaves(criterion.requirement)] == list(criterion.constraints)


def test_what_was_garbled_is_an_issue() -> None:
    issues = [issue.message for issue in under_heading("ALT â‰¥ 3 x ULN").issues]
    assert issues == ["'â‰¥' is UTF-8 that was once read as Windows-1252: such signs are read as what they were"]


@pytest.mark.parametrize(
    "text",
    [
        "Age 18~65 years, tumor of ~5 cm",
        "Items 1)~3) of the list",
        "R&D; B&B; a&b",
        "AT&T and &unknownname;",
        "CD4 <b and CRP >5",
        "x<y and p>q, <20 or >30",
        r"the folder C:\new and the path \n in it" + "\n- of two lines",
        r"\alpha",
        "Ân und Âge, crème brûlée, façade, São Paulo",
        "",
        "\\",
        "&",
    ],
)
def test_what_only_looks_like_an_escape_stays(text: str) -> None:
    assert undo_escapes(text) is None


def test_a_page_with_escapes() -> None:
    page = "A Study\nSexes Eligible for Study: | Female &amp; male |\nInclusion Criteria:<br>- Gout &lt; 2 years\n\nTrial design\n"
    study = read_page(page)
    assert study.text == page
    assert [page[slice(*block)] for block in study.blocks] == ["Inclusion Criteria:<br>- Gout &lt; 2 years"]
    assert [page[field.start : field.end] for field in study.header] == ["Female &amp; male"]


ESCAPES = ["\\>", "&gt;", "&nbsp;", "<br>", "<li>", "</li>", "<b>", "~", "~~", "\\n", "â‰¥", "<sup>", "&amp;lt;", "5", "\n", "a ", ": "]


@given(st.lists(st.sampled_from(ESCAPES) | st.text(max_size=5)).map("".join))
def test_every_character_has_its_place(text: str) -> None:
    undone = undo_escapes(text)
    if undone is None:
        return
    size = len(undone.text)
    assert (len(undone.starts), len(undone.ends)) == (size, size)
    assert list(undone.starts) == sorted(undone.starts) and list(undone.ends) == sorted(undone.ends)
    kept = [text[start:end] for start, end in zip(undone.starts, undone.ends, strict=True)]
    assert [sign for sign, piece in zip(undone.text, kept, strict=True) if len(piece) == 1 and piece not in (sign, "~")] == []
    assert undone.written_at(0, size) == (0, len(text))
    assert undone.meant_at(0, len(text)) == (0, size)


@given(st.lists(st.sampled_from(ESCAPES) | st.text(max_size=5)).map("".join))
def test_nothing_is_dropped_between_the_criteria(text: str) -> None:
    criteria = parse(text, nlp=NLP)
    spans = [c.span for c in criteria.walk()]
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    assert edges == sorted(edges)
    assert "".join(text[a:b] for a, b in pairwise(edges)) == text


@pytest.mark.parametrize("pattern", ["&gt;", "\\>", "~~", "<br>", "&amp;", "â‰¥", '<b a="', "&amp;amp;"])
def test_time_grows_in_proportion(pattern: str) -> None:
    assert grows_in_proportion(undo_escapes, pattern, 64_000) is True
