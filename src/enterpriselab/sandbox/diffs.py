"""Folding changes: many calls, one net change per row. Update entries hold only the columns that differ."""

from collections.abc import Iterable, Iterator
from typing import Any

import apsw

from enterpriselab.core.changes import Change
from enterpriselab.core.errors import EnterpriseLabError
from enterpriselab.sandbox.tables import Table

RowKey = tuple[str, tuple[Any, ...]]
Net = dict[RowKey, Change]


def read_changes(changeset: bytes, tables: dict[str, Table]) -> Iterator[Change]:
    """The rows of a session changeset as Change records, in changeset order."""
    for entry in apsw.Changeset.iter(changeset):
        table = tables.get(entry.name)
        if table is None:
            raise EnterpriseLabError(f"a call changed {entry.name}, which is not a table of this world")
        yield _read_entry(entry, table)


def _read_entry(entry: Any, table: Table) -> Change:
    source = entry.new if entry.op == "INSERT" else entry.old
    key = tuple(source[index] for index in sorted(entry.pk_columns))
    if entry.op == "INSERT":
        return Change(table.name, "insert", key, None, dict(zip(table.columns, entry.new, strict=True)))
    if entry.op == "DELETE":
        return Change(table.name, "delete", key, dict(zip(table.columns, entry.old, strict=True)), None)
    changed = [i for i, value in enumerate(entry.new) if value is not apsw.no_change]
    before = {table.columns[i]: entry.old[i] for i in changed}
    after = {table.columns[i]: entry.new[i] for i in changed}
    return Change(table.name, "update", key, before, after)


def fold(net: Net, changes: Iterable[Change]) -> None:
    """Merge later changes into `net` in place; what cancels out disappears."""
    for change in changes:
        place = (change.table, change.key)
        merged = _merge(net[place], change) if place in net else change
        if merged is None:
            del net[place]
        else:
            net[place] = merged


def _merge(first: Change, then: Change) -> Change | None:
    pair = (first.op, then.op)
    if pair == ("insert", "update"):
        return Change(first.table, "insert", first.key, None, {**(first.after or {}), **(then.after or {})})
    if pair == ("insert", "delete"):
        return None
    if pair == ("update", "update"):
        before = {**(then.before or {}), **(first.before or {})}
        return _update(first, before, {**(first.after or {}), **(then.after or {})})
    if pair == ("update", "delete"):
        return Change(first.table, "delete", first.key, {**(then.before or {}), **(first.before or {})}, None)
    if pair == ("delete", "insert"):
        return _update(first, first.before or {}, then.after or {})
    raise EnterpriseLabError(f"row {first.key} of {first.table}: {then.op} after {first.op}")


def _update(first: Change, before: dict[str, Any], after: dict[str, Any]) -> Change | None:
    differing = [name for name in after if after[name] != before[name]]
    if not differing:
        return None
    changed = ({name: before[name] for name in differing}, {name: after[name] for name in differing})
    return Change(first.table, "update", first.key, *changed)


def sorted_changes(net: Net) -> list[Change]:
    """Net changes by table and key: the canonical order."""
    return [net[place] for place in sorted(net, key=lambda place: (place[0], repr(place[1])))]
