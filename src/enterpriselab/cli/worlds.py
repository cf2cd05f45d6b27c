"""From names on the command line or in a config to an environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from enterpriselab.apps import world_spec
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.core.errors import UsageError
from enterpriselab.sandbox.drift import DriftedEnvironment
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.flaky import Flaky, FlakyEnvironment
from enterpriselab.sandbox.mcp.servers_file import read_servers
from enterpriselab.sandbox.pages import Pages
from enterpriselab.sandbox.world import World


def check_environment(config: EnvironmentConfig) -> None:
    """Find out what can be known without building or starting anything. Raises UsageError."""
    if config.servers and config.apps:
        raise UsageError(
            "Apps belong to a world of ours; connected servers are chosen in their mcp.json.",
            hint='leave --app out, or set "disabled": true for the servers that you do not want',
        )
    if config.servers:
        read_servers(Path(config.servers))
    else:
        world_spec(config.world, only=config.apps)


def open_environment(config: EnvironmentConfig, *, seed: int = 7) -> Environment:
    """The world by name, or the servers of an mcp.json, drifted and flaky as they are asked for. Raises UsageError."""
    environment = _open_calm(config, seed)
    if config.drift is not None:
        environment = DriftedEnvironment(environment, config.drift)
    return made_flaky(environment, config.flaky)


def made_flaky(environment: Environment, flaky: Flaky | None) -> Environment:
    """The environment with calls that fail for the moment, if that is asked for."""
    return FlakyEnvironment(environment, flaky) if flaky is not None else environment


def _open_calm(config: EnvironmentConfig, seed: int) -> Environment:
    check_environment(config)
    if not config.servers:
        return open_world(config.world, config.apps, seed=seed)
    from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment  # loads the MCP SDK, which takes a second

    try:
        return ConnectedEnvironment(Path(config.servers))
    except UsageError as error:
        hint = error.hint or f"start the server, or correct {config.servers} (docs/own-servers.md)"
        raise UsageError(error.message, hint=hint) from None


def open_world(name: str, apps: tuple[str, ...] = (), *, seed: int = 7) -> World:
    """One of our worlds. Raises UsageError when it does not exist."""
    return World(world_spec(name, only=apps, seed=seed))


def check_principal(world: World, who: str | None) -> None:
    """Raises UsageError when nobody of that id or address may act in the world; None is the world's default."""
    if who is None:
        return
    with world.readers.bind(Pages(world.image)) as connection:
        if world.spec.find_principal(connection, who) is None:
            text = f"{who!r} has no active account in world {world.name}; the default is {world.default_principal}."
            raise UsageError(text, hint="give the id or e-mail address of a person of the company")


def close_environment(environment: Environment) -> None:
    """End what an environment started (processes, folders); worlds of ours hold nothing and have no `close`."""
    close = getattr(environment, "close", None)
    if close is not None:
        close()


@contextmanager
def opened(config: EnvironmentConfig, *, seed: int = 7) -> Iterator[Environment]:
    """The environment for the length of a with-block. Raises UsageError."""
    environment = open_environment(config, seed=seed)
    try:
        yield environment
    finally:
        close_environment(environment)
