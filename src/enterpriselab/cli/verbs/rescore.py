"""`enterpriselab rescore`: stored attempts judged again, without a model."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json
from enterpriselab.cli.verbs.measures import AllowErrors

Run = Annotated[Path, typer.Argument(help="Run folder, or one agent in it: RUN/eval/AGENT.", show_default=False)]
Write = Annotated[bool, typer.Option("--write", help="Store the new scores, the summary and the report.")]


def rescore(run: Run, write: Write = False, allow_errors: AllowErrors = False, json: Json = False) -> None:
    """Judge stored attempts again without a model.

    The calls of each attempt are made again on a fresh episode. When they lead to the state that was recorded, the
    verifiers judge it anew; what is judged otherwise is listed. An attempt that does not lead there keeps its score and
    is listed too, and the exit code is 1.

    Example: enterpriselab rescore runs/demo --write
    """
    from enterpriselab.cli.attempts import all_attempts
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.cli.rescoring import rescored, store

    results = [rescored(attempts) for attempts in all_attempts(run)]
    if write:
        store(results, allow_errors=allow_errors)
    changed = [row for result in results for row in result.changed]
    unproven = [row for result in results for row in result.unproven]
    attempts = sum(len(result.traces) for result in results)
    if json:
        print_json({"attempts": attempts, "changed": changed, "unproven": unproven, "written": write})
    else:
        if changed:
            print_rows(changed, title="Judged otherwise", columns=("agent", "attempt", "what"))
        if unproven:
            print_rows(unproven, title="Not proven: other states", columns=("agent", "attempt", "what"))
        proven = attempts - len(unproven)
        judged = len({(row["agent"], row["attempt"]) for row in changed})
        typer.echo(f"{proven} of {attempts} attempts proven; {judged} judged otherwise{', stored' if write else ''}.")
    if unproven:
        raise typer.Exit(1)
