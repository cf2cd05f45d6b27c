"""Memory of exploration: rows seen per principal and tool, and values by entity seen anywhere. Values of the present
path are not kept here: a path carries its own results."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from enterpriselab.synthesis.fields import Field
from enterpriselab.synthesis.picks import named_rows, opaque
from enterpriselab.synthesis.shape import Shape

_KEPT_ROWS = 400
_KEPT_VALUES = 300


class Memory:
    """What was seen, for one principal each: somebody may not know what another one can see."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self._values: dict[tuple[str, str], dict[Any, None]] = defaultdict(dict)
        self._kinds: dict[str, tuple[str, str | None]] = {}

    def learn(self, principal: str, shape: Shape, result: dict[str, Any]) -> None:
        """Keep the rows of a read and every typed value in it."""
        known = self._rows[principal, shape.name]
        self._kinds[shape.name] = (shape.identity or "", shape.entity)
        if shape.list_path and len(known) < _KEPT_ROWS:
            known += [row for row in named_rows(result, shape.list_path, shape.entity) if row not in known]
        for field in shape.outputs:
            heading = heading_of(field, shape.noun)
            if heading is None or len(self._values[principal, heading]) >= _KEPT_VALUES:
                continue
            for value in values_at(result, field.path):
                if isinstance(value, (str, int)) and value != "":
                    self._values[principal, heading].setdefault(value)

    def told(self, principal: str, known: Mapping[str, Sequence[Any]]) -> None:
        """Keep values by entity that the environment itself tells."""
        for entity, values in known.items():
            self._values[principal, f"entity:{entity}"].update(dict.fromkeys(values[:_KEPT_VALUES]))

    def rows_like(self, principal: str, entity: str | None) -> list[dict[str, Any]]:
        """Rows of an entity that any list gave this principal, each thing once, as it was seen first."""
        found: dict[Any, dict[str, Any]] = {}
        for (who, tool), rows in self._rows.items():
            identity, kind = self._kinds.get(tool, ("", None))
            if who == principal and kind is not None and kind == entity:
                found = {row.get(identity): row for row in rows} | found
        return list(found.values())

    def rows(self, principal: str, tool: str) -> list[dict[str, Any]]:
        """Rows that the tool gave this principal."""
        return self._rows.get((principal, tool), [])

    def values(self, principal: str, field: Field) -> list[Any]:
        """Values of the field's entity that this principal has seen, in order of sight."""
        heading = heading_of(field)
        return list(self._values.get((principal, heading), ())) if heading else []

    def sayable(self, principal: str, field: Field, rng: Random) -> Any:
        """One seen value of the entity that people say; None when there is none."""
        choices = [value for value in self.values(principal, field) if not opaque(value, field)]
        return rng.choice(choices) if choices else None


def heading_of(field: Field, noun: str = "") -> str | None:
    """Under which heading values are remembered; the plain `id` of a noun's tool is that noun's id."""
    if field.entity:
        return f"entity:{field.entity}"
    if field.format == "email":
        return "entity:email_address"
    if field.words and field.words[-1] in ("id", "iid", "uuid", "key"):
        return f"name:{' '.join(field.words[:-1]) or noun}"
    return None


def values_at(value: Any, path: str) -> Iterator[Any]:
    """All values at a schema path such as 'items[].employee_id'."""
    head, _, rest = path.partition(".")
    depth = head.count("[]")
    found = value.get(head[: len(head) - 2 * depth]) if isinstance(value, dict) else None
    for item in _spread(found, depth):
        if not rest:
            yield item
        else:
            yield from values_at(item, rest)


def _spread(value: Any, depth: int) -> Iterator[Any]:
    if value is None:
        return
    if depth == 0:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _spread(item, depth - 1)
