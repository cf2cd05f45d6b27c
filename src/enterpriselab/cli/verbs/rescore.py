"""`enterpriselab rescore`: stored attempts judged again, without a model."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json
from enterpriselab.cli.verbs.measures import AllowErrors
from enterpriselab.core.errors import UsageError

Run = Annotated[Path, typer.Argument(help="Run folder, or one agent in it: RUN/eval/AGENT.", show_default=False)]
Tasks = Annotated[
    str,
    typer.Option("--tasks", metavar="SUITE", help="Judge by the tasks of this suite, whose verifiers were mended."),
]
Write = Annotated[bool, typer.Option("--write", help="Store the new scores, the summary and the report.")]
Out = Annotated[Path | None, typer.Option(help="With --tasks: store the result as this run folder.")]


def rescore(
    run: Run,
    tasks: Tasks = "",
    write: Write = False,
    out: Out = None,
    allow_errors: AllowErrors = False,
    json: Json = False,
) -> None:
    """Judge stored attempts again without a model.

    The calls of each attempt are made again on a fresh episode. When they lead to the state that was recorded, the
    verifiers judge it anew; what is judged otherwise is listed. An attempt that does not lead there keeps its score and
    is listed too, and the exit code is 1. The verifiers are those of the run, or of a suite in which they were mended:
    a task is the same when world, principal, prompt, policy and seed are. What the suite does not hold keeps its score.

    Example: enterpriselab rescore runs/demo --write
    """
    from enterpriselab.benchmarks.suites import load_suite
    from enterpriselab.cli.attempts import all_attempts
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.cli.rescoring import check_out, mended_tasks, rescored, store, store_apart

    if tasks and write:
        raise UsageError("--write stores scores beside the tasks of the run, not of a suite.", hint="--out NEWRUN")
    if out is not None and not tasks:
        raise UsageError("--out goes with --tasks.", hint="--write stores new scores in the run itself")
    agents = all_attempts(run)
    if out is not None:
        check_out(run, out)
    by = mended_tasks(agents[0].tasks.values(), load_suite(tasks)) if tasks else None
    results = [rescored(attempts, by) for attempts in agents]
    if write:
        store(results, allow_errors=allow_errors)
    if out is not None and by is not None:
        store_apart(results, by, out, allow_errors=allow_errors)
    stored = write or out is not None
    changed = [row for result in results for row in result.changed]
    unproven = [row for result in results for row in result.unproven]
    attempts, kept = sum(len(one.traces) for one in results), sum(one.not_in_suite for one in results)
    if json:
        found = {"attempts": attempts, "changed": changed, "unproven": unproven, "not_in_suite": kept}
        print_json({**found, "written": stored})
    else:
        if changed:
            print_rows(changed, title="Judged otherwise", columns=("agent", "attempt", "what"))
        if unproven:
            print_rows(unproven, title="Not proven: other states", columns=("agent", "attempt", "what"))
        proven = attempts - kept - len(unproven)
        judged = len({(row["agent"], row["attempt"]) for row in changed})
        typer.echo(f"{proven} of {attempts} attempts proven; {judged} judged otherwise{', stored' if stored else ''}.")
        if kept:
            typer.echo(f"{kept} attempts keep their score: the suite does not hold their tasks.")
    if unproven:
        raise typer.Exit(1)
