"""What of trials' criteria an OMOP cohort expresses: the share of criteria, the losses by kind, the concepts found, and the time.

    python benchmarks/exports_omop.py VOCABULARY PATH… [--cdm CDM] [--missing N]

VOCABULARY is a DuckDB file or a folder of CSV files with the vocabulary of an OMOP CDM, or the word "every": an invented one that has each
name, unit and route, so that only what a cohort cannot say is left. Each PATH is a file or folder of trials. Every cohort is compiled to
SQL; with --cdm it is also run there. --missing N prints the N most frequent names that the vocabulary lacks. Where a path is absent, the
script says so and goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from eligibility import Criteria, EligibilityError, Study, parse_many, read_file
from eligibility.export.omop import Attrition, Cohort, Vocabulary, attrition, compile_sql, to_cohort
from eligibility.screening.knowledge import load_knowledge
from eligibility.spelling import normalise

DOMAINS = {"condition": "Condition", "medication": "Drug", "procedure": "Procedure", "measurement": "Measurement"}


def studies(path: Path) -> Iterator[Study]:
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    for file in files:
        yield from read_file(file)


def invented(trials: Iterable[Criteria], folder: Path) -> Vocabulary:
    """A vocabulary that has the name of every condition, drug, procedure and measurement of the trials, and all units and routes."""
    import duckdb

    knowledge = load_knowledge()
    rows = {(normalise(one.meant), DOMAINS[one.type], "") for trial in trials for one in trial.constraints if one.type in DOMAINS}
    rows |= {(ucum, "Unit", "UCUM") for row in knowledge.rulebook.other["omop_units"] for ucum in row["ucum"]}
    rows |= {(normalise(term), "Route", "") for term in knowledge.routes}
    file = folder / "vocabulary.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "CREATE TABLE concept (concept_id BIGINT, concept_name VARCHAR, domain_id VARCHAR, vocabulary_id VARCHAR, "
            "concept_code VARCHAR, standard_concept VARCHAR, concept_class_id VARCHAR)"
        )
        connection.executemany(
            "INSERT INTO concept VALUES (?, ?, ?, ?, ?, 'S', 'Ingredient')",
            [(number, name, domain, system, name) for number, (name, domain, system) in enumerate(sorted(rows), 1)],
        )
    return Vocabulary.open(file)


def report(path: Path, trials: Sequence[Criteria], vocabulary: Vocabulary, cdm: Path | None, missing: int) -> None:
    began = time.perf_counter()
    cohorts = [to_cohort(criteria, vocabulary) for criteria in trials]
    made = time.perf_counter()
    lines = sum(compile_sql(cohort).count("\n") for cohort in cohorts)
    compiled = time.perf_counter()
    print(f"{path}: {len(trials)} trials, all compile")
    each = [seconds / len(trials) * 1000 for seconds in (made - began, compiled - made)]
    print(f"  cohorts {each[0]:.1f} ms a trial, SQL {each[1]:.1f} ms, {lines // len(trials)} lines")
    shares(trials, cohorts)
    kinds = Counter((one.kind, one.effect) for cohort in cohorts for one in cohort.unexpressed)
    for (kind, effect), number in kinds.most_common():
        print(f"    {kind:<13}{effect:<10}{number:>6}")
    sets = sum(len(cohort.expression["ConceptSets"]) for cohort in cohorts)
    names = Counter(f"{one.domain} {one.name}" for cohort in cohorts for one in cohort.unresolved)
    print(f"  concept sets {sets}; names not in the vocabulary {sum(names.values())}, {len(names)} of them different")
    for name, number in names.most_common(missing):
        print(f"    {number:>4} {name}")
    if cdm is not None:
        counted(cohorts, cdm)


def shares(trials: Sequence[Criteria], cohorts: Sequence[Cohort]) -> None:
    """How many criteria are a rule without a loss, with one, or none. The width of ages is no loss here."""
    whole = wider = 0
    for cohort in cohorts:
        lost = {(one.section, one.number.partition(".")[0]) for one in cohort.unexpressed if one.kind != "age"}
        asked = {(rule.section, rule.number) for rule in cohort.rules}
        whole += len(asked - lost)
        wider += len(asked & lost)
    criteria = sum(len(trial.header) + len(trial.inclusion) + len(trial.exclusion) for trial in trials)
    print(f"  criteria {criteria}: in full {whole}, wider {wider}, left out {criteria - whole - wider}")


def counted(cohorts: Sequence[Cohort], cdm: Path) -> None:
    began = time.perf_counter()
    runs: list[Attrition] = [attrition(cohort, cdm) for cohort in cohorts]
    seconds = time.perf_counter() - began
    left = sum(len(run.persons) for run in runs) / sum(run.total for run in runs)
    print(f"  run in {cdm.name}: {seconds / len(runs):.2f} s a trial; of {runs[0].total} persons {left:.1%} are left, on average")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vocabulary", type=Path)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--cdm", type=Path)
    parser.add_argument("--missing", type=int, default=0)
    chosen = parser.parse_args(arguments)
    try:
        for path in chosen.paths:
            if not path.exists():
                print(f"{path} is not there: nothing measured")
                continue
            trials = list(parse_many(studies(path)))
            with TemporaryDirectory() as folder:
                is_invented = chosen.vocabulary == Path("every")
                with invented(trials, Path(folder)) if is_invented else Vocabulary.open(chosen.vocabulary) as vocabulary:
                    report(path, trials, vocabulary, chosen.cdm, chosen.missing)
    except EligibilityError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
