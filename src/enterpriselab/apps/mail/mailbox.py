"""The principal's own mailbox: the only one whose mails, labels and filters a tool may touch."""

from collections.abc import Iterable
from typing import Any

from enterpriselab.apps.mail.query_sql import FLAG_COLUMNS, FLAGS
from enterpriselab.toolkit import Context, Row, ToolError, not_found

UNCHANGEABLE = {"SENT", "DRAFT"}
"""System labels that say what a mail is; nobody can put them on or off."""
NOT_FOR_DRAFTS = {"INBOX", "UNREAD", "SPAM"}
FIND_MAILS = "search_emails lists the mails of your mailbox with their ids."


def require_box(ctx: Context) -> Row:
    """The principal's mailbox. Raises `conflict` when it is closed or was never opened."""
    box = ctx.db.row("SELECT person_id, address, status FROM mail_box WHERE person_id = ?", ctx.me.id)
    if box is None or box["status"] != "open":
        state = "is closed" if box else "does not exist"
        raise ToolError("conflict", f"The mailbox of {ctx.me.name} {state}.", accepted="a person with an open mailbox")
    return box


def my_mail(ctx: Context, message_id: str, *, field: str = "messageId") -> Row:
    """Delivery and message as one row. Raises `not_found` for mails of other mailboxes, too."""
    row = ctx.db.row(
        f"SELECT m.*, d.person_id, d.received_at, {FLAG_COLUMNS}"
        " FROM mail_delivery d JOIN mail_message m ON m.id = d.message_id WHERE d.person_id = ? AND d.message_id = ?",
        ctx.me.id,
        message_id,
    )
    if row is None:
        raise not_found("mail in your mailbox with id", message_id, field=field, hint=FIND_MAILS)
    return row


def my_label(ctx: Context, label: str, *, field: str) -> str:
    """The id of a system label or of an own label, given by id or name. Raises `not_found`."""
    if label.upper() in FLAGS:
        return label.upper()
    found = ctx.db.value(
        "SELECT id FROM mail_label WHERE person_id = ? AND (id = ? OR name = ?) ORDER BY id = ? DESC",
        ctx.me.id,
        label,
        label,
        label,
    )
    if found is None:
        raise not_found("label in your mailbox", label, field=field, hint="list_email_labels lists ids and names.")
    return str(found)


def my_draft(ctx: Context, draft_id: str) -> Row:
    """A draft of the principal with its message. Raises `not_found`."""
    row = ctx.db.row(
        "SELECT r.id AS draft_id, d.trash, m.* FROM mail_draft r JOIN mail_message m ON m.id = r.message_id"
        " JOIN mail_delivery d ON d.person_id = r.person_id AND d.message_id = r.message_id"
        " WHERE r.id = ? AND r.person_id = ?",
        draft_id,
        ctx.me.id,
    )
    if row is None:
        raise not_found(
            "draft in your mailbox",
            draft_id,
            field="draftId",
            hint="list_drafts lists your drafts; a sent draft is gone.",
        )
    return row


def resolve_labels(ctx: Context, add: Iterable[str], remove: Iterable[str]) -> tuple[set[str], set[str]]:
    """Label ids to put on and to take off. Raises ToolError for unknown, fixed or contradictory ones."""
    on = {my_label(ctx, label, field="addLabelIds") for label in add}
    off = {my_label(ctx, label, field="removeLabelIds") for label in remove}
    changeable = sorted(FLAGS.keys() - UNCHANGEABLE)
    for label in sorted((on | off) & UNCHANGEABLE):
        raise ToolError(
            "invalid", f"{label} says what the mail is and cannot be changed.", field="addLabelIds", accepted=changeable
        )
    both = sorted(on & off)
    if both:
        raise ToolError("invalid", f"{both[0]} is to be added and removed at once.", field="removeLabelIds")
    if len(on & {"INBOX", "TRASH", "SPAM"}) > 1:
        raise ToolError("invalid", "A mail is in one of INBOX, TRASH and SPAM.", field="addLabelIds")
    return on, off


def changed_flags(flags: dict[str, int], on: set[str], off: set[str]) -> dict[str, int]:
    """The flags of a delivery after putting labels on and off; INBOX, TRASH and SPAM exclude each other."""
    after = dict(flags)
    for label in off & FLAGS.keys():
        if label in ("TRASH", "SPAM") and after[FLAGS[label]]:
            after["inbox"] = int(not after["sent"] and not after["draft"])
        after[FLAGS[label]] = 0
    for label in on & FLAGS.keys():
        if label in ("INBOX", "TRASH", "SPAM"):
            after.update(inbox=0, trash=0, spam=0)
        after[FLAGS[label]] = 1
    if "INBOX" in off:
        after["inbox"] = 0
    return after


def relabel(ctx: Context, mail: Row, on: set[str], off: set[str]) -> None:
    """Put labels on and off one mail of the principal; what is already so stays untouched."""
    if mail["draft"] and on & NOT_FOR_DRAFTS:
        refused = sorted(on & NOT_FOR_DRAFTS)[0]
        raise ToolError("conflict", f"{mail['id']} is a draft and cannot be {refused}.", field="addLabelIds")
    before = {column: mail[column] for column in FLAGS.values()}
    after = changed_flags(before, on, off)
    changes: dict[str, Any] = {column: value for column, value in after.items() if value != before[column]}
    key = {"person_id": ctx.me.id, "message_id": mail["id"]}
    ctx.db.update("mail_delivery", key, **changes)
    for label in sorted(on - FLAGS.keys()):
        put_label(ctx, ctx.me.id, mail["id"], label)
    for label in sorted(off - FLAGS.keys()):
        ctx.db.delete("mail_delivery_label", **key, label_id=label)


def put_label(ctx: Context, person_id: str, message_id: str, label_id: str) -> None:
    """Put one of a person's own labels on a mail that the person has."""
    columns = "person_id, message_id, label_id"
    sql = f"INSERT INTO mail_delivery_label ({columns}) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    ctx.db.execute(sql, person_id, message_id, label_id)
