"""What the tools of Mail return: the TypedDicts that several tools share, and how database rows become them."""

from typing import Annotated

from typing_extensions import TypedDict

from enterpriselab.apps.mail.ids import Address, AttachmentId, LabelId, MessageId, ThreadId
from enterpriselab.apps.mail.query_sql import FLAG_COLUMNS, FLAGS, Condition
from enterpriselab.apps.mail.text import snippet
from enterpriselab.toolkit import Context, DateTime, Meaning, Page, Row

_LIST = f"""
    SELECT m.id, m.thread_id, m.from_address, m.subject, substr(m.body, 1, 400) AS body, d.received_at, {FLAG_COLUMNS},
        (SELECT group_concat(dl.label_id) FROM mail_delivery_label dl JOIN mail_label l ON l.id = dl.label_id
         WHERE dl.person_id = d.person_id AND dl.message_id = d.message_id AND l.message_list = 'show') AS own_labels
    FROM mail_delivery d JOIN mail_message m ON m.id = d.message_id
    WHERE d.person_id = ? AND ({{condition}})
    ORDER BY d.received_at DESC, m.rowid DESC
"""


class MailRow(TypedDict):
    """One mail in a list."""

    messageId: MessageId
    threadId: ThreadId
    fromEmail: Address
    subject: Annotated[str, Meaning("mail_subject")]
    date: DateTime
    labels: list[LabelId]
    snippet: str


class AttachmentRow(TypedDict):
    """One attachment of a mail; size in bytes."""

    attachmentId: AttachmentId
    fileName: str
    mediaType: str
    size: int


class SentMail(TypedDict):
    """What became of a mail that was sent."""

    messageId: MessageId
    threadId: ThreadId
    recipients: int
    bounced: list[Address]


class Changed(TypedDict):
    """The labels of a mail after a change."""

    messageId: MessageId
    labels: list[LabelId]


def mail_page(ctx: Context, condition: Condition, *, page: int, per_page: int) -> Page[MailRow]:
    """The principal's mails under a condition, newest first."""
    sql = _LIST.format(condition=condition.sql)
    found = ctx.db.page(sql, ctx.me.id, *condition.params, page=page, per_page=per_page)
    return {
        "items": [mail_row(row) for row in found["items"]],
        "total": found["total"],
        "page": page,
        "per_page": per_page,
    }


def mail_row(row: Row) -> MailRow:
    """A row of the list query as a result."""
    return {
        "messageId": row["id"],
        "threadId": row["thread_id"],
        "fromEmail": row["from_address"],
        "subject": row["subject"],
        "date": row["received_at"],
        "labels": labels_of(row, row["own_labels"]),
        "snippet": snippet(row["body"]),
    }


def labels_of(row: Row, own: str | None) -> list[str]:
    """System labels that are set, then the person's own labels."""
    labels = [label for label, column in FLAGS.items() if row[column]]
    return labels + sorted(own.split(",") if own else [])


def own_labels(ctx: Context, message_id: str) -> list[Row]:
    """Id and name of the principal's labels on a mail."""
    return ctx.db.rows(
        "SELECT l.id, l.name FROM mail_delivery_label dl JOIN mail_label l ON l.id = dl.label_id"
        " WHERE dl.person_id = ? AND dl.message_id = ? ORDER BY l.number",
        ctx.me.id,
        message_id,
    )


def changed_mail(ctx: Context, message_id: str) -> Changed:
    """The labels of one of the principal's mails as they are now."""
    row = ctx.db.row(
        f"SELECT {FLAG_COLUMNS} FROM mail_delivery d WHERE d.person_id = ? AND d.message_id = ?", ctx.me.id, message_id
    )
    own = ",".join(label["id"] for label in own_labels(ctx, message_id))
    return {"messageId": message_id, "labels": labels_of(row or {}, own)}


def attachments_of(ctx: Context, message_id: str) -> list[AttachmentRow]:
    """The attachments of a message, in order."""
    rows = ctx.db.rows(
        "SELECT a.id, a.file_name, a.media_type, b.size FROM mail_attachment a JOIN mail_blob b USING (sha256)"
        " WHERE a.message_id = ? ORDER BY a.position",
        message_id,
    )
    return [
        {"attachmentId": row["id"], "fileName": row["file_name"], "mediaType": row["media_type"], "size": row["size"]}
        for row in rows
    ]


def recipients_of(ctx: Context, message: Row) -> dict[str, list[str]]:
    """Field -> addresses that the principal may see: blind copies only in the principal's own mails."""
    found: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    sql = "SELECT field, address FROM mail_recipient WHERE message_id = ? ORDER BY field, position"
    for row in ctx.db.rows(sql, message["id"]):
        if row["field"] != "bcc" or message["author_id"] == ctx.me.id:
            found[row["field"]].append(row["address"])
    return found
