"""`compare`: what became of each criterion, whether that lets in more patients or fewer, and that nothing of either side is left out."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility import Criteria, Patient, parse, screen
from eligibility.comparison import Change, Comparison, compare

INCLUSION, EXCLUSION = "Inclusion Criteria:\n- ", "Exclusion Criteria:\n- "
MIRRORED = {"looser": "tighter", "tighter": "looser", "added": "dropped", "dropped": "added"}

BEFORE = """
Inclusion Criteria:
- Age 18 to 75 years
- Adequate organ function:
  - ANC >= 1.5 x 10^9/L
  - Platelets >= 100,000/mm3
- At least two of the following:
  - Age over 60 years
  - Diabetes
  - Current smoker
- No prior chemotherapy
- Willing to keep a diary
- Written informed consent

Exclusion Criteria:
- Malignancy within 5 years, except basal cell carcinoma
- AST or ALT > 3 x ULN
- Pregnant or breastfeeding
- Hepatitis B
"""
AFTER = """
Inclusion Criteria:
- Patients must be 16 to 70 years of age
- Adequate organ function:
  - ANC >= 1.0 x 10^9/L
  - Platelets >= 100 x 10^9/L
- At least two of the following:
  - Age over 65 years
  - Diabetes
  - Current smoker
- Willing to keep a daily diary on paper
- Hepatitis B

Exclusion Criteria:
- Prior chemotherapy
- Malignancy within 5 years, except basal cell carcinoma or cervical carcinoma in situ
- AST or ALT > 5 x ULN
- Pregnant or breastfeeding
- QTcF > 470 ms
- Major depression within 2 years judged severe by two raters
"""


@cache
def read(text: str) -> Criteria:
    return parse(text)


def lines(before: str, after: str) -> list[str]:
    return [str(change) for change in compare(read(before), read(after)).differences]


def test_two_versions_of_a_trial() -> None:
    assert lines(BEFORE, AFTER) == [
        "inclusion 1: age 18..75 a -> age 16..70 a: changed (looser below, tighter above)",
        "inclusion 2.1: absolute neutrophil count >= 1.5 10*9/L -> >= 1 10*9/L: looser",
        "inclusion 2.2: platelet count >= 100000 /mm3 -> platelet count >= 100 10*9/L: reworded",
        "inclusion 3: at least 2 of (age > 60 a, diabetes mellitus, smoking): age > 60 a -> > 65 a: tighter",
        'inclusion 5 -> inclusion 4: "Willing to keep a diary" -> "Willing to keep a daily diary on paper": '
        "changed (compared by their words)",
        "inclusion 6: informed consent: dropped",
        "exclusion 4 -> inclusion 5: hepatitis b: moved",
        "inclusion 4 -> exclusion 1: not (history of chemotherapy) -> history of chemotherapy: reworded",
        "exclusion 1 -> exclusion 2: malignancy, within 5 a before, and not (basal cell carcinoma) -> "
        "malignancy, within 5 a before, and not (basal cell carcinoma or cervical carcinoma in situ): looser "
        "(with cervical carcinoma in situ)",
        "exclusion 2 -> exclusion 3: AST > 3 ULN -> > 5 ULN: looser",
        "exclusion 2 -> exclusion 3: ALT > 3 ULN -> > 5 ULN: looser",
        "exclusion 5: QTc interval (Fridericia) > 470 ms: added",
        'exclusion 6: "Major depression within 2 years judged severe by two raters": added (not all of its words were understood)',
    ]


def test_a_change_says_where_what_and_by_which_facet() -> None:
    before, after = read(INCLUSION + "ALT <= 2 x ULN"), read("Inclusion Criteria:\n- Adults\n- ALT <= 3 x ULN")
    (change,) = [change for change in compare(before, after).changes if change.kind == "looser"]
    assert (change.facet, change.detail) == ("value", "")
    assert change.before is not None and change.after is not None
    assert (change.before.section, change.before.number, change.before.phrase) == ("inclusion", "1", "ALT <= 2 ULN")
    assert (change.after.section, change.after.number, change.after.phrase) == ("inclusion", "2", "ALT <= 3 ULN")
    assert [before.text[slice(*span)] for span in change.before.spans] == ["ALT <= 2 x ULN"]
    assert [after.text[slice(*span)] for span in change.after.spans] == ["ALT <= 3 x ULN"]
    assert str(change) == "inclusion 1 -> inclusion 2: ALT <= 2 ULN -> <= 3 ULN: looser"


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (INCLUSION + "ALT <= 2 x ULN", INCLUSION + "ALT <= 3 x ULN", ["looser"]),
        (EXCLUSION + "ALT > 2 x ULN", EXCLUSION + "ALT > 3 x ULN", ["looser"]),
        (INCLUSION + "ALT <= 2 x ULN", EXCLUSION + "ALT > 3 x ULN", ["looser"]),
        (INCLUSION + "ALT <= 2 x ULN", EXCLUSION + "ALT > 2 x ULN", ["reworded"]),
        (INCLUSION + "ALT <= 2 x ULN", INCLUSION + "ALT < 2 x ULN", ["tighter"]),
        (INCLUSION + "ALT <= 2 x ULN", INCLUSION + "ALT <= 80 U/L", ["changed"]),
        (INCLUSION + "Platelets >= 100", INCLUSION + "Platelets >= 100 x 10^9/L", ["changed"]),
        (INCLUSION + "Hemoglobin >= 9 g/dL", INCLUSION + "Hemoglobin >= 80 g/L", ["looser"]),
        (INCLUSION + "Creatinine <= 1.5 mg/dL", INCLUSION + "Creatinine <= 177 umol/L", ["looser"]),
        (INCLUSION + "Creatinine <= 1.5 mg/dL", INCLUSION + "Creatinine <= 133 umol/L", ["changed"]),
        (INCLUSION + "HbA1c <= 8 %", INCLUSION + "HbA1c <= 53 mmol/mol", ["tighter"]),
        (INCLUSION + "Age > 17 years", INCLUSION + "Age >= 18 years", ["reworded"]),
        (INCLUSION + "Age >= 18 years", INCLUSION + "Age >= 216 months", ["reworded"]),
        (INCLUSION + "Age <= 17 years", INCLUSION + "Age <= 215 months", ["reworded"]),
        (INCLUSION + "At least 4 weeks since major surgery", INCLUSION + "At least 8 weeks since major surgery", ["tighter"]),
        (EXCLUSION + "Prednisone within 28 days", EXCLUSION + "Prednisone within 14 days", ["looser"]),
        (EXCLUSION + "Prednisone within 28 days", EXCLUSION + "Prednisone within 4 weeks", ["reworded"]),
        (EXCLUSION + "Prednisone within 30 days", EXCLUSION + "Prednisone within 1 month", ["changed"]),
        (EXCLUSION + "Prednisone > 10 mg/day", EXCLUSION + "Prednisone > 20 mg/day", ["looser"]),
        (EXCLUSION + "Malignancy", EXCLUSION + "Melanoma", ["looser"]),
        (EXCLUSION + "Malignancy", EXCLUSION + "Malignancy within 5 years", ["changed"]),
        (EXCLUSION + "Malignancy", EXCLUSION + "Malignancy, except basal cell carcinoma", ["looser"]),
        (INCLUSION + "Asthma", INCLUSION + "Asthma or eczema", ["looser"]),
        (EXCLUSION + "Asthma", EXCLUSION + "Asthma or eczema", ["added"]),
        (INCLUSION + "Asthma or eczema", INCLUSION + "Asthma and eczema", ["tighter", "added"]),
        (INCLUSION + "Asthma", EXCLUSION + "Asthma", ["moved"]),
        (INCLUSION + "Asthma", INCLUSION + "No asthma", ["changed"]),
        (INCLUSION + "Not pregnant", EXCLUSION + "Pregnant", ["reworded"]),
        (INCLUSION + "ALT <= 3 x ULN", INCLUSION + "ALT <= 3 x ULN (<= 5 x ULN in patients with liver metastases)", ["looser"]),
        (INCLUSION + "Hb > 9 g/dL for women or > 10 g/dL for men", INCLUSION + "Hb > 8 g/dL for women or > 10 g/dL for men", ["looser"]),
        (INCLUSION + "Ejection fraction >= 50 %", INCLUSION + "Left ventricular ejection fraction (LVEF) of at least 50%", ["reworded"]),
        (INCLUSION + "Owns a bicycle", INCLUSION + "The patient owns a bicycle.", ["reworded"]),
        (INCLUSION + "Willing to keep a diary", INCLUSION + "Willing to keep a daily diary", ["changed"]),
        (INCLUSION + "Owns a bicycle", EXCLUSION + "Owns a bicycle", ["moved"]),
    ],
)  # fmt: skip
def test_who_may_enter(before: str, after: str, kinds: list[str]) -> None:
    assert [change.kind for change in compare(read(before), read(after)).differences] == kinds
    assert [change.kind for change in compare(read(after), read(before)).differences] == [MIRRORED.get(kind, kind) for kind in kinds]


def test_what_does_not_compare_says_why() -> None:
    assert lines(INCLUSION + "ALT <= 2 x ULN", INCLUSION + "ALT <= 80 U/L") == [
        "inclusion 1: ALT <= 2 ULN -> <= 80 U/L: changed (ULN and U/L do not compare)"
    ]
    assert lines(INCLUSION + "Creatinine <= 1.5 mg/dL", INCLUSION + "Creatinine <= 133 umol/L") == [
        "inclusion 1: creatinine <= 1.5 mg/dL -> <= 133 umol/L: changed (about the same: 1.5 mg/dL is 132.6 umol/L)"
    ]


def test_words_that_were_not_understood_are_never_called_unchanged() -> None:
    before, after = INCLUSION + "Creatinine <= 2 mg/dL by the local method", INCLUSION + "Creatinine <= 3 mg/dL by the central method"
    assert [change.kind for change in compare(read(before), read(after)).differences] == ["looser", "changed"]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Willing to call or write weekly", "Willing to call and write weekly", "changed"),
        ("Willing to call before visiting", "Willing before visiting to call", "changed"),
        ("Able to climb 3 stairs unaided", "Ability to climb 3 stairs unaided", "reworded"),
        ("Willing to walk ≥ 30 minutes daily if able", "Willing to walk ≤ 30 minutes daily if able", "changed"),
        ("Patients who are willing to keep a diary", "Willing to keep diary", "reworded"),
        ("Willing to keep a diary", "Willing - to keep a diary.", "unchanged"),
    ],
)
def test_words_alone_are_the_same_only_if_empty_ones_differ(before: str, after: str, kind: str) -> None:
    assert [change.kind for change in compare(read(INCLUSION + before), read(INCLUSION + after)).changes] == [kind]


def test_sides_that_were_read_with_other_rules_say_so() -> None:
    one = read(INCLUSION + "Asthma")
    (note,) = compare(one, one.model_copy(update={"rules": "older"})).notes
    assert note.startswith("the two sides were read with different rules")
    assert compare(one, one).notes == ()


def test_what_another_criterion_still_asks_for_says_so() -> None:
    before = "Inclusion Criteria:\n- Age 18 to 60 years\n- Adults, at least 18 years of age\n"
    assert lines(before, INCLUSION + "Age 18 to 60 years") == [
        'inclusion 2: "Adults, at least 18 years of age": dropped (inclusion 1 still asks for it; not all of its words were understood)'
    ]


def test_a_limit_for_one_cohort_is_looser_than_one_for_all() -> None:
    assert lines(INCLUSION + "ALT <= 3 x ULN", INCLUSION + "ALT <= 3 x ULN (Cohort B only)") == [
        "inclusion 1: ALT <= 3 ULN: for all -> for Cohort B only: looser"
    ]


def test_the_header_is_compared_with_the_header() -> None:
    page = {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT00000001"},
            "eligibilityModule": {"minimumAge": "18 Years", "sex": "ALL", "eligibilityCriteria": "Inclusion Criteria:\n- Asthma"},
        }
    }
    older = {**page, "protocolSection": {**page["protocolSection"], "eligibilityModule": {
        **page["protocolSection"]["eligibilityModule"], "minimumAge": "21 Years"}}}  # fmt: skip
    comparison = compare(parse(page), parse(older))
    assert list(map(str, comparison.differences)) == ["header: age >= 18 a -> >= 21 a: tighter"]
    assert (comparison.before, dict(comparison.counts)) == ("NCT00000001", {"tighter": 1, "unchanged": 2})


def test_a_trial_built_by_hand_is_unchanged(trial: Criteria) -> None:
    assert compare(trial, trial).differences == ()
    assert places(compare(trial, trial), "before") == {("header", None), *((one.section, one.number) for one in trial.walk())}


@pytest.mark.parametrize(("before", "after"), [(BEFORE, AFTER), (AFTER, BEFORE), (BEFORE, ""), ("", "")])
def test_nothing_of_either_side_is_left_out(before: str, after: str) -> None:
    comparison = compare(read(before), read(after))
    for side, criteria in (("before", read(before)), ("after", read(after))):
        assert places(comparison, side) == {(criterion.section, criterion.number) for criterion in criteria.walk()}
    assert Comparison.model_validate_json(comparison.model_dump_json()) == comparison
    assert sum(comparison.counts.values()) == len(comparison.changes)


def places(comparison: Comparison, side: str) -> set[tuple[str, str | None]]:
    found = [getattr(change, side) for change in comparison.changes]
    return {(one.section, number) for one in found if one is not None for number in (one.number, *one.parts)}


def test_the_other_way_round_is_the_mirror() -> None:
    forth, back = compare(read(BEFORE), read(AFTER)), compare(read(AFTER), read(BEFORE))
    assert Counter(map(told, forth.changes)) == Counter(map(told, map(mirrored, back.changes)))


def mirrored(change: Change) -> Change:
    kind = MIRRORED.get(change.kind, change.kind)
    return change.model_copy(update={"kind": kind, "before": change.after, "after": change.before})


def told(change: Change) -> tuple[object, ...]:
    return change.kind, change.facet, change.before, change.after


# ---- what holds of all limits

LIMITS = st.tuples(st.sampled_from(["<", "<=", ">", ">="]), st.integers(1, 30), st.sampled_from(["g/dL", "g/L"]))


def limit(drawn: tuple[str, int, str]) -> str:
    sign, number, unit = drawn
    return f"Hemoglobin {sign} {number if unit == 'g/dL' else number * 10} {unit}"


def passes(criteria: Criteria, value: float) -> bool:
    observation = {"name": "hemoglobin", "magnitude": value, "unit": "g/dL", "date": "2026-02-20"}
    patient = Patient.model_validate({"id": "p", "sex": "female", "observations": [observation]})
    outcomes = [one.outcome for one in screen(patient, criteria, on=date(2026, 3, 1)).criteria]
    assert set(outcomes) <= {"pass", "fail"}
    return "fail" not in outcomes


@settings(max_examples=40)
@given(st.sampled_from([INCLUSION, EXCLUSION]), LIMITS, st.sampled_from([INCLUSION, EXCLUSION]), LIMITS)
def test_looser_lets_in_whoever_was_let_in_and_somebody_more(
    first: str, a: tuple[str, int, str], second: str, b: tuple[str, int, str]
) -> None:
    before, after = read(first + limit(a)), read(second + limit(b))
    (change,) = compare(before, after).changes
    values = sorted({number + step for _, number, _ in (a, b) for step in (-0.5, 0, 0.5)} | {0.5, 31})
    entered = [(passes(before, value), passes(after, value)) for value in values if 2 <= value <= 25]
    gained, lost = (False, True) in entered, (True, False) in entered
    if change.kind == "looser":
        assert not lost
    elif change.kind == "tighter":
        assert not gained
    elif change.kind in ("unchanged", "reworded"):
        assert (gained, lost) == (False, False)
    else:
        assert change.kind in ("changed", "moved")
    within = [number for _, number, _ in (a, b) if 3 <= number <= 24]
    if len(within) == 2:
        assert {"looser": gained, "tighter": lost}.get(change.kind, True)
        assert {"changed": (True, True), "moved": (True, True)}.get(change.kind, (gained, lost)) == (gained, lost)


PHRASES = st.lists(
    st.sampled_from(
        [
            "Age over 18 years", "Asthma", "Asthma or eczema", "No asthma", "Hemoglobin > 9 g/dL", "Hemoglobin > 90 g/L", "Owns a bicycle",
            "Malignancy within 5 years, except melanoma", "Malignancy", "ALT <= 2 x ULN", "AST and ALT <= 3 x ULN",
            "At least two of the following: asthma, eczema, hay fever", "Hb > 9 g/dL for women or > 10 g/dL for men",
        ]
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=40)
@given(PHRASES, PHRASES, PHRASES, PHRASES)
def test_any_two_trials_mirror_each_other_and_lose_nothing(a: list[str], b: list[str], c: list[str], d: list[str]) -> None:
    before, after = (
        read(
            "Inclusion Criteria:\n"
            + "".join(f"- {one}\n" for one in into)
            + "\nExclusion Criteria:\n"
            + "".join(f"- {one}\n" for one in out)
        )
        for into, out in ((a, b), (c, d))
    )
    forth = compare(before, after)
    back = compare(after, before)
    assert Counter(map(told, forth.changes)) == Counter(map(told, map(mirrored, back.changes)))
    assert compare(before, before).differences == ()
    for side, criteria in (("before", before), ("after", after)):
        assert places(forth, side) == {(criterion.section, criterion.number) for criterion in criteria.walk()}
