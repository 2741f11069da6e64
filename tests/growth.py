"""Whether work grows in proportion to its input: a ratio within one run, not a time. Where linear work has 4, quadratic work has 16."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

LIMIT = 12
FLOOR = 0.01  # seconds: below it the clock says nothing


def seconds(work: Callable[[str], object], text: str) -> float:
    """Processor time of one run, the best of three, without the garbage collector's pauses."""
    found = []
    gc.disable()
    try:
        for _ in range(3):
            begin = time.process_time()
            work(text)
            found.append(time.process_time() - begin)
    finally:
        gc.enable()
    return min(found)


def growth(work: Callable[[str], object], short: str, long: str) -> float:
    """How much longer the long text takes than the short one; a high ratio is measured once more, since noise can only add."""
    found = seconds(work, long) / max(seconds(work, short), FLOOR)
    return found if found < LIMIT else min(found, seconds(work, long) / max(seconds(work, short), FLOOR))


def grows_in_proportion(work: Callable[[str], object], piece: str, size: int) -> bool:
    """True where four times as many pieces take less than twelve times as long."""
    times = size // len(piece)
    return growth(work, piece * times, piece * (4 * times)) < LIMIT
