"""Names and addresses that tools take, turned into rows; refusals say which tool finds valid ones."""

from typing import Any

from enterpriselab.toolkit import Context, Row, ToolError, not_found


def compact(row: Row) -> Any:
    """The row without its empty fields: results leave out what is not set."""
    return {key: value for key, value in row.items() if value is not None and value != ""}


def compact_page(page: dict[str, Any]) -> Any:
    """A page whose rows are compact."""
    return {**page, "items": [compact(row) for row in page["items"]]}


def contains(text: str) -> str:
    """LIKE pattern that finds the text anywhere; use with ESCAPE '\\'."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def group_named(ctx: Context, name: str, *, field: str = "group") -> Row:
    """The active group of that name, case ignored."""
    row = ctx.db.row("SELECT * FROM zammad_group WHERE name = ? COLLATE NOCASE", name.strip())
    if row is None or not row["active"]:
        names = ctx.db.values("SELECT name FROM zammad_group WHERE active = 1 ORDER BY id")
        raise ToolError("not_found", f"No group {name!r}. zammad_list_groups lists them.", field=field, accepted=names)
    return row


def user_with_email(ctx: Context, email: str, *, field: str) -> Row:
    """The user with that address, active or not."""
    row = ctx.db.row("SELECT *, firstname || ' ' || lastname AS name FROM zammad_user WHERE email = ?", email)
    if row is None:
        raise not_found("Zammad user", email, field=field, hint="zammad_search_users finds users by name and company.")
    return row


def active_user(ctx: Context, email: str, *, field: str) -> Row:
    """The user with that address, who must be active."""
    user = user_with_email(ctx, email, field=field)
    if not user["active"]:
        raise ToolError("conflict", f"{user['name']} ({email}) is inactive.", field=field, accepted="an active user")
    return user


def user_by_id(ctx: Context, user_id: int) -> Row:
    """The user with that id."""
    row = ctx.db.row("SELECT *, firstname || ' ' || lastname AS name FROM zammad_user WHERE id = ?", user_id)
    if row is None:
        raise not_found("Zammad user", user_id, field="user_id", hint="zammad_search_users finds user ids.")
    return row


def organization_by_id(ctx: Context, org_id: int, *, field: str = "org_id") -> Row:
    """The organization with that id."""
    row = ctx.db.row("SELECT * FROM zammad_organization WHERE id = ?", org_id)
    if row is None:
        hint = "zammad_search_organizations finds organization ids."
        raise not_found("organization", org_id, field=field, hint=hint)
    return row


def assignable_owner(ctx: Context, email: str, group: Row, *, field: str = "owner") -> Row:
    """The user with that address, who must be able to own tickets of the group (full access there)."""
    user = active_user(ctx, email, field=field)
    if not can_own(ctx, user["id"], group["id"]):
        text = f"{user['name']} ({email}) is no agent with full access to {group['name']} and cannot own its tickets."
        accepted = f"an agent from zammad_list_group_agents, group {group['name']!r}"
        raise ToolError("conflict", text, field=field, accepted=accepted)
    return user


def can_own(ctx: Context, user_id: int, group_id: int) -> bool:
    """Is the user an active agent with full access to the group?"""
    sql = """SELECT 1 FROM zammad_group_access a JOIN zammad_user u ON u.id = a.user_id
        WHERE a.user_id = ? AND a.group_id = ? AND a.access = 'full' AND u.active = 1"""
    return ctx.db.value(sql, user_id, group_id) is not None


def policy_row(ctx: Context, group_id: int, priority_id: int) -> Row | None:
    """The SLA that fits best: group and priority before group before priority before the general one."""
    sql = """SELECT id, first_response_minutes, update_minutes, solution_minutes FROM zammad_sla
        WHERE coalesce(group_id, ?) = ? AND coalesce(priority_id, ?) = ?
        ORDER BY (group_id IS NOT NULL) * 2 + (priority_id IS NOT NULL) DESC LIMIT 1"""
    return ctx.db.row(sql, group_id, group_id, priority_id, priority_id)
