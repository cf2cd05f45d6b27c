"""What is known of a world from its tools' own results, and arguments made from it. Knows no app."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from catalogue_schemas import Row, Schema, concrete, entity_of, rows

from enterpriselab.core.clock import CLOCK_START
from enterpriselab.core.tools import ToolSpec

NOTHING = object()
TODAY = date.fromisoformat(CLOCK_START[:10])
PHRASES = ("Quarterly review", "Please check the numbers", "a second look", "Nothing urgent.", "Agreed by phone")
_ROWS_KEPT = 40
_VALUES_KEPT = 120


class Memory:
    """Rows by principal and entity, values by entity and by field name, in the order in which they were seen."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self.values: dict[str, dict[Any, None]] = defaultdict(dict)
        self.named: dict[str, dict[Any, None]] = defaultdict(dict)

    def learn(self, spec: ToolSpec, principal: str, arguments: Mapping[str, Any], result: dict[str, Any]) -> None:
        """Remember the ids, the words and who saw which of them together."""
        given = next(rows(spec.input_schema, dict(arguments)))
        taken: dict[str, int] = defaultdict(int)
        for row in rows(spec.output_schema or {}, result, given):
            for entity, value in row.entities.items():
                if len(self.values[entity]) < _VALUES_KEPT:
                    self.values[entity][value] = None
                if taken[entity] < _ROWS_KEPT // 4 and len(self.rows[principal][entity]) < _ROWS_KEPT * 4:
                    taken[entity] += 1
                    self.rows[principal][entity].append(row)
            for name, value in row.names.items():
                if len(self.named[name]) < _VALUES_KEPT and isinstance(value, (str, int, float)):
                    self.named[name][value] = None

    def row_with(self, principal: str, entities: Iterable[str], rng: random.Random) -> Row:
        """A row that this principal saw and that holds as many of the entities as any of a few."""
        wanted = list(entities)
        seen = self.rows[principal]
        pool = [row for entity in wanted for row in rng.sample(seen[entity], min(4, len(seen[entity])))]
        if not pool:
            return Row()
        rng.shuffle(pool)
        return max(pool, key=lambda row: sum(entity in row.entities for entity in wanted))


class Maker:
    """Arguments for a tool: required ones always, others by chance; ids of one row together."""

    def __init__(self, memory: Memory, rng: random.Random) -> None:
        self.memory = memory
        self.rng = rng
        self.who = ""
        self.rounds: Counter[str] = Counter()
        self._fresh = 0

    def arguments(self, spec: ToolSpec, principal: str, *, row: Row | None = None, share: float = 0.3) -> Any:
        """Arguments by name, or None when a required one cannot be made."""
        self.who = principal
        chosen = [n for n in spec.parameters if n in spec.required or self.rng.random() < share]
        needed = [e for n in spec.required if (e := entity_of(spec.parameters[n]))]
        row = row or self.memory.row_with(principal, needed, self.rng)
        made: dict[str, Any] = {}
        spent: set[str] = set()
        for name in chosen:
            value = self.value(name, spec.parameters[name], row, spent)
            if value is not NOTHING:
                made[name] = value
            elif name in spec.required:
                return None
        return made

    def value(self, name: str, schema: Schema, row: Row, spent: set[str]) -> Any:
        """A value for one parameter or part of it; NOTHING when there is none."""
        schema = concrete(schema)
        if "enum" in schema or "const" in schema:
            return self.rng.choice(schema.get("enum") or [schema["const"]])
        kind = schema.get("type")
        if kind == "array":
            return self._list(name, schema, row, spent)
        if kind == "object":
            return self._object(schema, row, spent)
        if entity := entity_of(schema):
            return self._known(name, entity, schema, row, spent)
        if kind == "boolean":
            return self.rng.random() < 0.5
        return self._number(schema) if kind in ("integer", "number") else self._text(name, schema, row)

    def _known(self, name: str, entity: str, schema: Schema, row: Row, spent: set[str]) -> Any:
        same_entity = NOTHING if entity in spent else row.entities.get(entity, NOTHING)
        beside = row.names.get(name, same_entity)
        if beside is not NOTHING and self.rng.random() < 0.85:
            spent.add(entity)
            return beside
        own = [seen.entities[entity] for seen in self.memory.rows[self.who][entity]]
        pool = own if own and self.rng.random() < 0.7 else list(self.memory.values[entity])
        pool = [value for value in pool if isinstance(value, int) == (schema.get("type") == "integer")]
        if schema.get("format") == "email" and self.rng.random() < 0.3:
            self._fresh += 1
            return f"new.person{self._fresh}@partner.example"
        return self.rng.choice(pool) if pool else next(iter(schema.get("examples", ())), NOTHING)

    def _list(self, name: str, schema: Schema, row: Row, spent: set[str]) -> Any:
        low, high = schema.get("minItems", 0), schema.get("maxItems", 2)
        count = self.rng.randint(max(low, 1), max(low, 1, min(high, 2)))
        items = [self.value(name, schema.get("items", {}), row, spent) for _ in range(count)]
        return items if NOTHING not in items else NOTHING

    def _object(self, schema: Schema, row: Row, spent: set[str]) -> Any:
        required = schema.get("required", ())
        made = {}
        for name, part in schema.get("properties", {}).items():
            if name in required or self.rng.random() < 0.4:
                made[name] = self.value(name, part, row, spent)
        return {name: value for name, value in made.items() if value is not NOTHING}

    def _number(self, schema: Schema) -> Any:
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        high = schema.get("maximum", low + 100)
        options = [v for v in (low + 1, low + 2, low + 4, low + 9, low + 29, high) if v <= high] or [low]
        picked = self.rng.choice(options)
        return int(picked) if schema["type"] == "integer" else float(picked)

    def _text(self, name: str, schema: Schema, row: Row) -> Any:
        form = schema.get("format")
        if form in ("date", "date-time"):
            return self._moment(name, form, row)
        named = [value for value in self.memory.named[name] if isinstance(value, str) and value]
        if name in row.names and isinstance(row.names[name], str) and self.rng.random() < 0.3:
            return row.names[name]
        if named and self.rng.random() < 0.6:
            return self.rng.choice(named)
        if name == "query":
            titles = [v for n in ("title", "subject", "name", "employee_name") for v in self.memory.named[n]]
            words = str(self.rng.choice(titles)).split() if titles else []
            return self.rng.choice(words) if words else "a"
        self._fresh += 1
        return f"{self.rng.choice(PHRASES)} {self._fresh}"[: schema.get("maxLength", 200)]

    def _moment(self, name: str, form: str, row: Row) -> str:
        near = row.names.get(name)
        if isinstance(near, str) and self.rng.random() < 0.4:
            return near
        day = (TODAY + timedelta(days=self.rng.randint(-30, 60))).isoformat()
        return day if form == "date" else f"{day}T{self.rng.randint(8, 16):02d}:00:00Z"
