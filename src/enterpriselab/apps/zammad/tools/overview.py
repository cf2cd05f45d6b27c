"""Tools: overviews (stored views on tickets) and statistics."""

from typing import Annotated, Any, Literal, NamedTuple, NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import Actor, acting, visible
from enterpriselab.apps.zammad.ids import GroupName, OverviewKey, TicketId
from enterpriselab.apps.zammad.lookups import compact, group_named
from enterpriselab.apps.zammad.rows import TicketRow
from enterpriselab.apps.zammad.tools.tickets import find_tickets
from enterpriselab.toolkit import Context, Date, Meaning, Page, PageNumber, PerPage, ToolError, tool


class View(NamedTuple):
    """An overview: condition on zammad_ticket t with :me and :now, order, and whether it is for agents."""

    name: str
    condition: str
    order: str
    for_agents: bool


_SOLVABLE = "t.state_id < 5"
OVERVIEWS: dict[str, View] = {
    "my_assigned": View("My assigned tickets", f"t.owner_id = :me AND {_SOLVABLE}", "t.created_at, t.id", True),
    "unassigned_open": View(
        "Unassigned and open tickets", "t.owner_id IS NULL AND t.state_id IN (1, 2)", "t.created_at, t.id", True
    ),
    "my_pending_reached": View(
        "My pending reached tickets",
        "t.owner_id = :me AND t.state_id IN (3, 4) AND t.pending_time <= :now",
        "t.pending_time, t.id",
        True,
    ),
    "pending_reached": View(
        "Pending reached tickets", "t.state_id IN (3, 4) AND t.pending_time <= :now", "t.pending_time, t.id", True
    ),
    "open": View("Open tickets", "t.state_id IN (1, 2)", "t.created_at, t.id", True),
    "escalated": View("Escalated tickets", "t.escalation_at <= :now", "t.escalation_at, t.id", True),
    "my_tickets": View(
        "My tickets as a customer", "t.customer_id = :me AND t.state_id < 6", "t.created_at DESC, t.id", False
    ),
    "my_organization": View(
        "Tickets of my organization", "t.customer_id <> :me AND t.state_id < 6", "t.created_at DESC, t.id", False
    ),
}
"""Key -> overview."""


class OverviewRow(TypedDict):
    """An overview and how many tickets it shows you."""

    overview: OverviewKey
    name: Annotated[str, Meaning("overview_name")]
    tickets: int


class OverviewList(TypedDict):
    """The overviews that you can use."""

    overviews: list[OverviewRow]


@tool()
def zammad_list_overviews(ctx: Context) -> OverviewList:
    """List your overviews (my assigned, unassigned and open, pending reached, escalated, ...) with ticket counts."""
    actor = acting(ctx)
    found: list[OverviewRow] = []
    for key, view in OVERVIEWS.items():
        if _allowed(actor, key, view):
            where, values = _filled(ctx, actor, view)
            count = ctx.db.value(f"SELECT count(*) FROM zammad_ticket t WHERE {where}", *values)
            found.append({"overview": key, "name": view.name, "tickets": count})
    return {"overviews": found}


@tool()
def zammad_get_overview(
    ctx: Context, overview: OverviewKey, group: GroupName | None = None, page: PageNumber = 1, per_page: PerPage = 10
) -> Page[TicketRow]:
    """List the tickets of an overview, the most urgent first.

    Args:
        overview: Key of the overview, for example 'unassigned_open' (see zammad_list_overviews).
        group: Only tickets of this group.
        page: Page of the result.
        per_page: Tickets on a page.
    """
    actor = acting(ctx)
    keys = [key for key, view in OVERVIEWS.items() if _allowed(actor, key, view)]
    if overview not in OVERVIEWS:
        raise ToolError("not_found", f"No overview {overview!r}.", field="overview", accepted=keys)
    if overview not in keys:
        text = f"{actor.name} cannot use the overview {OVERVIEWS[overview].name!r}."
        raise ToolError("forbidden", text, field="overview", accepted=keys)
    where, values = _filled(ctx, actor, OVERVIEWS[overview])
    if group is not None:
        where, values = f"{where} AND t.group_id = ?", [*values, group_named(ctx, group)["id"]]
    order = OVERVIEWS[overview].order
    return find_tickets(ctx, where, values, order=order, page=page, per_page=per_page)  # type: ignore[no-any-return]


def _allowed(actor: Actor, key: str, view: View) -> bool:
    if view.for_agents:
        return bool(actor.groups_with("overview"))
    return key != "my_organization" or actor.shared


def _filled(ctx: Context, actor: Actor, view: View) -> tuple[str, list[Any]]:
    """The condition with its values, within what the actor's overviews may show."""
    where = view.condition.replace(":me", str(actor.id)).replace(":now", f"'{ctx.now}'")
    if view.for_agents:
        groups = ", ".join(map(str, actor.groups_with("overview")))
        return f"{where} AND t.group_id IN ({groups})", []
    if actor.shared:
        return f"{where} AND (t.customer_id = ? OR t.organization_id = ?)", [actor.id, actor.organization_id]
    return f"{where} AND t.customer_id = ?", [actor.id]


class Count(TypedDict):
    """How many tickets have this value."""

    value: str
    tickets: int


class TicketStats(TypedDict):
    """Numbers over the chosen tickets; the shares are of tickets that were answered and closed."""

    total: int
    not_closed: int
    unassigned: int
    escalated: int
    first_response_in_time_percent: NotRequired[int]
    solution_in_time_percent: NotRequired[int]
    oldest_not_closed_ticket_id: NotRequired[TicketId]
    counts: list[Count]


_BY = {
    "state": "s.name",
    "priority": "p.name",
    "group": "g.name",
    "owner": "coalesce(o.email, 'nobody')",
    "organization": "coalesce(n.name, 'none')",
    "customer": "c.email",
}


@tool(permission="statistics")
def zammad_get_ticket_stats(
    ctx: Context,
    group_by: Literal["state", "priority", "group", "owner", "organization", "customer"] = "state",
    group: GroupName | None = None,
    created_from: Date | None = None,
    created_to: Date | None = None,
    only_not_closed: bool = False,
) -> TicketStats:
    """Count the tickets that you may see by state, priority, group, owner, organization or customer, with SLA shares.

    Merged tickets are not counted. At most 20 values are listed, the most frequent first.

    Args:
        group_by: What to count by.
        group: Only tickets of this group.
        created_from: Only tickets created on this day or later.
        created_to: Only tickets created on this day or earlier.
        only_not_closed: Leave closed tickets out.
    """
    where, values = visible(acting(ctx))
    filters = {
        "t.group_id = ?": group_named(ctx, group)["id"] if group else None,
        "t.created_at >= ?": created_from,
        "t.created_at < ?": created_to + "T24" if created_to else None,
        "t.state_id < ?": 5 if only_not_closed else 6,
    }
    for condition, value in filters.items():
        if value is not None:
            where, values = f"{where} AND {condition}", [*values, value]
    summary = f"""SELECT count(*) AS total, coalesce(sum(t.state_id < 5), 0) AS not_closed,
        coalesce(sum(t.state_id < 5 AND t.owner_id IS NULL), 0) AS unassigned,
        coalesce(sum(t.escalation_at <= ?), 0) AS escalated,
        CAST(round(100 * avg(t.first_response_in_time)) AS INTEGER) AS first_response_in_time_percent,
        CAST(round(100 * avg(t.solution_in_time)) AS INTEGER) AS solution_in_time_percent,
        min(CASE WHEN t.state_id < 5 THEN t.id END) AS oldest_not_closed_ticket_id FROM zammad_ticket t WHERE {where}"""
    counts = f"""SELECT {_BY[group_by]} AS value, count(*) AS tickets FROM zammad_ticket t
        JOIN zammad_state s ON s.id = t.state_id JOIN zammad_priority p ON p.id = t.priority_id
        JOIN zammad_group g ON g.id = t.group_id JOIN zammad_user c ON c.id = t.customer_id
        LEFT JOIN zammad_user o ON o.id = t.owner_id LEFT JOIN zammad_organization n ON n.id = t.organization_id
        WHERE {where} GROUP BY 1 ORDER BY tickets DESC, value LIMIT 20"""
    row = ctx.db.row(summary, ctx.now, *values) or {}
    return compact({**row, "counts": ctx.db.rows(counts, *values)})  # type: ignore[no-any-return]
