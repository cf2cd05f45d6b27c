"""Running gym servers: all in one process, each on its port, their state in one folder."""

import asyncio
import secrets
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

from starlette.applications import Starlette

from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.gym.admin import Admin
from enterpriselab.sandbox.gym.databases import DatabaseLimits, Databases
from enterpriselab.sandbox.gym.journal import Journal
from enterpriselab.sandbox.gym.web import Gym, admin_app, agent_app
from enterpriselab.sandbox.gym.worlds import SpecOf, Worlds
from enterpriselab.sandbox.http_server import START_LIMIT_S, HttpServer, listening
from enterpriselab.sandbox.image_cache import cache_folder
from enterpriselab.toolkit import PORT_BASE, App

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class GymOptions:
    """Where gym servers listen, what databases are made from, and where their state is kept."""

    port_base: int = PORT_BASE
    """All public ports move with it; 0 takes any free ones."""
    admin_port: int | None = None
    """Port of the /api endpoints of all servers, which then are nowhere else; 0 takes any free one."""
    admin_token: str | None = None
    """Bearer token that the /api endpoints demand."""
    image: str = ""
    """What a database is made from when its maker does not say; counts for the servers that have it."""
    level: str = ""
    """How strict the tools are of a database whose maker does not say."""
    state: Path | None = None
    """Folder of the journals and of the images of texts; None: one of this port base, or with any free ports one that
    ends with the process."""
    limits: DatabaseLimits = field(default_factory=DatabaseLimits)


@dataclass(frozen=True, slots=True)
class Running:
    """Servers that take requests."""

    instance: str
    urls: dict[str, str]
    """Server -> base URL for agents; MCP is at /mcp below it."""
    admin_urls: dict[str, str]
    """Server -> base URL of its /api endpoints."""
    gyms: tuple[Gym, ...]


@contextmanager
def running_gyms(apps: Sequence[tuple[App, SpecOf]], options: GymOptions | None = None) -> Iterator[Running]:
    """Gym servers on a thread of this process, for the length of a with-block.

    Args:
        apps: each app with the function that makes its worlds.
        options: where and how.

    Raises:
        UsageError: a port is taken, an app is no gym server, or another process works in the state folder.
    """
    chosen = options or GymOptions()
    instance = secrets.token_hex(8)
    with ExitStack() as stack:
        state = chosen.state or _state_folder(chosen, stack)
        gyms = tuple(_open_gym(app, spec_of, state, chosen, instance, stack) for app, spec_of in apps)
        sockets = [_listen(gym.profile.port, chosen, stack) for gym in gyms]
        apart = chosen.admin_port is not None
        served = [
            (agent_app(gym, admin=not apart, token=chosen.admin_token), listener)
            for gym, listener in zip(gyms, sockets, strict=True)
        ]
        urls = {gym.profile.server: _url(listener) for gym, listener in zip(gyms, sockets, strict=True)}
        admin_urls = urls
        if chosen.admin_port is not None:
            listener = stack.enter_context(listening(HOST, chosen.admin_port))
            served.append((admin_app(gyms, token=chosen.admin_token), listener))
            admin_urls = {server: f"{_url(listener)}/{server}" for server in urls}
        stack.enter_context(_serving(served))
        yield Running(instance, urls, admin_urls, gyms)


def _open_gym(app: App, spec_of: SpecOf, state: Path, options: GymOptions, instance: str, stack: ExitStack) -> Gym:
    profile = app.standalone.gym if app.standalone else None
    if profile is None:
        raise UsageError(f"{app.key} is no server of the gym.", hint="enterpriselab gym up")
    journal = Journal(state / f"{profile.server}.jsonl")
    stack.callback(journal.close)
    databases = Databases(Worlds(app, spec_of, state / "images" / profile.server), journal, limits=options.limits)
    databases.worlds.prune(databases.sources())
    image = options.image if app.standalone and options.image in app.standalone.images else ""
    return Gym(profile, Admin(app.key, databases, image, options.level), instance)


def _state_folder(options: GymOptions, stack: ExitStack) -> Path:
    if options.port_base:
        return cache_folder() / "gym" / "state" / str(options.port_base)
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="enterpriselab-gym-")))


def _listen(public_port: int, options: GymOptions, stack: ExitStack) -> socket:
    port = public_port - PORT_BASE + options.port_base if options.port_base else 0
    try:
        return stack.enter_context(listening(HOST, port))
    except UsageError as error:
        raise UsageError(error.message, hint="--port-base 18000, or 0 for any free ports") from None


def _url(listener: socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


@contextmanager
def _serving(served: Sequence[tuple[Starlette, socket]]) -> Iterator[None]:
    """All applications on one event loop on a thread."""
    servers = [HttpServer(app) for app, _ in served]

    async def serve() -> None:
        await asyncio.gather(
            *(server.serve(sockets=[listener]) for server, (_, listener) in zip(servers, served, strict=True))
        )

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="gym", daemon=True)
    thread.start()
    try:
        if not all(server.ready.wait(START_LIMIT_S) for server in servers):
            raise UsageError(f"The servers did not start within {START_LIMIT_S:.0f} s.")
        yield
    finally:
        for server in servers:
            server.should_exit = True
        thread.join(START_LIMIT_S)
