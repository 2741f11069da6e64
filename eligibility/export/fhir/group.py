"""Groups: in, criteria; out, a FHIR Group of the persons that may enter, of R5 ("definitional") or R4B (not "actual").

All characteristics of a Group must hold, and `exclude` denies one: with contained Groups this says every combination of and, or and not.
"A or B" is to be excluded from the Group of those who have neither: `exclude` of a contained Group of "not A" and "not B". Only "at least n
of" is not said. Windows, durations and counts have no element here (`period` is of calendar dates): an EvidenceVariable has them.
"""

from __future__ import annotations

from eligibility.export.fhir.demands import Demand, demands
from eligibility.export.fhir.exported import Exported, Ledger, Version, check_version, head, make, sourced
from eligibility.export.fhir.leaves import Stated, in_words, stated
from eligibility.export.fhir.systems import Json, kind_of, label
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.result import Criteria

_TYPES: dict[Version, Json] = {
    "R5": {"type": "person", "membership": "definitional"},
    "R4B": {"type": "person", "actual": False},
}


def to_group(criteria: Criteria, version: Version = "R5") -> Exported:
    """The Group of the persons whom the criteria let in. A characteristic that says less than its words has the modifier extension
    `urn:eligibility:unexpressed`, and `Exported.unexpressed` lists it.

    Raises InputError for another version, and where fhir.resources is not installed.
    """
    check_version(version)
    writer = _Writer(version)
    found = [characteristic for demand in demands(criteria) for characteristic in writer.of_demand(demand)]
    elements = head("Group", criteria) | _TYPES[version]
    elements |= {"name": label(criteria.title)} if criteria.title else {}
    elements |= {"characteristic": found} if found else {}
    elements |= {"contained": writer.contained} if writer.contained else {}
    return make(elements, version, writer.ledger)


class _Writer:
    """The characteristics of one Group, and the Groups that it contains."""

    def __init__(self, version: Version) -> None:
        self._type = _TYPES[version]
        self.contained: list[Json] = []
        self.ledger = Ledger()

    def of_demand(self, demand: Demand) -> list[Json]:
        marks = self.ledger.note(demand, demand.unsaid)
        if demand.requirement is None:
            found = [self._trait(in_words(demand.text, "unstructured"), demand, demand.section != "exclusion")]
        else:
            found = self._traits(demand.requirement, demand, True)
        return [sourced(one, demand, marks) for one in found]

    def _traits(self, node: Requirement, demand: Demand, holds: bool) -> list[Json]:
        """The characteristics that all hold where the node does, or where it does not."""
        match node:
            case Leaf():
                return [self._trait(stated(node.constraint), demand, holds)]
            case Not():
                return self._traits(node.item, demand, not holds)
            case AtLeast() if 1 < node.n < len(node.items):
                return [self._trait(in_words(str(node), "combination"), demand, holds)]
            case AllOf() | AnyOf() | AtLeast():
                every = isinstance(node, AllOf) or (isinstance(node, AtLeast) and node.n == len(node.items))
                if every == holds:
                    return [one for item in node.items for one in self._traits(item, demand, holds)]
                return [self._denied([one for item in node.items for one in self._traits(item, demand, not holds)])]
            case IfThen():
                raise AssertionError("demands have no conditionals")

    def _trait(self, said: Stated, demand: Demand, holds: bool) -> Json:
        marks = self.ledger.note(demand, said.unsaid)
        return {"code": said.code, **said.value, "exclude": not holds} | ({"modifierExtension": marks} if marks else {})

    def _denied(self, traits: list[Json]) -> Json:
        """The characteristic that not all of these hold: of one alone, that it does not."""
        if len(traits) == 1:
            return traits[0] | {"exclude": not traits[0]["exclude"]}
        id = f"group-{len(self.contained) + 1}"
        self.contained.append({"resourceType": "Group", "id": id} | self._type | {"characteristic": traits})
        return {"code": kind_of("group", "all of the group's characteristics"), "valueReference": {"reference": f"#{id}"}, "exclude": True}
