"""`enterpriselab runs`: the runs of a folder."""

from pathlib import Path
from typing import Annotated, Any

import typer

from enterpriselab.cli.options import Json

Root = Annotated[Path, typer.Argument(help="Folder that holds the run folders.")]


def runs(root: Root = Path("runs"), json: Json = False) -> None:
    """List runs: how far they are and what they reached.

    Rates are success on held-out tasks with their 95 % interval.

    Example: enterpriselab runs
    """
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.core.traces import BASELINES
    from enterpriselab.report import summarize_runs

    found = summarize_runs(root)
    if json:
        print_json(found)
        return
    if not found:
        typer.echo(f"No runs in {root}. Start one: enterpriselab run configs/demo.toml")
        return
    shown = list(dict.fromkeys(label for run in found for label in run["models"] if label not in BASELINES))
    columns = ("folder", "started", "stages", *shown)
    print_rows([_row(run, shown) for run in found], title=f"Runs in {root}", columns=columns)


def _row(run: dict[str, Any], shown: list[str]) -> dict[str, Any]:
    return {**run, "stages": ", ".join(run["stages"]), **{label: _rate(run["models"].get(label)) for label in shown}}


def _rate(rate: dict[str, Any] | None) -> str | None:
    return f"{rate['value']:.1%} ({rate['low']:.1%} to {rate['high']:.1%})" if rate else None
