"""Tools: find, create and change users, and give agents access to groups."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import acting, agent
from enterpriselab.apps.zammad.ids import (
    Access,
    Address,
    GroupName,
    Name,
    Note,
    OrganizationId,
    PersonId,
    UserId,
    UserRole,
)
from enterpriselab.apps.zammad.lookups import (
    compact,
    compact_page,
    contains,
    group_named,
    organization_by_id,
    user_by_id,
)
from enterpriselab.apps.zammad.rows import UserRow
from enterpriselab.company import FIRM_DOMAIN
from enterpriselab.toolkit import Context, Page, PageNumber, PerPage, Row, ToolError, tool


class GroupAccess(TypedDict):
    """What an agent may do in a group."""

    group: GroupName
    access: list[Access]


class User(TypedDict):
    """A user in full; `person_id` is set for colleagues, `groups` for agents."""

    user_id: UserId
    firstname: str
    lastname: str
    email: Address
    phone: NotRequired[str]
    role: UserRole
    organization_id: NotRequired[OrganizationId]
    organization: NotRequired[str]
    person_id: NotRequired[PersonId]
    vip: bool
    active: bool
    note: NotRequired[str]
    open_tickets_as_customer: int
    open_tickets_as_owner: int
    groups: list[GroupAccess]


def _full(ctx: Context, user_id: int) -> User:
    user = user_by_id(ctx, user_id)
    held: dict[str, list[str]] = {}
    sql = """SELECT g.name, a.access FROM zammad_group_access a JOIN zammad_group g ON g.id = a.group_id
        WHERE a.user_id = ? ORDER BY g.id, a.access"""
    for row in ctx.db.rows(sql, user_id):
        held.setdefault(row["name"], []).append(row["access"])
    organization = ctx.db.value("SELECT name FROM zammad_organization WHERE id = ?", user["organization_id"])
    opened = "SELECT count(*) FROM zammad_ticket WHERE {} = ? AND state_id < 5"
    row = {
        "user_id": user_id,
        **{name: user[name] for name in ("firstname", "lastname", "email", "phone", "role", "organization_id")},
        "organization": organization,
        "person_id": user["person_id"],
        "vip": bool(user["vip"]),
        "active": bool(user["active"]),
        "note": user["note"],
        "open_tickets_as_customer": ctx.db.value(opened.format("customer_id"), user_id),
        "open_tickets_as_owner": ctx.db.value(opened.format("owner_id"), user_id),
        "groups": [{"group": group, "access": access} for group, access in held.items()],
    }
    return compact(row)  # type: ignore[no-any-return]


@tool()
def zammad_get_user(ctx: Context, user_id: UserId) -> User:
    """Read one user: contact data, organization, role, groups, numbers of open tickets.

    Customers read only themselves.

    Args:
        user_id: Id of the user.
    """
    actor = acting(ctx)
    if not actor.is_agent and user_id != actor.id:
        text = f"{actor.name} is a customer and may read only the own account."
        raise ToolError("forbidden", text, field="user_id", accepted=[actor.id])
    return _full(ctx, user_id)


@tool()
def zammad_get_current_user(ctx: Context) -> User:
    """Read your own account: who you are here, and what you may do in which groups."""
    return _full(ctx, acting(ctx).id)


_SEARCHED = "(u.firstname || ' ' || u.lastname || ' ' || u.email || ' ' || u.phone || ' ' || coalesce(o.name, ''))"


@tool()
def zammad_search_users(
    ctx: Context,
    query: Annotated[str, Field(min_length=1)],
    role: UserRole | None = None,
    organization_id: OrganizationId | None = None,
    active: bool | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[UserRow]:
    """Find users by name, e-mail address, phone or organization. For agents.

    Args:
        query: Words that must all occur in name, e-mail address, phone or organization name.
        role: Only users with this role.
        organization_id: Only members of this organization.
        active: True for active users only, False for inactive ones only.
        page: Page of the result.
        per_page: Users on a page.
    """
    agent(ctx, "search users")
    parts, values = ["1"], []  # type: tuple[list[str], list[Any]]
    for word in query.split()[:6]:
        parts.append(f"{_SEARCHED} LIKE ? ESCAPE '\\'")
        values.append(contains(word))
    if organization_id is not None:
        organization_by_id(ctx, organization_id, field="organization_id")
    filters = {"u.role = ?": role, "u.organization_id = ?": organization_id, "u.active = ?": active}
    for condition, value in filters.items():
        if value is not None:
            parts.append(condition)
            values.append(int(value) if isinstance(value, bool) else value)
    sql = f"""SELECT u.id AS user_id, u.firstname || ' ' || u.lastname AS name, u.email, u.role,
        o.name AS organization, u.active FROM zammad_user u LEFT JOIN zammad_organization o ON o.id = u.organization_id
        WHERE {" AND ".join(parts)} ORDER BY u.lastname, u.firstname, u.id"""
    found = compact_page(ctx.db.page(sql, *values, page=page, per_page=per_page))
    for row in found["items"]:
        row["active"] = bool(row["active"])
    return found  # type: ignore[no-any-return]


@tool(writes=True, permission="customers")
def zammad_create_user(
    ctx: Context,
    firstname: Name,
    lastname: Name,
    email: Address,
    organization_id: OrganizationId | None = None,
    phone: Annotated[str, Field(max_length=40)] = "",
    vip: bool = False,
    note: Note = "",
) -> User:
    """Create a customer, so that tickets can be opened for them.

    Colleagues get their account from HR and are not created here.

    Args:
        firstname: Given name.
        lastname: Family name.
        email: E-mail address; nobody else may have it.
        organization_id: Organization; when left out the one whose domain is that of the address, if there is one.
        phone: Telephone number.
        vip: A customer whose tickets deserve special care.
        note: Remark for agents.
    """
    agent(ctx, "create customers")
    _check_address(ctx, email)
    if organization_id is None:
        sql = "SELECT id FROM zammad_organization WHERE domain = ? AND active = 1"
        organization_id = ctx.db.value(sql, email.split("@")[1])
    else:
        _joinable(ctx, organization_id)
    stamps = {"created_at": ctx.now, "updated_at": ctx.now}
    columns = {
        "firstname": firstname,
        "lastname": lastname,
        "email": email,
        "phone": phone,
        "vip": int(vip),
        "note": note,
    }
    user_id = ctx.db.insert("zammad_user", **columns, role="Customer", organization_id=organization_id, **stamps)
    return _full(ctx, user_id)


def _check_address(ctx: Context, email: str) -> None:
    taken = ctx.db.value("SELECT id FROM zammad_user WHERE email = ?", email)
    if taken is not None:
        text = f"{email} is already the address of user {taken}."
        raise ToolError("conflict", text, field="email", accepted=f"user {taken}, or another address")
    if email.endswith("@" + FIRM_DOMAIN):
        text = f"{email} is an address of the firm; colleagues get their account when HR hires them."
        raise ToolError("conflict", text, field="email", accepted="an address outside the firm")


def _joinable(ctx: Context, organization_id: int) -> None:
    organization = organization_by_id(ctx, organization_id, field="organization_id")
    if not organization["active"]:
        text = f"{organization['name']} is inactive and takes no members."
        raise ToolError("conflict", text, field="organization_id", accepted="an active organization")


@tool(writes=True, idempotent=True, permission="customers")
def zammad_update_user(
    ctx: Context,
    user_id: UserId,
    firstname: Name | None = None,
    lastname: Name | None = None,
    email: Address | None = None,
    phone: Annotated[str, Field(max_length=40)] | None = None,
    organization_id: OrganizationId | None = None,
    vip: bool | None = None,
    active: bool | None = None,
    note: Note | None = None,
) -> User:
    """Change a customer; what is left out stays. Of colleagues only vip and note can be changed: HR keeps the rest.

    A new organization takes the customer's tickets along. A customer with open tickets cannot be made inactive.

    Args:
        user_id: Id of the user.
        firstname: Given name.
        lastname: Family name.
        email: E-mail address; nobody else may have it.
        phone: Telephone number.
        organization_id: Organization.
        vip: A customer whose tickets deserve special care.
        active: False locks the account.
        note: Remark for agents.
    """
    agent(ctx, "change users")
    user = user_by_id(ctx, user_id)
    given: dict[str, Any] = {"firstname": firstname, "lastname": lastname, "email": email, "phone": phone}
    given |= {"organization_id": organization_id, "vip": vip, "active": active, "note": note}
    wanted = {
        name: int(value) if isinstance(value, bool) else value for name, value in given.items() if value is not None
    }
    if not wanted:
        raise ToolError("invalid", "Nothing to change was given.", accepted=list(given))
    changed = {name: value for name, value in wanted.items() if user[name] != value}
    _check_changes(ctx, user, changed)
    if changed:
        ctx.db.update("zammad_user", {"id": user_id}, **changed, updated_at=ctx.now)
        if "organization_id" in changed:
            ctx.db.update("zammad_ticket", {"customer_id": user_id}, organization_id=organization_id)
    return _full(ctx, user_id)


def _check_changes(ctx: Context, user: Row, changed: dict[str, Any]) -> None:
    """Raise ToolError when one of the changes may not be made."""
    kept = sorted(set(changed) - {"vip", "note"})
    if user["person_id"] is not None and kept:
        text = f"{user['name']} is a colleague; {', '.join(kept)} come from HR's records."
        raise ToolError("forbidden", text, field=kept[0], accepted=["vip", "note"])
    if "email" in changed:
        _check_address(ctx, changed["email"])
    if "organization_id" in changed:
        _joinable(ctx, changed["organization_id"])
    if changed.get("active") == 0:
        sql = "SELECT id FROM zammad_ticket WHERE customer_id = ? AND state_id < 5 ORDER BY id"
        left = ctx.db.values(sql, user["id"])
        if left:
            text = f"{user['name']} has {len(left)} tickets that are not closed (first: {left[0]})."
            raise ToolError("conflict", text, field="active", accepted="close these tickets first")


class AgentRow(TypedDict):
    """An agent of a group and how much they have to do there."""

    user_id: UserId
    name: str
    email: Address
    access: list[Access]
    open_tickets: int


@tool()
def zammad_list_group_agents(
    ctx: Context, group: GroupName, assignable_only: bool = True, page: PageNumber = 1, per_page: PerPage = 20
) -> Page[AgentRow]:
    """List the agents of a group with the number of tickets they own there that are not closed; least busy first.

    Args:
        group: Name of the group.
        assignable_only: Only agents with full access, who can own tickets of the group.
        page: Page of the result.
        per_page: Agents on a page.
    """
    agent(ctx, "list agents")
    group_id = group_named(ctx, group)["id"]
    needed = "AND max(a.access = 'full') = 1" if assignable_only else ""
    sql = f"""SELECT u.id AS user_id, u.firstname || ' ' || u.lastname AS name, u.email,
        group_concat(a.access, ' ') AS access, (SELECT count(*) FROM zammad_ticket t
        WHERE t.owner_id = u.id AND t.group_id = ? AND t.state_id < 5) AS open_tickets
        FROM zammad_group_access a JOIN zammad_user u ON u.id = a.user_id WHERE a.group_id = ? AND u.active = 1
        GROUP BY u.id HAVING 1 {needed} ORDER BY open_tickets, u.lastname, u.id"""
    found = ctx.db.page(sql, group_id, group_id, page=page, per_page=per_page)
    for row in found["items"]:
        row["access"] = sorted(row["access"].split())
    return found  # type: ignore[return-value]


class AccessSet(TypedDict):
    """What the user may do in the group now."""

    user_id: UserId
    group: GroupName
    access: list[Access]
    role: UserRole


@tool(writes=True, idempotent=True, permission="admin")
def zammad_set_group_access(
    ctx: Context, user_id: UserId, group: GroupName, access: Annotated[list[Access], Field(max_length=5)]
) -> AccessSet:
    """Set what a colleague may do in a group; an empty list takes all access away. For Zammad admins.

    'read' sees tickets, 'create' opens them, 'change' works on them, 'overview' lists them in overviews,
    'full' is all of it and lets the agent own tickets.

    Args:
        user_id: Id of a colleague's user.
        group: Name of the group.
        access: All accesses that the user shall hold there.
    """
    acting(ctx)
    target = group_named(ctx, group)
    user = user_by_id(ctx, user_id)
    if user["person_id"] is None or not user["active"]:
        text = f"{user['name']} is no active colleague; only colleagues can be agents."
        raise ToolError("conflict", text, field="user_id", accepted="an active user with a person_id")
    _still_owner(ctx, user, target, access)
    key = {"user_id": user_id, "group_id": target["id"]}
    sql = "SELECT access FROM zammad_group_access WHERE user_id = ? AND group_id = ?"
    held = set(ctx.db.values(sql, *key.values()))
    for name in sorted(held - set(access)):
        ctx.db.delete("zammad_group_access", **key, access=name)
    for name in sorted(set(access) - held):
        ctx.db.insert("zammad_group_access", **key, access=name)
    if user["role"] != "Admin":
        any_group = ctx.db.value("SELECT 1 FROM zammad_group_access WHERE user_id = ?", user_id)
        user["role"], before = "Agent" if any_group else "Customer", user["role"]
        if user["role"] != before:
            ctx.db.update("zammad_user", {"id": user_id}, role=user["role"], updated_at=ctx.now)
    return {"user_id": user_id, "group": target["name"], "access": sorted(set(access)), "role": user["role"]}


def _still_owner(ctx: Context, user: Row, group: Row, access: list[Access]) -> None:
    """Full access may not be taken from somebody who owns tickets there."""
    if "full" in access:
        return
    sql = "SELECT count(*) FROM zammad_ticket WHERE owner_id = ? AND group_id = ? AND state_id < 5"
    owned = ctx.db.value(sql, user["id"], group["id"])
    if owned:
        text = f"{user['name']} owns {owned} tickets in {group['name']} that are not closed and needs 'full' there."
        raise ToolError("conflict", text, field="access", accepted="assign these tickets to others first")
