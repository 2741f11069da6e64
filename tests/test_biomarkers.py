"""What is said of genes and proteins, where it is said of a list, and what is none of it."""

from __future__ import annotations

import pytest

from eligibility import Biomarker, parse


def read(text: str) -> list[str]:
    return [str(constraint) for constraint in parse(text).constraints]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("EGFR exon 19 deletion", ["biomarker EGFR exon 19 deletion"]),
        ("BRAF V600E-mutant melanoma", ["biomarker BRAF V600E mutated", "condition melanoma"]),
        ("HER2 negative gastric cancer", ["biomarker HER2 negative", "condition gastric_cancer"]),
        ("MET exon 14 skipping", ["biomarker MET exon 14 skipping"]),
        ("T790M positive", ["biomarker EGFR T790M positive"]),
        ("Deletion of 17p or TP53 mutation", ["biomarker 17p deletion", "biomarker TP53 mutation"]),
        ("EGFR mutation status unknown", ["biomarker EGFR mutation unknown"]),
        ("CD30+ lymphoma", ["biomarker CD30 positive", "condition lymphoma"]),
        ("Pathogenic mutation(s) in the TPP1 gene", ["biomarker TPP1 mutation"]),
    ],
)
def test_what_is_said_of_a_name(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("EGFR or ALK mutations", ["biomarker EGFR mutation", "biomarker ALK mutation"]),
        ("ER, PR and HER2 negative", ["biomarker ER negative", "biomarker PR negative", "biomarker HER2 negative"]),
        ("RAS and BRAF wild-type", ["biomarker RAS wild type", "biomarker BRAF wild type"]),
        ("ER- and PR-positive", ["biomarker ER positive", "biomarker PR positive"]),
        ("ER-/PR-", ["biomarker ER negative", "biomarker PR negative"]),
        ("HER2 overexpression or amplification", ["biomarker HER2 overexpression", "biomarker HER2 amplification"]),
        ("KRAS G12C or G12D", ["biomarker KRAS G12C", "biomarker KRAS G12D"]),
        ("EGFR mutation (exon 19 deletion, L858R)", ["biomarker EGFR exon 19 deletion", "biomarker EGFR L858R"]),
        ("EGFR mutation except exon 20 insertion", ["biomarker EGFR mutation", "except biomarker EGFR exon 20 insertion"]),
        ("Positive for EGFR mutation or ALK fusion", ["biomarker EGFR mutation positive", "biomarker ALK fusion positive"]),
        ("Negative for HBsAg and HIV", ["biomarker HBsAg negative", "no condition hiv_infection"]),
    ],
)
def test_a_list_shares_what_is_said_of_it(text: str, wanted: list[str]) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("EGFR inhibitors", ["medication egfr_inhibitors"]),
        ("eGFR >= 60 mL/min", ["estimated_glomerular_filtration_rate >= 60 mL/min"]),
        ("PD-L1 expression >= 50 %", ["pd_l1_expression >= 50 %"]),
        ("Tissue for PD-L1 testing", []),
        ("Drugs targeting KRAS G12D", []),
    ],
)
def test_a_name_alone_is_no_biomarker(text: str, wanted: list[str]) -> None:
    assert [said for said in read(text) if said.startswith("biomarker")] == [said for said in wanted if said.startswith("biomarker")]
    assert set(wanted) <= set(read(text))


def test_a_denied_mutation_is_negated_and_a_negative_status_is_not() -> None:
    found = [
        (c.status, c.negated) for text in ("No EGFR mutation", "EGFR negative") for c in parse(text).constraints if isinstance(c, Biomarker)
    ]
    assert found == [(None, True), ("negative", False)]


def test_a_biomarker_has_the_code_of_its_gene_and_its_qualities() -> None:
    (found,) = parse("Germline BRCA1 mutation").constraints
    assert isinstance(found, Biomarker)
    assert found.concept is not None
    assert (found.concept.codes, found.alteration, found.modifiers) == (("HGNC:1100",), "mutation", ("germline",))


def test_one_row_says_that_it_is_there() -> None:
    (row,) = parse("HER2-positive").records()
    wanted = ("biomarker", "presence", "HER2-positive", "HER2", "HGNC:3430")
    assert (row["type"], row["facet"], row["subject"], row["concept"], row["code"]) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ALK rearrangement", "ALK rearrangement"),
        ("No known ALK rearrangement", "not (known ALK rearrangement)"),
        ("Hormone receptor positive", "hormone receptor positive"),
    ],
)
def test_requirements_read_like_the_sentence(text: str, wanted: str) -> None:
    assert str(parse(text).inclusion[0].requirement).replace("known ", "") == wanted.replace("known ", "")
