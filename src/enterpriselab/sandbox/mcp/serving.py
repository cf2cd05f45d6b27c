"""Running the servers: stdio until the input ends, HTTP until stopped, HTTP on a thread for a with-block."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
import uvicorn
from mcp.server.stdio import stdio_server
from starlette.types import ASGIApp

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.mcp.handler import episode_server
from enterpriselab.sandbox.mcp.hosting import EpisodeHost, HostOptions
from enterpriselab.sandbox.mcp.http_app import HttpOptions, build_http_app, check_options
from enterpriselab.sandbox.world import World

START_LIMIT_S = 30.0


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
    with listening(chosen.host, chosen.port) as listener:
        server = HttpServer(build_http_app(host, chosen))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            if not server.ready.wait(START_LIMIT_S):
                raise UsageError(f"The HTTP server did not start within {START_LIMIT_S:.0f} s.")
            yield f"http://{chosen.host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_LIMIT_S)


class HttpServer(uvicorn.Server):
    """A uvicorn server that says when it is ready. Access is not logged: paths and headers carry credentials."""

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app, access_log=False, log_level="warning", timeout_graceful_shutdown=2, server_header=False
        )
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that has the port for the length of a with-block. Raises UsageError when somebody else has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Naming the protocol matters: asyncio turns off Nagle's delay (40 ms a call) only for sockets that say TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            text = f"Cannot listen on {host}:{port}: {error.strerror or error}."
            raise UsageError(text, hint="--port 0 takes any free port") from None
        yield listener
    finally:
        listener.close()
