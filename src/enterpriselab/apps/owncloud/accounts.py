"""Accounts: a home is opened, and closed with its files handed over to the manager."""

from enterpriselab.apps.owncloud import nodes, storing
from enterpriselab.apps.owncloud.content import from_text
from enterpriselab.apps.owncloud.paths import check_name
from enterpriselab.apps.owncloud.storing import Author
from enterpriselab.toolkit import Context, Row

HOME_QUOTA = 20_000_000
MANAGER_QUOTA = 50_000_000
WELCOME_NAME = "Welcome.md"
WELCOME = """# Welcome, {first_name}

Your storage has {quota} MB. Nobody else sees your own files. What colleagues share is under /Shared once you accept it,
department folders are under /Departments. Questions: IT Service Desk.
"""
_MAX_BOSSES = 20


def open_home(ctx: Context, person_id: str) -> None:
    """Give a person a home with a quota and a welcome file, or open the old home again."""
    known = ctx.db.row("SELECT id, status FROM owncloud_space WHERE person_id = ?", person_id)
    if known is not None:
        ctx.db.update("owncloud_space", {"id": known["id"]}, status="open", closes_on=None)
        return
    person = ctx.db.rows("SELECT first_name, grade FROM company_person WHERE id = ?", person_id)[0]
    quota = quota_for(person["grade"])
    space_id = ctx.db.insert(
        "owncloud_space",
        kind="home",
        person_id=person_id,
        quota_bytes=quota,
        readers="members",
        links_allowed=1,
        opened_on=ctx.today,
    )
    stamps = {"created_by": person_id, "created_at": ctx.now, "modified_by": person_id, "modified_at": ctx.now}
    root_id = ctx.db.insert("owncloud_node", space_id=space_id, name="", kind="folder", **stamps)
    text = WELCOME.format(first_name=person["first_name"], quota=quota // 1_000_000)
    by = Author(person_id, ctx.now)
    storing.new_file(ctx, nodes.get(ctx, root_id), WELCOME_NAME, from_text(text), by)


def quota_for(grade: str) -> int:
    """Bytes of a new home: managers and executives get more."""
    return MANAGER_QUOTA if grade[0] in "ME" else HOME_QUOTA


def close_home(ctx: Context, person_id: str) -> Row:
    """Close a home: shares from and to the person end, locks go, files move to the manager. The trash stays behind.

    Returns:
        {"heir": person id or None, "folder": name or None, "files": number of files handed over}.
    """
    space = ctx.db.row("SELECT * FROM owncloud_space WHERE person_id = ? AND status = 'open'", person_id)
    if space is None:
        return {"heir": None, "folder": None, "files": 0}
    root = nodes.root_of(ctx, space["id"])
    storing.end_shares(ctx, root["id"])
    ctx.db.execute("DELETE FROM owncloud_share WHERE owner_id = ? OR person_id = ?", person_id, person_id)
    for table in ("owncloud_share_answer", "owncloud_lock", "owncloud_star"):
        ctx.db.execute(f"DELETE FROM {table} WHERE person_id = ?", person_id)
    handed = _hand_over(ctx, person_id, space, root)
    ctx.db.update("owncloud_space", {"id": space["id"]}, status="closed", closes_on=ctx.today)
    return handed


def _hand_over(ctx: Context, person_id: str, space: Row, root: Row) -> Row:
    top = ctx.db.rows("SELECT * FROM owncloud_node WHERE parent_id = ? ORDER BY id", root["id"])
    top = [node for node in top if node["name"] != WELCOME_NAME]
    heir = _manager(ctx, person_id)
    if heir is None or not top:
        return {"heir": heir, "folder": None, "files": 0}
    by = Author(heir, ctx.now)
    home = ctx.db.value("SELECT id FROM owncloud_space WHERE person_id = ?", heir)
    parent = nodes.root_of(ctx, home)
    name = ctx.db.value("SELECT full_name FROM company_person WHERE id = ?", person_id)
    wished = check_name(f"Transferred from {name}")
    folder = storing.new_folder(ctx, parent, nodes.free_name(ctx, parent["id"], wished), by)
    ids = ", ".join(str(node["id"]) for node in top)
    below = f"WITH RECURSIVE b(id) AS (SELECT id FROM owncloud_node WHERE id IN ({ids})" + (
        " UNION ALL SELECT n.id FROM owncloud_node n JOIN b ON n.parent_id = b.id)"
    )
    files = ctx.db.value(f"{below} SELECT count(*) FROM owncloud_node JOIN b USING (id) WHERE kind = 'file'")
    ctx.db.execute(f"{below} UPDATE owncloud_node SET space_id = ? WHERE id IN (SELECT id FROM b)", home)
    ctx.db.execute(f"UPDATE owncloud_node SET parent_id = ? WHERE id IN ({ids})", folder["id"])
    return {"heir": heir, "folder": folder["name"], "files": files}


def _manager(ctx: Context, person_id: str) -> str | None:
    """The nearest person above who has an open home."""
    for _ in range(_MAX_BOSSES):
        person_id = ctx.db.value("SELECT manager_id FROM company_person WHERE id = ?", person_id)
        if person_id is None:
            return None
        if ctx.db.value("SELECT 1 FROM owncloud_space WHERE person_id = ? AND status = 'open'", person_id):
            return person_id
    return None
