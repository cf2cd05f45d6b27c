"""The trash: what goes into it, comes back from it and leaves it for good."""

from enterpriselab.apps.owncloud import nodes, storing
from enterpriselab.apps.owncloud.access import departments
from enterpriselab.toolkit import Context, Row, not_found


def put(ctx: Context, node: Row) -> Row:
    """Move a node, whose shares have ended, into the trash of its space. Returns the row of the trash."""
    trash_id = ctx.db.insert(
        "owncloud_trash",
        node_id=node["id"],
        space_id=node["space_id"],
        from_parent_id=node["parent_id"],
        from_path=nodes.path_in_space(ctx, node["id"]),
        deleted_by=ctx.me.id,
        deleted_at=ctx.now,
    )
    ctx.db.update("owncloud_node", {"id": node["id"]}, parent_id=None)
    return ctx.db.rows("SELECT * FROM owncloud_trash WHERE id = ?", trash_id)[0]


def spaces(ctx: Context) -> dict[int, str]:
    """Spaces whose trash the caller handles, with the path of their root: the home, departments as a member."""
    home = ctx.db.value("SELECT id FROM owncloud_space WHERE person_id = ? AND status = 'open'", ctx.me.id)
    found = {} if home is None else {home: ""}
    return found | {row["id"]: f"/Departments/{row['name']}" for row in departments(ctx, ctx.me.id) if row["member"]}


def item(ctx: Context, trash_id: int) -> Row:
    """A row of the trash that the caller may handle. Raises `not_found`."""
    row = ctx.db.row("SELECT * FROM owncloud_trash WHERE id = ?", trash_id)
    if row is None or row["space_id"] not in spaces(ctx):
        hint = "list_file_trash shows the items with ids."
        raise not_found("item of your trash", trash_id, field="trash_id", hint=hint)
    return row


def take_out(ctx: Context, row: Row) -> Row:
    """Put an item back where it was, under a free name; at the top of its space if the folder is gone."""
    node = nodes.get(ctx, row["node_id"])
    root = nodes.root_of(ctx, row["space_id"])
    parent = root
    if row["from_parent_id"] is not None and nodes.is_in(ctx, row["from_parent_id"], root["id"]):
        parent = nodes.get(ctx, row["from_parent_id"])
    name = storing.free_name(ctx, parent, node["name"], word="restored")
    ctx.db.delete("owncloud_trash", id=row["id"])
    ctx.db.update("owncloud_node", {"id": node["id"]}, parent_id=parent["id"], name=name)
    return nodes.get(ctx, node["id"])


def destroy(ctx: Context, row: Row) -> int:
    """Delete an item for good; returns the bytes that this frees."""
    freed = nodes.size_of(ctx, row["node_id"])
    ctx.db.delete("owncloud_node", id=row["node_id"])
    return freed
