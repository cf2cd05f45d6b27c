"""`enterpriselab serve`: a world over MCP."""

import os
from typing import Annotated

import typer
from rich.console import Console

from enterpriselab.cli.worlds import open_world
from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.mcp.hosting import HostOptions
from enterpriselab.sandbox.mcp.http_app import HttpOptions
from enterpriselab.sandbox.mcp.serving import serve_http, serve_stdio

Names = Annotated[list[str] | None, typer.Option(help="A Host header to accept beside loopback, name:port.")]


def serve(
    world: Annotated[str, typer.Option(help="World by name.")] = "arena",
    app: Annotated[list[str] | None, typer.Option(help="List only tools of this app; may be given again.")] = None,
    stdio: Annotated[bool, typer.Option("--stdio", help="Speak over stdin and stdout: one episode.")] = False,
    principal: Annotated[str | None, typer.Option(help="Who acts: person id or e-mail address.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the episodes' ids.")] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on; loopback unless told otherwise.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes any free one.")] = 8000,
    allow_host: Names = None,
    admin_token_env: Annotated[str, typer.Option(help="Variable that holds the token of the admin endpoints.")] = "",
) -> None:
    """Serve a world over MCP: streamable HTTP with many isolated episodes, or stdio with one.

    /mcp is the default episode; POST /episodes makes another one and gives its URL and token.

    Example: enterpriselab serve --world arena --app mail --stdio
    """
    options = HostOptions(apps=tuple(app or ()), principal=principal, seed=seed)
    opened = open_world(world)
    if stdio:
        serve_stdio(opened, options)
        return
    token = os.environ.get(admin_token_env) if admin_token_env else None
    if admin_token_env and not token:
        raise UsageError(f"The variable {admin_token_env} is not set.", hint=f"export {admin_token_env}=...")
    if port:
        Console(stderr=True).print(f"World {world} at http://{host}:{port}/mcp; stop with Ctrl-C")
    serve_http(opened, HttpOptions(host=host, port=port, names=tuple(allow_host or ()), admin_token=token), host=options)
