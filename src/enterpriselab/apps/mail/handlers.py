"""What Mail does when other apps tell something: open and close mailboxes, write notices, set absence notes."""

from enterpriselab.apps.mail.addresses import find_group, own_domain
from enterpriselab.apps.mail.delivery import send
from enterpriselab.apps.mail.letters import Content, Letter, Sender, make_recipients
from enterpriselab.company.events import (
    FileShared,
    InterviewCancelled,
    InterviewScheduled,
    LeaveApproved,
    LeaveCancelled,
    NotificationRequested,
    PersonChanged,
    PersonHired,
    PersonTerminated,
    TicketCreated,
    TicketUpdated,
)
from enterpriselab.toolkit import Context, Row, on

MAX_NOTICE = 20_000


def write(ctx: Context, to: tuple[str, ...], subject: str, body: str, *, sender_email: str | None = None) -> None:
    """One mail of the system, from its own address unless a sender is named."""
    recipients = make_recipients([address.lower() for address in to], None, None)
    if not recipients:
        return
    content = Content(" ".join(subject.split())[:250], body[:MAX_NOTICE])
    send(ctx, Letter(_system_sender(ctx, sender_email), content, recipients, origin="notification"))


def _system_sender(ctx: Context, address: str | None) -> Sender:
    if address is not None:
        address = address.lower()
        name = ctx.db.value("SELECT full_name FROM company_person WHERE email = ?", address)
        group = find_group(ctx, address)
        return Sender(address, name or (group["name"] if group else address), None)
    return Sender(own_domain(ctx)["no_reply"], "Norrvane Notifications", None)


def _list_address(ctx: Context, department_id: str) -> str | None:
    found: str | None = ctx.db.value("SELECT address FROM mail_group WHERE department_id = ?", department_id)
    return found


def _person(ctx: Context, person_id: str) -> Row:
    row = ctx.db.row("SELECT id, email, first_name, full_name, title FROM company_person WHERE id = ?", person_id)
    return row or {}


def _hired(ctx: Context, event: PersonHired) -> None:
    person = _person(ctx, event.person_id)
    known = ctx.db.value("SELECT 1 FROM mail_box WHERE person_id = ?", event.person_id)
    if known is None:
        ctx.db.insert("mail_box", person_id=event.person_id, address=person["email"], opened_on=ctx.today)
    else:
        ctx.db.update(
            "mail_box", {"person_id": event.person_id}, status="open", closed_on=None, address=person["email"]
        )
    body = (
        f"Hello {person['first_name']},\n\nwelcome aboard as {person['title']}.\n"
        f"This is your mailbox, {person['email']}. Please read the policy on mail to the outside,\n"
        "and write to the IT list when something does not work."
    )
    write(ctx, (person["email"],), "Welcome to your new mailbox", body)


def _terminated(ctx: Context, event: PersonTerminated) -> None:
    """Close the mailbox, or note the day when the last day is still to come."""
    if event.last_day > ctx.today:
        ctx.db.update("mail_box", {"person_id": event.person_id}, closed_on=event.last_day)
        return
    sql = "UPDATE mail_box SET status = 'closed', closed_on = ? WHERE person_id = ? AND status = 'open'"
    ctx.db.execute(sql, event.last_day, event.person_id)
    ctx.db.execute("UPDATE mail_out_of_office SET enabled = 0 WHERE person_id = ? AND enabled = 1", event.person_id)


def _changed(ctx: Context, event: PersonChanged) -> None:
    if "email" in event.fields:
        ctx.db.update("mail_box", {"person_id": event.person_id}, address=_person(ctx, event.person_id)["email"])


def _leave_approved(ctx: Context, event: LeaveApproved) -> None:
    """A note for the leave, unless the person has one that still runs or it is half a day."""
    box = ctx.db.value("SELECT status FROM mail_box WHERE person_id = ?", event.person_id)
    running = ctx.db.value(
        "SELECT 1 FROM mail_out_of_office WHERE person_id = ? AND enabled = 1 AND (ends_on IS NULL OR ends_on >= ?)",
        event.person_id,
        ctx.today,
    )
    if event.half_day or box != "open" or running is not None:
        return
    name = _person(ctx, event.person_id)["full_name"]
    ctx.db.delete("mail_out_of_office", person_id=event.person_id)
    ctx.db.insert(
        "mail_out_of_office",
        person_id=event.person_id,
        enabled=1,
        subject=f"Out of office: {name}",
        body=f"Thank you for your mail. I am away from {event.from_date} to {event.to_date} and answer after that.",
        starts_on=event.from_date,
        ends_on=event.to_date,
        leave_application=event.application_id,
    )


def _leave_cancelled(ctx: Context, event: LeaveCancelled) -> None:
    ctx.db.delete("mail_out_of_office", person_id=event.person_id, leave_application=event.application_id)


def _notify(ctx: Context, event: NotificationRequested) -> None:
    write(ctx, event.to_emails, event.subject, event.body, sender_email=event.sender_email)


def _ticket_created(ctx: Context, event: TicketCreated) -> None:
    body = f"Thank you for your request. It has the number {event.ticket_id}.\n\n{event.title}\n\n{event.summary}"
    _to_customer(ctx, event.ticket_id, event.customer_email, title=event.title, body=body)


def _ticket_updated(ctx: Context, event: TicketUpdated) -> None:
    _to_customer(ctx, event.ticket_id, event.customer_email, title=event.title, body=event.summary)


def _to_customer(ctx: Context, ticket_id: int, address: str, *, title: str, body: str) -> None:
    write(ctx, (address,), f"[Ticket#{ticket_id}] {title}", body, sender_email=_list_address(ctx, "support"))


def _file_shared(ctx: Context, event: FileShared) -> None:
    owner = ctx.db.value("SELECT full_name FROM company_person WHERE email = ?", event.owner_email) or event.owner_email
    body = f"{owner} shared {event.path} with you ({event.permissions})."
    write(ctx, (event.with_email,), f"{owner} shared a file with you", body)


def _interview_scheduled(ctx: Context, event: InterviewScheduled) -> None:
    names = ", ".join(_person(ctx, person_id)["full_name"] for person_id in event.interviewer_ids)
    start, end = event.starts_at[:16].replace("T", " "), event.ends_at[11:16]
    body = f"Dear {event.applicant_name},\n\nwe invite you to an interview on {start} to {end} (UTC) with {names}."
    write(ctx, (event.applicant_email,), "Invitation to an interview", body, sender_email=_list_address(ctx, "hr"))


def _interview_cancelled(ctx: Context, event: InterviewCancelled) -> None:
    start = event.starts_at[:16].replace("T", " ")
    body = f"Dear {event.applicant_name},\n\nyour interview on {start} (UTC) does not take place. We will write soon."
    write(ctx, (event.applicant_email,), "Your interview is cancelled", body, sender_email=_list_address(ctx, "hr"))


HANDLERS = (
    on(PersonHired)(_hired),
    on(PersonTerminated)(_terminated),
    on(PersonChanged)(_changed),
    on(LeaveApproved)(_leave_approved),
    on(LeaveCancelled)(_leave_cancelled),
    on(NotificationRequested)(_notify),
    on(TicketCreated)(_ticket_created),
    on(TicketUpdated)(_ticket_updated),
    on(FileShared)(_file_shared),
    on(InterviewScheduled)(_interview_scheduled),
    on(InterviewCancelled)(_interview_cancelled),
)
