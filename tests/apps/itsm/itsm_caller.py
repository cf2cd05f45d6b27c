"""Arguments for any tool of the desk, drawn from its schema and from what the database holds."""

import random
from typing import Any

from enterpriselab.apps.itsm.rules.enums import ENUMS
from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.core.tools import ToolSpec
from enterpriselab.sandbox.episode import Episode

_TIMES = ("2026-01-15", "2026-02-20 10:00:00", "2026-03-01T08:30:00Z")
_NUMBERED = {"incident": "number", "problem": "number", "change": "number", "knowledge": "kb_number"}
_NAMED = {
    "itsm_group_name": ("user_group", "name"),
    "itsm_location_name": ("location", "name"),
    "itsm_template_name": ("incident_template", "name"),
    "itsm_service_name": ("service", "name"),
    "itsm_offering_name": ("service_offering", "name"),
    "itsm_item_name": ("configuration_item", "name"),
    "itsm_serial_number": ("configuration_item", "serial_number"),
    "itsm_sla_name": ("sla_definition", "name"),
    "itsm_article_title": ("knowledge", "title"),
}
_OPTIONAL_SHARE = 0.3
_WRONG_ID_SHARE = 0.05


class Caller:
    """Draws arguments; the same seed draws the same ones."""

    def __init__(self, episode: Episode, seed: str) -> None:
        self.episode = episode
        self.rng = random.Random(seed)

    def arguments(self, spec: ToolSpec) -> dict[str, Any]:
        """The required arguments and some of the others."""
        chosen = [n for n in spec.parameters if n in spec.required or self.rng.random() < _OPTIONAL_SHARE]
        return {name: self.value(spec.name, name, spec.parameters[name]) for name in chosen}

    def value(self, tool: str, name: str, schema: dict[str, Any]) -> Any:
        """One value that the schema allows."""
        schema = {**next(part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"), **schema}
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        if entity := schema.get("x-entity"):
            return self._known(entity, schema["examples"][0])
        if schema.get("x-meaning") in _NAMED:
            return self.rng.choice([*self._column(*_NAMED[schema["x-meaning"]]), f"Text {self.rng.randint(1, 99)}"])
        if "properties" in schema:
            return {part: self.value(tool, part, inner) for part, inner in schema["properties"].items()}
        kind = schema["type"]
        if kind == "array":
            return [self.value(tool, name, schema["items"]) for _ in range(self.rng.randint(1, 2))]
        if kind in ("integer", "number"):
            return self.rng.randint(1, 500)
        return self.rng.random() < 0.5 if kind == "boolean" else self._text(tool, name, schema)

    def _known(self, entity: str, example: str) -> str:
        if self.rng.random() < _WRONG_ID_SHARE:
            return example[:-3] + "987"
        table = next(t for t in tables().values() if t.prefix == example.rstrip("0123456789").rstrip("_") and t.prefix)
        column = _NUMBERED[table.name] if entity.endswith("_number") else table.key[0]
        return str(self.rng.choice(self._column(table.name, column) or [example]))

    def _text(self, tool: str, name: str, schema: dict[str, Any]) -> str:
        if "pattern" in schema:
            return f"+1-555-{self.rng.randint(100, 999)}-{self.rng.randint(1000, 9999)}"
        if schema.get("format") == "email" or name == "email":
            return str(self.rng.choice([*self._column("users", "email"), f"new{self.rng.randint(1, 99)}@desk.example"]))
        if name.endswith(("_time", "_after", "_before")) or name == "resolved":
            return self.rng.choice(_TIMES)
        if name == "active":
            return self.rng.choice(("true", "false"))
        near = [table for table in tables().values() if table.name.rstrip("s") in tool and _has(table.name, name)]
        if near and (values := ENUMS.get(f"{near[-1].name}.{name}")):
            return self.rng.choice(values)
        stored = [str(value) for value in self._column(near[-1].name, name) if value] if near else []
        return self.rng.choice([*stored, f"Text {self.rng.randint(1, 99)}"])

    def _column(self, table: str, column: str) -> list[Any]:
        return [row[column] for row in self.episode.sql(f"SELECT {column} FROM {table} ORDER BY rowid")]


def _has(table: str, column: str) -> bool:
    return any(found.name == column for found in tables()[table].columns)
