"""`enterpriselab report`: a run folder as one HTML page."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.output import CONSOLE
from enterpriselab.report import write_report


def report(folder: Annotated[Path, typer.Argument(help="Run folder, for example runs/demo.")]) -> None:
    """Write report.html of a run again.

    Example: enterpriselab report runs/demo
    """
    CONSOLE.print(f"Report: {write_report(folder)}")
