"""The pipeline as spaCy's own tools see it: whole, in parts, piped, pickled, saved, over another pipeline, with a user's rules."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

import eligibility
from eligibility import InputError, parse
from eligibility.nlp import PIPES
from eligibility.nlp.reading import Reading

TEXT = """Inclusion Criteria:
- Age 20 to 60 years
- ALT and AST <= 2 x ULN
Exclusion Criteria:
- Prednisone > 15 mg/day within 35 days prior to baseline
- Pregnant or lactating women
"""
WANTED = [
    "age 20..60 a",
    "alt <= 2 ULN",
    "ast <= 2 ULN",
    "medication prednisone dose > 15 mg/d window <= 35 d before baseline",
    "pregnancy pregnancy",
    "lactation lactation",
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return eligibility.load()


def read(pipeline: Language, text: str = TEXT) -> list[str]:
    return [str(constraint) for constraint in parse(text, nlp=pipeline).constraints]


def test_the_pipes_in_their_order(nlp: Language) -> None:
    assert tuple(nlp.pipe_names) == PIPES
    assert nlp.lang == "en"


def test_the_loaded_pipeline_is_the_default(nlp: Language) -> None:
    assert read(nlp) == WANTED == [str(c) for c in parse(TEXT).constraints]


def test_anyones_pipeline_takes_the_pipes() -> None:
    own = spacy.blank("en")
    for name in PIPES:
        own.add_pipe(name)
    assert read(own) == WANTED


@pytest.mark.parametrize("name", PIPES)
def test_each_pipe_alone(name: str) -> None:
    own = spacy.blank("en")
    own.add_pipe(name)
    doc = own(TEXT)
    assert doc.text == TEXT


def test_quantities_without_concepts() -> None:
    own = spacy.blank("en")
    for name in ("eligibility_criteria", "eligibility_quantities"):
        own.add_pipe(name)
    quantities = [q for segment in Reading.of(own(TEXT)).segments for q in segment.quantities]
    assert [(TEXT[q.first : q.end], q.unit) for q in quantities] == [
        ("20 to 60 years", "a"),
        ("2 x ULN", "ULN"),
        ("15 mg/day", "mg/d"),
        ("35 days", "d"),
    ]


@pytest.mark.parametrize("left_out", PIPES)
def test_a_pipe_left_out_leaves_the_text_accounted_for(left_out: str) -> None:
    own = spacy.blank("en")
    for name in PIPES:
        if name != left_out:
            own.add_pipe(name)
    criteria = parse(TEXT, nlp=own)
    assert [c.text for c in criteria.walk()] == [TEXT[c.span.start : c.span.end] for c in criteria.walk()]
    if left_out != "eligibility_criteria":
        assert len(list(criteria.walk())) == 4


def test_a_pipe_removed(nlp: Language) -> None:
    with nlp.select_pipes(disable=["eligibility_abbreviations"]):
        assert read(nlp) == WANTED
    assert tuple(nlp.pipe_names) == PIPES


def test_a_plain_call_leaves_its_reading_in_the_doc(nlp: Language) -> None:
    doc = nlp(TEXT)
    assert [str(c) for segment in Reading.of(doc).segments for c in segment.constraints] == WANTED


def test_a_pipe_that_reads_tokens_has_them() -> None:
    seen: list[list[str]] = []

    @Language.component("tests_token_reader")
    def token_reader(doc: spacy.tokens.Doc) -> spacy.tokens.Doc:
        seen.append([token.text for token in doc])
        return doc

    nlp = eligibility.load()
    nlp.add_pipe("tests_token_reader")
    short = "Health utility score (HUS) > 3; HUS improving"
    assert parse(short, nlp=nlp) == parse(short, nlp=eligibility.load())
    assert seen == [["Health", "utility", "score", "(", "HUS", ")", ">", "3", ";", "HUS", "improving"]]


def test_pipe_reads_many_as_one(nlp: Language) -> None:
    texts = [TEXT.replace("20", str(age)) for age in range(20, 30)]
    found = [[str(c) for s in Reading.of(doc).segments for c in s.constraints] for doc in nlp.pipe(texts, batch_size=3)]
    assert found == [read(nlp, text) for text in texts]


def test_pickle(nlp: Language) -> None:
    assert read(pickle.loads(pickle.dumps(nlp))) == WANTED


def test_pickle_after_use_with_short_forms(nlp: Language) -> None:
    text = "Simple Disease Activity Index (SDAI) is known. SDAI > 20"
    before = read(nlp, text)
    assert read(pickle.loads(pickle.dumps(nlp)), text) == before


def test_to_disk_and_back(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert tuple(again.pipe_names) == PIPES
    assert read(again) == WANTED


def test_to_disk_keeps_the_signs_apart(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert [token.text for token in again.make_doc("SLEDAI≥8")] == [token.text for token in nlp.make_doc("SLEDAI≥8")]


OVERLAY = """
[[analyte]]
id = "zebra_stripe_density"
loinc = "99999-9"
unit = "mg/L"
terms = ["zebra stripe density", "stripe density"]
"""


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "zebra.toml").write_text(OVERLAY, encoding="utf-8")
    return folder


def test_a_users_rules(overlay: Path) -> None:
    own = eligibility.load(rules=[overlay])
    found = parse("Stripe density of at least 4 mg/L", nlp=own).constraints
    assert [(str(c), c.concept.codes if c.concept else None, c.rule) for c in found] == [
        ("zebra_stripe_density >= 4 mg/L", ("LOINC:99999-9",), "zebra_stripe_density")
    ]
    assert read(own) == WANTED


def test_a_users_rules_do_not_leak(overlay: Path) -> None:
    eligibility.load(rules=[overlay])
    assert [c.concept for c in parse("Stripe density of at least 4 mg/L").constraints] == [None]


def test_a_users_rules_change_the_digest(overlay: Path) -> None:
    assert parse(TEXT, nlp=eligibility.load(rules=[overlay])).rules != parse(TEXT).rules


def test_a_users_rules_survive_disk_and_pickle(overlay: Path, tmp_path: Path) -> None:
    own = eligibility.load(rules=[overlay])
    own.to_disk(tmp_path / "pipeline")
    for again in (spacy.load(tmp_path / "pipeline"), pickle.loads(pickle.dumps(own))):
        assert read(again, "Stripe density of at least 4 mg/L") == ["zebra_stripe_density >= 4 mg/L"]


def ruler(*patterns: tuple[str, str]) -> Language:
    base = spacy.blank("en")
    base.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": words} for label, words in patterns])  # type: ignore[attr-defined]
    return base


def test_entities_of_a_base_are_subjects() -> None:
    own = eligibility.load(base=ruler(("DISEASE", "glimmer syndrome"), ("MARKER", "globulin index")))
    assert read(own, "- Diagnosis of glimmer syndrome within 7 weeks before screening") == [
        "condition glimmer syndrome window <= 7 wk before screening"
    ]
    assert read(own, "- Globulin index or globulin index > 7") != []
    assert read(own) == WANTED


def test_a_base_keeps_its_own_pipes() -> None:
    base = ruler(("DISEASE", "glimmer syndrome"))
    assert tuple(eligibility.load(base=base).pipe_names) == ("entity_ruler", *PIPES)


def test_a_base_that_is_not_installed_says_so() -> None:
    with pytest.raises((InputError, OSError), match="en_core_no_such_thing"):
        eligibility.load(base="en_core_no_such_thing")


def test_short_forms_that_the_text_explains() -> None:
    text = "Inclusion Criteria:\n- Disease Activity Score 28 (DAS28) was measured\n- DAS28 > 3.2\n"
    assert [str(c) for c in parse(text).constraints] == ["das28 > 3.2"]


def test_short_forms_of_subjects_that_no_rule_knows() -> None:
    text = "Inclusion Criteria:\n- Zebra Symptom Inventory (ZSI) completed at screening\n- ZSI > 20\n- Zebra Symptom Inventory < 60\n"
    assert [str(c) for c in parse(text).constraints] == ["zebra_symptom_inventory > 20", "zebra_symptom_inventory < 60"]


def test_a_saved_pipeline_loads_where_nothing_of_the_package_is_imported(tmp_path: Path) -> None:
    eligibility.load().to_disk(tmp_path / "nlp")
    script = "import sys, spacy; print([str(c) for c in spacy.load(sys.argv[1])('- SLEDAI≥8')._.eligibility.constraints])"
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "nlp")], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "['sledai >= 8']"
