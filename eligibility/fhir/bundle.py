"""Bundle: in, a FHIR Bundle (a mapping, JSON text, an object that dumps itself as JSON) or a list of resources; out, its entries.

InputError where it is none of these. What is no resource, and a resource that stands twice, is noted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from eligibility.errors import InputError
from eligibility.fhir.elements import Json, Unreadable, kind_of, object_of, objects_of, text_of
from eligibility.fhir.notes import Entry, Notes, clipped

_WANTED = "give a FHIR Bundle with one Patient, or a list of resources"


def entries_of(bundle: Any, notes: Notes) -> list[Entry]:
    """The resources of the bundle, each once, with their number in it."""
    found = _parsed(bundle)
    if isinstance(found, Mapping | list | tuple):
        return _each_once(_entries(_rows(found), notes))
    raise InputError(f"a FHIR Bundle is a JSON object, this is {kind_of(found)}: {_WANTED}")


def _parsed(bundle: Any) -> Any:
    if hasattr(bundle, "model_dump_json"):
        bundle = bundle.model_dump_json()
    if not isinstance(bundle, str | bytes | bytearray):
        return bundle
    try:
        return json.loads(bundle.removeprefix("\ufeff") if isinstance(bundle, str) else bundle)
    except (ValueError, RecursionError) as error:  # broken UTF-8 is a ValueError too
        text = bundle[:200] if isinstance(bundle, str) else bytes(bundle[:200]).decode("utf-8", "replace")
        if text.lstrip("\ufeff \t\r\n").startswith("<"):
            raise InputError("the Bundle is XML: give it as JSON") from error
        raise InputError(f"the Bundle is not JSON ({error}): {_WANTED}") from error


def _rows(found: Any) -> Iterator[tuple[Any, str | None]]:
    """What stands in the places of resources, with its fullUrl; bundles in a list (the pages of a search) are opened."""
    if isinstance(found, list | tuple):
        for one in found:
            one = _parsed(one) if hasattr(one, "model_dump_json") else one
            if isinstance(one, Mapping) and one.get("resourceType") == "Bundle":
                yield from _rows(one)
            else:
                yield one, None
        return
    kind = found.get("resourceType")
    if kind != "Bundle":
        said = f"this is a FHIR {clipped(kind)}, not a Bundle" if isinstance(kind, str) else "this JSON object has no resourceType"
        raise InputError(f"{said}: {_WANTED}")
    entries = found.get("entry")
    if not (entries is None or isinstance(entries, list | tuple)):
        raise InputError(f"the Bundle's entry is {kind_of(entries)}, not a list: {_WANTED}")
    for entry in entries or ():
        if not isinstance(entry, Mapping):
            yield entry, None
        else:
            url = entry.get("fullUrl")
            yield entry.get("resource"), url if isinstance(url, str) else None


def _entries(rows: Iterable[tuple[Any, str | None]], notes: Notes) -> Iterator[Entry]:
    for number, (resource, url) in enumerate(rows, 1):
        if not isinstance(resource, Mapping):
            notes.add("Entry", str(number), f"its resource is {kind_of(resource)}, not an object: not read")
        elif not isinstance(kind := resource.get("resourceType"), str) or not kind.isalpha():
            notes.add("Entry", str(number), "its resource does not say its resourceType: not read")
        else:
            yield Entry(number, kind, resource, notes, url)


def _each_once(entries: Iterable[Entry]) -> list[Entry]:
    """Of several resources with one type and id, the one last updated: they are versions, or pages that overlap."""
    found: dict[object, Entry] = {}
    for entry in entries:
        id = entry.resource.get("id")
        key = (entry.kind, id) if isinstance(id, str) else entry.number
        earlier = found.get(key)
        if earlier is None:
            found[key] = entry
            continue
        found[key] = max(earlier, entry, key=_updated)
        if earlier.resource != entry.resource:
            entry.note("another resource has its type and id: the one last updated is read")
    return list(found.values())


def _updated(entry: Entry) -> str:
    try:
        return text_of(object_of(entry.resource, "meta") or {}, "lastUpdated") or ""
    except Unreadable:
        return ""


class Index:
    """The resources of a bundle by what refers to them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_url: dict[str, Json] = {}
        self._by_id: dict[str, Json] = {}
        for entry in entries:
            id = entry.resource.get("id")
            if entry.url:
                self._by_url.setdefault(entry.url, entry.resource)
            if isinstance(id, str):
                self._by_id.setdefault(f"{entry.kind}/{id}", entry.resource)

    def get(self, reference: str, kind: str) -> Json | None:
        """The resource of the kind that a reference of the bundle names, in whichever form."""
        bare = reference.split("/_history/")[0]
        found = self._by_url.get(bare)
        return found if found is not None else self._by_id.get(f"{kind}/{last_part(bare)}")

    def resolve(self, entry: Entry, reference: str, kind: str) -> Json | None:
        """The same, also one contained in the entry ("#med")."""
        if not reference.startswith("#"):
            return self.get(reference, kind)
        return next((one for one in objects_of(entry.resource, "contained") if one.get("id") == reference[1:]), None)


def last_part(reference: str) -> str:
    """The id at the end of a reference: of Patient/1, https://server/Patient/1, urn:uuid:1."""
    return reference.split("/_history/")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1]
