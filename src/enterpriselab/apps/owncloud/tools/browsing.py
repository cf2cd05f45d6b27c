"""Tools that look: list a folder, its tree, one file's details, search by name and text."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.owncloud import nodes
from enterpriselab.apps.owncloud.access import (
    RIGHTS,
    Place,
    departments,
    locate,
    mounts,
    roots_below,
    seen_below,
)
from enterpriselab.apps.owncloud.ids import (
    Address,
    FileId,
    FileName,
    FilePath,
    Kind,
    Permission,
    TagName,
    VersionNumber,
)
from enterpriselab.apps.owncloud.paths import DEPARTMENTS, RESERVED, SHARED
from enterpriselab.apps.owncloud.rows import FILE_COLUMNS, FileRow, file_row
from enterpriselab.apps.owncloud.searching import parse_query
from enterpriselab.toolkit import Context, Date, DateTime, Page, PageNumber, PerPage, Row, page_of, tool

Depth = Annotated[int, Field(ge=1, le=6)]
Order = Literal["name", "newest", "largest"]
_ORDERS = {"name": "n.name COLLATE NOCASE", "newest": "n.modified_at DESC, n.id DESC", "largest": "n.size DESC, n.id"}
_TREE_LIMIT = 100


@tool()
def list_files(
    ctx: Context,
    path: FilePath = "/",
    kind: Kind | None = None,
    order_by: Order = "name",
    page: PageNumber = 1,
    per_page: PerPage = 20,
) -> Page[FileRow]:
    """List what is directly in a folder. "/" is your home; it also has /Shared (accepted shares) and /Departments.

    Args:
        path: The folder.
        kind: Only files or only folders.
        order_by: By name (folders first), newest change first, or largest first.
        page: Page number.
        per_page: Rows on a page.
    """
    place = locate(ctx, path)
    if not place.is_folder:
        node = place.node or {}
        only = file_row(place.path, node)
        return page_of([only], total=1, page=1, per_page=per_page)  # type: ignore[no-any-return]
    system = [row for row in _system_rows(ctx, place) if kind in (None, row["kind"])]
    first, last = (page - 1) * per_page, page * per_page
    shown = system[first:last]
    total, rows = len(system), list[Row]()
    if place.node is not None:
        order = _ORDERS[order_by] if order_by != "name" else f"n.kind DESC, {_ORDERS['name']}"
        condition, params = ("parent_id = ?", [place.node["id"]])
        if kind:
            condition, params = f"{condition} AND n.kind = ?", [*params, kind]
        total += ctx.db.value(f"SELECT count(*) FROM owncloud_node n WHERE {condition}", *params)
        sql = f"SELECT {FILE_COLUMNS} FROM owncloud_node n WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"
        rows = ctx.db.rows(sql, *params, per_page - len(shown), max(0, first - len(system)))
    found = [file_row(f"{place.path.rstrip('/')}/{row['name']}", row) for row in rows]
    return page_of([*shown, *found], total=total, page=page, per_page=per_page)  # type: ignore[no-any-return]


def _system_rows(ctx: Context, place: Place) -> list[FileRow]:
    if place.path == "/":
        return [{"path": f"/{name}", "name": name, "kind": "folder"} for name in sorted(RESERVED)]
    if place.path == f"/{DEPARTMENTS}":
        names = [row["name"] for row in departments(ctx, ctx.me.id)]
        return [{"path": f"{place.path}/{name}", "name": name, "kind": "folder"} for name in names]
    if place.path == f"/{SHARED}":
        return [_mount_row(row) for row in mounts(ctx, ctx.me.id)]
    return []


def _mount_row(share: Row) -> FileRow:
    name = share["mount_name"]
    return {"path": f"/{SHARED}/{name}", "name": name, "kind": share["node_kind"]}


class TreeRow(TypedDict):
    """One line of a tree: a path below the folder, with the number of files in it for a folder, else its bytes."""

    path: FilePath
    kind: Kind
    files: NotRequired[int]
    size: NotRequired[int]


class Tree(TypedDict):
    """A folder with what is in it, down to a depth; `more` counts lines that were left out."""

    path: FilePath
    items: list[TreeRow]
    more: int


@tool()
def get_folder_tree(ctx: Context, path: FilePath = "/", depth: Depth = 2, folders_only: bool = False) -> Tree:
    """Show the folders and files below a folder as a tree, sorted by path, at most 100 lines.

    Args:
        path: The folder to start from; "/" is your home without /Shared and /Departments, which have their own trees.
        depth: How many levels down, 1 to 6.
        folders_only: Leave files out.
    """
    place = locate(ctx, path)
    roots = roots_below(ctx, place, ctx.me.id)
    cte, params = seen_below(roots[:1] if place.path == "/" else roots)  # the home comes first
    rows = ctx.db.rows(
        f"{cte} SELECT seen.path, n.kind, n.size FROM seen JOIN owncloud_node n ON n.id = seen.id ORDER BY seen.path",
        *params,
    )
    top = place.path.rstrip("/")
    counts: dict[str, int] = {}
    for row in rows:
        if row["kind"] == "file":
            for folder in _folders_above(row["path"], top):
                counts[folder] = counts.get(folder, 0) + 1
    shown = [
        _tree_row(row, counts)
        for row in rows
        if row["path"] not in ("", top)
        and row["path"][len(top) :].count("/") <= depth
        and not (folders_only and row["kind"] == "file")
    ]
    return {"path": place.path, "items": shown[:_TREE_LIMIT], "more": max(0, len(shown) - _TREE_LIMIT)}


def _folders_above(path: str, top: str) -> list[str]:
    parts = path[len(top) + 1 :].split("/")[:-1]
    return [f"{top}/{'/'.join(parts[: level + 1])}" for level in range(len(parts))]


def _tree_row(row: Row, counts: dict[str, int]) -> TreeRow:
    if row["kind"] == "folder":
        return {"path": row["path"], "kind": "folder", "files": counts.get(row["path"], 0)}
    return {"path": row["path"], "kind": "file", "size": row["size"]}


class FileInfo(TypedDict):
    """Everything about a file or folder; what does not apply is left out."""

    path: FilePath
    name: FileName
    kind: Kind
    file_id: NotRequired[FileId]
    size: NotRequired[int]
    media_type: NotRequired[str]
    version: NotRequired[VersionNumber]
    etag: NotRequired[str]
    items: NotRequired[int]
    created_at: NotRequired[DateTime]
    modified_at: NotRequired[DateTime]
    modified_by: NotRequired[Address]
    owner: NotRequired[Address]
    department: NotRequired[str]
    permissions: list[Permission]
    tags: NotRequired[list[TagName]]
    starred: NotRequired[bool]
    shares: NotRequired[int]
    comments: NotRequired[int]
    locked_by: NotRequired[Address]
    locked_until: NotRequired[DateTime]


@tool()
def get_file_info(ctx: Context, path: FilePath) -> FileInfo:
    """Show the details of a file or folder: size, type, version and etag, owner, your permissions, tags, lock, counts.

    Args:
        path: The file or folder.
    """
    place = locate(ctx, path)
    mine = [right for right in RIGHTS if right in place.rights]
    name = place.path.rsplit("/", 1)[1] or "/"
    if place.node is None:
        items = len(_system_rows(ctx, place))
        return {"path": place.path, "name": name, "kind": "folder", "items": items, "permissions": mine}
    found = {"path": place.path, "name": name, "kind": place.node["kind"], "file_id": place.node["id"]}
    if place.node["kind"] == "file":
        found |= {"size": place.node["size"], "media_type": place.node["media_type"]}
        found |= {"version": place.node["version"], "etag": nodes.etag_of(place.node)}
    details = _details(ctx, place.node)
    tags = details.pop("tags")
    found |= {"permissions": mine, "tags": tags.split(",") if tags else []}
    return found | {key: value for key, value in details.items() if value is not None}  # type: ignore[return-value]


def _details(ctx: Context, node: Row) -> Row:
    sql = """
        SELECT CASE WHEN n.kind = 'folder' THEN (SELECT count(*) FROM owncloud_node c WHERE c.parent_id = n.id) END
            AS items, n.created_at, n.modified_at, m.email AS modified_by, o.email AS owner, d.name AS department,
            (SELECT group_concat(tag)
             FROM (SELECT tag FROM owncloud_file_tag WHERE node_id = n.id ORDER BY tag)) AS tags,
            (SELECT count(*) FROM owncloud_share h WHERE h.node_id = n.id) AS shares,
            (SELECT count(*) FROM owncloud_comment k WHERE k.node_id = n.id) AS comments,
            l.email AS locked_by, lk.expires_at AS locked_until,
            EXISTS (SELECT 1 FROM owncloud_star f WHERE f.node_id = n.id AND f.person_id = ?) AS starred
        FROM owncloud_node n JOIN owncloud_space s ON s.id = n.space_id
        LEFT JOIN company_person m ON m.id = n.modified_by LEFT JOIN company_person o ON o.id = s.person_id
        LEFT JOIN company_department d ON d.id = s.department_id
        LEFT JOIN owncloud_lock lk ON lk.node_id = n.id AND lk.expires_at > ?
        LEFT JOIN company_person l ON l.id = lk.person_id
        WHERE n.id = ?
    """
    row = ctx.db.rows(sql, ctx.me.id, ctx.now, node["id"])[0]
    return row | {"starred": bool(row["starred"])}


class Hit(FileRow):
    """A file or folder that was found; `snippet` shows the text around the words."""

    snippet: NotRequired[str]


@tool()
def search_files(
    ctx: Context,
    query: Annotated[str, Field(max_length=200)],
    path: FilePath = "/",
    scope: Literal["name", "content", "name_and_content"] = "name_and_content",
    kind: Kind | None = None,
    extension: Annotated[str, Field(max_length=10)] | None = None,
    modified_from: Date | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[Hit]:
    """Search files and folders by words in the name and in the text of text files, in all that you can see.

    Every word must occur, upper and lower case are the same; "two words" in quotes belong together; * and ? in a
    word match names only, for example *.csv. Hits in the name come first.

    Args:
        query: Words to look for; empty with another filter finds everything that passes it.
        path: Folder to search in, with all folders below; "/" searches home, shares and departments.
        scope: Where the words are looked for.
        kind: Only files or only folders.
        extension: Only files with this extension, for example md.
        modified_from: Only what was changed on this day or later.
        page: Page number.
        per_page: Rows on a page.
    """
    place = locate(ctx, path)
    wanted = parse_query(query, scope)
    filters, params = ["seen.path <> ?", *wanted.conditions], [place.path, *wanted.params]
    for condition, value in (
        ("n.kind = ?", kind),
        ("lower(n.name) LIKE '%.' || ?", extension.lower().lstrip(".") if extension else None),
        ("n.modified_at >= ?", modified_from),
    ):
        if value is not None:
            filters.append(condition)
            params.append(value)
    cte, roots = seen_below(roots_below(ctx, place, ctx.me.id))
    inner = f"SELECT seen.path, {FILE_COLUMNS}, {wanted.rank} AS in_text, {wanted.snippet} AS snippet FROM seen"
    sql = (
        f"{cte} {inner} JOIN owncloud_node n ON n.id = seen.id"
        " LEFT JOIN owncloud_version v ON v.node_id = n.id AND v.number = n.version"
        f" WHERE n.name <> '' AND {' AND '.join(filters)} ORDER BY in_text, seen.path"
    )
    # rank and snippet stand before the conditions, so their parameters do too
    found = ctx.db.page(sql, *roots, *wanted.shown_params, *params, page=page, per_page=per_page)
    return {**found, "items": [_hit(row) for row in found["items"]]}  # type: ignore[typeddict-item]


def _hit(row: Row) -> Hit:
    hit: Hit = {**file_row(row["path"], row)}  # type: ignore[typeddict-item]
    if row["snippet"]:
        hit["snippet"] = " ".join(row["snippet"].split())
    return hit
