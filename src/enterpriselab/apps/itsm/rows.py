"""Reading and writing one row: look-ups with typed errors, checks that the columns themselves ask for, stamps."""

from collections.abc import Iterable
from typing import Any

from enterpriselab.apps.itsm import access
from enterpriselab.apps.itsm.arguments import stored_now
from enterpriselab.apps.itsm.ids import next_id
from enterpriselab.apps.itsm.principals import organization_of
from enterpriselab.apps.itsm.rules.fields import default
from enterpriselab.apps.itsm.rules.tables import accepted, tables
from enterpriselab.toolkit import Context, Row, ToolError, not_found

SECRET = frozenset({"static_token"})
"""Columns that no tool shows."""


def shown(table: str, row: Row) -> Any:
    """The row as a tool gives it: 0/1 columns as booleans, no secrets."""
    flags = {column.name for column in tables()[table].columns if column.kind == "bool"}
    return {
        name: bool(value) if name in flags and value is not None else value
        for name, value in row.items()
        if name not in SECRET
    }


def given(**columns: Any) -> Row:
    """The columns that were given: None and the empty text mean "not given"."""
    return {name: value for name, value in columns.items() if value is not None and value != ""}


def given_of(arguments: Row, *but: str) -> Row:
    """The given columns among the arguments of a tool (its `locals()`), without those that name its row."""
    return given(**{name: value for name, value in arguments.items() if name not in ("ctx", *but)})


def with_defaults(ctx: Context, table: str, columns: Row) -> Row:
    """The given columns of a new row, with what the desk fills in where its author says nothing."""
    filled = {column.name: default(ctx.level, table, column.name) for column in tables()[table].columns}
    return {name: value for name, value in filled.items() if value is not None} | columns


def differing(row: Row, columns: Row) -> Row:
    """The given columns whose value is not yet the stored one."""
    return {name: value for name, value in columns.items() if row[name] != _as_stored(value)}


def look_up(ctx: Context, table: str, key: str) -> Row | None:
    """The row with that id, or None; at level enforced only of the acting user's organization."""
    row = ctx.db.row(f"SELECT * FROM {table} WHERE {tables()[table].key[0]} = ?", key)
    return access.check_organization(ctx, table, row)


def need(ctx: Context, table: str, key: str, *, field: str | None = None) -> Row:
    """The row with that id. Raises ToolError("not_found")."""
    row = look_up(ctx, table, key)
    if row is None:
        raise not_found(words(table), key, field=field or tables()[table].key[0])
    return row


def need_either(ctx: Context, table: str, key: str | None, **match: str | None) -> Row:
    """The row with that id or, where no id is given, the only one with the given values.

    Raises:
        ToolError: `invalid`, nothing is given; `not_found`; `conflict`, several rows have the values.
    """
    if key:
        return need(ctx, table, key)
    column = tables()[table].key[0]
    wanted = given(**match)
    if not wanted:
        names = [column, *match]
        raise ToolError("invalid", f"MISSING_FILTER: give at least one of {', '.join(names)}.", accepted=names)
    where = " AND ".join(f"{name} = :{name} COLLATE NOCASE" for name in wanted)
    stored = every(ctx, f"SELECT * FROM {table} WHERE {where} ORDER BY {column}", wanted)
    found = [row for row in stored if access.check_organization(ctx, table, row)]
    if len(found) == 1:
        return found[0]
    what, field = " ".join(wanted.values()), next(iter(wanted))
    if not found:
        raise not_found(words(table), what, field=field)
    message = f"AMBIGUOUS: {len(found)} {words(table)}s have {field} {what!r}; name one by {column}."
    raise ToolError("conflict", message, field=column, accepted=[row[column] for row in found])


def need_active_user(ctx: Context, user_id: str, *, field: str) -> Row:
    """The user with that id, who must be active. Raises ToolError("not_found" or "conflict")."""
    user = need(ctx, "users", user_id, field=field)
    if not user["active"]:
        raise ToolError("conflict", f"INACTIVE_USER: {user_id} is inactive.", field=field)
    return user


def find_one(ctx: Context, table: str, label: str, **match: Any) -> Any:
    """`{label: row}` of the first row whose columns equal the values; but for ids without regard to case.

    Several rows may match (two organizations can use one number); the lowest id wins, as in the original.
    Nothing found is an empty object at level parity.

    Raises:
        ToolError: `not_found` at the other levels, `forbidden`.
    """
    allowed, params = access.visible(ctx, table)
    key = tables()[table].key[0]
    where = " AND ".join(f"{name} = :at_{name}" + " COLLATE NOCASE" * (name != key) for name in match)
    query = f"SELECT * FROM {table} WHERE {where} AND {allowed} ORDER BY length({key}), {key} LIMIT 1"
    bound = {**params, **{f"at_{name}": value for name, value in match.items()}}
    row = first(ctx, query, bound)
    if row is not None:
        return {label: shown(table, row)}
    if access.is_parity(ctx):
        return {}
    raise not_found(words(table), " ".join(str(value) for value in match.values()), field=next(iter(match)))


def first(ctx: Context, query: str, named: Row) -> Row | None:
    """The first row of a query with named parameters."""
    found = every(ctx, query, named)
    return found[0] if found else None


def every(ctx: Context, query: str, named: Row) -> list[Row]:
    """All rows of a query with named parameters."""
    cursor = ctx.db.connection.execute(query, named)
    found: list[Row] = []
    for row in cursor:
        names = [column[0] for column in cursor.get_description()]
        found.append(dict(zip(names, row, strict=True)))
    return found


def add(ctx: Context, table: str, *, by_rule: bool = False, **columns: Any) -> Row:
    """Insert a row with the next id, the acting user's organization and the present time; gives it as stored.

    Args:
        ctx: the call.
        table: where to.
        by_rule: the row follows from a rule of the desk, so that nobody's rights are asked.
        **columns: values; None and the empty text are stored as NULL.

    Raises:
        ToolError: a value is too long, no member of its list, names nothing; or the rules forbid the row.
    """
    if not by_rule:
        access.check_right(ctx, table, "create")
    rule = tables()[table]
    row: Row = dict.fromkeys((column.name for column in rule.columns), None)
    if rule.prefix:
        row[rule.key[0]] = next_id(ctx, table)
    if "org_id" in row and table != "organization":
        row["org_id"] = organization_of(ctx)
    row |= dict.fromkeys(rule.stamps, stored_now(ctx)) | _stored(columns)
    _check_columns(ctx, table, columns)
    _check_filled(table, row)
    if not by_rule:
        access.check_created(ctx, table, row)
    ctx.db.insert(table, **row)
    if not by_rule:
        access.check_right(ctx, table, "create", row)  # whose row it is shows only once it is there
    return row


def revise(ctx: Context, table: str, row: Row, changes: Row, *, by_rule: bool = False) -> Row:
    """Change columns of a stored row; gives it as it is then.

    Args:
        ctx: the call.
        table: whose row.
        row: as stored.
        changes: column -> new value; what equals the stored value is no change. None clears a column.
        by_rule: the change follows from a rule of the desk, so that nobody's rights are asked.

    Raises:
        ToolError: NO_CHANGES_DETECTED; a value is too long, no member of its list, names nothing; the rules forbid it.
    """
    rule = tables()[table]
    if not changes:
        free = [c.name for c in rule.columns if c.name not in (*rule.key, *rule.stamps, "org_id", *SECRET)]
        raise ToolError("invalid", "NO_CHANGES_DETECTED: nothing to change was given.", accepted=free)
    new = {name: value for name, value in _stored(changes).items() if row[name] != value}
    if not new:
        same = ", ".join(sorted(changes))
        raise ToolError("invalid", f"NO_CHANGES_DETECTED: {row[rule.key[0]]} already has these values ({same}).")
    _check_columns(ctx, table, new)
    after = row | new
    if not by_rule:
        access.check_right(ctx, table, "update", row)
        access.check_changed(ctx, table, row, after)
    stamped = dict.fromkeys(rule.stamps[1:], stored_now(ctx))
    ctx.db.update(table, {name: row[name] for name in rule.key}, **new, **stamped)
    return after | stamped


def remove(ctx: Context, table: str, row: Row, *, by_rule: bool = False) -> None:
    """Delete a stored row. Raises ToolError("forbidden")."""
    if not by_rule:
        access.check_right(ctx, table, "delete", row)
    ctx.db.delete(table, **{name: row[name] for name in tables()[table].key})


def refuse_taken(ctx: Context, table: str, code: str, *, but: Row | None = None, **match: str | None) -> None:
    """Refuse (`conflict`) values that another row already has, without regard to case; unset ones never clash."""
    if not all(match.values()):
        return
    key = tables()[table].key[0]
    where = " AND ".join(f"{name} = :{name} COLLATE NOCASE" for name in match)
    query = f"SELECT {key} FROM {table} WHERE {where} AND {key} <> :self"
    if taken := first(ctx, query, {**match, "self": but[key] if but else ""}):
        what = ", ".join(f"{name} {value!r}" for name, value in match.items())
        raise ToolError("conflict", f"{code}: {taken[key]} already has {what}.", field=next(iter(match)))


def words(table: str) -> str:
    """The name of a table's rows in a message."""
    special = {"users": "user", "user_group": "group", "incident_affected_cis": "affected configuration item"}
    return special.get(table, table.replace("_", " "))


def _stored(columns: Row) -> Row:
    return {name: _as_stored(value) for name, value in columns.items()}


def _as_stored(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return None if value == "" else value


def _check_columns(ctx: Context, table: str, columns: Row) -> None:
    for name, value in columns.items():
        if value is None or value == "":
            continue
        column = tables()[table].column(name)
        one_of(name, value, accepted(table, name))
        if column.length is not None and len(str(value)) > column.length:
            message = f"VALUE_TOO_LONG: {name} takes at most {column.length} characters, got {len(str(value))}."
            raise ToolError("invalid", message, field=name)
        if column.references and "." not in column.references:
            need(ctx, column.references, str(value), field=name)


def _check_filled(table: str, row: Row) -> None:
    for column in tables()[table].columns:
        if column.required and row[column.name] is None:
            raise ToolError("invalid", f"MISSING_FIELD: a new {words(table)} needs {column.name}.", field=column.name)


def one_of(field: str, value: Any, values: Iterable[str]) -> None:
    """Refuse (`invalid`, INVALID_ENUM_VALUE) a value outside of a closed list; an empty list accepts anything."""
    known = tuple(values)
    if known and value not in known:
        raise ToolError("invalid", f"INVALID_ENUM_VALUE: {field} cannot be {value!r}.", field=field, accepted=known)
