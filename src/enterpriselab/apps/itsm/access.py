"""Level `enforced`: the server refuses what the rules forbid. At the other levels every function here lets pass."""

from enterpriselab.apps.itsm.principals import organization_of, roles_of
from enterpriselab.apps.itsm.rules.fields import MANDATORY
from enterpriselab.apps.itsm.rules.machines import LINKABLE, MACHINES, Guard, Machine
from enterpriselab.apps.itsm.rules.rights import ASSIGNABLE, OWN_ROWS, SCOPES, Action, Scope, allowed_roles, may
from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.toolkit import Context, Row, ToolError

ENFORCED = "enforced"
LEVELS = ("permissive", ENFORCED, "parity")


def enforces(ctx: Context) -> bool:
    """Does the server of this world refuse what the rules forbid?"""
    return ctx.level == ENFORCED


def is_parity(ctx: Context) -> bool:
    """Does this world keep the felt faults of the original?"""
    return ctx.level == "parity"


def check_right(ctx: Context, table: str, action: Action, row: Row | None = None) -> None:
    """Refuse (`forbidden`) an action that no role of the acting user grants, for this row where one is given."""
    if not enforces(ctx):
        return
    scopes = may(ctx.me.roles, table, action)
    if not scopes:
        roles = allowed_roles(table, action)
        message = f"POLICY_VIOLATION: {ctx.me.name} ({_role_words(ctx)}) may not {action} rows of {table}."
        raise ToolError("forbidden", message, accepted=[f"role {role}" for role in roles])
    if row is not None and not any(_covers(ctx, scope, table, row) for scope in scopes):
        message = f"POLICY_VIOLATION: {ctx.me.name} ({_role_words(ctx)}) may {action} only {_scope_words(scopes)} here."
        raise ToolError("forbidden", message, accepted=[f"role {role}" for role in allowed_roles(table, action)])


def visible(ctx: Context, table: str) -> tuple[str, dict[str, str]]:
    """(SQL condition, named parameters) of the rows that the acting user may read.

    Raises:
        ToolError: `forbidden`, none of them.
    """
    check_right(ctx, table, "read")
    if not enforces(ctx):
        return "1", {}
    scopes = may(ctx.me.roles, table, "read")
    inside = "org_id = :my_org" if any(c.name == "org_id" for c in tables()[table].columns) else "1"
    ways = " OR ".join(f"({_scope_sql(scope, table)})" for scope in sorted(scopes))
    return f"{inside} AND ({ways})", {"my_org": organization_of(ctx), "me": ctx.me.id}


def check_organization(ctx: Context, table: str, row: Row | None) -> Row | None:
    """The row, or None where it is of another organization than the acting user's."""
    if row is not None and enforces(ctx) and row.get("org_id", "") not in ("", organization_of(ctx)):
        return None
    return row


def check_created(ctx: Context, table: str, after: Row) -> None:
    """Refuse a new row that starts in the wrong state (`conflict`) or lacks a mandatory field (`invalid`)."""
    for machine in _machines(ctx, table):
        state = after[machine.column]
        if state is not None and state not in machine.initial:
            message = f"POLICY_VIOLATION: a new {table} may not start as {state!r}."
            raise ToolError("conflict", message, field=machine.column, accepted=machine.initial)
    for column in MANDATORY.get(table, ()) if enforces(ctx) else ():
        if after[column] is None:
            raise ToolError("invalid", f"POLICY_VIOLATION: a new {table} needs {column}.", field=column)


def check_transition(ctx: Context, machine: Machine, before: Row, after: Row) -> None:
    """Refuse a step that the machine does not know, or that lacks fields (`invalid`), a condition or a right."""
    old, new = before[machine.column], after[machine.column]
    if not enforces(ctx) or old == new:
        return
    what = f"{machine.table} {before[tables()[machine.table].key[0]]}"
    allowed = machine.moves.get(old, ())
    if new not in allowed:
        tail = "that is a final state." if not allowed else "that step is not allowed."
        message = f"POLICY_VIOLATION: {what} cannot go from {old!r} to {new!r}: {tail}"
        raise ToolError("conflict", message, field=machine.column, accepted=allowed)
    if right := machine.rights.get((old, new)):
        check_right(ctx, machine.table, right, before)
    for column in machine.needs.get(new, ()):
        if after[column] in (None, ""):
            raise ToolError("invalid", f"POLICY_VIOLATION: {what} needs {column} to become {new!r}.", field=column)
    for guard in machine.guards.get((old, new), ()):
        if not holds(ctx, guard, after):
            message = f"POLICY_VIOLATION: {what} may become {new!r} only when {guard.text}."
            raise ToolError("conflict", message, field=machine.column, accepted=[s for s in allowed if s != new])


def holds(ctx: Context, guard: Guard, row: Row) -> bool:
    """Does the condition hold for the row as it would be?"""
    found = ctx.db.connection.execute(guard.sql, {**row, "now": ctx.now}).fetchone()
    return bool(found and found[0])


def check_changed(ctx: Context, table: str, before: Row, after: Row) -> None:
    """Hold every machine of the table against a change, and the states in which nothing else may be changed."""
    for machine in _machines(ctx, table):
        check_transition(ctx, machine, before, after)
        if before[machine.column] == after[machine.column] and machine.moves.get(before[machine.column]) == ():
            key = before[tables()[table].key[0]]
            message = f"POLICY_VIOLATION: {table} {key} is {before[machine.column]}, a final state."
            raise ToolError("conflict", message, field=machine.column)
        others = [name for name in after if name != machine.column and after[name] != before[name]]
        if others and machine.correctable and before[machine.column] not in machine.correctable:
            what = f"{table} {before[tables()[table].key[0]]} is {before[machine.column]}"
            message = f"POLICY_VIOLATION: {what}; it is corrected only while {' or '.join(machine.correctable)}."
            raise ToolError("conflict", message, field=others[0])


def check_assignee(ctx: Context, assigned_to: str | None, assignment_group: str | None) -> None:
    """Refuse (`conflict`) a closed group, and an assignee who is inactive, no agent or manager, or not in the group."""
    if not enforces(ctx):
        return
    group = ctx.db.row("SELECT active FROM user_group WHERE group_id = ?", assignment_group or "")
    if group is not None and not group["active"]:
        raise ToolError("conflict", f"POLICY_VIOLATION: {assignment_group} is closed.", field="assignment_group")
    if not assigned_to:
        return
    person = ctx.db.row("SELECT active FROM users WHERE user_id = ?", assigned_to)
    if person is not None and not person["active"]:
        raise ToolError("conflict", f"POLICY_VIOLATION: {assigned_to} is inactive.", field="assigned_to")
    if roles_of(ctx, assigned_to).isdisjoint(ASSIGNABLE):
        message = f"POLICY_VIOLATION: {assigned_to} holds none of the roles that work is assigned to."
        raise ToolError("conflict", message, field="assigned_to", accepted=[f"role {role}" for role in ASSIGNABLE])
    if assignment_group:
        query = "SELECT user_id FROM user_group_member WHERE group_id = ? ORDER BY user_id"
        members = ctx.db.values(query, assignment_group)
        if assigned_to not in members:
            message = f"POLICY_VIOLATION: {assigned_to} is no member of {assignment_group}."
            raise ToolError("conflict", message, field="assigned_to", accepted=members)


def check_linkable(ctx: Context, table: str, row: Row, *, field: str) -> None:
    """Refuse (`conflict`) a reference to a row whose state allows none: retired items, unpublished articles."""
    for name, states in LINKABLE.items() if enforces(ctx) else ():
        of, _, column = name.partition(".")
        if of == table and row[column] not in states:
            key = row[tables()[table].key[0]]
            message = f"POLICY_VIOLATION: {key} is {row[column]}; only {' or '.join(states)} may be linked."
            raise ToolError("conflict", message, field=field)


def check_references(ctx: Context, columns: Row, after: Row) -> None:
    """Refuse (`conflict`) what an incident, problem or change newly names: items, services, offerings, assignees.

    Args:
        ctx: the call.
        columns: those that are new.
        after: the record as it would be.
    """
    for table in ("configuration_item", "service", "service_offering") if enforces(ctx) else ():
        key = columns.get(table)
        row = ctx.db.row(f"SELECT * FROM {table} WHERE {table}_id = ?", key) if key else None
        if row is not None:
            check_linkable(ctx, table, row, field=table)
    if "assigned_to" in columns or "assignment_group" in columns:
        check_assignee(ctx, after.get("assigned_to"), after.get("assignment_group"))


def _machines(ctx: Context, table: str) -> list[Machine]:
    return [machine for machine in MACHINES.values() if machine.table == table] if enforces(ctx) else []


def _covers(ctx: Context, scope: Scope, table: str, row: Row) -> bool:
    key = tables()[table].key[0]
    query = f"SELECT {_scope_sql(scope, table)} FROM (SELECT :key AS given) LEFT JOIN {table} ON {key} = given"
    found = ctx.db.connection.execute(query, {"key": row[key], "me": ctx.me.id}).fetchone()
    return bool(found and found[0])


def _scope_sql(scope: Scope, table: str) -> str:
    return {"all": "1", "own": OWN_ROWS.get(table, "0"), "published": "state = 'published'"}[scope]


def _role_words(ctx: Context) -> str:
    return ", ".join(sorted(ctx.me.roles)) or "no role"


def _scope_words(scopes: frozenset[Scope]) -> str:
    return " and ".join(SCOPES[scope] for scope in sorted(scopes))
