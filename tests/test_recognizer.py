"""The trained recogniser beside the rules: where it wins and loses, what it says of itself, and that it can be left out."""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eligibility
from eligibility import Criteria, parse
from eligibility.nlp import PIPES, RECOGNIZER
from eligibility.nlp.mention_tagger import mentions
from eligibility.nlp.mentions import RULE
from eligibility.nlp.reading import Reading
from eligibility.nlp.recognizer import load_recognizer
from eligibility.resources import data_dir

TEXT = """Inclusion Criteria:
- Diagnosis of zabrek-related cardiomyopathy within 6 months before screening
- Distal zelkin cholangiocarcinoma
Exclusion Criteria:
- Prior treatment with tavonexumab
- Hypertension or uncontrolled glombar disease
"""


@pytest.fixture(scope="module")
def rules_alone() -> eligibility.nlp.Language:  # type: ignore[name-defined]
    return eligibility.load(recognizer=False)


def test_the_result_says_which_recogniser_read_it(rules_alone) -> None:  # type: ignore[no-untyped-def]
    found = parse(TEXT)
    assert found.recognizer == "chia_mentions 1.0.0"
    assert parse(TEXT, nlp=rules_alone).recognizer is None
    assert Criteria.model_validate_json(found.model_dump_json()) == found


def test_the_switch_leaves_out_one_pipe(rules_alone) -> None:  # type: ignore[no-untyped-def]
    assert tuple(rules_alone.pipe_names) == tuple(name for name in PIPES if name != RECOGNIZER)
    assert [c.rule for c in parse(TEXT, nlp=rules_alone).constraints if c.rule == RULE] == []


def test_a_checkout_without_the_model_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_recognizer(tmp_path) is None
    monkeypatch.setattr("eligibility.nlp.factories.load_recognizer", lambda: None)
    nlp = eligibility.load()
    assert parse(TEXT, nlp=nlp).recognizer is None
    assert parse(TEXT, nlp=nlp).constraints == parse(TEXT, nlp=eligibility.load(recognizer=False)).constraints


def test_a_name_that_no_rule_knows_has_no_concept() -> None:
    (found,) = parse("- History of vexanopathy").constraints
    assert (found.type, found.subject.text, found.concept, found.rule) == ("condition", "vexanopathy", None, RULE)


def test_a_name_that_no_rule_knows_is_dated_and_denied_as_any_other() -> None:
    text = "- No vexanopathy within 4 weeks before screening"
    assert [str(c) for c in parse(text).constraints] == ["no condition vexanopathy window <= 4 wk before screening"]


def test_a_hit_of_the_rules_has_the_wider_words_and_keeps_its_concept() -> None:
    (found,) = parse("- Distal hilar cholangiocarcinoma").constraints
    (alone,) = parse("- Distal hilar cholangiocarcinoma", nlp=eligibility.load(recognizer=False)).constraints
    assert found.concept == alone.concept
    assert found.subject.spans[0].start <= alone.subject.spans[0].start
    assert found.subject.spans[0].end == alone.subject.spans[0].end


@pytest.mark.parametrize(
    "text",
    ["AST or ALT > 2 x ULN", "Age 18 to 75 years", "Stage IIIB melanoma", "ECOG performance status 0-1", "Platelets >= 100 x 10^9/L",
     "At least 3 relapses in the past year", "Prednisone > 10 mg/day within 28 days prior to baseline"],
)  # fmt: skip
def test_numbers_are_placed_by_the_rules_alone(text: str, rules_alone) -> None:  # type: ignore[no-untyped-def]
    assert [str(c) for c in parse(text).constraints] == [str(c) for c in parse(text, nlp=rules_alone).constraints]


@pytest.mark.parametrize("text", ["Lesions", "Treatment", "Symptoms", "Medical management", "These two lesions are stable"])
def test_words_that_name_nothing_are_no_mention(text: str) -> None:
    assert [c for c in parse(text).constraints if c.rule == RULE and c.subject.text.lower() in ("lesions", "treatment", "symptoms")] == []


def test_what_is_measured_without_a_number_is_there() -> None:
    (found,) = parse("- Abnormal troponin levels").constraints
    assert (found.type, found.value) == ("measurement", None)


def test_examples_are_rows_of_the_table_and_no_demands() -> None:
    criteria = parse("- Anticoagulants (e.g. warfarin, heparin)")
    (constraint,) = criteria.constraints
    assert [(row["facet"], row["type"], row["text"]) for row in criteria.records()] == [
        ("presence", "medication", "Anticoagulants"),
        ("example", "medication", "warfarin"),
        ("example", "medication", "heparin"),
    ]
    assert [criteria.text[slice(*example.span)] for example in constraint.examples] == ["warfarin", "heparin"]


def test_a_base_and_the_recogniser_stand_side_by_side() -> None:
    import spacy

    base = spacy.blank("en")
    base.add_pipe("entity_ruler").add_patterns([{"label": "DISEASE", "pattern": "glimmer syndrome"}])  # type: ignore[attr-defined]
    found = parse("- History of glimmer syndrome\n- History of vexanopathy", nlp=eligibility.load(base=base)).constraints
    assert ("condition vexanopathy", RULE) in [(str(c), c.rule) for c in found]
    assert ("condition glimmer syndrome", "entity_disease") in [(str(c), c.rule) for c in found]


def test_the_same_text_gives_the_same_again() -> None:
    nlp = eligibility.load()
    again = pickle.loads(pickle.dumps(nlp))
    assert parse(TEXT, nlp=nlp) == parse(TEXT, nlp=again) == parse(TEXT)


WORDS = st.sampled_from(
    ["tavonexumab", "(", ")", "diabetes", "CD3", "CD", "+", "no", "renal", "failure", "\n- ", ",", "therapy", "é", "\ud800", "µg"]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_mentions_lie_in_their_criterion_and_apart(text: str) -> None:
    doc = _nlp().make_doc(text)
    reading = Reading.of(_nlp()(doc))
    for segment in reading.segments:
        ends = segment.start
        for mention in segment.mentioned:
            assert ends <= mention.start < mention.end <= segment.end
            assert text[mention.start : mention.end] == text[mention.start : mention.end].strip()
            ends = mention.end


def _nlp(made: list = []):  # type: ignore[no-untyped-def, type-arg]  # noqa: B006
    if not made:
        made.append(eligibility.load())
    return made[0]


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_any_scores_give_mentions_apart(length: int, seed: int) -> None:
    import numpy as np

    scores = np.random.default_rng(seed).normal(size=(length, 9)).astype("f")
    found = mentions(scores)
    assert found == sorted(found)
    assert [first for first, last, label in found if not (0 <= first < last <= length and label in (0, 1))] == []
    assert all(before[1] <= after[0] for before, after in pairwise(found))


def test_the_trials_that_were_held_out_are_a_fifth_by_their_ids() -> None:
    listed = (data_dir("models") / "recognizer" / "held_out.txt").read_text(encoding="utf-8").split()
    assert listed == sorted(set(listed))
    assert len(listed) == 113
