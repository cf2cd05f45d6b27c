"""Tools of those who share: with a colleague, with a department, by public link; change, end and list shares."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.owncloud import nodes, sharing
from enterpriselab.apps.owncloud.access import BELONGS, locate, node_at, view_path
from enterpriselab.apps.owncloud.ids import (
    Address,
    DepartmentName,
    FilePath,
    LinkPermissions,
    LinkUrl,
    Password,
    Permission,
    Permissions,
    ShareId,
    ShareState,
)
from enterpriselab.company.events import FileShared, NotificationRequested
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, Row, ToolError, not_found, tool

ShareKind = Literal["user", "department", "link"]
Note = Annotated[str, Field(max_length=500)]


class ShareRow(TypedDict):
    """A share that you gave: with whom (or the link), what it allows, how it stands."""

    share_id: ShareId
    path: FilePath
    kind: ShareKind
    shared_with: NotRequired[Address]
    department: NotRequired[DepartmentName]
    url: NotRequired[LinkUrl]
    password_protected: NotRequired[bool]
    permissions: list[Permission]
    state: ShareState
    expires_on: NotRequired[Date]


def _row(ctx: Context, share: Row) -> ShareRow:
    found: ShareRow = {
        "share_id": share["id"],
        "path": sharing.path_of_share(ctx, share),
        "kind": share["kind"],
        "permissions": sharing.permissions_of(share),
        "state": sharing.state_of(ctx, share),
    }
    if share["kind"] == "user":
        found["shared_with"] = share["with_email"]
    elif share["kind"] == "department":
        found["department"] = share["department"]
    else:
        found["url"] = f"{sharing.LINK_BASE}{share['token']}"
        found["password_protected"] = share["password_hash"] is not None
    if share["expires_on"]:
        found["expires_on"] = share["expires_on"]
    return found


def _made(ctx: Context, share_id: int) -> ShareRow:
    return _row(ctx, ctx.db.rows(f"{sharing.SHARE} WHERE h.id = ?", share_id)[0])


def _insert(ctx: Context, node: Row, given: frozenset[str], **columns: object) -> int:
    return ctx.db.insert(
        "owncloud_share",
        node_id=node["id"],
        owner_id=ctx.me.id,
        created_at=ctx.now,
        **sharing.flags(given),
        **columns,
    )


def _need_new(ctx: Context, node: Row, column: str, value: str, name: str) -> None:
    sql = f"SELECT id FROM owncloud_share WHERE node_id = ? AND {column} = ?"
    share_id = ctx.db.value(sql, node["id"], value)
    if share_id is not None:
        message = f"{node['name']} is already shared with {name} (share {share_id})."
        raise ToolError("conflict", message, accepted=f"update_share or unshare_file with share_id {share_id}")


@tool(writes=True, idempotent=True)
def share_file(
    ctx: Context,
    path: FilePath,
    share_with: Address,
    permissions: Permissions | None = None,
    expires_on: Date | None = None,
    note: Note | None = None,
) -> ShareRow:
    """Share a file or folder with a colleague. It appears under their /Shared once they accept; they are notified.

    Args:
        path: The file or folder.
        share_with: E-mail address of the colleague.
        permissions: What they may do; only read when left out. create and delete are for folders.
        expires_on: Last day of the share; without it the share stays until it is ended.
        note: Words to the colleague.
    """
    place, node = node_at(ctx, path)
    given = sharing.need_grantable(place, node, list(permissions or ["read"]))
    sharing.need_day_ahead(ctx, expires_on)
    person = ctx.db.row(
        "SELECT p.id, p.full_name FROM company_person p JOIN owncloud_space s ON s.person_id = p.id"
        " WHERE p.email = ? AND s.status = 'open'",
        share_with,
    )
    if person is None:
        hint = "Only colleagues with an open account; create_public_link is for people outside."
        raise not_found("colleague with the address", share_with, field="share_with", hint=hint)
    owner = ctx.db.value("SELECT person_id FROM owncloud_space WHERE id = ?", node["space_id"])
    if person["id"] in (ctx.me.id, owner):
        raise ToolError("conflict", f"{share_with} has {place.path} already: it is theirs.", field="share_with")
    _need_new(ctx, node, "person_id", person["id"], person["full_name"])
    share_id = _insert(ctx, node, given, kind="user", person_id=person["id"], expires_on=expires_on)
    writing = "read-write" if given & {"update", "create", "delete"} else "read"
    ctx.emit(FileShared(f"/Shared/{node['name']}", ctx.me.email, share_with, writing))
    if note:
        subject = f"Note from {ctx.me.name} on {node['name']}"
        ctx.emit(NotificationRequested((share_with,), subject, note, "file_shared", ctx.me.email))
    return _made(ctx, share_id)


@tool(writes=True, idempotent=True)
def share_file_with_department(
    ctx: Context,
    path: FilePath,
    department: DepartmentName,
    permissions: Permissions | None = None,
    expires_on: Date | None = None,
) -> ShareRow:
    """Share a file or folder with all people of a department (and of the departments right below it). It appears under
    the /Shared of each who accepts; all are notified.

    Args:
        path: The file or folder.
        department: Name of the department.
        permissions: What they may do; only read when left out.
        expires_on: Last day of the share.
    """
    place, node = node_at(ctx, path)
    given = sharing.need_grantable(place, node, list(permissions or ["read"]))
    sharing.need_day_ahead(ctx, expires_on)
    found = ctx.db.row("SELECT id, name FROM company_department WHERE name = ? COLLATE NOCASE", department)
    if found is None:
        names = ctx.db.values("SELECT name FROM company_department ORDER BY name")
        raise ToolError("not_found", f"No department {department!r}.", field="department", accepted=names)
    _need_new(ctx, node, "department_id", found["id"], found["name"])
    share_id = _insert(ctx, node, given, kind="department", department_id=found["id"], expires_on=expires_on)
    people = ctx.db.values(
        "SELECT p.email FROM company_person p JOIN company_department d ON d.id = ?"
        f" WHERE {BELONGS} AND p.status <> 'left' AND p.id <> ? ORDER BY p.id",
        found["id"],
        ctx.me.id,
    )
    body = f"{ctx.me.name} shared {node['name']} with {found['name']}. Accept it to see it under /Shared."
    subject = f"{ctx.me.name} shared a file with your department"
    ctx.emit(NotificationRequested(tuple(people), subject, body, "file_shared", ctx.me.email))
    return _made(ctx, share_id)


@tool(writes=True, idempotent=False)
def create_public_link(
    ctx: Context,
    path: FilePath,
    permissions: LinkPermissions | None = None,
    expires_on: Date | None = None,
    password: Password | None = None,
) -> ShareRow:
    """Make a link by which anybody, also outside of the firm, can open a file or folder.

    Args:
        path: The file or folder.
        permissions: What the link allows; only read when left out.
        expires_on: Last day of the link, at most 90 days ahead; in 30 days when left out.
        password: Password that the link asks for, at least 8 characters; none when left out.
    """
    place, node = node_at(ctx, path)
    given = sharing.need_grantable(place, node, list(permissions or ["read"]))
    sharing.need_links_allowed(ctx, node)
    share_id = _insert(
        ctx,
        node,
        given,
        kind="link",
        token=ctx.ids.token("owncloud_link", 12),
        password_hash=sharing.hash_of(password),
        expires_on=sharing.link_day(ctx, expires_on),
    )
    return _made(ctx, share_id)


@tool(writes=True, idempotent=True)
def update_share(
    ctx: Context,
    share_id: ShareId,
    permissions: Permissions | None = None,
    expires_on: Date | None = None,
    password: Password | None = None,
) -> ShareRow:
    """Change what a share allows, its last day, or the password of a link. What is left out stays as it is.

    Args:
        share_id: The share.
        permissions: All permissions that it shall have from now on.
        expires_on: New last day; this also brings an expired share back.
        password: New password of a public link.
    """
    share = sharing.given_share(ctx, share_id)
    if permissions is None and expires_on is None and password is None:
        accepted = ["permissions", "expires_on", "password"]
        raise ToolError("invalid", "There is nothing to change.", field="permissions", accepted=accepted)
    columns: Row = {}
    if permissions is not None:
        node = nodes.get(ctx, share["node_id"])
        path = view_path(ctx, share["node_id"], ctx.me.id)
        if path is None:
            message = f"You do not see {share['node_name']} any more, so you cannot give more or less of it."
            raise ToolError("forbidden", message, field="share_id", accepted="unshare_file")
        place = locate(ctx, path)
        given = sharing.need_grantable(place, node, list(permissions))
        if share["kind"] == "link" and "share" in given:
            accepted = ["read", "update", "create", "delete"]
            raise ToolError("invalid", "A link cannot give share.", field="permissions", accepted=accepted)
        columns |= sharing.flags(given)
    if expires_on is not None:
        sharing.need_day_ahead(ctx, expires_on, most=sharing.MAX_LINK_DAYS if share["kind"] == "link" else None)
        columns["expires_on"] = expires_on
    if password is not None:
        if share["kind"] != "link":
            raise ToolError("invalid", f"Share {share_id} is no link; only links have a password.", field="password")
        columns["password_hash"] = sharing.hash_of(password)
    ctx.db.update("owncloud_share", {"id": share_id}, **columns)
    return _made(ctx, share_id)


class Ended(TypedDict):
    """A share that is no more."""

    share_id: ShareId
    path: FilePath


@tool(writes=True, destructive=True, idempotent=True)
def unshare_file(ctx: Context, share_id: ShareId) -> Ended:
    """End a share that you gave, or one of your own files; those who had it lose access at once.

    Args:
        share_id: The share.
    """
    share = sharing.given_share(ctx, share_id)
    path = sharing.path_of_share(ctx, share)
    ctx.db.delete("owncloud_share", id=share_id)
    return {"share_id": share_id, "path": path}


@tool()
def list_shares(
    ctx: Context,
    path: FilePath | None = None,
    kind: ShareKind | None = None,
    state: ShareState | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[ShareRow]:
    """List the shares that you gave and all shares of your own files, newest first.

    Args:
        path: Only shares of this file or folder.
        kind: Only with a person, with a department, or by link.
        state: Only in this state; active is for departments and links.
        page: Page number.
        per_page: Rows on a page.
    """
    node_id = None if path is None else node_at(ctx, path)[1]["id"]
    found = ctx.db.page(_GIVEN, ctx.me.id, ctx.today, node_id, kind, state, page=page, per_page=per_page)
    return {**found, "items": [_row(ctx, share) for share in found["items"]]}  # type: ignore[typeddict-item]


_STATE = (
    "CASE WHEN h.expires_on < ?2 THEN 'expired' WHEN h.kind <> 'user' THEN 'active'"
    " ELSE coalesce(a.answer, 'pending') END"
)
_GIVEN = f"""
    {sharing.SHARE} JOIN owncloud_space s ON s.id = n.space_id
    WHERE (h.owner_id = ?1 OR s.person_id = ?1) AND (?3 IS NULL OR h.node_id = ?3) AND (?4 IS NULL OR h.kind = ?4)
        AND (?5 IS NULL OR {_STATE} = ?5)
    ORDER BY h.id DESC
"""
