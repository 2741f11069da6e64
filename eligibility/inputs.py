"""Inputs: in, a file; out, its parsed criteria. Criteria that were saved as JSON are read back, and need no parser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eligibility.errors import InputError
from eligibility.result import Criteria

_OWN_FIELDS = frozenset({"text", "inclusion", "exclusion"})


def read_criteria(path: Path) -> Iterator[Criteria]:
    """The criteria of every trial of a file: saved by `eligibility parse --format json`, or of any source that `parse` reads."""
    saved = _saved(path)
    if saved is not None:
        for number, document in enumerate(saved, 1):
            try:
                yield Criteria.model_validate(document)
            except ValidationError as error:
                problem = error.errors()[0]
                place = ".".join(map(str, problem["loc"])) or "the whole"
                raise InputError(
                    f"{path}: trial {number} is no saved criteria ({place}: {problem['msg']}): parse the trial again"
                ) from error
        return
    from eligibility.pipeline import parse
    from eligibility.sources import read_file

    for study in read_file(path):
        yield parse(study)


def _saved(path: Path) -> list[Any] | None:
    """The documents of a file of saved criteria; None where it is something else."""
    if path.suffix.lower() != ".json":
        return None
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    documents = found if isinstance(found, list) else [found]
    own = [isinstance(document, dict) and _OWN_FIELDS.issubset(document) for document in documents]
    return documents if own and all(own) else None
