"""Forms: other types for the same argument. A number as text, an enum spelled otherwise, a list with commas between."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from enterpriselab.core.errors import ToolError
from enterpriselab.sandbox.reference import as_text, is_binding, is_text_form

Scalar = Literal["integer", "number", "string"]
_NUMBERS: dict[str, str] = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?([eE][-+]?\d+)?"}
_SHAPE = ("type", "enum", "items", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format")
_LENGTHS = ("minItems", "maxItems", "uniqueItems")
_NOTES = {
    "number": "A number, written as text.",
    "list": "Several values in one text, with commas between; a value that holds a comma stands in double quotes.",
}
_STYLES: tuple[Callable[[str], str], ...] = (
    str.upper,
    lambda text: re.sub(r"[\s_]+", "-", text.lower()),
    lambda text: re.sub(r"[\s-]+", "_", text.lower()),
    lambda text: re.sub(r"[\s-]+", "_", text.upper()),
    str.title,
)


@dataclass(frozen=True, slots=True)
class Form:
    """How an argument is written now. `spelling` maps the values of an enum."""

    kind: Literal["number", "spelling", "list"]
    item: Scalar
    spelling: dict[str, str] = field(default_factory=dict)

    def schema(self, old: dict[str, Any]) -> dict[str, Any]:
        """The schema of the parameter in this form; whether it may be null stays."""
        core = _core(old) or {}
        inner = core.get("items", {}) if self.kind == "list" else {}
        kept = {name: value for name, value in {**inner, **core}.items() if name not in (*_SHAPE, *_LENGTHS)}
        new = {**kept, "type": "string", **self._limits(core)}
        if "examples" in new:
            new["examples"] = [self.written(example) for example in new["examples"]]
        if core is old:
            shaped = new
        else:
            shaped = {**{n: v for n, v in old.items() if n != "anyOf"}, "anyOf": [new, {"type": "null"}]}
        if old.get("default") is not None:
            shaped["default"] = self.written(old["default"])
        note = _NOTES.get(self.kind, "")
        return {**shaped, "description": f"{old.get('description', '')} {note}".strip()}

    def _limits(self, core: dict[str, Any]) -> dict[str, Any]:
        if self.kind == "spelling":
            return {"enum": [self.spelling[value] for value in core["enum"]]}
        if self.kind == "number" and "enum" in core:
            return {"enum": [self.written(value) for value in core["enum"]]}
        return {"pattern": f"^{_NUMBERS[self.item]}$"} if self.kind == "number" else {}

    def written(self, value: Any) -> Any:
        """A value in this form; bindings in it become a text form of the reference."""
        if _is_bound(value):
            return {"$text": value, **({"spelling": dict(self.spelling)} if self.spelling else {})}
        fits = isinstance(value, list) if self.kind == "list" else not isinstance(value, (list, dict, bool))
        return as_text(value, self.spelling) if fits else value

    def read(self, name: str, given: Any) -> Any:
        """What the inner tool is told. Raises ToolError("invalid") for what is not in this form; None stays None."""
        if given is None:
            return None
        if not isinstance(given, str):
            raise ToolError("invalid", f"'{name}': Input should be a valid string, got {given!r}", field=name)
        if self.kind != "list":
            return self._read_one(name, given)
        try:
            rows = list(csv.reader(io.StringIO(given, newline=""), strict=True, skipinitialspace=True))
        except csv.Error as error:
            raise ToolError("invalid", f"'{name}': {error}, got {given!r}", field=name) from None
        return [self._read_one(name, item) for row in rows for item in row]

    def _read_one(self, name: str, text: str) -> Any:
        if self.spelling:
            old = {new: old for old, new in self.spelling.items()}
            if text not in old:
                raise ToolError("invalid", f"'{name}': there is no {text!r}", field=name, accepted=list(old))
            return old[text]
        if self.item == "string":
            return text
        if not re.fullmatch(_NUMBERS[self.item], text):
            raise ToolError("invalid", f"'{name}': {text!r} is not a number written as text", field=name)
        return json.loads(re.sub(r"^(-?)0+(?=\d)", r"\1", text))


def _is_bound(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_is_bound, value))
    return is_binding(value) or is_text_form(value)


def form_for(schema: dict[str, Any], rng: Random) -> Form | None:
    """A form for a parameter of this schema, or None where its type cannot change without a loss."""
    core = _core(schema)
    if core is None:
        return None
    if core.get("type") in ("integer", "number"):
        return Form("number", core["type"])
    if core.get("type") == "array":
        items = core.get("items", {})
        if items.get("type") not in ("integer", "number", "string"):
            return None
        return Form("list", items["type"], _spelling(items, rng) or {})
    spelling = _spelling(core, rng)
    return Form("spelling", "string", spelling) if spelling else None


def _core(schema: dict[str, Any]) -> dict[str, Any] | None:
    """The schema without the choice of null; None when it has several types."""
    options = schema.get("anyOf")
    if options is None:
        return schema if isinstance(schema.get("type"), str) and "oneOf" not in schema else None
    rest = [option for option in options if option.get("type") != "null"]
    return rest[0] if len(rest) == 1 and isinstance(rest[0].get("type"), str) else None


def _spelling(schema: dict[str, Any], rng: Random) -> dict[str, str] | None:
    """Another way to spell every value of an enum of texts, without a new one that is an old one of something else."""
    values = schema.get("enum", [])
    if not values or not all(isinstance(value, str) for value in values):
        return None
    for style in rng.sample(_STYLES, len(_STYLES)):
        found = {value: style(value) for value in values}
        changed = sum(old != new for old, new in found.items())
        moved = any(new in values and new != old for old, new in found.items())
        if len(set(found.values())) == len(values) and 2 * changed >= len(values) and not moved and all(found.values()):
            return found
    return None
