"""Ids in the arguments of a call, and which of them the agent cannot have known."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from enterpriselab.core.hashing import canonical_json
from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.values import leaves

_ID_NAME = re.compile(r"(^|_)(id|ids|iid|uuid)$", re.IGNORECASE)


def ids_of(case: Case, index: int, name: str) -> Iterator[tuple[str, Any]]:
    """(place, value) of the ids in an argument of a call: by entity type, else by name; in objects, field by field."""
    spec = case.tools.get(case.calls[index].tool)
    schema = spec.parameters.get(name, {}) if spec else {}
    return _ids(name, name, schema, case.arguments[index][name])


def _ids(place: str, name: str, schema: Mapping[str, Any], value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for field, item in value.items():
            yield from _ids(f"{place}.{field}", field, _of_field(schema, field), item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(place, name, schema, item)
    elif _ID_NAME.search(name) or '"x-entity"' in canonical_json(schema):
        yield place, value


def _of_field(schema: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """The schema of a field of an object, also of one that is an item of a list or one of several forms."""
    forms = [schema, schema.get("items", {}), *schema.get("anyOf", ())]
    found = (form.get("properties", {}).get(field) for form in forms if isinstance(form, dict))
    return next((one for one in found if isinstance(one, dict)), {})


def strangers(case: Case, index: int, value: Any) -> list[Any]:
    """Ids in a value that neither prompt nor earlier observation holds; a path, or a list in one text, by its parts."""
    return [leaf for leaf in leaves(value) if not all(case.seen_before(index, part) for part in _parts(leaf))]


def _parts(leaf: Any) -> list[Any]:
    return [part for part in re.split("[/,]", leaf) if part] if isinstance(leaf, str) and leaf.strip("/,") else [leaf]
