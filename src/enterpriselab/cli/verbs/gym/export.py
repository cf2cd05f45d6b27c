"""`enterpriselab gym export`: a suite in the public form."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import SuiteName

Folder = Annotated[Path, typer.Argument(help="Where to write it; files of the same name are replaced.")]
PortBase = Annotated[int, typer.Option(help="The public ports count from here.", min=0, max=65500)]


def export(folder: Folder, suite: SuiteName = "opsgym/itsm", port_base: PortBase = 8000) -> None:
    """Write a suite as the public harness reads it.

    Seeds become SQL texts and tasks JSON files with the keys that the harness accepts. What its verifiers cannot say
    (no other row changed, the answer, the refusal) is left out and counted.

    Example: enterpriselab gym export public opsgym/itsm
    """
    from enterpriselab.benchmarks.opsgym.public_form import export_suite
    from enterpriselab.benchmarks.suites import load_suite

    loaded = load_suite(suite)
    counts = export_suite(loaded, folder, port_base=port_base)
    typer.echo(f"{loaded.name} in {folder}: " + ", ".join(f"{count:,} {what}" for what, count in counts.items()))
