"""The one way in which columns of a ticket change: transitions, owner rules, SLA clock, history and events together."""

from dataclasses import dataclass
from typing import Any

from enterpriselab.apps.zammad import clock
from enterpriselab.apps.zammad.lookups import can_own, policy_row
from enterpriselab.apps.zammad.states import (
    PENDING,
    PRIORITY_ID,
    PRIORITY_NAME,
    STATE_ID,
    check_pending_time,
    check_transition,
)
from enterpriselab.company.events import NotificationRequested, TicketUpdated
from enterpriselab.toolkit import Context, Row, ToolError


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall become of a ticket; None leaves a thing as it is. `group` and `owner` are rows."""

    title: str | None = None
    state: str | None = None
    pending_time: str | None = None
    priority: str | None = None
    group: Row | None = None
    owner: Row | None = None
    release: bool = False
    """Take the owner away."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the history says of one change, in words for people."""

    action: str
    attribute: str
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class _Plan:
    """Columns to set, and what the history says of them."""

    columns: dict[str, Any]
    history: list[tuple[str, str, str]]
    """(attribute, from, to) as people read them."""

    def set(self, column: str, value: Any, attribute: str, before: str, after: str) -> None:
        self.columns[column] = value
        self.history.append((attribute, before, after))


def change_ticket(ctx: Context, user_id: int | None, ticket: Row, wish: Wish) -> list[str]:
    """Make the wish come true, or raise ToolError; the ticket's row is kept up to date. Returns what changed.

    Args:
        ctx: the call.
        user_id: who changes it; None is the system.
        ticket: row of access.find_ticket.
        wish: what shall change.
    """
    plan = _Plan({}, [])
    if wish.title is not None and wish.title != ticket["title"]:
        plan.set("title", wish.title, "title", ticket["title"], wish.title)
    if wish.priority is not None and PRIORITY_ID[wish.priority] != ticket["priority_id"]:
        before = PRIORITY_NAME[ticket["priority_id"]]
        plan.set("priority_id", PRIORITY_ID[wish.priority], "priority", before, wish.priority)
    _plan_group(ctx, ticket, wish, plan)
    _plan_owner(ctx, ticket, wish, plan)
    _plan_state(ctx, ticket, wish, plan)
    if plan.history:
        _write(ctx, user_id, ticket, plan)
        _tell(ctx, user_id, ticket, plan)
    return [attribute for attribute, _, _ in plan.history]


def _plan_group(ctx: Context, ticket: Row, wish: Wish, plan: _Plan) -> None:
    if wish.group is not None and wish.group["id"] != ticket["group_id"]:
        plan.set("group_id", wish.group["id"], "group", ticket["group_name"], wish.group["name"])


def _plan_owner(ctx: Context, ticket: Row, wish: Wish, plan: _Plan) -> None:
    group_id: int = plan.columns.get("group_id") or ticket["group_id"]
    before, owner_id = ticket["owner_email"] or "", ticket["owner_id"]
    if wish.owner is not None:
        if wish.owner["id"] != owner_id:
            plan.set("owner_id", wish.owner["id"], "owner", before, wish.owner["email"])
    elif owner_id is not None:
        moved = "group_id" in plan.columns
        if wish.release or (moved and not can_own(ctx, owner_id, group_id)):
            plan.set("owner_id", None, "owner", before, "")


def _plan_state(ctx: Context, ticket: Row, wish: Wish, plan: _Plan) -> None:
    before, after = ticket["state"], wish.state or ticket["state"]
    check_transition(before, after)
    pending_time = wish.pending_time
    if after == before and after in PENDING and pending_time is None:
        pending_time = ticket["pending_time"]
    else:
        check_pending_time(after, pending_time, ctx.now)
    if after != before:
        if after == "closed":
            _checklist_done(ctx, ticket)
        plan.set("state_id", STATE_ID[after], "state", before, after)
    if pending_time != ticket["pending_time"]:
        plan.set("pending_time", pending_time, "pending_time", ticket["pending_time"] or "", pending_time or "")


def _checklist_done(ctx: Context, ticket: Row) -> None:
    sql = "SELECT id, text FROM zammad_checklist_item WHERE ticket_id = ? AND checked = 0 ORDER BY position"
    left = ctx.db.rows(sql, ticket["id"])
    if left:
        first = left[0]["text"]
        text = f"Ticket {ticket['id']} has {len(left)} open checklist items (first: {first!r}); it cannot be closed."
        raise ToolError("conflict", text, field="state", accepted="zammad_update_checklist_item for each of them first")


def _write(ctx: Context, user_id: int | None, ticket: Row, plan: _Plan) -> None:
    columns = plan.columns
    group_id: int = columns.get("group_id") or ticket["group_id"]
    priority_id: int = columns.get("priority_id") or ticket["priority_id"]
    if "state_id" in columns or group_id != ticket["group_id"] or priority_id != ticket["priority_id"]:
        policy = policy_of(ctx, group_id, priority_id)
        if "state_id" in columns:
            after = next(to for attribute, _, to in plan.history if attribute == "state")
            columns |= clock.on_state(ticket, after, ctx.now, policy)
            ticket["state"] = after
        columns |= clock.deadlines(policy, ticket | columns)
    save(ctx, ticket, columns)
    for attribute, before, after in plan.history:
        record(ctx, user_id, ticket["id"], Line("updated", attribute, before, after))
        if attribute in ("group", "owner"):
            ticket["group_name" if attribute == "group" else "owner_email"] = after or None


def save(ctx: Context, ticket: Row, columns: dict[str, Any]) -> None:
    """Write columns that differ, and updated_at; the ticket's row follows."""
    differing = {name: value for name, value in columns.items() if ticket[name] != value}
    differing["updated_at"] = ctx.now
    ctx.db.update("zammad_ticket", {"id": ticket["id"]}, **differing)
    ticket.update(differing)


def policy_of(ctx: Context, group_id: int, priority_id: int) -> clock.Policy | None:
    """The SLA targets that apply to a group and priority."""
    row = policy_row(ctx, group_id, priority_id)
    return clock.Policy(*row.values()) if row else None


def record(ctx: Context, user_id: int | None, ticket_id: int, line: Line) -> None:
    """One line of the ticket's history; `user_id` None is the system."""
    who = {"ticket_id": ticket_id, "user_id": user_id, "created_at": ctx.now}
    values = {"action": line.action, "attribute": line.attribute, "value_from": line.before, "value_to": line.after}
    ctx.db.insert("zammad_history", **who, **values)


def _tell(ctx: Context, user_id: int | None, ticket: Row, plan: _Plan) -> None:
    """The customer hears of state and owner, a new owner of the assignment; nobody of what they did themselves."""
    told = [f"{name}: {before or 'nobody'} -> {to or 'nobody'}" for name, before, to in plan.history if name in _TOLD]
    if told and user_id != ticket["customer_id"]:
        ctx.emit(TicketUpdated(ticket["id"], ticket["customer_email"], ticket["title"], "; ".join(told)))
    if ticket["owner_id"] not in (None, user_id) and "owner_id" in plan.columns:
        notify_owner(ctx, ticket, "assigned to you", f"Ticket {ticket['number']} is now yours.")


_TOLD = ("state", "owner")


def notify_owner(ctx: Context, ticket: Row, occasion: str, body: str) -> None:
    """Write to the owner of the ticket."""
    subject = f"[Ticket#{ticket['number']}] {occasion}: {ticket['title']}"
    kind = "ticket_" + occasion.split()[0]
    ctx.emit(NotificationRequested((ticket["owner_email"],), subject[:250], body, kind))
