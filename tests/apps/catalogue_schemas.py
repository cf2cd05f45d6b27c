"""Walks over JSON Schemas and over values beside their schemas: places, entities, rows. Knows no app."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """One property of a schema, at any depth: 'items[].employee_id'."""

    path: str
    name: str
    schema: Schema

    @property
    def entity(self) -> str | None:
        return entity_of(self.schema)


@dataclass(frozen=True)
class Row:
    """The plain values of one object in a result, with those of the objects around it and of the call."""

    names: dict[str, Any] = field(default_factory=dict)
    entities: dict[str, Any] = field(default_factory=dict)


def branches(schema: Schema) -> list[Schema]:
    """The alternatives of a schema that are not null."""
    options = schema.get("anyOf") or schema.get("oneOf")
    return [option for option in options if option.get("type") != "null"] if options else [schema]


def concrete(schema: Schema) -> Schema:
    """The first alternative that is not null."""
    return (branches(schema) or [schema])[0]


def entity_of(schema: Schema) -> str | None:
    """The entity of a value, of its alternatives or of the items of a list."""
    if "x-entity" in schema:
        return str(schema["x-entity"])
    if "items" in schema:
        return entity_of(schema["items"])
    return next((entity for branch in branches(schema) if branch is not schema and (entity := entity_of(branch))), None)


def places(schema: Schema, at: str = "") -> Iterator[Place]:
    """Every property at every depth."""
    for branch in branches(schema):
        for name, part in branch.get("properties", {}).items():
            path = f"{at}.{name}".lstrip(".")
            yield Place(path, name, part)
            yield from places(part, path)
        for part in (branch.get("items"), branch.get("additionalProperties")):
            if isinstance(part, dict):
                yield from places(part, f"{at}[]")


def objects(schema: Schema, at: str = "$") -> Iterator[tuple[str, Schema]]:
    """Every schema node that describes an object, with where it stands."""
    for branch in branches(schema):
        if branch.get("type") == "object":
            yield at, branch
        for name, part in branch.get("properties", {}).items():
            yield from objects(part, f"{at}.{name}")
        if isinstance(branch.get("items"), dict):
            yield from objects(branch["items"], f"{at}[]")


def keywords(node: Any) -> Iterator[str]:
    """Every key used anywhere in a schema, names of properties left out."""
    if isinstance(node, list):
        for part in node:
            yield from keywords(part)
    elif isinstance(node, dict):
        for key, part in node.items():
            yield key
            yield from keywords(list(part.values()) if key == "properties" else part)


def leaves(schema: Schema, value: Any, at: str = "") -> Iterator[tuple[Place, Any]]:
    """Every plain value with the place that describes it."""
    schema = _matching(schema, value)
    if isinstance(value, dict):
        for name, part in value.items():
            below = schema.get("properties", {}).get(name, {})
            path = f"{at}.{name}".lstrip(".")
            if isinstance(part, (dict, list)):
                yield from leaves(below, part, path)
            else:
                yield Place(path, name, below), part
    elif isinstance(value, list):
        for part in value:
            if isinstance(part, (dict, list)):
                yield from leaves(schema.get("items", {}), part, f"{at}[]")
            else:
                yield Place(f"{at}[]", at.rsplit(".", 1)[-1], schema.get("items", {})), part


def rows(schema: Schema, value: Any, around: Row | None = None, name: str = "") -> Iterator[Row]:
    """One Row for each object and for each plain item of a list."""
    around = around or Row()
    schema = _matching(schema, value)
    if isinstance(value, list):
        for item in value:
            yield from rows(schema.get("items", {}), item, around, name)
    elif isinstance(value, dict):
        own = _merged(around, schema, value)
        yield own
        for key, part in value.items():
            if isinstance(part, (dict, list)):
                yield from rows(schema.get("properties", {}).get(key, {}), part, own, key)
    elif value is not None and (entity := entity_of(schema)):
        yield Row({**around.names, name: value}, {**around.entities, entity: value})


def _merged(around: Row, schema: Schema, value: dict[str, Any]) -> Row:
    names, entities = dict(around.names), dict(around.entities)
    own: set[str] = set()
    for key, part in value.items():
        if part is None or isinstance(part, (dict, list)):
            continue
        names[key] = part
        entity = entity_of(schema.get("properties", {}).get(key, {}))
        if entity and entity not in own:
            own.add(entity)
            entities[entity] = part
    return Row(names, entities)


def _matching(schema: Schema, value: Any) -> Schema:
    """The alternative of the value's own kind."""
    kind = {dict: "object", list: "array"}.get(type(value))
    options = branches(schema)
    return next((option for option in options if option.get("type") == kind), options[0] if options else {})
