"""Ratios of time and the peak of memory: the parse, with the recogniser and without, against spaCy's bare tokenizer, in one run; and
the rate of screening.

Usage: python benchmarks/speed.py [--check] [FOLDER]
FOLDER holds .txt files, one criteria block each (default: ../shared/corpora/lct/texts beside the checkout). With --check, a figure
above its limit makes the exit code 1. Times alone mean little on a shared machine: only ratios within one run are compared.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT.parent / "shared" / "corpora" / "lct" / "texts"
STUDIES = ROOT.parent / "shared" / "registry" / "studies.json"
PATIENTS = ROOT.parent / "shared" / "patients"
ROUNDS = 3
FEWEST = {"criteria screened a second": 2000.0}
LIMITS = {
    "parse / tokenizer": 18.0, "rules alone / tokenizer": 7.0, "recognizer, ms": 1000.0,
    "peak memory, MB": 400.0, "first parse / first tokenizer": 2.5, "import - empty python, ms": 50.0,
    "terminology, ms": 100.0, "terminology, MB": 80.0, "1,000 more synonyms": 1.1,
}  # fmt: skip

THIRD = [f"{first}{second}" for first in ("var", "tol", "gem", "pil") for second in ("ance", "ition", "ment", "ure", "ogram")]
SPACY = "import spacy; spacy.blank('en')"
TERMINOLOGY = """
import time
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
from eligibility import terminology
size, start = resident(), time.perf_counter()
terminology.load_terminology()
print(1000 * (time.perf_counter() - start), resident() - size)
"""
RECOGNIZER = """
import time
from eligibility.nlp.recognizer import load_recognizer
start = time.perf_counter()
load_recognizer()
print(1000 * (time.perf_counter() - start))
"""
FIRST = "import eligibility; eligibility.parse('Inclusion Criteria:\\n- Age >= 18 years')"


def main(arguments: list[str]) -> int:
    folders = [Path(argument) for argument in arguments if not argument.startswith("-")]
    folder = folders[0] if folders else TEXTS
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.glob("*.txt"))]
    if not texts:
        print(f"{folder} has no .txt files: nothing measured")
        return 0
    figures = fresh_processes() | terminology() | recognizer() | parse_against_tokenizer(texts) | more_synonyms(texts)
    for name, figure in figures.items():
        print(f"{name:<32}{figure:>8.2f}   at most {LIMITS[name]:g}{'' if figure <= LIMITS[name] else '   TOO HIGH'}")
    screened = screening()
    for name, figure in screened.items():
        print(f"{name:<32}{figure:>8.0f}   at least {FEWEST[name]:g}{'' if figure >= FEWEST[name] else '   TOO LOW'}")
    wrong = any(figure > LIMITS[name] for name, figure in figures.items()) or any(
        figure < FEWEST[name] for name, figure in screened.items()
    )
    return int("--check" in arguments and wrong)


def screening() -> dict[str, float]:
    """Criteria that are screened in a second of CPU, parsing not counted: every patient of PATIENTS against every study of STUDIES."""
    if not STUDIES.is_file() or not PATIENTS.is_dir():
        return {}
    import eligibility

    nlp = eligibility.load(recognizer=False)
    trials = [eligibility.parse(study, nlp=nlp) for study in eligibility.read_file(STUDIES)]
    patients, slowest = [], 0.0
    for path in sorted(PATIENTS.glob("*.json")):
        start = time.process_time()
        patients.append(eligibility.Patient.read(path))
        slowest = max(slowest, time.process_time() - start)
    print(f"{len(patients)} FHIR bundles, the slowest in {1000 * slowest:.0f} ms CPU")
    on = date(2021, 12, 1)
    eligibility.screen(patients[0], trials[0], on=on)
    start = time.process_time()
    screenings = list(eligibility.screen_many(patients, trials, on=on))
    seconds = time.process_time() - start
    outcomes = Counter(screening.outcome for screening in screenings)
    print(f"{len(screenings)} screenings in {seconds:.2f} s CPU: {', '.join(f'{n} {outcome}' for outcome, n in sorted(outcomes.items()))}")
    return {"criteria screened a second": sum(len(screening.criteria) for screening in screenings) / seconds}


def parse_against_tokenizer(texts: list[str]) -> dict[str, float]:
    """CPU seconds of this process, the best of several rounds that take turns."""
    import spacy

    import eligibility

    tokenize, parse = spacy.blank("en").make_doc, eligibility.parse
    without = partial(parse, nlp=eligibility.load(recognizer=False))
    for warm_up in (tokenize, parse, without):
        run_all(warm_up, texts[:100])
    tokenizer, parser, rules = zip(*([cpu(read, texts) for read in (tokenize, parse, without)] for _ in range(ROUNDS)), strict=True)
    size = sum(map(len, texts))
    for name, seconds in (("tokenizer", min(tokenizer)), ("parse", min(parser)), ("rules alone", min(rules))):
        print(f"{name}: {seconds:.3f} s CPU, {1000 * seconds / len(texts):.3f} ms a text, {size / seconds / 1e6:.2f} M characters/s")
    ratios = {"parse / tokenizer": min(parser) / min(tokenizer), "rules alone / tokenizer": min(rules) / min(tokenizer)}
    return ratios | {"peak memory, MB": peak_memory()}


def more_synonyms(texts: list[str]) -> dict[str, float]:
    """CPU of the parse with 1,000 synonyms laid over the rules, over that without: the best of several rounds that take turns."""
    import eligibility

    names = [
        f"{first}{second} {third} index" for first in "bcdfghklmn" for second in ("olar", "aner", "imic", "utor", "esel") for third in THIRD
    ]
    with tempfile.TemporaryDirectory() as folder:
        terms = ", ".join(f'"{name}"' for name in names)
        Path(folder, "more.toml").write_text(f'[[score]]\nid = "many_names"\nterms = [{terms}]\n', encoding="utf-8")
        loaded = (eligibility.load(recognizer=False), eligibility.load(recognizer=False, rules=[folder]))
        parsers = [partial(eligibility.parse, nlp=nlp) for nlp in loaded]
        for parse in parsers:
            run_all(parse, texts[:100])
    plain, more = zip(*([cpu(parse, texts) for parse in parsers] for _ in range(ROUNDS + 2)), strict=True)
    return {"1,000 more synonyms": min(more) / min(plain)}


def run_all(function: Callable[[str], object], texts: Iterable[str]) -> None:
    for text in texts:
        function(text)


def cpu(function: Callable[[str], object], texts: list[str]) -> float:
    start = time.process_time()
    run_all(function, texts)
    return time.process_time() - start


def peak_memory() -> float:
    """Megabytes; Linux counts kilobytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def fresh_processes() -> dict[str, float]:
    """Wall seconds of new processes, the best of several that take turns; the first turn warms the disk cache."""
    first, floor = best_of(5, FIRST, SPACY)
    package, empty = best_of(7, "import eligibility", "")
    print(f"first parse {first:.2f} s, tokenizer {floor:.2f} s, import eligibility {package:.3f} s, empty python {empty:.3f} s")
    return {"first parse / first tokenizer": first / floor, "import - empty python, ms": 1000 * (package - empty)}


def terminology() -> dict[str, float]:
    """Milliseconds and resident megabytes of the terminology alone, in new processes, the best of several; none where there is no /proc."""
    if not Path("/proc/self/statm").exists():
        return {}
    runs = [subprocess.run([sys.executable, "-c", TERMINOLOGY], check=True, cwd=ROOT, capture_output=True, text=True) for _ in range(5)]
    times, sizes = zip(*(map(float, run.stdout.split()) for run in runs), strict=True)
    return {"terminology, ms": min(times), "terminology, MB": min(sizes)}


def recognizer() -> dict[str, float]:
    """Milliseconds to load the recogniser, where spaCy is imported already, in new processes, the best of several."""
    runs = [subprocess.run([sys.executable, "-c", RECOGNIZER], check=True, cwd=ROOT, capture_output=True, text=True) for _ in range(5)]
    return {"recognizer, ms": min(float(run.stdout) for run in runs)}


def best_of(rounds: int, *programs: str) -> list[float]:
    best = [float("inf")] * len(programs)
    for turn in range(rounds + 1):
        for place, program in enumerate(programs):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
            if turn:
                best[place] = min(best[place], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
