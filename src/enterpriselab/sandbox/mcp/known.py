"""What stands in the start state of connected servers, by entity: what a person who asks for something may know."""

from collections.abc import Iterable, Mapping
from typing import Any

from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.mcp.file_state import Rows
from enterpriselab.sandbox.mcp.folders import SHOWN_ROOT
from enterpriselab.sandbox.mcp.servers_file import ServerPlan

PATHS = frozenset({"file_path", "directory_path", "repository_path"})


def known_values(
    rows: Rows, plans: Iterable[ServerPlan], registry: Mapping[str, ToolSpec]
) -> dict[str, tuple[str, ...]]:
    """Entity -> values: files, directories, repositories, branches, revisions of folders whose servers take paths."""
    asking = {spec.app for spec in registry.values() if PATHS & {_entity(node) for node in spec.parameters.values()}}
    folders = {plan.folder for plan in plans if plan.name in asking and plan.isolation == "files"}
    found: dict[str, dict[str, None]] = {"directory_path": {f"{SHOWN_ROOT}/{name}": None for name in sorted(folders)}}
    for (table, _), columns in sorted(rows.items()):
        if columns.get("folder") in folders:
            for entity, value in _values(table, columns):
                found.setdefault(entity, {})[value] = None
    return {entity: tuple(values) for entity, values in found.items()}


def _entity(node: Mapping[str, Any]) -> Any:
    return node.get("x-entity") or node.get("items", {}).get("x-entity")


def _values(table: str, columns: Mapping[str, Any]) -> list[tuple[str, str]]:
    place = "/".join(part for part in (SHOWN_ROOT, columns["folder"], columns["path"]) if part)
    if table == "files":
        return [("directory_path" if columns["kind"] == "directory" else "file_path", place)]
    if table != "git":
        return []
    if columns["kind"] == "branch":
        return [("branch", columns["name"]), ("revision", columns["name"])]
    return [("repository_path", place), ("revision", "HEAD")] if columns["kind"] == "head" else []
