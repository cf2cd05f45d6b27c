"""`enterpriselab view`: the attempts of a run in the browser."""

from pathlib import Path
from typing import Annotated

import typer

Run = Annotated[Path, typer.Argument(help="Run folder of `run` or `eval`, for example runs/demo.", show_default=False)]
Port = Annotated[int, typer.Option(help="Port of the loopback address; 0 takes any free one.", min=0, max=65535)]
Open = Annotated[
    bool | None,
    typer.Option(
        "--open/--no-open", help="Open the browser.", show_default="when started from a terminal with a display"
    ),
]


def view(run: Run, port: Port = 0, open: Open = None) -> None:
    """Look at the attempts of a run in the browser.

    A local page: a list to filter and to search, each attempt call by call with what it saw and changed, the rows that
    decided each verdict, the database as of any call, two attempts side by side. It works offline, only this machine
    can reach it, at the address that is printed, and nothing is written. Ctrl-C ends it. More in docs/viewer.md.

    Example: enterpriselab view runs/demo
    """
    import sys

    from enterpriselab.cli.viewing.serving import has_display, serve_viewer

    def announce(address: str) -> None:
        typer.echo(f"Traces of {run} at {address}")
        typer.echo("Stop with Ctrl-C", err=True)
        sys.stdout.flush()

    show = sys.stdout.isatty() and has_display() if open is None else open
    serve_viewer(run, port=port, announce=announce, show=show)
