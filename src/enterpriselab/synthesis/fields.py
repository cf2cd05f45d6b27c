"""What goes into a tool and what comes out, field by field, read from JSON Schema. No values, no matching."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from enterpriselab.core.tools import ToolSpec

_MAX_DEPTH = 5
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Field:
    """One scalar place in an input or output schema; `path` writes list items as `[]`: "items[].employee_id"."""

    path: str
    name: str
    type: str
    entity: str | None = None
    meaning: str | None = None
    format: str | None = None
    description: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The name in lower-case words."""
        return name_words(self.name)


def name_words(name: str) -> tuple[str, ...]:
    """'leaveApplication_id' -> ('leave', 'application', 'id')."""
    return tuple(re.findall(r"[a-z]+|\d+", _CAMEL.sub("_", name).lower()))


def concrete(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without a nullable wrapper: the first alternative that is not null, outer notes kept."""
    for key in ("anyOf", "oneOf", "allOf"):
        choices = [item for item in schema.get(key, ()) if item.get("type") != "null"]
        if choices:
            outer = {name: value for name, value in schema.items() if name != key}
            return {**concrete(choices[0]), **outer}
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        return {**schema, "type": kinds[0] if kinds else "null"}
    return schema


def leaves(schema: dict[str, Any], path: str = "", name: str = "", depth: int = 0) -> Iterator[Field]:
    """Every scalar place below a schema, in declared order."""
    schema = concrete(schema)
    if depth > _MAX_DEPTH:
        return
    kind = schema.get("type")
    if "properties" in schema:
        for key, item in schema["properties"].items():
            yield from leaves(item, f"{path}.{key}" if path else key, key, depth + 1)
    elif kind == "array":
        yield from leaves(schema.get("items", {}), f"{path}[]", name, depth + 1)
    elif kind in ("string", "integer", "number", "boolean") or "enum" in schema or "const" in schema:
        yield Field(
            path,
            name,
            str(kind or "string"),
            schema.get("x-entity"),
            schema.get("x-meaning"),
            schema.get("format"),
            str(schema.get("description", "")),
        )


def output_fields(spec: ToolSpec) -> tuple[Field, ...]:
    """Scalar fields of the tool's result; none when no output schema is known."""
    return tuple(leaves(spec.output_schema or {}))


def input_fields(spec: ToolSpec) -> dict[str, Field]:
    """Parameter -> its scalar field; lists of scalars count as their items, other shapes are left out."""
    found: dict[str, Field] = {}
    for name, schema in spec.parameters.items():
        fields = list(leaves(schema, name, name))
        if len(fields) == 1 and fields[0].path in (name, f"{name}[]"):
            found[name] = fields[0]
    return found
