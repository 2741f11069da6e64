"""The history of the schemas: in, those of before and those of now; out, whether the version says what was changed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from eligibility.errors import EligibilityError
from eligibility.schemas.documents import ROWS, generate
from eligibility.versioning import SCHEMA_VERSION

Schemas = dict[str, dict[str, Any]]
VERSIONS = "versions.toml"
_PROSE = {"$id", "title", "description", "discriminator"}  # the last says again what `oneOf` says


def write(folder: Path) -> list[str]:
    """Write the schemas of now; the names of those that changed. EligibilityError where the version does not say so."""
    made, before = generate(), read(folder)
    problem = missing_note(made, before, folder)
    if problem is not None:
        raise EligibilityError(problem)
    changed = [name for name in sorted(made.keys() | before.keys()) if made.get(name) != before.get(name)]
    for name in changed:
        path = folder / f"{name}.json"
        if name in made:
            path.write_text(json.dumps(made[name], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        else:
            path.unlink()
    return changed


def check(folder: Path) -> list[str]:
    """What is wrong with the schemas of a folder, in prose: each that is not that of now, and a version without a note or digest."""
    made, before = generate(), read(folder)
    problems = [
        f"{name}.json is not what the package writes now"
        for name in sorted(made.keys() | before.keys())
        if made.get(name) != before.get(name)
    ]
    noted = _versions(folder).get(SCHEMA_VERSION, {})
    if noted.get("digest") != digest(made):
        problems.append(f"{VERSIONS}: version {SCHEMA_VERSION} has not the digest {digest(made)}")
    if not noted.get("note"):
        problems.append(f"{VERSIONS}: version {SCHEMA_VERSION} has no note that says what it changed")
    return problems


def read(folder: Path) -> Schemas:
    """The schemas that lie in a folder."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def missing_note(made: Schemas, before: Schemas, folder: Path) -> str | None:
    """Why the schemas of now may not be written yet; None where they may."""
    needed = change(before, made)
    written = {found["$id"].rpartition(":")[2] for found in before.values()}
    if needed is not None and SCHEMA_VERSION in written:
        return f"what is written has changed ({needed}): raise the {needed} number of SCHEMA_VERSION in eligibility/versioning.py"
    if needed == "major" and any(version.partition(".")[0] == SCHEMA_VERSION.partition(".")[0] for version in written):
        return "what was there has changed: raise the major number of SCHEMA_VERSION in eligibility/versioning.py"
    noted = _versions(folder).get(SCHEMA_VERSION, {})
    if not noted.get("note") or noted.get("digest") != digest(made):
        return f'note the change in {VERSIONS}: ["{SCHEMA_VERSION}"] with a note that says what it is, and digest = "{digest(made)}"'
    return None


def change(before: Schemas, made: Schemas) -> str | None:
    """`minor` where the schemas only have more, `major` where anything that was there is another, None where only prose is another."""
    if not before:
        return None
    grown, shrunk = _all_extend(made, before), _all_extend(before, made)
    return None if grown and shrunk else "minor" if grown else "major"


def digest(schemas: Schemas) -> str:
    """A short digest of what the schemas say."""
    return hashlib.sha256(json.dumps(schemas, sort_keys=True).encode()).hexdigest()[:16]


def _versions(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / VERSIONS
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _all_extend(new: Schemas, old: Schemas) -> bool:
    return all(name in new and _extends(new[name], found, name in ROWS) for name, found in old.items())


def _extends(new: Any, old: Any, row: bool) -> bool:
    """Whether a schema says all that the old one says, and has at most more properties, values and alternatives.

    Of the new properties none is required, so that what was written before is still read; but those of a `row` may be: rows are not read.
    """
    if not (isinstance(new, dict) and isinstance(old, dict)):
        return bool(new == old)
    words = (new.keys() | old.keys()) - _PROSE
    return all(_word_extends(word, new, old, row) for word in words)


def _word_extends(word: str, new: dict[str, Any], old: dict[str, Any], row: bool) -> bool:
    """The same of one word of the schemas, `type` or `required`."""
    match word:
        case "properties" | "$defs":
            named = new.get(word, {})
            return all(name in named and _extends(named[name], part, row) for name, part in old.get(word, {}).items())
        case "required":
            more = set(new.get(word, ())) - set(old.get(word, ()))
            fewer = set(old.get(word, ())) - set(new.get(word, ()))
            return not fewer and not (more if not row else more & old["properties"].keys())
        case _ if word not in new or word not in old:
            return False
        case "anyOf" | "oneOf" | "enum":
            return all(any(_extends(one, other, row) for one in new[word]) for other in old[word])
        case _:
            return _extends(new[word], old[word], row)
