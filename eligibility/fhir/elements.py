"""Elements: in, an object of FHIR's JSON and the name of an element; out, its value in the type asked for, None where it is absent.

What has another type raises `Unreadable`, which costs the resource it stands in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")


class Unreadable(Exception):
    """An element is not what FHIR says it is; the message says which and how."""


def kind_of(value: Any) -> str:
    """In words, what a JSON value is."""
    if isinstance(value, bool):
        return "true or false"
    kinds: tuple[tuple[Any, str], ...] = ((Mapping, "an object"), ((list, tuple), "a list"), (str, "a string"), (type(None), "null"))
    return next((words for types, words in kinds if isinstance(value, types)), "a number")


def object_of(owner: Json, key: str) -> Json | None:
    value = owner.get(key)
    if value is None or isinstance(value, Mapping):
        return value
    raise Unreadable(f"{key} is {kind_of(value)}, not an object")


def objects_of(owner: Json, key: str) -> list[Json]:
    value = owner.get(key)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise Unreadable(f"{key} is {kind_of(value)}, not a list")
    if wrong := [one for one in value if not isinstance(one, Mapping)]:
        raise Unreadable(f"{key} holds {kind_of(wrong[0])}, not only objects")
    return list(value)


def text_of(owner: Json, key: str) -> str | None:
    """A text without line ends and invisible characters; None where nothing is left of it."""
    value = owner.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Unreadable(f"{key} is {kind_of(value)}, not a string")
    whole = value.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text
    return " ".join(_INVISIBLE.sub("", whole).split()) or None


def flag_of(owner: Json, key: str) -> bool | None:
    value = owner.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise Unreadable(f"{key} is {kind_of(value)}, not true or false")


def number_of(owner: Json, key: str) -> float | None:
    value = owner.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unreadable(f"{key} is {kind_of(value)}, not a number")
    try:
        number = float(value)
    except (OverflowError, ValueError):
        number = math.inf
    if not math.isfinite(number):
        raise Unreadable(f"{key} is not a finite number")
    return number


def shown(number: float) -> str:
    """As it is written: 7 rather than 7.0."""
    return f"{number:.12g}"
