"""Tools that find and read mails and attachments, and that look up addresses."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.mail.attachments import my_attachment, save_file
from enterpriselab.apps.mail.ids import (
    Address,
    AttachmentId,
    DraftId,
    FilePath,
    Importance,
    LabelId,
    MessageId,
    ThreadId,
)
from enterpriselab.apps.mail.letters import File
from enterpriselab.apps.mail.mailbox import my_mail
from enterpriselab.apps.mail.query_sql import like, search_condition
from enterpriselab.apps.mail.raw import raw_message
from enterpriselab.apps.mail.rows import (
    AttachmentRow,
    MailRow,
    attachments_of,
    labels_of,
    mail_page,
    own_labels,
    recipients_of,
)
from enterpriselab.toolkit import Context, DateTime, Meaning, Page, PageNumber, PerPage, ToolError, tool

MAX_SHOWN = 8_000
"""Characters of a text attachment that read_attachment shows."""
_TEXTUAL = ("text/", "application/json", "application/xml", "application/yaml")
_DIRECTORY = """
    SELECT b.address AS email, p.full_name AS name, 'colleague' AS kind, p.title || ', ' || d.name AS about
    FROM mail_box b JOIN company_person p ON p.id = b.person_id JOIN company_department d ON d.id = p.department_id
    WHERE b.status = 'open'
    UNION ALL SELECT g.address, g.name, 'list', coalesce(d.name, 'everybody; announcements only')
    FROM mail_group g LEFT JOIN company_department d ON d.id = g.department_id
    UNION ALL SELECT k.email, k.full_name, 'customer', k.title || ', ' || c.name
    FROM company_contact k JOIN company_customer c ON c.id = k.customer_id
    UNION ALL SELECT v.contact_email, v.contact_name, 'vendor', v.name FROM company_vendor v
"""


class LabelName(TypedDict):
    """A label of your own."""

    id: LabelId
    name: str


class Mail(TypedDict):
    """One mail in full. bcc is there only for mails that you wrote."""

    messageId: MessageId
    threadId: ThreadId
    fromEmail: Address
    fromName: str
    to: list[Address]
    cc: NotRequired[list[Address]]
    bcc: NotRequired[list[Address]]
    subject: Annotated[str, Meaning("mail_subject")]
    date: DateTime
    labels: list[LabelId]
    userLabels: NotRequired[list[LabelName]]
    importance: Importance
    inReplyTo: NotRequired[MessageId]
    draftId: NotRequired[DraftId]
    body: str
    hasHtml: NotRequired[bool]
    attachments: NotRequired[list[AttachmentRow]]


@tool()
def search_emails(
    ctx: Context, query: str, maxResults: Annotated[int, Field(ge=1, le=100)] = 10, page: PageNumber = 1
) -> Page[MailRow]:
    """Search your own mailbox, newest first. An empty query lists everything but trash and spam.

    Operators: from: to: cc: bcc: subject: label: filename: (part of the text, 'me' is you);
    in:inbox|sent|drafts|archive|trash|spam|anywhere; is:unread|read|starred|important; has:attachment;
    after:2026-02-01 (that day or later) before:2026-03-01; newer_than:7d older_than:2m (d, w, m, y).
    Free words and "quoted phrases" are looked for in subject, text and sender. All parts must match; OR joins its two
    neighbours, -x excludes, ( ) group. Example: in:inbox is:unread (from:anna OR from:tom) -newsletter.

    Args:
        query: What to look for.
        maxResults: Mails per page.
        page: Page number, from 1.
    """
    return mail_page(ctx, search_condition(ctx, query), page=page, per_page=maxResults)


@tool()
def read_email(ctx: Context, messageId: MessageId) -> Mail:
    """Read one mail of your mailbox: who, when, text, labels and attachments. It stays unread; modify_email changes
    that.

    Args:
        messageId: The mail.
    """
    mail = my_mail(ctx, messageId)
    shown = recipients_of(ctx, mail)
    own = own_labels(ctx, messageId)
    result: Mail = {
        "messageId": mail["id"],
        "threadId": mail["thread_id"],
        "fromEmail": mail["from_address"],
        "fromName": mail["from_name"],
        "to": shown["to"],
        "subject": mail["subject"],
        "date": mail["sent_at"] or mail["received_at"],
        "labels": labels_of(mail, ",".join(label["id"] for label in own)),
        "importance": mail["importance"],
        "body": mail["body"],
    }
    if shown["cc"]:
        result["cc"] = shown["cc"]
    if shown["bcc"]:
        result["bcc"] = shown["bcc"]
    if own:
        result["userLabels"] = [{"id": label["id"], "name": label["name"]} for label in own]
    if mail["html_body"] is not None:
        result["hasHtml"] = True
    _add_relations(ctx, result, parent_id=mail["parent_id"], draft=bool(mail["draft"]))
    return result


def _add_relations(ctx: Context, result: Mail, *, parent_id: str | None, draft: bool) -> None:
    message_id = result["messageId"]
    held = "SELECT 1 FROM mail_delivery WHERE person_id = ? AND message_id = ?"
    if parent_id is not None and ctx.db.value(held, ctx.me.id, parent_id) is not None:
        result["inReplyTo"] = parent_id
    if draft:
        result["draftId"] = ctx.db.value("SELECT id FROM mail_draft WHERE message_id = ?", message_id)
    attached = attachments_of(ctx, message_id)
    if attached:
        result["attachments"] = attached


class RawMail(TypedDict):
    """A mail as it travels."""

    messageId: MessageId
    raw: str


@tool()
def get_email_raw(ctx: Context, messageId: MessageId, includeAttachments: bool = False) -> RawMail:
    """Show a mail as RFC 5322 source with all headers: Message-ID, In-Reply-To, References, MIME parts.

    Args:
        messageId: The mail.
        includeAttachments: True puts the attachments in as MIME parts (base64, may be long).
    """
    mail = my_mail(ctx, messageId)
    return {
        "messageId": messageId,
        "raw": raw_message(ctx, mail, recipients_of(ctx, mail), with_files=includeAttachments),
    }


class AttachmentText(TypedDict):
    """The text of an attachment."""

    attachmentId: AttachmentId
    fileName: str
    mediaType: str
    text: str
    truncated: bool


@tool()
def read_attachment(ctx: Context, messageId: MessageId, attachmentId: AttachmentId) -> AttachmentText:
    """Read the text of an attachment without saving it. For files that are no text use download_attachment.

    Args:
        messageId: The mail that has the attachment.
        attachmentId: The attachment, as read_email lists it.
    """
    file = my_attachment(ctx, my_mail(ctx, messageId), attachmentId)
    if not file.media_type.startswith(_TEXTUAL):
        said = f"{file.name} is {file.media_type}, which is no text."
        raise ToolError("invalid", said, field="attachmentId", accepted="download_attachment saves it to your files")
    text = file.content.decode("utf-8", errors="replace")
    return {
        "attachmentId": attachmentId,
        "fileName": file.name,
        "mediaType": file.media_type,
        "text": text[:MAX_SHOWN],
        "truncated": len(text) > MAX_SHOWN,
    }


class SavedFile(TypedDict):
    """Where an attachment was saved."""

    path: FilePath
    attachmentId: AttachmentId
    mediaType: str
    size: int


@tool(writes=True)
def download_attachment(
    ctx: Context,
    messageId: MessageId,
    attachmentId: AttachmentId,
    savePath: FilePath = "/",
    filename: Annotated[str, Field(min_length=1, max_length=150, pattern=r"^[^/]+$")] | None = None,
) -> SavedFile:
    """Save an attachment of a mail into a folder of your files.

    Args:
        messageId: The mail that has the attachment.
        attachmentId: The attachment, as read_email lists it.
        savePath: Folder of your files that takes the file.
        filename: Name of the new file; the attachment's own name when left out.
    """
    file = my_attachment(ctx, my_mail(ctx, messageId), attachmentId)
    named = File(filename or file.name, file.media_type, file.content)
    path = save_file(ctx, named, folder=savePath)
    return {"path": path, "attachmentId": attachmentId, "mediaType": file.media_type, "size": len(file.content)}


class AddressRow(TypedDict):
    """Somebody whom you can write to."""

    email: Address
    name: Annotated[str, Meaning("person_name")]
    kind: Literal["colleague", "list", "customer", "vendor"]
    about: str


@tool()
def find_email_address(
    ctx: Context,
    query: Annotated[str, Field(min_length=2, max_length=80)],
    kind: Literal["colleague", "list", "customer", "vendor"] | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[AddressRow]:
    """Find the e-mail address of a colleague, a distribution list, a customer's contact or a vendor by name, title,
    firm or address.

    Args:
        query: Words that must all occur in name, address, title, department or firm.
        kind: Only addresses of this kind.
        page: Page number, from 1.
        per_page: Rows per page.
    """
    words = query.split()[:8]
    if not words:
        raise ToolError("invalid", "The query is blank.", field="query", accepted="words of a name, firm or address")
    conditions = ["(name LIKE ? ESCAPE '!' OR email LIKE ? ESCAPE '!' OR about LIKE ? ESCAPE '!')"] * len(words)
    params: list[str] = [like(word) for word in words for _ in range(3)]
    if kind is not None:
        conditions.append("kind = ?")
        params.append(kind)
    where = " AND ".join(conditions)
    sql = f"SELECT email, name, kind, about FROM ({_DIRECTORY}) WHERE {where} ORDER BY kind, name, email"
    found = ctx.db.page(sql, *params, page=page, per_page=per_page)
    return {"items": found["items"], "total": found["total"], "page": page, "per_page": per_page}
