"""Searches: the filters by which somebody would look for one row that was seen before."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from enterpriselab.synthesis import lexicon
from enterpriselab.synthesis.fields import concrete
from enterpriselab.synthesis.grammar import table
from enterpriselab.synthesis.links import is_date, type_of
from enterpriselab.synthesis.memory import Memory
from enterpriselab.synthesis.picks import opaque, readable, title_of
from enterpriselab.synthesis.shape import QUERY, Shape


@dataclass(frozen=True, slots=True)
class Searcher:
    """Makes searches for one principal."""

    memory: Memory
    principal: str
    rng: Random
    optional_share: float

    def search(self, shape: Shape) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """(the row to be found, filters that keep it); no row and no filters where nothing was seen."""
        rows = self.memory.rows(self.principal, shape.name)
        wanted = self._wanted_row(shape, rows)
        if wanted is None:
            return None, {}
        chosen = {name: self._from_row(shape, name, wanted) for name in self._chosen_filters(shape, wanted)}
        return wanted, {name: value for name, value in chosen.items() if value is not None}

    def _wanted_row(self, shape: Shape, rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
        """A random row; every state (value of a filter with choices) has the same chance, so that rare states occur."""
        if not rows:
            return None
        states = [name for name in shape.filters() if "enum" in concrete(shape.spec.parameters[name])]
        for name in states[:1]:
            values = list(dict.fromkeys(row[name] for row in rows if isinstance(row.get(name), str)))
            if len(values) > 1:
                state = self.rng.choice(values)
                rows = [row for row in rows if row.get(name) == state]
        return self.rng.choice(rows)

    def _chosen_filters(self, shape: Shape, wanted: dict[str, Any]) -> list[str]:
        silent = table("words")["silent"]["arguments"]
        written = lexicon.filters_of(shape)
        sayable = [name for name in shape.filters() if (name not in silent if written is None else name in written)]
        usable = [name for name in sayable if self._from_row(shape, name, wanted) is not None]
        queries = [name for name in usable if QUERY.match(name)]
        others = [name for name in usable if name not in queries]
        if queries and (self.rng.random() < 0.75 or not others):
            more = self.rng.sample(others, 1) if others and self.rng.random() < 0.2 * self.optional_share else []
            return [queries[0], *more]
        count = min(len(others), self.rng.choice((0, 0, 1, 1, 1, 2)))
        return [name for name in others if name in self.rng.sample(others, count)]

    def _from_row(self, shape: Shape, name: str, row: dict[str, Any]) -> Any:
        """The value of a filter that keeps this row."""
        fields = shape.row_fields()
        if QUERY.match(name):
            names = [key for key in readable(row, fields, shape.entity)[:1] if isinstance(row[key], str)]
            title = title_of(row, fields, shape.entity)
            return row[names[0]] if names and title in (None, names[0]) else None
        place = shape.inputs.get(name)
        if place is None or is_date(shape, name):
            return None
        value = row.get(name)
        if value is None and place.entity:
            same = [key for key, item in fields.items() if item.entity == place.entity and key in row]
            value = row[same[0]] if same else None
        usable = isinstance(value, (str, int, float)) and not opaque(value, place)
        schema = concrete(shape.spec.parameters[name])
        if not usable or ("enum" in schema and value not in schema["enum"]):
            return None
        return value if type_of(value) == place.type else None
