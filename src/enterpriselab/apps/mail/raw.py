"""A stored mail as RFC 5322 text, built with the standard library; deterministic, so the boundaries are ours."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from enterpriselab.apps.mail.letters import File, files_of
from enterpriselab.core.clock import parse_instant
from enterpriselab.toolkit import Context, Row

_MAX_REFERENCES = 20
_CHAIN = """
    WITH RECURSIVE chain(id, parent_id, from_address, depth) AS (
        SELECT id, parent_id, from_address, 0 FROM mail_message WHERE id = ?
        UNION ALL
        SELECT m.id, m.parent_id, m.from_address, depth + 1 FROM mail_message m JOIN chain ON m.id = chain.parent_id
        WHERE depth < ?
    )
    SELECT id, from_address FROM chain WHERE depth > 0 ORDER BY depth DESC
"""
_AUTOMATIC = {
    "auto_reply": "auto-replied",
    "bounce": "auto-replied",
    "notification": "auto-generated",
    "filter_forward": "auto-generated",
}


def raw_message(ctx: Context, mail: Row, recipients: dict[str, list[str]], *, with_files: bool) -> str:
    """Headers and body as they would travel; `recipients` are those that the reader may see."""
    message = EmailMessage(policy=SMTP.clone(linesep="\n", max_line_length=200))
    message["From"] = formataddr((mail["from_name"], mail["from_address"]))
    for field in ("to", "cc", "bcc"):
        if recipients[field]:
            message[field.capitalize()] = ", ".join(recipients[field])
    message["Subject"] = mail["subject"]
    message["Date"] = format_datetime(parse_instant(mail["sent_at"] or mail["received_at"]))
    message["Message-ID"] = _header_id(mail)
    chain = [_header_id(row) for row in ctx.db.rows(_CHAIN, mail["id"], _MAX_REFERENCES)]
    if chain:
        message["In-Reply-To"] = chain[-1]
        message["References"] = " ".join(chain)
    if mail["importance"] != "Normal":
        message["Importance"] = mail["importance"].lower()
    if mail["origin"] in _AUTOMATIC:
        message["Auto-Submitted"] = _AUTOMATIC[mail["origin"]]
    _fill(message, mail, files_of(ctx, mail["id"]) if with_files else ())
    return message.as_string()


def _header_id(mail: Row) -> str:
    return f"<{mail['id']}@mail.{mail['from_address'].split('@')[1]}>"


def _fill(message: EmailMessage, mail: Row, files: tuple[File, ...]) -> None:
    if mail["mime_type"] == "text/html":
        message.set_content(mail["html_body"], subtype="html")
    else:
        message.set_content(mail["body"])
    if mail["mime_type"] == "multipart/alternative":
        message.add_alternative(mail["html_body"], subtype="html")
    for file in files:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype or "octet-stream", filename=file.name)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{mail['id']}_{number}")
