"""Result rows shared by several tool modules, and what fills them."""

from typing import Annotated, Any, Literal, NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.zammad.ids import (
    Address,
    GroupName,
    Priority,
    State,
    TicketId,
    TicketNumber,
    UserId,
)
from enterpriselab.apps.zammad.lookups import compact
from enterpriselab.apps.zammad.states import PRIORITY_NAME
from enterpriselab.toolkit import DateTime, Meaning, Row


class TicketRow(TypedDict):
    """A ticket in a list; without owner it is unassigned."""

    ticket_id: TicketId
    number: TicketNumber
    title: Annotated[str, Meaning("ticket_title")]
    state: State
    priority: Priority
    group: GroupName
    customer: Address
    owner: NotRequired[Address]
    created_at: DateTime


TICKET_ROWS = """SELECT t.id AS ticket_id, t.number, t.title, s.name AS state, p.name AS priority, g.name AS "group",
c.email AS customer, o.email AS owner, t.created_at
FROM zammad_ticket t JOIN zammad_state s ON s.id = t.state_id JOIN zammad_priority p ON p.id = t.priority_id
JOIN zammad_group g ON g.id = t.group_id JOIN zammad_user c ON c.id = t.customer_id
LEFT JOIN zammad_user o ON o.id = t.owner_id"""
"""Complete with WHERE and ORDER BY; the columns are those of TicketRow."""


class UserRow(TypedDict):
    """A user in a list."""

    user_id: UserId
    name: Annotated[str, Meaning("person_name")]
    email: Address
    role: str
    organization: NotRequired[str]
    active: bool


class TicketChanged(TypedDict):
    """What a change did; `changed` is empty when everything already was as asked."""

    ticket_id: TicketId
    number: TicketNumber
    state: State
    priority: Priority
    group: GroupName
    owner: NotRequired[Address]
    pending_time: NotRequired[DateTime]
    changed: list[str]


Sort = Literal["newest", "oldest", "recently_updated"]


def ticket_changed(ticket: Row, changed: list[str]) -> Any:
    """The ticket's row, already changed, as TicketChanged."""
    row = {
        "ticket_id": ticket["id"],
        "number": ticket["number"],
        "state": ticket["state"],
        "priority": PRIORITY_NAME[ticket["priority_id"]],
        "group": ticket["group_name"],
        "owner": ticket["owner_email"],
        "pending_time": ticket["pending_time"],
        "changed": changed,
    }
    return compact(row)
