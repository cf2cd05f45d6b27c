"""Who sees what under which path, and what they may do there: home, accepted shares, department folders."""

import difflib
from dataclasses import dataclass

from enterpriselab.apps.owncloud import nodes
from enterpriselab.apps.owncloud.ids import Permission
from enterpriselab.apps.owncloud.paths import DEPARTMENTS, SHARED, join, split_path
from enterpriselab.toolkit import Context, Row, ToolError

RIGHTS: tuple[Permission, ...] = ("read", "update", "create", "delete", "share")
ALL: frozenset[str] = frozenset(RIGHTS)
READ = frozenset({"read"})
BELONGS = (
    "(d.id = p.department_id OR d.parent_id IS NOT NULL"
    " AND d.id = (SELECT parent_id FROM company_department WHERE id = p.department_id))"
)
"""Person p belongs to department d: it is their own, or the one right above it unless that is the whole firm."""
_MEMBER = f"""(
    {BELONGS} OR d.parent_id IS NULL AND EXISTS (SELECT 1 FROM company_department h WHERE h.head_id = p.id)
    OR EXISTS (SELECT 1 FROM company_department h WHERE h.head_id = p.id AND h.parent_id IS NOT NULL
               AND h.id IN (d.id, d.parent_id))
)"""
"""Member of d's folder: who belongs to it, its head, the head above; all heads for the Executive Office."""
_DEPARTMENTS = f"""
    SELECT s.id, s.department_id, s.readers, d.name, {_MEMBER} AS member,
        EXISTS (SELECT 1 FROM company_role r WHERE r.person_id = p.id AND r.role = 'Auditor') AS auditor
    FROM owncloud_space s JOIN company_department d ON d.id = s.department_id JOIN company_person p ON p.id = ?
    WHERE s.status = 'open'
"""
_RECEIVED = f"""
    SELECT sh.*, a.answer, a.mount_name, n.kind AS node_kind, n.name AS node_name
    FROM owncloud_share sh JOIN owncloud_node n ON n.id = sh.node_id
    LEFT JOIN owncloud_share_answer a ON a.share_id = sh.id AND a.person_id = ?1
    WHERE (sh.person_id = ?1 OR sh.owner_id <> ?1 AND sh.department_id IN (
        SELECT d.id FROM company_department d JOIN company_person p ON p.id = ?1 WHERE {BELONGS}))
      AND (sh.expires_on IS NULL OR sh.expires_on >= ?2)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: a file or folder with the rights of the viewer, or (node None) a folder of folders."""

    path: str
    node: Row | None
    rights: frozenset[str]
    mount: bool = False
    """The file or folder that was shared itself, not something in it."""

    @property
    def is_folder(self) -> bool:
        """True for folders, those of folders included."""
        return self.node is None or self.node["kind"] == "folder"


def home_space(ctx: Context, who: str) -> Row:
    """The person's open home space. Raises `forbidden`."""
    row = ctx.db.row("SELECT * FROM owncloud_space WHERE person_id = ? AND status = 'open'", who)
    if row is None:
        raise ToolError("forbidden", f"{who} has no open storage account; IT can say why.")
    return row


def locate(ctx: Context, path: str, *, who: str | None = None, field: str = "path") -> Place:
    """The place of a path as the person (else the caller) sees it. Raises `invalid`, `not_found` or `forbidden`."""
    who = who or ctx.me.id
    names = split_path(path, field=field)
    top = names[0].lower() if names else ""
    if top == SHARED.lower():
        return _in_shared(ctx, names[1:], who, field)
    if top == DEPARTMENTS.lower():
        return _in_departments(ctx, names[1:], who, field)
    root = nodes.root_of(ctx, home_space(ctx, who)["id"])
    return _walk(ctx, Place("/", root, ALL), names, field)


def _walk(ctx: Context, place: Place, names: list[str], field: str) -> Place:
    for name in names:
        here = place.node or {}
        if here["kind"] == "file":
            raise ToolError("not_found", f"{place.path} is a file; there is nothing in it.", field=field)
        node = nodes.child(ctx, here["id"], name)
        if node is None:
            others = ctx.db.values("SELECT name FROM owncloud_node WHERE parent_id = ? ORDER BY name", here["id"])
            raise _missing(place.path, name, others, field)
        place = Place(join(place.path, node["name"]), node, place.rights)
    return place


def _missing(folder: str, name: str, others: list[str], field: str) -> ToolError:
    near = difflib.get_close_matches(name, others, n=3, cutoff=0.5) or others[:5]
    message = f"There is no {name!r} in {folder}. list_files shows a folder, search_files finds files by name or text."
    return ToolError("not_found", message, field=field, accepted=[join(folder, other) for other in near] or None)


def received(ctx: Context, who: str) -> list[Row]:
    """Shares with the person that have not expired, with `answer`, `mount_name`, `node_kind` and `node_name`."""
    return ctx.db.rows(f"{_RECEIVED} ORDER BY sh.id", who, ctx.today)


def mounts(ctx: Context, who: str) -> list[Row]:
    """Accepted shares that count, by name."""
    return ctx.db.rows(f"{_RECEIVED} AND a.answer = 'accepted' ORDER BY a.mount_name", who, ctx.today)


def rights_of(share: Row) -> frozenset[str]:
    """What a share allows."""
    return READ | {right for right in RIGHTS[1:] if share[f"can_{right}"]}


def _in_shared(ctx: Context, names: list[str], who: str, field: str) -> Place:
    if not names:
        return Place(f"/{SHARED}", None, READ)
    sql = f"{_RECEIVED} AND a.answer = 'accepted' AND a.mount_name = ?3 COLLATE NOCASE"
    share = ctx.db.row(sql, who, ctx.today, names[0])
    if share is None:
        raise _missing(f"/{SHARED}", names[0], [row["mount_name"] for row in mounts(ctx, who)], field)
    start = Place(f"/{SHARED}/{share['mount_name']}", nodes.get(ctx, share["node_id"]), rights_of(share), mount=True)
    return _walk(ctx, start, names[1:], field)


def departments(ctx: Context, who: str) -> list[Row]:
    """Department folders that the person can read, by name: `id` of the space, `department_id`, `name`, `member`."""
    rows = ctx.db.rows(f"{_DEPARTMENTS} ORDER BY d.name", who)
    return [row for row in rows if _readable(row)]


def _readable(row: Row) -> bool:
    return bool(row["member"] or row["auditor"] or row["readers"] == "everyone")


def _in_departments(ctx: Context, names: list[str], who: str, field: str) -> Place:
    if not names:
        return Place(f"/{DEPARTMENTS}", None, READ)
    row = ctx.db.row(f"{_DEPARTMENTS} AND d.name = ? COLLATE NOCASE", who, names[0])
    if row is None:
        raise _missing(f"/{DEPARTMENTS}", names[0], [found["name"] for found in departments(ctx, who)], field)
    path = f"/{DEPARTMENTS}/{row['name']}"
    if not _readable(row):
        message = f"{path} is open to members of the department only."
        raise ToolError("forbidden", message, field=field, accepted="a member may share")
    return _walk(ctx, Place(path, nodes.root_of(ctx, row["id"]), ALL if row["member"] else READ), names[1:], field)


def view_path(ctx: Context, node_id: int, who: str) -> str | None:
    """The path under which the person sees the node; None when they do not."""
    chain = nodes.ancestors(ctx, node_id)
    below = "/" + "/".join(row["name"] for row in reversed(chain) if row["name"])
    if chain[-1]["name"] == "":
        space = ctx.db.rows("SELECT * FROM owncloud_space WHERE id = ?", chain[-1]["space_id"])[0]
        if space["person_id"] == who:
            return below
        for row in departments(ctx, who):
            if row["id"] == space["id"]:
                return f"/{DEPARTMENTS}/{row['name']}{below.rstrip('/')}"
    by_node = {row["node_id"]: row["mount_name"] for row in mounts(ctx, who)}
    for level, row in enumerate(chain):
        if row["id"] in by_node:
            names = [part["name"] for part in reversed(chain[:level])]
            return "/".join([f"/{SHARED}", by_node[row["id"]], *names])
    return None


def roots_below(ctx: Context, place: Place, who: str) -> list[tuple[int, str]]:
    """(node id, path) from which everything under a place is reached; '/' reaches shares and departments too."""
    if place.node is not None and place.path != "/":
        return [(place.node["id"], place.path)]
    found: list[tuple[int, str]] = []
    if place.node is not None:
        found.append((place.node["id"], ""))
    if place.path in ("/", f"/{SHARED}"):
        found += [(row["node_id"], f"/{SHARED}/{row['mount_name']}") for row in mounts(ctx, who)]
    if place.path in ("/", f"/{DEPARTMENTS}"):
        for row in departments(ctx, who):
            found.append((nodes.root_of(ctx, row["id"])["id"], f"/{DEPARTMENTS}/{row['name']}"))
    return found


def seen_below(roots: list[tuple[int, str]]) -> tuple[str, list[object]]:
    """(CTE `seen(id, path)` of the roots and all in them, its parameters)."""
    marks = ", ".join(["(?, ?)"] * len(roots)) or "(NULL, NULL)"
    cte = (
        f"WITH RECURSIVE seen(id, path) AS (VALUES {marks}"
        " UNION ALL SELECT n.id, seen.path || '/' || n.name FROM owncloud_node n JOIN seen ON n.parent_id = seen.id)"
    )
    return cte, [value for root in roots for value in root]


def need(place: Place, right: str, *, doing: str, field: str = "path") -> None:
    """Raise `forbidden` unless the place gives the right; `doing` says what was tried, for example 'delete'."""
    if right in place.rights:
        return
    have = ", ".join(name for name in RIGHTS if name in place.rights) or "none"
    if place.node is None:
        message = f"{place.path} is made by the system; nobody can {doing} there."
    else:
        message = f"You may not {doing} {place.path}: it needs the permission {right}, you have: {have}."
    raise ToolError("forbidden", message, field=field, accepted="its owner can share it with that permission")


def file_at(ctx: Context, path: str, *, who: str | None = None, field: str = "path") -> tuple[Place, Row]:
    """The place and node of a file. Raises `invalid` for a folder."""
    place = locate(ctx, path, who=who, field=field)
    if place.node is None or place.node["kind"] != "file":
        message = f"{place.path} is a folder, not a file; list_files shows what is in it."
        raise ToolError("invalid", message, field=field)
    return place, place.node


def node_at(ctx: Context, path: str, *, field: str = "path") -> tuple[Place, Row]:
    """The place and node of a file or of a folder that somebody made. Raises `invalid` for a top folder."""
    place = locate(ctx, path, field=field)
    if place.node is None or place.node["name"] == "":
        raise ToolError(
            "invalid", f"{place.path} is a top folder; name a file or a folder in it.", field=field, accepted="/Folder"
        )
    return place, place.node


def folder_at(ctx: Context, path: str, *, who: str | None = None, field: str = "path") -> tuple[Place, Row]:
    """The place and node of a folder into which things can be put. Raises `invalid` for a file."""
    place = locate(ctx, path, who=who, field=field)
    if place.node is None:
        accepted = "a folder in it"
        raise ToolError("forbidden", f"{place.path} is kept by the system.", field=field, accepted=accepted)
    if place.node["kind"] != "folder":
        raise ToolError("invalid", f"{place.path} is a file, not a folder.", field=field)
    return place, place.node
