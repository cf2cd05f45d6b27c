"""Options that several verbs share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

World = Annotated[str, typer.Option("--world", "-w", help="World by name; see `enterpriselab apps`.")]
Apps = Annotated[list[str] | None, typer.Option("--app", "-a", help="Only this app of the world; may be given again.")]
Servers = Annotated[str, typer.Option("--servers", help="An mcp.json: your own MCP servers instead of a world.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document for programs.")]
Overrides = Annotated[
    list[str] | None, typer.Argument(help="Config keys as section.key=value, as many as you like.", show_default=False)
]
TasksFile = Annotated[Path, typer.Argument(help="tasks.jsonl of a run, or one that you wrote.", show_default=False)]
