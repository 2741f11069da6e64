"""Many studies in several processes: in, studies one by one and a pipeline; out, their criteria in the same order, as they are ready.

Each process makes its pipeline once. The input is read only as far as work is waiting for it, a few chunks a process, so that memory
stays the same however long it is. Processes are spawned, never forked: a script calls this beneath `if __name__ == "__main__":`. What
a study raises is raised here when its turn comes, after the criteria of all studies before it. Never reads a criterion itself.
"""

from __future__ import annotations

import multiprocessing
import pickle
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from eligibility.errors import EligibilityError
from eligibility.pipeline import default_pipeline, parse
from eligibility.result import Criteria
from eligibility.sources import Study

if TYPE_CHECKING:
    from spacy.language import Language

    Source = str | Mapping[str, Any] | Study
    Parsed = tuple[list[Criteria], Exception | None]

CHUNK = 16  # studies that go to a process at a time
IN_FLIGHT = 4  # chunks a process: done, at work or waiting

_pipeline: ContextVar[Language] = ContextVar("_pipeline")


def parse_in_processes(texts: Iterable[Source], workers: int, nlp: Language | None = None) -> Iterator[Criteria]:
    """The criteria of every study, in order; `nlp` left out: the default pipeline. Raises what `parse` would, in its place."""
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (_pickled(nlp),))
    waiting: deque[Future[Parsed]] = deque()
    source = iter(texts)
    failure: Exception | None = None
    try:
        while failure is None:
            chunk, failure = _next_chunk(source)
            if not chunk:
                break
            waiting.append(pool.submit(_parse_chunk, chunk))
            if len(waiting) >= IN_FLIGHT * workers:
                yield from _results(waiting.popleft())
        while waiting:
            yield from _results(waiting.popleft())
        if failure is not None:
            raise failure
    except BrokenProcessPool as error:
        raise EligibilityError(
            'a worker process ended before its work was done: call this beneath `if __name__ == "__main__":`, or with workers=1'
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _pickled(nlp: Language | None) -> bytes | None:
    if nlp is None:
        return None
    try:
        return pickle.dumps(nlp)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise EligibilityError(f"this pipeline cannot be sent to other processes ({error}): use workers=1") from error


def _next_chunk(source: Iterator[Source]) -> tuple[list[Source], Exception | None]:
    """Up to CHUNK studies, and what the source raised instead of the next one."""
    chunk: list[Source] = []
    try:
        for text in source:
            chunk.append(text)
            if len(chunk) == CHUNK:
                break
    except Exception as error:
        return chunk, error
    return chunk, None


def _results(future: Future[Parsed]) -> Iterator[Criteria]:
    done, failure = future.result()
    yield from done
    if failure is not None:
        raise failure


def _begin(pickled: bytes | None) -> None:
    _pipeline.set(default_pipeline() if pickled is None else pickle.loads(pickled))


def _parse_chunk(chunk: list[Source]) -> Parsed:
    """The criteria of the studies up to the first that raises, and what it raised."""
    done: list[Criteria] = []
    nlp = _pipeline.get()
    for text in chunk:
        try:
            done.append(parse(text, nlp=nlp))
        except Exception as error:
            return done, error
    return done, None
