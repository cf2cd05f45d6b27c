"""Diffs without ids: two runs that did the same have equal canonical rows, whatever ids and times they were given.

Values that the episode generated (keys of inserted rows and declared volatile columns) are replaced by labels that
depend only on the content of the row, in the manner of Weisfeiler and Leman: a few rounds in which a row's label
takes in the labels of the new rows that it refers to.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from enterpriselab.core.changes import Change
from enterpriselab.core.hashing import canonical_json, content_hash
from enterpriselab.sandbox.environment import Environment

_ROUNDS = 4
_MIN_TEXT_ID = 4
"""Shorter generated values are not searched in texts: they would hit ordinary words and numbers."""
Row = dict[str, Any]


def canonical_rows(
    environment: Environment,
    diff: Iterable[Change],
    *,
    free: frozenset[str] = frozenset(),
    links: frozenset[str] = frozenset(),
) -> Counter[str]:
    """Multiset of the changed rows as canonical JSON; the arguments are those of canonical_texts."""
    return Counter(canonical_texts(environment, list(diff), free=free, links=links))


def canonical_texts(
    environment: Environment,
    changes: list[Change],
    *,
    free: frozenset[str] = frozenset(),
    links: frozenset[str] = frozenset(),
) -> list[str]:
    """Each changed row, in order, as canonical JSON: {"table", "op", "key"?, "values"}.

    Args:
        environment: gives foreign keys and volatile columns.
        changes: all that an episode changed.
        free: 'table.column' that is not compared either, because a task leaves its wording open.
        links: tables of which only the content of rows counts; there `changes` holds whole rows, inserted or deleted.
    """
    if not changes:
        return []
    ignored = environment.volatile | free
    references = _reference_columns(environment)
    labels = {_place(change): "new" for change in changes if change.op == "insert"}
    for _ in range(_ROUNDS):
        texts = _generated_texts(changes, environment.volatile, labels)
        rows = [_row(change, _Naming(ignored, links, references, labels, texts)) for change in changes]
        labels = {
            _place(change): content_hash(row, length=10)
            for change, row in zip(changes, rows, strict=True)
            if change.op == "insert"
        }
    return [canonical_json(row) for row in rows]


def _place(change: Change) -> tuple[str, tuple[Any, ...]]:
    return change.table, change.key


def _reference_columns(environment: Environment) -> dict[tuple[str, str], str]:
    """(table, column) -> the table that this column refers to."""
    return {(t.name, k.column): k.target for t in environment.tables.values() for k in t.foreign_keys}


def _generated_texts(
    changes: list[Change], volatile: frozenset[str], labels: Mapping[tuple[str, tuple[Any, ...]], str]
) -> dict[str, str]:
    """Generated value as text -> what stands for it in other texts."""
    found: dict[str, str] = {}
    for change in changes:
        if change.op != "insert":
            continue
        label = labels[_place(change)]
        for value in change.key if len(change.key) == 1 else ():  # parts of a joint key say something: a path, a day
            found[str(value)] = f"@{change.table}:{label}"
        for column, value in (change.after or {}).items():
            if f"{change.table}.{column}" in volatile and value is not None:
                found.setdefault(str(value), f"@{column}:{label}")
    return {text: name for text, name in found.items() if len(text) >= _MIN_TEXT_ID}


class _Naming(NamedTuple):
    """What the values of a row are called by."""

    ignored: frozenset[str]
    links: frozenset[str]
    references: Mapping[tuple[str, str], str]
    labels: Mapping[tuple[str, tuple[Any, ...]], str]
    texts: Mapping[str, str]


def _row(change: Change, by: _Naming) -> Row:
    source = change.before if change.op == "delete" else change.after
    values: Row = {}
    for column, value in (source or {}).items():
        if f"{change.table}.{column}" in by.ignored:
            continue
        target = by.references.get((change.table, column))
        if target is not None and (target, (value,)) in by.labels:
            values[column] = f"@{target}:{by.labels[target, (value,)]}"
        else:
            values[column] = plain_value(value, by.texts)
    row: Row = {"table": change.table, "op": change.op}
    if change.op == "insert" or (change.op == "delete" and change.table in by.links):
        own_key = set(_generated_key_columns(change, by.references))
        return {**row, "values": {name: value for name, value in values.items() if name not in own_key}}
    return {
        **row,
        "key": [plain_value(value, by.texts) for value in change.key],
        "values": values if change.op == "update" else {},
    }


def _generated_key_columns(change: Change, references: Mapping[tuple[str, str], str]) -> Iterable[str]:
    """The single key column of a whole row, unless it refers to another table (then it says something)."""
    row = change.after or change.before
    if len(change.key) != 1 or row is None:
        return
    for column, value in row.items():
        if value == change.key[0] and (change.table, column) not in references:
            yield column
            return


def plain_value(value: Any, texts: Mapping[str, str] | None = None) -> Any:
    """Numbers without type, texts without accidental space, blobs as hash; generated values as labels."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bytes):
        return {"$blob": content_hash(value)}
    if isinstance(value, str):
        text = " ".join(value.split())
        return _relabel(text, texts) if texts else text
    return value


def _relabel(text: str, texts: Mapping[str, str]) -> str:
    hits = [generated for generated in texts if generated in text]
    if not hits:
        return text
    pattern = "|".join(re.escape(hit) for hit in sorted(hits, key=len, reverse=True))
    return re.sub(rf"(?<![0-9A-Za-z])(?:{pattern})(?![0-9A-Za-z])", lambda match: texts[match[0]], text)
