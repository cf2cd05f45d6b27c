"""How many incidents: per priority, and of a group."""

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.arguments import Maybe
from enterpriselab.apps.itsm.ids import GroupId
from enterpriselab.apps.itsm.rules.enums import IncidentStatus, ListedChannel, Priority
from enterpriselab.apps.itsm.tallies import tally
from enterpriselab.toolkit import Context, tool

EVERY_PRIORITY: list[Priority] = []


class PriorityCount(TypedDict):
    """How many incidents have a priority."""

    priority: Priority
    count: int


class PriorityCounts(TypedDict):
    """One number per priority, and their sum."""

    counts: list[PriorityCount]
    total: int


class GroupCount(TypedDict):
    """How many incidents of a group pass the filters."""

    assignment_group_id: GroupId
    count: int


@tool()
def get_count_of_incident_priority_wise(
    ctx: Context, *, priority_list: list[Priority] = EVERY_PRIORITY
) -> PriorityCounts:
    """Count incidents by priority, whatever their status.

    Args:
        priority_list: The priorities to count; all of them when empty.
    """
    found = tally(ctx, "incident", "priority", priority_list)
    counts: list[PriorityCount] = [{"priority": name, "count": n or 0} for name, n in found.items()]  # type: ignore[typeddict-item]
    return {"counts": counts, "total": sum(each["count"] for each in counts)}


@tool()
def count_incident_for_assignment_group(
    ctx: Context,
    *,
    assignment_group_id: GroupId,
    status: Maybe[IncidentStatus] = None,
    priority: Maybe[Priority] = None,
    channel: Maybe[ListedChannel] = None,
) -> GroupCount:
    """Count the incidents that are assigned to a group.

    Args:
        assignment_group_id: The group.
        status: Only those with this status.
        priority: Only those with this priority.
        channel: Only those reported in this way.
    """
    if not access.is_parity(ctx):
        rows.need(ctx, "user_group", assignment_group_id, field="assignment_group_id")
    allowed, named = access.visible(ctx, "incident")
    wanted = rows.given(assignment_group=assignment_group_id, status=status, priority=priority, channel=channel)
    conditions = " AND ".join([allowed, *(f"{name} = :at_{name}" for name in wanted)])
    bound = named | {f"at_{name}": value for name, value in wanted.items()}
    found = rows.first(ctx, f"SELECT count(*) AS n FROM incident WHERE {conditions}", bound)
    return {"assignment_group_id": assignment_group_id, "count": found["n"] if found else 0}
