"""Who acts in Zammad and what they may see and change: group access of agents, own tickets of customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enterpriselab.apps.zammad.states import STATE_NAME
from enterpriselab.toolkit import Context, Row, ToolError, not_found

ROLE_ACCESS: dict[str, dict[str, str]] = {
    "IT Agent": {"IT Service Desk": "full", "Facilities": "create", "HR Services": "create", "1st Level": "create"},
    "IT Admin": {"IT Service Desk": "full", "Facilities": "read create overview"},
    "Support Agent": {
        "1st Level": "full",
        "Product Engineering": "read create overview",
        "Sales Support": "create",
        "Finance Support": "create",
        "IT Service Desk": "create",
    },
    "Support Lead": {"1st Level": "full", "Product Engineering": "read create change overview"},
    "HR User": {
        "HR Services": "full",
        "IT Service Desk": "create",
        "Facilities": "create",
        "Finance Support": "create",
    },
    "Finance": {"Finance Support": "full", "Sales Support": "create", "HR Services": "create", "Facilities": "create"},
    "Sales": {"Sales Support": "read create overview", "1st Level": "create", "Finance Support": "create"},
    "Engineer": {"Product Engineering": "read create overview", "1st Level": "create"},
    "Auditor": {
        "1st Level": "read overview",
        "IT Service Desk": "read overview",
        "Sales Support": "read overview",
        "Finance Support": "read overview",
        "Product Engineering": "read overview",
    },
}
"""Role of a person -> group -> accesses that a Zammad user is given with the role. Single people may have more."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The Zammad user who calls."""

    id: int
    email: str
    name: str
    role: str
    organization_id: int | None
    shared: bool
    """The organization lets its members see one another's tickets."""
    access: Mapping[int, frozenset[str]]
    """Group id -> accesses; empty for customers."""

    def has(self, group_id: int, access: str) -> bool:
        """Does the actor hold this access, or full access, in the group?"""
        held = self.access.get(group_id, frozenset())
        return access in held or "full" in held

    def groups_with(self, access: str) -> list[int]:
        """Ids of the groups in which the actor holds the access."""
        return [group_id for group_id in sorted(self.access) if self.has(group_id, access)]

    @property
    def is_agent(self) -> bool:
        """Agent of some group; everybody else is a customer."""
        return bool(self.access)


_ACTING = """SELECT u.id, u.email, u.firstname || ' ' || u.lastname AS name, u.role, u.organization_id, u.active,
coalesce(o.shared, 0) AS shared,
(SELECT group_concat(a.group_id || ':' || a.access, ' ') FROM zammad_group_access a WHERE a.user_id = u.id) AS held
FROM zammad_user u LEFT JOIN zammad_organization o ON o.id = u.organization_id WHERE u.person_id = ?"""


def acting(ctx: Context) -> Actor:
    """The active Zammad user of the principal. Raises ToolError("forbidden")."""
    row = ctx.db.row(_ACTING, ctx.me.id)
    if row is None or not row.pop("active"):
        raise ToolError(
            "forbidden", f"{ctx.me.name} has no active Zammad account.", accepted="an account activated by an IT Admin"
        )
    access: dict[int, set[str]] = {}
    for held in (row.pop("held") or "").split():
        group_id, _, name = held.partition(":")
        access.setdefault(int(group_id), set()).add(name)
    row["shared"] = bool(row["shared"])
    return Actor(**row, access={group: frozenset(names) for group, names in access.items()})


def agent(ctx: Context, what: str) -> Actor:
    """The acting user, who must be an agent of some group; `what` names the deed for the refusal."""
    actor = acting(ctx)
    if not actor.is_agent:
        raise ToolError("forbidden", f"{actor.name} is a customer; only agents may {what}.", accepted="an agent")
    return actor


def visible(actor: Actor, *, access: str = "read") -> tuple[str, list[Any]]:
    """SQL condition on zammad_ticket t, with its values: tickets that the actor may see."""
    groups = ", ".join(map(str, actor.groups_with(access)))
    parts, values = ["t.customer_id = ?"], [actor.id]
    if groups:
        parts.append(f"t.group_id IN ({groups})")
    if actor.shared:
        parts.append("t.organization_id = ?")
        values.append(actor.organization_id or 0)
    return f"({' OR '.join(parts)})", values


_TICKET = """SELECT t.*, g.name AS group_name, c.email AS customer_email, o.email AS owner_email
FROM zammad_ticket t JOIN zammad_group g ON g.id = t.group_id JOIN zammad_user c ON c.id = t.customer_id
LEFT JOIN zammad_user o ON o.id = t.owner_id WHERE t.id = ?"""


def find_ticket(ctx: Context, ticket_id: int, *, field: str = "ticket_id") -> Row:
    """The ticket with the names of what it refers to, seen by nobody in particular. Raises ToolError("not_found")."""
    ticket = ctx.db.row(_TICKET, ticket_id)
    if ticket is None:
        by_number = ctx.db.value("SELECT id FROM zammad_ticket WHERE number = ?", str(ticket_id))
        hint = "zammad_search_tickets finds tickets and gives their ticket_id."
        if by_number is not None:
            hint = f"{ticket_id} is a ticket number; the ticket_id of that ticket is {by_number}."
        raise not_found("ticket", ticket_id, field=field, hint=hint)
    ticket["state"] = STATE_NAME[ticket["state_id"]]
    return ticket


def readable_ticket(ctx: Context, actor: Actor, ticket_id: int, *, field: str = "ticket_id") -> Row:
    """The ticket, which the actor must be allowed to see."""
    ticket = find_ticket(ctx, ticket_id, field=field)
    if not (actor.has(ticket["group_id"], "read") or is_customer_of(actor, ticket)):
        raise _refused(actor, ticket, "read")
    return ticket


def changeable_ticket(ctx: Context, actor: Actor, ticket_id: int, *, field: str = "ticket_id") -> Row:
    """The ticket, which the actor must be allowed to change as an agent."""
    ticket = find_ticket(ctx, ticket_id, field=field)
    require_change(actor, ticket)
    return ticket


def require_change(actor: Actor, ticket: Row) -> None:
    """Raise `forbidden` unless the actor may change the ticket as an agent."""
    if not actor.has(ticket["group_id"], "change"):
        raise _refused(actor, ticket, "change")


def is_customer_of(actor: Actor, ticket: Row) -> bool:
    """Own ticket, or one of an organization that shares its tickets among its members."""
    if ticket["customer_id"] == actor.id:
        return True
    return actor.shared and ticket["organization_id"] == actor.organization_id


def not_merged(ctx: Context, ticket: Row) -> None:
    """Raise `conflict` for a ticket whose articles have gone to another one."""
    if ticket["merged_into"] is not None:
        number = ctx.db.value("SELECT number FROM zammad_ticket WHERE id = ?", ticket["merged_into"])
        text = f"Ticket {ticket['id']} was merged into ticket {ticket['merged_into']} (number {number}); use that one."
        raise ToolError("conflict", text, field="ticket_id", accepted=[ticket["merged_into"]])


def _refused(actor: Actor, ticket: Row, access: str) -> ToolError:
    text = f"{actor.name} has no '{access}' access to group {ticket['group_name']}, which holds ticket {ticket['id']}."
    return ToolError("forbidden", text, accepted=f"agents with '{access}' access to {ticket['group_name']}")
