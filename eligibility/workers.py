"""Many studies in several processes: in, studies one by one and a pipeline; out, their criteria in the same order, as they are ready.

Each process makes its pipeline once; memory stays the same however long the input is. What a study raises is raised here when its turn
comes, after the criteria of all studies before it. Never reads a criterion itself.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from eligibility.errors import EligibilityError
from eligibility.pipeline import default_pipeline, parse
from eligibility.processes import Died, in_processes
from eligibility.result import Criteria
from eligibility.sources import Study

if TYPE_CHECKING:
    from spacy.language import Language

    Source = str | Mapping[str, Any] | Study
    Parsed = tuple[list[Criteria], Exception | None]

CHUNK = 16  # studies that go to a process at a time


def parse_in_processes(texts: Iterable[Source], workers: int, nlp: Language | None = None) -> Iterator[Criteria]:
    """The criteria of every study, in order; `nlp` left out: the default pipeline. Raises what `parse` would, in its place."""
    for parsed in in_processes(partial(_reader, _pickled(nlp)), _chunks(iter(texts)), workers):
        if isinstance(parsed, Died):
            raise EligibilityError(f"a process that read these texts {parsed.how}: give less at a time, or read them with workers=1")
        done, failure = parsed
        yield from done
        if failure is not None:
            raise failure


def _pickled(nlp: Language | None) -> bytes | None:
    if nlp is None:
        return None
    try:
        return pickle.dumps(nlp)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise EligibilityError(f"this pipeline cannot be sent to other processes ({error}): use workers=1") from error


def _chunks(source: Iterator[Source]) -> Iterator[list[Source]]:
    """The studies, CHUNK at a time; what the source raises is raised after the studies before it."""
    chunk: list[Source] = []
    try:
        for text in source:
            chunk.append(text)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    except Exception:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _reader(pickled: bytes | None) -> Callable[[list[Source]], Parsed]:
    nlp = default_pipeline() if pickled is None else pickle.loads(pickled)
    return partial(_parse_chunk, nlp)


def _parse_chunk(nlp: Language, chunk: list[Source]) -> Parsed:
    """The criteria of the studies up to the first that raises, and what it raised."""
    done: list[Criteria] = []
    for text in chunk:
        try:
            done.append(parse(text, nlp=nlp))
        except Exception as error:
            return done, error
    return done, None
