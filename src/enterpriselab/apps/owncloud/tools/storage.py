"""Tools about storage: how much is used, and for IT administrators accounts and quotas."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.owncloud import accounts, nodes
from enterpriselab.apps.owncloud.access import departments, home_space
from enterpriselab.apps.owncloud.ids import Address, DepartmentName, FilePath
from enterpriselab.toolkit import Context, Date, Meaning, Page, PageNumber, PerPage, Row, ToolError, not_found, tool

Megabytes = Annotated[float, Field(gt=0, le=10_000)]


class StorageInfo(TypedDict):
    """Storage in bytes; the trash is part of what is used, old versions are not. `files` leaves out the trash."""

    path: FilePath
    quota_bytes: int
    used_bytes: int
    free_bytes: int
    used_percent: float
    trash_bytes: int
    files: int


@tool()
def get_storage_info(ctx: Context, department: DepartmentName | None = None) -> StorageInfo:
    """Show how much storage is used and free: of your home, or of a department folder.

    Args:
        department: Name of a department whose folder you can see; your own home when left out.
    """
    if department is None:
        space, path = home_space(ctx, ctx.me.id), "/"
    else:
        seen = {row["name"].lower(): row for row in departments(ctx, ctx.me.id)}
        if department.lower() not in seen:
            accepted = [row["name"] for row in seen.values()]
            raise ToolError("not_found", f"No department folder {department!r}.", field="department", accepted=accepted)
        space = ctx.db.rows("SELECT * FROM owncloud_space WHERE id = ?", seen[department.lower()]["id"])[0]
        path = f"/Departments/{seen[department.lower()]['name']}"
    used = nodes.used_bytes(ctx, space["id"])
    root_id = nodes.root_of(ctx, space["id"])["id"]
    live = nodes.size_of(ctx, root_id)
    sql = f"{nodes.BELOW} SELECT count(*) FROM owncloud_node JOIN below USING (id) WHERE kind = 'file'"
    return {
        "path": path,
        "quota_bytes": space["quota_bytes"],
        "used_bytes": used,
        "free_bytes": max(0, space["quota_bytes"] - used),
        "used_percent": round(100 * used / space["quota_bytes"], 1),
        "trash_bytes": used - live,
        "files": ctx.db.value(sql, root_id),
    }


class AccountRow(TypedDict):
    """The storage of a person or of a department."""

    kind: Literal["home", "department"]
    email: NotRequired[Address]
    department: NotRequired[DepartmentName]
    name: Annotated[str, Meaning("storage_owner")]
    quota_bytes: int
    used_bytes: int
    used_percent: float
    status: Literal["open", "closed"]
    closes_on: NotRequired[Date]


_ACCOUNTS = """
    SELECT s.kind, p.email, d.name AS department, coalesce(p.full_name, d.name) AS name, s.quota_bytes,
        coalesce(u.used, 0) AS used_bytes, round(100.0 * coalesce(u.used, 0) / s.quota_bytes, 1) AS used_percent,
        s.status, s.closes_on
    FROM owncloud_space s LEFT JOIN company_person p ON p.id = s.person_id
    LEFT JOIN company_department d ON d.id = s.department_id
    LEFT JOIN (SELECT space_id, sum(size) AS used FROM owncloud_node GROUP BY space_id) u ON u.space_id = s.id
    WHERE 1
"""


def _account(row: Row) -> AccountRow:
    return {key: value for key, value in row.items() if value is not None}  # type: ignore[return-value]


@tool(permission="storage.admin")
def list_storage_accounts(
    ctx: Context,
    query: str = "",
    kind: Literal["home", "department"] | None = None,
    status: Literal["open", "closed"] | None = None,
    min_used_percent: Annotated[float, Field(ge=0)] | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[AccountRow]:
    """List the storage of people and departments with quota and use, the fullest first. For IT administrators.

    Args:
        query: Part of a name or an address.
        kind: Only homes or only department folders.
        status: Only open or only closed accounts.
        min_used_percent: Only those that are at least so full.
        page: Page number.
        per_page: Rows on a page.
    """
    sql, params = _ACCOUNTS, []
    for condition, value in (
        ("instr(lower(coalesce(p.full_name, d.name) || ' ' || coalesce(p.email, '')), ?) > 0", query.lower() or None),
        ("s.kind = ?", kind),
        ("s.status = ?", status),
        ("100.0 * coalesce(u.used, 0) / s.quota_bytes >= ?", min_used_percent),
    ):
        if value is not None:
            sql += f" AND {condition}"
            params.append(value)
    found = ctx.db.page(f"{sql} ORDER BY used_percent DESC, s.id", *params, page=page, per_page=per_page)
    return {**found, "items": [_account(row) for row in found["items"]]}  # type: ignore[typeddict-item]


def _space_of(ctx: Context, email: str | None, department: str | None) -> Row:
    if (email is None) == (department is None):
        accepted = ["email", "department"]
        raise ToolError("invalid", "Name either a person or a department.", field="email", accepted=accepted)
    column, value = ("p.email", email) if email is not None else ("d.name", department)
    sql = (
        "SELECT x.id AS space_id, x.person_id, x.status FROM owncloud_space x"
        " LEFT JOIN company_person p ON p.id = x.person_id LEFT JOIN company_department d ON d.id = x.department_id"
    )
    row = ctx.db.row(f"{sql} WHERE {column} = ? COLLATE NOCASE", value)
    if row is None:
        field = "email" if email is not None else "department"
        raise not_found("storage account of", value, field=field, hint="list_storage_accounts shows them.")
    return row


@tool(writes=True, idempotent=True, permission="storage.admin")
def set_storage_quota(
    ctx: Context, quota_mb: Megabytes, email: Address | None = None, department: DepartmentName | None = None
) -> AccountRow:
    """Set how much storage a person or a department has. For IT administrators.

    Args:
        quota_mb: The new quota in megabytes (1 MB is 1,000,000 bytes); not less than what is used.
        email: The person. Give this or department.
        department: The department.
    """
    space = _space_of(ctx, email, department)
    quota, used = round(quota_mb * 1_000_000), nodes.used_bytes(ctx, space["space_id"])
    if quota < max(1, used):
        message = f"{used:,} bytes are used already; the quota cannot be {quota:,} bytes."
        raise ToolError("conflict", message, field="quota_mb", accepted=f"at least {used / 1_000_000:.3f}")
    ctx.db.update("owncloud_space", {"id": space["space_id"]}, quota_bytes=quota)
    return _account(ctx.db.rows(f"{_ACCOUNTS} AND s.id = ?", space["space_id"])[0])


class Closed(TypedDict):
    """An account that was closed, and what was handed over to whom."""

    email: Address
    files: int
    handed_to: NotRequired[Address]
    folder: NotRequired[FilePath]


@tool(writes=True, destructive=True, idempotent=True, permission="storage.admin")
def close_storage_account(ctx: Context, email: Address) -> Closed:
    """Close the account of a person who leaves: their shares end, their files go to the manager. For IT administrators,
    and only when the person has a last day.

    Args:
        email: The person.
    """
    space = _space_of(ctx, email, None)
    if space["status"] == "closed":
        raise ToolError("conflict", f"The account of {email} is closed already.", field="email")
    left_on = ctx.db.value("SELECT left_on FROM company_person WHERE id = ?", space["person_id"])
    if left_on is None:
        message = f"{email} has no last day at the firm, so the account stays open."
        raise ToolError("conflict", message, field="email", accepted="a person who has given notice or has left")
    handed = accounts.close_home(ctx, space["person_id"])
    found: Closed = {"email": email, "files": handed["files"]}
    if handed["folder"]:
        found["handed_to"] = ctx.db.value("SELECT email FROM company_person WHERE id = ?", handed["heir"])
        found["folder"] = f"/{handed['folder']}"
    return found
