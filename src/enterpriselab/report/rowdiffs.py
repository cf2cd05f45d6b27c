"""A changed row as a person reads it: its key, and each column before and after."""

from dataclasses import dataclass
from typing import Any

from enterpriselab.report import formats


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a changed row."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RowDiff:
    """One changed row."""

    table: str
    op: str
    key: str
    columns: list[Column]


def row_diff(change: dict[str, Any], *, limit: int) -> RowDiff:
    """A stored change of a call; values are cut after `limit` characters."""
    before, after = (side if isinstance(side := change.get(name), dict) else {} for name in ("before", "after"))
    names = dict.fromkeys([*before, *after])
    columns = [Column(str(name), _cell(before, name, limit), _cell(after, name, limit)) for name in names]
    key = change.get("key")
    written = ", ".join(formats.plain(part) for part in key) if isinstance(key, list) else formats.plain(key)
    return RowDiff(str(change.get("table", "")), str(change.get("op", "")), written, columns)


def _cell(row: dict[str, Any], name: str, limit: int) -> str | None:
    return formats.clipped(formats.plain(row[name]), limit) if name in row else None
