"""An HTTP server on a port of this machine, whatever application it serves. Loads nothing but uvicorn."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from enterpriselab.core.errors import UsageError

START_LIMIT_S = 30.0
BACKLOG = 2048
"""Connections that wait to be accepted; uvicorn's own number."""


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
    """A socket that listens on the port for the length of a with-block. Raises UsageError when somebody else has it."""
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
        listener.listen(BACKLOG)  # who is told the address can connect at once, and waits until the server is ready
        yield listener
    finally:
        listener.close()


@contextmanager
def in_background(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve on a thread for the length of a with-block. Raises UsageError when the server does not start."""
    server = HttpServer(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        if not server.ready.wait(START_LIMIT_S):
            raise UsageError(f"The HTTP server did not start within {START_LIMIT_S:.0f} s.")
        yield
    finally:
        server.should_exit = True
        thread.join(START_LIMIT_S)
