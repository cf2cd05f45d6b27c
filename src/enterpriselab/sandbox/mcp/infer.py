"""What foreign tools do not say: entities of parameters and fields, whether a tool writes, the shape of its results.

Taken from names, descriptions and observed results; an annotation that an observation contradicts loses. What is still
wrong is corrected in an overlay file.
"""

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import mcp_types as types

from enterpriselab.core.changes import CallRecord
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.mcp.folders import Folders
from enterpriselab.toolkit.schema import clean_schema

ENTITIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^(repo|repository)(_path|_dir)?$"), "repository_path"),
    (re.compile(r"^(directory|dir|folder)(_path)?$"), "directory_path"),
    (re.compile(r"^(file_?path|file_?name|path|file)$"), "file_path"),
    (re.compile(r"^(\w+_)?branch(_name)?$"), "branch"),
    (re.compile(r"^(revision|commit|commit_(sha|hash)|sha|ref|git_ref)$"), "revision"),
    (re.compile(r"^tag(_name)?$"), "tag"),
    (re.compile(r"^(\w+_)?(timezone|time_zone|tz)$"), "timezone"),
    (re.compile(r"^(url|uri|link|href)$"), "url"),
    (re.compile(r"^(\w+_)?e?mail(_address)?$"), "email"),
)
"""Name of a text parameter or field (snake case, singular) -> entity."""
MEANINGS = frozenset(
    "title subject name message content description query pattern text body summary comment observation".split()
)
READING_VERBS = frozenset(
    "get list read search find show view describe fetch query count lookup diff status log".split()
)
DESTRUCTIVE_VERBS = frozenset("delete remove drop purge destroy reset erase truncate wipe overwrite move".split())
WRITING_VERBS = DESTRUCTIVE_VERBS | frozenset(
    "create add update set write edit insert send post put append rename copy open close assign book commit".split()
)
MAX_OBSERVED = 50
_NAME_OF = re.compile(r"\bname of (?:the |an? )?(\w+)|\b(\w+) names\b", re.I)
_ID_OF = re.compile(r"\b(?:id|identifier) of (?:the |an? )?(\w+)", re.I)
_VAGUE = frozenset("the a an array list all valid given its their of".split())


def spec_of(server: str, tool: types.Tool, folders: Folders) -> ToolSpec:
    """Our spec of a listed tool: entities inferred, machine paths hidden, hints or else verbs for what it does."""
    words = words_of(tool.name)
    hints = tool.annotations or types.ToolAnnotations()
    reads = hints.read_only_hint if hints.read_only_hint is not None else _sounds_reading(words)
    destructive = hints.destructive_hint
    if destructive is None:
        destructive = not DESTRUCTIVE_VERBS.isdisjoint(words)
    return ToolSpec(
        name=tool.name,
        app=server,
        description=folders.shown(" ".join((tool.description or tool.title or "").split())),
        input_schema=with_entities(folders.shown(_plain(tool.input_schema)), words),
        output_schema=_output(folders.shown(_plain(tool.output_schema)), words) if tool.output_schema else None,
        writes=not reads,
        destructive=destructive and not reads,
        idempotent=reads or bool(hints.idempotent_hint),
        title=tool.title or hints.title or "",
    )


def _sounds_reading(words: list[str]) -> bool:
    """The name starts with a reading verb (after the server's own name at most) and has no writing one."""
    return WRITING_VERBS.isdisjoint(words) and not READING_VERBS.isdisjoint(words[:2])


def _output(schema: dict[str, Any], words: list[str]) -> dict[str, Any]:
    """Results are JSON objects for us; any other published shape is under "result"."""
    if schema.get("type") == "object":
        return with_entities(schema, words)
    wrapped = {"type": "object", "properties": {"result": schema}, "required": ["result"]}
    return with_entities(wrapped, words)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Without titles and references, where that has an end."""
    try:
        cleaned = clean_schema(copy.deepcopy(schema))
    except (EnterpriseLabError, KeyError):
        return schema
    cleaned.pop("$schema", None)
    return cleaned


def words_of(name: str) -> list[str]:
    """The lower-case words of a name in snake, camel or kebab case."""
    return [word for word in re.split(r"[^a-z0-9]+", _snake(name)) if word]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").replace(".", "_").lower()


def _singular(name: str) -> str:
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if re.search(r"(ches|shes|xes|sses)$", name):
        return name[:-2]
    return name[:-1] if re.search(r"[^siu]s$", name) else name


def with_entities(schema: dict[str, Any], words: list[str], *, parent: str = "") -> dict[str, Any]:
    """The schema with x-entity or x-meaning at every text, number or list of them whose name or description tells.

    Args:
        schema: of an object.
        words: of the tool's name; its noun says what a bare `id` identifies.
        parent: name of the list or object that holds this one; it says what a bare `name` names.
    """
    properties = {
        name: _marked(name, node, words, parent) if isinstance(node, dict) else node
        for name, node in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties} if properties or schema.get("type") == "object" else schema


def _marked(name: str, node: dict[str, Any], words: list[str], parent: str) -> dict[str, Any]:
    if "x-entity" in node or "x-meaning" in node:
        return node
    own = _singular(_snake(name))
    if "properties" in node:
        return with_entities(node, words, parent=own)
    items = node.get("items")
    if isinstance(items, dict):
        if "properties" in items:
            return {**node, "items": with_entities(items, words, parent=own)}
        hinted = {"description": node.get("description", ""), **items}
        mark = _mark(own, hinted, words, parent)
        return {**node, "items": {**items, **mark}} if mark and "x-entity" not in items else node
    return {**node, **_mark(own, node, words, parent)}


def _mark(name: str, node: Mapping[str, Any], words: list[str], parent: str) -> dict[str, str]:
    if not _is_scalar(node) or "enum" in node or node.get("format") in ("date", "date-time"):
        return {}
    entity = _entity(name, str(node.get("description", "")), words, parent)
    if entity is not None:
        return {"x-entity": entity}
    return {"x-meaning": name} if name in MEANINGS else {}


def _is_scalar(node: Mapping[str, Any]) -> bool:
    kinds = [node.get("type"), *(option.get("type") for option in node.get("anyOf", ()) if isinstance(option, dict))]
    return "string" in kinds or "integer" in kinds


def _entity(name: str, description: str, words: list[str], parent: str) -> str | None:
    match = re.fullmatch(r"(\w+)_(?:id|key|number|uuid)", name)
    if match:
        return match[1]
    if name in ("id", "uuid"):
        told = _ID_OF.search(description)
        return _noun(told[1]) if told else parent or _tool_noun(words)
    if name in ("source", "destination", "src", "dst"):
        return "file_path" if not {"file", "directory", "path", "folder"}.isdisjoint(words) else None
    for pattern, entity in ENTITIES:
        if pattern.match(name):
            return entity
    return _named(name, description, parent)


def _named(name: str, description: str, parent: str) -> str | None:
    """'entity_name' for names of things: by the field's own name, by its description, by what holds it."""
    match = re.fullmatch(r"(\w+)_name", name)
    if match:
        return name
    told = _NAME_OF.search(description)
    noun = (told[1] or told[2]).lower() if told else ""
    if noun and noun not in _VAGUE and name in ("name", "from", "to", "node", "target", "source", noun):
        return f"{_noun(noun)}_name"
    return f"{parent}_name" if name == "name" and parent else None


def _noun(word: str) -> str:
    return _singular(_snake(word))


def _tool_noun(words: list[str]) -> str | None:
    return _singular(words[-1]) if len(words) > 1 else None


def values_by_entity(specs: Mapping[str, ToolSpec], ledger: Iterable[CallRecord]) -> dict[str, set[str]]:
    """Entity -> values that were accepted as arguments of that entity."""
    found: dict[str, set[str]] = {}
    for record in ledger:
        spec = specs.get(record.tool)
        if record.ok and spec is not None:
            for name, value in record.arguments.items():
                entity = spec.parameters.get(name, {}).get("x-entity")
                if entity is not None and isinstance(value, str):
                    found.setdefault(entity, set()).add(value)
    return found


def with_observed(spec: ToolSpec, ledger: Iterable[CallRecord], known: Mapping[str, set[str]]) -> ToolSpec:
    """The spec with what its calls showed: that it writes, and the shape of its results if the server tells none.

    Args:
        spec: of one tool.
        ledger: calls of any tools.
        known: values_by_entity of that ledger; a text field that holds one of the values gets the entity.
    """
    calls = [record for record in ledger if record.tool == spec.name][:MAX_OBSERVED]
    writes = spec.writes or any(record.changes for record in calls)
    results = [record.result for record in calls if record.result is not None]
    if spec.output_schema is not None or not results:
        return replace(spec, writes=writes, idempotent=spec.idempotent and (spec.writes or not writes))
    schema = schema_of(results[0], known)
    for result in results[1:]:
        schema = merged_schema(schema, schema_of(result, known))
    return replace(spec, writes=writes, output_schema=with_entities(schema, words_of(spec.name)))


def schema_of(value: Any, known: Mapping[str, set[str]]) -> dict[str, Any]:
    """JSON Schema that describes one value."""
    if isinstance(value, dict):
        return {
            "type": "object",
            "properties": {name: schema_of(item, known) for name, item in value.items()},
            "required": list(value),
        }
    if isinstance(value, list):
        schema: dict[str, Any] = {}
        for item in value:
            schema = merged_schema(schema, schema_of(item, known))
        return {"type": "array", "items": schema}
    if isinstance(value, str):
        bare = value.strip("* \t")
        entities = [entity for entity, values in known.items() if bare in values]
        return {"type": "string", "x-entity": entities[0]} if len(entities) == 1 else {"type": "string"}
    names = {bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return {"type": names[type(value)]}


def merged_schema(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The schema of values of either kind; {} stands for nothing seen yet."""
    if not one or not other:
        return one or other
    kinds = sorted({*_kinds(one), *_kinds(other)})
    merged: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    entity = one.get("x-entity") or other.get("x-entity")
    if entity is not None:
        merged["x-entity"] = entity
    if "items" in one or "items" in other:
        merged["items"] = merged_schema(one.get("items", {}), other.get("items", {}))
    if "properties" in one or "properties" in other:
        left, right = one.get("properties", {}), other.get("properties", {})
        merged["properties"] = {
            name: merged_schema(left.get(name, {}), right.get(name, {})) for name in {**left, **right}
        }
        both = set(one.get("required", left)) & set(other.get("required", right))
        merged["required"] = [name for name in merged["properties"] if name in both]
    return merged


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)
