"""The linter: each check on a text that has what it looks for, and on texts that look like it and have not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from growth import LIMIT, growth

from eligibility import Criteria, Finding, RuleError, lint, parse
from eligibility.linter import CHECKS
from eligibility.linter.demands import asked
from eligibility.linter.findings import SEVERITIES
from eligibility.linter.words import load_words
from eligibility.rulebook import load_rulebook


def block(inclusion: str, exclusion: str = "") -> str:
    """Criteria parted by "; "."""
    sections = (("Inclusion", inclusion), ("Exclusion", exclusion))
    return "\n\n".join(f"{name} Criteria:\n" + "\n".join(f"- {item}" for item in said.split("; ")) for name, said in sections if said)


def found(inclusion: str, exclusion: str = "") -> list[str]:
    return [finding.code for finding in lint(parse(block(inclusion, exclusion)))]


def messages(inclusion: str, exclusion: str = "") -> list[str]:
    return [finding.message for finding in lint(parse(block(inclusion, exclusion)))]


@pytest.mark.parametrize(
    ("inclusion", "wanted"),
    [
        ("BMI between 35 and 20 kg/m2", ["empty_range"]),
        ("BMI between 20 and 35 kg/m2", []),
        ("RASS of 0 to -4", []),
    ],
)
def test_empty_ranges(inclusion: str, wanted: list[str]) -> None:
    assert found(inclusion) == wanted


@pytest.mark.parametrize(
    ("exclusion", "wanted"),
    [
        ("Patients below 20 and above 50 years", ["impossible_and"]),
        ("Patients below 20 or above 50 years", []),
        ("Patients above 20 and below 50 years", []),
        ("BMI < 20 and BMI > 40 kg/m2", ["impossible_and"]),
    ],
)
def test_an_and_that_must_mean_or(exclusion: str, wanted: list[str]) -> None:
    assert found("Signed informed consent", exclusion) == wanted


@pytest.mark.parametrize(
    ("inclusion", "wanted"),
    [
        ("Hemoglobin >= 12 g/dL; Hemoglobin < 100 g/L", ["contradiction"]),  # 100 g/L is 10 g/dL
        ("Hemoglobin >= 12 g/dL; Hemoglobin < 140 g/L", []),
        ("Creatinine >= 2 mg/dL; Creatinine < 100 umol/L", ["contradiction"]),  # by molar mass
        ("Creatinine >= 1 mg/dL; Creatinine < 100 umol/L", []),
        ("ALT >= 3 x ULN; ALT < 40 U/L", []),  # what the ULN is, nobody knows
        ("Hemoglobin >= 12 g/dL for men; Hemoglobin < 10 g/dL for women", []),
        ("Platelets > 100 x 10^9/L or platelets < 50 x 10^9/L", []),
        ("Age >= 60 years; Control group: age < 40 years", []),
        ("Age >= 60 years; Age < 40 years", ["contradiction"]),
        ("Age >= 60 years; Age of the pet dog < 12 years", []),
        ("Stage 1: FEV1 > 80 % predicted; Stage 2: FEV1 < 80 % predicted", []),
    ],
)
def test_two_inclusion_criteria_that_cannot_both_hold(inclusion: str, wanted: list[str]) -> None:
    assert found(inclusion) == wanted


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "wanted"),
    [
        ("ALT <= 2 x ULN", "ALT < 5 x ULN", ["excludes_everyone"]),
        ("ALT <= 2 x ULN", "ALT > 2 x ULN", []),
        ("Age 18 to 60 years", "Age 10 to 70 years", ["excludes_everyone"]),
        ("Age 18 to 60 years", "Age 20 to 70 years", []),
        ("ALT <= 2 x ULN", "ALT < 5 x ULN in patients with cholangitis", []),
        ("ALT <= 2 x ULN", "ALT < 5 x ULN and AST < 5 x ULN", []),
    ],
)
def test_an_exclusion_of_everyone_who_is_let_in(inclusion: str, exclusion: str, wanted: list[str]) -> None:
    assert found(inclusion, exclusion) == wanted


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "wanted"),
    [
        ("Asthma", "Asthma", ["required_and_excluded"]),
        ("Patients with asthma", "History of stroke; Known asthma", ["required_and_excluded"]),
        ("Asthma", "Acute asthma attack at school", []),
        ("Asthma", "Asthma, except exercise-induced asthma", []),
        ("Asthma or eczema", "Asthma", []),
        ("Methotrexate", "Methotrexate within 4 weeks prior to baseline", []),
        ("No asthma", "Asthma", []),
        ("Type 2 diabetes", "Diabetes mellitus", ["required_and_excluded"]),
        ("Diabetes mellitus", "Type 2 diabetes", []),
        ("Aspirin", "Dual antiplatelet therapy", []),
        ("Prediabetes", "Diabetes mellitus", []),
    ],
)
def test_what_is_required_and_excluded(inclusion: str, exclusion: str, wanted: list[str]) -> None:
    assert found(inclusion, exclusion) == wanted


@pytest.mark.parametrize(
    ("inclusion", "exclusion", "between"),
    [
        ("Age 18 to 60 years", "Age > 65 years", "61 to 65 a are in neither"),
        ("Age 18 to 60 years", "Age > 60 years", None),
        ("Age 18 to 60 years", "Age >= 61 years", None),
        ("Age < 60 years", "Age > 60 years", "60 a is in neither"),
        ("Age > 20 years", "Age < 18 years", "18 to 20 a are in neither"),
        ("ASA physical status <= 2", "ASA physical status > 3", "3 is in neither"),
        ("ASA physical status <= 2", "ASA physical status >= 3", None),
        ("Creatinine <= 1.5 mg/dL", "Creatinine > 2 mg/dL", "1.5 to 2 mg/dL are in neither"),
        ("Age 18 to 60 years", "Age >= 60 years", "60 a is in both"),
        ("Age 18 to 60 years", "Age > 50 years", "51 to 60 a are in both"),
        ("Age < 61 years", "Age > 60 years", None),
        ("BMI 20 to 35 kg/m2", "BMI > 35 kg/m2", None),
        ("Hemoglobin >= 10 g/dL", "Hemoglobin < 80 g/L", "8 to 10 g/dL are in neither"),
        ("Platelets >= 100 x 10^9/L", "Platelets > 600 x 10^9/L", None),
        ("Hemoglobin >= 10 g/dL for men", "Hemoglobin < 8 g/dL", None),
        ("CRP >= 10 mg/L within 2 weeks", "CRP < 5 mg/L within 6 months", None),
        ("Age 18 to 60 years", "Age > 65 years in patients with diabetes; Age > 60 years", None),
    ],
)
def test_the_boundary_of_inclusion_and_exclusion(inclusion: str, exclusion: str, between: str | None) -> None:
    said = [message.rpartition(": ")[2] for message in messages(inclusion, exclusion)]
    assert said == ([between] if between else [])


def test_gap_and_overlap_have_their_codes() -> None:
    assert found("Age 18 to 60 years", "Age > 65 years") == ["gap"]
    assert found("Age 18 to 60 years", "Age >= 60 years") == ["overlap"]


def record(criteria: str, **header: object) -> Criteria:
    module = {"eligibilityCriteria": criteria, "minimumAge": "18 Years", "maximumAge": "65 Years"} | header
    return parse({"protocolSection": {"identificationModule": {"nctId": "NCT09990003"}, "eligibilityModule": module}})


@pytest.mark.parametrize(
    ("header", "inclusion", "exclusion", "message"),
    [
        ({}, "Age 18 to 65 years", "", None),
        ({}, "Age over 18 and under 66 years", "", None),
        ({}, "Age 18 to 60 years", "", "the header says age 18..65 a, but inclusion 1 says age 18..60 a"),
        ({}, "Signed informed consent", "Age > 70 years", "the header says age 18..65 a, but exclusion 1 says age > 70 a"),
        ({"maximumAge": None}, "Age 18 to 60 years", "", "the header has no upper limit of age, but inclusion 1 has one: age 18..60 a"),
        ({}, "Cohort A: age 18 to 40 years", "", None),
        ({}, "A parent who is at least 21 years old", "", None),
        ({"sex": "ALL"}, "Women", "", "the header admits both sexes, but inclusion 1 admits only female patients"),
        ({"sex": "FEMALE"}, "Men and women", "", "the header admits only female patients, but inclusion 1 admits both sexes"),
        ({"sex": "FEMALE"}, "Women", "", None),
        ({"sex": "ALL"}, "Women must agree to use contraception", "", None),
        ({"healthyVolunteers": False}, "Healthy non-smoking men", "",
         "the header accepts no healthy volunteers, but inclusion 1 asks for them"),
        ({"healthyVolunteers": False}, "Healthy sleep habits", "", None),
        ({"healthyVolunteers": True}, "Healthy non-smoking men", "", None),
    ],
)  # fmt: skip
def test_header_against_text(header: dict[str, object], inclusion: str, exclusion: str, message: str | None) -> None:
    findings = lint(record(block(inclusion, exclusion), **header))
    assert [finding.message for finding in findings if finding.code == "header"] == ([message] if message else [])
    assert [finding.criteria[0] for finding in findings if finding.code == "header"] == (["header"] if message else [])


@pytest.mark.parametrize(
    ("inclusion", "wanted"),
    [
        ("Platelets >= 100", ["unit_missing"]),
        ("Platelets >= 100 x 10^9/L", []),
        ("BMI > 30", []),
        ("Bilirubin > 2 times normal", []),
        ("Hemoglobin >= 10 mg/dL", ["implausible"]),
        ("Hemoglobin >= 10 g/dL", []),
        ("Body weight change of less than 0.1 kg", []),
        ("Surgery between 3/1/2020 and 9/30/2121", ["implausible"]),
        ("Surgery between 3/1/2020 and 9/30/2021", []),
        ("T-score of the inventory >= 500", []),
        ("Age = 18 years", ["comparator_lost"]),
        ("Age 18 years", []),
    ],
)
def test_units_and_values(inclusion: str, wanted: list[str]) -> None:
    assert found(inclusion) == wanted


def vague_texts(key: str) -> list[object]:
    rows = load_rulebook().other["vague"]
    return [pytest.param(text, id=text) for row in rows for text in row[key]]


@pytest.mark.parametrize("text", vague_texts("found"))
def test_vague_words_are_found(text: str) -> None:
    assert found(text).count("vague") == 1


@pytest.mark.parametrize("text", vague_texts("defined"))
def test_words_that_are_defined_are_not_vague(text: str) -> None:
    assert found(text).count("vague") == 0


@pytest.mark.parametrize(
    ("inclusion", "wanted"),
    [
        ("No significant disease in the opinion of the investigator", []),
        ("No significant cardiac disease (angina, infarction or arrest)", []),
        ("No significant cardiac disease. Weight >= 50 kg", ["vague"]),
        ("No uncontrolled bleeding (concentration of prothrombin. Less than 70 %)", []),
        ("No significant or uncontrolled disease", ["vague"]),
    ],
)
def test_what_defines_a_vague_word(inclusion: str, wanted: list[str]) -> None:
    assert found(inclusion) == wanted


def test_children_define_the_words_of_their_lead_in() -> None:
    text = "Exclusion Criteria:\n- Significant cardiac disease:\n  - infarction\n  - NYHA class III or IV\n"
    assert [finding.code for finding in lint(parse(text))] == []


@pytest.mark.parametrize(
    ("exclusion", "wanted"),
    [
        ("Keeps a parrot at home; Asthma; Keeps a parrot at home.", ["duplicate"]),
        ("Cotinine > 100 ng/mL; Cotinine < 100 ng/mL", []),
        ("Pregnant women; Nursing or pregnant women", ["duplicate"]),
        ("Asthma; Asthma attack within 4 weeks prior to baseline", []),
        ("Not specified; Asthma; Not specified", []),
        ("Autonomic dysfunction; Dysautonomia", ["duplicate"]),
    ],
)
def test_duplicates(exclusion: str, wanted: list[str]) -> None:
    assert found("Signed informed consent", exclusion) == wanted


def test_lists_for_several_groups_may_repeat_themselves() -> None:
    said = "Keeps a parrot at home; Likes to sing in a choir; Walks to work on most days"
    assert found(f"{said}; Lives in the north; {said}") == []
    assert found("Patient group; Keeps a parrot at home; Healthy controls; Keeps a parrot at home") == []


def test_an_inclusion_that_contradicts_itself_is_about_groups() -> None:
    """The contradiction is said; what is excluded may be excluded from one of the groups."""
    assert found("Asthma; FEV1 > 80 % predicted; FEV1 < 50 % predicted", "Asthma") == ["contradiction"]


def test_the_same_criterion_under_other_words_is_no_duplicate() -> None:
    text = "Inclusion Criteria:\n- Allowed:\n  - Aspirin at low dose\n- Required in the last year:\n  - Aspirin at low dose\n"
    assert [finding.code for finding in lint(parse(text))] == []


def test_a_finding_names_all_that_it_is_about() -> None:
    text = block("Signed informed consent; Age 18 to 60 years", "Age > 65 years")
    (finding,) = lint(parse(text))
    assert finding == Finding(
        code="gap",
        severity="warning",
        message="inclusion 2 asks for age 18..60 a, but exclusion 1 excludes age > 65 a: 61 to 65 a are in neither",
        spans=finding.spans,
        constraints=(2, 3),
        criteria=("inclusion 2", "exclusion 1"),
    )
    assert [text[slice(*span)] for span in finding.spans] == ["18 to 60 years", "> 65 years"]
    assert str(finding) == f"warning: gap: inclusion 2, exclusion 1: {finding.message}"
    assert Finding.model_validate_json(finding.model_dump_json()) == finding


def test_errors_come_first() -> None:
    assert found("No severe anemia; Age 18 to 60 years; ALT <= 2 x ULN", "Age > 65 years; ALT < 5 x ULN") == [
        "excludes_everyone",
        "gap",
        "vague",
    ]


@pytest.mark.parametrize("text", ["", "Hello", "Inclusion Criteria:\n", "Inclusion Criteria:\n- Likes tea\n"])
def test_nothing_to_find(text: str) -> None:
    assert lint(parse(text)) == ()


@pytest.mark.parametrize(
    "piece",
    ["- Age > 65 years\n", "ALT < 3 or AST > 2 x ULN, ", "severe (asthma. (", "- Asthma\n- Keeps a parrot\n", "1: ", "significant. "],
)
def test_the_time_grows_in_proportion_to_the_text(piece: str) -> None:
    texts = [f"Inclusion Criteria:\n- Asthma\n{piece * n}\nExclusion Criteria:\n- Asthma\n{piece * n}" for n in (200, 800)]
    made = {text: parse(text) for text in texts}
    assert (growth(lambda text: lint(made[text]), *texts) < LIMIT) is True


def test_every_check_has_a_name_and_says_what_it_looks_for() -> None:
    assert len({check.__name__ for check in CHECKS}) == len(CHECKS)
    assert [check.__name__ for check in CHECKS if not check.__doc__] == []


def test_every_code_has_a_severity() -> None:
    assert set(Finding.model_fields["code"].annotation.__args__) == set(SEVERITIES)  # type: ignore[union-attr]


def asks(criterion: str, exclusion: bool = False) -> list[tuple[str, bool]]:
    criteria = parse(block("Signed informed consent", criterion) if exclusion else block(criterion))
    (first, *_) = criteria.exclusion if exclusion else criteria.inclusion
    assert first.requirement is not None
    return [(constraint.name, wanted) for constraint, wanted in asked(first.requirement)]


@pytest.mark.parametrize(
    ("criterion", "exclusion", "wanted"),
    [
        ("Asthma and eczema", False, [("asthma", True), ("eczema", True)]),
        ("Asthma or eczema", False, []),
        ("No asthma", False, [("asthma", False)]),
        ("Asthma or eczema", True, [("asthma", False), ("eczema", False)]),
        ("Asthma and eczema", True, []),
    ],
)
def test_what_is_asked_of_every_patient(criterion: str, exclusion: bool, wanted: list[tuple[str, bool]]) -> None:
    assert [(name.removesuffix("_dermatitis"), holds) for name, holds in asks(criterion, exclusion)] == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[vague]]\nid = "x"\nterm = ["odd"]', "lint.toml: vague 'x' has the unknown key 'term'; did you mean 'terms'?"),
        ('[[vague]]\nid = "x"\nfound = ["odd"]', "lint.toml: vague 'x' lacks the key 'terms': give the words"),
        ('[[vague]]\nid = "x"\nterms = "odd"', "lint.toml: vague 'x': terms must be a list of texts, none of them empty, not 'odd'"),
    ],
)
def test_a_wrong_table_of_words_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(RuleError) as caught:
        load_words(load_rulebook((tmp_path,)))
    assert str(caught.value) == message


def test_a_folder_of_rules_may_add_words(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[vague]]\nid = "nice"\nterms = ["nice"]\n')
    criteria = parse(block("A nice liver"))
    assert [finding.code for finding in lint(criteria)] == []
    assert [finding.code for finding in lint(criteria, rules=(tmp_path,))] == ["vague"]


def test_findings_are_plain_json() -> None:
    said = [finding.model_dump(mode="json") for finding in lint(parse(block("Adequate organ function")))]
    assert json.loads(json.dumps(said)) == said
