"""`enterpriselab serve`: a world over MCP."""

import os
from typing import Annotated

import typer

from enterpriselab.cli.options import World
from enterpriselab.core.errors import UsageError

ListedApps = Annotated[
    list[str] | None, typer.Option("--app", "-a", help="List only tools of this app; may be given again.")
]
Stdio = Annotated[bool, typer.Option("--stdio", help="Speak over stdin and stdout: one episode.")]
Acting = Annotated[str | None, typer.Option(help="Who acts: person id or e-mail address.", show_default=False)]
Seed = Annotated[int, typer.Option(help="Seed of the ids that episodes give to new rows.")]
Host = Annotated[str, typer.Option(help="Address to listen on; loopback unless told otherwise.")]
Port = Annotated[int, typer.Option(help="Port; 0 takes any free one.", min=0, max=65535)]
Names = Annotated[
    list[str] | None, typer.Option("--allow-host", help="A Host header to accept beside loopback, name:port.")
]
TokenEnv = Annotated[str, typer.Option(help="Variable that holds the token of the admin endpoints.")]


def serve(
    world: World = "arena",
    app: ListedApps = None,
    stdio: Stdio = False,
    principal: Acting = None,
    seed: Seed = 0,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    allow_host: Names = None,
    admin_token_env: TokenEnv = "",
) -> None:
    """Serve a world over MCP.

    Streamable HTTP with many isolated episodes, or stdio with one. /mcp is the default episode; POST /episodes makes
    another one and gives its URL and token.

    Example: enterpriselab serve --world arena --app mail --stdio
    """
    from enterpriselab.cli.worlds import check_principal, open_world
    from enterpriselab.sandbox.mcp.hosting import HostOptions
    from enterpriselab.sandbox.mcp.http_app import HttpOptions
    from enterpriselab.sandbox.mcp.serving import serve_http, serve_stdio

    opened = open_world(world)
    _check_apps(tuple(app or ()), {one.key for one in opened.spec.apps}, world)
    check_principal(opened, principal)
    options = HostOptions(apps=tuple(app or ()), principal=principal, seed=seed)
    if stdio:
        serve_stdio(opened, options)
        return
    token = os.environ.get(admin_token_env) if admin_token_env else None
    if admin_token_env and not token:
        raise UsageError(f"The variable {admin_token_env} is not set.", hint=f"export {admin_token_env}=...")
    http = HttpOptions(host=host, port=port, names=tuple(allow_host or ()), admin_token=token)
    serve_http(opened, http, host=options, announce=lambda url: _announce(world, url))


def _announce(world: str, url: str) -> None:
    typer.echo(f"World {world} at {url}; stop with Ctrl-C", err=True)


def _check_apps(asked: tuple[str, ...], there: set[str], world: str) -> None:
    strangers = [key for key in asked if key not in there]
    if strangers:
        text = f"There is no app {strangers[0]!r} in world {world!r}; there are: {', '.join(sorted(there))}."
        raise UsageError(text, hint="enterpriselab apps")
