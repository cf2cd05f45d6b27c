"""The SLA clock of a ticket: deadlines in business time that stand still while the ticket is pending or closed.

Pure functions on the columns of zammad_ticket; used by the tools and by the seed, so that both agree.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from enterpriselab.apps.zammad.business_hours import add_minutes, minutes_between
from enterpriselab.apps.zammad.states import RUNNING

Columns = dict[str, Any]
"""Columns of zammad_ticket, or some of them."""


class Policy(NamedTuple):
    """Targets of a row of zammad_sla, in minutes of business time."""

    id: int
    first_response: int
    update: int
    solution: int


def deadlines(policy: Policy | None, ticket: Mapping[str, Any]) -> Columns:
    """sla_id, the three deadlines, and escalation_at: the earliest one that still has to be met."""
    if policy is None:
        names = ("sla_id", "first_response_due_at", "update_due_at", "solution_due_at", "escalation_at")
        return dict.fromkeys(names)
    created, stopped = ticket["created_at"], ticket["clock_stopped_min"]
    first = add_minutes(created, policy.first_response + stopped)
    solution = add_minutes(created, policy.solution + stopped)
    update = None
    if awaits_update(ticket):
        update = add_minutes(ticket["customer_contact_at"], policy.update + ticket["update_stopped_min"])
    unmet = [solution]
    if ticket["first_response_at"] is None:
        unmet.append(first)
    if update is not None:
        unmet.append(update)
    return {
        "sla_id": policy.id,
        "first_response_due_at": first,
        "update_due_at": update,
        "solution_due_at": solution,
        "escalation_at": min(unmet) if ticket["clock_stopped_at"] is None else None,
    }


def awaits_update(ticket: Mapping[str, Any]) -> bool:
    """Has the customer written since an agent last answered? Before the first answer that deadline counts alone."""
    if ticket["first_response_at"] is None or ticket["customer_contact_at"] is None:
        return False
    return bool(ticket["customer_contact_at"] > ticket["agent_contact_at"])


def spent_minutes(ticket: Mapping[str, Any], now: str) -> int:
    """Business minutes that the clock has run since the ticket was created."""
    end = ticket["clock_stopped_at"] or now
    return max(0, minutes_between(ticket["created_at"], end) - int(ticket["clock_stopped_min"]))


def on_state(ticket: Mapping[str, Any], state: str, now: str, policy: Policy | None) -> Columns:
    """Columns of the clock that change when the ticket goes to `state`."""
    changed: Columns = {"close_at": None, "solution_in_time": None}
    if state == "closed":
        in_time = policy is None or spent_minutes(ticket, now) <= policy.solution
        changed = {"close_at": now, "solution_in_time": int(in_time)}
    stopped_at = ticket["clock_stopped_at"]
    if state in RUNNING and stopped_at is not None:
        since_contact = max(stopped_at, ticket["customer_contact_at"] or "")
        changed["clock_stopped_min"] = ticket["clock_stopped_min"] + minutes_between(stopped_at, now)
        changed["update_stopped_min"] = ticket["update_stopped_min"] + minutes_between(since_contact, now)
        changed["clock_stopped_at"] = None
    elif state not in RUNNING and stopped_at is None:
        changed["clock_stopped_at"] = now
    return changed


def on_agent_contact(ticket: Mapping[str, Any], now: str, policy: Policy | None) -> Columns:
    """Columns that change when an agent has written to the customer."""
    changed: Columns = {"agent_contact_at": now}
    if ticket["first_response_at"] is None:
        in_time = policy is None or spent_minutes(ticket, now) <= policy.first_response
        changed |= {"first_response_at": now, "first_response_in_time": int(in_time)}
    return changed


def on_customer_contact(now: str) -> Columns:
    """Columns that change when the customer has written."""
    return {"customer_contact_at": now, "update_stopped_min": 0}
