"""Tools: the groups, states and priorities that tickets can have."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.zammad.access import acting
from enterpriselab.apps.zammad.ids import Access, Address, GroupName, Priority, State
from enterpriselab.apps.zammad.lookups import compact
from enterpriselab.apps.zammad.states import STATES, TRANSITIONS
from enterpriselab.toolkit import Context, tool


class Group(TypedDict):
    """A group of agents; `your_access` is left out for those who have none."""

    group: GroupName
    email: Address
    note: str
    takes_employee_requests: bool
    follow_up_days: int
    your_access: NotRequired[list[Access]]


class GroupList(TypedDict):
    """All active groups."""

    groups: list[Group]


@tool()
def zammad_list_groups(ctx: Context) -> GroupList:
    """List the groups: what each is for, whether it takes requests of all employees, and what you may do there."""
    actor = acting(ctx)
    sql = """SELECT id, name AS "group", email, note, employees AS takes_employee_requests, follow_up_days
        FROM zammad_group WHERE active = 1 ORDER BY id"""
    groups = []
    for row in ctx.db.rows(sql):
        held = sorted(actor.access.get(row.pop("id"), ()))
        row["takes_employee_requests"] = bool(row["takes_employee_requests"])
        groups.append(compact({**row, "your_access": held or None}))
    return {"groups": groups}


class StateRow(TypedDict):
    """A state and where a ticket may go from there."""

    state: State
    type: str
    sla_clock_runs: bool
    next_states: list[State]
    note: str


class StateList(TypedDict):
    """All states."""

    states: list[StateRow]


@tool()
def zammad_list_ticket_states(ctx: Context) -> StateList:
    """List the states of tickets, which states may follow, and whether the SLA clock runs in them."""
    acting(ctx)
    rows = [
        {
            "state": state.name,
            "type": state.type,
            "sla_clock_runs": state.sla_runs,
            "next_states": list(TRANSITIONS[state.name]),
            "note": state.note,
        }
        for state in STATES
    ]
    return {"states": rows}  # type: ignore[typeddict-item]


class PriorityRow(TypedDict):
    """A priority."""

    priority: Priority
    is_default: bool


class PriorityList(TypedDict):
    """All priorities, the lowest first."""

    priorities: list[PriorityRow]


@tool()
def zammad_list_ticket_priorities(ctx: Context) -> PriorityList:
    """List the priorities of tickets and which one is taken when none is named."""
    acting(ctx)
    rows = ctx.db.rows("SELECT name AS priority, is_default FROM zammad_priority ORDER BY id")
    return {"priorities": [{"priority": row["priority"], "is_default": bool(row["is_default"])} for row in rows]}
