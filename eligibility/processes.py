"""Processes that share work: in, tasks one by one; out, what a function makes of each, in the order of the tasks.

Each process makes its function once. Tasks are read only as far as processes wait for them, so that memory stays the same however many
there are. Processes are spawned, never forked: a script calls this beneath `if __name__ == "__main__":`. A process that dies (memory ran
out, a library crashed) costs the task at hand: it is done again in parts, and only the part on which a process dies again is given up.
A process ends by itself when the one that began it is gone, however that ended.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from eligibility.errors import EligibilityError

Task = TypeVar("Task")
Result = TypeVar("Result")

TASKS_AHEAD = 4  # tasks a process that are read, at work, or done and waiting for an earlier one
_Key = tuple[int, ...]  # the place of a task, and of a part in it


@dataclass(frozen=True, slots=True)
class Died(Generic[Task]):
    """A task whose process ended while it was at work; `how`: what is known of its end."""

    task: Task
    how: str


@dataclass(frozen=True, slots=True)
class _Raised:
    error: Exception


class _Worker:
    """A process and the pipe to it; `key` is the task that it is at."""

    def __init__(self, make: Callable[[], Callable[[Any], Any]]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, make), daemon=True)
        self.process.start()
        theirs.close()  # else the pipe would not end with the process
        self.ready = False
        self.key: _Key | None = None

    def receive(self) -> Any:
        """What it sends; raises EOFError where it has ended."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError) as error:
            self.process.join()
            raise EOFError from error

    def end(self) -> None:
        self.pipe.close()
        self.process.terminate()
        self.process.join()


def in_processes(
    make: Callable[[], Callable[[Task], Result]],
    tasks: Iterable[Task],
    workers: int,
    split: Callable[[Task], list[Task]] = lambda task: [task],
) -> Iterator[Result | Died[Task]]:
    """What `make()` gives for each task, in order; for a task whose process died, what it gives for each of its parts (`split`), and
    `Died` for one that has no smaller parts. What the function or `tasks` raises is raised here, in its place.

    `make` and the tasks are sent to other processes: they must pickle. EligibilityError where a process ends before it can begin.
    """
    crew = _Crew(make, iter(tasks), workers, split)
    try:
        yield from crew.results()
    finally:
        crew.end()


class _Crew(Generic[Task, Result]):
    def __init__(
        self, make: Callable[[], Callable[[Task], Result]], source: Iterator[Task], workers: int, split: Callable[[Task], list[Task]]
    ) -> None:
        self._make, self._source, self._split = make, source, split
        self._count = workers
        self._workers: list[_Worker] = []
        self._tasks: dict[_Key, Task] = {}  # read and not done
        self._waiting: deque[_Key] = deque()  # of these, what no process is at
        self._order: deque[_Key] = deque()  # what is still to be given, in order
        self._done: dict[_Key, Any] = {}
        self._read = 0
        self._exhausted = False

    def results(self) -> Iterator[Result | Died[Task]]:
        self._fill()
        while self._order:
            while self._order and self._order[0] in self._done:
                result = self._done.pop(self._order.popleft())
                if isinstance(result, _Raised):
                    raise result.error
                yield result
                self._fill()
            if self._order:
                self._step()

    def end(self) -> None:
        for worker in self._workers:
            worker.end()

    def _fill(self) -> None:
        """Read tasks as far as they may be ahead, and give them to whoever is free."""
        while not self._exhausted and len(self._order) < TASKS_AHEAD * self._count:
            key = (self._read,)
            try:
                self._tasks[key] = next(self._source)
            except StopIteration:
                self._exhausted = True
                break
            except Exception as error:
                self._done[key], self._exhausted = _Raised(error), True
            else:
                self._waiting.append(key)
            self._order.append(key)
            self._read += 1
            self._assign()
        self._assign()

    def _assign(self) -> None:
        for worker in self._workers:
            if worker.ready and worker.key is None and self._waiting:
                worker.key = self._waiting.popleft()
                try:
                    worker.pipe.send(self._tasks[worker.key])
                except OSError:  # it has just died: receiving will tell
                    continue
        busy = sum(worker.key is not None for worker in self._workers)
        while len(self._workers) < min(self._count, busy + len(self._waiting)):
            self._workers.append(_Worker(self._make))

    def _step(self) -> None:
        """Wait until some process sends something or ends."""
        by_pipe = {worker.pipe: worker for worker in self._workers}
        for pipe in wait(list(by_pipe)):
            worker = by_pipe[pipe]  # type: ignore[index]
            try:
                message = worker.receive()
            except EOFError:
                self._bury(worker)
                continue
            if not worker.ready:
                if isinstance(message, _Raised):
                    raise message.error
                worker.ready = True
            elif worker.key is not None:
                del self._tasks[worker.key]
                self._done[worker.key], worker.key = message, None
            self._assign()
        self._fill()

    def _bury(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        if not worker.ready:
            raise EligibilityError(
                "a process ended before it could begin: a script starts several processes only beneath "
                '`if __name__ == "__main__":`; or use one worker'
            )
        if worker.key is not None:
            self._again(worker.key, worker.process.exitcode)
        self._assign()

    def _again(self, key: _Key, code: int | None) -> None:
        task = self._tasks.pop(key)
        parts = self._split(task)
        if len(parts) < 2:
            how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
            self._done[key] = Died(task, how + (", as when memory runs out" if code == -9 else ""))
            return
        keys = [(*key, n) for n in range(len(parts))]
        self._tasks.update(zip(keys, parts, strict=True))
        place = self._order.index(key)
        self._order.remove(key)
        for n, part in enumerate(keys):
            self._order.insert(place + n, part)
        self._waiting.extendleft(reversed(keys))


def _serve(pipe: Connection, make: Callable[[], Callable[[Any], Any]]) -> None:
    """The life of a process: make the function, then answer task by task until there is nobody to answer to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the process that began this one, which ends it
    with suppress(EOFError, OSError):
        try:
            function = make()
        except Exception as error:
            _send(pipe, _Raised(error))
            return
        _send(pipe, None)
        while True:
            task = pipe.recv()
            try:
                answer = function(task)
            except Exception as error:
                answer = _Raised(error)
            _send(pipe, answer)


def _send(pipe: Connection, answer: Any) -> None:
    """What cannot be pickled is sent as an error that says so."""
    try:
        message = pickle.dumps(answer)
    except Exception as error:
        raised = answer.error if isinstance(answer, _Raised) else error
        message = pickle.dumps(_Raised(EligibilityError(f"{type(raised).__name__}: {raised}")))
    pipe.send_bytes(message)
