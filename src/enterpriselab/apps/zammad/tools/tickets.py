"""Tools: find and read tickets, and their history. Changing them is in ticket_changes.py."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import Actor, acting, agent, find_ticket, readable_ticket, visible
from enterpriselab.apps.zammad.ids import (
    Address,
    ArticleId,
    ArticleType,
    GroupName,
    OrganizationId,
    Priority,
    Sender,
    State,
    TagName,
    TicketId,
    TicketNumber,
)
from enterpriselab.apps.zammad.lookups import (
    compact,
    compact_page,
    contains,
    group_named,
    organization_by_id,
    user_with_email,
)
from enterpriselab.apps.zammad.rows import TICKET_ROWS, Sort, TicketRow
from enterpriselab.apps.zammad.states import PRIORITY_ID, PRIORITY_NAME, STATE_ID
from enterpriselab.toolkit import Context, Date, DateTime, Page, PageNumber, PerPage, Row, ToolError, page_of, tool

# The public catalogue has a parameter response_format that was ignored there. Results here are JSON, so it is left out.

_ORDER = {
    "newest": "t.created_at DESC, t.id DESC",
    "oldest": "t.created_at, t.id",
    "recently_updated": "t.updated_at DESC, t.id DESC",
}


_TAGGED = "t.id IN (SELECT ticket_id FROM zammad_ticket_tag JOIN zammad_tag ON id = tag_id WHERE name = ?)"


@tool()
def zammad_search_tickets(
    ctx: Context,
    query: str = "",
    state: State | None = None,
    priority: Priority | None = None,
    group: GroupName | None = None,
    owner: Address | None = None,
    customer: Address | None = None,
    organization_id: OrganizationId | None = None,
    tag: TagName | None = None,
    unassigned: bool = False,
    created_from: Date | None = None,
    created_to: Date | None = None,
    sort: Sort = "newest",
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[TicketRow]:
    """Search tickets that you may see; all filters must hold. Without any filter it lists the newest tickets.

    Args:
        query: Words that must all occur in number, title, customer name or article text.
        state: Only tickets in this state.
        priority: Only tickets of this priority.
        group: Only tickets of this group.
        owner: Only tickets owned by the agent with this e-mail address.
        customer: Only tickets of the customer with this e-mail address.
        organization_id: Only tickets of this organization.
        tag: Only tickets with this tag.
        unassigned: Only tickets that nobody owns.
        created_from: Only tickets created on this day or later.
        created_to: Only tickets created on this day or earlier.
        sort: Order of the result.
        page: Page of the result.
        per_page: Tickets on a page.
    """
    actor = acting(ctx)
    if organization_id is not None:
        organization_by_id(ctx, organization_id, field="organization_id")
    where, values = visible(actor)
    parts = [where]
    if unassigned:
        parts.append("t.owner_id IS NULL")
    filters = {
        "t.state_id = ?": state and STATE_ID[state],
        "t.priority_id = ?": priority and PRIORITY_ID[priority],
        "t.group_id = ?": group and group_named(ctx, group)["id"],
        "t.owner_id = ?": owner and user_with_email(ctx, owner, field="owner")["id"],
        "t.customer_id = ?": customer and user_with_email(ctx, customer, field="customer")["id"],
        "t.organization_id = ?": organization_id,
        _TAGGED: tag,
        "t.created_at >= ?": created_from,
        "t.created_at < ?": created_to and created_to + "T24",
    }
    for condition, value in filters.items():
        if value is not None:
            parts.append(condition)
            values.append(value)
    _words(actor, query, parts, values)
    where = " AND ".join(parts)
    return find_tickets(ctx, where, values, order=_ORDER[sort], page=page, per_page=per_page)  # type: ignore[no-any-return]


def find_tickets(ctx: Context, where: str, values: list[Any], *, order: str, page: int, per_page: int) -> Any:
    """One page of TicketRow under a condition on zammad_ticket t; only the rows of the page are joined."""
    ids = ctx.db.values(f"SELECT t.id FROM zammad_ticket t WHERE {where} ORDER BY {order}", *values)
    shown = ids[(page - 1) * per_page : page * per_page]
    rows = ctx.db.rows(f"{TICKET_ROWS} WHERE t.id IN ({', '.join(map(str, shown))}) ORDER BY {order}")
    return page_of([compact(row) for row in rows], total=len(ids), page=page, per_page=per_page)


def _words(actor: Actor, query: str, parts: list[str], values: list[Any]) -> None:
    """One condition a word; what only an internal note says is found by agents of the ticket's group alone."""
    readable = ", ".join(map(str, actor.groups_with("read")))
    for word in query.split()[:8]:
        pattern = contains(word.strip("#\"'"))
        parts.append(
            f"""(t.title LIKE ? ESCAPE '\\' OR t.number LIKE ? ESCAPE '\\'
            OR t.customer_id IN (SELECT id FROM zammad_user WHERE firstname || ' ' || lastname LIKE ? ESCAPE '\\')
            OR EXISTS (SELECT 1 FROM zammad_article a WHERE a.ticket_id = t.id
            AND (a.body LIKE ? ESCAPE '\\' OR a.subject LIKE ? ESCAPE '\\')
            AND (a.internal = 0 OR t.group_id IN ({readable}))))"""
        )
        values.extend([pattern] * 5)


class Article(TypedDict):
    """One entry of a ticket."""

    article_id: ArticleId
    type: ArticleType
    sender: Sender
    by: str
    subject: NotRequired[str]
    body: str
    internal: bool
    attachments: int
    created_at: DateTime


class Ticket(TypedDict):
    """A ticket in full; fields that are not set are left out."""

    ticket_id: TicketId
    number: TicketNumber
    title: str
    state: State
    priority: Priority
    group: GroupName
    customer: Address
    customer_name: str
    organization_id: NotRequired[OrganizationId]
    organization: NotRequired[str]
    owner: NotRequired[Address]
    tags: list[TagName]
    created_at: DateTime
    close_at: NotRequired[DateTime]
    pending_time: NotRequired[DateTime]
    escalation_at: NotRequired[DateTime]
    merged_into: NotRequired[TicketId]
    open_checklist_items: NotRequired[int]
    article_count: int
    articles: list[Article]


@tool()
def zammad_get_ticket(
    ctx: Context,
    ticket_id: TicketId,
    include_articles: bool = True,
    article_limit: Annotated[int, Field(ge=1, le=50)] = 20,
    article_offset: Annotated[int, Field(ge=0)] = 0,
) -> Ticket:
    """Read one ticket with its tags and its articles, oldest first. Customers do not see internal articles.

    Args:
        ticket_id: Id of the ticket (not its six-digit number).
        include_articles: False leaves the articles out.
        article_limit: How many articles at most.
        article_offset: How many articles to skip.
    """
    actor = acting(ctx)
    ticket = readable_ticket(ctx, actor, ticket_id)
    sees_all = actor.has(ticket["group_id"], "read")
    where = "a.ticket_id = ?" + ("" if sees_all else " AND a.internal = 0")
    articles = _articles(ctx, where, ticket_id, article_limit, article_offset) if include_articles else []
    names = """SELECT c.firstname || ' ' || c.lastname AS name, g.name AS organization FROM zammad_user c
        LEFT JOIN zammad_organization g ON g.id = ? WHERE c.id = ?"""
    customer = ctx.db.row(names, ticket["organization_id"], ticket["customer_id"]) or {}
    tags = "SELECT name FROM zammad_tag JOIN zammad_ticket_tag ON tag_id = id WHERE ticket_id = ? ORDER BY name"
    unchecked = "SELECT count(*) FROM zammad_checklist_item WHERE ticket_id = ? AND checked = 0"
    row = {
        "ticket_id": ticket_id,
        "number": ticket["number"],
        "title": ticket["title"],
        "state": ticket["state"],
        "priority": PRIORITY_NAME[ticket["priority_id"]],
        "group": ticket["group_name"],
        "customer": ticket["customer_email"],
        "customer_name": customer["name"],
        "organization_id": ticket["organization_id"],
        "organization": customer["organization"],
        "owner": ticket["owner_email"],
        "tags": ctx.db.values(tags, ticket_id),
        "created_at": ticket["created_at"],
        "close_at": ticket["close_at"],
        "pending_time": ticket["pending_time"],
        "escalation_at": ticket["escalation_at"] if sees_all else None,
        "merged_into": ticket["merged_into"],
        "open_checklist_items": (ctx.db.value(unchecked, ticket_id) or None) if sees_all else None,
        "article_count": ctx.db.value(f"SELECT count(*) FROM zammad_article a WHERE {where}", ticket_id),
        "articles": articles,
    }
    return compact(row)  # type: ignore[no-any-return]


def _articles(ctx: Context, where: str, ticket_id: int, limit: int, offset: int) -> list[Row]:
    sql = f"""SELECT a.id AS article_id, a.type, a.sender, coalesce(u.email, 'system') AS "by", a.subject, a.body,
        a.internal, (SELECT count(*) FROM zammad_attachment f WHERE f.article_id = a.id) AS attachments, a.created_at
        FROM zammad_article a LEFT JOIN zammad_user u ON u.id = a.user_id
        WHERE {where} ORDER BY a.id LIMIT ? OFFSET ?"""
    rows = ctx.db.rows(sql, ticket_id, limit, offset)
    return [compact({**row, "internal": bool(row["internal"])}) for row in rows]


# A class statement cannot have a field named "from", which is what people call it.
HistoryLine = TypedDict(
    "HistoryLine",
    {"at": DateTime, "by": str, "action": str, "attribute": str, "from": NotRequired[str], "to": NotRequired[str]},
)


@tool()
def zammad_list_ticket_history(
    ctx: Context, ticket_id: TicketId, page: PageNumber = 1, per_page: PerPage = 20
) -> Page[HistoryLine]:
    """List what happened to a ticket, oldest first: who changed what, from which value to which. For agents.

    Args:
        ticket_id: Id of the ticket.
        page: Page of the result.
        per_page: Lines on a page.
    """
    actor = agent(ctx, "read histories")
    ticket = find_ticket(ctx, ticket_id)
    if not actor.has(ticket["group_id"], "read"):
        readable_ticket(ctx, actor, ticket_id)
        text = f"The history of ticket {ticket_id} is for agents of {ticket['group_name']}, not for its customer."
        raise ToolError("forbidden", text, accepted=f"agents with 'read' access to {ticket['group_name']}")
    sql = """SELECT h.created_at AS at, coalesce(u.email, 'system') AS "by", h.action, h.attribute,
        h.value_from AS "from", h.value_to AS "to" FROM zammad_history h LEFT JOIN zammad_user u ON u.id = h.user_id
        WHERE h.ticket_id = ? ORDER BY h.id"""
    return compact_page(ctx.db.page(sql, ticket_id, page=page, per_page=per_page))  # type: ignore[no-any-return]
