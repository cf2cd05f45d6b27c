"""Shares: who may give which, what state they are in, and what a public link opens."""

import hashlib
from datetime import date, timedelta

from enterpriselab.apps.owncloud.access import ALL, READ, RIGHTS, Place, need, rights_of, view_path
from enterpriselab.apps.owncloud.ids import Permission, ShareState
from enterpriselab.apps.owncloud.paths import numbered
from enterpriselab.company.people import FIRM_DOMAIN
from enterpriselab.toolkit import Context, Row, ToolError, not_found

MAX_LINK_DAYS, USUAL_LINK_DAYS = 90, 30
LINK_BASE = f"https://files.{FIRM_DOMAIN}/s/"
SHARE = """
    SELECT h.*, n.name AS node_name, n.kind AS node_kind, o.email AS owner_email, p.email AS with_email,
        d.name AS department, a.answer
    FROM owncloud_share h JOIN owncloud_node n ON n.id = h.node_id JOIN company_person o ON o.id = h.owner_id
    LEFT JOIN company_person p ON p.id = h.person_id LEFT JOIN company_department d ON d.id = h.department_id
    LEFT JOIN owncloud_share_answer a ON a.share_id = h.id AND a.person_id = h.person_id
"""
"""Shares with the words that describe them; append WHERE."""


def need_grantable(place: Place, node: Row, wanted: list[str]) -> frozenset[str]:
    """The permissions to give, 'read' always among them. Raises `forbidden` or `invalid`."""
    need(place, "share", doing="share")
    given = frozenset(wanted) | READ
    missing = sorted(given - place.rights)
    if missing:
        message = f"You cannot give {', '.join(missing)} on {place.path}: you do not have it yourself."
        raise ToolError("forbidden", message, field="permissions", accepted=sorted(place.rights))
    if node["kind"] == "file" and given & {"create", "delete"}:
        accepted = ["read", "update", "share"]
        raise ToolError("invalid", "create and delete are for folders only.", field="permissions", accepted=accepted)
    return given


def flags(given: frozenset[str]) -> Row:
    """The columns of a share for these permissions."""
    return {f"can_{right}": int(right in given) for right in ALL - READ}


def need_day_ahead(ctx: Context, day: str | None, *, most: int | None = None) -> None:
    """Raise `invalid` unless the day is today or later, and within `most` days."""
    if day is None:
        return
    last = (date.fromisoformat(ctx.today) + timedelta(days=most)).isoformat() if most else None
    if day < ctx.today or (last is not None and day > last):
        until = f" to {last}" if last else " or later"
        raise ToolError("invalid", f"{day} is not possible.", field="expires_on", accepted=f"{ctx.today}{until}")


def link_day(ctx: Context, day: str | None) -> str:
    """The day on which a public link ends: as wished within 90 days, else in 30 days."""
    if day is None:
        return (date.fromisoformat(ctx.today) + timedelta(days=USUAL_LINK_DAYS)).isoformat()
    need_day_ahead(ctx, day, most=MAX_LINK_DAYS)
    return day


def need_links_allowed(ctx: Context, node: Row) -> None:
    """Raise `forbidden` where public links are switched off."""
    sql = (
        "SELECT d.name FROM owncloud_space s JOIN company_department d ON d.id = s.department_id"
        " WHERE s.id = ? AND s.links_allowed = 0"
    )
    name = ctx.db.value(sql, node["space_id"])
    if name is not None:
        message = f"Public links into the folder of {name} are not allowed."
        raise ToolError("forbidden", message, field="path", accepted="share_file with a colleague")


def hash_of(password: str | None) -> str | None:
    """What is stored of a link's password."""
    return None if password is None else hashlib.sha256(f"owncloud:{password}".encode()).hexdigest()


def state_of(ctx: Context, share: Row) -> ShareState:
    """'expired', 'active' (links, departments), or what the receiver said: 'pending', 'accepted', 'declined'."""
    if share["expires_on"] is not None and share["expires_on"] < ctx.today:
        return "expired"
    if share["kind"] != "user":
        return "active"
    answer: ShareState = share["answer"] or "pending"
    return answer


def given_share(ctx: Context, share_id: int) -> Row:
    """A share that the caller gave, or that is of a file the caller controls. Raises `not_found`."""
    share = ctx.db.row(f"{SHARE} WHERE h.id = ?", share_id)
    if share is None or not _controls(ctx, share):
        hint = "list_shares shows the shares that you gave."
        raise not_found("share of yours", share_id, field="share_id", hint=hint)
    return share


def _controls(ctx: Context, share: Row) -> bool:
    if share["owner_id"] == ctx.me.id:
        return True
    sql = "SELECT s.person_id FROM owncloud_node n JOIN owncloud_space s ON s.id = n.space_id WHERE n.id = ?"
    return bool(ctx.db.value(sql, share["node_id"]) == ctx.me.id)


def need_live_link(ctx: Context, url: str, password: str | None) -> Row:
    """The share of a link that opens. Raises `not_found`, `conflict` (it expired) or `forbidden` (the password)."""
    token = url.strip().rstrip("/").rsplit("/", 1)[-1]
    share = ctx.db.row(f"{SHARE} WHERE h.token = ?", token)
    if share is None:
        raise not_found("public link", url, field="url", hint="list_shares shows your links.")
    if share["expires_on"] < ctx.today:
        raise ToolError("conflict", f"The link expired on {share['expires_on']}.", field="url")
    if share["password_hash"] is not None and share["password_hash"] != hash_of(password):
        said = "is wrong" if password else "is missing"
        raise ToolError("forbidden", f"The link has a password, and it {said}.", field="password")
    return share


def path_of_share(ctx: Context, share: Row) -> str:
    """The caller's path of what is shared, else its bare name."""
    return view_path(ctx, share["node_id"], ctx.me.id) or f"/{share['node_name']}"


def free_mount(ctx: Context, who: str, name: str) -> str:
    """A name under /Shared that the person does not use yet."""
    taken = {
        row.lower()
        for row in ctx.db.values(
            "SELECT mount_name FROM owncloud_share_answer WHERE person_id = ? AND mount_name IS NOT NULL", who
        )
    }
    candidates = [name, *(numbered(name, str(number)) for number in range(2, len(taken) + 3))]
    return next(found for found in candidates if found.lower() not in taken)


def permissions_of(share: Row) -> list[Permission]:
    """Permissions of a share, in the usual order."""
    return [right for right in RIGHTS if right in rights_of(share)]
