"""Changes to the tree: new files and versions, folders, moving, copying. Checks locks, names and quota; not rights."""

from dataclasses import dataclass

from enterpriselab.apps.owncloud import nodes
from enterpriselab.apps.owncloud.content import Content
from enterpriselab.apps.owncloud.paths import RESERVED, check_name, media_type_of, numbered
from enterpriselab.toolkit import Context, Row, ToolError

MAX_VERSIONS = 10
"""Versions of a file that are kept, the present one included."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, and when."""

    person_id: str
    now: str


def me(ctx: Context) -> Author:
    """The caller, now."""
    return Author(ctx.me.id, ctx.now)


def need_room(ctx: Context, space_id: int, extra: int) -> None:
    """Raise `conflict`, with the numbers, when the space cannot take so many more bytes."""
    if extra <= 0:
        return
    quota: int = ctx.db.value("SELECT quota_bytes FROM owncloud_space WHERE id = ?", space_id)
    used = nodes.used_bytes(ctx, space_id)
    if used + extra > quota:
        message = (
            f"Not enough storage: {used:,} of {quota:,} bytes are used, {max(0, quota - used):,} are free,"
            f" and this needs {extra:,} more. The trash counts too."
        )
        raise ToolError("conflict", message, accepted="empty_file_trash, delete_file, or a larger quota from IT")


def need_unlocked(ctx: Context, node_id: int, who: str) -> None:
    """Raise `conflict` when somebody else holds a lock on the node or on a file in it."""
    sql = (
        f"{nodes.BELOW} SELECT l.expires_at, n.name, p.full_name FROM owncloud_lock l JOIN below b ON b.id = l.node_id"
        " JOIN owncloud_node n ON n.id = l.node_id JOIN company_person p ON p.id = l.person_id"
        " WHERE l.person_id <> ? AND l.expires_at > ?"
    )
    lock = ctx.db.row(sql, node_id, who, ctx.now)
    if lock is not None:
        message = f"{lock['name']} is locked by {lock['full_name']} until {lock['expires_at']}."
        raise ToolError("conflict", message, accepted="wait, or ask the holder to unlock_file")


def need_etag(node: Row, expected: str | None) -> None:
    """Raise `conflict` when the file is not the one that the caller has read."""
    present = nodes.etag_of(node)
    if expected is not None and expected.strip('"') != present:
        message = (
            f"{node['name']} has changed since you read it: its etag is {present} (version {node['version']},"
            f" {node['modified_at']}), not {expected}."
        )
        raise ToolError("conflict", message, field="expected_etag", accepted=[present])


def need_free(ctx: Context, folder: Row, name: str, *, field: str) -> str:
    """The checked name. Raises `conflict` when the folder has it already, or when it is a reserved name."""
    name = check_name(name, field=field)
    if _is_reserved(ctx, folder, name):
        message = f"{name!r} is the name of a system folder at the top of every home."
        raise ToolError("conflict", message, field=field, accepted="another name")
    taken = nodes.child(ctx, folder["id"], name)
    if taken is not None:
        message = f"There is a {taken['kind']} {taken['name']!r} already (upper and lower case are the same)."
        raise ToolError("conflict", message, field=field, accepted=[nodes.free_name(ctx, folder["id"], name)])
    return name


def _is_reserved(ctx: Context, folder: Row, name: str) -> bool:
    if folder["name"] != "" or name.lower() not in {word.lower() for word in RESERVED}:
        return False
    return bool(ctx.db.value("SELECT kind = 'home' FROM owncloud_space WHERE id = ?", folder["space_id"]))


def free_name(ctx: Context, folder: Row, name: str, *, word: str) -> str:
    """The name, or with the word after it when the folder has that name or may not have it."""
    wished = numbered(name, word) if _is_reserved(ctx, folder, name) else name
    return nodes.free_name(ctx, folder["id"], wished, word=word)


def new_folder(ctx: Context, folder: Row, name: str, by: Author) -> Row:
    """Insert a folder; the name was checked."""
    node_id = ctx.db.insert(
        "owncloud_node", space_id=folder["space_id"], parent_id=folder["id"], name=name, kind="folder", **_stamps(by)
    )
    return nodes.get(ctx, node_id)


def _stamps(by: Author) -> Row:
    return {"created_by": by.person_id, "created_at": by.now, "modified_by": by.person_id, "modified_at": by.now}


def new_file(ctx: Context, folder: Row, name: str, content: Content, by: Author) -> Row:
    """Insert a file with its first version; the name was checked. Raises `conflict` for lack of room."""
    need_room(ctx, folder["space_id"], content.size)
    node_id = ctx.db.insert(
        "owncloud_node",
        space_id=folder["space_id"],
        parent_id=folder["id"],
        name=name,
        kind="file",
        media_type=media_type_of(name),
        size=content.size,
        version=1,
        **_stamps(by),
    )
    _insert_version(ctx, node_id, 1, content, by)
    return nodes.get(ctx, node_id)


def _insert_version(ctx: Context, node_id: int, number: int, content: Content, by: Author) -> None:
    ctx.db.insert(
        "owncloud_version",
        node_id=node_id,
        number=number,
        size=content.size,
        text=content.text,
        data=content.data,
        author_id=by.person_id,
        created_at=by.now,
    )


def new_version(ctx: Context, node: Row, content: Content, by: Author) -> Row:
    """Give a file new content; the oldest version goes when there are too many. Raises `conflict` for lack of room."""
    need_room(ctx, node["space_id"], content.size - node["size"])
    number = node["version"] + 1
    _insert_version(ctx, node["id"], number, content, by)
    ctx.db.update(
        "owncloud_node",
        {"id": node["id"]},
        size=content.size,
        version=number,
        modified_by=by.person_id,
        modified_at=by.now,
    )
    oldest = number - MAX_VERSIONS
    ctx.db.execute("DELETE FROM owncloud_version WHERE node_id = ? AND number <= ?", node["id"], oldest)
    return nodes.get(ctx, node["id"])


def relocate(ctx: Context, node: Row, folder: Row, name: str) -> int:
    """Move a node; into another space its shares end and the quota is checked. Returns how many shares ended."""
    ended = 0
    if folder["space_id"] != node["space_id"]:
        need_room(ctx, folder["space_id"], nodes.size_of(ctx, node["id"]))
        ended = end_shares(ctx, node["id"])
        sql = f"{nodes.BELOW} UPDATE owncloud_node SET space_id = ? WHERE id IN (SELECT id FROM below)"
        ctx.db.execute(sql, node["id"], folder["space_id"])
    ctx.db.update("owncloud_node", {"id": node["id"]}, parent_id=folder["id"], name=name)
    if node["kind"] == "file":
        sql = "UPDATE owncloud_node SET media_type = ?2 WHERE id = ?1 AND media_type <> ?2"
        ctx.db.execute(sql, node["id"], media_type_of(name))
    return ended


def end_shares(ctx: Context, node_id: int) -> int:
    """Delete all shares of a node and of what is in it; returns how many."""
    sql = f"{nodes.BELOW} DELETE FROM owncloud_share WHERE node_id IN (SELECT id FROM below)"
    return ctx.db.execute(sql, node_id)


def copy_tree(ctx: Context, node: Row, folder: Row, name: str, by: Author) -> tuple[Row, int]:
    """Copy a node with all in it: present content only, no shares, tags or comments. (new node, files copied)."""
    need_room(ctx, folder["space_id"], nodes.size_of(ctx, node["id"]))
    return _copy(ctx, node, folder, name, by)


def _copy(ctx: Context, node: Row, folder: Row, name: str, by: Author) -> tuple[Row, int]:
    if node["kind"] == "file":
        sql = "SELECT text, data FROM owncloud_version WHERE node_id = ? AND number = ?"
        row = ctx.db.rows(sql, node["id"], node["version"])[0]
        return new_file(ctx, folder, name, Content(row["text"], row["data"]), by), 1
    made = new_folder(ctx, folder, name, by)
    children = ctx.db.rows("SELECT * FROM owncloud_node WHERE parent_id = ? ORDER BY id", node["id"])
    return made, sum(_copy(ctx, item, made, item["name"], by)[1] for item in children)
