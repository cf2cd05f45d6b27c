"""Letter: what somebody wants to send, checked; and how it becomes one stored message. Delivery is elsewhere."""

import hashlib
from dataclasses import dataclass

from enterpriselab.apps.mail.text import text_of_html
from enterpriselab.toolkit import Context, ToolError

MAX_RECIPIENTS = 50
MAX_ATTACHED_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class File:
    """Content to attach."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """The words of a mail in the forms in which it is stored."""

    subject: str
    body: str
    html: str | None = None
    mime_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail is from: the address shown, the name shown, and the person who wrote it."""

    address: str
    name: str
    author_id: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it has an id."""

    sender: Sender
    content: Content
    recipients: tuple[tuple[str, str], ...]
    """(field, address), without doubles."""
    files: tuple[File, ...] = ()
    importance: str = "Normal"
    origin: str = "person"
    parent_id: str | None = None


def make_content(*, subject: str, body: str, mime_type: str = "text/plain", html: str | None = None) -> Content:
    """The content in a consistent form. Raises ToolError when subject or body contradict the type."""
    if "\n" in subject or "\r" in subject:
        raise ToolError("invalid", "A subject is one line.", field="subject")
    if mime_type == "text/html":
        markup = html if html is not None else body
        return Content(subject.strip(), text_of_html(markup), markup, mime_type)
    if html is not None:
        return Content(subject.strip(), body, html, "multipart/alternative")
    if mime_type == "multipart/alternative":
        raise ToolError("invalid", "multipart/alternative needs htmlBody beside body.", field="htmlBody")
    return Content(subject.strip(), body)


def make_recipients(to: list[str], cc: list[str] | None, bcc: list[str] | None) -> tuple[tuple[str, str], ...]:
    """(field, address) in order; an address counts once, in the first field that names it. Raises ToolError."""
    found: dict[str, str] = {}
    for field, addresses in (("to", to), ("cc", cc or []), ("bcc", bcc or [])):
        for address in addresses:
            found.setdefault(address, field)
    if len(found) > MAX_RECIPIENTS:
        said = f"A mail may have {MAX_RECIPIENTS} recipients, this one has {len(found)}; use a distribution list."
        raise ToolError("invalid", said, field="to")
    return tuple((field, address) for address, field in found.items())


def check_sendable(letter_content: Content, recipients: tuple[tuple[str, str], ...], *, files: int) -> None:
    """Refuse a mail without recipient, subject or content."""
    if not recipients:
        raise ToolError(
            "invalid", "A mail needs at least one recipient.", field="to", accepted="one or more e-mail addresses"
        )
    if not letter_content.subject:
        raise ToolError("invalid", "A mail needs a subject.", field="subject")
    if not letter_content.body.strip() and not files:
        raise ToolError("invalid", "A mail needs a body or an attachment.", field="body")


def new_id(ctx: Context, table: str, prefix: str) -> str:
    """An id that the table does not hold yet: prefix and 8 hex digits."""
    while True:
        candidate = f"{prefix}_{ctx.ids.token(table, 8)}"
        if ctx.db.value(f"SELECT 1 FROM {table} WHERE id = ?", candidate) is None:
            return candidate


def store(ctx: Context, letter: Letter, *, draft: bool = False) -> str:
    """Insert message, recipients and attachments; returns the message id. Nobody has it yet."""
    message_id = new_id(ctx, "mail_message", "msg")
    ctx.db.insert(
        "mail_message",
        id=message_id,
        thread_id=_thread(ctx, letter.parent_id),
        parent_id=letter.parent_id,
        from_address=letter.sender.address,
        from_name=letter.sender.name,
        author_id=letter.sender.author_id,
        subject=letter.content.subject,
        body=letter.content.body,
        html_body=letter.content.html,
        mime_type=letter.content.mime_type,
        importance=letter.importance,
        origin=letter.origin,
        sent_at=None if draft else ctx.now,
    )
    put_recipients(ctx, message_id, letter.recipients)
    attach(ctx, message_id, letter.files)
    return message_id


def put_recipients(ctx: Context, message_id: str, recipients: tuple[tuple[str, str], ...]) -> None:
    """Insert the recipients of a message that has none; delivery decides their outcome."""
    positions = {"to": 0, "cc": 0, "bcc": 0}
    for field, address in recipients:
        ctx.db.insert("mail_recipient", message_id=message_id, field=field, position=positions[field], address=address)
        positions[field] += 1


def attach(ctx: Context, message_id: str, files: tuple[File, ...]) -> None:
    """Store the files as attachments of a message that has none; equal content is kept once."""
    if sum(len(file.content) for file in files) > MAX_ATTACHED_BYTES:
        raise ToolError("invalid", f"Attachments may have {MAX_ATTACHED_BYTES:,} bytes together.", field="attachments")
    for position, file in enumerate(files):
        digest = hashlib.sha256(file.content).hexdigest()
        put = "INSERT INTO mail_blob (sha256, size, content) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        ctx.db.execute(put, digest, len(file.content), file.content)
        ctx.db.insert(
            "mail_attachment",
            id=new_id(ctx, "mail_attachment", "att"),
            message_id=message_id,
            position=position,
            file_name=file.name[-150:],
            media_type=file.media_type,
            sha256=digest,
        )


def files_of(ctx: Context, message_id: str) -> tuple[File, ...]:
    """The attachments of a stored message, to attach them again."""
    rows = ctx.db.rows(
        "SELECT a.file_name, a.media_type, b.content FROM mail_attachment a JOIN mail_blob b USING (sha256)"
        " WHERE a.message_id = ? ORDER BY a.position",
        message_id,
    )
    return tuple(File(row["file_name"], row["media_type"], row["content"]) for row in rows)


def _thread(ctx: Context, parent_id: str | None) -> str:
    if parent_id is not None:
        thread: str = ctx.db.value("SELECT thread_id FROM mail_message WHERE id = ?", parent_id)
        return thread
    while True:
        candidate = f"thread_{ctx.ids.token('mail_thread', 8)}"
        if ctx.db.value("SELECT 1 FROM mail_message WHERE thread_id = ?", candidate) is None:
            return candidate
