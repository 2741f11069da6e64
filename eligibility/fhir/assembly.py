"""Assembly: in, a bundle; out, the dict of a `Patient`: each resource goes to its reader, what none reads is counted in the notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from eligibility.fhir.bundle import Index, entries_of
from eligibility.fhir.codings import MEASURED, codes_of, named
from eligibility.fhir.conditions import allergies_of, conditions_of
from eligibility.fhir.elements import Unreadable, object_of, objects_of, text_of
from eligibility.fhir.medications import medications_of
from eligibility.fhir.notes import Entry, Notes, clipped
from eligibility.fhir.observations import observations_of
from eligibility.fhir.person import birth_of, is_about, person_of, traits_of
from eligibility.fhir.pregnancy import CODE, pregnant
from eligibility.fhir.procedures import procedures_of, vaccines_of
from eligibility.fhir.trials import trials_of

_LISTS = {
    "Observation": "observations",
    "Condition": "conditions",
    "AllergyIntolerance": "conditions",
    "MedicationRequest": "medications",
    "MedicationStatement": "medications",
    "MedicationUsage": "medications",
    "MedicationAdministration": "medications",
    "Immunization": "medications",
    "Procedure": "procedures",
    "ResearchSubject": "trials",
}
_NO_CLINICAL_FACT = frozenset({
    "Account", "ActivityDefinition", "Appointment", "AppointmentResponse", "AuditEvent", "Binary", "CapabilityStatement", "CareTeam",
    "ChargeItem", "Claim", "ClaimResponse", "CodeSystem", "Composition", "ConceptMap", "Consent", "Contract", "Coverage",
    "CoverageEligibilityRequest", "CoverageEligibilityResponse", "Encounter", "Endpoint", "EnrollmentRequest", "EnrollmentResponse",
    "EpisodeOfCare", "ExplanationOfBenefit", "Goal", "Group", "HealthcareService", "ImplementationGuide", "InsurancePlan", "Invoice",
    "Library", "Linkage", "Location", "Medication", "MessageHeader", "NamingSystem", "OperationDefinition", "OperationOutcome",
    "Organization", "OrganizationAffiliation", "Parameters", "Patient", "PaymentNotice", "PaymentReconciliation", "Permission",
    "Person", "PlanDefinition", "Practitioner", "PractitionerRole", "Provenance", "Questionnaire", "RelatedPerson", "ResearchStudy",
    "Schedule", "SearchParameter", "Slot", "Specimen", "StructureDefinition", "Subscription", "SubscriptionStatus", "Substance",
    "Task", "ValueSet", "VerificationResult",
})  # fmt: skip
_KINDS_SHOWN = 20


def patient_of(bundle: Any) -> dict[str, Any]:
    """The fields of the bundle's one patient, as `Patient.model_validate` takes them: a FHIR R4 or R5 Bundle as a mapping, as JSON text or
    bytes, or as an object with `model_dump_json`; or a list of resources. InputError where it is none, or has not one Patient.
    """
    notes = Notes()
    entries = entries_of(bundle, notes)
    reading = _Reading(person_of(entries), entries)
    lists: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS.values()}
    for entry in entries:
        if entry.kind in _LISTS:
            lists[_LISTS[entry.kind]] += reading.rows(entry)
    found = traits_of(reading.person) | {"birth_date": reading.birth.isoformat() if reading.birth else None}
    answer = pregnant(reading.pregnancies)
    facts = {"facts": {"pregnant": answer}} if answer is not None else {}
    unread = _unread(entries, reading.index)
    known = {key: value for key, value in (found | lists).items() if value}
    said = [*notes.sentences(), *unread]
    return known | facts | ({"notes": said} if said else {})


class _Reading:
    """The person, the references, and the readers of each kind of resource."""

    def __init__(self, person: Entry, entries: Sequence[Entry]) -> None:
        self.person = person
        self.birth = birth_of(person)
        self.index = Index(entries)
        self.pregnancies: list[tuple[Entry, dict[str, Any], list[str]]] = []

    def rows(self, entry: Entry) -> list[dict[str, Any]]:
        """What one resource adds to its list; nothing, with a note, where it is broken or about somebody else."""
        try:
            if entry.resource.get("modifierExtension"):
                entry.note("an extension changes its meaning: left out")
                return []
            if not is_about(entry, self.person):
                return []
            rows = list(self._rows(entry))
            if entry.kind == "Observation":
                self._note_pregnancy(entry, rows)
            return rows
        except Unreadable as problem:
            entry.note(f"{problem}: left out")
            return []

    def _rows(self, entry: Entry) -> Iterable[dict[str, Any]]:
        match entry.kind:
            case "Observation":
                return observations_of(entry)
            case "Condition":
                return conditions_of(entry, self.birth)
            case "AllergyIntolerance":
                return allergies_of(entry, self.birth)
            case "Procedure":
                return procedures_of(entry)
            case "Immunization":
                return vaccines_of(entry)
            case "ResearchSubject":
                return trials_of(entry)
            case _:
                return medications_of(entry, self.index)

    def _note_pregnancy(self, entry: Entry, rows: list[dict[str, Any]]) -> None:
        if rows and rows[0].get("code") == CODE and "value" in rows[0]:
            concept = object_of(entry.resource, "valueCodeableConcept")
            self.pregnancies.append((entry, rows[0], codes_of(concept) if named(concept, MEASURED) else []))


def _unread(entries: Sequence[Entry], index: Index) -> Iterator[str]:
    """The resources of a kind that is not read, counted."""
    others = [entry for entry in entries if entry.kind not in _LISTS and entry.kind not in _NO_CLINICAL_FACT]
    counts = Counter(entry.kind for entry in others if not (entry.kind == "DiagnosticReport" and _results_are_there(entry, index)))
    for kind, count in counts.most_common(_KINDS_SHOWN):
        beside = ", the results are not in the bundle" if kind == "DiagnosticReport" else ""
        yield f"{count} {clipped(kind)}: not read{beside}"
    if len(counts) > _KINDS_SHOWN:
        yield f"{len(counts) - _KINDS_SHOWN} more kinds of resources: not read"


def _results_are_there(entry: Entry, index: Index) -> bool:
    """Whether all results of a DiagnosticReport are Observations of the bundle: then nothing of it is lost."""
    try:
        references = [text_of(one, "reference") for one in objects_of(entry.resource, "result")]
    except Unreadable:
        return False
    return bool(references) and all(one is not None and index.get(one, "Observation") is not None for one in references)
