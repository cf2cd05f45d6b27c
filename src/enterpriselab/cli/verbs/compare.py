"""`enterpriselab compare`: two runs on the same tasks, with gates for a pipeline."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json
from enterpriselab.cli.verbs.measures import AllowErrors

First = Annotated[
    Path, typer.Argument(help="The run to hold against: its folder, or RUN/eval/AGENT.", show_default=False)
]
Second = Annotated[Path, typer.Argument(help="The run to judge, likewise.", show_default=False)]
Gates = Annotated[
    list[str] | None,
    typer.Option("--gate", help="How far a measure may change, like 'success -2%'; may be given again."),
]
Strict = Annotated[bool, typer.Option("--strict", help="A gate that so many tasks cannot decide fails too.")]
Out = Annotated[Path, typer.Option(help="Folder for compare.md and junit.xml.")]


def compare(
    first: First,
    second: Second,
    gate: Gates = None,
    strict: Strict = False,
    out: Out = Path("compare"),
    allow_errors: AllowErrors = False,
    json: Json = False,
) -> None:
    """Compare two runs task by task.

    Every measure of both, the difference with its 95 % interval, and a p-value; a difference is called one only when
    it is more than chance. A gate like 'success -2%' is broken when success fell by more than two points beyond doubt:
    when the whole interval lies below. For calls, tokens, seconds and price the margin is in percent of the first run.
    Writes Markdown and JUnit; exit code 1 when a gate is broken.

    Example: enterpriselab compare runs/demo/eval/base runs/demo/eval/sft --gate 'success -2%' --gate 'steps +20%'
    """
    from enterpriselab.cli.attempts import attempts_at
    from enterpriselab.cli.comparing import as_json, compare_attempts, rows, sentence
    from enterpriselab.cli.comparison_pages import junit, markdown
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.core.runs import write_whole

    found = compare_attempts(attempts_at(first), attempts_at(second), gate or (), allow_errors=allow_errors)
    write_whole(out / "compare.md", markdown(found))
    write_whole(out / "junit.xml", junit(found, strict=strict))
    if json:
        print_json(as_json(found))
    else:
        table = rows(found)
        print_rows(table, title=sentence(found), columns=list(table[0]))
        for checked in found.gates:
            typer.echo(f"Gate {checked.sentence}")
        typer.echo(f"Written: {out / 'compare.md'}, {out / 'junit.xml'}")
    if found.broken(strict=strict):
        raise typer.Exit(1)
