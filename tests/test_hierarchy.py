"""The hierarchy of concepts: what is a kind of what and what is not, names and codes that are looked up, and that it is an order."""

from __future__ import annotations

import timeit
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility import Concept, InputError, concept, load_hierarchy, parse
from eligibility.rulebook import lint, load_rulebook
from eligibility.terminology import load_terminology

HIERARCHY = load_hierarchy()
RULES = [entry for entry in load_rulebook() if entry.table in ("condition", "procedure", "drug", "drug_class", "analyte", "score")]
TERMS = list(load_terminology())
NODES = sorted({entry.id for entry in RULES} | {HIERARCHY.place(term) for term in TERMS})


def named(name: str) -> Concept:
    found = concept(name)
    assert found is not None, name
    return found


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("type 2 diabetes", "diabetes"),
        ("basal cell carcinoma", "skin cancer"),
        ("basal cell carcinoma", "cancer"),
        ("basal cell carcinoma", "malignancy"),
        ("non-small cell lung cancer", "lung cancer"),
        ("glioblastoma", "cancer"),
        ("acute myeloid leukemia", "hematologic malignancy"),
        ("brain metastases", "malignancy"),
        ("hepatitis B", "hepatitis"),
        ("hepatitis B", "viral infection"),
        ("hepatitis B", "infection"),
        ("tuberculosis", "bacterial infection"),
        ("crohn disease", "inflammatory bowel disease"),
        ("crohn disease", "autoimmune disease"),
        ("rheumatoid arthritis", "inflammatory arthritis"),
        ("atrial fibrillation", "arrhythmia"),
        ("myocardial infarction", "heart disease"),
        ("myocardial infarction", "cardiovascular disease"),
        ("stroke", "cerebrovascular disease"),
        ("pulmonary embolism", "venous thromboembolism"),
        ("cirrhosis", "liver disease"),
        ("lupus nephritis", "kidney disease"),
        ("haemophilia A", "bleeding disorder"),
        ("schizophrenia", "psychiatric disorder"),
        ("COPD", "respiratory disease"),
        ("Gaucher disease", "metabolic disease"),
        ("methotrexate", "DMARD"),
        ("methotrexate", "immunosuppressant"),
        ("prednisone", "systemic corticosteroid"),
        ("prednisone", "glucocorticoid"),
        ("prednisone", "immunosuppressant"),
        ("adalimumab", "TNF inhibitor"),
        ("adalimumab", "biologic"),
        ("adalimumab", "DMARD"),
        ("adalimumab", "immunosuppressant"),
        ("TNF inhibitor", "biologic DMARD"),
        ("sertraline", "antidepressant"),
        ("phenelzine", "MAO inhibitor"),
        ("warfarin", "anticoagulant"),
        ("tralokinumab", "monoclonal antibody"),
        ("insulin lispro", "prandial insulin"),
        ("NPH insulin", "basal insulin"),
        ("prandial insulin", "insulin"),
        ("insulin degludec", "insulin"),
        ("dexamethasone acetate", "dexamethasone"),
        ("dexamethasone acetate", "corticosteroid"),
        ("coronary artery bypass", "cardiac surgery"),
        ("coronary artery bypass", "surgery"),
        ("kidney transplant", "organ transplant"),
        ("kidney transplant", "transplant"),
        ("ALT", "liver enzymes"),
    ],
)
def test_is_a(narrow: str, wide: str) -> None:
    assert (named(narrow).is_a(wide), named(narrow).is_a(named(wide)), named(wide).is_a(narrow)) == (True, True, False)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("prediabetes", "diabetes"),
        ("pulmonary hypertension", "hypertension"),
        ("polycystic ovary syndrome", "tumor"),
        ("neuromyelitis optica", "tumor"),
        ("uterine fibroid", "cancer"),
        ("meningioma", "malignancy"),
        ("thyroid nodule", "cancer"),
        ("smoldering multiple myeloma", "cancer"),
        ("psoriatic arthritis", "infection"),
        ("asthma", "allergy"),
        ("back pain", "neurological disease"),
        ("insomnia", "psychiatric disorder"),
        ("hemorrhoids", "cardiovascular disease"),
        ("multiple myeloma", "cardiovascular disease"),
        ("stroke", "heart disease"),
        ("hydroxychloroquine", "chloroquine"),
        ("fluticasone", "immunosuppressant"),
        ("topical corticosteroid", "immunosuppressant"),
        ("prednisone", "NSAID"),
        ("insulin glargine", "prandial insulin"),
        ("regular human insulin", "basal insulin"),
        ("acyclovir", "antibiotic"),
        ("gadolinium", "iodinated contrast"),
    ],
)
def test_what_is_none(narrow: str, wide: str) -> None:
    assert named(narrow).is_a(wide) is False


def test_a_name_filed_under_a_concept_is_a_kind_of_it_and_not_the_other_way_round() -> None:
    cranial, abscess = named("cranial epidural abscess"), named("epidural abscess")
    assert (cranial.is_a(abscess), abscess.is_a(cranial), cranial.codes == abscess.codes) == (True, False, True)


@pytest.mark.parametrize(
    "wide", ["diabetes", "MESH:D003920", "Diabetes Mellitus", "diabetes mellitus", Concept(id="x", label="x", codes=("MESH:D003920",))]
)
def test_the_wider_one_is_named_by_id_code_name_or_concept(wide: str | Concept) -> None:
    assert named("type 2 diabetes").is_a(wide) is True


def test_an_unknown_name_is_an_error_and_an_unknown_code_is_not() -> None:
    with pytest.raises(InputError) as caught:
        named("type 2 diabetes").is_a("diabtes")
    assert str(caught.value) == "no concept has the id, code or name 'diabtes'; did you mean 'diabetes'?"
    assert named("type 2 diabetes").is_a("MESH:D999999") is False


def test_a_concept_from_json_and_one_of_a_parse_answer_alike() -> None:
    (constraint,) = parse("Active rheumatoid arthritis").constraints
    assert constraint.concept is not None
    copy = Concept.model_validate_json(constraint.concept.model_dump_json())
    assert (copy == constraint.concept, copy.is_a("arthritis"), copy.is_a("cancer")) == (True, True, False)


def test_a_concept_that_nothing_is_known_of_is_only_itself() -> None:
    unknown = Concept(id="zarbozine", label="zarbozine")
    assert (unknown.is_a(unknown), unknown.is_a("zarbozine"), unknown.is_a("cancer")) == (True, True, False)


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        ("type 2 diabetes", "condition", "type_2_diabetes"),
        ("Type-2 Diabetes", None, "type_2_diabetes"),
        ("anemias", None, "anaemia"),
        ("oesophageal cancers", "condition", "oesophageal_cancer"),
        ("leucopenia", None, "leukopenia"),
        ("coeliac disease", None, "celiac_disease"),
        ("sulphasalazine", "medication", "sulfasalazine"),
        ("Kidney Transplantation", "procedure", "kidney_transplant"),
        ("DMARDs", "medication", "dmards"),
        ("MESH:D003924", None, "type_2_diabetes"),
        ("mesh:D003924", "condition", "type_2_diabetes"),
        ("LOINC:1742-6", "measurement", "alt"),
        ("MESH:D005776", None, "gaucher_disease"),
        ("Sinequan", None, "doxepin"),
        ("NSCLC", None, "non_small_cell_lung_cancer"),
    ],
)
def test_a_name_or_code_has_its_concept(name: str, kind: str | None, wanted: str) -> None:
    found = concept(name, kind)  # type: ignore[arg-type]
    assert found is not None and found.id == wanted


@pytest.mark.parametrize(
    ("name", "kind"),
    [("zarbozine", None), ("MESH:D999999", None), ("type 2 diabetes", "procedure"), ("RA", None), ("MS", "condition"), ("", None)],
)
def test_what_is_not_known_or_ambiguous_has_none(name: str, kind: str | None) -> None:
    assert concept(name, kind) is None  # type: ignore[arg-type]


def test_a_kind_that_is_none_is_said() -> None:
    with pytest.raises(InputError) as caught:
        concept("aspirin", "medications")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "'medications' is no kind of concept; did you mean 'medication'?: give one of condition, medication, procedure, measurement"
    )


def test_rules_of_a_user_join_in(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[condition]]\nid = "tea_arthritis"\nterms = ["tea arthritis"]\nis_a = ["arthritis"]\n', encoding="utf-8"
    )
    found = concept("tea arthritis", rules=[tmp_path])
    assert found is not None and concept("tea arthritis") is None
    assert load_hierarchy([tmp_path]).is_a(found, "rheumatic disease") is True


def test_nothing_is_a_kind_of_itself_by_way_of_others() -> None:
    assert [node for node in NODES if node in HIERARCHY.above(node)] == []


def test_it_is_transitive() -> None:
    wrong = [(node, wide) for node in NODES for wide in HIERARCHY.above(node) if not HIERARCHY.above(wide) <= HIERARCHY.above(node)]
    assert wrong == []


def test_every_place_above_is_one_that_there_is() -> None:
    panels = {entry.id for entry in load_rulebook().panels}
    assert sorted({wide for node in NODES for wide in HIERARCHY.above(node)} - set(NODES) - panels) == []


@given(st.sampled_from(TERMS), st.sampled_from(TERMS))
def test_two_different_concepts_are_not_kinds_of_each_other(a: object, b: object) -> None:
    first, second = (HIERARCHY.place(term) for term in (a, b))  # type: ignore[arg-type]
    assert first == second or not (second in HIERARCHY.above(first) and first in HIERARCHY.above(second))


def test_every_drug_and_class_of_the_rules_has_a_class_but_the_widest() -> None:
    assert [entry.id for entry in RULES if entry.table == "drug" and not HIERARCHY.parents(entry.id)] == []


def test_what_rules_hierarchy_names_is_there() -> None:
    book = load_rulebook()
    classes = {entry.id for entry in book.drug_classes}
    assert [row["class"] for row in book.other["stem"] if row["class"] not in classes] == []
    assert [row for row in (*book.other["link"], *book.other["not_a"]) if not row["concepts"] or not row["why"]] == []


def test_the_linter_sees_circles_and_codes_of_the_wrong_form(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[condition]]\nid = "ache"\nmesh = "C12"\nterms = ["achy"]\nis_a = ["sore"]\n'
        '[[condition]]\nid = "sore"\nterms = ["sory"]\nis_a = ["ache"]\n'
        '[[codes]]\nsystem = "MESH"\nof = { sory = "D003920", sore = "3920" }\n',
        encoding="utf-8",
    )
    assert lint(load_rulebook((tmp_path,))) == [
        "own.toml: condition 'ache': 'C12' is not of the form of a MeSH code, such as D003920",
        "codes: no rule has the id 'sory'; did you mean 'sore'?",
        "codes: 'sore': '3920' is not of the form of a MeSH code, such as D003920",
        "own.toml: 'ache' is a kind of itself, by way of sore",
        "own.toml: 'sore' is a kind of itself, by way of ache",
    ]


def test_it_is_quick() -> None:
    narrow, wide = named("myocardial infarction"), named("cardiovascular disease")
    assert (narrow.is_a(wide), narrow.is_a("cardiovascular disease")) == (True, True)
    plain = min(timeit.repeat(lambda: narrow.model_dump_json(), number=1000, repeat=5))
    assert min(timeit.repeat(lambda: narrow.is_a("cardiovascular disease"), number=1000, repeat=5)) < 10 * plain
