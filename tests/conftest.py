"""Fixtures shared by all tests: worlds built once per process."""

import signal
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from enterpriselab.apps import world_spec
from enterpriselab.sandbox.world import World

# a shell that starts the suite in the background lets it ignore Ctrl-C, and so would every command that tests start
signal.signal(signal.SIGINT, signal.default_int_handler)
# a slow machine is no fault of a test
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@cache
def _world_with(*apps: str) -> World:
    return World(world_spec("arena", only=apps))


@pytest.fixture(scope="session")
def world_with() -> Callable[..., World]:
    """world_with("hr", "mail") -> the arena with only these apps; world_with() -> all of it."""
    return _world_with


@pytest.fixture(scope="session")
def arena() -> World:
    """The arena with all its apps."""
    return _world_with()
