"""Options that several verbs share, declared once."""

import os
from typing import Annotated

import typer

from enterpriselab.core.errors import UsageError

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
AdminTokenEnv = Annotated[str, typer.Option(help="Variable that holds the token of the admin endpoints.")]


def token_of(variable: str) -> str | None:
    """What an environment variable holds; None when none is named. Raises UsageError when it holds nothing."""
    token = os.environ.get(variable) if variable else None
    if variable and not token:
        raise UsageError(f"The variable {variable} is not set.", hint=f"export {variable}=...")
    return token
