"""The version of what this package writes: in, a document that was written earlier; out, whether it can be read."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from eligibility.frozen import Frozen

SCHEMA_VERSION = "1.0"
"""major.minor of every schema in `docs/schemas`: a minor version only adds, a major one changes what there was."""


class Versioned(Frozen):
    """A document of its own: the version of its schema stands first in its JSON. One without a version is read as this one."""

    schema_version: str = SCHEMA_VERSION

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, data: Any) -> Any:
        written = data.get("schema_version", SCHEMA_VERSION) if isinstance(data, dict) else SCHEMA_VERSION
        if not _reads(str(written)):
            raise ValueError(
                f"it is of schema version {written}, and this package reads {SCHEMA_VERSION.partition('.')[0]}.0 to {SCHEMA_VERSION}: "
                "make it again, or read it with the package that wrote it"
            )
        return data


def _reads(written: str) -> bool:
    """Of the same major version, and no newer."""
    major, _, minor = written.partition(".")
    ours, _, newest = SCHEMA_VERSION.partition(".")
    return major == ours and minor.isdecimal() and int(minor) <= int(newest)
