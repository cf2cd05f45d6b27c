"""Reading a link: the value that it takes from a step, and where that value really comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from enterpriselab.synthesis.graph import Link, ToolGraph
from enterpriselab.synthesis.paths import Argument, Bound, Done, bounds, parts
from enterpriselab.synthesis.shape import Shape


def read_link(link: Link, index: int, step: Done) -> Bound | None:
    """The value that a link takes from a step: from its picked row when the field stands in a list."""
    path = link.field
    if "[]" in path:
        head, _, rest = path.partition("[].")
        if step.pick is None or step.pick.path != head or "[]" in rest or not rest:
            return None
        path = f"{head}.{step.pick.index}.{rest}"
    value: Any = step.result
    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    if value is None or value == "" or isinstance(value, (dict, list)):
        return None
    return Bound(index, path, value)


def binds(step: Done) -> bool:
    """Does the step use anything from before?"""
    return any(True for _ in bounds(step))


def origin(steps: Sequence[Done], bound: Bound) -> Bound | None:
    """Where the value really comes from: an echo of an argument leads to that argument; None when it was said."""
    for argument in steps[bound.step].arguments.values():
        for part in parts(argument):
            if part.value == bound.value:
                return part if isinstance(part, Bound) else None
    return bound


def is_identity(graph: ToolGraph, link: Link) -> bool:
    """Does the link carry what names the source's own thing?"""
    shape = graph.shapes[link.source]
    return link.field.rsplit(".", 1)[-1] == shape.identity


def undoes(name: str, chosen: Mapping[str, Argument]) -> bool:
    """'removeLabels' beside 'addLabels': one of them is enough."""
    other = name.replace("remove", "add", 1) if name.startswith("remove") else name.replace("add", "remove", 1)
    return other != name and other in chosen


def is_date(shape: Shape, name: str) -> bool:
    """Does the parameter take a date or an instant?"""
    place = shape.inputs.get(name)
    return place is not None and (place.format in ("date", "date-time") or name.endswith("date"))


def is_default(shape: Shape, name: str, value: Any) -> bool:
    """Is it what the tool assumes anyway?"""
    schema = shape.spec.parameters[name]
    return "default" in schema and bool(schema["default"] == value)


def type_of(value: Any) -> str:
    """The JSON Schema type of a plain value."""
    if isinstance(value, bool):
        return "boolean"
    return {int: "integer", float: "number", str: "string"}.get(type(value), "other")
