"""`enterpriselab gym status`: the gym servers that run here."""

from typing import Any

import typer

from enterpriselab.cli.options import Json


def status(json: Json = False) -> None:
    """List the gym servers of this machine.

    With their addresses, their databases and their memory.

    Example: enterpriselab gym status
    """
    from enterpriselab.cli.output import print_json, print_rows

    found = _found()
    if json:
        print_json(found)
        return
    if not found:
        typer.echo("No gym servers run here. Start them: enterpriselab gym up --detach")
        return
    columns = ("name", "server", "url", "pid", "databases", "awake", "written_bytes", "memory_bytes")
    print_rows(found, title="Gym servers", columns=columns)


def _found() -> list[dict[str, Any]]:
    """One record for each server; `memory_bytes` is that of the whole process."""
    from enterpriselab.sandbox.gym.instances import health, memory_of, notes

    rows = []
    for note in notes():
        told = health(note) or {}
        for server, url in note.urls.items():
            about = {"name": note.name, "server": server, "url": url, "admin_url": note.admin_urls[server]}
            counts = {name: value for name, value in told.get(server, {}).items() if isinstance(value, int)}
            memory = memory_of(note.pid) if told else None
            rows.append({**about, "pid": note.pid, "serves": bool(told), **counts, "memory_bytes": memory})
    return rows
