"""Attrition: in, a cohort and an OMOP CDM; out, how many persons are left after each criterion.

The expression is compiled to SQL by duckcdm and run in DuckDB. The CDM is only read: a file is attached read-only, and results are
temporary tables of a connection of their own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.errors import InputError
from eligibility.export.omop.cohort import Cohort
from eligibility.export.omop.source import NEEDS_DUCKDB, RECORDS, VIEWS, open_source
from eligibility.extras import require
from eligibility.frozen import Frozen

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ID = 1
_RESULTS = """
CREATE TEMP TABLE cohort (cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE);
CREATE TEMP TABLE cohort_inclusion_result
    (cohort_definition_id BIGINT, mode_id INTEGER, inclusion_rule_mask BIGINT, person_count BIGINT);
CREATE TEMP TABLE cohort_inclusion_stats
    (cohort_definition_id BIGINT, rule_sequence INTEGER, mode_id INTEGER, person_count BIGINT, gain_count BIGINT, person_total BIGINT);
CREATE TEMP TABLE cohort_summary_stats (cohort_definition_id BIGINT, mode_id INTEGER, base_count BIGINT, final_count BIGINT);
CREATE TEMP TABLE cohort_censor_stats (cohort_definition_id BIGINT, lost_count BIGINT);
"""


class Step(Frozen):
    """One criterion: how many persons satisfy it, and how many it and all before it."""

    section: str
    number: str
    text: str
    satisfy: int
    left: int


class Attrition(Frozen):
    """The persons left after each criterion. `total` are those of the CDM, `indexed` those with an index; `persons` are the cohort's ids.

    `absent` are tables that the CDM lacks: nobody has a record there; without concept_ancestor, no concept has narrower ones.
    """

    title: str
    total: int
    indexed: int
    steps: tuple[Step, ...]
    persons: tuple[int, ...]
    absent: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = [("persons", self.total), ("with an index", self.indexed)]
        rows += [(f"{step.section} {step.number}: {' '.join(step.text.split())}", step.left) for step in self.steps]
        width = max(len(str(number)) for _, number in rows)
        return "\n".join(f"{number:>{width}}  {words}" for words, number in rows)


def compile_sql(
    cohort: Cohort, *, dialect: str = "duckdb", cdm_schema: str = "main", results_schema: str = "results", cohort_id: int = 1
) -> str:
    """The SQL that fills the results schema's `cohort` and the tables of its inclusion rules, in a dialect of SqlRender.

    EligibilityError where duckcdm is not installed; InputError for a dialect that it does not know.
    """
    circe, sql = (require(f"duckcdm.{part}", "cohorts are compiled with it") for part in ("circe", "sqlrender"))
    known: list[str] = sql.dialects()
    if dialect not in known:
        raise InputError(f"{dialect!r} is no dialect of SQL that is known: give one of {', '.join(known)}")
    query = circe.build_cohort_query(
        json.dumps(cohort.expression),
        cohort_id=cohort_id,
        cdm_schema=cdm_schema,
        vocabulary_schema=cdm_schema,
        result_schema=results_schema,
        target_table=f"{results_schema}.cohort",
        generate_stats=True,
    )
    return str(sql.translate(sql.render(query), dialect))


def attrition(cohort: Cohort, cdm: str | Path | DuckDBPyConnection, *, schema: str = "main") -> Attrition:
    """The persons of a CDM who are left after each criterion of the cohort.

    `cdm`: a DuckDB file, a folder of CSV files, or an open connection with the tables in `schema`; with its vocabulary. InputError where it
    cannot be read so.
    """
    duckdb = require("duckdb", NEEDS_DUCKDB)
    source = open_source(cdm, RECORDS, schema)
    try:
        source.connection.execute(_RESULTS)
        source.connection.execute(compile_sql(cohort, cdm_schema=VIEWS, results_schema=VIEWS, cohort_id=_ID))
        return _counted(cohort, source.connection, source.absent)
    except duckdb.Error as error:
        raise InputError(f"the cohort cannot be counted in this CDM: {str(error).splitlines()[0]}") from error
    finally:
        source.connection.close()


def _counted(cohort: Cohort, connection: DuckDBPyConnection, absent: tuple[str, ...]) -> Attrition:
    def rows(query: str) -> list[tuple[Any, ...]]:
        return connection.execute(query).fetchall()

    persons = tuple(id for (id,) in rows("SELECT DISTINCT subject_id FROM temp.main.cohort ORDER BY subject_id"))
    ((total,),) = rows("SELECT count(*) FROM temp.main.person")
    if not cohort.rules:
        return Attrition(title=cohort.title, total=total, indexed=len(persons), steps=(), persons=persons, absent=absent)
    masks = rows("SELECT inclusion_rule_mask, person_count FROM temp.main.cohort_inclusion_result WHERE mode_id = 1")
    steps = []
    for place, rule in enumerate(cohort.rules):
        own, all_to_here = 1 << place, (2 << place) - 1
        satisfy = sum(count for mask, count in masks if mask & own)
        left = sum(count for mask, count in masks if mask & all_to_here == all_to_here)
        steps.append(Step(section=rule.section, number=rule.number, text=rule.text, satisfy=satisfy, left=left))
    indexed = sum(count for _, count in masks)
    return Attrition(title=cohort.title, total=total, indexed=indexed, steps=tuple(steps), persons=persons, absent=absent)
