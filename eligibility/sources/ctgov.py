"""ClinicalTrials.gov records: in, an API v2 study (a mapping) or a classic `<clinical_study>` element; out, a `Study`.

The criteria text is the record's own, character for character; header fields come from the record and have no offsets.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from eligibility.errors import InputError
from eligibility.sources.study import Study

_JSON_FIELDS = (("minimum_age", "minimumAge"), ("maximum_age", "maximumAge"), ("sex", "sex"), ("healthy_volunteers", "healthyVolunteers"))
_XML_FIELDS = (
    ("minimum_age", "minimum_age"),
    ("maximum_age", "maximum_age"),
    ("sex", "gender"),
    ("healthy_volunteers", "healthy_volunteers"),
)


def read_record(record: Mapping[str, object], source: str | None = None) -> Study:
    """An API v2 study, whole or its `protocolSection`'s parent; raises InputError for any other mapping."""
    if not isinstance(record, Mapping) or not isinstance(record.get("protocolSection"), Mapping):
        raise InputError(
            f"{source or 'the record'}: not an API v2 study, it has no 'protocolSection': give the study as the API returns it"
        )
    protocol = _part(record, "protocolSection")
    identity, eligibility = _part(protocol, "identificationModule"), _part(protocol, "eligibilityModule")
    fields = ((name, _written(eligibility[key])) for name, key in _JSON_FIELDS if eligibility.get(key) is not None)
    text = _text(eligibility.get("eligibilityCriteria"))
    conditions = _texts(_part(protocol, "conditionsModule").get("conditions"))
    title = _text(identity.get("briefTitle") or identity.get("officialTitle"))
    phases = _texts(_part(protocol, "designModule").get("phases"))
    return Study.of_record(source, _text(identity.get("nctId")), title, text, fields, conditions, phases)


def read_element(root: Element, source: str | None = None) -> Study:
    """A classic `<clinical_study>` element; raises InputError for any other."""
    if root.tag != "clinical_study":
        raise InputError(f"{source or 'the XML'}: its root is <{root.tag}>, not <clinical_study>: give a ClinicalTrials.gov record")
    texts = ((name, root.findtext(f"eligibility/{tag}")) for name, tag in _XML_FIELDS)
    fields = ((name, value.strip()) for name, value in texts if value and value.strip())
    identifier = (root.findtext("id_info/nct_id") or "").strip() or None
    title = (root.findtext("brief_title") or root.findtext("official_title") or "").strip() or None
    conditions = (element.text.strip() for element in root.findall("condition") if element.text)
    text, phase = root.findtext("eligibility/criteria/textblock"), (root.findtext("phase") or "").strip()
    return Study.of_record(source, identifier, title, text, fields, conditions, (phase,) if phase else ())


def _part(record: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = record.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(part for part in value if isinstance(part, str)) if isinstance(value, list) else ()


def _written(value: object) -> str:
    return ("Yes" if value else "No") if isinstance(value, bool) else str(value)
