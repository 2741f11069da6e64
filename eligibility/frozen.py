"""Frozen values: pydantic models that cannot be changed and know all their fields; what every result of this package is made of."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

_new = object.__new__
_set_values, _set_given, _set_extra, _set_private = (  # the slots of a model: a frozen one has no other way in, and this is the shortest
    BaseModel.__dict__[slot].__set__ for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def trusted(cls, **values: Any) -> Self:
        """An instance of values that are known to be right, as by `model_construct` at a fraction of its cost: for the pipeline alone."""
        defaults, names = _shapes.get(cls) or _shape(cls)
        made = _new(cls)
        _set_values(made, defaults | values)
        _set_given(made, names)
        _set_extra(made, None)
        _set_private(made, None)
        return made


_shapes: dict[type[BaseModel], tuple[dict[str, Any], set[str]]] = {}


def _shape(model: type[BaseModel]) -> tuple[dict[str, Any], set[str]]:
    """Every field in the model's order with its default, None in the place of one that must be given; and their names, as those given."""
    defaults = {name: None if field.is_required() else field.default for name, field in model.model_fields.items()}
    shape = _shapes[model] = defaults, set(defaults)
    return shape
