"""Files: in, a path; out, the studies in it, whatever the file holds: a page or criteria, API v2 JSON (one or many), classic XML.

Judged by content, not by name. Raises InputError in one line where the file is missing, binary, or broken.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from eligibility.errors import InputError
from eligibility.sources.ctgov import read_element, read_record
from eligibility.sources.page import read_page
from eligibility.sources.study import Study

_BINARY = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG image"),
)
_CONTROLS = bytes(set(range(32)) - {9, 10, 11, 12, 13})


def read_file(path: str | Path) -> Iterator[Study]:
    """The studies of one file, in order; each one's `source` is the file's stem."""
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}): check the path and its permissions") from error
    text, note = _decoded(data, path)
    head = text.lstrip("\ufeff \t\r\n")[:1]
    if head and head in "{[":
        studies = _from_json(text, path)
    elif head == "<" and ("<clinical_study" in text or text.lstrip("\ufeff \t\r\n").startswith("<?xml")):
        studies = iter([_from_xml(data, path)])
    else:
        studies = iter([read_page(text, path.stem)])
    return (replace(study, notes=(*study.notes, note)) if note else study for study in studies)


def _decoded(data: bytes, path: Path) -> tuple[str, str | None]:
    """The file's text, and a note where its encoding had to be assumed."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), None
    for magic, name in _BINARY:
        if data.startswith(magic):
            raise InputError(f"{path}: is {name}, not text: save the criteria as plain text, JSON or XML")
    sample = data[:65536]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 10 > len(sample):
        raise InputError(f"{path}: is binary, not text: give a registry page or criteria as text, JSON or XML")
    try:
        return data.removeprefix(BOM_UTF8).decode("utf-8"), None
    except UnicodeDecodeError as error:
        note = f"not UTF-8 (byte {error.start}): read as Windows-1252, so some characters may be wrong"
        return data.decode("cp1252", errors="replace"), note


def _from_json(text: str, path: Path) -> Iterator[Study]:
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        if text.lstrip("\ufeff \t\r\n").startswith("[") and "protocolSection" not in text:
            return iter([read_page(text, path.stem)])  # criteria may begin with a bracket: "[Inclusion Criteria]"
        raise InputError(f"{path}: broken JSON ({error}): export the record again") from error
    if isinstance(data, dict) and isinstance(data.get("studies"), list):
        data = data["studies"]
    studies = data if isinstance(data, list) else [data]
    for n, study in enumerate(studies):
        if not isinstance(study, dict) or "protocolSection" not in study:
            raise InputError(
                f"{path}: entry {n + 1} is not an API v2 study, it has no 'protocolSection': give studies as the API returns them"
            )
    return (read_record(study, path.stem) for study in studies)


def _from_xml(data: bytes, path: Path) -> Study:
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise InputError(f"{path}: broken XML ({error}): download the record again") from error
    if root.tag != "clinical_study":
        raise InputError(f"{path}: its root is <{root.tag}>, not <clinical_study>: give a ClinicalTrials.gov record")
    return read_element(root, path.stem)
