"""Tools that label, trash, restore and delete mails, one by one and in bulk."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.mail.ids import LabelIds, MessageId, MessageIds
from enterpriselab.apps.mail.mailbox import FIND_MAILS, my_mail, relabel, resolve_labels
from enterpriselab.apps.mail.rows import Changed, changed_mail
from enterpriselab.toolkit import Context, Date, Row, ToolError, not_found, tool

BatchSize = Annotated[int, Field(ge=1, le=100)]


class BulkResult(TypedDict):
    """What a bulk call did: mails changed, mails that were already so, and the chunks in which it went through them."""

    changed: int
    unchanged: int
    batches: int


@tool(writes=True, idempotent=True)
def modify_email(
    ctx: Context, messageId: MessageId, addLabelIds: LabelIds | None = None, removeLabelIds: LabelIds | None = None
) -> Changed:
    """Put labels on a mail and take labels off. This is how mails are marked read, starred, archived, filed or
    reported as spam.

    System labels: INBOX (remove to archive), UNREAD (remove to mark as read, add to mark as unread), STARRED,
    IMPORTANT, SPAM, TRASH.
    A mail is in one of INBOX, TRASH, SPAM or in none of them (archive). SENT and DRAFT cannot be changed.

    Args:
        messageId: The mail.
        addLabelIds: Labels to put on: system labels, or ids (or names) of your own labels.
        removeLabelIds: Labels to take off.
    """
    _require_some(addLabelIds, removeLabelIds)
    mail = my_mail(ctx, messageId)
    relabel(ctx, mail, *resolve_labels(ctx, addLabelIds or [], removeLabelIds or []))
    return changed_mail(ctx, messageId)


@tool(writes=True, idempotent=True)
def batch_modify_emails(
    ctx: Context,
    messageIds: MessageIds,
    addLabelIds: LabelIds | None = None,
    removeLabelIds: LabelIds | None = None,
    batchSize: BatchSize = 50,
) -> BulkResult:
    """Put labels on many mails and take labels off, as modify_email does for one. All mails are changed or none.

    Args:
        messageIds: The mails, at most 200.
        addLabelIds: Labels to put on.
        removeLabelIds: Labels to take off.
        batchSize: Mails that are handled at a time.
    """
    _require_some(addLabelIds, removeLabelIds)
    on, off = resolve_labels(ctx, addLabelIds or [], removeLabelIds or [])
    _require_mine(ctx, messageIds)
    changed, batches = 0, 0
    for chunk in _chunks(messageIds, batchSize):
        batches += 1
        for message_id in chunk:
            before = changed_mail(ctx, message_id)
            relabel(ctx, my_mail(ctx, message_id), on, off)
            changed += before != changed_mail(ctx, message_id)
    return {"changed": changed, "unchanged": len(set(messageIds)) - changed, "batches": batches}


class Deleted(TypedDict):
    """Where a mail went."""

    messageId: MessageId
    state: Literal["in_trash", "deleted"]


@tool(destructive=True, writes=True, idempotent=True)
def delete_email(ctx: Context, messageId: MessageId, permanently: bool = False) -> Deleted:
    """Move a mail or draft of your mailbox to the trash; untrash_email brings it back. Other mailboxes keep their copy.

    Args:
        messageId: The mail.
        permanently: True deletes it at once and for good.
    """
    mail = my_mail(ctx, messageId)
    if permanently:
        _remove(ctx, [mail])
        return {"messageId": messageId, "state": "deleted"}
    relabel(ctx, mail, {"TRASH"}, set())
    return {"messageId": messageId, "state": "in_trash"}


@tool(destructive=True, writes=True, idempotent=True)
def batch_delete_emails(
    ctx: Context, messageIds: MessageIds, batchSize: BatchSize = 50, permanently: bool = False
) -> BulkResult:
    """Move many mails to the trash, or delete them for good, as delete_email does for one. All mails or none.

    Args:
        messageIds: The mails, at most 200.
        batchSize: Mails that are handled at a time.
        permanently: True deletes them at once and for good.
    """
    _require_mine(ctx, messageIds)
    changed, batches = 0, 0
    for chunk in _chunks(messageIds, batchSize):
        batches += 1
        mails = [my_mail(ctx, message_id) for message_id in chunk]
        changed += len(mails) if permanently else sum(not mail["trash"] for mail in mails)
        if permanently:
            _remove(ctx, mails)
            continue
        for mail in mails:
            relabel(ctx, mail, {"TRASH"}, set())
    return {"changed": changed, "unchanged": len(set(messageIds)) - changed, "batches": batches}


@tool(writes=True, idempotent=True)
def untrash_email(ctx: Context, messageId: MessageId) -> Changed:
    """Bring a mail back from the trash: received mail to the inbox, sent mail and drafts to where they belong.

    Args:
        messageId: A mail in the trash (search_emails with in:trash).
    """
    mail = my_mail(ctx, messageId)
    relabel(ctx, mail, set(), {"TRASH"})
    return changed_mail(ctx, messageId)


class Emptied(TypedDict):
    """How many mails are gone."""

    deleted: int


@tool(destructive=True, writes=True, idempotent=True)
def empty_trash(
    ctx: Context, folder: Literal["trash", "spam"] = "trash", receivedBefore: Date | None = None
) -> Emptied:
    """Delete everything in your trash (or spam) for good.

    Args:
        folder: trash or spam.
        receivedBefore: Only mails received before this day.
    """
    sql = f"SELECT message_id AS id, draft FROM mail_delivery WHERE person_id = ? AND {folder} = 1 AND received_at < ?"
    found = ctx.db.rows(sql, ctx.me.id, receivedBefore or "9999")
    _remove(ctx, found)
    return {"deleted": len(found)}


def _require_some(add: list[str] | None, remove: list[str] | None) -> None:
    if not add and not remove:
        raise ToolError("invalid", "Give addLabelIds or removeLabelIds.", field="addLabelIds")


def _require_mine(ctx: Context, message_ids: list[str]) -> None:
    marks = ", ".join("?" * len(message_ids))
    sql = f"SELECT message_id FROM mail_delivery WHERE person_id = ? AND message_id IN ({marks})"
    mine = set(ctx.db.values(sql, ctx.me.id, *message_ids))
    missing = [message_id for message_id in message_ids if message_id not in mine]
    if missing:
        what = f"{len(missing)} mails, first" if len(missing) > 1 else "mail in your mailbox with id"
        raise not_found(what, missing[0], field="messageIds", hint=f"Nothing was changed. {FIND_MAILS}")


def _chunks(message_ids: list[str], size: int) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(message_ids))
    for start in range(0, len(unique), size):
        yield unique[start : start + size]


def _remove(ctx: Context, mails: list[Row]) -> None:
    """Take mails out of the mailbox; a draft, which nobody else has, goes altogether."""
    for mail in mails:
        ctx.db.delete("mail_delivery", person_id=ctx.me.id, message_id=mail["id"])
        if mail["draft"]:
            ctx.db.delete("mail_message", id=mail["id"])
