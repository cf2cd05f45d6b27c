"""Tools that show conversations, and the counts of the mailbox."""

from typing import Annotated, cast

from typing_extensions import TypedDict

from enterpriselab.apps.mail.ids import Address, LabelId, MessageId, ThreadId
from enterpriselab.apps.mail.mailbox import require_box
from enterpriselab.apps.mail.query_sql import FLAG_COLUMNS, search_condition
from enterpriselab.apps.mail.rows import labels_of
from enterpriselab.apps.mail.text import without_quotes
from enterpriselab.toolkit import Context, DateTime, Meaning, Page, PageNumber, PerPage, Row, not_found, tool

MAX_IN_THREAD = 25
MAX_TEXT = 1_500
_THREAD = f"""
    SELECT m.id, m.from_address, m.subject, m.body, d.received_at, {FLAG_COLUMNS},
        (SELECT group_concat(label_id) FROM mail_delivery_label dl
         WHERE dl.person_id = d.person_id AND dl.message_id = m.id) AS own,
        (SELECT count(*) FROM mail_attachment a WHERE a.message_id = m.id) AS attached,
        (SELECT group_concat(address) FROM (SELECT address FROM mail_recipient r
         WHERE r.message_id = m.id AND r.field = 'to' ORDER BY position)) AS addressed
    FROM mail_message m JOIN mail_delivery d ON d.message_id = m.id AND d.person_id = ?
    WHERE m.thread_id = ? AND d.trash = 0 ORDER BY d.received_at, m.rowid
"""
_COUNTS = """
    SELECT count(*) AS mails, count(DISTINCT m.thread_id) AS threads, coalesce(sum(d.inbox), 0) AS inbox,
        coalesce(sum(d.unread AND NOT d.trash AND NOT d.spam), 0) AS unread,
        coalesce(sum(d.sent AND NOT d.trash), 0) AS sent, coalesce(sum(d.draft AND NOT d.trash), 0) AS drafts,
        coalesce(sum(d.starred AND NOT d.trash), 0) AS starred,
        coalesce(sum(d.trash), 0) AS trash, coalesce(sum(d.spam), 0) AS spam,
        coalesce(sum(length(m.body) + coalesce(length(m.html_body), 0) + coalesce((
            SELECT sum(b.size) FROM mail_attachment a JOIN mail_blob b USING (sha256) WHERE a.message_id = m.id
        ), 0)), 0) AS storedBytes
    FROM mail_delivery d JOIN mail_message m ON m.id = d.message_id WHERE d.person_id = ?
"""
_OWNED = """
    SELECT (SELECT count(*) FROM mail_label WHERE person_id = ?1) AS labels,
        (SELECT count(*) FROM mail_filter WHERE person_id = ?1) AS filters,
        EXISTS (
            SELECT 1 FROM mail_out_of_office WHERE person_id = ?1 AND enabled = 1
            AND coalesce(starts_on, ?2) <= ?2 AND coalesce(ends_on, ?2) >= ?2
        ) AS outOfOffice
"""


class ThreadRow(TypedDict):
    """One conversation in a list: its newest mail, and counts over your mails of it."""

    threadId: ThreadId
    subject: Annotated[str, Meaning("mail_subject")]
    lastFrom: Address
    lastDate: DateTime
    mails: int
    unread: int


class ThreadMail(TypedDict):
    """One mail of a conversation, without quoted history."""

    messageId: MessageId
    fromEmail: Address
    to: list[Address]
    date: DateTime
    labels: list[LabelId]
    text: str
    attachments: int


class Thread(TypedDict):
    """A conversation, oldest mail first; `total` counts all your mails of it."""

    threadId: ThreadId
    subject: Annotated[str, Meaning("mail_subject")]
    total: int
    mails: list[ThreadMail]


@tool()
def list_threads(
    ctx: Context, query: str = "in:inbox", page: PageNumber = 1, per_page: PerPage = 10
) -> Page[ThreadRow]:
    """List conversations of your mailbox that have a mail matching the query, the most recent first.

    Args:
        query: Search as in search_emails; empty for all but trash and spam.
        page: Page number, from 1.
        per_page: Conversations per page.
    """
    condition = search_condition(ctx, query)
    sql = (
        "SELECT m.thread_id AS threadId, m.subject, m.from_address AS lastFrom, max(d.received_at) AS lastDate,"
        " count(*) AS mails, sum(d.unread) AS unread FROM mail_delivery d JOIN mail_message m ON m.id = d.message_id"
        " WHERE d.person_id = ? AND m.thread_id IN (SELECT m.thread_id FROM mail_delivery d"
        f" JOIN mail_message m ON m.id = d.message_id WHERE d.person_id = ? AND ({condition.sql}))"
        " GROUP BY m.thread_id ORDER BY lastDate DESC, threadId"
    )
    found = ctx.db.page(sql, ctx.me.id, ctx.me.id, *condition.params, page=page, per_page=per_page)
    return {"items": found["items"], "total": found["total"], "page": page, "per_page": per_page}


@tool()
def get_thread(ctx: Context, threadId: ThreadId) -> Thread:
    """Read a whole conversation as far as it is in your mailbox (trash left out), oldest first, quoted history cut off.

    Args:
        threadId: The conversation.
    """
    rows = ctx.db.rows(_THREAD, ctx.me.id, threadId)
    if not rows:
        raise not_found(
            "conversation in your mailbox", threadId, field="threadId", hint="list_threads lists conversations."
        )
    mails = [_thread_mail(row) for row in rows[-MAX_IN_THREAD:]]
    return {"threadId": threadId, "subject": rows[0]["subject"], "total": len(rows), "mails": mails}


def _thread_mail(row: Row) -> ThreadMail:
    return {
        "messageId": row["id"],
        "fromEmail": row["from_address"],
        "to": row["addressed"].split(",") if row["addressed"] else [],
        "date": row["received_at"],
        "labels": labels_of(row, row["own"]),
        "text": without_quotes(row["body"])[:MAX_TEXT],
        "attachments": row["attached"],
    }


class MailProfile(TypedDict):
    """Your mailbox in numbers; inbox, sent and so on count mails, storedBytes counts text and attachments."""

    email: Address
    name: str
    mails: int
    threads: int
    inbox: int
    unread: int
    sent: int
    drafts: int
    starred: int
    trash: int
    spam: int
    labels: int
    filters: int
    storedBytes: int
    outOfOffice: bool


@tool()
def get_mail_profile(ctx: Context) -> MailProfile:
    """Show your address, the counts of your mailbox (mails, unread, drafts, labels, filters) and if you are away."""
    box = require_box(ctx)
    counts = ctx.db.row(_COUNTS, ctx.me.id) or {}
    owned = ctx.db.row(_OWNED, ctx.me.id, ctx.today) or {}
    away = bool(owned.pop("outOfOffice"))
    profile = {"email": box["address"], "name": ctx.me.name, **counts, **owned, "outOfOffice": away}
    return cast(MailProfile, profile)
