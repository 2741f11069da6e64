"""Routes: in, the drafts of a segment; out, whose each route is, and a draft for each route that a list names before a drug.

"Oral or intravenous antibiotics" are two demands on one class. A route right before a name is said of that name, and not of a class before
it: "steroids (i.e. oral prednisone)".
"""

from __future__ import annotations

import re

from eligibility.nlp.bench import Bench
from eligibility.nlp.drafts import Draft
from eligibility.nlp.lexicon import Hit
from eligibility.nlp.subjects import Mention
from eligibility.spelling import normalise

_LISTED = re.compile(r"\s*(?:,|/|,?\s?(?:or|and|and/or)\s)\s*")


def place_routes(bench: Bench) -> None:
    """Note which routes stand right before the name of each medication."""
    routes = [hit for hit in bench.segment.details if hit.entry.field == "route"]
    for draft in bench.drafts if routes else ():
        if draft.type == "medication" and draft.mention is not None and draft.mention.hit is not None and "route" not in draft.fields:
            own = _right_before(bench, routes, draft.mention)
            bench.routed.update((route.start, draft.mention.start) for route in own)
            if len({route.entry.value for route in own}) > 1:
                bench.by_routes.append((draft, own))


def split_routes(bench: Bench) -> None:
    """A draft for each route of a list, with all that is said of the one."""
    for draft, routes in bench.by_routes:
        said = {route.entry.value for route in routes}
        fields = draft.fields | {"modifiers": tuple(word for word in draft.fields.get("modifiers", ()) if word not in said)}
        draft.fields = fields | {"route": routes[-1].entry.value}
        for route in routes[:-1]:
            place = Mention(route.start, route.end, _of_any_route(bench, draft, routes[-1], route))
            own = fields | {"route": route.entry.value}
            bench.drafts.append(Draft(draft.type, place, route.start, own, draft.windows, list(draft.spans)))
    if bench.by_routes:
        bench.drafts.sort(key=lambda draft: draft.position)


def _of_any_route(bench: Bench, draft: Draft, last: Hit, route: Hit) -> Hit:
    """The drug at the place of its route: what is named "inhaled steroid" by the last route of the list is a steroid by the others."""
    mention = draft.mention
    assert mention is not None and mention.hit is not None
    bare = normalise(bench.reading.folded[last.end : mention.end]) if last.start == mention.start else ""
    for kind in ("drug", "drug_class") if bare else ():
        entry = bench.vocabulary.lexicon.exact(bare, kind)
        if entry is not None:
            return Hit(route.start, route.end, entry, kind)
    return Hit(route.start, route.end, mention.hit.entry, mention.hit.kind)


def _right_before(bench: Bench, routes: list[Hit], mention: Mention) -> list[Hit]:
    """The routes of the list that ends with the name, or with its first word, in text order."""
    found: list[Hit] = []
    folded = bench.reading.folded
    for route in reversed(routes):
        if not found:
            own = route.start == mention.start or (route.end <= mention.start and folded[route.end : mention.start] in (" ", "-"))
            found = [route] if own else []
        elif route.end <= found[0].start:
            if not _LISTED.fullmatch(folded, route.end, found[0].start):
                break
            found.insert(0, route)
    return found
