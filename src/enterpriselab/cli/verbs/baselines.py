"""`enterpriselab baselines`: what can be had on a suite without any model."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from enterpriselab.cli.options import Json

if TYPE_CHECKING:
    from enterpriselab.cli.baselines import Played, SuiteScores

Suites = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SUITE]...", help="Suites as for check and eval.", show_default="every suite of the package"
    ),
]


def baselines(suites: Suites = None, json: Json = False) -> None:
    """Play what needs no model, and hold it against the suite.

    The reference must pass every task and doing nothing none. Declining always, for as many reasons as an answer may
    give, must pass exactly those that cannot be done for one of these. Random calls and name match may pass what they
    pass. Exit code 1 when a suite does not hold.

    Example: enterpriselab baselines opsgym/itsm
    """
    from enterpriselab.benchmarks.suites import suite_names
    from enterpriselab.cli.baselines import play_suites
    from enterpriselab.cli.output import CONSOLE, ERRORS, print_json

    found = play_suites(suites or suite_names(), ERRORS)
    if json:
        print_json([scores.to_json() for scores in found])
    else:
        CONSOLE.print(_table(found))
        for line in _offenders(found):
            typer.echo(line)
    if not all(scores.holds for scores in found):
        raise typer.Exit(1)


def _table(found: "list[SuiteScores]") -> Any:
    from enterpriselab.cli.output import titled_table

    table = titled_table("Tasks passed without a model")
    names = list(found[0].played)
    for column in ("suite", "tasks", "infeasible", *(name.replace("_", " ") for name in names), "as it must be"):
        table.add_column(column, justify="left" if column == "suite" else "right")
    for scores in found:
        cells = [_cell(scores.played[name], scores.tasks) for name in names]
        table.add_row(
            scores.suite, str(scores.tasks), str(scores.infeasible), *cells, "yes" if scores.holds else "[red]no[/]"
        )
    return table


def _cell(one: "Played", tasks: int) -> str:
    share = f"{one.passed} ({one.passed / tasks:.0%})"
    return share if one.must is None or one.must == one.passed else f"[red]{share}[/], must be {one.must}"


def _offenders(found: "list[SuiteScores]") -> list[str]:
    return [
        f"{scores.suite}: {name} is wrong on {len(one.offenders)} of {scores.tasks} tasks, {one.offenders[0]} first; "
        f"try: enterpriselab check {scores.suite}"
        for scores in found
        for name, one in scores.played.items()
        if one.offenders
    ]
