"""Tools that send: new mail, reply, forward, and what became of a sent mail."""

from html import escape
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.mail.addresses import check_posting, make_sender, own_domain
from enterpriselab.apps.mail.attachments import fetch_files
from enterpriselab.apps.mail.delivery import send
from enterpriselab.apps.mail.ids import Address, Body, FilePaths, Importance, MessageId, MimeType, Recipients, Subject
from enterpriselab.apps.mail.letters import Content, Letter, check_sendable, files_of, make_content, make_recipients
from enterpriselab.apps.mail.mailbox import my_mail, require_box
from enterpriselab.apps.mail.rows import SentMail, recipients_of
from enterpriselab.apps.mail.text import forward_quote, prefixed, reply_quote
from enterpriselab.toolkit import Context, Email, Row, ToolError, tool

Html = Annotated[str, Field(max_length=40_000)]


@tool(writes=True)
def send_email(
    ctx: Context,
    to: Recipients,
    subject: Subject,
    body: Body,
    cc: Recipients | None = None,
    bcc: Recipients | None = None,
    mimeType: MimeType = "text/plain",
    htmlBody: Html | None = None,
    attachments: FilePaths | None = None,
    sender_email: Address | None = None,
    importance: Importance = "Normal",
) -> SentMail:
    """Send a new mail from your mailbox. Use reply_to_email or forward_email to go on with a mail that exists.

    An address of the firm that does not exist bounces: it is listed in `bounced` and a notice comes to your inbox.

    Args:
        to: Addresses of the main recipients, persons, distribution lists or outside; find_email_address finds them.
        subject: Subject, one line.
        body: Text of the mail; HTML when mimeType is text/html.
        cc: Addresses that get a copy.
        bcc: Addresses that get a copy which no other recipient sees.
        mimeType: text/plain, text/html (body is HTML) or multipart/alternative (needs htmlBody).
        htmlBody: HTML form of the text, beside body.
        attachments: Paths of your own files to attach.
        sender_email: Send as this address: your own (default) or the list of your department.
        importance: Low, Normal or High.
    """
    require_box(ctx)
    content = make_content(subject=subject, body=body, mime_type=mimeType, html=htmlBody)
    recipients = make_recipients(to, cc, bcc)
    files = fetch_files(ctx, attachments)
    letter = Letter(make_sender(ctx, sender_email), content, recipients, files, importance)
    return post(ctx, letter)


@tool(writes=True)
def reply_to_email(
    ctx: Context,
    messageId: MessageId,
    body: Body,
    replyAll: bool = False,
    cc: Recipients | None = None,
    bcc: Recipients | None = None,
    htmlBody: Html | None = None,
    attachments: FilePaths | None = None,
    importance: Importance = "Normal",
) -> SentMail:
    """Answer a mail of your mailbox in its thread: subject 'Re: ...', the mail is quoted below your text.

    The reply goes to the sender, with replyAll to all visible recipients, too. A reply to a mail that you sent goes
    to its recipients.

    Args:
        messageId: The mail to answer.
        body: Your text, without the quoted mail.
        replyAll: True to write to the sender and everybody in To and Cc, except you.
        cc: More addresses that get a copy.
        bcc: Addresses that get a copy which no other recipient sees.
        htmlBody: HTML form of your text.
        attachments: Paths of your own files to attach.
        importance: Low, Normal or High.
    """
    require_box(ctx)
    mail = _answerable(ctx, messageId)
    to, copies = _reply_recipients(ctx, mail, everybody=replyAll)
    quote = reply_quote(mail["body"], date=mail["sent_at"], sender=f"{mail['from_name']} <{mail['from_address']}>")
    content = _with_quote(prefixed("Re", mail["subject"]), body, quote, htmlBody)
    recipients = make_recipients(to, [*copies, *(cc or [])], bcc)
    letter = Letter(
        make_sender(ctx, None), content, recipients, fetch_files(ctx, attachments), importance, parent_id=mail["id"]
    )
    return post(ctx, letter)


@tool(writes=True)
def forward_email(
    ctx: Context,
    messageId: MessageId,
    to: Recipients,
    body: Body = "",
    cc: Recipients | None = None,
    bcc: Recipients | None = None,
    includeAttachments: bool = True,
    importance: Importance = "Normal",
) -> SentMail:
    """Send a mail of your mailbox on to others as a new thread: subject 'Fwd: ...', your text above, the mail below.

    Args:
        messageId: The mail to send on.
        to: Addresses of the recipients.
        body: Your text above the forwarded mail.
        cc: Addresses that get a copy.
        bcc: Addresses that get a copy which no other recipient sees.
        includeAttachments: False leaves the attachments of the mail out.
        importance: Low, Normal or High.
    """
    require_box(ctx)
    mail = _sent_mail(ctx, messageId)
    shown = recipients_of(ctx, mail)
    sender = f"{mail['from_name']} <{mail['from_address']}>"
    quote = forward_quote(
        mail["body"], date=mail["sent_at"], sender=sender, to=", ".join(shown["to"]), subject=mail["subject"]
    )
    content = make_content(subject=prefixed("Fwd", mail["subject"]), body=body + quote)
    files = files_of(ctx, mail["id"]) if includeAttachments else ()
    return post(ctx, Letter(make_sender(ctx, None), content, make_recipients(to, cc, bcc), files, importance))


class RecipientStatus(TypedDict):
    """One recipient of a sent mail; relayed means handed to a server outside of the firm."""

    email: Address
    field: Literal["to", "cc", "bcc"]
    outcome: Literal["delivered", "relayed", "bounced"]


class DeliveryStatus(TypedDict):
    """What became of a mail that you sent."""

    messageId: MessageId
    recipients: list[RecipientStatus]


@tool()
def get_delivery_status(ctx: Context, messageId: MessageId) -> DeliveryStatus:
    """Show for each recipient of a mail that you sent whether it was delivered, relayed to the outside or bounced.

    Args:
        messageId: A mail that you wrote and sent.
    """
    mail = _sent_mail(ctx, messageId)
    if mail["author_id"] != ctx.me.id:
        raise ToolError(
            "forbidden", f"{messageId} was sent by {mail['from_address']}.", accepted="a mail that you sent (in:sent)"
        )
    sql = (
        "SELECT address AS email, field, outcome FROM mail_recipient WHERE message_id = ? ORDER BY field DESC, position"
    )
    found: list[RecipientStatus] = [
        {"email": row["email"], "field": row["field"], "outcome": row["outcome"]} for row in ctx.db.rows(sql, messageId)
    ]
    return {"messageId": messageId, "recipients": found}


def post(ctx: Context, letter: Letter) -> SentMail:
    """Check a letter and send it."""
    check_sendable(letter.content, letter.recipients, files=len(letter.files))
    check_posting(ctx, letter.recipients)
    message_id, receipt = send(ctx, letter)
    return {
        "messageId": message_id,
        "threadId": ctx.db.value("SELECT thread_id FROM mail_message WHERE id = ?", message_id),
        "recipients": len(letter.recipients),
        "bounced": receipt.bounced,
    }


def _sent_mail(ctx: Context, message_id: str) -> Row:
    mail = my_mail(ctx, message_id)
    if mail["draft"]:
        raise ToolError(
            "conflict", f"{message_id} is a draft.", field="messageId", accepted="send_draft sends it first"
        )
    return mail


def _answerable(ctx: Context, message_id: str) -> Row:
    mail = _sent_mail(ctx, message_id)
    domain = own_domain(ctx)
    if mail["from_address"] in (domain["no_reply"], domain["postmaster"]):
        said = f"{mail['from_address']} takes no replies."
        raise ToolError("conflict", said, field="messageId", accepted="send_email to a person or list")
    return mail


def _reply_recipients(ctx: Context, mail: Row, *, everybody: bool) -> tuple[list[Email], list[Email]]:
    """(to, cc) of a reply, without the principal unless nobody else is left."""
    shown = recipients_of(ctx, mail)
    own = mail["from_address"] == ctx.me.email
    to = list(shown["to"]) if own else [mail["from_address"]]
    copies: list[str] = []
    if everybody:
        copies = [*([] if own else shown["to"]), *shown["cc"]]
    mine = {ctx.me.email}
    others = [address for address in to if address not in mine]
    return others or to, [address for address in copies if address not in mine]


def _with_quote(subject: str, body: str, quote: str, html: str | None) -> Content:
    markup = None if html is None else f"{html}<blockquote><pre>{escape(quote.strip())}</pre></blockquote>"
    if not body.strip():
        raise ToolError("invalid", "A reply needs a text.", field="body")
    return make_content(subject=subject, body=body + quote, html=markup)
