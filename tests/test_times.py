"""Times as a caller meets them: windows and washouts with their anchors, durations, and what they date."""

from __future__ import annotations

import pytest
from lines import Case, Gap, cases, read

from eligibility import parse

WINDOWS: list[Case] = [
    ("Rituximab within 9 months prior to baseline", ["medication rituximab window <= 9 mo before baseline"]),
    ("Rituximab within the 9 months preceding screening", ["medication rituximab window <= 9 mo before screening"]),
    ("Treatment with methotrexate within 6 weeks before randomization", ["medication methotrexate window <= 6 wk before randomization"]),
    ("Methotrexate within 6 weeks of enrollment", ["medication methotrexate window <= 6 wk around enrollment"]),
    ("Methotrexate ≤ 14 days before the first dose of study drug", ["medication methotrexate window <= 14 d before treatment_start"]),
    ("Myocardial infarction in the last 9 months", ["condition myocardial_infarction window <= 9 mo before"]),
    ("Stroke within the past 18 months", ["condition stroke window <= 18 mo before"]),
    ("Stroke less than 4 months ago", ["condition stroke window < 4 mo before"]),
    ("Last chemotherapy more than 5 weeks before study entry", ["medication chemotherapy window > 5 wk before enrollment"]),
    ("Vaccination 3 to 5 weeks before enrolment", ["medication vaccines window 3..5 wk before enrollment"]),
    ("Diagnosis of asthma at least 9 months before screening", ["condition asthma window >= 9 mo before screening"]),
    ("Asthma diagnosed more than 2 years ago", ["condition asthma window > 2 a before"]),
    ("Participation in another clinical trial within 60 days before screening", ["trial clinical_trial window <= 60 d before screening"]),
    ("Has taken part in another clinical study in the last 2 months", ["trial clinical_trial window <= 2 mo before"]),
    ("No chemotherapy within the last two months", ["no medication chemotherapy window <= 2 mo before"]),
    ("Contraception for 9 months following treatment", ["contraception contraception window <= 9 mo after treatment_end"]),
    (
        "Willing to use effective contraception for 4 months after the last dose",
        ["contraception contraception window <= 4 mo after treatment_end"],
    ),
    (
        "Investigational agents within 60 days or 5 half-lives (whichever is longer) prior to screening",
        ["medication investigational_drug window <= 60 d window <= 5 half_life before screening"],
    ),
    ("Stroke during the previous year", ["condition stroke window <= 1 a before"]),
    (
        "Any investigational drug within 5 half-lives or 60 days, whichever is longer",
        ["medication investigational_drug window <= 5 half_life window <= 60 d before"],
    ),
    ("Haemoglobin < 8 g/dL within 10 days before randomization", ["haemoglobin < 8 g/dL window <= 10 d before randomization"]),
    (
        "Rituximab within 5 months or belimumab within 3 months prior to randomization",
        [
            "medication rituximab window <= 5 mo before randomization",
            "medication belimumab window <= 3 mo before randomization",
        ],
    ),
    (
        "Another clinical trial within 60 days or 5 half-lives, whichever is longer, before screening",
        ["trial clinical_trial window <= 60 d window <= 5 half_life before screening"],
    ),
    (
        "Asthma treated with steroids at least 5 weeks and no more than 11 weeks before baseline",
        ["condition asthma", "medication corticosteroids window 5..11 wk before baseline"],
    ),
    ("At least 3 strokes in the previous 10 months", ["condition stroke window <= 10 mo count >= 3 before"]),
]
WINDOW_GAPS: list[Gap] = []


@pytest.mark.parametrize(("text", "wanted"), cases(WINDOWS, WINDOW_GAPS))
def test_windows(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


DURATIONS: list[Case] = [
    ("Stable dose of methotrexate for at least 10 weeks", ["medication methotrexate duration >= 10 wk"]),
    ("Symptoms for at least 4 months", ["other symptoms duration >= 4 mo"]),
    ("Rheumatoid arthritis for more than 9 months", ["condition rheumatoid_arthritis duration > 9 mo"]),
    ("Asthma lasting 2 years or longer", ["condition asthma duration >= 2 a"]),
    ("15-year history of asthma", ["condition asthma duration = 15 a"]),
]
DURATION_GAPS: list[Gap] = []


@pytest.mark.parametrize(("text", "wanted"), cases(DURATIONS, DURATION_GAPS))
def test_durations(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "ranges", "anchor", "direction", "choose"),
    [
        ("Rituximab within 9 months prior to baseline", ["<= 9 mo"], "baseline", "before", None),
        ("Methotrexate within 6 weeks of enrollment", ["<= 6 wk"], "enrollment", "around", None),
        ("Contraception for 9 months following treatment", ["<= 9 mo"], "treatment_end", "after", None),
        ("Investigational agents within 60 days or 5 half-lives (whichever is longer) prior to screening",
         ["<= 60 d", "<= 5 half_life"], "screening", "before", "longest"),
        ("Investigational agents within 60 days or 5 half-lives (whichever is shorter) prior to screening",
         ["<= 60 d", "<= 5 half_life"], "screening", "before", "shortest"),
    ],
)  # fmt: skip
def test_window_parts(text: str, ranges: list[str], anchor: str, direction: str, choose: str | None) -> None:
    window = parse(text).constraints[0].window
    assert window is not None
    assert ([str(r) for r in window.alternatives], window.anchor, window.direction, window.choose) == (ranges, anchor, direction, choose)


@pytest.mark.parametrize(
    ("anchor", "words"),
    [
        ("screening", "screening"), ("screening", "the screening visit"), ("baseline", "baseline"), ("enrollment", "enrolment"),
        ("enrollment", "study entry"), ("enrollment", "inclusion"), ("randomization", "randomisation"), ("randomization", "randomization"),
        ("consent", "signing the informed consent"), ("treatment_start", "the first dose of study drug"),
        ("treatment_start", "the first administration of study treatment"), ("treatment_start", "Day 1"), ("procedure", "surgery"),
    ],
)  # fmt: skip
def test_anchors(anchor: str, words: str) -> None:
    found = [c.window.anchor for c in parse(f"Rituximab within 5 weeks before {words}").constraints if c.window is not None]
    assert found == [anchor]


def test_a_washout_has_a_lower_bound() -> None:
    windows = [c.window for c in parse("At least 35 days since the last dose of chemotherapy").constraints if c.window is not None]
    assert [(str(window.range), window.direction) for window in windows] == [(">= 35 d", "before")]


def test_a_window_row_is_its_expression() -> None:
    text = "Rituximab within 9 months prior to baseline"
    rows = [row for row in parse(text).records() if row["facet"] == "window"]
    assert [(row["text"], row["subject"]) for row in rows] == [("within 9 months prior to baseline", "Rituximab")]


SHARED: list[Case] = [
    (
        "Any investigational drug, radiotherapy, or major surgery within 5 weeks",
        [
            "medication investigational_drug window <= 5 wk before",
            "procedure radiotherapy window <= 5 wk before",
            "procedure major_surgery window <= 5 wk before",
        ],
    ),
    ("Use of anticoagulants (e.g., warfarin, heparin) within 9 days", ["medication anticoagulants window <= 9 d before"]),
    (
        "Uncontrolled epilepsy (seizure within 7 months before consent)",
        ["condition epilepsy", "condition seizure window <= 7 mo before consent"],
    ),
    (
        "Stroke, head trauma with loss of consciousness (> 15 minutes), or migraine",
        ["condition stroke", "condition head_injury", "condition loss_of_consciousness duration > 15 min", "condition migraine"],
    ),
    (
        "Heart failure, stroke within 7 months, severe arrhythmia",
        ["condition heart_failure", "condition stroke window <= 7 mo before", "condition arrhythmia"],
    ),
    ("Surgical sterilisation at least 4 months before enrolment", ["procedure sterilization window >= 4 mo before enrollment"]),
    (
        "Any of the following within 7 months: asthma, stroke, or unstable angina",
        [
            "condition asthma window <= 7 mo before",
            "condition stroke window <= 7 mo before",
            "condition unstable_angina window <= 7 mo before",
        ],
    ),
    ("At least 80 hours since prior filgrastim (G-CSF)", ["medication filgrastim window >= 80 h before"]),
    (
        "At least 5 weeks since prior chemotherapy (7 weeks for nitrosoureas) and recovered",
        ["medication chemotherapy window >= 5 wk before", "medication nitrosoureas window >= 7 wk before"],
    ),
    (
        "At least 5 weeks since prior chemotherapy (7 weeks since prior nitrosoureas)",
        ["medication chemotherapy window >= 5 wk before", "medication nitrosoureas window >= 7 wk before"],
    ),
    ("Active (within the past 4 months) suicidal ideation", ["condition suicidal_ideation window <= 4 mo before"]),
    ("At least 7 months of prior insulin", ["medication insulin duration >= 7 mo"]),
    ("Asthma managed with 5 weeks or less of prednisone use", ["condition asthma", "medication prednisone duration <= 5 wk"]),
    (
        "During the study and for 15 days after the last dose, women must use contraception",
        ["contraception contraception window <= 15 d after treatment_end"],
    ),
    (
        "Must use contraception following the pregnancy test and for at least 4 weeks after the last dose",
        ["contraception contraception window >= 4 wk after treatment_end", "procedure pregnancy_test"],
    ),
    ("Insulin in the 7 previous weeks", ["medication insulin window <= 7 wk before"]),
    ("Major surgery within 7 months (200 days) of baseline", ["procedure major_surgery window <= 7 mo around baseline"]),
    ("A minimum life expectancy of 13 weeks", ["life_expectancy >= 13 wk"]),
    ("Expected to survive less than 7 months", ["life_expectancy < 7 mo"]),
    (
        "Hemiparesis (motor score < 55) more than 7 months before enrollment",
        ["condition hemiparesis window > 7 mo before enrollment", "motor score < 55"],
    ),
    (
        "Use of corticosteroids or sabatrine antagonists or phototherapy in the previous 5 weeks",
        [
            "medication corticosteroids window <= 5 wk before",
            "medication sabatrine antagonists window <= 5 wk before",
            "procedure phototherapy window <= 5 wk before",
        ],
    ),
    (
        "Use of corticosteroids or sabatrine antagonists or moxiburn in the previous 5 weeks",
        [
            "medication corticosteroids window <= 5 wk before",
            "medication sabatrine antagonists window <= 5 wk before",
            "other moxiburn window <= 5 wk before",
        ],
    ),
    (
        "Asthma, thalassemia, treatment with zarituxin or melatuxin within 4 months",
        [
            "condition asthma",
            "condition thalassemia",
            "other zarituxin window <= 4 mo before",
            "other melatuxin window <= 4 mo before",
        ],
    ),
    ("Planned surgery within 5 months", ["procedure surgery window <= 5 mo after"]),
    ("Scheduled for transplantation within 5 months", ["procedure organ_transplantation window <= 5 mo after"]),
    ("Planned surgery within 5 months of enrollment", ["procedure surgery window <= 5 mo around enrollment"]),
    ("Intraventricular haemorrhage (IVH) in the last 50 hours", ["condition intraventricular_hemorrhage window <= 50 h before"]),
    ("Regular menstrual cycle 22-36 days", ["menstrual_cycle_length 22..36 d"]),
    ("Pain duration less than 3 weeks", ["condition pain duration < 3 wk"]),
    ("Duration of diabetes at least 7 months", ["condition diabetes duration >= 7 mo"]),
    (
        "Asthma requiring oral steroids and able to walk in the last 2 weeks",
        ["condition asthma", "medication corticosteroids window <= 2 wk before"],
    ),
    ("Operating time 1-3 h", ["operating time 1..3 h"]),
    ("Uterine size < 13 weeks", ["uterine_size < 13 wk"]),
    ("Pregnancy duration 17-21 weeks", ["gestational_age 17..21 wk"]),
]
SHARED_GAPS: list[Gap] = []


@pytest.mark.parametrize(("text", "wanted"), cases(SHARED, SHARED_GAPS))
def test_what_a_time_dates(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


def test_a_lead_in_dates_what_stands_under_it() -> None:
    text = (
        "Exclusion Criteria:\n- Any of the following within 7 months before enrollment:\n"
        "  - Asthma\n  - HbA1c > 8 %\n  - Stroke within 2 months\n- Gout"
    )
    assert read(text) == [
        "condition asthma window <= 7 mo before enrollment",
        "haemoglobin_a1c > 8 % window <= 7 mo before enrollment",
        "condition stroke window <= 2 mo before",
        "condition gout",
    ]


def test_a_lead_in_that_names_an_event_keeps_its_window() -> None:
    text = "Exclusion Criteria:\n- Stroke within 7 months:\n  - Asthma"
    assert read(text) == ["condition stroke window <= 7 mo before", "condition asthma"]


def test_a_window_that_nothing_takes_is_named() -> None:
    text = "Exclusion Criteria:\n- Any of the following within 7 months:\n  - Age > 60 years"
    found = parse(text)
    assert [str(c) for c in found.constraints] == ["age > 60 a"]
    assert [issue.code for issue in found.issues if issue.code == "unread_number"] == ["unread_number"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Radiotherapy: At least 5 weeks since prior radiotherapy", ["procedure radiotherapy window >= 5 wk before"]),
        (
            "Chemotherapy: No prior cisplatin At least 5 weeks since chemotherapy",
            ["no medication cisplatin", "medication chemotherapy window >= 5 wk before"],
        ),
        (
            "Suicidal ideation within the last 3 months (13 weeks) prior to screening",
            ["condition suicidal_ideation window <= 3 mo before screening"],
        ),
        (
            "Taking clotting factors for hemophilia for at least 7 months",
            ["medication coagulation_factors duration >= 7 mo", "condition hemophilia"],
        ),
        ("Radiotherapy for prostate cancer within 5 weeks", ["procedure radiotherapy window <= 5 wk before", "condition prostate_cancer"]),
    ],
)
def test_what_heads_a_sentence_and_what_is_treated(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- Stroke within 4\r\n             weeks before surgery", ["condition stroke window <= 4 wk before procedure"]),
        ("- Haemoglobin > 9\n                    g/dL", ["haemoglobin > 9 g/dL"]),
        ("- HbA1c > 9\n                    %", ["haemoglobin_a1c > 9 %"]),
    ],
)
def test_a_unit_behind_a_wrapped_line(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Nephrotoxic drugs within the past 8 days, including amphotericin B and vancomycin.",
            ["medication nephrotoxic_drugs window <= 8 d before"],
        ),
        (
            "At least 25 days since immunomodulating agents, e.g.: interferons, growth hormone",
            ["medication immunomodulators window >= 25 d before"],
        ),
        (
            "Abdominal fistula, GI perforation, intra-abdominal abscess, or asthma within 7 months",
            ["condition abdominal_fistula window <= 7 mo before", "condition gastrointestinal_perforation window <= 7 mo before",
             "condition abdominal_abscess window <= 7 mo before", "condition asthma window <= 7 mo before"],
        ),
        ("Recent use (within the preceding 7 months) of orlistat", ["medication orlistat window <= 7 mo before"]),
    ],
)  # fmt: skip
def test_lists_behind_and_before(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


DATED: list[Case] = [
    # the change of a treatment, the drug of a washout, and not the drug of an anchor
    ("Changes to their medication in the 4 weeks prior to enrollment",
     ["other changes to their medication window <= 4 wk before enrollment"]),
    ("Antipsychotic dose changes in the last 4 weeks", ["other antipsychotic dose changes window <= 4 wk before"]),
    ("Metformin with no dose adjustments within 3 months", ["medication metformin", "no other dose adjustments window <= 3 mo before"]),
    ("Surgery or change in antihypertensives within 30 days",
     ["procedure surgery window <= 30 d before", "other change in antihypertensives window <= 30 d before"]),
    ("Hospitalisation or medication changes in the last 4 weeks",
     ["procedure hospitalization window <= 4 wk before", "other medication changes window <= 4 wk before"]),
    ("Contraception for 5 months after the last dose of rituximab or 6 months after the last dose of bevacizumab",
     ["contraception contraception window <= 5 mo after treatment_end", "contraception contraception window <= 6 mo after treatment_end"]),
    ("At least 4 weeks after the last dose of chemotherapy", ["medication chemotherapy window >= 4 wk before"]),
    ("Women of childbearing potential must abstain from sexual intercourse for 2 weeks after the last dose",
     ["condition childbearing_potential", "contraception contraception window <= 2 wk after treatment_end"]),
    ("Radiotherapy: At least 10 weeks since prior quartzumab", ["other quartzumab window >= 10 wk before"]),
    # a denial for a time is one within that time
    ("Has not received ciclosporin for 12 weeks prior to enrollment", ["no medication ciclosporin window <= 12 wk before enrollment"]),
    ("No steroids for at least 4 weeks before randomization", ["no medication corticosteroids window <= 4 wk before randomization"]),
    ("Seizure-free for 12 months prior to screening", ["no condition seizure window <= 12 mo before screening"]),
    ("Stable dose of prednisone for 4 weeks prior to enrollment", ["medication prednisone duration = 4 wk"]),
    ("Must abstain from caffeine for 48 hours prior to screening", ["no medication caffeine window <= 48 h before screening"]),
    ("Recent surgery (1 month)", ["procedure surgery window <= 1 mo before"]),
    ("At least 4 weeks since chemotherapy (6 weeks for mitomycin and nitrosoureas)",
     ["medication chemotherapy window >= 4 wk before", "medication mitomycin window >= 6 wk before",
      "medication nitrosoureas window >= 6 wk before"]),
    ("Therapy for an opportunistic infection within 14 days", ["other therapy for an opportunistic infection window <= 14 d before"]),
    ("Radiotherapy for prostate cancer within 4 weeks", ["procedure radiotherapy window <= 4 wk before", "condition prostate_cancer"]),
    ("Any prescription drugs, vitamin products or herbs within 14 days",
     ["medication any_medication window <= 14 d before", "medication dietary_supplements window <= 14 d before",
      "medication herbal_medicine window <= 14 d before"]),
    # how long something goes on
    ("Type 2 diabetes for at least the last 6 months", ["condition type_2_diabetes duration >= 6 mo"]),
    ("Less than 5 years of music training", ["other music training duration < 5 a"]),
    ("AML arising after MDS of at least 60 days",
     ["condition acute_myeloid_leukaemia", "condition myelodysplastic_syndrome duration >= 60 d"]),
    ("Surgery ≤28 days of beginning treatment", ["procedure surgery window <= 28 d around treatment_start"]),
    ("Biologics at least 30 days or 5 half-lives prior to enrollment, whichever is longer",
     ["medication biologics window >= 30 d window >= 5 half_life before enrollment"]),
    # what a lead-in dates, and whom it is about
    ("Adequate function, with laboratory test results obtained within 28 days prior to baseline:\n  - ANC ≥ 1500/uL",
     ["absolute_neutrophil_count >= 1500 /uL window <= 28 d before baseline"]),
    # one example's own time
    ("Uncontrolled cardiovascular disease, including myocardial infarction within 6 months or angina",
     ["condition cardiovascular_disease", "condition myocardial_infarction window <= 6 mo before", "condition angina"]),
    # examples explain their class, and are dated with it
    ("Malignancy including leukemia within the last 5 years", ["condition malignancy window <= 5 a before"]),
    ("Anticoagulants (e.g. warfarin or heparin) within 7 days", ["medication anticoagulants window <= 7 d before"]),
    ("Immunosuppressants including but not limited to methotrexate, azathioprine within 4 weeks",
     ["medication immunosuppressants window <= 4 wk before"]),
    ("Any major trauma within prior six months, e.g., burn injury", ["condition major_trauma window <= 6 mo before"]),
    ("Corticosteroids (i.e. prednisone) within 4 weeks",
     ["medication corticosteroids window <= 4 wk before", "medication prednisone window <= 4 wk before"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), DATED, ids=[text for text, _ in DATED])
def test_what_is_dated(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nephrotoxic drugs within the past 8 days, including amphotericin B and vancomycin.", [("amphotericin_b", "vancomycin")]),
        ("Autoimmune disease such as lupus or rheumatoid arthritis", [("systemic_lupus_erythematosus", "rheumatoid_arthritis")]),
        ("Immunosuppressants (methotrexate, azathioprine)", [("methotrexate", "azathioprine")]),
        ("Infection (hepatitis B)", [(), ()]),
        ("Corticosteroids (e.g. prednisone > 10 mg/day)", [(), ()]),
        ("Autoimmune disease such as lupus, or malignancy", [("systemic_lupus_erythematosus",), ()]),
    ],
)
def test_examples_belong_to_their_class(text: str, wanted: list[tuple[str, ...]]) -> None:
    assert [tuple(concept.id for concept in c.examples) for c in parse(text).constraints] == wanted


def test_a_heading_says_whom_its_criteria_are_about() -> None:
    criteria = parse("Inclusion Criteria:\n- Caregiver:\n  - Age ≥ 18 years\n- Age ≥ 65 years")
    assert [(str(c), c.about) for c in criteria.constraints] == [("age >= 18 a", "parent"), ("age >= 65 a", "patient")]


def test_a_time_that_nothing_claims_is_named_by_an_issue() -> None:
    assert [issue.code for issue in parse("Inclusion Criteria:\n- More than 60 days").issues] == ["ambiguous"]
