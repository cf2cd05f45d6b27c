"""Tools: find, create and change organizations."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import agent
from enterpriselab.apps.zammad.ids import Address, Note, OrganizationId, OrganizationName, UserId
from enterpriselab.apps.zammad.lookups import compact, compact_page, contains, organization_by_id
from enterpriselab.company import FIRM_DOMAIN
from enterpriselab.toolkit import Context, Meaning, Page, PageNumber, PerPage, Row, ToolError, tool

Domain = Annotated[str, Field(max_length=100, pattern=r"^$|^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
MOST_MEMBERS = 50


class Member(TypedDict):
    """A user of an organization."""

    user_id: UserId
    name: str
    email: Address


class Organization(TypedDict):
    """An organization in full; of large ones the first 50 active members."""

    org_id: OrganizationId
    name: str
    domain: NotRequired[str]
    shared: bool
    active: bool
    note: NotRequired[str]
    member_count: int
    open_tickets: int
    members: list[Member]


def _full(ctx: Context, org_id: int) -> Organization:
    row = organization_by_id(ctx, org_id)
    members = """SELECT id AS user_id, firstname || ' ' || lastname AS name, email FROM zammad_user
        WHERE organization_id = ? AND active = 1 ORDER BY lastname, id LIMIT ?"""
    counted = "SELECT count(*) FROM zammad_user WHERE organization_id = ? AND active = 1"
    opened = "SELECT count(*) FROM zammad_ticket WHERE organization_id = ? AND state_id < 5"
    shown = {
        "org_id": org_id,
        "name": row["name"],
        "domain": row["domain"],
        "shared": bool(row["shared"]),
        "active": bool(row["active"]),
        "note": row["note"],
        "member_count": ctx.db.value(counted, org_id),
        "open_tickets": ctx.db.value(opened, org_id),
        "members": ctx.db.rows(members, org_id, MOST_MEMBERS),
    }
    return compact(shown)  # type: ignore[no-any-return]


@tool()
def zammad_get_organization(ctx: Context, org_id: OrganizationId) -> Organization:
    """Read one organization with its active members and the number of its tickets that are not closed. For agents.

    Args:
        org_id: Id of the organization.
    """
    agent(ctx, "read organizations")
    return _full(ctx, org_id)


class OrganizationRow(TypedDict):
    """An organization in a list."""

    org_id: OrganizationId
    name: Annotated[str, Meaning("organization_name")]
    domain: NotRequired[str]
    active: bool
    member_count: int
    open_tickets: int


@tool()
def zammad_search_organizations(
    ctx: Context, query: str, page: PageNumber = 1, per_page: PerPage = 10
) -> Page[OrganizationRow]:
    """Find organizations by name, domain or note; an empty query lists all. For agents.

    Args:
        query: Text that name, domain or note must contain.
        page: Page of the result.
        per_page: Organizations on a page.
    """
    agent(ctx, "search organizations")
    pattern = contains(query)
    sql = """SELECT o.id AS org_id, o.name, o.domain, o.active,
        (SELECT count(*) FROM zammad_user u WHERE u.organization_id = o.id AND u.active = 1) AS member_count,
        (SELECT count(*) FROM zammad_ticket t WHERE t.organization_id = o.id AND t.state_id < 5) AS open_tickets
        FROM zammad_organization o
        WHERE o.name LIKE ? ESCAPE '\\' OR o.domain LIKE ? ESCAPE '\\' OR o.note LIKE ? ESCAPE '\\' ORDER BY o.name"""
    found = compact_page(ctx.db.page(sql, pattern, pattern, pattern, page=page, per_page=per_page))
    for row in found["items"]:
        row["active"] = bool(row["active"])
    return found  # type: ignore[no-any-return]


@tool(writes=True, permission="organizations")
def zammad_create_organization(
    ctx: Context, name: OrganizationName, domain: Domain = "", shared: bool = True, note: Note = ""
) -> Organization:
    """Create an organization that customers can belong to.

    Args:
        name: Name; no other organization may have it.
        domain: Mail domain; customers created with an address of it become members by themselves.
        shared: Members see one another's tickets.
        note: Remark for agents.
    """
    agent(ctx, "create organizations")
    _free(ctx, {"name": name, "domain": domain.lower()}, None)
    stamps = {"created_at": ctx.now, "updated_at": ctx.now}
    columns = {"name": name, "domain": domain.lower(), "shared": int(shared), "note": note}
    return _full(ctx, ctx.db.insert("zammad_organization", **columns, **stamps))


@tool(writes=True, idempotent=True, permission="organizations")
def zammad_update_organization(
    ctx: Context,
    org_id: OrganizationId,
    name: OrganizationName | None = None,
    domain: Domain | None = None,
    shared: bool | None = None,
    active: bool | None = None,
    note: Note | None = None,
) -> Organization:
    """Change an organization; what is left out stays. One with active members cannot be made inactive.

    Args:
        org_id: Id of the organization.
        name: Name; no other organization may have it.
        domain: Mail domain.
        shared: Members see one another's tickets.
        active: False takes it out of use.
        note: Remark for agents.
    """
    agent(ctx, "change organizations")
    row = organization_by_id(ctx, org_id)
    domain = domain.lower() if domain is not None else None
    given = {"name": name, "domain": domain, "shared": shared, "active": active, "note": note}
    wanted = {
        key: int(value) if isinstance(value, bool) else value for key, value in given.items() if value is not None
    }
    if not wanted:
        raise ToolError("invalid", "Nothing to change was given.", accepted=list(given))
    changed = {key: value for key, value in wanted.items() if row[key] != value}
    _check_changes(ctx, row, changed)
    if changed:
        ctx.db.update("zammad_organization", {"id": org_id}, **changed, updated_at=ctx.now)
    return _full(ctx, org_id)


def _check_changes(ctx: Context, row: Row, changed: dict[str, Any]) -> None:
    if row["domain"] == FIRM_DOMAIN and set(changed) - {"note"}:
        field = min(set(changed) - {"note"})
        text = f"{row['name']} is the firm itself; only its note can be changed."
        raise ToolError("forbidden", text, field=field, accepted=["note"])
    _free(ctx, changed, row["id"])
    members = ctx.db.value("SELECT count(*) FROM zammad_user WHERE organization_id = ? AND active = 1", row["id"])
    if changed.get("active") == 0 and members:
        text = f"{row['name']} has {members} active members."
        raise ToolError("conflict", text, field="active", accepted="move or deactivate the members first")


def _free(ctx: Context, columns: dict[str, Any], own_id: int | None) -> None:
    """Name and domain may not be another organization's."""
    for field in ("name", "domain"):
        value = columns.get(field)
        taken = ctx.db.value(f"SELECT id FROM zammad_organization WHERE {field} = ?", value) if value else None
        if taken not in (None, own_id):
            text = f"Organization {taken} already has the {field} {value!r}."
            raise ToolError("conflict", text, field=field, accepted=f"organization {taken}, or another {field}")
