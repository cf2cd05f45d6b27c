"""`enterpriselab tools`: the tools of a world or of connected servers."""

from typing import Annotated

import typer

from enterpriselab.cli.output import print_json, print_rows
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.cli.worlds import open_environment


def tools(
    world: Annotated[str, typer.Option(help="World by name.")] = "arena",
    app: Annotated[list[str] | None, typer.Option(help="Only this app; may be given again.")] = None,
    servers: Annotated[str, typer.Option(help="An mcp.json instead of a world.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON with full schemas.")] = False,
) -> None:
    """List tools with their arguments; `?` marks optional ones, W writes, D is hard to undo.

    Example: enterpriselab tools --app hr
    """
    environment = open_environment(EnvironmentConfig(world=world, apps=tuple(app or ()), servers=servers))
    specs = list(environment.registry.values())
    if json:
        print_json([spec.to_json() for spec in specs])
        return
    rows = [
        {
            "app": spec.app,
            "tool": spec.name,
            "marks": ("W" if spec.writes else "") + ("D" if spec.destructive else ""),
            "arguments": ", ".join(n if n in spec.required else f"{n}?" for n in spec.parameters),
            "description": spec.description.split(". ")[0],
        }
        for spec in specs
    ]
    columns = ("app", "tool", "marks", "arguments", "description")
    print_rows(rows, title=f"{len(rows)} tools of {environment.name}", columns=columns)
