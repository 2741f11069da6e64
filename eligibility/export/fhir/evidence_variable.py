"""Evidence variables: in, criteria; out, a FHIR R5 EvidenceVariable whose nested combinations are the requirement trees.

It says what a Group has no element for: "at least n of", windows with the event that they count from, durations, counts and methods.
"""

from __future__ import annotations

from eligibility.constraints import Measurement
from eligibility.export.fhir.demands import Demand, demands
from eligibility.export.fhir.exported import Exported, Ledger, head, make, sourced
from eligibility.export.fhir.leaves import Stated, in_words, stated, worded
from eligibility.export.fhir.systems import Json, label
from eligibility.export.fhir.timing import timing
from eligibility.logic import AllOf, AnyOf, AtLeast, IfThen, Leaf, Not, Requirement
from eligibility.result import Criteria

_CODES = {AllOf: "all-of", AnyOf: "any-of", AtLeast: "at-least"}


def to_evidence_variable(criteria: Criteria) -> Exported:
    """The EvidenceVariable of the persons whom the criteria let in: one characteristic a criterion, all of which hold. One that says less
    than its words has the modifier extension `urn:eligibility:unexpressed`, and `Exported.unexpressed` lists it.

    Raises InputError where fhir.resources is not installed.
    """
    writer = _Writer()
    found = [writer.of_demand(demand) for demand in demands(criteria)]
    elements = head("EvidenceVariable", criteria) | {"status": "draft", "actual": False, "handling": "dichotomous"}
    elements |= {"title": label(criteria.title)} if criteria.title else {}
    elements |= {"characteristic": found} if found else {}
    return make(elements, "R5", writer.ledger)


class _Writer:
    """The characteristics of one EvidenceVariable."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def of_demand(self, demand: Demand) -> Json:
        marks = self.ledger.note(demand, demand.unsaid)
        if demand.requirement is None:
            found = self._defined(in_words(demand.text, "unstructured"), demand)
            found |= {"exclude": True} if demand.section == "exclusion" else {}
        else:
            found = self._characteristic(demand.requirement, demand, True)
        return sourced(found | {"description": label(demand.text)}, demand, marks)

    def _characteristic(self, node: Requirement, demand: Demand, holds: bool) -> Json:
        """The characteristic that is true where the node is, or where it is not."""
        denied = {} if holds else {"exclude": True}
        match node:
            case Leaf():
                return self._leaf(node, demand) | denied
            case Not():
                return self._characteristic(node.item, demand, not holds)
            case AllOf() | AnyOf() | AtLeast():
                if len(node.items) == 1:
                    return self._characteristic(node.items[0], demand, holds)
                combination: Json = {"code": _CODES[type(node)]}
                combination |= {"threshold": node.n} if isinstance(node, AtLeast) else {}
                combination |= {"characteristic": [self._characteristic(item, demand, True) for item in node.items]}
                return {"description": label(str(node)), "definitionByCombination": combination} | denied
            case IfThen():
                raise AssertionError("demands have no conditionals")

    def _leaf(self, leaf: Leaf, demand: Demand) -> Json:
        constraint = leaf.constraint
        said = stated(constraint)
        if worded(constraint):
            return self._defined(said, demand)
        timed = dict(timing(constraint))
        method = constraint.method if isinstance(constraint, Measurement) else None
        unsaid = tuple(one for one in said.unsaid if one.kind not in timed and not (one.kind == "method" and method))
        found = self._defined(said._replace(unsaid=unsaid), demand)
        if method:
            found["definitionByTypeAndValue"]["method"] = [{"text": label(method)}]
        for elements in timed.values():
            found |= elements
        return {"description": label(constraint.phrase)} | found

    def _defined(self, said: Stated, demand: Demand) -> Json:
        marks = self.ledger.note(demand, said.unsaid)
        found: Json = {"definitionByTypeAndValue": {"type": said.code, **said.value}}
        return found | ({"modifierExtension": marks} if marks else {})
