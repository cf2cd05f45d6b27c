"""Tools: SLA policies, the SLA of one ticket, and escalations."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.access import agent, readable_ticket, visible
from enterpriselab.apps.zammad.business_hours import HOURS_TEXT, minutes_between
from enterpriselab.apps.zammad.ids import (
    Address,
    Deadline,
    GroupName,
    Minutes,
    Priority,
    SlaId,
    State,
    TicketId,
    TicketNumber,
)
from enterpriselab.apps.zammad.lookups import compact, group_named
from enterpriselab.toolkit import Context, DateTime, Page, PageNumber, PerPage, Row, ToolError, page_of, tool


class Sla(TypedDict):
    """Targets in minutes of business time; without group or priority it is for any."""

    sla_id: SlaId
    name: str
    group: NotRequired[GroupName]
    priority: NotRequired[Priority]
    first_response_minutes: int
    update_minutes: int
    solution_minutes: int


class SlaList(TypedDict):
    """All policies; the one that names most applies to a ticket."""

    business_hours: str
    slas: list[Sla]


@tool()
def zammad_list_slas(ctx: Context, group: GroupName | None = None) -> SlaList:
    """List the SLA policies. Of those that fit a ticket the one of its group and priority counts first, then that
    of its group alone, then that of its priority alone.

    Args:
        group: Only policies that can apply to tickets of this group, the general ones included.
    """
    agent(ctx, "read SLA policies")
    group_id = group_named(ctx, group)["id"] if group else None
    sql = """SELECT s.id AS sla_id, s.name, g.name AS "group", p.name AS priority, s.first_response_minutes,
        s.update_minutes, s.solution_minutes FROM zammad_sla s LEFT JOIN zammad_group g ON g.id = s.group_id
        LEFT JOIN zammad_priority p ON p.id = s.priority_id
        WHERE ? IS NULL OR s.group_id IS NULL OR s.group_id = ? ORDER BY s.id"""
    found = [compact(row) for row in ctx.db.rows(sql, group_id, group_id)]
    return {"business_hours": HOURS_TEXT, "slas": found}


class TicketSla(TypedDict):
    """How a ticket stands against its policy. Minutes are business time; negative ones are overdue."""

    ticket_id: TicketId
    state: State
    sla_id: NotRequired[SlaId]
    sla: str
    clock: Literal["running", "stopped"]
    first_response_due_at: NotRequired[DateTime]
    first_response_at: NotRequired[DateTime]
    first_response_in_time: NotRequired[bool]
    update_due_at: NotRequired[DateTime]
    solution_due_at: NotRequired[DateTime]
    solution_in_time: NotRequired[bool]
    escalation_at: NotRequired[DateTime]
    minutes_left: NotRequired[int]
    spent_minutes: int


@tool()
def zammad_get_sla(ctx: Context, ticket_id: TicketId) -> TicketSla:
    """Read the SLA of a ticket: which policy applies, its deadlines, what was met, and whether the clock stands still.

    Args:
        ticket_id: Id of the ticket.
    """
    actor = agent(ctx, "read SLAs")
    ticket = readable_ticket(ctx, actor, ticket_id)
    due = ticket["escalation_at"]
    row = {
        "ticket_id": ticket_id,
        "state": ticket["state"],
        "sla_id": ticket["sla_id"],
        "sla": ctx.db.value("SELECT name FROM zammad_sla WHERE id = ?", ticket["sla_id"]) or "none",
        "clock": "running" if ticket["clock_stopped_at"] is None else "stopped",
        **{name: ticket[name] for name in ("first_response_due_at", "first_response_at", "update_due_at")},
        "solution_due_at": ticket["solution_due_at"],
        "escalation_at": due,
        "minutes_left": minutes_between(ctx.now, due) if due else None,
        "spent_minutes": clock.spent_minutes(ticket, ctx.now),
    }
    for name in ("first_response_in_time", "solution_in_time"):
        row[name] = bool(ticket[name]) if ticket[name] is not None else None
    return compact(row)  # type: ignore[no-any-return]


class Escalation(TypedDict):
    """A ticket whose next deadline is missed or near; minutes_left is business time, negative when overdue."""

    ticket_id: TicketId
    number: TicketNumber
    title: str
    group: GroupName
    priority: Priority
    owner: NotRequired[Address]
    deadline: Deadline
    due_at: DateTime
    minutes_left: int


_DUE = """CASE t.escalation_at WHEN t.solution_due_at THEN 'solution' WHEN t.update_due_at THEN 'update'
ELSE 'first_response' END"""


@tool()
def zammad_list_escalations(
    ctx: Context,
    status: Literal["breached", "due_soon", "all"] = "all",
    group: GroupName | None = None,
    deadline: Deadline | None = None,
    within_minutes: Minutes = 120,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[Escalation]:
    """List tickets of your groups whose next SLA deadline is missed or comes soon, the most urgent first. For agents.

    Args:
        status: 'breached' deadlines lie in the past, 'due_soon' ones within within_minutes, 'all' is both.
        group: Only tickets of this group.
        deadline: Only this kind of deadline.
        within_minutes: How many minutes of business time count as soon.
        page: Page of the result.
        per_page: Tickets on a page.
    """
    actor = agent(ctx, "read escalations")
    if not actor.groups_with("overview"):
        raise ToolError(
            "forbidden", f"{actor.name} has no overviews.", accepted="agents with 'overview' access to a group"
        )
    where, values = visible(actor, access="overview")
    group_id = group_named(ctx, group)["id"] if group else None
    sql = f"""SELECT t.id AS ticket_id, t.number, t.title, g.name AS "group", p.name AS priority, o.email AS owner,
        {_DUE} AS deadline, t.escalation_at AS due_at FROM zammad_ticket t JOIN zammad_group g ON g.id = t.group_id
        JOIN zammad_priority p ON p.id = t.priority_id LEFT JOIN zammad_user o ON o.id = t.owner_id
        WHERE t.escalation_at IS NOT NULL AND {where} AND (? IS NULL OR t.group_id = ?)
        ORDER BY t.escalation_at, t.id"""
    found = []
    for row in ctx.db.rows(sql, *values, group_id, group_id):
        left = minutes_between(ctx.now, row["due_at"])
        if _wanted(row, left, ctx.now, status, within_minutes) and deadline in (None, row["deadline"]):
            found.append(compact({**row, "minutes_left": left}))
    start = (page - 1) * per_page
    return page_of(found[start : start + per_page], total=len(found), page=page, per_page=per_page)  # type: ignore[no-any-return]


def _wanted(row: Row, left: int, now: str, status: str, within_minutes: int) -> bool:
    breached = row["due_at"] <= now
    soon = not breached and left <= within_minutes
    return bool({"breached": breached, "due_soon": soon, "all": breached or soon}[status])
