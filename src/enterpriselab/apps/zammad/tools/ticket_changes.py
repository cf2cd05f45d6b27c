"""Tools: open, change and assign tickets."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import (
    Actor,
    acting,
    agent,
    changeable_ticket,
    find_ticket,
    is_customer_of,
    not_merged,
    require_change,
)
from enterpriselab.apps.zammad.changes import Wish, change_ticket
from enterpriselab.apps.zammad.correspondence import Entry
from enterpriselab.apps.zammad.creation import Draft, open_ticket
from enterpriselab.apps.zammad.ids import (
    Address,
    ArticleId,
    ArticleType,
    Body,
    GroupName,
    NewTag,
    Priority,
    SettableState,
    State,
    TicketId,
    TicketNumber,
    Title,
)
from enterpriselab.apps.zammad.lookups import active_user, assignable_owner, compact, group_named
from enterpriselab.apps.zammad.rows import TicketChanged, ticket_changed
from enterpriselab.toolkit import Context, DateTime, Row, ToolError, tool


class TicketCreated(TypedDict):
    """The new ticket."""

    ticket_id: TicketId
    number: TicketNumber
    title: str
    state: State
    priority: Priority
    group: GroupName
    customer: Address
    owner: NotRequired[Address]
    article_id: ArticleId


@tool(writes=True)
def zammad_create_ticket(
    ctx: Context,
    title: Title,
    group: GroupName,
    customer: Address,
    article_body: Body,
    state: SettableState | None = None,
    priority: Priority = "2 normal",
    owner: Address | None = None,
    pending_time: DateTime | None = None,
    article_type: ArticleType | None = None,
    tags: Annotated[list[NewTag], Field(max_length=10)] | None = None,
) -> TicketCreated:
    """Open a ticket for a customer, with its first article. Employees who are no agents open tickets for themselves.

    Args:
        title: Short description of the matter.
        group: Group that shall work on it.
        customer: E-mail address of the customer (a contact of a client, or a colleague for internal requests).
        article_body: Text of the first article.
        state: First state; when left out 'new', or 'open' when an owner is given.
        priority: Priority.
        owner: E-mail address of the agent who shall own it; nobody when left out.
        pending_time: When a pending state ends; only with a pending state.
        article_type: 'note' (default for agents), 'phone' when the customer called, 'email' writes to the customer,
            'web' when the customer wrote (the default for your own tickets).
        tags: Tags to set at once.
    """
    actor = acting(ctx)
    target = group_named(ctx, group)
    person = active_user(ctx, customer, field="customer")
    for_self = not actor.has(target["id"], "create")
    if for_self:
        _only_own_request(actor, target, person, state=state, owner=owner)
    draft = Draft(
        title=title,
        group=target,
        customer=person,
        article=_first_article(article_body, article_type, person["id"] == actor.id),
        state=state or ("open" if owner else "new"),
        priority=priority,
        owner=assignable_owner(ctx, owner, target) if owner else None,
        pending_time=pending_time,
        tags=tags or (),
    )
    ticket = open_ticket(ctx, actor.id, draft)
    article_id = ctx.db.value("SELECT max(id) FROM zammad_article WHERE ticket_id = ?", ticket["id"])
    row = {"ticket_id": ticket["id"], "number": ticket["number"], "title": title, "state": ticket["state"]}
    row |= {"priority": priority, "group": target["name"], "customer": customer, "owner": ticket["owner_email"]}
    return compact({**row, "article_id": article_id})  # type: ignore[no-any-return]


def _first_article(body: str, article_type: str | None, own: bool) -> Entry:
    kind = article_type or ("web" if own else "note")
    return Entry(kind, "customer" if kind in ("phone", "web") or own else "agent", body)


def _only_own_request(actor: Actor, group: Row, customer: Row, *, state: str | None, owner: str | None) -> None:
    """What somebody without 'create' access to the group may ask for."""
    if customer["id"] != actor.id:
        text = f"{actor.name} has no 'create' access to {group['name']}; there they open tickets only for themselves."
        raise ToolError("forbidden", text, field="customer", accepted=[actor.email])
    if not group["employees"]:
        text = f"{group['name']} takes no requests of employees without access to it."
        raise ToolError("forbidden", text, field="group", accepted="a group with takes_employee_requests")
    if owner is not None or state not in (None, "new"):
        field = "owner" if owner is not None else "state"
        text = f"Customers cannot set the {field} of a new ticket."
        raise ToolError("forbidden", text, field=field, accepted="leave it out")


@tool(writes=True, idempotent=True)
def zammad_update_ticket(
    ctx: Context,
    ticket_id: TicketId,
    title: Title | None = None,
    state: SettableState | None = None,
    priority: Priority | None = None,
    owner: Address | None = None,
    group: GroupName | None = None,
    pending_time: DateTime | None = None,
) -> TicketChanged:
    """Change title, state, priority, owner or group of a ticket; what is left out stays. Customers may only close.

    Moving to another group takes away an owner who is no agent of it. The customer is told of a new state or owner.

    Args:
        ticket_id: Id of the ticket.
        title: New title.
        state: New state; the pending states need pending_time.
        priority: New priority.
        owner: E-mail address of the new owner, an agent with full access to the ticket's group.
        group: New group.
        pending_time: Future instant at which a pending state ends.
    """
    given = {"title": title, "priority": priority, "owner": owner, "group": group, "pending_time": pending_time}
    if state is None and all(value is None for value in given.values()):
        raise ToolError("invalid", "Nothing to change was given.", accepted=["state", *given])
    actor = acting(ctx)
    ticket = find_ticket(ctx, ticket_id)
    if actor.has(ticket["group_id"], "change") or not is_customer_of(actor, ticket):
        require_change(actor, ticket)
    else:
        _only_close(state, given)
    not_merged(ctx, ticket)
    target = group_named(ctx, group) if group else None
    if target is not None and target["id"] != ticket["group_id"] and not actor.has(target["id"], "create"):
        text = f"{actor.name} has no 'create' access to {target['name']} and cannot move tickets there."
        raise ToolError("forbidden", text, field="group", accepted="a group from zammad_get_current_user")
    home = target or {"id": ticket["group_id"], "name": ticket["group_name"]}
    new_owner = assignable_owner(ctx, owner, home) if owner else None
    wish = Wish(title, state, pending_time, priority, target, new_owner)
    return ticket_changed(ticket, change_ticket(ctx, actor.id, ticket, wish))  # type: ignore[no-any-return]


def _only_close(state: str | None, given: dict[str, Any]) -> None:
    field = next((name for name, value in given.items() if value is not None), None)
    if field is not None or state != "closed":
        text = "As the customer of this ticket you may only close it; to reopen it answer with zammad_add_article."
        raise ToolError("forbidden", text, field=field or "state", accepted=["state 'closed'"])


@tool(writes=True, idempotent=True)
def zammad_assign_ticket(ctx: Context, ticket_id: TicketId, owner: Address) -> TicketChanged:
    """Make an agent the owner of a ticket. State and priority stay as they are.

    Args:
        ticket_id: Id of the ticket.
        owner: E-mail address of an agent with full access to the ticket's group (see zammad_list_group_agents).
    """
    actor = agent(ctx, "assign tickets")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    not_merged(ctx, ticket)
    _not_closed(ticket)
    user = assignable_owner(ctx, owner, {"id": ticket["group_id"], "name": ticket["group_name"]})
    return ticket_changed(ticket, change_ticket(ctx, actor.id, ticket, Wish(owner=user)))  # type: ignore[no-any-return]


@tool(writes=True, idempotent=True)
def zammad_unassign_ticket(ctx: Context, ticket_id: TicketId) -> TicketChanged:
    """Take the owner away from a ticket, so that any agent of the group can pick it up.

    Args:
        ticket_id: Id of the ticket.
    """
    actor = agent(ctx, "take owners away")
    ticket = changeable_ticket(ctx, actor, ticket_id)
    not_merged(ctx, ticket)
    _not_closed(ticket)
    return ticket_changed(ticket, change_ticket(ctx, actor.id, ticket, Wish(release=True)))  # type: ignore[no-any-return]


def _not_closed(ticket: Row) -> None:
    if ticket["state"] == "closed":
        text = f"Ticket {ticket['id']} is closed; its owner stays on record. Reopen it first."
        raise ToolError("conflict", text, field="ticket_id", accepted="zammad_update_ticket with state 'open' first")
