"""World: apps seeded together into one SQLite image, with a company, a clock and principals."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import apsw

from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.seeds import derive_seed
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.episode import Episode
from enterpriselab.sandbox.image_cache import cached_image, check_image
from enterpriselab.sandbox.pages import Image, Pages
from enterpriselab.sandbox.pool import ConnectionPool
from enterpriselab.sandbox.sql import reader_setup, writer_setup
from enterpriselab.sandbox.tables import Table, read_tables
from enterpriselab.toolkit import App, Tool, WorldSpec
from enterpriselab.toolkit.context import EventHandler


@dataclass(frozen=True, slots=True)
class BoundTool:
    """A tool with the app it belongs to."""

    tool: Tool
    app: App
    spec: ToolSpec


class World:
    """Built once per process and shared by all its episodes; it never changes.

    Args:
        spec: what it is made of.
        image: its rows, where they are not those that its apps seed.
    """

    def __init__(self, spec: WorldSpec, *, image: Image | None = None) -> None:
        self.spec = spec
        self.name = spec.name
        self.image = image or cached_image(spec, build_image)
        self.tools: Mapping[str, BoundTool] = bind_tools(spec.apps)
        self.handlers = collect_handlers(spec.apps)
        self.writers = ConnectionPool(self.image, writer_setup)
        self.readers = ConnectionPool(self.image, reader_setup)

    @cached_property
    def registry(self) -> dict[str, ToolSpec]:
        """Every tool's spec by name, in listing order."""
        return {name: bound.spec for name, bound in self.tools.items()}

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table by name."""
        with self.writers.bind(Pages(self.image)) as connection:
            return read_tables(connection)

    @cached_property
    def volatile(self) -> frozenset[str]:
        """'table.column' that verifiers never compare: declared ones and every *_at."""
        declared = {column for app in self.spec.apps for column in app.volatile}
        stamped = {f"{t.name}.{c}" for t in self.tables.values() for c in t.columns if c.endswith("_at")}
        return frozenset(declared | stamped)

    @cached_property
    def default_principal(self) -> str:
        """Id of the principal used when none is named."""
        return self.spec.default_principal(self.spec.build_foundation(self.spec.seed))

    def episode(self, principal: str | None = None, *, seed: int = 0) -> Episode:
        """A fresh, isolated episode acting as `principal` (person id or e-mail)."""
        return Episode(self, Pages(self.image), principal or self.default_principal, seed=seed)


def bind_tools(apps: tuple[App, ...]) -> dict[str, BoundTool]:
    """Tools by name over all apps; a name may exist once."""
    bound: dict[str, BoundTool] = {}
    for app in apps:
        for tool in app.tools:
            if tool.name in bound:
                other = bound[tool.name].app.key
                raise EnterpriseLabError(f"tool {tool.name} exists in {other} and {app.key}: prefix it with its app")
            bound[tool.name] = BoundTool(tool, app, replace(tool.spec, app=app.key))
    return bound


def collect_handlers(apps: tuple[App, ...]) -> dict[type, tuple[EventHandler, ...]]:
    """Event type -> handlers, in app order."""
    found: dict[type, tuple[EventHandler, ...]] = {}
    for app in apps:
        for handler in app.handlers:
            found[handler.event_type] = (*found.get(handler.event_type, ()), handler.function)
    return found


def build_image(spec: WorldSpec) -> bytes:
    """Create the tables, seed the company and every app, and serialize. Same spec, same bytes."""
    connection = apsw.Connection(":memory:")
    connection.execute("PRAGMA page_size=4096")
    connection.pragma("foreign_keys", True)
    with connection:
        connection.execute(spec.foundation_sql)
        firm = spec.build_foundation(spec.seed)
        spec.seed_foundation(connection, firm)
        for app in spec.apps:
            connection.execute(app.schema_sql)
        for app in spec.apps:
            app.seed(connection, firm, random.Random(derive_seed("seed", spec.seed, app.key)))
    check_image(connection)
    for name, table in read_tables(connection).items():
        if not table.key:
            raise EnterpriseLabError(f"table {name} needs a PRIMARY KEY: changes are attributed by key")
    connection.execute("ANALYZE")
    connection.execute("VACUUM")
    return bytes(connection.serialize("main"))
