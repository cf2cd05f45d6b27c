"""The mail server: puts a stored message into mailboxes, runs filters, answers for absent people, bounces."""

import json
from dataclasses import dataclass, field

from enterpriselab.apps.mail.absence import notice_for
from enterpriselab.apps.mail.addresses import Destination, own_domain, resolve
from enterpriselab.apps.mail.filtering import Outcome, run_filters
from enterpriselab.apps.mail.letters import Content, Letter, Sender, files_of, store
from enterpriselab.apps.mail.mailbox import put_label
from enterpriselab.apps.mail.query_sql import FLAGS
from enterpriselab.apps.mail.text import forward_quote, prefixed
from enterpriselab.toolkit import Context, Row

FEW = 4
"""Up to so many mailboxes get their deliveries one by one, which is faster then."""
BOUNCING_ORIGINS = {"person", "filter_forward"}
FORWARDED_ORIGINS = {"person", "notification", "newsletter"}
"""Kinds of mail that a filter may pass on; what a machine answered is never passed on, so no loop can start."""


@dataclass(slots=True)
class Receipt:
    """What became of the recipients of one message."""

    delivered: list[str] = field(default_factory=list)
    relayed: list[str] = field(default_factory=list)
    bounced: list[str] = field(default_factory=list)


def send(ctx: Context, letter: Letter) -> tuple[str, Receipt]:
    """Store a letter and deliver it; returns the message id and what became of it."""
    message_id = store(ctx, letter)
    return message_id, deliver(ctx, message_id)


def deliver(ctx: Context, message_id: str) -> Receipt:
    """Deliver a stored message to everybody it names. Mail from a person gets a copy in SENT."""
    message = _message(ctx, message_id)
    receipt, direct, problems = Receipt(), dict[str, bool](), list[str]()
    recipients = ctx.db.rows(
        "SELECT address FROM mail_recipient WHERE message_id = ? ORDER BY field DESC, position", message_id
    )
    for row in recipients:
        place = resolve(ctx, row["address"])
        _note(ctx, message_id, row["address"], place, receipt)
        if place.problem is not None:
            problems.append(f"{row['address']}: {place.problem}")
        for person in place.people:
            direct[person] = direct.get(person, False) or not place.via_group
    outcomes = run_filters(ctx, message, list(direct))
    if message["origin"] == "person" and message["author_id"] is not None:
        _keep_copy(ctx, message, outcomes.pop(message["author_id"], None))
    _insert_deliveries(ctx, message_id, outcomes)
    _follow_up(ctx, message, direct, outcomes, problems)
    return receipt


def _message(ctx: Context, message_id: str) -> Row:
    row = ctx.db.row("SELECT * FROM mail_message WHERE id = ?", message_id)
    if row is None:
        raise AssertionError(f"{message_id} was stored before it is delivered")
    return row


def _note(ctx: Context, message_id: str, address: str, place: Destination, receipt: Receipt) -> None:
    outcome = "bounced" if place.problem else "relayed" if place.outside else "delivered"
    getattr(receipt, outcome).append(address)
    ctx.db.update("mail_recipient", {"message_id": message_id, "address": address}, outcome=outcome)


def _keep_copy(ctx: Context, message: Row, received: Outcome | None) -> None:
    """The author's one delivery: SENT, and what arrives when the author is a recipient, too."""
    flags = {column: int(column == "sent") for column in FLAGS.values()}
    if received is not None:
        flags.update(received.flags, sent=1)
    marks = ", ".join(f"{column} = excluded.{column}" for column in FLAGS.values())
    ctx.db.execute(
        f"INSERT INTO mail_delivery (person_id, message_id, received_at, {', '.join(flags)})"
        f" VALUES (?, ?, ?, {', '.join('?' * len(flags))})"
        f" ON CONFLICT (person_id, message_id) DO UPDATE SET received_at = excluded.received_at, {marks}",
        message["author_id"],
        message["id"],
        ctx.now,
        *flags.values(),
    )
    _insert_labels(ctx, message["id"], {message["author_id"]: received} if received else {})


def _insert_deliveries(ctx: Context, message_id: str, outcomes: dict[str, Outcome]) -> None:
    """What each mailbox gets; one statement for the many of a distribution list."""
    if len(outcomes) <= FEW:
        for person, outcome in outcomes.items():
            ctx.db.insert(
                "mail_delivery", person_id=person, message_id=message_id, received_at=ctx.now, **outcome.flags
            )
    else:
        _insert_many(ctx, message_id, outcomes)
    _insert_labels(ctx, message_id, outcomes)


def _insert_many(ctx: Context, message_id: str, outcomes: dict[str, Outcome]) -> None:
    columns = list(FLAGS.values())
    rows = [[person, *(outcome.flags[column] for column in columns)] for person, outcome in outcomes.items()]
    picked = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(1, len(columns) + 1))
    ctx.db.execute(
        f"INSERT INTO mail_delivery (person_id, message_id, received_at, {', '.join(columns)})"
        f" SELECT json_extract(value, '$[0]'), ?, ?, {picked} FROM json_each(?)",
        message_id,
        ctx.now,
        json.dumps(rows),
    )


def _insert_labels(ctx: Context, message_id: str, outcomes: dict[str, Outcome]) -> None:
    for person, outcome in outcomes.items():
        for label in sorted(outcome.labels):
            put_label(ctx, person, message_id, label)


def _follow_up(
    ctx: Context, message: Row, direct: dict[str, bool], outcomes: dict[str, Outcome], problems: list[str]
) -> None:
    """What a delivery sets off: bounces, absence notices, forwarding by filters."""
    if problems and message["origin"] in BOUNCING_ORIGINS and message["author_id"] is not None:
        _bounce(ctx, message, problems)
    absent = [person for person, personally in direct.items() if personally and person != message["author_id"]]
    for person in absent:
        _answer_for(ctx, message, person)
    if message["origin"] in FORWARDED_ORIGINS:
        for person, outcome in outcomes.items():
            for address in sorted(outcome.forwards):
                _pass_on(ctx, message, person, address)


def _bounce(ctx: Context, message: Row, problems: list[str]) -> None:
    domain = own_domain(ctx)
    author = ctx.db.value("SELECT address FROM mail_box WHERE person_id = ?", message["author_id"])
    lines = "\n".join(f"  {problem}" for problem in problems)
    body = f"Your mail could not be delivered to:\n\n{lines}\n\nSubject: {message['subject']}\nMessage: {message['id']}"
    send(
        ctx,
        Letter(
            sender=Sender(domain["postmaster"], "Mail Delivery System", None),
            content=Content(f"Undeliverable: {message['subject']}"[:250], body),
            recipients=(("to", author),),
            origin="bounce",
            parent_id=message["id"],
        ),
    )


def _answer_for(ctx: Context, message: Row, person_id: str) -> None:
    notice = notice_for(ctx, message, person_id)
    if notice is None:
        return
    letter = Letter(
        sender=Sender(notice["address"], notice["full_name"], person_id),
        content=Content(notice["subject"], f"{notice['body']}\n\n(Automatic reply to your mail: {message['subject']})"),
        recipients=(("to", message["from_address"]),),
        origin="auto_reply",
        parent_id=message["id"],
    )
    answer, _ = send(ctx, letter)
    ctx.db.insert("mail_out_of_office_reply", person_id=person_id, address=message["from_address"], message_id=answer)


def _pass_on(ctx: Context, message: Row, person_id: str, address: str) -> None:
    owner = ctx.db.row(
        "SELECT b.address, p.full_name FROM mail_box b JOIN company_person p ON p.id = b.person_id"
        " WHERE b.person_id = ?",
        person_id,
    )
    if owner is None or address == owner["address"]:
        return
    shown = ctx.db.values(
        "SELECT address FROM mail_recipient WHERE message_id = ? AND field = 'to' ORDER BY position", message["id"]
    )
    history = forward_quote(
        message["body"],
        date=message["sent_at"],
        sender=f"{message['from_name']} <{message['from_address']}>",
        to=", ".join(shown),
        subject=message["subject"],
    )
    letter = Letter(
        sender=Sender(owner["address"], owner["full_name"], person_id),
        content=Content(
            prefixed("Fwd", message["subject"]), f"Forwarded by a filter of {owner['full_name']}.{history}"
        ),
        recipients=(("to", address),),
        files=files_of(ctx, message["id"]),
        origin="filter_forward",
    )
    send(ctx, letter)
