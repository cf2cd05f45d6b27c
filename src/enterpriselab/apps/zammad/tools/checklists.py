"""Tools: the checklist of a ticket, which must be done before it can be closed."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import agent, changeable_ticket, not_merged, readable_ticket
from enterpriselab.apps.zammad.changes import Line, record, save
from enterpriselab.apps.zammad.ids import ChecklistItemId, TicketId
from enterpriselab.toolkit import Context, Row, ToolError, not_found, tool


class ChecklistItem(TypedDict):
    """One thing to do before the ticket can be closed."""

    item_id: ChecklistItemId
    text: str
    checked: bool


class Checklist(TypedDict):
    """The checklist of a ticket, in its order."""

    ticket_id: TicketId
    items: list[ChecklistItem]
    open_items: int


ItemText = Annotated[str, Field(min_length=1, max_length=250)]


@tool()
def zammad_get_checklist(ctx: Context, ticket_id: TicketId) -> Checklist:
    """Read the checklist of a ticket. A ticket with open items cannot be closed. For agents.

    Args:
        ticket_id: Id of the ticket.
    """
    actor = agent(ctx, "read checklists")
    readable_ticket(ctx, actor, ticket_id)
    return _checklist(ctx, ticket_id)


@tool(writes=True)
def zammad_add_checklist_item(ctx: Context, ticket_id: TicketId, text: ItemText) -> Checklist:
    """Put one more item at the end of a ticket's checklist.

    Args:
        ticket_id: Id of a ticket that is not closed.
        text: What has to be done.
    """
    actor = agent(ctx, "change checklists")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    _working(ctx, ticket)
    last = ctx.db.value("SELECT coalesce(max(position), 0) FROM zammad_checklist_item WHERE ticket_id = ?", ticket_id)
    ctx.db.insert("zammad_checklist_item", ticket_id=ticket_id, position=last + 1, text=text)
    record(ctx, actor.id, ticket_id, Line("added", "checklist", "", text))
    save(ctx, ticket, {})
    return _checklist(ctx, ticket_id)


@tool(writes=True, idempotent=True)
def zammad_update_checklist_item(
    ctx: Context,
    ticket_id: TicketId,
    item_id: ChecklistItemId,
    checked: bool | None = None,
    text: ItemText | None = None,
) -> Checklist:
    """Tick or untick an item of a ticket's checklist, or change its text.

    Args:
        ticket_id: Id of a ticket that is not closed.
        item_id: Id of an item of that ticket (see zammad_get_checklist).
        checked: True when it is done.
        text: New text.
    """
    actor = agent(ctx, "change checklists")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    _working(ctx, ticket)
    item = ctx.db.row(
        "SELECT text, checked FROM zammad_checklist_item WHERE id = ? AND ticket_id = ?", item_id, ticket_id
    )
    if item is None:
        hint = f"zammad_get_checklist shows the items of ticket {ticket_id}."
        raise not_found("checklist item", item_id, field="item_id", hint=hint)
    if checked is None and text is None:
        raise ToolError("invalid", "Nothing to change was given.", accepted=["checked", "text"])
    wanted: dict[str, Any] = {
        "text": text or item["text"],
        "checked": item["checked"] if checked is None else int(checked),
    }
    if wanted != item:
        ctx.db.update("zammad_checklist_item", {"id": item_id}, **wanted)
        record(ctx, actor.id, ticket_id, Line("updated", "checklist", _mark(item), _mark(wanted)))
        save(ctx, ticket, {})
    return _checklist(ctx, ticket_id)


def _mark(item: Row) -> str:
    return f"[{'x' if item['checked'] else ' '}] {item['text']}"


def _working(ctx: Context, ticket: Row) -> None:
    not_merged(ctx, ticket)
    if ticket["state"] == "closed":
        text = f"Ticket {ticket['id']} is closed; its checklist is finished. Reopen it first."
        raise ToolError("conflict", text, field="ticket_id", accepted="zammad_update_ticket with state 'open' first")


def _checklist(ctx: Context, ticket_id: int) -> Checklist:
    sql = "SELECT id AS item_id, text, checked FROM zammad_checklist_item WHERE ticket_id = ? ORDER BY position"
    items: Any = [{**row, "checked": bool(row["checked"])} for row in ctx.db.rows(sql, ticket_id)]
    return {"ticket_id": ticket_id, "items": items, "open_items": sum(not item["checked"] for item in items)}
