"""What the tools of OwnCloud return: TypedDicts that several tools share, and how database rows become them."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.owncloud import nodes
from enterpriselab.apps.owncloud.access import Place, roots_below, seen_below, view_path
from enterpriselab.apps.owncloud.ids import FileName, FilePath, Kind, VersionNumber
from enterpriselab.toolkit import Context, DateTime, Page, Row

FILE_COLUMNS = "n.name, n.kind, n.size, n.modified_at"


class FileRow(TypedDict):
    """A file or folder in a list; folders have no size, folders of the system no date."""

    path: FilePath
    name: FileName
    kind: Kind
    size: NotRequired[int]
    modified_at: NotRequired[DateTime]


class SavedFile(TypedDict):
    """A file after its content was written; `changed` is false when it had this content already."""

    path: FilePath
    version: VersionNumber
    size: int
    etag: str
    changed: bool


class Placed(TypedDict):
    """Where a file or folder is now."""

    path: FilePath
    kind: Kind


def file_row(path: str, row: Row) -> FileRow:
    """One row of a list, from the columns FILE_COLUMNS."""
    found: FileRow = {"path": path, "name": path.rsplit("/", 1)[1], "kind": row["kind"]}
    if row["kind"] == "file":
        found["size"] = row["size"]
    found["modified_at"] = row["modified_at"]
    return found


def saved(path: str, node: Row, *, changed: bool) -> SavedFile:
    """The result of a tool that writes content."""
    return {
        "path": path,
        "version": node["version"],
        "size": node["size"],
        "etag": nodes.etag_of(node),
        "changed": changed,
    }


def placed(path: str, node: Row) -> Placed:
    """The result of a tool that makes or moves."""
    return {"path": path, "kind": node["kind"]}


def seen_page(ctx: Context, place: Place, condition: str, params: list[Any], page: int, per_page: int) -> Page[FileRow]:
    """Files and folders `n` under a place that fulfil an SQL condition, by path."""
    cte, roots = seen_below(roots_below(ctx, place, ctx.me.id))
    sql = (
        f"SELECT seen.path, {FILE_COLUMNS} FROM seen JOIN owncloud_node n ON n.id = seen.id"
        f" WHERE n.name <> '' AND seen.path <> ? AND ({condition}) ORDER BY seen.path"
    )
    found = ctx.db.page(f"{cte} {sql}", *roots, place.path, *params, page=page, per_page=per_page)
    return {**found, "items": [file_row(row["path"], row) for row in found["items"]]}  # type: ignore[typeddict-item]


def path_for_me(ctx: Context, node_id: int, fallback: str) -> str:
    """The caller's path of a node, or the fallback when they do not see it any more."""
    return view_path(ctx, node_id, ctx.me.id) or fallback
