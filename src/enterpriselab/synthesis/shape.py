"""The shape of a tool: does it list, show or change; which noun is it about; where are its rows and their identity."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from enterpriselab.core.tools import ToolSpec
from enterpriselab.synthesis.fields import Field, concrete, input_fields, leaves, name_words, output_fields

Kind = Literal["list", "detail", "write"]
MECHANICS = frozenset(
    "page per_page limit offset count max_results maxResults response_format order_by sort sort_by sortfield sortorder "
    "batchSize article_limit article_offset include_articles depth cursor page_size pageSize fields expand".split()
)
"""Parameters that steer how much is shown, not what; they stay at their defaults."""
QUERY = re.compile(r"^(query|q|search|text|keyword|term|search_term|name_contains)$")
_VERBS = frozenset(
    "get list search find read show fetch lookup create add new make open insert update set change modify edit rename "
    "delete remove drop send post apply approve reject cancel close assign move copy share upload download restore "
    "mark register submit log book reserve return extend renew pay reply forward merge link unlink start end stop "
    "check batch withdraw record hire terminate request accept decline empty respond schedule complete".split()
)
_FILLERS = frozenset({"my", "all", "or", "of", "to", "from", "the", "by", "for", "with", "create", "batch"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rest of the room needs to know of one tool."""

    spec: ToolSpec
    kind: Kind
    noun: str
    list_path: str | None
    """Top-level key of the rows, for example 'items'."""
    identity: str | None
    """Field of a row (or of the detail) that names the thing itself."""
    entity: str | None
    inputs: dict[str, Field]
    outputs: tuple[Field, ...]
    body: str | None = None
    """Top-level key of the thing itself where a detail or a write wraps it: {"incident": {...}}."""

    @property
    def name(self) -> str:
        """The tool's name."""
        return self.spec.name

    @property
    def writes(self) -> bool:
        """Does a call change state?"""
        return self.spec.writes

    @property
    def own(self) -> bool:
        """Does it show the caller's own record?"""
        return bool({"my", "me", "current", "profile"} & set(name_words(self.name)))

    def row_fields(self) -> dict[str, Field]:
        """Scalar fields of one row (or of the detail itself) by name."""
        prefix = f"{self.list_path}[]." if self.list_path else f"{self.body}." if self.body else ""
        inner = [field for field in self.outputs if field.path.startswith(prefix)]
        return {
            field.path[len(prefix) :]: field for field in inner if not re.search(r"[.\[]", field.path[len(prefix) :])
        }

    def thing(self, result: dict[str, Any]) -> dict[str, Any]:
        """What a result shows or has made, without its wrapping."""
        inner = result.get(self.body) if self.body else None
        return inner if isinstance(inner, dict) else result

    def filters(self) -> list[str]:
        """Parameters that say what is wanted, in declared order."""
        return [name for name in self.spec.parameters if name not in MECHANICS]


def shape_of(spec: ToolSpec) -> Shape:
    """Read the shape off the schemas, the annotations and the name."""
    rows = None if spec.writes else _list_path(spec)
    kind: Kind = "write" if spec.writes else "list" if rows else "detail"
    outputs = output_fields(spec)
    body = None if rows else _body(spec)
    prefix = f"{rows}[]." if rows else f"{body}." if body else ""
    identity, entity = _identity(outputs, prefix, tuple(tool_noun(spec).split()[-1:]))
    return Shape(spec, kind, tool_noun(spec), rows, identity, entity, input_fields(spec), outputs, body)


def shapes_of(registry: dict[str, ToolSpec]) -> dict[str, Shape]:
    """Shapes of all tools by name."""
    return {name: shape_of(spec) for name, spec in registry.items()}


def tool_noun(spec: ToolSpec) -> str:
    """'get_leave_applications' -> 'leave application'; the app's own name is no part of it."""
    app = name_words(spec.app)
    words = [word for word in name_words(spec.name) if word not in app] or list(app)
    if len(words) > 1 and words[0] in _VERBS:
        words = words[1:]
    kept = [word for word in words if word not in _FILLERS]
    return singular(" ".join(kept or words))


def singular(text: str) -> str:
    """The last word without its plural ending."""
    head, _, last = text.rpartition(" ")
    if last.endswith("ies") and len(last) > 4:
        last = last[:-3] + "y"
    elif re.search(r"(ss|x|ch|sh)es$", last):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        last = last[:-1]
    return f"{head} {last}".strip()


def plural(text: str) -> str:
    """The last word with a plural ending."""
    if re.search(r"[^aeiou]y$", text):
        return text[:-1] + "ies"
    return text + ("es" if re.search(r"(s|x|ch|sh)$", text) else "s")


def is_id_name(name: str) -> bool:
    """Does the name say that the value is an identifier?"""
    words = name_words(name)
    return bool(words) and words[-1] in ("id", "iid", "uuid", "key", "ids")


def _list_path(spec: ToolSpec) -> str | None:
    properties: dict[str, Any] = (spec.output_schema or {}).get("properties", {})
    for name in ("items", "results", "data", "rows", *properties):
        schema = concrete(properties.get(name, {}))
        if schema.get("type") == "array" and concrete(schema.get("items", {})).get("properties"):
            others = [key for key in properties if key not in (name, "total", "page", "per_page", "count")]
            return name if name == "items" or len(others) <= 1 else None
    return None


def _body(spec: ToolSpec) -> str | None:
    """The only object of a result that has no plain value beside it."""
    properties: dict[str, Any] = (spec.output_schema or {}).get("properties", {})
    kinds = {name: concrete(schema) for name, schema in properties.items()}
    objects = [name for name, schema in kinds.items() if schema.get("properties")]
    plain = [name for name, schema in kinds.items() if name not in objects and schema.get("type") != "array"]
    return objects[0] if len(objects) == 1 and not plain else None


def _identity(outputs: tuple[Field, ...], prefix: str, words: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The first typed field, else `id`, else `<noun>_id`."""
    own = [field for field in outputs if field.path.startswith(prefix)]
    flat = [(field.path[len(prefix) :], field) for field in own]
    flat = [(name, field) for name, field in flat if not re.search(r"[.\[]", name)]
    for name, field in flat:
        if field.entity and (
            is_id_name(name)
            or field.entity.endswith("path")
            or set(field.entity.split("_")) & {singular(word) for word in words}
        ):
            return name, field.entity
        if field.entity:
            break
    for name, _ in flat:
        if name.lower() in ("id", "uuid", "key", "iid"):
            return name, None
    for name, _ in flat:
        if is_id_name(name) and set(name_words(name)[:-1]) & {singular(word) for word in words}:
            return name, None
    return None, None


def items_schema(spec: ToolSpec, parameter: str) -> tuple[Field, ...]:
    """Scalar leaves of a list parameter's items, when they are objects."""
    schema = concrete(spec.parameters[parameter])
    return tuple(leaves(schema.get("items", {}))) if schema.get("type") == "array" else ()
