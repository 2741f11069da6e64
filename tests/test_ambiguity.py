"""Ambiguous short forms: their sense where the text explains it or its context speaks for one, and an issue where nothing does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import eligibility
from eligibility.nlp.vocabulary import load_vocabulary

ROWS = tomllib.loads((Path(__file__).parent.parent / "rules" / "ambiguous.toml").read_text(encoding="utf-8"))["ambiguous"]


RULES_ALONE = eligibility.load(recognizer=False)


def read(text: str) -> list[tuple[str, str | None]]:
    """Words and concept of each constraint that the rules alone read."""
    found = eligibility.parse(text, nlp=RULES_ALONE).constraints
    return [(c.subject.text, c.concept.id if c.concept else None) for c in found if c.subject is not None]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Active RA with a DAS28 above 3.2", ("RA", "rheumatoid_arthritis")),
        ("RA treated with methotrexate", ("RA", "rheumatoid_arthritis")),
        ("An inflammatory disorder besides RA", ("RA", "rheumatoid_arthritis")),
        ("Relapsing MS", ("MS", "multiple_sclerosis")),
        ("MS with an EDSS of 2 to 5", ("MS", "multiple_sclerosis")),
        ("Severe MS or mitral regurgitation", ("MS", "mitral_stenosis")),
        ("PT > 1.5 x ULN", ("PT", "prothrombin_time")),
        ("aPTT or PT above 20 seconds", ("PT", "prothrombin_time")),
        ("At least 6 PT sessions of a physiotherapist", ("PT", "physiotherapy")),
        ("AS with a BASDAI of 4 or more", ("AS", "ankylosing_spondylitis")),
        ("Severe AS of the aortic valve", ("AS", "aortic_stenosis")),
        ("PD in Hoehn and Yahr stage 2", ("PD", "parkinsons_disease")),
        ("PD or hemodialysis for three months", ("PD", "peritoneal_dialysis")),
        ("HD with a CAG repeat length above 38", ("HD", "huntington_s_disease")),
        ("HD three times per week", ("HD", "hemodialysis")),
        ("Prior MI, angina or stroke", ("MI", "myocardial_infarction")),
        ("Permanent AF on warfarin", ("AF", "atrial_fibrillation")),
        ("TB or another infection", ("TB", "tuberculosis")),
        ("PE or DVT in the past year", ("PE", "pulmonary_embolism")),
        ("CHD such as angina", ("CHD", "coronary_artery_disease")),
        ("Cyanotic CHD of a newborn", ("CHD", "congenital_heart_disease")),
        ("CF with a positive sweat test", ("CF", "cystic_fibrosis")),
        ("BMT from an allogeneic donor", ("BMT", "bone_marrow_transplant")),
        ("Contraindication to MR imaging", ("MR", "mri")),
        ("ASD suitable for device closure", ("ASD", "atrial_septal_defect")),
        ("ASD by the ADOS", ("ASD", "autism")),
    ],
)
def test_words_of_the_criterion_say_which(text: str, wanted: tuple[str, str]) -> None:
    assert wanted in read(text)
    assert [issue.code for issue in eligibility.parse(text).issues if issue.code == "ambiguous"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "Active RA",
            '"RA" may be rheumatoid arthritis, receptor agonist, regional anesthesia or right atrium, and nothing around it says which: '
            "it has no concept",
        ),
        (
            "Known MS",
            '"MS" may be multiple sclerosis, mitral stenosis, metabolic syndrome, morphine or mass spectrometry, and nothing around it '
            "says which: it has no concept",
        ),
        ("Known TB", '"TB" may be tuberculosis or total bilirubin, and nothing around it says which: it has no concept'),
    ],
)
def test_without_context_there_is_a_constraint_without_a_concept_and_an_issue(text: str, message: str) -> None:
    criteria = eligibility.parse(f"Inclusion Criteria:\n- {text}\n")
    (constraint,) = criteria.constraints
    assert (constraint.type, constraint.concept, constraint.subject.text) == ("condition", None, text[-2:])  # type: ignore[union-attr]
    assert [(i.code, i.message, i.constraint) for i in criteria.issues] == [("ambiguous", message, 1)]


def test_what_the_text_explains_comes_before_every_other_word() -> None:
    text = "Inclusion Criteria:\n- Mitral stenosis (MS) of the valve\n- Relapsing MS\n"
    assert read(text) == [("Mitral stenosis", "mitral_stenosis"), ("MS", "mitral_stenosis")]


def test_a_sense_that_no_rule_has_is_no_constraint() -> None:
    assert read("Catheter tip in the right atrium (RA)") == [("Catheter", "catheter")]
    assert read("GLP-1 RA within 3 months") != [("RA", "rheumatoid_arthritis")]


def test_the_title_and_the_conditions_of_the_trial_are_context() -> None:
    def study(title: str, conditions: list[str]) -> dict[str, object]:
        return {
            "protocolSection": {
                "identificationModule": {"nctId": "NCT00000000", "briefTitle": title},
                "conditionsModule": {"conditions": conditions},
                "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n- Diagnosis of MS"},
            }
        }

    found = [
        eligibility.parse(study(title, conditions)).constraints[0].concept
        for title, conditions in (
            ("Tea in MS", []),
            ("Tea in Relapsing Remitting MS", []),
            ("Tea", ["Multiple Sclerosis"]),
            ("Tea", ["Mitral Valve Stenosis"]),
        )
    ]
    assert [concept and concept.id for concept in found] == [None, "multiple_sclerosis", "multiple_sclerosis", "mitral_stenosis"]


def test_the_rest_of_the_text_is_context() -> None:
    text = "Inclusion Criteria:\n- Diagnosis of MS\n- EDSS of 5.5 or less\n\nExclusion Criteria:\n- Relapse within 30 days\n"
    assert read(text)[0] == ("MS", "multiple_sclerosis")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["short"])
def test_the_rules_are_whole(row: dict[str, object]) -> None:
    senses: list[dict[str, object]] = row["senses"]  # type: ignore[assignment]
    rulebook = load_vocabulary().rulebook
    ids = {entry.id for entry in rulebook}
    concepts = [sense["concept"] for sense in senses if "concept" in sense]
    near = [id for sense in senses for id in sense.get("near", ())]  # type: ignore[attr-defined]
    cues = [cue for sense in senses for cue in sense.get("cues", ())]  # type: ignore[attr-defined]
    assert len(senses) > 1 and all(("concept" in sense) != ("label" in sense) for sense in senses)
    assert [id for id in (*concepts, *near) if id not in ids] == []
    assert [cue for cue in cues if cue != cue.lower() or not re.match(r"\w", cue)] == []


def test_every_short_form_that_rules_claim_twice_is_ambiguous() -> None:
    owners: dict[str, set[str]] = {}
    named = [entry for entry in load_vocabulary().rulebook if entry.table != "biomarker"]  # a status is of the same thing as its level
    for entry in named:
        for form in entry.cased:
            owners.setdefault(form, set()).add(entry.id)
    twice = {form for form, ids in owners.items() if len(ids) > 1}
    assert sorted(twice - {row["short"] for row in ROWS}) == []
