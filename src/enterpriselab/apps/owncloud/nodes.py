"""The tree of files in the database: find, walk, measure. Knows nothing of who may do what."""

import hashlib

from enterpriselab.apps.owncloud.paths import numbered
from enterpriselab.toolkit import Context, Row

BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT ? UNION ALL SELECT n.id FROM owncloud_node n JOIN below ON n.parent_id = below.id
)
"""
"""CTE with the ids of a node (the parameter) and of everything in it."""
_MAX_TRIES = 1000


def child(ctx: Context, parent_id: int, name: str) -> Row | None:
    """The node of that name in the folder, case ignored."""
    sql = "SELECT * FROM owncloud_node WHERE parent_id = ? AND name = ? COLLATE NOCASE"
    return ctx.db.row(sql, parent_id, name)


def get(ctx: Context, node_id: int) -> Row:
    """The node, which exists."""
    return ctx.db.rows("SELECT * FROM owncloud_node WHERE id = ?", node_id)[0]


def root_of(ctx: Context, space_id: int) -> Row:
    """The root folder of a space."""
    return ctx.db.rows("SELECT * FROM owncloud_node WHERE space_id = ? AND name = ''", space_id)[0]


def ancestors(ctx: Context, node_id: int) -> list[Row]:
    """The node and the folders above it, from below."""
    return ctx.db.rows(
        "WITH RECURSIVE up(id, parent_id, name, space_id, level) AS ("
        " SELECT id, parent_id, name, space_id, 0 FROM owncloud_node WHERE id = ?"
        " UNION ALL SELECT n.id, n.parent_id, n.name, n.space_id, up.level + 1"
        " FROM owncloud_node n JOIN up ON n.id = up.parent_id"
        ") SELECT id, parent_id, name, space_id FROM up ORDER BY level",
        node_id,
    )


def path_in_space(ctx: Context, node_id: int) -> str:
    """Path from the root of the space."""
    names = [row["name"] for row in ancestors(ctx, node_id) if row["name"]]
    return "/" + "/".join(reversed(names))


def is_in(ctx: Context, node_id: int, folder_id: int) -> bool:
    """Is the node that folder, or somewhere in it?"""
    return any(row["id"] == folder_id for row in ancestors(ctx, node_id))


def size_of(ctx: Context, node_id: int) -> int:
    """Bytes of a file, or of all files in a folder."""
    sql = f"{BELOW} SELECT coalesce(sum(n.size), 0) FROM owncloud_node n JOIN below USING (id)"
    total: int = ctx.db.value(sql, node_id)
    return total


def used_bytes(ctx: Context, space_id: int) -> int:
    """Bytes of all files of a space, those in the trash included; old versions do not count."""
    total: int = ctx.db.value("SELECT coalesce(sum(size), 0) FROM owncloud_node WHERE space_id = ?", space_id)
    return total


def free_name(ctx: Context, parent_id: int, name: str, *, word: str = "") -> str:
    """The name if it is free, else the first free one of 'name (2)', 'name (3)', ...; or 'name (word)' with a word."""
    if child(ctx, parent_id, name) is None:
        return name
    marks = [word] if word else []
    marks += [f"{word} {number}".strip() for number in range(2, _MAX_TRIES)]
    return next(found for mark in marks if child(ctx, parent_id, found := numbered(name, mark)) is None)


def etag_of(node: Row) -> str:
    """Changes with the content of the file, not with its name or place."""
    return hashlib.sha256(f"{node['id']}:{node['version']}:{node['created_at']}".encode()).hexdigest()[:12]
