"""From a typed function to JSON Schema and a strict validator, and from a validation failure to words to act on."""

import difflib
import inspect
import math
import re
from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from enterpriselab.core.errors import EnterpriseLabError, ToolError

_MAX_REPORTED = 3
_MAX_INTEGER = 2**63 - 1
"""Largest integer that a database column holds."""


def split_docstring(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """(description, {parameter: description}) of a Google-style docstring."""
    text = inspect.getdoc(function)
    if not text:
        raise EnterpriseLabError(f"tool {function.__name__} needs a docstring: it is what the agent reads")
    head, _, rest = text.partition("\nArgs:\n")
    body = re.split(r"\n(?:Returns|Raises|Example)s?:\n", rest)[0]
    described: dict[str, str] = {}
    name = ""
    for line in body.splitlines():
        match = re.match(r"^\s{4}(\w+):\s*(.*)$", line)
        if match:
            name = match[1]
            described[name] = match[2].strip()
        elif name and line.strip():
            described[name] += " " + line.strip()
    description = re.split(r"\n(?:Returns|Raises|Example)s?:\n", head)[0]
    return " ".join(description.split()), described


def input_model(function: Callable[..., Any], described: dict[str, str]) -> type[BaseModel]:
    """A strict pydantic model of every parameter but the first (the context)."""
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise EnterpriseLabError(f"tool {function.__name__}: *{name} has no schema; name every parameter")
        if name not in hints or name not in described:
            raise EnterpriseLabError(f"tool {function.__name__}: parameter {name} needs a type and a line under Args")
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[name] = (hints[name], Field(default, description=described[name]))
    unknown = set(described) - set(fields)
    if unknown:
        raise EnterpriseLabError(f"tool {function.__name__}: Args describes unknown parameters {sorted(unknown)}")
    config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=False)
    return create_model(function.__name__, __config__=config, **fields)


def clean_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """JSON Schema without generated titles, `$ref` inlined, nullable unions collapsed where the default is null."""
    definitions = schema.pop("$defs", {})
    return _clean(schema, definitions, depth=0)  # type: ignore[no-any-return]


def _clean(node: Any, definitions: dict[str, Any], *, depth: int) -> Any:
    if depth > 40:
        raise EnterpriseLabError("recursive result types have no finite schema")
    if isinstance(node, list):
        return [_clean(item, definitions, depth=depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = dict(definitions[node["$ref"].rsplit("/", 1)[1]])
        target.update({key: value for key, value in node.items() if key != "$ref"})
        return _clean(target, definitions, depth=depth + 1)
    cleaned: dict[str, Any] = {}
    for key, value in node.items():
        if key == "title" and isinstance(value, str):
            continue
        if key == "properties":
            cleaned[key] = {name: _clean(item, definitions, depth=depth + 1) for name, item in value.items()}
        else:
            cleaned[key] = _clean(value, definitions, depth=depth + 1)
    return cleaned


def output_schema(function: Callable[..., Any]) -> dict[str, Any]:
    """JSON Schema of the annotated result, which must be an object (a TypedDict)."""
    hints = get_type_hints(function, include_extras=True)
    if "return" not in hints:
        raise EnterpriseLabError(f"tool {function.__name__} needs a return type: its schema is derived from it")
    schema = clean_schema(TypeAdapter(hints["return"]).json_schema(mode="serialization"))
    if schema.get("type") != "object":
        raise EnterpriseLabError(f"tool {function.__name__} must return a TypedDict, so that results are JSON objects")
    return schema


def refuse_unstorable(value: Any, at: str = "") -> None:
    """Refuse what JSON or Python can write and a database cannot keep. Raises ToolError("invalid")."""
    if isinstance(value, dict):
        for name, part in value.items():
            refuse_unstorable(name, at)
            refuse_unstorable(part, f"{at}.{name}" if at else str(name))
    elif isinstance(value, (list, tuple)):
        for index, part in enumerate(value):
            refuse_unstorable(part, f"{at}.{index}")
    elif fault := _unstorable(value):
        place = f"'{at}'" if at else "a name of an argument"
        raise ToolError("invalid", f"{place}: {fault}.", field=at or None)


def _unstorable(value: Any) -> str | None:
    if isinstance(value, str) and not value.isascii():
        lone = next((letter for letter in value if "\ud800" <= letter <= "\udfff"), None)
        return f"the text holds {lone!r}, half of a character" if lone else None
    if isinstance(value, int) and not -_MAX_INTEGER - 1 <= value <= _MAX_INTEGER:
        return "the number is too large, at most 64 bits are accepted"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is no finite number"
    return None


def invalid_arguments(error: ValidationError, known: list[str]) -> ToolError:
    """The first few validation failures as one ToolError that names field, fault and what is accepted."""
    parts: list[str] = []
    details = error.errors(include_url=False)
    for detail in details[:_MAX_REPORTED]:
        parts.append(_one_failure(detail, known))
    if len(details) > _MAX_REPORTED:
        parts.append(f"and {len(details) - _MAX_REPORTED} more")
    first = details[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    return ToolError("invalid", "; ".join(parts), field=field, accepted=_accepted(first, known))


def _one_failure(detail: Any, known: list[str]) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "missing":
        return f"'{field}' is required"
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(field, known, n=1)
        return f"'{field}' is not a parameter" + (f", did you mean '{near[0]}'?" if near else "")
    given = repr(detail["input"])
    shown = given if len(given) <= 60 else given[:57] + "..."
    return f"'{field}': {detail['msg'].removeprefix('Value error, ')}, got {shown}"


def _accepted(detail: Any, known: list[str]) -> Any:
    if detail["type"] in ("missing", "extra_forbidden"):
        return known
    return detail.get("ctx", {}).get("expected")
