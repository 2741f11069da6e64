"""Batches: studies a second and peak memory of all processes together, by processes, by Daft's local runner, by Daft on a local Ray.

Usage: python benchmarks/batch.py [--check] [--quick] [PATH…]
PATH: files and folders of studies (default: ../shared/registry beside the checkout); they are repeated, each time under another id and
with a word of its own, until there are enough. First, 1 and 2 processes in turns over 2,000 studies; then the peak of memory of 1,000 and
of 10,000 (--quick: 500; 250 and 1,000). With --check, a figure beyond its limit makes the exit code 1. Rates alone mean little on a shared
machine. What another engine writes is compared with what processes write, byte by byte.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from eligibility.sources import Study, find_files, read_entries

ROOT = Path(__file__).resolve().parent.parent
STUDIES = ROOT.parent / "shared" / "registry"
ENGINES = {"processes": [], "Daft, local runner": ["--engine", "daft"], "Daft on Ray": ["--engine", "daft", "--address", "local"]}
LEAST_SPEEDUP, MOST_GROWTH = 1.7, 1.1
COLUMNS = "{:<22}{:>10}{:>10}{:>14}{:>12}"


def main(arguments: list[str]) -> int:
    paths = [argument for argument in arguments if not argument.startswith("-")] or [str(STUDIES)]
    found = find_files(paths)
    studies = [study for file in found.files for study in read_entries(file) if isinstance(study, Study)]
    if not studies:
        print(f"{', '.join(paths)}: no studies: nothing measured")
        return 0
    few, some, many = (250, 500, 1_000) if "--quick" in arguments else (1_000, 2_000, 10_000)
    with tempfile.TemporaryDirectory() as folder:
        small, middle, large = (write(Path(folder) / f"{count}.jsonl", studies, count) for count in (few, some, many))
        good = speedup(middle, some, Path(folder))
        good &= memory(small, large, few, many, Path(folder))
    return int("--check" in arguments and not good)


def write(path: Path, studies: list[Study], count: int) -> Path:
    """That many studies as JSON Lines of API v2 records."""
    with path.open("w", encoding="utf-8") as file:
        for n, study in enumerate(islice(cycle(studies), count)):
            criteria = {"eligibilityCriteria": f"{study.text}\n* Took part in study qz{n:06d}"}
            record = {"identificationModule": {"nctId": f"NCT{n:08d}", "briefTitle": study.title}, "eligibilityModule": criteria}
            file.write(json.dumps({"protocolSection": record}) + "\n")
    return path


def speedup(path: Path, count: int, folder: Path) -> bool:
    """1 and 2 processes in turns; the shortest of three runs of each."""
    times: dict[int, list[float]] = {1: [], 2: []}
    for n in range(3):
        for workers in times:
            times[workers].append(run(path, folder / f"speed-{n}-{workers}", workers, [], watched=False)[0])
    ratio = min(times[1]) / min(times[2])
    for workers, seconds in times.items():
        print(f"{workers} process{'es' if workers > 1 else ''}: {count / min(seconds):.0f} studies a second, start-up and writing counted")
    print(f"2 processes are {ratio:.2f} times 1: at least {LEAST_SPEEDUP}{'' if ratio >= LEAST_SPEEDUP else '   TOO LOW'}\n")
    return ratio >= LEAST_SPEEDUP


def memory(small: Path, large: Path, few: int, many: int, folder: Path) -> bool:
    print(COLUMNS.format("engine, 2 workers", f"MB, {few:,}", f"{many:,}", f"growth <= {MOST_GROWTH}", "studies/s"))
    good = True
    first: dict[str, bytes] = {}
    for n, (engine, options) in enumerate(ENGINES.items()):
        _, low = run(small, folder / f"small-{n}", 2, options)
        seconds, high = run(large, folder / f"large-{n}", 2, options)
        print(COLUMNS.format(engine, f"{low:.0f}", f"{high:.0f}", f"{high / low:.2f}", f"{many / seconds:.0f}"), flush=True)
        good &= high / low <= MOST_GROWTH
        written = {path.name: path.read_bytes() for path in sorted((folder / f"large-{n}").iterdir())}
        first = first or written
        if written != first:
            print(f"{engine}: writes something else than {next(iter(ENGINES))}")
            good = False
    return good


def run(path: Path, out: Path, workers: int, options: list[str], watched: bool = True) -> tuple[float, float]:
    """Seconds, and the peak of the memory that all its processes hold together, in MB (a shared page counts once). Watching costs time."""
    command = [sys.executable, "-m", "eligibility", "batch", str(path), "--out", str(out), "--workers", str(workers), *options]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = 0.0
    while watched and process.poll() is None:
        peak = max(peak, sum(map(resident, descendants(process.pid))))
        time.sleep(0.25)
    if process.wait():
        raise SystemExit(process.stderr.read().decode()[-2000:] if process.stderr else "the batch failed")
    return time.perf_counter() - began, peak


def descendants(root: int) -> Iterator[int]:
    """The process and all below it (Linux)."""
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(words[1]), []).append(int(place.parent.name))
    waiting = [root]
    while waiting:
        waiting += parents.get(waiting[0], [])
        yield waiting.pop(0)


def resident(process: int) -> float:
    """Proportional set size, MB."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss:")), 0.0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
