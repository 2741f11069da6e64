"""The version of what this package writes: in, a document that was written earlier; out, whether it can be read."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from eligibility.frozen import Frozen

SCHEMA_VERSION = "1.0"
"""major.minor of every schema in `docs/schemas`: a minor version only adds, a major one changes what there was."""


def _read(written: str) -> str:
    """The version of what was read: this one, with the defaults of all that came after it was written. ValueError where it is of another
    major version, or newer."""
    major, _, minor = written.partition(".")
    ours, _, newest = SCHEMA_VERSION.partition(".")
    if major != ours or not minor.isdecimal() or int(minor) > int(newest):
        raise ValueError(
            f"it is of schema version {written}, and this package reads {ours}.0 to {SCHEMA_VERSION}: "
            "make it again, or read it with the package that wrote it"
        )
    return SCHEMA_VERSION


class Versioned(Frozen):
    """A document of its own: the version of its schema stands first in its JSON. One without a version is read as this one."""

    schema_version: Annotated[str, AfterValidator(_read)] = SCHEMA_VERSION
