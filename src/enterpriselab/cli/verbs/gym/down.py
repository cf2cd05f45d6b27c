"""`enterpriselab gym down`: end gym servers."""

from typing import Annotated

import typer

from enterpriselab.core.errors import UsageError

PortBase = Annotated[
    int | None, typer.Option(help="Those that `gym status` names so; may be left out if there are no others.")
]


def down(port_base: PortBase = None) -> None:
    """End the gym servers of this machine.

    Their databases are kept: the next `gym up` with the same port base has them again.

    Example: enterpriselab gym down --port-base 18000
    """
    from enterpriselab.sandbox.gym.instances import notes, stop

    found = [note for note in notes() if port_base is None or note.name == str(port_base)]
    if not found:
        typer.echo("No gym servers run here.")
        return
    if len(found) > 1:
        names = ", ".join(note.name for note in found)
        raise UsageError(f"There are several: {names}.", hint=f"enterpriselab gym down --port-base {found[0].name}")
    typer.echo(f"Ended process {found[0].pid}." if stop(found[0]) else "They were gone already.")
