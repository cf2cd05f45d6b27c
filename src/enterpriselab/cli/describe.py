"""Counts that listings and reports show: apps with their tools, tables, foreign keys and rows; the machine."""

import importlib.metadata
import os
import platform
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import enterpriselab
from enterpriselab.sandbox.environment import Environment
from enterpriselab.sandbox.world import World
from enterpriselab.sandbox.wrapped import unwrapped

_PACKAGES = ("mcp", "pydantic", "apsw", "torch", "transformers", "trl", "peft")


def describe_apps(environment: Environment) -> list[dict[str, Any]]:
    """One record for each app or connected server: key, title, domain, tools, tables, foreign_keys, rows."""
    tools = Counter(spec.app for spec in environment.registry.values())
    if not isinstance(environment := unwrapped(environment), World):
        return [{"key": key, "title": key, "domain": "connected server", "tools": n} for key, n in tools.items()]
    apps = environment.spec.apps
    names = [] if apps[0].standalone else [("company", "Company records", "Shared")]
    names += [(app.key, app.title, app.domain) for app in apps]
    episode = environment.episode()
    found = []
    for key, title, domain in names:
        prefix = "" if apps[0].standalone else f"{key}_"
        tables = [table for name, table in environment.tables.items() if name.startswith(prefix)]
        rows = sum(episode.sql(f'SELECT count(*) AS n FROM "{table.name}"')[0]["n"] for table in tables)
        keys = sum(len(table.foreign_keys) for table in tables)
        counts = {"tools": tools[key], "tables": len(tables), "foreign_keys": keys, "rows": rows}
        found.append({"key": key, "title": title, "domain": domain, **counts})
    return found


def describe_machine() -> dict[str, Any]:
    """Versions and size of the machine, for the provenance of a run."""
    return {
        "enterpriselab": enterpriselab.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "started": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
