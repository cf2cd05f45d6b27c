"""The overlay file: corrections of what was inferred about connected tools. TOML or JSON.

["git.git_diff"]                 # <server>.<tool>, as the server calls it
target = "revision"              # parameter = entity; "" takes an entity away; nested: "entities.name"
"result.lines" = "branch"        # field of the result
[writes]
"git.git_checkout" = true
[examples."git.git_create_branch"]
branch_name = ["price-rise"]     # what people say for this parameter, where known values are wrong or none are known
"""

import copy
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from enterpriselab.core.errors import UsageError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.registry import Entry

_FLAGS = ("writes", "destructive", "idempotent")


@dataclass(frozen=True, slots=True)
class Overlay:
    """Corrections by `<server>.<tool>`."""

    entities: dict[str, dict[str, str]] = field(default_factory=dict)
    flags: dict[str, dict[str, bool]] = field(default_factory=dict)
    """writes, destructive, idempotent -> tool -> truth."""
    examples: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    """Tool -> parameter -> values."""

    @property
    def tools(self) -> set[str]:
        """Every tool that is corrected."""
        return {*self.entities, *self.examples, *(tool for flag in self.flags.values() for tool in flag)}


def read_overlay(path: Path | None) -> Overlay:
    """The overlay of a file; empty for None. Raises UsageError (unreadable, wrong shape)."""
    if path is None:
        return Overlay()
    try:
        text = path.read_text(encoding="utf-8")
        data: Any = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"Cannot read the overlay {path}: {error.strerror}.") from None
    except ValueError as error:
        raise UsageError(f"The overlay {path} is not valid: {error}.") from None
    examples = data.pop("examples", {})
    if not _are_examples(examples):
        raise UsageError(f"The overlay {path} must hold lines `parameter = [values]` under 'examples.<server>.<tool>'.")
    entities: dict[str, dict[str, str]] = {}
    flags: dict[str, dict[str, bool]] = {}
    for name, entries in data.items():
        kind = bool if name in _FLAGS else str
        if not isinstance(entries, dict) or not all(isinstance(value, kind) for value in entries.values()):
            wanted = "<server>.<tool> = true or false" if kind is bool else "parameter = entity"
            raise UsageError(f"The overlay {path} must hold lines `{wanted}` under {name!r}.")
        if kind is bool:
            flags[name] = entries
        else:
            entities[name] = entries
    return Overlay(entities, flags, examples)


def _are_examples(data: Any) -> bool:
    tools = list(data.values()) if isinstance(data, dict) else [None]
    return all(isinstance(tool, dict) and all(isinstance(v, list) and v for v in tool.values()) for tool in tools)


def with_overlay(spec: ToolSpec, entry: Entry, overlay: Overlay) -> ToolSpec:
    """The corrected spec. Raises UsageError for a parameter or field that the tool does not have."""
    name = f"{entry.source}.{entry.original}"
    flags = {flag: tools[name] for flag, tools in overlay.flags.items() if name in tools}
    spec = replace(spec, **flags) if flags else spec  # type: ignore[arg-type]
    for path, entity in overlay.entities.get(name, {}).items():
        inside, _, rest = path.partition(".")
        if inside == "result" and inside not in spec.parameters:
            if spec.output_schema is not None:
                spec = replace(spec, output_schema=_set(spec.output_schema, rest, entity, f"{name}: {path}"))
        else:
            spec = replace(spec, input_schema=_set(spec.input_schema, path, entity, f"{name}: {path}"))
    return spec


def with_examples(spec: ToolSpec, entry: Entry, overlay: Overlay) -> ToolSpec:
    """The spec as who writes tasks sees it; agents do not. Raises UsageError for a parameter that does not exist."""
    name = f"{entry.source}.{entry.original}"
    for path, values in overlay.examples.get(name, {}).items():
        changed, node = _place(spec.input_schema, path, f"{name}: {path}")
        node["x-examples"] = values
        spec = replace(spec, input_schema=changed)
    return spec


def _set(schema: Mapping[str, Any], path: str, entity: str, where: str) -> dict[str, Any]:
    changed, node = _place(schema, path, where)
    node.pop("x-meaning", None)
    node.pop("x-entity", None)
    if entity:
        node["x-entity"] = entity
    return changed


def _place(schema: Mapping[str, Any], path: str, where: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A copy of the schema, and the node in it at this path; for a list that of its items."""
    changed: dict[str, Any] = copy.deepcopy(dict(schema))
    node = changed
    for part in path.split("."):
        node = node.get("items", node)
        if part not in node.get("properties", {}):
            known = ", ".join(node.get("properties", {})) or "none"
            raise UsageError(f"The overlay names {where}, which does not exist; there are: {known}.")
        node = node["properties"][part]
    return changed, node.get("items", node)
