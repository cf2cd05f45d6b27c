"""Paths, names and media types: what is a valid one and how it is taken apart. Pure; knows no files."""

import re
import unicodedata

from enterpriselab.toolkit import ToolError

SHARED, DEPARTMENTS = "Shared", "Departments"
RESERVED = (SHARED, DEPARTMENTS)
"""Names at the top of every home that belong to the folders of shares and of departments."""
MAX_NAME, MAX_DEPTH = 150, 20
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\/<>:"|?*]')
_FORBIDDEN_WORDS = 'none of \\ / < > : " | ? * and no control characters'
FOLDER_TYPE = "httpd/unix-directory"
UNKNOWN_TYPE = "application/octet-stream"
MEDIA_TYPES = {
    "txt": "text/plain", "log": "text/plain", "md": "text/markdown", "csv": "text/csv", "html": "text/html",
    "ics": "text/calendar", "vcf": "text/vcard", "py": "text/x-python", "sql": "application/sql",
    "json": "application/json", "yaml": "application/yaml", "yml": "application/yaml", "toml": "application/toml",
    "xml": "application/xml", "ini": "text/plain", "sh": "application/x-sh",
    "pdf": "application/pdf", "zip": "application/zip", "gz": "application/gzip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml",
    "mp4": "video/mp4", "mp3": "audio/mpeg", "eml": "message/rfc822",
}  # fmt: skip
_TEXT_TYPES = frozenset(
    f"application/{name}" for name in ("json", "yaml", "toml", "xml", "sql", "x-sh")
) | {"image/svg+xml", "message/rfc822"}  # fmt: skip


def media_type_of(name: str) -> str:
    """By the extension, case ignored."""
    return MEDIA_TYPES.get(extension_of(name), UNKNOWN_TYPE)


def is_text_type(media_type: str) -> bool:
    """Is content of this type text that people read and write?"""
    return media_type.startswith("text/") or media_type in _TEXT_TYPES


def extension_of(name: str) -> str:
    """Lower-case extension without the dot; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def numbered(name: str, mark: str) -> str:
    """The name with a mark before its extension: 'a (2).txt'."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem:
        return f"{name[: MAX_NAME - len(mark) - 3]} ({mark})"
    return f"{stem[: MAX_NAME - len(mark) - len(extension) - 4]} ({mark}).{extension}"


def split_path(path: str, *, field: str = "path") -> list[str]:
    """Names from the top down; none for '/'. Raises `invalid`."""
    names = [name for name in unicodedata.normalize("NFC", path.strip()).split("/") if name]
    if any(name in (".", "..") for name in names):
        message = f"The path {path!r} has '.' or '..' in it; give the whole path from the top."
        raise ToolError("invalid", message, field=field, accepted="/Folder/name.ext")
    if len(names) > MAX_DEPTH:
        raise ToolError("invalid", f"The path is {len(names)} folders deep; at most {MAX_DEPTH}.", field=field)
    return names


def check_name(name: str, *, field: str = "path") -> str:
    """The name in normal form, if a file or folder may have it. Raises `invalid`."""
    name = unicodedata.normalize("NFC", name)
    if name in ("", ".", "..") or _FORBIDDEN.search(name):
        raise ToolError("invalid", f"{name!r} is no valid name.", field=field, accepted=_FORBIDDEN_WORDS)
    if len(name) > MAX_NAME:
        raise ToolError("invalid", f"The name has {len(name)} characters; at most {MAX_NAME}.", field=field)
    if name != name.strip() or name.endswith("."):
        message = f"{name!r} begins or ends with a space, or ends with a dot."
        raise ToolError("invalid", message, field=field, accepted=name.strip().rstrip(".") or None)
    return name


def join(folder: str, name: str) -> str:
    """Path of a name in a folder."""
    return f"{folder.rstrip('/')}/{name}"
