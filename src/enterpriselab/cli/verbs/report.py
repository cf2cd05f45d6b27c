"""`enterpriselab report`: a run folder as one HTML page."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(help="Run folder, for example runs/demo.", show_default=False)]


def report(folder: Folder) -> None:
    """Write report.html of a run again.

    One self-contained page; a run that is not finished gets what there is.

    Example: enterpriselab report runs/demo
    """
    from enterpriselab.report import write_report

    typer.echo(f"Report: {write_report(folder)}")
