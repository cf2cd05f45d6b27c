"""`enterpriselab cost`: what models cost for what they reach, paid by the token or by the hour."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import Json
from enterpriselab.cli.verbs.measures import AllowErrors

Runs = Annotated[
    list[Path],
    typer.Argument(help="Run folders, or one agent of a run: RUN/eval/AGENT.", show_default=False, metavar="RUN"),
]
Hour = Annotated[
    float | None,
    typer.Option("--gpu-hour", help="USD an hour of your own machine.", show_default="by the run's machine"),
]
Rate = Annotated[
    float | None,
    typer.Option(
        help="Tokens that your own machine reads and writes in a second under load.", show_default="measured in the run"
    ),
]
Out = Annotated[Path | None, typer.Option(help="The page.", show_default="cost.html in the first run")]


def cost(
    runs: Runs,
    gpu_hour: Hour = None,
    tokens_per_second: Rate = None,
    out: Out = None,
    allow_errors: AllowErrors = False,
    json: Json = False,
) -> None:
    """Price per 1,000 tasks, API against self-hosted.

    For every evaluated model: tokens, USD per task, per success and per 1,000 tasks, with 95 % intervals. Models of an
    API have the list prices that their traces hold; models of your own cost machine time: the price of an hour times
    tokens, by tokens a second. A price that is not known is said and never counted as zero. Writes a page with the
    picture of success against price, where models that no other beats in both are marked; so are they here, by *.

    Example: enterpriselab cost runs/demo --gpu-hour 2.5 --tokens-per-second 3000
    """
    from enterpriselab.cli.attempts import all_attempts
    from enterpriselab.cli.costing import FORMULA, Rent, cost_table, page_rows, priced_models
    from enterpriselab.cli.output import CONSOLE, print_json
    from enterpriselab.evaluation.costs import as_json
    from enterpriselab.report.cost_page import write_cost_page

    found = priced_models(runs, Rent(gpu_hour, tokens_per_second), allow_errors=allow_errors)
    target = out if out is not None else all_attempts(runs[0])[0].run / "cost.html"
    title = ", ".join(dict.fromkeys(path.resolve().name for path in runs))
    errors = [f"{one.cost.name}: {one.errors} attempts were errors and are left out" for one in found if one.errors]
    write_cost_page(target, page_rows(found), title=title, notes=[FORMULA, *errors])
    if json:
        more = [{"price_from": one.how, "errors": one.errors} for one in found]
        rows = [row | told for row, told in zip(as_json([one.cost for one in found]), more, strict=True)]
        print_json({"formula": FORMULA, "models": rows})
        return
    CONSOLE.print(cost_table(found))
    for one in found:
        typer.echo(f"{one.cost.name}: {one.how}")
    for line in (FORMULA, *errors):
        typer.echo(line)
    typer.echo(f"Page: {target}")
