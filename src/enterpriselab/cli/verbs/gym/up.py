"""`enterpriselab gym up`: start the gym servers."""

from pathlib import Path
from typing import Annotated

import typer

from enterpriselab.cli.options import AdminTokenEnv, Level, token_of

PortBase = Annotated[
    int, typer.Option(help="The public ports count from here; 0 takes any free ones.", min=0, max=65500)
]
Image = Annotated[str, typer.Option(help="What a database is made from when its maker does not say.")]
AdminPort = Annotated[
    int | None,
    typer.Option(help="Port that /api moves to, out of the reach of agents; 0 takes any.", min=0, max=65535),
]
State = Annotated[Path | None, typer.Option(help="Folder of the databases.", show_default="one for each port base")]
Detach = Annotated[bool, typer.Option("--detach", "-d", help="Return when they serve; they go on by themselves.")]


def up(
    port_base: PortBase = 8000,
    image: Image = "",
    level: Level = "",
    admin_port: AdminPort = None,
    admin_token_env: AdminTokenEnv = "",
    state: State = None,
    detach: Detach = False,
) -> None:
    """Start the servers that the public harness talks to.

    All of them are one process, each on its public port of the loopback address: MCP at /mcp, and /api to seed, query,
    clone, reset and delete databases. A server that is started again still has the databases that it had.

    Example: enterpriselab gym up --port-base 18000 --detach
    """
    from enterpriselab.cli.gyms import announce, gym_apps, serve_gyms, start_detached

    token = token_of(admin_token_env)
    if detach:
        texts = {"--image": image, "--level": level, "--admin-token-env": admin_token_env, "--state": str(state or "")}
        numbers = {"--port-base": port_base, "--admin-port": admin_port}
        given = [(name, str(value)) for name, value in (*texts.items(), *numbers.items()) if value not in ("", None)]
        announce(start_detached([word for pair in given for word in pair]))
        return
    from enterpriselab.sandbox.gym.serving import GymOptions  # loads the MCP SDK, which takes a second

    apps = gym_apps(image=image, level=level)
    serve_gyms(apps, GymOptions(port_base, admin_port, token, image, level, state))
