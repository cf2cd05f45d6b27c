"""Attachments come from and go to the person's files, which another app keeps: both ways are events."""

from enterpriselab.apps.mail.letters import File
from enterpriselab.company.events import AttachmentSaved, FileRequested
from enterpriselab.toolkit import Context, Row, ToolError, not_found

NO_FILES = "No file storage answers in this company, so files can be neither attached nor saved."


def fetch_files(ctx: Context, paths: list[str] | None) -> tuple[File, ...]:
    """The contents of the principal's files. Raises `not_found` when nobody knows a path."""
    found: list[File] = []
    for path in dict.fromkeys(paths or []):
        reply: list[tuple[str, str, bytes]] = []
        _ask(ctx, FileRequested(path, ctx.me.id, reply), field="attachments")
        if not reply:
            raise ToolError("not_found", f"{path}: {NO_FILES}", field="attachments")
        name, media_type, content = reply[0]
        found.append(File(name, media_type, content))
    return tuple(found)


def save_file(ctx: Context, file: File, *, folder: str) -> str:
    """Store content in the principal's files; returns the path of the new file."""
    reply: list[str] = []
    event = AttachmentSaved(folder, ctx.me.id, file.name, file.media_type, file.content, reply)
    _ask(ctx, event, field="savePath")
    if not reply:
        raise ToolError(
            "not_found", f"{folder}: {NO_FILES}", field="savePath", accepted="read_attachment shows text without saving"
        )
    return reply[0]


def _ask(ctx: Context, event: FileRequested | AttachmentSaved, *, field: str) -> None:
    """Emit to the storage; its refusal names the parameter of the mail tool, not one of its own."""
    try:
        ctx.emit(event)
    except ToolError as error:
        raise ToolError(error.kind, error.message, field=field, accepted=error.accepted) from error


def my_attachment(ctx: Context, mail: Row, attachment_id: str) -> File:
    """An attachment of one of the principal's mails. Raises `not_found`, naming the ids that the mail has."""
    row = ctx.db.row(
        "SELECT a.file_name, a.media_type, b.content FROM mail_attachment a JOIN mail_blob b USING (sha256)"
        " WHERE a.id = ? AND a.message_id = ?",
        attachment_id,
        mail["id"],
    )
    if row is None:
        ids = ctx.db.values("SELECT id FROM mail_attachment WHERE message_id = ? ORDER BY position", mail["id"])
        hint = f"The mail has {', '.join(ids)}." if ids else "The mail has no attachments."
        raise not_found(f"attachment of {mail['id']}", attachment_id, field="attachmentId", hint=hint)
    return File(row["file_name"], row["media_type"], row["content"])
