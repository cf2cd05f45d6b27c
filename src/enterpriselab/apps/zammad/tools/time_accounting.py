"""Tools: account for working time on tickets."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import agent, changeable_ticket, not_merged, readable_ticket
from enterpriselab.apps.zammad.ids import Activity, Address, Minutes, Note, TicketId, TimeEntryId
from enterpriselab.apps.zammad.lookups import compact_page, user_with_email
from enterpriselab.toolkit import Context, Date, PageNumber, PerPage, Row, ToolError, tool

DAY_LIMIT = 720
"""Minutes that one agent may log for one day."""


class TimeLogged(TypedDict):
    """The new time entry and the ticket's total."""

    time_entry_id: TimeEntryId
    ticket_id: TicketId
    minutes: int
    ticket_total_minutes: int


@tool(writes=True)
def zammad_log_time(
    ctx: Context,
    ticket_id: TicketId,
    minutes: Minutes,
    activity: Activity,
    note: Note = "",
    spent_on: Date | None = None,
) -> TimeLogged:
    """Account for your working time on a ticket. Also possible on closed tickets.

    Args:
        ticket_id: Id of the ticket.
        minutes: Minutes of work, 1 to 600; at most 720 a day in all.
        activity: Kind of work.
        note: What was done.
        spent_on: Day of the work; today when left out, never in the future or before the ticket existed.
    """
    actor = agent(ctx, "log time")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    not_merged(ctx, ticket)
    day = spent_on or ctx.today
    if not ticket["created_at"][:10] <= day <= ctx.today:
        text = (
            f"{day} is not between {ticket['created_at'][:10]}, when ticket {ticket_id} came, and today, {ctx.today}."
        )
        raise ToolError("invalid", text, field="spent_on", accepted=f"{ticket['created_at'][:10]} to {ctx.today}")
    sql = "SELECT coalesce(sum(minutes), 0) FROM zammad_time_entry WHERE user_id = ? AND spent_on = ?"
    already = ctx.db.value(sql, actor.id, day)
    if already + minutes > DAY_LIMIT:
        text = f"You have logged {already} minutes for {day}; with {minutes} more it would be over {DAY_LIMIT}."
        raise ToolError("conflict", text, field="minutes", accepted=f"at most {DAY_LIMIT - already}")
    values = {"ticket_id": ticket_id, "user_id": actor.id, "minutes": minutes, "activity": activity, "note": note}
    entry_id = ctx.db.insert("zammad_time_entry", **values, spent_on=day, created_at=ctx.now)
    total = ctx.db.value("SELECT sum(minutes) FROM zammad_time_entry WHERE ticket_id = ?", ticket_id)
    return {"time_entry_id": entry_id, "ticket_id": ticket_id, "minutes": minutes, "ticket_total_minutes": total}


class TimeEntry(TypedDict):
    """Time that an agent spent on a ticket."""

    time_entry_id: TimeEntryId
    ticket_id: TicketId
    agent: Address
    minutes: int
    activity: Activity
    spent_on: Date
    note: NotRequired[str]


class TimeEntries(TypedDict):
    """A page of time entries with the sum over all pages."""

    items: list[TimeEntry]
    total: int
    page: int
    per_page: int
    total_minutes: int


@tool()
def zammad_list_time_entries(
    ctx: Context,
    ticket_id: TicketId | None = None,
    agent_email: Address | None = None,
    from_date: Date | None = None,
    to_date: Date | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> TimeEntries:
    """List accounted time in your groups, newest first, with the sum of minutes. For agents.

    Args:
        ticket_id: Only of this ticket.
        agent_email: Only of the agent with this e-mail address.
        from_date: Only work of this day or later.
        to_date: Only work of this day or earlier.
        page: Page of the result.
        per_page: Entries on a page.
    """
    actor = agent(ctx, "read time entries")
    if ticket_id is not None:
        readable_ticket(ctx, actor, ticket_id)
    conditions: list[tuple[str, Any]] = [
        ("e.ticket_id = ?", ticket_id),
        ("e.user_id = ?", user_with_email(ctx, agent_email, field="agent_email")["id"] if agent_email else None),
        ("e.spent_on >= ?", from_date),
        ("e.spent_on <= ?", to_date),
    ]
    groups = ", ".join(map(str, actor.groups_with("read")))
    where = " AND ".join([f"t.group_id IN ({groups})", *(sql for sql, value in conditions if value is not None)])
    values = [value for _, value in conditions if value is not None]
    source = f"""FROM zammad_time_entry e JOIN zammad_ticket t ON t.id = e.ticket_id
        JOIN zammad_user u ON u.id = e.user_id WHERE {where}"""
    rows = f"""SELECT e.id AS time_entry_id, e.ticket_id, u.email AS agent, e.minutes, e.activity, e.spent_on, e.note
        {source} ORDER BY e.spent_on DESC, e.id DESC"""
    found: Row = compact_page(ctx.db.page(rows, *values, page=page, per_page=per_page))
    minutes = ctx.db.value(f"SELECT coalesce(sum(e.minutes), 0) {source}", *values)
    return {**found, "total_minutes": minutes}  # type: ignore[typeddict-item]
