"""Ids in the arguments of a call, and which of them the agent cannot have known."""

import re
from collections.abc import Iterator
from typing import Any

from enterpriselab.core.hashing import canonical_json
from enterpriselab.evaluation.cases import Case
from enterpriselab.evaluation.values import leaves

_ID_NAME = re.compile(r"(^|_)(id|ids|iid|uuid)$", re.IGNORECASE)


def ids_of(case: Case, index: int) -> Iterator[tuple[str, Any]]:
    """(parameter, value) of the arguments of a call that hold ids: by entity type, else by name."""
    spec = case.tools.get(case.calls[index].tool)
    for name, value in case.arguments[index].items():
        schema = spec.parameters.get(name) if spec else None
        if _ID_NAME.search(name) or (schema is not None and '"x-entity"' in canonical_json(schema)):
            yield name, value


def strangers(case: Case, index: int, value: Any) -> list[Any]:
    """Ids in a value that neither prompt nor earlier observation holds; a path, or a list in one text, by its parts."""
    return [leaf for leaf in leaves(value) if not all(case.seen_before(index, part) for part in _parts(leaf))]


def _parts(leaf: Any) -> list[Any]:
    return [part for part in re.split("[/,]", leaf) if part] if isinstance(leaf, str) and leaf.strip("/,") else [leaf]
