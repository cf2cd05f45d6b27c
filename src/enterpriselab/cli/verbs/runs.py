"""`enterpriselab runs`: the runs of a folder."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.output import print_json, print_rows
from enterpriselab.report import summarize_runs


def runs(
    root: Annotated[Path, typer.Argument(help="Folder that holds the run folders.")] = Path("runs"),
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List runs: how far they are and what they reached.

    Example: enterpriselab runs
    """
    found = summarize_runs(root)
    if json:
        print_json(found)
    else:
        print_rows(found, title=f"Runs in {root}", columns=("name", "started", "stages", "base", "sft", "grpo"))
