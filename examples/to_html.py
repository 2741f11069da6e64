"""Writes a page that shows what was read in the text of a trial.

Run: python examples/to_html.py OUT.html [PATH]
"""

from __future__ import annotations

import sys
from pathlib import Path

import eligibility
from eligibility.export.html import to_html


def main(out: Path, path: Path) -> None:
    out.write_text(to_html(eligibility.parse(study) for study in eligibility.read_file(path)), encoding="utf-8")
    print(f"wrote {out.name}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python examples/to_html.py OUT.html [PATH]")
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).with_name("lupus.txt"))
