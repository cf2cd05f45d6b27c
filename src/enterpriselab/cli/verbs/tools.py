"""`enterpriselab tools`: the tools of a world or of connected servers."""

from typing import Any

from enterpriselab.cli.options import Apps, Json, Servers, World
from enterpriselab.core.tools import ToolSpec


def tools(world: World = "arena", app: Apps = None, servers: Servers = "", json: Json = False) -> None:
    """List tools with their arguments.

    An argument with ? is optional. W marks tools that write, D those whose effect is hard to undo.

    Example: enterpriselab tools --app hr
    """
    from enterpriselab.cli.output import print_json, print_rows
    from enterpriselab.cli.settings import EnvironmentConfig
    from enterpriselab.cli.worlds import opened

    with opened(EnvironmentConfig(world=world, apps=tuple(app or ()), servers=servers)) as environment:
        specs = list(environment.registry.values())
        name = environment.name
    if json:
        print_json([spec.to_json() for spec in specs])
        return
    columns = ("app", "tool", "marks", "arguments", "description")
    print_rows([_row(spec) for spec in specs], title=f"{len(specs)} tools of {name}", columns=columns)


def _row(spec: ToolSpec) -> dict[str, Any]:
    return {
        "app": spec.app,
        "tool": spec.name,
        "marks": ("W" if spec.writes else "") + ("D" if spec.destructive else ""),
        "arguments": ", ".join(name if name in spec.required else f"{name}?" for name in spec.parameters),
        "description": spec.description.split(". ")[0],
    }
