"""What several tools ask about people and groups: unfinished work, places of another organization, role rows."""

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.ids import UserId
from enterpriselab.apps.itsm.principals import roles_of
from enterpriselab.apps.itsm.rules.people import LEADING, LED, OPEN_WORK
from enterpriselab.apps.itsm.rules.tables import tables
from enterpriselab.toolkit import Context, ToolError


def open_work(ctx: Context, column: str, key: str) -> list[str]:
    """Ids of unfinished incidents, problems and changes whose `column` (assignee or group) is `key`."""
    found: list[str] = []
    for table, statuses in OPEN_WORK.items():
        marks = ", ".join("?" * len(statuses))
        record = tables()[table].key[0]
        query = f"SELECT {record} FROM {table} WHERE {column} = ? AND status IN ({marks}) ORDER BY {record}"
        found += ctx.db.values(query, key, *statuses)
    return found


def led_by(ctx: Context, user_id: str) -> list[str]:
    """Ids of what the user leads and is in use: groups."""
    found: list[str] = []
    for table, column in LED.items():
        key = tables()[table].key[0]
        found += ctx.db.values(f"SELECT {key} FROM {table} WHERE {column} = ? AND active = 1 ORDER BY {key}", user_id)
    return found


def refuse_unfinished(ctx: Context, who: str, work: list[str]) -> None:
    """Level enforced: refuse (`conflict`) to retire somebody or a group that still has work."""
    if work and access.enforces(ctx):
        message = f"POLICY_VIOLATION: {who} still has open work; reassign it first: {', '.join(work)}."
        raise ToolError("conflict", message, field="active")


def refuse_leading(ctx: Context, user_id: str) -> None:
    """Level enforced: refuse (`conflict`) to deactivate somebody who still leads a group."""
    led = led_by(ctx, user_id) if access.enforces(ctx) else []
    if led:
        message = f"POLICY_VIOLATION: {user_id} still leads {', '.join(led)}, which is handed over or closed first."
        raise ToolError("conflict", message, field="active")


def check_same_organization(ctx: Context, location_id: str | None, org_id: str) -> None:
    """Refuse (`forbidden`) a location of another organization, at every level. Raises `not_found` for none."""
    if not location_id:
        return
    place = rows.need(ctx, "location", location_id)
    if place["org_id"] != org_id:
        message = f"CROSS_ORGANIZATION_ACCESS: {location_id} belongs to {place['org_id']}, not to {org_id}."
        raise ToolError("forbidden", message, field="location_id")


def check_leader(ctx: Context, user_id: UserId, *, field: str) -> None:
    """Level enforced: the manager of a group is active and holds a leading role (`conflict` otherwise)."""
    if not access.enforces(ctx):
        return
    rows.need_active_user(ctx, user_id, field=field)
    if roles_of(ctx, user_id).isdisjoint(LEADING):
        message = f"POLICY_VIOLATION: {user_id} may not lead a group."
        raise ToolError("conflict", message, field=field, accepted=[f"role {role}" for role in LEADING])


def set_role(ctx: Context, user_id: str, role: str, org_id: str, *, instead_of: str = "") -> None:
    """Keep table user_role in step with users.role."""
    old, new = (ctx.db.value("SELECT role_id FROM role WHERE name = ?", name) for name in (instead_of, role))
    if old is not None:
        ctx.db.delete("user_role", user_id=user_id, role_id=old)
    ctx.db.execute("UPDATE user_role SET org_id = ? WHERE user_id = ?", org_id, user_id)
    if ctx.db.row("SELECT 1 FROM user_role WHERE user_id = ? AND role_id = ?", user_id, new) is None:
        ctx.db.insert("user_role", user_id=user_id, role_id=new, org_id=org_id)
