"""Sources: in, what a registry publishes (a page or criteria as text, a record, files and archives of either); out, a `Study`. Never reads
a criterion.

Text is kept as it was given: every offset points into `Study.text`. What could not be found or had to be assumed is in `Study.notes`; what
cannot be read is an `Unreadable` in its place.
"""

from __future__ import annotations

from eligibility.sources.ctgov import read_record
from eligibility.sources.escapes import undo_escapes
from eligibility.sources.files import read_entries, read_file, read_json
from eligibility.sources.finding import Found, find_files
from eligibility.sources.page import read_page
from eligibility.sources.phases import PHASES
from eligibility.sources.study import HeaderField, Study, Unreadable

__all__ = [
    "PHASES", "Found", "HeaderField", "Study", "Unreadable", "find_files", "read_entries", "read_file", "read_json", "read_page",
    "read_record", "read_study", "undo_escapes",
]  # fmt: skip


def read_study(data: str | dict[str, object] | Study, source: str | None = None) -> Study:
    """A text (page or criteria), an API v2 study (`protocolSection`), or a Study, as a Study; `source` is the caller's name for it."""
    if isinstance(data, Study):
        return data if source is None else data.named(source)
    if isinstance(data, str):
        return read_page(data, source)
    return read_record(data, source)
