"""Options that several verbs share, declared once."""

from typing import Annotated

import typer

World = Annotated[str, typer.Option("--world", "-w", help="World by name; see `enterpriselab apps`.")]
Apps = Annotated[list[str] | None, typer.Option("--app", "-a", help="Only this app of the world; may be given again.")]
Servers = Annotated[str, typer.Option("--servers", help="An mcp.json: your own MCP servers instead of a world.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.")]
Overrides = Annotated[
    list[str] | None, typer.Argument(help="Config keys as section.key=value, as many as you like.", show_default=False)
]
Level = Annotated[
    str,
    typer.Option(help="How strict the server is, where it has levels.", show_default="the first: permissive"),
]
SuiteName = Annotated[
    str,
    typer.Argument(
        metavar="SUITE",
        help="A suite by name (opsgym/itsm), a tasks.jsonl, a folder of JSON tasks, or a family module.",
        show_default=False,
    ),
]
