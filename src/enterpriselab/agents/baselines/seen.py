"""What a baseline can see: the request, and the values in the results of its own calls."""

import json
from collections.abc import Iterator
from typing import Any

from enterpriselab.agents.models.base import ModelRequest


def task_text(request: ModelRequest) -> str:
    """What the user asked, examples aside."""
    said = [message["content"] for message in request.messages if message["role"] == "user"]
    return str(said[-1]) if said else ""


def called(request: ModelRequest) -> list[str]:
    """Names of the tools that were called, in order."""
    calls = [call for message in request.messages for call in message.get("tool_calls", ())]
    return [call["function"]["name"] for call in calls]


def seen_values(request: ModelRequest) -> dict[str, list[Any]]:
    """Field name -> its plain values in the results so far, the latest result first."""
    found: dict[str, list[Any]] = {}
    for message in reversed(request.messages):
        if message["role"] != "tool":
            continue
        try:
            result = json.loads(message["content"])
        except ValueError:
            continue
        if isinstance(result, dict) and "error" in result:
            continue
        for name, value in _fields(result):
            if value not in found.setdefault(name, []):
                found[name].append(value)
    return found


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _fields(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _fields(item, name)
    elif value is not None and name:
        yield name, value


def values_for(name: str, seen: dict[str, list[Any]]) -> list[Any]:
    """Values seen under the parameter's own name, else under `id` or a longer or shorter name of the same thing."""
    if name in seen:
        return seen[name]
    related = [key for key in seen if key.endswith(f"_{name}") or (name.endswith(f"_{key}") and key != "id")]
    return [value for key in related for value in seen[key]]
