"""The command `rules`: what the package knows."""

from __future__ import annotations

from typing import Annotated

import typer

from eligibility.cli.inputs import Complaints
from eligibility.errors import EligibilityError


def show_rules(name: Annotated[str | None, typer.Argument(help="An id, a term, a name or a code, in any case.")] = None) -> None:
    """What is known: how many rules of each kind, or the rules of that NAME with their terms, codes and examples."""
    from eligibility.export.catalogue import count_entries, describe_name, nearest_names
    from eligibility.rulebook import load_rulebook
    from eligibility.terminology import load_terminology

    complaints = Complaints()
    try:
        rulebook, terminology = load_rulebook(), load_terminology()
        text = count_entries(rulebook, terminology) if name is None else describe_name(rulebook, terminology, name)
        if text is not None:
            print(text, end="")
        elif name is not None:
            near = ", ".join(nearest_names(rulebook, name))
            complaints.add(
                name,
                f"neither a rule nor the terminology knows {name!r}" + (f": did you mean {near}?" if near else ": see `eligibility rules`"),
            )
    except EligibilityError as error:
        complaints.add("rules", error)
    if complaints.count:
        raise typer.Exit(1)
