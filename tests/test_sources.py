"""Pages, records and files become studies: what is furniture, what are fields, where the criteria stand."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.errors import InputError
from eligibility.resources import data_dir
from eligibility.sources import HeaderField, Study, read_file, read_page, read_study

PORTAL = """ClinicalTrials.Veeva

Menu

A Study of Examplinib in Gout

Status and phase

Completed
Phase 2

Conditions

Gout

Identifiers

NCT09990001

About

Adults with gout are compared.

Full description

Inclusion Criteria:

  1. Age 20 to 70 years

Enrollment

40 estimated patients

Sex

All

Ages

18 to 70 years old

Volunteers

No Healthy Volunteers

Inclusion criteria

  \u2022 Gout for at least 6 months
  \u2022 Not enrolled in NCT09990002

Exclusion criteria

  \u2022 Gout flare within 2 weeks

Trial design

Primary purpose

Treatment
"""
CLASSIC = """A Study of Examplinib in Gout
ClinicalTrials.gov Identifier: NCT09990003 |
Choosing to participate in a study is an important personal decision.
Ages Eligible for Study: | 35 Years to 60 Years (Adult) |
Sexes Eligible for Study: | Female |
Accepts Healthy Volunteers: | No |
Inclusion Criteria:
- Gout;
Exclusion Criteria:
- Renal stones.

To learn more about this study, you or your doctor may contact the staff.
Responsible Party: | Nobody |
"""
RECORD = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT09990004", "briefTitle": "Gout"},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* ALT \\<= 2 x ULN",
            "sex": "FEMALE",
            "minimumAge": "18 Years",
            "healthyVolunteers": False,
        },
    }
}
XML = """<?xml version="1.0"?><clinical_study><id_info><nct_id>NCT09990005</nct_id></id_info><brief_title>Gout</brief_title>
<eligibility><criteria><textblock>
  Inclusion Criteria: age &gt; 18
</textblock></criteria><gender>All</gender><minimum_age>18 Years</minimum_age></eligibility></clinical_study>"""


def _blocks(study: Study) -> list[str]:
    return [study.text[a:b] for a, b in study.blocks]


def _fields(study: Study) -> list[tuple[str, str]]:
    return [(f.name, f.value) for f in study.header]


def test_portal_page() -> None:
    study = read_page(PORTAL, "gout")
    assert (study.source, study.id, study.title) == ("gout", "NCT09990001", "A Study of Examplinib in Gout")
    assert _fields(study) == [("sex", "All"), ("age", "18 to 70 years old"), ("healthy_volunteers", "No Healthy Volunteers")]
    assert [b.split("\n")[0] for b in _blocks(study)] == ["Inclusion criteria"]
    assert _blocks(study)[0].endswith("Gout flare within 2 weeks")
    assert [study.text[a:b] for a, b in study.alternates] == ["Inclusion Criteria:\n\n  1. Age 20 to 70 years"]


def test_portal_page_without_values() -> None:
    text = "Status\nConditions\nAbout\nA trial.\nEnrollment\nSex\nAges\nVolunteers\nInclusion criteria\nGout;\nPrimary purpose\nMasking\n"
    study = read_page(text)
    assert (study.id, study.title, study.header, _blocks(study)) == (None, None, (), ["Inclusion criteria\nGout;"])


def test_classic_page() -> None:
    study = read_page(CLASSIC)
    assert (study.id, study.title) == ("NCT09990003", "A Study of Examplinib in Gout")
    assert _fields(study) == [("age", "35 Years to 60 Years (Adult)"), ("sex", "Female"), ("healthy_volunteers", "No")]
    assert _blocks(study) == ["Inclusion Criteria:\n- Gout;\nExclusion Criteria:\n- Renal stones."]


@pytest.mark.parametrize("text", [PORTAL, CLASSIC, PORTAL.replace("\n", "\r\n")])
def test_fields_point_into_the_text(text: str) -> None:
    study = read_page(text)
    assert [text[f.start : f.end] for f in study.header] == [f.value for f in study.header]


def test_page_without_a_heading_over_its_criteria() -> None:
    study = read_page(CLASSIC.replace("Inclusion Criteria:\n", "").replace("Exclusion Criteria:\n", ""))
    assert _blocks(study) == ["- Gout;\n- Renal stones."]


def test_page_without_criteria_says_so() -> None:
    study = read_page("ClinicalTrials.Veeva\nMenu\nStatus and phase\nConditions\nTrial design\nMasking\n")
    assert (study.blocks, study.notes) == ((), ("the page holds no eligibility criteria",))


def test_dump_of_fields_ahead_of_criteria() -> None:
    study = read_page("Minimum Age: 18 Years Maximum Age: 99 Years Sex: All Gender Based: No\nInclusion Criteria:\n- Gout")
    assert _fields(study) == [("minimum_age", "18 Years"), ("maximum_age", "99 Years"), ("sex", "All")]
    assert [b.strip() for b in _blocks(study)] == ["Inclusion Criteria:\n- Gout"]


@pytest.mark.parametrize(
    "text",
    [
        "Inclusion Criteria:\n- Sex: male\n- Age: 18 to 65",
        "Age: over 18 years\nSex: female\nTreatment\nConditions\nNCT09990001 completed",
        "no heading at all",
        "",
        " \n\t",
        "\x00",
    ],
)
def test_bare_criteria_lose_nothing(text: str) -> None:
    study = read_page(text)
    assert (study.text, study.blocks, study.header, study.id) == (text, ((0, len(text)),), (), None)


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters() | st.sampled_from("\n:|-\ud800\x00\u05d0")))
def test_any_text_is_a_study(text: str) -> None:
    study = read_page(text)
    assert study.text == text
    assert all(0 <= a <= b <= len(text) for a, b in study.blocks + study.alternates)


def test_record() -> None:
    study = read_study(RECORD, "mine")
    assert (study.source, study.id, study.title, study.text) == ("mine", "NCT09990004", "Gout", "Inclusion Criteria:\n\n* ALT \\<= 2 x ULN")
    assert study.blocks == ((0, len(study.text)),)
    assert study.header == (
        HeaderField("minimum_age", "18 Years", None, None),
        HeaderField("sex", "FEMALE", None, None),
        HeaderField("healthy_volunteers", "No", None, None),
    )
    assert read_study(study) is study


def test_record_of_another_kind() -> None:
    with pytest.raises(InputError, match="protocolSection"):
        read_study({"patient": 1})


def test_record_without_criteria() -> None:
    study = read_study({"protocolSection": {"identificationModule": {"nctId": "NCT09990006"}}})
    assert (study.id, study.blocks, study.notes) == ("NCT09990006", (), ("the record has no eligibility criteria",))


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (CLASSIC.encode(), ["NCT09990003"]),
        (b"\xef\xbb\xbf" + CLASSIC.encode(), ["NCT09990003"]),
        (CLASSIC.encode("utf-16"), ["NCT09990003"]),
        (json.dumps(RECORD).encode(), ["NCT09990004"]),
        (json.dumps([RECORD, RECORD]).encode(), ["NCT09990004", "NCT09990004"]),
        (json.dumps({"studies": [RECORD]}).encode(), ["NCT09990004"]),
        (XML.encode(), ["NCT09990005"]),
        (b"[Inclusion Criteria]\n- Gout", [None]),
        (b"", [None]),
    ],
)
def test_files_by_content(tmp_path: Path, data: bytes, ids: list[str | None]) -> None:
    path = tmp_path / "trial.dat"
    path.write_bytes(data)
    studies = list(read_file(path))
    assert [(s.source, s.id, s.notes) for s in studies] == [("trial", i, ()) for i in ids]


def test_xml_text_is_unescaped_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "trial.xml"
    path.write_text(XML)
    study = next(read_file(path))
    assert (study.text, _fields(study)) == ("\n  Inclusion Criteria: age > 18\n", [("minimum_age", "18 Years"), ("sex", "All")])


def test_assumed_encoding_is_a_note(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_bytes(b"Age \xb1 2 years")
    study = next(read_file(path))
    assert study.text == "Age \u00b1 2 years"
    assert study.notes == ("not UTF-8 (byte 4): read as Windows-1252, so some characters may be wrong",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 ...", "is a PDF"),
        (bytes(range(256)) * 8, "is binary"),
        (b'{"protocolSection": ', "broken JSON"),
        (b'{"other": 1}', "protocolSection"),
        (b"[1, 2]", "protocolSection"),
        (b"<clinical_study><a></clinical_study>", "broken XML"),
        (b"<?xml version='1.0'?><html/>", "<html>"),
    ],
)
def test_bad_files_say_what_where_and_what_to_do(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "bad.dat"
    path.write_bytes(data)
    with pytest.raises(InputError) as raised:
        list(read_file(path))
    assert words in str(raised.value) and str(path) in str(raised.value) and "\n" not in str(raised.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_file(tmp_path / "nothing.txt")


def _label_examples() -> list[tuple[str, str, str]]:
    fields = tomllib.loads((data_dir("rules") / "pages.toml").read_text(encoding="utf-8"))["header_field"]
    return [(f["name"], e["value"], text) for f in fields for e in f.get("examples", []) for text in e["texts"]]


@pytest.mark.parametrize(("name", "value", "text"), _label_examples())
def test_examples_of_labels(name: str, value: str, text: str) -> None:
    assert [f.value for f in read_page(text + "\nInclusion Criteria:\n- Gout").header if f.name == name] == [value]
