"""App: schema, seed, tools, event handlers, permissions and policy of one enterprise application."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from enterpriselab.core.clock import CLOCK_START
from enterpriselab.toolkit.context import EventHandler
from enterpriselab.toolkit.gym import GymProfile
from enterpriselab.toolkit.principal import Principal
from enterpriselab.toolkit.tool import Tool

Seeder = Callable[[apsw.Connection, Any, random.Random], None]
"""seed(connection, firm, rng): insert the app's rows; the company's tables are already there."""


def on(event_type: type) -> Callable[[EventHandler], "Handler"]:
    """Subscribe a function `(ctx, event) -> None` to an event type; it runs inside the emitting call."""
    return lambda function: Handler(event_type, function)


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that answers an event of another app."""

    event_type: type
    function: EventHandler


FindPrincipal = Callable[[apsw.Connection, str], Principal | None]
"""(connection, id or e-mail) -> who may act."""


@dataclass(frozen=True, slots=True)
class Standalone:
    """What an app brings that has a database of its own: named images, levels of strictness, and who may act there."""

    images: Mapping[str, Seeder]
    """Name -> seeder of the whole database; the first is the default. The seeders get no firm (None)."""
    find_principal: FindPrincipal
    default_principal: str
    people_tables: frozenset[str] = frozenset()
    """Tables that `find_principal` reads."""
    actors: str = ""
    """SQL: ids of those on whose behalf tasks are made, somebody of each role; the default principal where empty."""
    levels: tuple[str, ...] = ()
    """How strict the tools are, from `Context.level`; the first is the default."""
    clock_start: str = CLOCK_START
    gym: GymProfile | None = None
    """How the app is reached as a server of the public gym; None: it is none."""


@dataclass(frozen=True, slots=True)
class App:
    """One application. `apps/<key>/__init__.py` holds exactly one, named APP."""

    key: str
    title: str
    domain: str
    folder: Path
    seed: Seeder
    tools: tuple[Tool, ...]
    handlers: tuple[Handler, ...] = ()
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Permission -> roles that hold it; permissions are data."""
    volatile: frozenset[str] = frozenset()
    """'table.column' whose value no verifier compares, beside every column named *_at."""
    world: str = "arena"
    standalone: Standalone | None = None
    """Set when the app does not live in the company's database; then its tables have the names they like."""

    @property
    def schema_sql(self) -> str:
        """The DDL of the app's tables; in the company's database all are prefixed with the app's key."""
        return (self.folder / "schema.sql").read_text(encoding="utf-8")

    @property
    def policy(self) -> str:
        """The rules of the application in words, for prompts and people."""
        return (self.folder / "policy.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """What a world is made of; `enterpriselab.apps` gives them by name, `sandbox.World` builds them."""

    name: str
    title: str
    apps: tuple[App, ...]
    foundation_sql: str
    """DDL of the shared tables (the company)."""
    build_foundation: Callable[[int], Any]
    """seed -> firm, the object handed to every seeder."""
    seed_foundation: Callable[[apsw.Connection, Any], None]
    find_principal: FindPrincipal
    default_principal: Callable[[Any], str]
    """firm -> id of the principal used when none is named."""
    clock_start: str = CLOCK_START
    seed: int = 7
    level: str = ""
    """How strict the tools are, where the app has levels."""
    actors: str = ""
    """SQL: ids of those on whose behalf tasks are made; empty where the firm says who they are."""
    people_tables: frozenset[str] = frozenset()
    """Tables that `find_principal` reads."""
