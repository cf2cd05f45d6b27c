"""Random valid calls: a tool by chance, arguments that its schema accepts, for a few turns."""

import random
import re
import string
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from jsonschema.exceptions import UnknownType  # type: ignore[import-untyped]
from referencing.exceptions import Unresolvable

from enterpriselab.agents.baselines.seen import seen_values, values_for
from enterpriselab.agents.models.base import ModelCall, ModelRequest, ModelTurn

STOP = 0.2
"""Chance to answer instead of calling once more."""
OPTIONAL = 0.3
"""Chance of an optional argument."""
TRIES = 20
NESTED = 50
"""References and alternatives that lead from one schema to the next."""
ODD = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    re.error,
    UnknownType,
    Unresolvable,
)
"""What comes of the schemas of others that are none: patterns of other languages, types and references to nothing."""
_DAY = date(2026, 1, 1)
_SAMPLES = ("03-2026", "notes.txt", "example.com", "+49-555-123-4567", "a", "A1", "2026-03-02", "1")
"""Texts among which one is sought that fits a pattern."""


class NoValue(Exception):
    """Nothing that the schema accepts could be made up."""


def random_calls(request: ModelRequest, turn: int) -> ModelTurn:
    """One call, or the answer; by the seed of the turn alone."""
    rng = random.Random(request.seed)
    if not request.tools or (turn and rng.random() < STOP):
        return ModelTurn(text="Done.")
    seen = seen_values(request)
    for _ in range(TRIES):
        tool = rng.choice(request.tools)["function"]
        try:
            return ModelTurn(calls=(ModelCall(tool["name"], random_arguments(tool["parameters"], rng, seen)),))
        except NoValue:
            continue
    return ModelTurn(text="Done.")


def random_arguments(
    schema: dict[str, Any], rng: random.Random, seen: dict[str, list[Any]] | None = None
) -> dict[str, Any]:
    """Arguments that are valid under the schema of a tool; ids that were seen before are taken again.

    Raises:
        NoValue: a required argument has a form that cannot be made up.
    """
    try:
        arguments: dict[str, Any] = _Maker(schema, rng, seen or {}).make("", schema)
        valid = Draft202012Validator(schema).is_valid(arguments)
    except ODD:
        raise NoValue from None
    if not valid:
        raise NoValue
    return arguments


class _Maker:
    """Makes values for the schemas inside one schema."""

    def __init__(self, root: dict[str, Any], rng: random.Random, seen: dict[str, list[Any]]) -> None:
        self.root, self.rng, self.seen = root, rng, seen

    def make(self, name: str, schema: dict[str, Any]) -> Any:
        """A value. Raises NoValue."""
        schema = self._concrete(schema)
        fixed = [schema["const"]] if "const" in schema else schema.get("enum")
        if fixed:
            return self.rng.choice(fixed)
        known = [value for value in (*values_for(name, self.seen), *schema.get("examples", ())) if fits(schema, value)]
        if known and name:
            return self.rng.choice(known)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = self.rng.choice([one for one in kind if one != "null"]) if isinstance(kind, list) else kind
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                return self._array(name, schema)
            case "integer" | "number":
                return self._number(schema)
            case "boolean":
                return self.rng.random() < 0.5
            case "null":
                return None
        return self._text(schema)

    def _concrete(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema with its reference followed and one of its alternatives chosen, null last."""
        for _ in range(NESTED):
            if "$ref" in schema:
                target: Any = self.root
                for part in schema["$ref"].removeprefix("#/").split("/"):
                    target = target.get(part, {}) if isinstance(target, dict) else {}
                schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
                continue
            options = schema.get("anyOf") or schema.get("oneOf")
            if not options:
                return schema
            rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
            filled = [option for option in options if option.get("type") != "null"] or options
            schema = {**rest, **self.rng.choice(filled)}
        raise NoValue

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        required = schema.get("required", ())
        for name, inner in schema.get("properties", {}).items():
            if name not in required and self.rng.random() >= OPTIONAL:
                continue
            try:
                made[name] = self.make(name, inner)
            except NoValue:
                if name in required:
                    raise
        return made

    def _array(self, name: str, schema: dict[str, Any]) -> list[Any]:
        low = schema.get("minItems", 1)
        count = self.rng.randint(low, max(low, min(schema.get("maxItems", low + 1), low + 1)))
        items: list[Any] = []
        for _ in range(count):
            item = self.make(name, schema.get("items", {}))
            if not schema.get("uniqueItems") or item not in items:
                items.append(item)
        return items

    def _number(self, schema: dict[str, Any]) -> int | float:
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 100))
        if schema.get("type") == "number":
            return round(self.rng.uniform(low, min(high, low + 100)), 2)
        first = int(low) + (1 if "exclusiveMinimum" in schema else 0)
        last = int(high) - (1 if "exclusiveMaximum" in schema else 0)
        step = schema.get("multipleOf", 1)
        return int(self.rng.randrange(-(-first // step) * step, max(first, min(last, first + 100 * step)) + 1, step))

    def _text(self, schema: dict[str, Any]) -> str:
        day = _DAY + timedelta(days=self.rng.randrange(365))
        form = schema.get("format")
        if form == "date":
            return day.isoformat()
        if form == "date-time":
            return f"{day.isoformat()}T{self.rng.randrange(8, 18):02d}:00:00Z"
        if form == "email":
            return f"{self._word(5)}@example.com"
        if form in ("uri", "url"):
            return f"https://example.com/{self._word(5)}"
        if "pattern" in schema:
            fitting = [text for text in _SAMPLES if fits(schema, text)]
            if not fitting:
                raise NoValue
            return self.rng.choice(fitting)
        low = schema.get("minLength", 1)
        return self._word(max(low, min(schema.get("maxLength", 8), 8)))

    def _word(self, length: int) -> str:
        return "".join(self.rng.choice(string.ascii_lowercase) for _ in range(length))


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Does a schema without references accept the value? One that is none accepts nothing."""
    try:
        return "$ref" not in str(schema) and Draft202012Validator(schema).is_valid(value)
    except ODD:
        return False
