"""Tools for the out-of-office notice."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.mail.absence import is_active
from enterpriselab.apps.mail.mailbox import require_box
from enterpriselab.toolkit import Context, Date, Row, ToolError, tool

Audience = Literal["everyone", "colleagues"]


class OutOfOffice(TypedDict):
    """Your notice; `active` says whether it answers today, `answered` how many senders got it."""

    enabled: bool
    active: bool
    subject: NotRequired[str]
    body: NotRequired[str]
    startDate: NotRequired[Date]
    endDate: NotRequired[Date]
    audience: NotRequired[Audience]
    answered: int


@tool(writes=True, idempotent=True)
def set_out_of_office(
    ctx: Context,
    enabled: bool,
    body: Annotated[str, Field(max_length=4_000)] | None = None,
    subject: Annotated[str, Field(max_length=200)] | None = None,
    startDate: Date | None = None,
    endDate: Date | None = None,
    audience: Audience = "everyone",
) -> OutOfOffice:
    """Switch your automatic answer for times of absence on or off. Each sender gets it once; lists and machines never.

    A changed notice starts anew: senders who got the old one get the new one, once.

    Args:
        enabled: True to answer, False to stop; False keeps the texts and dates of the notice.
        body: Text of the answer; needed when enabled, unless you have a notice already.
        subject: Subject of the answer; 'Out of office: <your name>' when left out.
        startDate: First day; at once when left out.
        endDate: Last day; until switched off when left out.
        audience: everyone, or only colleagues.
    """
    require_box(ctx)
    old = _notice(ctx)
    if not enabled:
        ctx.db.execute("UPDATE mail_out_of_office SET enabled = 0 WHERE person_id = ? AND enabled = 1", ctx.me.id)
        return _shown(ctx)
    text = (body if body is not None else old["body"] if old else "").strip()
    if not text:
        raise ToolError("invalid", "A notice needs a text.", field="body")
    if startDate is not None and endDate is not None and endDate < startDate:
        raise ToolError("invalid", f"endDate {endDate} is before startDate {startDate}.", field="endDate")
    if endDate is not None and endDate < ctx.today:
        raise ToolError("invalid", f"endDate {endDate} is past; today is {ctx.today}.", field="endDate")
    after: Row = {
        "enabled": 1,
        "subject": subject or (old["subject"] if old else f"Out of office: {ctx.me.name}"),
        "body": text,
        "starts_on": startDate,
        "ends_on": endDate,
        "audience": audience,
        "leave_application": None,
    }
    if old is None or any(old[column] != value for column, value in after.items()):
        ctx.db.delete("mail_out_of_office_reply", person_id=ctx.me.id)
        ctx.db.delete("mail_out_of_office", person_id=ctx.me.id)
        ctx.db.insert("mail_out_of_office", person_id=ctx.me.id, **after)
    return _shown(ctx)


@tool()
def get_out_of_office(ctx: Context) -> OutOfOffice:
    """Show your out-of-office notice and whether it answers today."""
    return _shown(ctx)


def _notice(ctx: Context) -> Row | None:
    return ctx.db.row("SELECT * FROM mail_out_of_office WHERE person_id = ?", ctx.me.id)


def _shown(ctx: Context) -> OutOfOffice:
    notice = _notice(ctx)
    if notice is None:
        return {"enabled": False, "active": False, "answered": 0}
    shown: OutOfOffice = {
        "enabled": bool(notice["enabled"]),
        "active": is_active(notice, ctx.today),
        "subject": notice["subject"],
        "body": notice["body"],
        "audience": notice["audience"],
        "answered": ctx.db.value("SELECT count(*) FROM mail_out_of_office_reply WHERE person_id = ?", ctx.me.id),
    }
    if notice["starts_on"] is not None:
        shown["startDate"] = notice["starts_on"]
    if notice["ends_on"] is not None:
        shown["endDate"] = notice["ends_on"]
    return shown
