"""Tools that move, copy, rename and delete, and the trash."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.owncloud import bin as trash
from enterpriselab.apps.owncloud import nodes, storing
from enterpriselab.apps.owncloud.access import Place, folder_at, need, node_at, view_path
from enterpriselab.apps.owncloud.ids import Address, FileName, FilePath, Kind, NewName, TrashId
from enterpriselab.apps.owncloud.paths import check_name, join
from enterpriselab.apps.owncloud.rows import Placed, placed
from enterpriselab.toolkit import Context, DateTime, Page, PageNumber, PerPage, Row, ToolError, tool


class Moved(Placed):
    """Where a file or folder is after a move; a move to another owner ends its shares."""

    shares_ended: NotRequired[int]


class Copied(Placed):
    """The copy, and how many files it has."""

    files: int


def _own_place(place: Place, *, doing: str) -> None:
    if place.mount:
        message = f"{place.path} is where a share appears; you cannot {doing} it."
        raise ToolError("conflict", message, field="path", accepted="decline_share removes it from your folders")


def _not_into_itself(ctx: Context, node: Row, folder: Row, *, doing: str) -> None:
    if node["kind"] == "folder" and nodes.is_in(ctx, folder["id"], node["id"]):
        message = f"A folder cannot be {doing} into itself or into a folder in it."
        raise ToolError("conflict", message, field="target_folder", accepted="a folder outside of it")


@tool(writes=True, idempotent=True)
def move_file(ctx: Context, path: FilePath, target_folder: FilePath, new_name: NewName | None = None) -> Moved:
    """Move a file or folder into another folder, also between your home, shares and department folders.

    Args:
        path: The file or folder.
        target_folder: Existing folder that takes it.
        new_name: New name there; the old one when left out.
    """
    place, node = node_at(ctx, path)
    _own_place(place, doing="move")
    target, folder = folder_at(ctx, target_folder, field="target_folder")
    need(place, "delete", doing="move")
    need(target, "create", doing="put anything into", field="target_folder")
    _not_into_itself(ctx, node, folder, doing="moved")
    storing.need_unlocked(ctx, node["id"], ctx.me.id)
    name = storing.need_free(ctx, folder, new_name or node["name"], field="new_name" if new_name else "target_folder")
    ended = storing.relocate(ctx, node, folder, name)
    moved: Moved = {**placed(join(target.path, name), node)}  # type: ignore[typeddict-item]
    if ended:
        moved["shares_ended"] = ended
    return moved


@tool(writes=True, idempotent=True)
def copy_file(ctx: Context, path: FilePath, target_folder: FilePath, new_name: NewName | None = None) -> Copied:
    """Copy a file or a folder with all in it. The copy is yours: no shares, comments, tags or old versions.

    Args:
        path: The file or folder.
        target_folder: Existing folder that takes the copy.
        new_name: Name of the copy; the old one when left out.
    """
    _, node = node_at(ctx, path)
    target, folder = folder_at(ctx, target_folder, field="target_folder")
    need(target, "create", doing="put anything into", field="target_folder")
    _not_into_itself(ctx, node, folder, doing="copied")
    name = storing.need_free(ctx, folder, new_name or node["name"], field="new_name" if new_name else "target_folder")
    made, files = storing.copy_tree(ctx, node, folder, name, storing.me(ctx))
    return {**placed(join(target.path, name), made), "files": files}


@tool(writes=True, idempotent=True)
def rename_file(ctx: Context, path: FilePath, new_name: NewName) -> Placed:
    """Rename a file or folder where it is. A new extension changes the type of a file.

    Args:
        path: The file or folder.
        new_name: The new name, without a path.
    """
    place, node = node_at(ctx, path)
    _own_place(place, doing="rename")
    need(place, "update", doing="rename")
    new_name = check_name(new_name, field="new_name")
    parent = nodes.get(ctx, node["parent_id"])
    if new_name == node["name"]:
        return placed(place.path, node)
    storing.need_unlocked(ctx, node["id"], ctx.me.id)
    if new_name.lower() != node["name"].lower():
        new_name = storing.need_free(ctx, parent, new_name, field="new_name")
    storing.relocate(ctx, node, parent, new_name)
    return placed(join(place.path.rsplit("/", 1)[0], new_name), node)


class Trashed(TypedDict):
    """A file or folder that went into the trash; `trash_id` brings it back."""

    trash_id: TrashId
    path: FilePath
    shares_ended: int


@tool(writes=True, destructive=True, idempotent=True)
def delete_file(ctx: Context, path: FilePath) -> Trashed:
    """Delete a file, or a folder with all in it: it goes into the trash of its owner, and its shares end.

    Args:
        path: The file or folder.
    """
    place, node = node_at(ctx, path)
    _own_place(place, doing="delete")
    need(place, "delete", doing="delete")
    storing.need_unlocked(ctx, node["id"], ctx.me.id)
    ended = storing.end_shares(ctx, node["id"])
    return {"trash_id": trash.put(ctx, node)["id"], "path": place.path, "shares_ended": ended}


class TrashRow(TypedDict):
    """One item of the trash with the path that it had."""

    trash_id: TrashId
    name: FileName
    kind: Kind
    original_path: str
    size: int
    deleted_at: DateTime
    deleted_by: Address


@tool()
def list_file_trash(ctx: Context, query: str = "", page: PageNumber = 1, per_page: PerPage = 10) -> Page[TrashRow]:
    """List what is in your trash and in that of department folders that you may write to, last deleted first.

    Args:
        query: Part of the name or of the original path.
        page: Page number.
        per_page: Rows on a page.
    """
    spaces = trash.spaces(ctx)
    found = ctx.db.page(
        "SELECT t.id AS trash_id, n.name, n.kind, t.from_path AS original_path, t.space_id, t.node_id, t.deleted_at,"
        " p.email AS deleted_by FROM owncloud_trash t JOIN owncloud_node n ON n.id = t.node_id"
        f" JOIN company_person p ON p.id = t.deleted_by WHERE t.space_id IN ({', '.join(map(str, spaces)) or 'NULL'})"
        " AND instr(lower(t.from_path), ?) > 0 ORDER BY t.deleted_at DESC, t.id DESC",
        query.lower(),
        page=page,
        per_page=per_page,
    )
    for row in found["items"]:
        row["original_path"] = spaces[row.pop("space_id")] + row["original_path"]
        row["size"] = nodes.size_of(ctx, row.pop("node_id"))
    return found  # type: ignore[return-value]


@tool(writes=True, idempotent=True)
def restore_from_trash(ctx: Context, trash_id: TrashId) -> Placed:
    """Bring an item back from the trash to where it was; as "name (restored).ext" if that name is taken by now, and at
    the top if its folder is gone. Shares that ended do not come back.

    Args:
        trash_id: The item, as list_file_trash gives it.
    """
    node = trash.take_out(ctx, trash.item(ctx, trash_id))
    return placed(view_path(ctx, node["id"], ctx.me.id) or "/", node)


class Freed(TypedDict):
    """What was deleted for good."""

    deleted: int
    freed_bytes: int


@tool(writes=True, destructive=True, idempotent=True)
def delete_from_trash(ctx: Context, trash_id: TrashId) -> Freed:
    """Delete one item of the trash for good, with its versions and comments.

    Args:
        trash_id: The item.
    """
    return {"deleted": 1, "freed_bytes": trash.destroy(ctx, trash.item(ctx, trash_id))}


@tool(writes=True, destructive=True, idempotent=True)
def empty_file_trash(ctx: Context) -> Freed:
    """Delete everything in your own trash for good, which frees storage. Trash of departments is not touched."""
    sql = "SELECT t.* FROM owncloud_trash t JOIN owncloud_space s ON s.id = t.space_id WHERE s.person_id = ?"
    items = ctx.db.rows(sql, ctx.me.id)
    return {"deleted": len(items), "freed_bytes": sum(trash.destroy(ctx, row) for row in items)}
