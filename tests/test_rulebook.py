"""The rules that ship agree with each other, and what is wrong in a rule file is said with its file, its entry and what to do."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from eligibility import rulebook
from eligibility.errors import EligibilityError, RuleError
from eligibility.resources import data_dir
from eligibility.rulebook import Anchor, Condition, Rulebook, TermEntry, lint, load_rulebook


def overlay(folder: Path, text: str) -> Rulebook:
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    return rulebook._load.__wrapped__((folder,))


def complaints(folder: Path, text: str) -> list[str]:
    return [complaint for complaint in lint(overlay(folder, text)) if complaint.startswith("mine.toml")]


def test_the_rules_that_ship_have_nothing_to_complain_about() -> None:
    assert lint(load_rulebook()) == []


def test_no_condition_or_procedure_is_a_kind_of_itself() -> None:
    shipped = load_rulebook()
    wider = {entry.id: entry.is_a for entry in (*shipped.conditions, *shipped.procedures)}
    settled: set[str] = set()
    while ready := {id for id, parents in wider.items() if id not in settled and settled.issuperset(parents)}:
        settled |= ready
    assert settled == set(wider)


def test_an_entry_has_what_its_table_says() -> None:
    alt = load_rulebook().entry("alt")
    assert (alt.table, alt.label, alt.loinc, alt.unit, alt.plausible, alt.cased[0]) == (
        "analyte", "ALT", "1742-6", "U/L", (1.0, 10000.0), "ALT",
    )  # fmt: skip
    assert alt.examples[0].gives == ("alt <= 3 ULN",)


@pytest.mark.parametrize(
    ("id", "mg"),
    [("prednisone", 5), ("prednisolone", 5), ("methylprednisolone", 4), ("dexamethasone", 0.75), ("hydrocortisone", 20), ("cortisone", 25),
     ("betamethasone", 0.6), ("triamcinolone", 4), ("deflazacort", 6)],
)  # fmt: skip
def test_corticosteroids_know_what_5_mg_of_prednisone_are(id: str, mg: float) -> None:
    assert load_rulebook().entry(id).equivalent_to_5_mg_prednisone == mg


def test_terms_are_as_written_with_their_kind(tmp_path: Path) -> None:
    book = overlay(tmp_path, '[[condition]]\nid = "ache"\nterms = ["Dull ache"]\ncased = ["DA"]\nnever = ["da capo"]\n')
    assert [term for term in book.terms() if term.id == "ache"] == [
        TermEntry("Dull ache", False, False, "condition", "ache"),
        TermEntry("DA", True, False, "condition", "ache"),
        TermEntry("da capo", False, True, "condition", "ache"),
    ]


def test_narrower_terms_are_entries_that_are_a_kind_of_theirs(tmp_path: Path) -> None:
    book = overlay(tmp_path, '[[condition]]\nid = "ache"\nterms = ["ache"]\nnarrower = ["ear ache | earache | EA", "toe ache"]\n')
    assert book.entry("ear_ache") == Condition(
        id="ear_ache", label="ear ache", terms=("ear ache", "earache"), cased=("EA",), is_a=("ache",), file="mine.toml"
    )
    assert book.entry("toe_ache").label == "toe ache"


def test_an_anchor_keeps_apart_what_names_it_only_behind_after() -> None:
    end = load_rulebook().entry("treatment_end")
    assert isinstance(end, Anchor)
    assert ("treatment" in end.after_only, "treatment" in end.terms) == (True, False)


def test_an_overlay_replaces_the_entry_of_that_id(tmp_path: Path) -> None:
    base = load_rulebook()
    book = overlay(tmp_path, '[[score]]\nid = "ecog"\nrange = [0, 4]\nterms = ["ecog"]\n')
    assert (book.entry("ecog").range, book.entry("ecog").file, len(book.scores)) == ((0.0, 4.0), "mine.toml", len(base.scores))
    assert (book.digest == base.digest, base.entry("ecog").range) == (False, (0.0, 5.0))


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    text = '[[condition]]\nid = "ache"\nterms = ["ache"]\n'
    assert overlay(tmp_path, text).digest == overlay(tmp_path, text).digest
    assert (overlay(tmp_path, text).digest == overlay(tmp_path, text + "# more\n").digest) is False


def test_a_rulebook_goes_through_pickle() -> None:
    assert pickle.loads(pickle.dumps(load_rulebook())) is load_rulebook()


def test_tables_of_other_readers_are_passed_on(tmp_path: Path) -> None:
    book = overlay(tmp_path, '[[word_of_mine]]\nid = "x"\nterms = ["y"]\n')
    assert book.other["word_of_mine"] == ({"id": "x", "terms": ["y"]},)


CONDITION = '[[condition]]\nid = "ache"\nterms = ["ache"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[analyte]]\nid = "x"\nplausibel = [1, 2]', "mine.toml: analyte 'x' has the unknown key 'plausibel'; did you mean 'plausible'?"),
        ('[[analyt]]\nid = "x"', "mine.toml: unknown table 'analyt'; did you mean 'analyte'?"),
        ('[analyte]\nid = "x"', "mine.toml: 'analyte' must be a list of tables: write [[analyte]]"),
        ('[[analyte]]\nterms = ["x"]', "mine.toml: analyte number 1 has no id: give it one in snake_case"),
        ('[[analyte]]\nid = "x"\nterms = "x"', "mine.toml: analyte 'x': terms must be a list of texts, none of them empty, not 'x'"),
        ('[[analyte]]\nid = "x"\nterms = [""]', "mine.toml: analyte 'x': terms must be a list of texts, none of them empty, not ['']"),
        ('[[analyte]]\nid = "x"\nunit = 3', "mine.toml: analyte 'x': unit must be a text that is not empty, not 3"),
        ('[[analyte]]\nid = "x"\nplausible = [1]', "mine.toml: analyte 'x': plausible must be two numbers, [lowest, highest], not [1]"),
        ('[[analyte]]\nid = "x"\nmolar_mass = -1', "mine.toml: analyte 'x': molar_mass must be a number above 0, not -1"),
        ('[[analyte]]\nid = "x"\npair = ["a"]', "mine.toml: analyte 'x': pair must be two ids, not ['a']"),
        ('[[condition]]\nid = "x"\nplural = 1', "mine.toml: condition 'x': plural must be true or false, not 1"),
        ('[[sex]]\nid = "x"\nsex = "man"', "mine.toml: sex 'x': sex must be one of male, female, all, not 'man'"),
        ('[[sex]]\nid = "x"', "mine.toml: sex 'x' lacks the key 'sex': one of male, female, all"),
        (CONDITION + '[[condition.examples]]\ngives = ["x"]\ntext = ["y"]',
         "mine.toml: condition 'ache': examples has the unknown key 'text'; did you mean 'texts'?"),
        (CONDITION + '[[condition.examples]]\ngives = ["x"]', "mine.toml: condition 'ache': examples lacks the key 'texts'"),
        (CONDITION + '[[condition.known_gaps]]\ntext = "x"\nwants = ["y"]', "mine.toml: condition 'ache': known_gaps lacks the key 'why'"),
        (CONDITION + CONDITION, "mine.toml: condition 'ache' is there already, in mine.toml: ids are unique over all kinds"),
        ('[[condition]]\nid = "ecog"\nterms = ["x"]',
         "mine.toml: condition 'ecog' would replace the score of that id in scores/general.toml: choose another id"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        overlay(tmp_path, text)
    assert str(caught.value) == message


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError) as caught:
        overlay(tmp_path, "id = ")
    assert str(caught.value).startswith(f"{tmp_path / 'mine.toml'}: not TOML in UTF-8: ") is True


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError) as caught:
        load_rulebook((tmp_path / "none",))
    assert str(caught.value) == f"{tmp_path / 'none'} is not a folder of rules: give a folder that holds .toml files"


def test_an_unknown_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(RuleError) as caught:
        load_rulebook().entry("platelet_cuont")
    assert str(caught.value) == "no rule has the id 'platelet_cuont'; did you mean 'platelet_count'?"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[condition]]\nid = "Ache"\nterms = ["dull ache"]', "condition 'Ache': the id is not snake_case"),
        ('[[condition]]\nid = "ache"', "condition 'ache': it has no terms: nothing can ever name it"),
        ('[[condition]]\nid = "ache"\nterms = ["dull ache", "Dull-ache"]', "condition 'ache': 'dull ache' is twice among its terms"),
        ('[[condition]]\nid = "ache"\nterms = ["dull  ache"]', "condition 'ache': 'dull  ache' has blanks at an end or two in a row"),
        ('[[condition]]\nid = "ache"\nterms = ["dull ache"]\nis_a = ["paim"]',
         "condition 'ache': is_a names 'paim', which is no other condition; did you mean 'pain'?"),
        ('[[panel]]\nid = "x_panel"\nterms = ["x panel"]\nmembers = ["alt", "alt"]', "panel 'x_panel': members names 'alt' twice"),
        ('[[analyte]]\nid = "x_level"\nterms = ["x level"]\nplausible = [2, 1]',
         "analyte 'x_level': the range [2, 1] is inverted or empty"),
        ('[[analyte]]\nid = "x_level"\nterms = ["x level"]\nunit = "furlong"', "analyte 'x_level': the unit 'furlong' is not known"),
        ('[[analyte]]\nid = "x_level"\nterms = ["x level"]\nloinc = "1742-5"',
         "analyte 'x_level': the LOINC code '1742-5' has a wrong check digit: 1742-6 would be right"),
        ('[[score]]\nid = "x_score"\nterms = ["x score"]\nloinc = "72514-4"',
         "score 'x_score': the LOINC code '72514-4' has a wrong check digit: 72514-3 would be right"),
        ('[[analyte]]\nid = "x_level"\nterms = ["x level"]\nloinc = "LP1234-5"',
         "analyte 'x_level': 'LP1234-5' is not of the form of a LOINC code, such as 718-7"),
        ('[[analyte]]\nid = "x_level"\nterms = ["x level"]\nloinc = "1742-6"',
         "analyte 'x_level': the LOINC code '1742-6' is of analyte 'alt' too"),
        ('[[score]]\nid = "x_score"\nterms = ["x score"]\nclasses = ["I"]', "score 'x_score': classes must be two or more, each once"),
        ('[[score]]\nid = "x_score"\nterms = ["x score"]\nrange = [0, 1]\nclasses = ["I", "II"]',
         "score 'x_score': it has a range and classes: a score has one of them"),
        (CONDITION.replace('"ache"]', '"dull ache"]') + '[[condition.examples]]\ngives = ["x"]\ntexts = []',
         "condition 'ache': example 1 has no texts"),
        ('[[condition]]\nid = "ache"\nterms = ["body mass-index"]',
         "condition 'ache': 'body mass index' is claimed by analyte 'bmi' in analytes/vitals.toml too"),
    ],
)  # fmt: skip
def test_the_linter_complains(tmp_path: Path, text: str, complaint: str) -> None:
    assert complaints(tmp_path, text) == [f"mine.toml: {complaint}"]


def test_a_term_declared_shared_may_be_claimed_twice(tmp_path: Path) -> None:
    text = '[[condition]]\nid = "ache"\nterms = ["body mass index"]\n[[shared_term]]\nterms = ["body mass index"]\n'
    assert complaints(tmp_path, text) == []


def test_short_forms_that_are_cased_may_be_claimed_twice(tmp_path: Path) -> None:
    assert complaints(tmp_path, '[[condition]]\nid = "ache"\ncased = ["ALT"]\n') == []


def test_the_data_lies_beside_the_package_and_not_where_one_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rules").mkdir()
    monkeypatch.chdir(tmp_path)
    assert data_dir("rules") == Path(__file__).resolve().parent.parent / "rules"


def test_data_that_is_nowhere_is_said_in_prose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eligibility.resources._PACKAGE", tmp_path / "package")
    with pytest.raises(EligibilityError) as caught:
        data_dir.__wrapped__("models")  # the path that was found before is kept
    assert str(caught.value) == (
        f"the folder 'models' is neither in the installed package ({tmp_path / 'package' / '_data'}) "
        f"nor beside it in a checkout ({tmp_path}): "
        "the installation is incomplete, reinstall the package"
    )
