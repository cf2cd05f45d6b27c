"""Tools of those with whom something is shared: see what waits, accept, decline; open a public link."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.owncloud import content, nodes, sharing
from enterpriselab.apps.owncloud.access import received
from enterpriselab.apps.owncloud.ids import Address, FileName, FilePath, Kind, LinkUrl, Permission, ShareId
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, Row, not_found, page_of, tool

Answer = Literal["pending", "accepted", "declined"]
_MOST_NAMES = 50
_MOST_TEXT = 8_000


class ReceivedShare(TypedDict):
    """A share with you; `path` is where it appears once you accepted it."""

    share_id: ShareId
    name: FileName
    kind: Kind
    shared_by: Address
    permissions: list[Permission]
    state: Answer
    path: NotRequired[FilePath]
    expires_on: NotRequired[Date]


def _row(ctx: Context, share: Row) -> ReceivedShare:
    found: ReceivedShare = {
        "share_id": share["id"],
        "name": share["node_name"],
        "kind": share["node_kind"],
        "shared_by": ctx.db.value("SELECT email FROM company_person WHERE id = ?", share["owner_id"]),
        "permissions": sharing.permissions_of(share),
        "state": share["answer"] or "pending",
    }
    if share["mount_name"] is not None:
        found["path"] = f"/Shared/{share['mount_name']}"
    if share["expires_on"]:
        found["expires_on"] = share["expires_on"]
    return found


@tool()
def list_shared_with_me(
    ctx: Context,
    state: Answer | None = None,
    shared_by: Address | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[ReceivedShare]:
    """List what is shared with you or your department and has not expired, newest first.

    Args:
        state: Only shares that are pending (they wait for accept_share or decline_share), accepted or declined.
        shared_by: Only from this colleague.
        page: Page number.
        per_page: Rows on a page.
    """
    rows = [_row(ctx, share) for share in reversed(received(ctx, ctx.me.id))]
    found = [row for row in rows if state in (None, row["state"]) and shared_by in (None, row["shared_by"])]
    shown = found[(page - 1) * per_page : page * per_page]
    return page_of(shown, total=len(found), page=page, per_page=per_page)  # type: ignore[no-any-return]


def _received(ctx: Context, share_id: int) -> Row:
    for share in received(ctx, ctx.me.id):
        if share["id"] == share_id:
            return share
    hint = "list_shared_with_me shows the shares that count; expired ones do not."
    raise not_found("share with you", share_id, field="share_id", hint=hint)


def _answer(ctx: Context, share: Row, answer: str, mount_name: str | None) -> ReceivedShare:
    ctx.db.execute(
        "INSERT INTO owncloud_share_answer (share_id, person_id, answer, mount_name, answered_at)"
        " VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (share_id, person_id) DO UPDATE"
        " SET answer = excluded.answer, mount_name = excluded.mount_name, answered_at = excluded.answered_at",
        share["id"],
        ctx.me.id,
        answer,
        mount_name,
        ctx.now,
    )
    return _row(ctx, {**share, "answer": answer, "mount_name": mount_name})


@tool(writes=True, idempotent=True)
def accept_share(ctx: Context, share_id: ShareId) -> ReceivedShare:
    """Accept a share that is pending, or that you declined before: it appears under /Shared.

    Args:
        share_id: The share, as list_shared_with_me gives it.
    """
    share = _received(ctx, share_id)
    if share["answer"] == "accepted":
        return _row(ctx, share)
    return _answer(ctx, share, "accepted", sharing.free_mount(ctx, ctx.me.id, share["node_name"]))


@tool(writes=True, idempotent=True)
def decline_share(ctx: Context, share_id: ShareId) -> ReceivedShare:
    """Decline a share, or remove one that you had accepted from your /Shared. You can accept it later again.

    Args:
        share_id: The share.
    """
    share = _received(ctx, share_id)
    return _row(ctx, share) if share["answer"] == "declined" else _answer(ctx, share, "declined", None)


class OpenedLink(TypedDict):
    """What a public link shows: the text of a text file, the names in a folder, else only the facts."""

    name: FileName
    kind: Kind
    shared_by: Address
    permissions: list[Permission]
    expires_on: Date
    size: NotRequired[int]
    text: NotRequired[str]
    items: NotRequired[list[str]]


@tool()
def open_public_link(
    ctx: Context, url: LinkUrl, password: Annotated[str, Field(max_length=100)] | None = None
) -> OpenedLink:
    """Open a public link as anybody can: shows a file with the beginning of its text, or the names in a folder.

    Args:
        url: The link.
        password: Its password, if it has one.
    """
    share = sharing.need_live_link(ctx, url, password)
    node = nodes.get(ctx, share["node_id"])
    found: OpenedLink = {
        "name": node["name"],
        "kind": node["kind"],
        "shared_by": share["owner_email"],
        "permissions": sharing.permissions_of(share),
        "expires_on": share["expires_on"],
    }
    if node["kind"] == "folder":
        sql = "SELECT name FROM owncloud_node WHERE parent_id = ? ORDER BY name COLLATE NOCASE LIMIT ?"
        found["items"] = ctx.db.values(sql, node["id"], _MOST_NAMES)
        return found
    found["size"] = node["size"]
    text = content.of_file(ctx, node).text
    if text is not None:
        found["text"] = text[:_MOST_TEXT]
    return found
