"""Lists: text filters, exact filters, a range of creation times, newest first."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access
from enterpriselab.apps.itsm.arguments import stored_instant
from enterpriselab.apps.itsm.rows import every, first, given, remove, shown, words
from enterpriselab.apps.itsm.rules.tables import accepted, tables
from enterpriselab.toolkit import Context, Row, ToolError, not_found

T = TypeVar("T")
PARITY_LIMIT = 100
"""Rows after which level parity cuts a list without saying so."""


class Listing(TypedDict, Generic[T]):
    """The rows that match, newest first, and how many there are."""

    items: list[T]
    total: int


class Removed(TypedDict, Generic[T]):
    """The rows that were removed, as they were."""

    removed: list[T]
    total: int


def listing(
    ctx: Context,
    table: str,
    *,
    like: Mapping[str, str | None] | None = None,
    equal: Mapping[str, Any] | None = None,
    created: tuple[str | None, str | None] = (None, None),
) -> Any:
    """The Listing of a table's rows that pass every filter that is given.

    Args:
        ctx: the call.
        table: whose rows.
        like: column -> text that it must hold somewhere, without regard to case.
        equal: column -> value that it must have.
        created: (not before, not after); a day without a time counts from its first to its last second.

    Raises:
        ToolError: `forbidden`; `invalid`: a date is none, the range is inverted, a value is not of the column's list.
    """
    condition, named = _condition(ctx, table, like or {}, equal or {}, created)
    return listed(ctx, table, condition, named)


def removal(
    ctx: Context,
    table: str,
    *,
    equal: Mapping[str, Any],
    created: tuple[str | None, str | None] = (None, None),
) -> Any:
    """Remove every row that passes all filters that are given; gives them as Removed.

    Raises:
        ToolError: `invalid` without any filter; `not_found` when no row passes (but at level parity); `forbidden`.
    """
    refuse_unfiltered(**equal, created_after=created[0], created_before=created[1])
    condition, named = _condition(ctx, table, {}, equal, created)
    found = every(ctx, f"SELECT * FROM {table} WHERE {condition} ORDER BY {tables()[table].key[0]}", named)
    if not found and not access.is_parity(ctx):
        wanted = ", ".join(f"{name} {value}" for name, value in given(**equal).items())
        raise not_found(words(table), wanted or "the range of dates")
    for row in found:
        remove(ctx, table, row)
    return {"removed": [shown(table, row) for row in found], "total": len(found)}


def listed(ctx: Context, table: str, condition: str, named: Row) -> Any:
    """The Listing of the rows that satisfy an SQL condition with named parameters, newest first."""
    rule = tables()[table]
    stamp, key = rule.stamps[0], rule.key[0]
    total = first(ctx, f"SELECT count(*) AS n FROM {table} WHERE {condition}", named)
    limit = PARITY_LIMIT if access.is_parity(ctx) else -1
    order = f"ORDER BY {stamp} DESC, length({key}) DESC, {key} DESC LIMIT {limit}"
    items = [shown(table, row) for row in every(ctx, f"SELECT * FROM {table} WHERE {condition} {order}", named)]
    return {"items": items, "total": len(items) if access.is_parity(ctx) else (total or {})["n"]}


def assigned(ctx: Context, table: str, group: str | None, person: str | None) -> Any:
    """The Listing of the work of a group, of a person, or of the person within the group.

    Raises:
        ToolError: `invalid`, neither is given; `forbidden`.
    """
    refuse_unfiltered(assignment_group=group, assigned_to=person)
    return listing(ctx, table, equal={"assignment_group": group, "assigned_to": person})


def refuse_unfiltered(**parts: Any) -> None:
    """Refuse (`invalid`, MISSING_FILTER) a call that names nothing of what it could name."""
    if all(value is None or value == "" for value in parts.values()):
        message = f"MISSING_FILTER: give at least one of {', '.join(parts)}."
        raise ToolError("invalid", message, accepted=list(parts))


def contains(text: str) -> str:
    """A LIKE pattern that finds the text anywhere; its own wildcards are taken literally (escape character '!')."""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def _condition(
    ctx: Context,
    table: str,
    like: Mapping[str, str | None],
    equal: Mapping[str, Any],
    created: tuple[str | None, str | None],
) -> tuple[str, Row]:
    """(SQL condition, its named parameters) of the rows that may be read and pass the filters."""
    allowed, params = access.visible(ctx, table)
    conditions, named = [allowed], dict[str, Any](params)
    for column, text in given(**like).items():
        conditions.append(f"{column} LIKE :like_{column} ESCAPE '!'")
        named[f"like_{column}"] = contains(text)
    for column, value in given(**equal).items():
        _check_listed(ctx, table, column, value)
        conditions.append(f"{column} = :eq_{column}")
        named[f"eq_{column}"] = int(value) if isinstance(value, bool) else value
    conditions += _created_between(tables()[table].stamps[0], created, named)
    return " AND ".join(conditions), named


def _created_between(column: str, created: tuple[str | None, str | None], named: Row) -> list[str]:
    after, before = created
    conditions = []
    if after:
        named["after"] = stored_instant(after, field="created_after")
        conditions.append(f"{column} >= :after")
    if before:
        named["before"] = stored_instant(before, field="created_before", end_of_day=True)
        conditions.append(f"{column} <= :before")
    if after and before and named["after"] > named["before"]:
        message = f"INVALID_DATE_RANGE: created_after {after!r} is later than created_before {before!r}."
        raise ToolError("invalid", message, field="created_after")
    return conditions


def _check_listed(ctx: Context, table: str, column: str, value: Any) -> None:
    """A filter outside of a closed list can match nothing: better said than shown, but not in the original."""
    known = accepted(table, column)
    if known and value not in known and not access.is_parity(ctx):
        raise ToolError("invalid", f"INVALID_ENUM_VALUE: {column} is never {value!r}.", field=column, accepted=known)
