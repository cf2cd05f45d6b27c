"""Tools that bring content in: upload, write, append, make a folder. All content comes as an argument."""

from enterpriselab.apps.owncloud import content as contents
from enterpriselab.apps.owncloud import nodes, storing
from enterpriselab.apps.owncloud.access import Place, file_at, folder_at, locate, need
from enterpriselab.apps.owncloud.content import Content
from enterpriselab.apps.owncloud.ids import Base64, Etag, FilePath, Text
from enterpriselab.apps.owncloud.paths import join, media_type_of, split_path
from enterpriselab.apps.owncloud.rows import Placed, SavedFile, placed, saved
from enterpriselab.toolkit import Context, Row, ToolError, tool


def _present(ctx: Context, path: str) -> Place | None:
    """The place of a file that exists; None when the name is free. Raises `invalid` for a folder."""
    names = split_path(path, field="remote_path")
    if not names:
        raise ToolError("invalid", "'/' is your home, not a file.", field="remote_path", accepted="/name.ext")
    above = locate(ctx, "/" + "/".join(names[:-1]), field="remote_path")
    if above.node is not None:
        node = nodes.child(ctx, above.node["id"], names[-1]) if above.is_folder else None
        place = None if node is None else Place(join(above.path, node["name"]), node, above.rights)
    else:  # what is shared by itself stands directly in a folder of the system
        place = locate(ctx, path, field="remote_path")
    if place is not None and (place.node is None or place.node["kind"] != "file"):
        raise ToolError("invalid", f"{place.path} is a folder, not a file.", field="remote_path")
    return place


def _above(ctx: Context, path: str, *, field: str) -> tuple[Place, Row, str]:
    """(place and node of the folder, name) of something new."""
    names = split_path(path, field=field)
    if not names:
        raise ToolError("invalid", "'/' is your home, which exists.", field=field, accepted="/Name")
    return (*folder_at(ctx, "/" + "/".join(names[:-1]), field=field), names[-1])


def _create(ctx: Context, path: str, body: Content) -> SavedFile:
    place, folder, name = _above(ctx, path, field="remote_path")
    need(place, "create", doing="create files in", field="remote_path")
    name = storing.need_free(ctx, folder, name, field="remote_path")
    node = storing.new_file(ctx, folder, name, body, storing.me(ctx))
    return saved(join(place.path, name), node, changed=True)


def _overwrite(ctx: Context, place: Place, body: Content, expected_etag: str | None) -> SavedFile:
    """New content for a file; the etag, the lock and the right are checked."""
    node = place.node or {}
    need(place, "update", doing="write to", field="remote_path")
    storing.need_unlocked(ctx, node["id"], ctx.me.id)
    storing.need_etag(node, expected_etag)
    if body == contents.of_file(ctx, node):
        return saved(place.path, node, changed=False)
    return saved(place.path, storing.new_version(ctx, node, body, storing.me(ctx)), changed=True)


@tool(writes=True, idempotent=True)
def upload_file(
    ctx: Context,
    remote_path: FilePath,
    content_text: Text | None = None,
    content_base64: Base64 | None = None,
    overwrite: bool = False,
) -> SavedFile:
    """Upload a new file, text or binary. The content is given here; no disk of any machine is read.

    Args:
        remote_path: Full path of the file, name included; the folder must exist.
        content_text: Content of a text file. Give this or content_base64.
        content_base64: Content of any file, base64-encoded.
        overwrite: If the file exists, make this its new version; otherwise that is refused.
    """
    if (content_text is None) == (content_base64 is None):
        accepted = ["content_text", "content_base64"]
        raise ToolError("invalid", "Give exactly one of the two contents.", field="content_text", accepted=accepted)
    present = _present(ctx, remote_path)
    if content_text is not None:
        body = contents.from_text(content_text)
    else:
        body = contents.from_base64(content_base64 or "", media_type_of(remote_path), field="content_base64")
    if present is None or not overwrite:
        return _create(ctx, remote_path, body)
    return _overwrite(ctx, present, body, None)


@tool(writes=True, idempotent=True)
def write_file_content(
    ctx: Context, remote_path: FilePath, content: Text, expected_etag: Etag | None = None
) -> SavedFile:
    """Write the whole text of a file. An existing file gets a new version (the old one is kept); a missing one is made.

    Args:
        remote_path: The file; its folder must exist.
        content: The new text, all of it.
        expected_etag: Etag that you read; if the file has changed since, nothing is written.
    """
    present = _present(ctx, remote_path)
    if present is not None:
        return _overwrite(ctx, present, contents.from_text(content), expected_etag)
    if expected_etag is not None:
        raise ToolError("conflict", f"{remote_path} does not exist, so it has no etag.", field="expected_etag")
    return _create(ctx, remote_path, contents.from_text(content))


@tool(writes=True, idempotent=False)
def append_to_file(ctx: Context, remote_path: FilePath, content: Text, expected_etag: Etag | None = None) -> SavedFile:
    """Add text at the end of a text file, on a new line; the file gets a new version.

    Args:
        remote_path: The file, which must exist.
        content: The text to add.
        expected_etag: Etag that you read; if the file has changed since, nothing is written.
    """
    if not content:
        raise ToolError("invalid", "There is nothing to add.", field="content", accepted="some text")
    place, node = file_at(ctx, remote_path, field="remote_path")
    old = contents.need_text(contents.of_file(ctx, node), place.path)
    joint = "" if not old or old.endswith("\n") else "\n"
    body = contents.from_text(old + joint + content)
    if body.size > contents.MAX_FILE_BYTES:
        message = f"The file would have {body.size:,} bytes; at most {contents.MAX_FILE_BYTES:,}."
        raise ToolError("invalid", message, field="content")
    return _overwrite(ctx, place, body, expected_etag)


@tool(writes=True, idempotent=True)
def create_folder(ctx: Context, path: FilePath) -> Placed:
    """Make a folder. The folder above it must exist.

    Args:
        path: Full path of the new folder.
    """
    place, folder, name = _above(ctx, path, field="path")
    need(place, "create", doing="create folders in")
    name = storing.need_free(ctx, folder, name, field="path")
    return placed(join(place.path, name), storing.new_folder(ctx, folder, name, storing.me(ctx)))
