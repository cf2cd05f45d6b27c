"""Writing articles: what an article does to its ticket (answer, reopening, SLA), and who is told of it."""

from dataclasses import dataclass

from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.changes import Wish, change_ticket, notify_owner, policy_of, save
from enterpriselab.apps.zammad.states import PENDING, STATE_ID
from enterpriselab.company.events import NotificationRequested
from enterpriselab.core.clock import parse_instant
from enterpriselab.toolkit import Context, Row, ToolError


@dataclass(frozen=True, slots=True)
class Entry:
    """An article before it is written."""

    type: str
    sender: str
    body: str
    subject: str = ""
    internal: bool = False

    @property
    def is_contact(self) -> bool:
        """Do customer and agent talk to each other by it? Notes are for the record."""
        return self.type != "note" and not self.internal


def check_entry(entry: Entry) -> None:
    """Raise `invalid` for combinations that do not exist."""
    if entry.internal and entry.sender == "customer":
        raise ToolError("invalid", "What the customer says cannot be internal.", field="internal", accepted=[False])
    if entry.internal and entry.type == "email":
        text = "An e-mail goes to the customer and cannot be internal; write an internal note instead."
        raise ToolError("invalid", text, field="internal", accepted=[False])
    if entry.type == "note" and entry.sender == "customer":
        text = "A note is the agent's own; what the customer said is of type phone, email or web."
        raise ToolError("invalid", text, field="article_type", accepted=["phone", "email", "web"])


def write_article(ctx: Context, user_id: int | None, ticket: Row, entry: Entry) -> int:
    """Store the article with all its consequences; returns its id. The ticket's row follows."""
    check_entry(entry)
    if entry.sender == "customer":
        _reopen(ctx, user_id, ticket)
    article_id = store_article(ctx, user_id, ticket, entry)
    columns: clock.Columns = {}
    if entry.is_contact:
        policy = policy_of(ctx, ticket["group_id"], ticket["priority_id"])
        if entry.sender == "customer":
            columns = clock.on_customer_contact(ctx.now)
        elif entry.sender == "agent":
            columns = clock.on_agent_contact(ticket, ctx.now, policy)
        columns |= clock.deadlines(policy, ticket | columns)
    save(ctx, ticket, columns)
    if entry.is_contact and entry.sender == "agent" and ticket["state_id"] == STATE_ID["new"]:
        change_ticket(ctx, user_id, ticket, Wish(state="open"))
    return article_id


def store_article(ctx: Context, user_id: int | None, ticket: Row, entry: Entry) -> int:
    """Insert the row and send what has to be sent; articles are their own history."""
    outgoing = entry.type == "email" and entry.sender != "customer"
    article_id = ctx.db.insert(
        "zammad_article",
        ticket_id=ticket["id"],
        type=entry.type,
        sender=entry.sender,
        user_id=user_id,
        to_email=ticket["customer_email"] if outgoing else None,
        subject=entry.subject,
        body=entry.body,
        internal=int(entry.internal),
        created_at=ctx.now,
    )
    if outgoing:
        subject = f"[Ticket#{ticket['number']}] {entry.subject or ticket['title']}"
        message = NotificationRequested((ticket["customer_email"],), subject[:250], entry.body, "ticket_reply")
        ctx.emit(message)
    if entry.sender == "customer" and ticket["owner_email"] is not None and ticket["owner_id"] != user_id:
        notify_owner(ctx, ticket, "answered by the customer", entry.body)
    return article_id


def _reopen(ctx: Context, user_id: int | None, ticket: Row) -> None:
    """An answer of the customer wakes a pending ticket and reopens a closed one, if that is not too long ago."""
    if ticket["state"] in PENDING:
        change_ticket(ctx, user_id, ticket, Wish(state="open"))
    elif ticket["state"] == "closed":
        days = int(ctx.db.value("SELECT follow_up_days FROM zammad_group WHERE id = ?", ticket["group_id"]))
        if (parse_instant(ctx.now) - parse_instant(ticket["close_at"])).days > days:
            text = (
                f"Ticket {ticket['id']} was closed on {ticket['close_at'][:10]}; "
                f"{ticket['group_name']} reopens tickets for {days} days. Open a new ticket and link it to this one."
            )
            next_step = "zammad_create_ticket, then zammad_link_tickets"
            raise ToolError("conflict", text, field="ticket_id", accepted=next_step)
        change_ticket(ctx, user_id, ticket, Wish(state="open"))
