"""Tools for drafts: write, list, change, send. delete_email throws a draft away."""

from typing import Annotated

from typing_extensions import TypedDict

from enterpriselab.apps.mail.addresses import check_posting, make_sender
from enterpriselab.apps.mail.attachments import fetch_files
from enterpriselab.apps.mail.delivery import deliver
from enterpriselab.apps.mail.ids import Address, Body, DraftId, FilePaths, Importance, MessageId, Recipients, Subject
from enterpriselab.apps.mail.letters import (
    Content,
    Letter,
    attach,
    check_sendable,
    make_content,
    make_recipients,
    new_id,
    put_recipients,
    store,
)
from enterpriselab.apps.mail.mailbox import my_draft, my_mail, require_box
from enterpriselab.apps.mail.rows import SentMail
from enterpriselab.toolkit import Context, DateTime, Meaning, Page, PageNumber, PerPage, Row, ToolError, tool


class Draft(TypedDict):
    """A draft that was written or changed."""

    draftId: DraftId
    messageId: MessageId
    to: list[Address]
    subject: Annotated[str, Meaning("mail_subject")]


class DraftRow(Draft):
    """A draft in a list."""

    updated: DateTime


@tool(writes=True)
def draft_email(
    ctx: Context,
    to: Recipients,
    subject: Subject,
    body: Body,
    cc: Recipients | None = None,
    bcc: Recipients | None = None,
    attachments: FilePaths | None = None,
    sender_email: Address | None = None,
    replyToMessageId: MessageId | None = None,
    importance: Importance = "Normal",
) -> Draft:
    """Write a draft and keep it in your mailbox without sending it; send_draft sends it later.

    Args:
        to: Addresses of the main recipients; may be empty while it is a draft.
        subject: Subject, one line; may be empty while it is a draft.
        body: Plain text.
        cc: Addresses that get a copy.
        bcc: Addresses that get a copy which no other recipient sees.
        attachments: Paths of your own files to attach.
        sender_email: Send as this address: your own (default) or the list of your department.
        replyToMessageId: The mail that this draft answers; puts it into that thread.
        importance: Low, Normal or High.
    """
    require_box(ctx)
    if replyToMessageId is not None and my_mail(ctx, replyToMessageId, field="replyToMessageId")["draft"]:
        raise ToolError("conflict", f"{replyToMessageId} is a draft itself.", field="replyToMessageId")
    letter = Letter(
        sender=make_sender(ctx, sender_email),
        content=make_content(subject=subject, body=body),
        recipients=make_recipients(to, cc, bcc),
        files=fetch_files(ctx, attachments),
        importance=importance,
        parent_id=replyToMessageId,
    )
    message_id = store(ctx, letter, draft=True)
    ctx.db.insert("mail_delivery", person_id=ctx.me.id, message_id=message_id, received_at=ctx.now, draft=1)
    draft_id = new_id(ctx, "mail_draft", "draft")
    ctx.db.insert("mail_draft", id=draft_id, person_id=ctx.me.id, message_id=message_id, updated_at=ctx.now)
    return {"draftId": draft_id, "messageId": message_id, "to": to, "subject": letter.content.subject}


@tool()
def list_drafts(ctx: Context, page: PageNumber = 1, per_page: PerPage = 10) -> Page[DraftRow]:
    """List your drafts, the last changed first. read_email shows the text of one.

    Args:
        page: Page number, from 1.
        per_page: Drafts per page.
    """
    sql = (
        "SELECT r.id, r.message_id, m.subject, r.updated_at,"
        " (SELECT group_concat(address) FROM (SELECT address FROM mail_recipient t"
        " WHERE t.message_id = m.id AND t.field = 'to' ORDER BY position)) AS addressed"
        " FROM mail_draft r JOIN mail_message m ON m.id = r.message_id"
        " JOIN mail_delivery d ON d.person_id = r.person_id AND d.message_id = r.message_id"
        " WHERE r.person_id = ? AND d.trash = 0 ORDER BY r.updated_at DESC, r.id"
    )
    found = ctx.db.page(sql, ctx.me.id, page=page, per_page=per_page)
    items: list[DraftRow] = [
        {
            "draftId": row["id"],
            "messageId": row["message_id"],
            "to": row["addressed"].split(",") if row["addressed"] else [],
            "subject": row["subject"],
            "updated": row["updated_at"],
        }
        for row in found["items"]
    ]
    return {"items": items, "total": found["total"], "page": page, "per_page": per_page}


@tool(writes=True)
def update_draft(
    ctx: Context,
    draftId: DraftId,
    to: Recipients | None = None,
    subject: Subject | None = None,
    body: Body | None = None,
    cc: Recipients | None = None,
    bcc: Recipients | None = None,
    attachments: FilePaths | None = None,
    importance: Importance | None = None,
) -> Draft:
    """Change a draft. What is left out stays; a list that is given replaces the old one, an empty list empties it.

    Args:
        draftId: The draft.
        to: New main recipients.
        subject: New subject.
        body: New text.
        cc: New copy recipients.
        bcc: New blind copy recipients.
        attachments: Paths of your own files that replace the attachments.
        importance: Low, Normal or High.
    """
    require_box(ctx)
    draft = my_draft(ctx, draftId)
    message_id = draft["id"]
    if to is not None or cc is not None or bcc is not None:
        _replace_recipients(ctx, message_id, {"to": to, "cc": cc, "bcc": bcc})
    if attachments is not None:
        ctx.db.delete("mail_attachment", message_id=message_id)
        attach(ctx, message_id, fetch_files(ctx, attachments))
    _replace_content(ctx, draft, subject=subject, body=body, importance=importance)
    ctx.db.update("mail_draft", {"id": draftId}, updated_at=ctx.now)
    ctx.db.update("mail_delivery", {"person_id": ctx.me.id, "message_id": message_id}, received_at=ctx.now)
    addressed = _recipients(ctx, message_id)["to"]
    kept = ctx.db.value("SELECT subject FROM mail_message WHERE id = ?", message_id)
    return {"draftId": draftId, "messageId": message_id, "to": addressed, "subject": kept}


@tool(writes=True, idempotent=True)
def send_draft(ctx: Context, draftId: DraftId) -> SentMail:
    """Send a draft as it is. It moves from the drafts to the sent mails and keeps its message id.

    Args:
        draftId: The draft.
    """
    require_box(ctx)
    draft = my_draft(ctx, draftId)
    if draft["trash"]:
        raise ToolError(
            "conflict", f"{draftId} is in the trash.", field="draftId", accepted="untrash_email brings it back"
        )
    fields = _recipients(ctx, draft["id"])
    recipients = make_recipients(fields["to"], fields["cc"], fields["bcc"])
    files = ctx.db.value("SELECT count(*) FROM mail_attachment WHERE message_id = ?", draft["id"])
    content = Content(draft["subject"], draft["body"], draft["html_body"], draft["mime_type"])
    check_sendable(content, recipients, files=files)
    check_posting(ctx, recipients)
    ctx.db.delete("mail_draft", id=draftId)
    ctx.db.update("mail_message", {"id": draft["id"]}, sent_at=ctx.now)
    receipt = deliver(ctx, draft["id"])
    return {
        "messageId": draft["id"],
        "threadId": draft["thread_id"],
        "recipients": len(recipients),
        "bounced": receipt.bounced,
    }


def _recipients(ctx: Context, message_id: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"to": [], "cc": [], "bcc": []}
    for row in ctx.db.rows(
        "SELECT field, address FROM mail_recipient WHERE message_id = ? ORDER BY field, position", message_id
    ):
        found[row["field"]].append(row["address"])
    return found


def _replace_recipients(ctx: Context, message_id: str, given: dict[str, list[str] | None]) -> None:
    kept = _recipients(ctx, message_id)
    after = {field: kept[field] if value is None else value for field, value in given.items()}
    ctx.db.delete("mail_recipient", message_id=message_id)
    put_recipients(ctx, message_id, make_recipients(after["to"], after["cc"], after["bcc"]))


def _replace_content(
    ctx: Context, draft: Row, *, subject: str | None, body: str | None, importance: str | None
) -> None:
    """New subject, text or importance; a new text makes the draft plain text."""
    columns: Row = {} if importance is None else {"importance": importance}
    if subject is not None:
        columns["subject"] = make_content(subject=subject, body="").subject
    if body is not None:
        columns.update(body=body, html_body=None, mime_type="text/plain")
    ctx.db.update("mail_message", {"id": draft["id"]}, **columns)
