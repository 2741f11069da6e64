"""Entities of another pipeline: in, a Doc with `ents` and the hits of the rules; out, the hits with the entities that no rule covers.

The rules win for what they know. An entity whose label the rules translate (a disease, a drug) is a mention of that kind; any other can
be the subject of a value, and makes no constraint of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from spacy.tokens import Doc

from eligibility.nlp.lexicon import Hit


class Entity(NamedTuple):
    """What stands in the place of a rule's entry: the id says where the mention came from."""

    id: str
    label: str


def with_entities(doc: Doc, hits: Sequence[Hit], kinds: Mapping[str, str]) -> list[Hit]:
    """All hits and the entities beside them, in text order, without overlaps."""
    taken = sorted((hit.start, hit.end) for hit in hits)
    found = list(hits)
    place = 0
    for ent in doc.ents:
        while place < len(taken) and taken[place][1] <= ent.start_char:
            place += 1
        if place < len(taken) and taken[place][0] < ent.end_char:
            continue
        label = re.sub(r"\W+", "_", ent.label_.lower()).strip("_") or "entity"
        found.append(Hit(ent.start_char, ent.end_char, Entity(f"entity_{label}", ent.text), kinds.get(ent.label_, "entity")))
    return sorted(found, key=lambda hit: (hit.start, hit.end))
