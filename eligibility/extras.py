"""Extras: in, the name of a library that only some uses need; out, the library, imported, or an error that says what to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from eligibility.errors import EligibilityError

_EXTRAS = {
    "pyarrow": "batch", "daft": "cluster", "ray": "cluster", "fhir": "fhir", "duckdb": "omop", "duckcdm": "omop", "matplotlib": "plot",
}  # fmt: skip


def require(module: str, purpose: str = "this table is made with it") -> Any:
    """The module, imported; EligibilityError where its library is not installed: that it is not, the `purpose`, and how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise EligibilityError(f"{module.partition('.')[0]} is not installed, and {purpose}: {how_to_install(module)}") from error


def how_to_install(module: str) -> str:
    """The command that installs the library of a module: the package's extra, or the library itself where no extra has it."""
    library = module.partition(".")[0]
    return f"pip install 'eligibility[{_EXTRAS[library]}]'" if library in _EXTRAS else f"pip install {library}"
