"""`enterpriselab serve`: a world over MCP."""

from typing import Annotated

import typer

from enterpriselab.cli.options import AdminTokenEnv, World, token_of
from enterpriselab.core.errors import UsageError

LOOPBACK = "127.0.0.1"
ListedApps = Annotated[
    list[str] | None, typer.Option("--app", "-a", help="List only tools of this app; may be given again.")
]
Stdio = Annotated[bool, typer.Option("--stdio", help="Speak over stdin and stdout: one episode.")]
Acting = Annotated[str | None, typer.Option(help="Who acts: person id or e-mail address.", show_default=False)]
Seed = Annotated[int, typer.Option(help="Seed of the ids that episodes give to new rows.")]
Host = Annotated[str, typer.Option(help="Address to listen on; loopback unless told otherwise.")]
Port = Annotated[int, typer.Option(help="Port; 0 takes any free one.", min=0, max=65535)]
PortBase = Annotated[
    int,
    typer.Option(help="For gym servers: the public ports count from here; 0 takes any free ones.", min=0, max=65500),
]
Names = Annotated[
    list[str] | None, typer.Option("--allow-host", help="A Host header to accept beside loopback, name:port.")
]


def serve(
    world: World = "arena",
    app: ListedApps = None,
    stdio: Stdio = False,
    principal: Acting = None,
    seed: Seed = 0,
    host: Host = LOOPBACK,
    port: Port = 8000,
    port_base: PortBase = 8000,
    allow_host: Names = None,
    admin_token_env: AdminTokenEnv = "",
) -> None:
    """Serve a world over MCP.

    Streamable HTTP with many isolated episodes, or stdio with one. /mcp is the default episode; POST /episodes makes
    another one and gives its URL and token. A world of the public gym is served as `gym up` does it, one port for each
    server; its name may say the image and the level: opsgym/IMAGE@LEVEL.

    Example: enterpriselab serve --world arena --app mail --stdio
    """
    from enterpriselab.apps import split_world_name
    from enterpriselab.cli.gyms import gym_apps, is_gym_world, serve_gyms
    from enterpriselab.cli.worlds import check_principal, open_world
    from enterpriselab.sandbox.gym.serving import GymOptions
    from enterpriselab.sandbox.mcp.hosting import HostOptions
    from enterpriselab.sandbox.mcp.http_app import HttpOptions
    from enterpriselab.sandbox.mcp.serving import serve_http, serve_stdio

    title, image, level = split_world_name(world)
    if is_gym_world(title) and not stdio:
        _refuse_for_gym(
            {"--app": app, "--principal": principal, "--allow-host": allow_host, "--host": host != LOOPBACK}
        )
        servers = gym_apps(title, image=image, level=level)
        serve_gyms(servers, GymOptions(port_base, None, token_of(admin_token_env), image, level))
    opened = open_world(world)
    _check_apps(tuple(app or ()), {one.key for one in opened.spec.apps}, world)
    check_principal(opened, principal)
    options = HostOptions(apps=tuple(app or ()), principal=principal, seed=seed)
    if stdio:
        serve_stdio(opened, options)
        return
    http = HttpOptions(host=host, port=port, names=tuple(allow_host or ()), admin_token=token_of(admin_token_env))
    serve_http(opened, http, host=options, announce=lambda url: _announce(world, url))


def _refuse_for_gym(given: dict[str, object]) -> None:
    for option in (name for name, value in given.items() if value):
        text = f"{option} says nothing to gym servers: headers say who acts, and they listen on {LOOPBACK}."
        raise UsageError(text, hint="enterpriselab gym up --help")


def _announce(world: str, url: str) -> None:
    typer.echo(f"World {world} at {url}; stop with Ctrl-C", err=True)


def _check_apps(asked: tuple[str, ...], there: set[str], world: str) -> None:
    strangers = [key for key in asked if key not in there]
    if strangers:
        text = f"There is no app {strangers[0]!r} in world {world!r}; there are: {', '.join(sorted(there))}."
        raise UsageError(text, hint="enterpriselab apps")
