"""Mails that HR asks the mail system to send. The wording stands with the tool; the envelope is here."""

from enterpriselab.company.events import NotificationRequested
from enterpriselab.toolkit import Context


def notify(ctx: Context, emails: list[str], *, subject: str, body: str, kind: str) -> None:
    """Write to these addresses, less the caller's own; nothing happens when nobody is left."""
    others = tuple(email for email in dict.fromkeys(emails) if email != ctx.me.email)
    if others:
        ctx.emit(NotificationRequested(others, subject, body, kind))


def email_of(ctx: Context, person_id: str | None) -> list[str]:
    """The address of a person who has not left, as a list of none or one."""
    return ctx.db.values("SELECT email FROM company_person WHERE id = ? AND status <> 'left'", person_id)
