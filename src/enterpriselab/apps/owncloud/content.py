"""Content of files: text or bytes, how it comes in and goes out, and how much of it."""

import base64
import binascii
from dataclasses import dataclass

from enterpriselab.apps.owncloud.paths import is_text_type
from enterpriselab.toolkit import Context, Row, ToolError

MAX_FILE_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a file: exactly one of text and data."""

    text: str | None
    data: bytes | None

    @property
    def size(self) -> int:
        """Bytes, text in UTF-8."""
        return len(self.raw)

    @property
    def raw(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode("utf-8") if self.text is not None else self.data or b""


def from_text(text: str) -> Content:
    """Content of a text file. Raises `invalid` for what is no UTF-8 text."""
    if "\x00" in text or any(0xD800 <= ord(char) < 0xE000 for char in text):
        raise ToolError("invalid", "The text has characters that no text file holds (NUL or half of a pair).")
    return Content(text, None)


def from_bytes(data: bytes, media_type: str) -> Content:
    """Text when the type says so and the bytes are UTF-8, else bytes. Raises `invalid` when it is too large."""
    if len(data) > MAX_FILE_BYTES:
        raise ToolError("invalid", f"The file has {len(data):,} bytes; at most {MAX_FILE_BYTES:,}.")
    if is_text_type(media_type) and b"\x00" not in data:
        try:
            return Content(data.decode("utf-8"), None)
        except UnicodeDecodeError:
            return Content(None, data)
    return Content(None, data)


def from_base64(encoded: str, media_type: str, *, field: str) -> Content:
    """Content from base64 text, line breaks allowed. Raises `invalid`."""
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        message = "This is no base64 text: use A-Z, a-z, 0-9, +, / and = at the end."
        raise ToolError("invalid", message, field=field, accepted="base64, for example aGVsbG8=") from None
    return from_bytes(data, media_type)


def of_version(ctx: Context, node_id: int, number: int) -> Content:
    """The content of a version, which exists."""
    row = ctx.db.rows("SELECT text, data FROM owncloud_version WHERE node_id = ? AND number = ?", node_id, number)[0]
    return Content(row["text"], row["data"])


def of_file(ctx: Context, node: Row) -> Content:
    """The present content of a file."""
    return of_version(ctx, node["id"], node["version"])


def need_text(content: Content, path: str) -> str:
    """The text. Raises `invalid` when the file is binary."""
    if content.text is None:
        message = f"{path} is a binary file of {content.size:,} bytes; download_file gives its bytes."
        raise ToolError("invalid", message, field="remote_path", accepted="a text file")
    return content.text
