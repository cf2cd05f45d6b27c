"""Tools that mark files without changing them: comments, tags, stars, locks."""

from datetime import timedelta
from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.owncloud.access import file_at, locate, need, node_at
from enterpriselab.apps.owncloud.ids import Address, CommentId, FilePath, Kind, NewTag, TagName
from enterpriselab.apps.owncloud.rows import FileRow, seen_page
from enterpriselab.core.clock import format_instant, parse_instant
from enterpriselab.toolkit import Context, DateTime, Page, PageNumber, PerPage, Row, ToolError, not_found, tool

Words = Annotated[str, Field(min_length=1, max_length=2_000)]
Minutes = Annotated[int, Field(ge=5, le=10_080)]
MAX_TAGS = 20


class CommentRow(TypedDict):
    """One comment on a file or folder."""

    comment_id: CommentId
    path: FilePath
    author: Address
    text: str
    created_at: DateTime


@tool()
def get_file_comments(ctx: Context, path: FilePath, page: PageNumber = 1, per_page: PerPage = 10) -> Page[CommentRow]:
    """List the comments on a file or folder, oldest first.

    Args:
        path: The file or folder.
        page: Page number.
        per_page: Rows on a page.
    """
    place, node = node_at(ctx, path)
    found = ctx.db.page(
        "SELECT c.id AS comment_id, p.email AS author, c.text, c.created_at FROM owncloud_comment c"
        " JOIN company_person p ON p.id = c.author_id WHERE c.node_id = ? ORDER BY c.id",
        node["id"],
        page=page,
        per_page=per_page,
    )
    found["items"] = [{"comment_id": row["comment_id"], "path": place.path} | row for row in found["items"]]
    return found  # type: ignore[return-value]


@tool(writes=True, idempotent=False)
def add_file_comment(ctx: Context, path: FilePath, text: Words) -> CommentRow:
    """Write a comment on a file or folder that you can read. Everybody who sees the file sees the comment.

    Args:
        path: The file or folder.
        text: The comment.
    """
    place, node = node_at(ctx, path)
    if not text.strip():
        raise ToolError("invalid", "The comment is empty.", field="text", accepted="some words")
    columns = {"author_id": ctx.me.id, "text": text.strip(), "created_at": ctx.now}
    comment_id = ctx.db.insert("owncloud_comment", node_id=node["id"], **columns)
    return {
        "comment_id": comment_id,
        "path": place.path,
        "author": ctx.me.email,
        "text": text.strip(),
        "created_at": ctx.now,
    }


class CommentGone(TypedDict):
    """A comment that was deleted."""

    comment_id: CommentId
    path: FilePath


@tool(writes=True, destructive=True, idempotent=True)
def delete_file_comment(ctx: Context, path: FilePath, comment_id: CommentId) -> CommentGone:
    """Delete a comment that you wrote.

    Args:
        path: The file or folder.
        comment_id: The comment, as get_file_comments gives it.
    """
    place, node = node_at(ctx, path)
    row = ctx.db.row("SELECT author_id FROM owncloud_comment WHERE id = ? AND node_id = ?", comment_id, node["id"])
    if row is None:
        hint = "get_file_comments shows them."
        raise not_found(f"comment on {place.path} with the id", comment_id, field="comment_id", hint=hint)
    if row["author_id"] != ctx.me.id:
        raise ToolError("forbidden", "Only its author may delete a comment.", field="comment_id")
    ctx.db.delete("owncloud_comment", id=comment_id)
    return {"comment_id": comment_id, "path": place.path}


class Tagged(TypedDict):
    """The tags of a file or folder after a change."""

    path: FilePath
    tags: list[TagName]


def _tags(ctx: Context, path: str, node: Row) -> Tagged:
    sql = "SELECT tag FROM owncloud_file_tag WHERE node_id = ? ORDER BY tag"
    return {"path": path, "tags": ctx.db.values(sql, node["id"])}


def _clean(tag: str) -> str:
    words = " ".join(tag.lower().split())
    if not words or "," in words:
        raise ToolError("invalid", f"{tag!r} is no tag.", field="tag", accepted="a word or two, without commas")
    return words


@tool(writes=True, idempotent=True)
def tag_file(ctx: Context, path: FilePath, tag: NewTag) -> Tagged:
    """Put a tag on a file or folder that you may change. Tags are the same for everybody; case does not matter.

    Args:
        path: The file or folder.
        tag: The tag; a new one comes into being by this.
    """
    place, node = node_at(ctx, path)
    need(place, "update", doing="tag")
    present = _tags(ctx, place.path, node)
    word = _clean(tag)
    if word in present["tags"]:
        return present
    if len(present["tags"]) >= MAX_TAGS:
        raise ToolError("conflict", f"{place.path} has {MAX_TAGS} tags; take one off first.", field="tag")
    ctx.db.insert("owncloud_file_tag", node_id=node["id"], tag=word)
    return _tags(ctx, place.path, node)


@tool(writes=True, idempotent=True)
def untag_file(ctx: Context, path: FilePath, tag: TagName) -> Tagged:
    """Take a tag off a file or folder.

    Args:
        path: The file or folder.
        tag: The tag.
    """
    place, node = node_at(ctx, path)
    need(place, "update", doing="untag")
    if not ctx.db.delete("owncloud_file_tag", node_id=node["id"], tag=_clean(tag)):
        present = _tags(ctx, place.path, node)["tags"]
        raise ToolError("not_found", f"{place.path} has no tag {tag!r}.", field="tag", accepted=present)
    return _tags(ctx, place.path, node)


class TagRow(TypedDict):
    """A tag, and on how many files and folders of all people it is."""

    tag: TagName
    files: int


@tool()
def list_file_tags(ctx: Context, query: str = "", page: PageNumber = 1, per_page: PerPage = 20) -> Page[TagRow]:
    """List the tags in use, the most used first.

    Args:
        query: Part of the tag.
        page: Page number.
        per_page: Rows on a page.
    """
    sql = (
        "SELECT tag, count(*) AS files FROM owncloud_file_tag WHERE instr(tag, ?) > 0 GROUP BY tag"
        " ORDER BY files DESC, tag"
    )
    return ctx.db.page(sql, query.lower(), page=page, per_page=per_page)  # type: ignore[return-value]


@tool()
def find_files_by_tag(
    ctx: Context,
    tag: TagName,
    path: FilePath = "/",
    kind: Kind | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[FileRow]:
    """List the files and folders with a tag that you can see, by path.

    Args:
        tag: The tag.
        path: Only in this folder and below; "/" is everything you can see.
        kind: Only files or only folders.
        page: Page number.
        per_page: Rows on a page.
    """
    condition = "EXISTS (SELECT 1 FROM owncloud_file_tag t WHERE t.node_id = n.id AND t.tag = ?)"
    params = [_clean(tag)]
    if kind is not None:
        condition, params = f"{condition} AND n.kind = ?", [*params, kind]
    return seen_page(ctx, locate(ctx, path), condition, params, page, per_page)


class Starred(TypedDict):
    """Whether a file or folder is among your favourites."""

    path: FilePath
    starred: bool


@tool(writes=True, idempotent=True)
def star_file(ctx: Context, path: FilePath) -> Starred:
    """Add a file or folder to your favourites.

    Args:
        path: The file or folder.
    """
    place, node = node_at(ctx, path)
    ctx.db.execute("INSERT INTO owncloud_star VALUES (?, ?) ON CONFLICT DO NOTHING", ctx.me.id, node["id"])
    return {"path": place.path, "starred": True}


@tool(writes=True, idempotent=True)
def unstar_file(ctx: Context, path: FilePath) -> Starred:
    """Take a file or folder out of your favourites.

    Args:
        path: The file or folder.
    """
    place, node = node_at(ctx, path)
    ctx.db.delete("owncloud_star", person_id=ctx.me.id, node_id=node["id"])
    return {"path": place.path, "starred": False}


@tool()
def list_starred_files(ctx: Context, page: PageNumber = 1, per_page: PerPage = 10) -> Page[FileRow]:
    """List your favourites that you can still see, by path.

    Args:
        page: Page number.
        per_page: Rows on a page.
    """
    condition = "n.id IN (SELECT node_id FROM owncloud_star WHERE person_id = ?)"
    return seen_page(ctx, locate(ctx, "/"), condition, [ctx.me.id], page, per_page)


class Lock(TypedDict):
    """A lock on a file; it ends by itself."""

    path: FilePath
    locked: bool
    locked_by: NotRequired[Address]
    locked_until: NotRequired[DateTime]


def _lock_of(ctx: Context, node: Row) -> Row | None:
    sql = (
        "SELECT l.*, p.email, p.full_name FROM owncloud_lock l JOIN company_person p ON p.id = l.person_id"
        " WHERE l.node_id = ?"
    )
    return ctx.db.row(sql, node["id"])


@tool(writes=True, idempotent=True)
def lock_file(
    ctx: Context,
    path: FilePath,
    minutes: Minutes = 60,
    reason: Annotated[str, Field(max_length=200)] | None = None,
) -> Lock:
    """Lock a file so that nobody else can write, move, rename or delete it. The lock ends by itself.

    Args:
        path: The file.
        minutes: How long, 5 minutes to 7 days (10080).
        reason: Why, for others to read.
    """
    place, node = file_at(ctx, path)
    need(place, "update", doing="lock")
    lock = _lock_of(ctx, node)
    if lock is not None and lock["expires_at"] > ctx.now:
        message = f"{place.path} is locked by {lock['full_name']} until {lock['expires_at']}."
        raise ToolError("conflict", message, field="path", accepted="unlock_file first" if _mine(ctx, lock) else None)
    ctx.db.delete("owncloud_lock", node_id=node["id"])
    until = format_instant(parse_instant(ctx.now) + timedelta(minutes=minutes))
    columns = {"person_id": ctx.me.id, "reason": reason, "locked_at": ctx.now, "expires_at": until}
    ctx.db.insert("owncloud_lock", node_id=node["id"], **columns)
    return {"path": place.path, "locked": True, "locked_by": ctx.me.email, "locked_until": until}


def _mine(ctx: Context, lock: Row) -> bool:
    return bool(lock["person_id"] == ctx.me.id)


@tool(writes=True, idempotent=True)
def unlock_file(ctx: Context, path: FilePath) -> Lock:
    """Take the lock off a file: your own one, any on a file of your home, or any at all as an IT administrator.

    Args:
        path: The file.
    """
    place, node = file_at(ctx, path)
    lock = _lock_of(ctx, node)
    if lock is None:
        return {"path": place.path, "locked": False}
    owner = ctx.db.value("SELECT person_id FROM owncloud_space WHERE id = ?", node["space_id"])
    if not _mine(ctx, lock) and owner != ctx.me.id and lock["expires_at"] > ctx.now:
        ctx.require("files.unlock", f"{place.path} is locked by {lock['full_name']} until {lock['expires_at']}.")
    ctx.db.delete("owncloud_lock", node_id=node["id"])
    return {"path": place.path, "locked": False}
