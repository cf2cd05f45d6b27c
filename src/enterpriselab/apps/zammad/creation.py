"""Opening a ticket: number, first article, SLA, tags, history and the event. Used by tools and by event handlers."""

from collections.abc import Sequence
from dataclasses import dataclass

from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.access import find_ticket
from enterpriselab.apps.zammad.changes import Line, notify_owner, policy_of, record
from enterpriselab.apps.zammad.correspondence import Entry, check_entry, store_article
from enterpriselab.apps.zammad.states import DEFAULT_PRIORITY, PENDING, PRIORITY_ID, STATE_ID, check_pending_time
from enterpriselab.company.events import TicketCreated
from enterpriselab.toolkit import Context, Row, ToolError

FIRST_NUMBER = 210_000
"""Ticket numbers are this plus the id."""
_SUMMARY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket before it exists; `group`, `customer` and `owner` are rows."""

    title: str
    group: Row
    customer: Row
    article: Entry
    state: str = "new"
    priority: str = DEFAULT_PRIORITY
    owner: Row | None = None
    pending_time: str | None = None
    tags: Sequence[str] = ()
    checklist: Sequence[str] = ()


def open_ticket(ctx: Context, user_id: int | None, draft: Draft) -> Row:
    """Create the ticket and tell the other apps; returns its row. Raises ToolError("invalid")."""
    check_pending_time(draft.state, draft.pending_time, ctx.now)
    check_entry(draft.article)
    ticket = _insert(ctx, user_id, draft)
    record(ctx, user_id, ticket["id"], Line("created", "ticket", "", draft.title))
    for name in dict.fromkeys(draft.tags):
        add_tag(ctx, user_id, ticket["id"], name)
    for position, text in enumerate(draft.checklist, start=1):
        ctx.db.insert("zammad_checklist_item", ticket_id=ticket["id"], position=position, text=text)
    store_article(ctx, user_id, ticket, draft.article)
    summary = draft.article.body if not draft.article.internal else draft.title
    ctx.emit(TicketCreated(ticket["id"], ticket["customer_email"], ticket["title"], summary[:_SUMMARY_LENGTH]))
    if ticket["owner_id"] not in (None, user_id):
        notify_owner(ctx, ticket, "assigned to you", f"Ticket {ticket['number']} is now yours.")
    return ticket


def _insert(ctx: Context, user_id: int | None, draft: Draft) -> Row:
    ticket_id = 1 + int(ctx.db.value("SELECT coalesce(max(id), 0) FROM zammad_ticket"))
    columns: clock.Columns = {
        "id": ticket_id,
        "number": number_of(ticket_id),
        "title": draft.title,
        "group_id": draft.group["id"],
        "state_id": STATE_ID[draft.state],
        "priority_id": PRIORITY_ID[draft.priority],
        "customer_id": draft.customer["id"],
        "organization_id": draft.customer["organization_id"],
        "owner_id": draft.owner["id"] if draft.owner else None,
        "created_by": user_id,
        "pending_time": draft.pending_time,
        "created_at": ctx.now,
        "updated_at": ctx.now,
        "first_response_at": None,
        "agent_contact_at": None,
        "customer_contact_at": None,
        "clock_stopped_at": ctx.now if draft.state in PENDING or draft.state == "closed" else None,
        "clock_stopped_min": 0,
        "update_stopped_min": 0,
    }
    policy = policy_of(ctx, columns["group_id"], columns["priority_id"])
    if draft.article.is_contact and draft.article.sender == "customer":
        columns |= clock.on_customer_contact(ctx.now)
    elif draft.article.is_contact and draft.article.sender == "agent":
        columns |= clock.on_agent_contact(columns, ctx.now, policy)
    if draft.state == "closed":
        columns |= {"close_at": ctx.now, "solution_in_time": 1}
    ctx.db.insert("zammad_ticket", **columns, **clock.deadlines(policy, columns))
    return find_ticket(ctx, ticket_id)


def number_of(ticket_id: int) -> str:
    """The six-digit number that people quote."""
    return str(FIRST_NUMBER + ticket_id)


def add_tag(ctx: Context, user_id: int | None, ticket_id: int, name: str) -> bool:
    """Tag the ticket, making the tag when it is new; False when the ticket has it already."""
    clean = tag_name(name)
    tag_id = ctx.db.value("SELECT id FROM zammad_tag WHERE name = ?", clean)
    if tag_id is None:
        tag_id = ctx.db.insert("zammad_tag", name=clean)
    elif ctx.db.value("SELECT 1 FROM zammad_ticket_tag WHERE ticket_id = ? AND tag_id = ?", ticket_id, tag_id):
        return False
    ctx.db.insert("zammad_ticket_tag", ticket_id=ticket_id, tag_id=tag_id)
    record(ctx, user_id, ticket_id, Line("added", "tag", "", clean))
    return True


def tag_name(name: str) -> str:
    """The tag as it is stored: lower case, single blanks, no comma."""
    clean = " ".join(name.lower().split())
    if not clean or "," in clean:
        text = f"{name!r} is not a tag; give one tag without commas."
        raise ToolError("invalid", text, field="tag", accepted="one word or phrase")
    return clean
