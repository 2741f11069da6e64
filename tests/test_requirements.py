"""Requirement trees, from the words that join constraints."""

from __future__ import annotations

import pytest

from eligibility import AllOf, AnyOf, AtLeast, Leaf, Not, Requirement, parse


def tree(node: Requirement | None) -> str:
    """The tree with its constraints in their own words, whatever way the library shows a tree."""
    match node:
        case None:
            return "None"
        case Leaf():
            return str(node.constraint)
        case Not():
            return f"not {tree(node.item)}" if isinstance(node.item, (AllOf, AnyOf, AtLeast)) else f"not ({tree(node.item)})"
        case AtLeast():
            return f"at least {node.n} of (" + ", ".join(map(tree, node.items)) + ")"
        case AllOf() | AnyOf():
            return "(" + (" and " if isinstance(node, AllOf) else " or ").join(map(tree, node.items)) + ")"


def included(text: str) -> str:
    return tree(parse(f"Inclusion Criteria:\n- {text}\n").inclusion[0].requirement)


def excluded(text: str) -> str:
    return tree(parse(f"Exclusion Criteria:\n- {text}\n").exclusion[0].requirement)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Age at least 20 years", "age >= 20 a"),
        ("Asthma and diabetes", "(condition asthma and condition diabetes)"),
        ("Asthma or diabetes", "(condition asthma or condition diabetes)"),
        ("AST and ALT <= 2 x ULN", "(ast <= 2 ULN and alt <= 2 ULN)"),
        ("No asthma", "not (condition asthma)"),
        ("No asthma and no diabetes", "(not (condition asthma) and not (condition diabetes))"),
        ("Malignancy other than basal cell carcinoma", "(condition malignancy and not (except condition basal_cell_carcinoma))"),
        ("Neither asthma nor diabetes", "not (condition asthma or condition diabetes)"),
        ("No asthma or diabetes", "not (condition asthma or condition diabetes)"),
        ("No asthma, diabetes or stroke", "not (condition asthma or condition diabetes or condition stroke)"),
        ("No asthma or no diabetes", "(not (condition asthma) or not (condition diabetes))"),
        ("No weight loss of more than 10%", "not (weight loss > 10 %)"),
        ("No radiotherapy to more than 30% of the marrow", "not (procedure radiotherapy and radiotherapy > 30 %)"),
        ("No uncontrolled hypertension (SBP > 160 mmHg)", "not (systolic_blood_pressure > 160 mm[Hg])"),
        ("No hypertension, i.e.: SBP ≥ 200 mmHg", "not (systolic_blood_pressure >= 200 mm[Hg])"),
        ("No asthma (FEV1 < 80%) and HbA1c < 7%", "(not (condition asthma and fev1 < 80 %) and haemoglobin_a1c < 7 %)"),
        ("No diabetes, BMI > 18 kg/m2", "(not (condition diabetes) and bmi > 18 kg/m2)"),
        ("No gingivitis (plaque index = 0)", "(not (condition gingivitis) and plaque_index = 0)"),
        ("Heart failure greater than NYHA 2", "(condition heart_failure and nyha > 2)"),
        ("HIV-1 and HIV-2 negative", "not (condition hiv_infection)"),
        ("Likes tea", "None"),
        ("WBC > 11,000/mm3 or < 3,000/mm3", "(white_blood_cell_count > 11000 /mm3 or white_blood_cell_count < 3000 /mm3)"),
        ("WBC > 11,000/mm3 and < 3,000/mm3", "(white_blood_cell_count > 11000 /mm3 or white_blood_cell_count < 3000 /mm3)"),
        ("WBC > 3,000/mm3 and < 11,000/mm3", "(white_blood_cell_count > 3000 /mm3 and white_blood_cell_count < 11000 /mm3)"),
        ("Asthma, diabetes or stroke", "(condition asthma or condition diabetes or condition stroke)"),
    ],
)
def test_inclusion(text: str, wanted: str) -> None:
    assert included(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Asthma", "not (condition asthma)"),
        ("Asthma or diabetes", "not (condition asthma or condition diabetes)"),
        ("Asthma, diabetes, stroke", "not (condition asthma or condition diabetes or condition stroke)"),
        ("Asthma, diabetes or stroke", "not (condition asthma or condition diabetes or condition stroke)"),
        ("Asthma and diabetes", "not (condition asthma and condition diabetes)"),
        ("AST or ALT > 2 x ULN", "not (ast > 2 ULN or alt > 2 ULN)"),
        ("Pregnant or lactating women", "not (pregnancy pregnancy or lactation lactation)"),
        (
            "Malignancy except basal cell carcinoma",
            "not (condition malignancy and not (except condition basal_cell_carcinoma))",
        ),
        ("Likes tea", "None"),
        ("Heart failure, NYHA class III or IV", "not (condition heart_failure and nyha 3..4)"),
        ("Women with a BMI over 40 kg/m2", "not (sex female and bmi > 40 kg/m2)"),
        ("Asthma unless BMI < 30 kg/m2", "not (condition asthma and not (except bmi < 30 kg/m2))"),
    ],
)
def test_an_exclusion_is_a_not_at_the_root(text: str, wanted: str) -> None:
    assert excluded(text) == wanted


@pytest.mark.parametrize(
    ("lead", "wanted"),
    [
        ("At least two of the following:", "at least 2 of (condition asthma, condition diabetes, condition stroke)"),
        ("Two or more of the following:", "at least 2 of (condition asthma, condition diabetes, condition stroke)"),
        ("≥ 2 of the following:", "at least 2 of (condition asthma, condition diabetes, condition stroke)"),
        ("One of the following:", "(condition asthma or condition diabetes or condition stroke)"),
        ("At least one of the following:", "(condition asthma or condition diabetes or condition stroke)"),
        ("Any of the following:", "(condition asthma or condition diabetes or condition stroke)"),
        ("All of these conditions:", "(condition asthma and condition diabetes and condition stroke)"),
    ],
)
def test_a_lead_in_says_how_many_of_its_children(lead: str, wanted: str) -> None:
    children = "  - Asthma\n  - Diabetes\n  - Stroke"
    criterion = parse(f"Inclusion Criteria:\n- {lead}\n{children}\n").inclusion[0]
    assert [tree(child.requirement) for child in criterion.children] == ["condition asthma", "condition diabetes", "condition stroke"]
    assert tree(criterion.requirement) == wanted


@pytest.mark.parametrize(
    ("lead", "wanted"),
    [
        ("Any of the following:", "not (condition asthma or condition diabetes)"),
        ("At least two of the following:", "not at least 2 of (condition asthma, condition diabetes)"),
    ],
)
def test_a_lead_in_of_an_exclusion(lead: str, wanted: str) -> None:
    criterion = parse(f"Exclusion Criteria:\n- {lead}\n  - Asthma\n  - Diabetes\n").exclusion[0]
    assert [tree(child.requirement) for child in criterion.children] == ["not (condition asthma)", "not (condition diabetes)"]
    assert tree(criterion.requirement) == wanted


@pytest.mark.parametrize("lead", ["All of the following:", "Patients with all of the following:"])
def test_an_exclusion_of_all_together(lead: str) -> None:
    found = parse(f"Exclusion Criteria:\n- {lead}\n  - Asthma\n  - Diabetes\n").exclusion
    assert [tree(criterion.requirement) for criterion in found] == ["not (condition asthma and condition diabetes)"]


def test_a_criterion_holds_its_own_words_and_its_childrens() -> None:
    criterion = parse("Inclusion Criteria:\n- Asthma with one of the following:\n  - Age over 60 years\n  - BMI > 30 kg/m2\n").inclusion[0]
    assert tree(criterion.requirement) == "(condition asthma and (age > 60 a or bmi > 30 kg/m2))"


def test_a_child_that_is_not_understood_stays_in_the_count() -> None:
    criterion = parse("Inclusion Criteria:\n- At least two of the following:\n  - Asthma\n  - Likes tea\n  - Stroke\n").inclusion[0]
    assert tree(criterion.requirement) == "at least 2 of (condition asthma, other likes tea, condition stroke)"


def test_a_child_that_is_not_understood_stays_an_alternative() -> None:
    criterion = parse("Inclusion Criteria:\n- One of the following:\n  - Asthma\n  - Likes tea\n").inclusion[0]
    assert tree(criterion.requirement) == "(condition asthma or other likes tea)"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Asthma and diabetes", "(asthma and diabetes mellitus)"),
        ("AST and ALT <= 2 x ULN", "(AST <= 2 ULN and ALT <= 2 ULN)"),
        ("Malignancy other than basal cell carcinoma", "(malignancy and not (basal cell carcinoma))"),
        ("One of the following:\n  - Asthma\n  - Likes tea", "(asthma or Likes tea)"),
    ],
)
def test_a_requirement_in_words(text: str, wanted: str) -> None:
    assert str(parse(f"Inclusion Criteria:\n- {text}\n").inclusion[0].requirement) == wanted


def test_a_donors_limits_are_not_the_patients() -> None:
    criterion = parse("Inclusion Criteria:\n- Donor age below 55 years\n").inclusion[0]
    assert str(criterion.requirement) == "donor: age < 55 a"


def test_no_root_is_a_double_negative_of_the_whole() -> None:
    assert excluded("No asthma") == "not (not (condition asthma))"
