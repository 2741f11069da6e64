"""The command line. Exit codes: 0 done, 1 some input was bad (a line each on stderr: what, where, what to do; the rest is done), 2 usage.

Trials are read, parsed and written one by one, in order: nothing is held but the trial at hand. There is never a traceback.
A reader of the output that stops early (`| head`) ends the command quietly, as other commands do, with 141.
"""

from __future__ import annotations

import io
import sys
from typing import Annotated

import typer

from eligibility.cli.batch import batch_studies
from eligibility.cli.catalogue import show_rules
from eligibility.cli.compare import compare_trials
from eligibility.cli.screen import screen_patients
from eligibility.cli.summary import summarise_folder
from eligibility.cli.trials import lint, parse

app = typer.Typer(
    name="eligibility",
    help="Reads the eligibility criteria of clinical trials and returns computable constraints.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """The console script. Output is UTF-8 whatever the locale says."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    if version:
        import eligibility

        print(f"eligibility {eligibility.__version__}")
        raise typer.Exit


app.command()(parse)
app.command("screen")(screen_patients)
app.command()(lint)
app.command("batch")(batch_studies)
app.command("compare")(compare_trials)
app.command("summary")(summarise_folder)
app.command("rules")(show_rules)
