"""`enterpriselab measures`: all measures of what was played."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json

Run = Annotated[Path, typer.Argument(help="Run folder, or one agent in it: RUN/eval/AGENT.", show_default=False)]
AllowErrors = Annotated[
    bool, typer.Option("--allow-errors", help="Print rates even if more than 2 % of the attempts ended by an error.")
]


def measures(run: Run, allow_errors: AllowErrors = False, json: Json = False) -> None:
    """Print every measure of stored attempts.

    Success, verifiers by category, refusals, tools, arguments, recovery, steps, tokens, seconds, price, each with its
    95 % interval; success by domain, category, length and number of apps; what went wrong, with examples. Computed
    from the traces, without a model and without a world. docs/measures has a page for each.

    Example: enterpriselab measures runs/demo --json
    """
    from enterpriselab.cli.attempts import all_attempts, summarized
    from enterpriselab.cli.output import CONSOLE, print_json
    from enterpriselab.cli.tables import failure_table, group_table, measure_table
    from enterpriselab.evaluation.breakdowns import BREAKDOWNS

    found = summarized(all_attempts(run), allow_errors=allow_errors)
    if json:
        print_json(found)
        return
    CONSOLE.print(measure_table(found))
    for key in ("pass_at", "pass_hat", *BREAKDOWNS):
        if any(len(facts[key]) > 1 for facts in found.values()):
            CONSOLE.print(group_table(key, found))
    for label, facts in found.items():
        for cause, times in facts["error_causes"].items():
            typer.echo(f"{label}: {times} of {facts['attempts']} attempts were no success and no failure: {cause}")
        if facts["failures"]["kinds"]:
            CONSOLE.print(f"[bold]{label}[/]")
            CONSOLE.print(failure_table(facts))
