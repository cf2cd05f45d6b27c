"""From names on the command line or in a config to an environment."""

from pathlib import Path

from enterpriselab.apps import world_spec
from enterpriselab.cli.settings import EnvironmentConfig
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.mcp.client import read_mcp_json
from enterpriselab.sandbox.mcp.connected import ConnectedEnvironment
from enterpriselab.sandbox.world import World


def open_environment(config: EnvironmentConfig, *, seed: int = 7) -> Environment:
    """The world by name, or the servers of an mcp.json. Raises UsageError."""
    if config.servers:
        return ConnectedEnvironment(read_mcp_json(Path(config.servers)))
    return open_world(config.world, config.apps, seed=seed)


def open_world(name: str, apps: tuple[str, ...] = (), *, seed: int = 7) -> World:
    """One of our worlds. Raises UsageError when it does not exist."""
    return World(world_spec(name, only=apps, seed=seed))
