"""Tools that give the content of files, in parts: as text, as bytes, and of former versions."""

import base64
from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.owncloud import content, nodes, storing
from enterpriselab.apps.owncloud.access import file_at, need
from enterpriselab.apps.owncloud.ids import Address, FileName, FilePath, VersionNumber
from enterpriselab.apps.owncloud.rows import SavedFile, saved
from enterpriselab.toolkit import Context, DateTime, Page, PageNumber, PerPage, Row, not_found, tool

Offset = Annotated[int, Field(ge=0)]
Characters = Annotated[int, Field(ge=1, le=50_000)]
Bytes = Annotated[int, Field(ge=1, le=200_000)]


class FileText(TypedDict):
    """Text of a file from a character on; `next_offset` is there while more follows."""

    path: FilePath
    version: VersionNumber
    etag: str
    content: str
    total_chars: int
    next_offset: NotRequired[int]


@tool()
def read_file_content(
    ctx: Context, remote_path: FilePath, offset: Offset = 0, max_chars: Characters = 8_000
) -> FileText:
    """Read a text file. Long files come in parts: read on with the next_offset of the result.

    Args:
        remote_path: The file.
        offset: Character to start at.
        max_chars: How many characters at most.
    """
    place, node = file_at(ctx, remote_path, field="remote_path")
    text = content.need_text(content.of_file(ctx, node), place.path)
    return _part_of_text(place.path, node, text, offset, max_chars)


def _part_of_text(path: str, node: Row, text: str, offset: int, most: int) -> FileText:
    part: FileText = {
        "path": path,
        "version": node["version"],
        "etag": nodes.etag_of(node),
        "content": text[offset : offset + most],
        "total_chars": len(text),
    }
    if offset + most < len(text):
        part["next_offset"] = offset + most
    return part


class Download(TypedDict):
    """Bytes of a file from an offset on: as text for text files, else as base64."""

    path: FilePath
    file_name: FileName
    media_type: str
    encoding: Literal["text", "base64"]
    content: str
    total_bytes: int
    next_offset: NotRequired[int]


@tool()
def download_file(ctx: Context, remote_path: FilePath, offset: Offset = 0, max_bytes: Bytes = 50_000) -> Download:
    """Download a file of any type. The content comes in the result (nothing is written to a disk): text files as
    text, all others as base64, in parts of max_bytes.

    Args:
        remote_path: The file.
        offset: Byte to start at.
        max_bytes: How many bytes at most.
    """
    place, node = file_at(ctx, remote_path, field="remote_path")
    whole = content.of_file(ctx, node)
    raw = whole.raw
    end = min(len(raw), offset + max_bytes)
    if whole.text is not None:  # never cut a character of UTF-8 in two
        while end < len(raw) and end > offset + 1 and raw[end] & 0xC0 == 0x80:
            end -= 1
    part = raw[offset:end]
    shown = part.decode("utf-8", "replace") if whole.text is not None else base64.b64encode(part).decode("ascii")
    found: Download = {
        "path": place.path,
        "file_name": node["name"],
        "media_type": node["media_type"],
        "encoding": "text" if whole.text is not None else "base64",
        "content": shown,
        "total_bytes": len(raw),
    }
    if end < len(raw):
        found["next_offset"] = end
    return found


class VersionRow(TypedDict):
    """One version of a file; the highest number is the present content."""

    version: VersionNumber
    path: FilePath
    size: int
    saved_at: DateTime
    author: NotRequired[Address]
    current: bool


@tool()
def list_file_versions(ctx: Context, path: FilePath, page: PageNumber = 1, per_page: PerPage = 10) -> Page[VersionRow]:
    """List the versions of a file that are kept (the last 10), newest first.

    Args:
        path: The file.
        page: Page number.
        per_page: Rows on a page.
    """
    place, node = file_at(ctx, path)
    found = ctx.db.page(
        "SELECT v.number AS version, v.size, v.created_at AS saved_at, p.email AS author FROM owncloud_version v"
        " LEFT JOIN company_person p ON p.id = v.author_id WHERE v.node_id = ? ORDER BY v.number DESC",
        node["id"],
        page=page,
        per_page=per_page,
    )
    for row in found["items"]:
        row["path"] = place.path
        row["current"] = row["version"] == node["version"]
        if row["author"] is None:
            del row["author"]
    return found  # type: ignore[return-value]


def _version(ctx: Context, node: Row, number: int) -> content.Content:
    kept = ctx.db.values("SELECT number FROM owncloud_version WHERE node_id = ? ORDER BY number", node["id"])
    if number not in kept:
        hint = f"Kept are {', '.join(map(str, kept))}."
        raise not_found(f"version of {node['name']}", number, field="version", hint=hint)
    return content.of_version(ctx, node["id"], number)


@tool()
def read_file_version(
    ctx: Context, path: FilePath, version: VersionNumber, offset: Offset = 0, max_chars: Characters = 8_000
) -> FileText:
    """Read the text of a former version of a file, as read_file_content does for the present one.

    Args:
        path: The file.
        version: Number of the version, as list_file_versions gives it.
        offset: Character to start at.
        max_chars: How many characters at most.
    """
    place, node = file_at(ctx, path)
    text = content.need_text(_version(ctx, node, version), place.path)
    return _part_of_text(place.path, {**node, "version": version}, text, offset, max_chars)


@tool(writes=True, idempotent=True)
def restore_file_version(ctx: Context, path: FilePath, version: VersionNumber) -> SavedFile:
    """Bring back a former version of a file. Its content becomes a new version; nothing is lost.

    Args:
        path: The file.
        version: Number of the version to bring back.
    """
    place, node = file_at(ctx, path)
    need(place, "update", doing="restore a version of")
    wanted = _version(ctx, node, version)
    if wanted == content.of_file(ctx, node):
        return saved(place.path, node, changed=False)
    storing.need_unlocked(ctx, node["id"], ctx.me.id)
    return saved(place.path, storing.new_version(ctx, node, wanted, storing.me(ctx)), changed=True)
