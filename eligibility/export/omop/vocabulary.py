"""The vocabulary of an OMOP CDM: in, a code or names in a domain; out, the standard concepts that they are.

Opened read-only. A code or name of a concept that is not standard leads to what it "Maps to". Nothing here knows a constraint.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from eligibility.export.omop.circe import Json, concept_json
from eligibility.export.omop.source import VOCABULARY, Source, open_source

Domain = Literal["Condition", "Drug", "Measurement", "Procedure", "Route", "Unit"]
_DOMAINS = ("Condition", "Drug", "Measurement", "Procedure", "Route")
# As eligibility.spelling.normalise does: lower case, what is no letter or digit blank, one blank between words.
_FORM = r"trim(regexp_replace(lower({}), '[^\p{{L}}\p{{N}}]+', ' ', 'g'))"
_COLUMNS = "concept_id, concept_name, domain_id, vocabulary_id, concept_class_id, standard_concept, concept_code"
_STANDARD = """
SELECT DISTINCT {columns} FROM temp.main.concept t WHERE t.invalid_reason IS NULL AND t.standard_concept IN ('S', 'C') AND t.domain_id = ?
AND t.concept_id IN (
    SELECT CASE WHEN c.standard_concept IN ('S', 'C') THEN c.concept_id ELSE r.concept_id_2 END FROM temp.main.concept c
    LEFT JOIN temp.main.concept_relationship r
    ON r.concept_id_1 = c.concept_id AND r.relationship_id = 'Maps to' AND r.invalid_reason IS NULL
    WHERE {condition}
) ORDER BY concept_id"""


class OmopConcept(NamedTuple):
    """A row of the table concept. `standard` is S, or C for one that only classifies others."""

    id: int
    name: str
    domain: str
    vocabulary: str
    kind: str
    standard: str
    code: str

    def json(self) -> Json:
        return concept_json(self.id, self.name, self.code, self.domain, self.vocabulary, self.kind, self.standard)

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class Vocabulary:
    """The tables concept, concept_relationship, concept_ancestor and concept_synonym of an OMOP CDM. A context manager.

    `absent` are those of them that it lacks: without them fewer codes and names are found.
    """

    def __init__(self, source: Source) -> None:
        self._connection = source.connection
        self.absent = source.absent
        self._is_indexed = False

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The vocabulary in a DuckDB file (attached read-only) or a folder of CSV files, as Athena delivers them.

        InputError where the path has no table `concept`; EligibilityError where DuckDB is not installed.
        """
        return cls(open_source(path, VOCABULARY))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def by_code(self, code: str, domain: Domain) -> list[OmopConcept]:
        """The standard concepts of a code as this package writes it, `SYSTEM:code`; the name of the system in any case."""
        system, _, local = code.partition(":")
        return self._standard("upper(c.vocabulary_id) = ? AND c.concept_code = ?", domain, [system.upper(), local])

    def unit(self, ucum: str) -> OmopConcept | None:
        """The concept of a UCUM code."""
        return next(iter(self.by_code(f"UCUM:{ucum}", "Unit")), None)

    def named(self, forms: Sequence[str], domain: Domain) -> list[OmopConcept]:
        """The standard concepts that have one of the names, as `normalise` writes them, for a name or a synonym."""
        if not self._is_indexed:
            self._index_names()
        marks = ", ".join("?" * len(forms))
        return self._standard(f"c.concept_id IN (SELECT concept_id FROM form WHERE form IN ({marks}))", domain, list(forms))

    def ingredients(self) -> list[OmopConcept]:
        """The substances, and the vaccines that are none."""
        return self._standard("c.concept_class_id IN ('Ingredient', 'CVX') AND c.standard_concept = 'S'", "Drug", [])

    def is_ancestor_of_all(self, ancestor: OmopConcept, others: Iterable[OmopConcept]) -> bool:
        ids = {other.id for other in others}
        marks = ", ".join("?" * len(ids))
        query = (
            "SELECT count(DISTINCT descendant_concept_id) FROM temp.main.concept_ancestor "
            f"WHERE ancestor_concept_id = ? AND descendant_concept_id IN ({marks})"
        )
        rows = self._connection.execute(query, [ancestor.id, *ids]).fetchall()
        return bool(rows[0][0] == len(ids))

    def _standard(self, condition: str, domain: Domain, values: list[Any]) -> list[OmopConcept]:
        query = _STANDARD.format(columns=_COLUMNS, condition=condition)
        return [OmopConcept(*row) for row in self._connection.execute(query, [domain, *values]).fetchall()]

    def _index_names(self) -> None:
        """All names of the domains by their form, once: a look-up would else read every name."""
        name, synonym = _FORM.format("concept_name"), _FORM.format("concept_synonym_name")
        domains = ", ".join(f"'{domain}'" for domain in _DOMAINS)
        self._connection.execute(
            f"CREATE TEMP TABLE form AS SELECT DISTINCT form, concept_id FROM ("
            f"SELECT {name} AS form, concept_id FROM temp.main.concept UNION ALL "
            f"SELECT {synonym}, concept_id FROM temp.main.concept_synonym) "
            f"WHERE concept_id IN (SELECT concept_id FROM temp.main.concept WHERE domain_id IN ({domains})) ORDER BY form"
        )
        self._is_indexed = True
