"""The compiled terminology: what it knows and leaves out, where its names are found in a text, and that it is what the script builds."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility import Criteria, parse
from eligibility.nlp.vocabulary import load_vocabulary
from eligibility.spelling import BLANK
from eligibility.terminology import FILES, Terminology, load_terminology

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "models" / "terminology"
SOURCES = json.loads((FOLDER / "sources.json").read_text(encoding="utf-8"))
SAMPLE = [(name, concept) for place, (name, concept) in enumerate(load_terminology().names()) if place % 97 == 0]


def found(criteria: Criteria) -> list[tuple[str, str, str]]:
    """Subject as written with its white space made even, concept, code."""
    return [
        (" ".join(c.subject.text.split()), c.concept.id if c.concept else "", c.concept.codes[0] if c.concept and c.concept.codes else "")
        for c in criteria.constraints
        if c.subject is not None
    ]


def block(*lines: str) -> str:
    return "Inclusion Criteria:\n" + "".join(f"- {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("name", "label", "codes"),
    [
        ("Gaucher disease", "Gaucher Disease", ("MESH:D005776",)),
        ("GAUCHER'S DISEASE", "Gaucher Disease", ("MESH:D005776",)),
        ("rheumatoid arthritis", "Rheumatoid Arthritis", ("MESH:D001172",)),
        ("diabetes mellitus type 2", "Type 2 Diabetes Mellitus", ("MESH:D003924",)),
        ("foscarnet", "Foscarnet", ("DRUGBANK:DB00529", "MESH:D017245", "MEDLINEPLUS:a601144")),
        ("Sinequan", "Doxepin", ("DRUGBANK:DB01142", "MESH:D004316", "MEDLINEPLUS:a605040")),
        ("vasodilator", "Vasodilator Agents", ("MESH:D014665",)),
    ],
)
def test_a_name_has_its_concept(name: str, label: str, codes: tuple[str, ...]) -> None:
    concept = load_terminology().lookup(name)
    assert concept is not None
    assert (concept.label, concept.codes, concept.narrower) == (label, codes, "")


def test_codes_are_those_of_mesh_where_the_package_of_the_names_has_others() -> None:
    """Its dictionary gives a descriptor the code of a related one: gastroparesis for diabetes, hepcidins for anemia."""
    codes = {
        name: load_terminology().lookup(name)
        for name in ("diabetes mellitus", "anemia", "hypertension", "spinal cord injuries", "gastroparesis")
    }
    assert {name: concept.codes[0] for name, concept in codes.items() if concept} == {
        "diabetes mellitus": "MESH:D003920",
        "anemia": "MESH:D000740",
        "hypertension": "MESH:D006973",
        "spinal cord injuries": "MESH:D013119",
        "gastroparesis": "MESH:D018589",
    }


def test_a_name_that_is_no_synonym_says_so() -> None:
    concept = load_terminology().lookup("corneal scar")
    assert concept is not None
    assert (concept.label, concept.narrower) == ("Corneal Injuries", "corneal scar")


@pytest.mark.parametrize("name", ["", "  ", "no such disease", "arthritis rheumatoid of"])
def test_an_unknown_name_has_none(name: str) -> None:
    assert load_terminology().lookup(name) is None


@pytest.mark.parametrize(
    ("narrow", "wide", "expected"),
    [
        ("MESH:D001172", "MESH:D001168", True),  # rheumatoid arthritis, arthritis
        ("MESH:D003924", "MESH:D003920", True),  # type 2 diabetes, diabetes mellitus
        ("MESH:D003920", "MESH:D003924", False),
        ("MESH:D003920", "MESH:D003920", True),
        ("MESH:D003920", "MESH:D003919", False),  # diabetes insipidus
        ("MESH:D002289", "MESH:D009369", True),  # non-small-cell lung carcinoma, neoplasms
        ("MESH:D000000", "MESH:D009369", False),
        ("MESH:D009369", "MESH:D000000", False),
    ],
)
def test_is_a_goes_by_the_tree(narrow: str, wide: str, expected: bool) -> None:
    assert load_terminology().is_a(narrow, wide) is expected


def test_parents_and_codes() -> None:
    terminology = load_terminology()
    diabetes = terminology.by_code("MESH:D003924")
    assert diabetes is not None and terminology.by_code("MESH:D000000") is None
    assert [parent.label for parent in terminology.parents(diabetes)] == ["Diabetes Mellitus"]


@pytest.mark.parametrize(
    "name",
    ["water", "oxygen", "combined", "strain", "stable diabetes mellitus", "mody", "glucose", "peach", "acute disease", "tumors", "ras"],
)
def test_what_is_left_out_is_not_there(name: str) -> None:
    assert load_terminology().lookup(name) is None


def test_names_are_long_enough_and_begin_with_no_article() -> None:
    names = [name for name, _ in load_terminology().names()]
    short = ["acne", "acnes", "coma", "comas", "cyst", "cysts", "gout", "gouts", "kuru", "noma", "nomas", "pica", "rash", "stye", "styes"]
    assert [name for name in names if name.startswith(("a ", "an ", "the "))] == []
    assert {name for name in names if len(name) <= 4} - {"mpox", "wart", "yaws"} == {name for name in short if len(name) <= 4}


@pytest.mark.parametrize(("name", "concept"), SAMPLE[::8], ids=lambda value: value if isinstance(value, str) else "")
def test_a_name_of_a_sample_is_found_again(name: str, concept: object) -> None:
    assert load_terminology().lookup(name) == concept


@given(st.sampled_from(SAMPLE), st.sampled_from(["{}", "or {},", "({})", "{}.", "has {} and"]), st.sampled_from([" ", "\n  ", "-"]))
def test_a_name_in_a_text_is_found_at_its_place(sample: tuple[str, object], frame: str, joiner: str) -> None:
    name, _ = sample
    vocabulary = load_vocabulary()
    if name in vocabulary.lexicon.forms:
        return
    written = name.replace(" ", joiner)
    text = frame.format(written)
    hits = vocabulary.terms.find(text, BLANK.sub(" ", text.lower()))
    assert [(hit.start, hit.end) for hit in hits] == [(text.index(written), text.index(written) + len(written))]


def test_names_are_found_over_line_breaks_in_the_plural_and_in_british_spelling() -> None:
    text = block("prior foscarnet, Gaucher\n  diseases, sideroblastic anaemia or familial\n  dysautonomia")
    assert found(parse(text)) == [
        ("foscarnet", "foscarnet", "DRUGBANK:DB00529"),
        ("Gaucher diseases", "gaucher_disease", "MESH:D005776"),
        ("sideroblastic anaemia", "sideroblastic_anemia", "MESH:D000756"),
        ("familial dysautonomia", "familial_dysautonomia", "MESH:D004402"),
    ]


def test_offsets_are_those_of_the_text() -> None:
    text = block("no  foscarnet within 4 weeks", "Hemifacial\n  microsomia")
    for constraint in parse(text).constraints:
        assert constraint.subject is not None
        (span,) = constraint.subject.spans
        assert text[span.start : span.end] == constraint.subject.text


def test_the_rules_win_but_for_a_name_that_says_more() -> None:
    text = block("severe anemia", "pulmonary infarction", "dexamethasone acetate", "leg injury")
    assert [concept for _, concept, _ in found(parse(text))] == ["anaemia", "pulmonary_infarction", "dexamethasone_acetate", "leg_injuries"]


def test_a_name_never_takes_a_measured_thing() -> None:
    assert load_terminology().lookup("bilirubin encephalopathy") is not None
    assert [str(c) for c in parse(block("bilirubin encephalopathy", "platelet count > 100 10*9/L")).constraints] == [
        "condition encephalopathy",
        "platelet_count > 100 10*9/L",
    ]


def test_one_thing_has_one_concept_however_it_is_named() -> None:
    text = block("type 2 diabetes", "non-insulin-dependent diabetes mellitus", "maturity-onset diabetes")
    assert [concept for _, concept, _ in found(parse(text))][:2] == ["type_2_diabetes", "type_2_diabetes"]
    assert [concept for _, concept, _ in found(parse(block("escitalopram", "Lexapro", "diphenhydramine", "Benadryl")))] == [
        "escitalopram", "escitalopram", "diphenhydramine", "diphenhydramine",
    ]  # fmt: skip


def test_drugs_of_the_rules_have_their_codes() -> None:
    assert found(parse(block("prednisone", "metformin", "warfarin"))) == [
        ("prednisone", "prednisone", "DRUGBANK:DB00635"),
        ("metformin", "metformin", "DRUGBANK:DB00331"),
        ("warfarin", "warfarin", "DRUGBANK:DB00682"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "pilocarpine derivatives", "anti-thyroglobulin antibodies", "foscarnet-resistant virus", "Estrogen receptor < 1 %",
        "the National Comprehensive Cancer Network", "open water dives",
    ],
)  # fmt: skip
def test_a_substance_that_is_not_meant_is_none(text: str) -> None:
    assert [c.rule for c in parse(block(text)).constraints if c.rule == "terminology"] == []


@pytest.mark.parametrize("text", ["leg (injury)", "blindness, deafness", "leg. Injury", "leg\n- injury"])
def test_a_name_does_not_run_over_signs(text: str) -> None:
    assert load_vocabulary().terms.find(text, BLANK.sub(" ", text.lower())) == []


def test_the_short_form_that_a_text_explains_is_the_same_concept() -> None:
    text = block("Eosinophilic fasciitis of Shulman; systemic necrotising Smith-Lemli-Opitz syndrome (SLOS)", "untreated SLOS")
    assert [concept for subject, concept, _ in found(parse(text)) if subject in ("SLOS", "Smith-Lemli-Opitz syndrome")] == [
        "smith_lemli_opitz_syndrome", "smith_lemli_opitz_syndrome",
    ]  # fmt: skip


def test_every_mesh_code_of_the_rules_is_one_of_mesh() -> None:
    """Those that lie outside the branches of diseases are known by hand: depression, smoking, graft rejection, menopause as such."""
    terminology = load_terminology()
    outside = [rule.id for rule in load_vocabulary().rulebook.conditions if rule.mesh and terminology.by_code(f"MESH:{rule.mesh}") is None]
    assert sorted(outside) == ["depression", "graft_rejection", "menopause", "smoking"]


def test_a_folder_without_the_files_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"has no names\.marisa: run models/build_terminology\.py"):
        Terminology(tmp_path)


def test_the_files_are_those_that_were_built_and_small() -> None:
    digests = {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in FILES}
    assert digests == SOURCES["sha256"]
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 10_000_000


@pytest.mark.slow
def test_the_script_builds_the_same_bytes(tmp_path: Path) -> None:
    for package, wanted in SOURCES["packages"].items():
        try:
            installed = version(package)
        except PackageNotFoundError:
            pytest.skip(f"{package} is not installed: models/build_terminology.py says how")
        if installed != wanted:
            pytest.skip(f"{package} is {installed}, the terminology was built from {wanted}")
    subprocess.run([sys.executable, ROOT / "models" / "build_terminology.py", tmp_path], check=True, capture_output=True)
    names = sorted(path.name for path in FOLDER.iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert [name for name in names if (tmp_path / name).read_bytes() != (FOLDER / name).read_bytes()] == []
