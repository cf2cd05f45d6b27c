"""Running the servers: stdio until the input ends, HTTP until stopped, HTTP on a thread for a with-block."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
from mcp.server.stdio import stdio_server

from enterpriselab.sandbox.http_server import HttpServer, in_background, listening
from enterpriselab.sandbox.mcp.handler import episode_server
from enterpriselab.sandbox.mcp.hosting import EpisodeHost, HostOptions
from enterpriselab.sandbox.mcp.http_app import HttpOptions, build_http_app, check_options
from enterpriselab.sandbox.world import World


def serve_stdio(world: World, options: HostOptions | None = None) -> None:
    """Serve one fresh episode over stdin and stdout until the client goes. Everything but the wire goes to stderr."""
    chosen = options or HostOptions()
    episode = world.episode(chosen.principal, seed=chosen.seed)
    server = episode_server(episode, world.registry, apps=chosen.apps, name=f"enterpriselab-{world.name}")

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    logging.basicConfig(level=logging.WARNING)
    anyio.run(run)


def serve_http(
    world: World,
    options: HttpOptions | None = None,
    *,
    host: HostOptions | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve episodes over HTTP until interrupted; `announce` is told the URL once the port is taken.

    Raises:
        UsageError: the port belongs to somebody else, or the server would be open to the network unasked.
    """
    chosen = options or HttpOptions()
    check_options(chosen)
    with listening(chosen.host, chosen.port) as listener:
        announce(f"http://{chosen.host}:{listener.getsockname()[1]}/mcp")
        HttpServer(build_http_app(EpisodeHost(world, host), chosen)).run(sockets=[listener])


@contextmanager
def http_in_background(host: EpisodeHost, options: HttpOptions | None = None) -> Iterator[str]:
    """Serve a host on a thread for the length of the block; gives the base URL, 'http://127.0.0.1:PORT'.

    Raises:
        UsageError: the port is taken, or the options would leave the server open to the network.
    """
    chosen = options or HttpOptions(port=0)
    check_options(chosen)
    with listening(chosen.host, chosen.port) as listener, in_background(build_http_app(host, chosen), listener):
        yield f"http://{chosen.host}:{listener.getsockname()[1]}"
