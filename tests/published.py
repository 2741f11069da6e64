"""Invented studies as each format publishes them, for the tests of sources: a study is written, read back, and compared."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from eligibility.sources import PHASES, Study

API_PHASES = {
    "early 1": ["EARLY_PHASE1"], "1": ["PHASE1"], "1/2": ["PHASE1", "PHASE2"], "2": ["PHASE2"], "2/3": ["PHASE2", "PHASE3"],
    "3": ["PHASE3"], "4": ["PHASE4"], "not applicable": ["NA"],
}  # fmt: skip
XML_PHASES = {
    "early 1": "Early Phase 1", "1": "Phase 1", "1/2": "Phase 1/Phase 2", "2": "Phase 2", "2/3": "Phase 2/Phase 3",
    "3": "Phase 3", "4": "Phase 4", "not applicable": "N/A",
}  # fmt: skip


class Invented(NamedTuple):
    """What a record says of a trial."""

    id: str
    title: str
    criteria: str
    minimum_age: str
    sex: str
    healthy: bool
    conditions: tuple[str, ...]
    phase: str

    def said(self) -> tuple[object, ...]:
        """What every format must give back."""
        header = {"minimum_age": self.minimum_age, "sex": self.sex, "healthy_volunteers": "Yes" if self.healthy else "No"}
        return self.id, self.title, self.criteria, header, self.conditions, self.phase


def said(study: object) -> tuple[object, ...]:
    assert isinstance(study, Study), study
    header = {field.name: field.value for field in study.header}
    assert study.blocks == ((0, len(study.text)),)
    return study.id, study.title, study.text, header, study.conditions, study.phase


def api(trial: Invented) -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": trial.id, "briefTitle": trial.title},
            "conditionsModule": {"conditions": list(trial.conditions)},
            "designModule": {"phases": API_PHASES[trial.phase]},
            "eligibilityModule": {
                "eligibilityCriteria": trial.criteria, "minimumAge": trial.minimum_age, "sex": trial.sex,
                "healthyVolunteers": trial.healthy,
            },
        },
        "hasResults": False,
    }  # fmt: skip


def xml(trial: Invented) -> str:
    conditions = "".join(f"<condition>{escape(name)}</condition>" for name in trial.conditions)
    criteria = escape(trial.criteria).replace("\r", "&#xD;")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<clinical_study><id_info><nct_id>{trial.id}</nct_id></id_info>'
        f"<brief_title>{escape(trial.title)}</brief_title><phase>{XML_PHASES[trial.phase]}</phase>{conditions}"
        f"<eligibility><criteria><textblock>{criteria}</textblock></criteria><gender>{trial.sex}</gender>"
        f"<minimum_age>{trial.minimum_age}</minimum_age><healthy_volunteers>{'Yes' if trial.healthy else 'No'}</healthy_volunteers>"
        "</eligibility></clinical_study>"
    )


def row(trial: Invented) -> dict[str, Any]:
    return {
        "nct_id": trial.id, "title": trial.title, "conditions": "|".join(trial.conditions), "phase": XML_PHASES[trial.phase],
        "minimum_age": trial.minimum_age, "sex": trial.sex, "healthy_volunteers": trial.healthy, "criteria": trial.criteria,
    }  # fmt: skip


def delimited(rows: Sequence[dict[str, Any]], delimiter: str, names: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def aact(trials: Sequence[Invented]) -> dict[str, str]:
    """The tables of AACT that say something of the trials, and one that does not."""
    eligibilities = [
        {
            "id": str(900 + n), "nct_id": t.id, "sampling_method": "", "gender": t.sex, "minimum_age": t.minimum_age, "maximum_age": "",
            "healthy_volunteers": "t" if t.healthy else "f", "population": "", "criteria": t.criteria, "gender_based": "",
        }
        for n, t in enumerate(trials)
    ]  # fmt: skip
    studies = [{"nct_id": t.id, "brief_title": t.title, "official_title": "", "phase": XML_PHASES[t.phase]} for t in reversed(trials)]
    conditions = [{"id": str(n), "nct_id": t.id, "name": name} for n, t in enumerate(trials) for name in t.conditions]
    return {
        "eligibilities.txt": delimited(eligibilities, "|", list(eligibilities[0])),
        "studies.txt": delimited(studies, "|", ["nct_id", "brief_title", "official_title", "phase"]),
        "conditions.txt": delimited(conditions, "|", ["id", "nct_id", "name"]),
        "sponsors.txt": delimited([{"id": "1", "nct_id": t.id, "name": "Nobody"} for t in trials], "|", ["id", "nct_id", "name"]),
    }


def packed(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def parquet(trials: Sequence[Invented], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [row(trial) | {"conditions": list(trial.conditions)} for trial in trials]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=3)


def _text(content: Callable[[Sequence[Invented]], str]) -> Callable[[Sequence[Invented], Path], None]:
    return lambda trials, path: path.write_text(content(trials), encoding="utf-8", newline="") and None


def _bytes(content: Callable[[Sequence[Invented]], bytes]) -> Callable[[Sequence[Invented], Path], None]:
    return lambda trials, path: path.write_bytes(content(trials)) and None


def _lines(trials: Sequence[Invented]) -> str:
    return "".join(json.dumps(api(trial)) + "\n" for trial in trials)


def _csv(trials: Sequence[Invented], delimiter: str = ",") -> str:
    return delimited([row(trial) for trial in trials], delimiter, list(row(trials[0])))


FORMATS: dict[str, Callable[[Sequence[Invented], Path], None]] = {
    "list": _text(lambda trials: json.dumps([api(trial) for trial in trials])),
    "indented list": _text(lambda trials: json.dumps([api(trial) for trial in trials], indent=2, ensure_ascii=False)),
    "search page": _text(lambda trials: json.dumps({"totalCount": 9, "studies": [api(t) for t in trials], "nextPageToken": "x"})),
    "wrapper": _text(lambda trials: json.dumps({"made": {"by": "nobody"}, "studies": [api(trial) for trial in trials]})),
    "lines": _text(_lines),
    "lines of rows": _text(lambda trials: "".join(json.dumps(row(trial)) + "\n" for trial in trials)),
    "list of rows": _text(lambda trials: json.dumps([row(trial) for trial in trials])),
    "utf-16": _bytes(lambda trials: json.dumps([api(trial) for trial in trials], ensure_ascii=False).encode("utf-16")),
    "csv": _text(_csv),
    "tsv": _text(lambda trials: _csv(trials, "\t")),
    "semicolons": _text(lambda trials: "\ufeff" + _csv(trials, ";")),
    "parquet": parquet,
    "gzip": _bytes(lambda trials: gzip.compress(_lines(trials).encode())),
    "gzip of csv": _bytes(lambda trials: gzip.compress(_csv(trials).encode())),
    "zip of xml": _bytes(lambda trials: packed({f"NCT0999xxxx/{trial.id}.xml": xml(trial) for trial in trials})),
    "zip of json": _bytes(lambda trials: packed({f"{n:03}.json": json.dumps(api(trial)) for n, trial in enumerate(trials)})),
    "zip of lines": _bytes(lambda trials: packed({"all.jsonl.gz": gzip.compress(_lines(trials).encode())})),
    "zip of aact": _bytes(lambda trials: packed(dict(aact(trials)))),
}

_signs = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"))
_words = st.text(_signs | st.sampled_from("\"|,;\\'<>&"), min_size=1, max_size=12).filter(lambda text: text.strip() == text)
_names = _words.filter(lambda text: not set(text) & set("|;[") and text == text.strip("\ufeff"))
_criteria = st.lists(_words | st.sampled_from(["\n", "\r\n", "- ", '""', "NCT09990099", "~", "\\>", "&gt;"]), min_size=1, max_size=8)
invented = st.builds(
    Invented,
    id=st.integers(0, 99_999_999).map(lambda n: f"NCT{n:08}"),
    title=_words,
    criteria=_criteria.map("".join).filter(lambda text: text.strip() != ""),
    minimum_age=st.sampled_from(["18 Years", "6 Months", "N/A"]),
    sex=st.sampled_from(["ALL", "FEMALE", "MALE"]),
    healthy=st.booleans(),
    conditions=st.lists(_names, max_size=3, unique=True).map(tuple),
    phase=st.sampled_from(PHASES),
)
many = st.lists(invented, min_size=1, max_size=6, unique_by=lambda trial: trial.id)
