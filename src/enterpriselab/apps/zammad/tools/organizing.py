"""Tools: tag, link and merge tickets."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import acting, agent, changeable_ticket, not_merged, readable_ticket, visible
from enterpriselab.apps.zammad.changes import Line, record, save
from enterpriselab.apps.zammad.creation import add_tag, tag_name
from enterpriselab.apps.zammad.ids import Address, LinkType, NewTag, State, TagName, TicketId, TicketNumber
from enterpriselab.apps.zammad.linking import (
    Ends,
    add_link,
    check_merge,
    ends,
    existing_link,
    merge,
    remove_link,
    seen_from,
)
from enterpriselab.apps.zammad.lookups import compact, contains
from enterpriselab.toolkit import Context, Page, PageNumber, PerPage, ToolError, not_found, tool

_TAGS = "SELECT name FROM zammad_tag JOIN zammad_ticket_tag ON tag_id = id WHERE ticket_id = ? ORDER BY name"


class TicketTags(TypedDict):
    """The tags that the ticket has now."""

    ticket_id: TicketId
    tags: list[TagName]
    changed: bool


@tool(writes=True, idempotent=True)
def zammad_add_ticket_tag(ctx: Context, ticket_id: TicketId, tag: NewTag) -> TicketTags:
    """Tag a ticket; a tag that does not exist yet is made. Nothing happens when the ticket has the tag.

    Args:
        ticket_id: Id of the ticket.
        tag: One tag; it is stored in lower case.
    """
    actor = agent(ctx, "tag tickets")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    added = add_tag(ctx, actor.id, ticket_id, tag)
    if added:
        save(ctx, ticket, {})
    return {"ticket_id": ticket_id, "tags": ctx.db.values(_TAGS, ticket_id), "changed": added}


@tool(writes=True, idempotent=True)
def zammad_remove_ticket_tag(ctx: Context, ticket_id: TicketId, tag: TagName) -> TicketTags:
    """Take a tag off a ticket; the tag itself stays for other tickets.

    Args:
        ticket_id: Id of the ticket.
        tag: A tag that the ticket has.
    """
    actor = agent(ctx, "tag tickets")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    clean = tag_name(tag)
    sql = "DELETE FROM zammad_ticket_tag WHERE ticket_id = ? AND tag_id = (SELECT id FROM zammad_tag WHERE name = ?)"
    if not ctx.db.execute(sql, ticket_id, clean):
        has = ctx.db.values(_TAGS, ticket_id)
        text = f"Ticket {ticket_id} has no tag {clean!r}."
        raise ToolError("not_found", text, field="tag", accepted=has or "the ticket has no tags")
    record(ctx, actor.id, ticket_id, Line("removed", "tag", clean))
    save(ctx, ticket, {})
    return {"ticket_id": ticket_id, "tags": ctx.db.values(_TAGS, ticket_id), "changed": True}


class TagRow(TypedDict):
    """A tag and how many tickets that you may see have it."""

    tag: TagName
    tickets: int


@tool()
def zammad_list_tags(ctx: Context, query: str = "", page: PageNumber = 1, per_page: PerPage = 20) -> Page[TagRow]:
    """List tags, the most used first.

    Args:
        query: Text that the tag must contain.
        page: Page of the result.
        per_page: Tags on a page.
    """
    where, values = visible(acting(ctx))
    sql = f"""SELECT g.name AS tag, count(t.id) AS tickets FROM zammad_tag g
        LEFT JOIN zammad_ticket_tag x ON x.tag_id = g.id LEFT JOIN zammad_ticket t ON t.id = x.ticket_id AND {where}
        WHERE g.name LIKE ? ESCAPE '\\' GROUP BY g.id ORDER BY tickets DESC, g.name"""
    return ctx.db.page(sql, *values, contains(query), page=page, per_page=per_page)  # type: ignore[return-value]


class Linked(TypedDict):
    """A link as seen from ticket_id: what the other ticket is to it."""

    ticket_id: TicketId
    other_ticket_id: TicketId
    link_type: LinkType
    changed: bool


@tool(writes=True, idempotent=True)
def zammad_link_tickets(
    ctx: Context, ticket_id: TicketId, other_ticket_id: TicketId, link_type: LinkType = "normal"
) -> Linked:
    """Link two tickets: related ('normal'), or the other one as parent or child. Parents may not form a circle.

    Args:
        ticket_id: Id of a ticket that you may change.
        other_ticket_id: Id of the ticket that it is linked with.
        link_type: What the other ticket is to the first: 'normal', its 'parent', or its 'child'.
    """
    actor = agent(ctx, "link tickets")
    changeable_ticket(ctx, actor, ticket_id)
    readable_ticket(ctx, actor, other_ticket_id, field="other_ticket_id")
    changed = add_link(ctx, actor.id, ends(ticket_id, other_ticket_id, link_type))
    return {"ticket_id": ticket_id, "other_ticket_id": other_ticket_id, "link_type": link_type, "changed": changed}


@tool(writes=True, idempotent=True)
def zammad_unlink_tickets(ctx: Context, ticket_id: TicketId, other_ticket_id: TicketId) -> Linked:
    """Remove the link between two tickets, of whatever kind. The link left by a merge stays.

    Args:
        ticket_id: Id of a ticket that you may change.
        other_ticket_id: Id of the ticket that it is linked with.
    """
    actor = agent(ctx, "unlink tickets")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    other = readable_ticket(ctx, actor, other_ticket_id, field="other_ticket_id")
    link = existing_link(ctx, ticket_id, other_ticket_id)
    if link is None:
        hint = f"zammad_list_ticket_links shows the links of ticket {ticket_id}."
        raise not_found("link to ticket", other_ticket_id, field="other_ticket_id", hint=hint)
    if ticket["merged_into"] == other_ticket_id or other["merged_into"] == ticket_id:
        text = "This link says where a merged ticket went; it stays."
        raise ToolError("conflict", text, field="other_ticket_id", accepted="links that no merge has left")
    remove_link(ctx, actor.id, link)
    kind: LinkType = seen_from(link, ticket_id)  # type: ignore[assignment]
    return {"ticket_id": ticket_id, "other_ticket_id": other_ticket_id, "link_type": kind, "changed": True}


class LinkRow(TypedDict):
    """A linked ticket, and what it is to the one asked about."""

    ticket_id: TicketId
    link_type: LinkType
    number: TicketNumber
    title: NotRequired[str]
    state: NotRequired[State]
    customer: NotRequired[Address]


class LinkList(TypedDict):
    """All links of a ticket."""

    ticket_id: TicketId
    links: list[LinkRow]


@tool()
def zammad_list_ticket_links(ctx: Context, ticket_id: TicketId) -> LinkList:
    """List the tickets linked with a ticket: related ones, parents and children. For agents.

    Of tickets that you may not read only id and number are shown.

    Args:
        ticket_id: Id of the ticket.
    """
    actor = agent(ctx, "read links")
    readable_ticket(ctx, actor, ticket_id)
    where, values = visible(actor)
    sql = f"""SELECT l.source_id, l.target_id, l.type, t.number, {where} AS readable, t.title, s.name AS state,
        c.email AS customer FROM zammad_link l JOIN zammad_ticket t ON t.id = l.source_id + l.target_id - ?
        JOIN zammad_state s ON s.id = t.state_id JOIN zammad_user c ON c.id = t.customer_id
        WHERE l.source_id = ? OR l.target_id = ? ORDER BY t.id"""
    links = []
    for row in ctx.db.rows(sql, *values, ticket_id, ticket_id, ticket_id):
        link = Ends(row["source_id"], row["target_id"], row["type"])
        shown = {"ticket_id": link.source_id + link.target_id - ticket_id, "link_type": seen_from(link, ticket_id)}
        shown["number"] = row["number"]
        if row["readable"]:
            shown |= {"title": row["title"], "state": row["state"], "customer": row["customer"]}
        links.append(compact(shown))
    return {"ticket_id": ticket_id, "links": links}


class Merged(TypedDict):
    """Where the source went."""

    source_ticket_id: TicketId
    target_ticket_id: TicketId
    source_state: State
    moved_articles: int
    target_number: TicketNumber


@tool(writes=True, destructive=True, idempotent=True)
def zammad_merge_tickets(ctx: Context, source_ticket_id: TicketId, target_ticket_id: TicketId) -> Merged:
    """Merge a duplicate into another ticket of the same customer or organization. This cannot be undone.

    Articles, time entries and links move to the target, tags are copied, the source becomes 'merged' and stays linked
    as child of the target.

    Args:
        source_ticket_id: Id of the duplicate, which ends.
        target_ticket_id: Id of the ticket that goes on.
    """
    actor = agent(ctx, "merge tickets")
    source = changeable_ticket(ctx, actor, source_ticket_id, field="source_ticket_id")
    target = changeable_ticket(ctx, actor, target_ticket_id, field="target_ticket_id")
    not_merged(ctx, source)
    check_merge(ctx, source, target)
    return {
        "source_ticket_id": source_ticket_id,
        "target_ticket_id": target_ticket_id,
        "moved_articles": merge(ctx, actor.id, source, target),
        "source_state": "merged",
        "target_number": target["number"],
    }
