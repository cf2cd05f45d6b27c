"""Fixtures shared by all tests: worlds built once per process."""

from collections.abc import Callable
from functools import cache

import pytest

from enterpriselab.apps import world_spec
from enterpriselab.sandbox.world import World


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
