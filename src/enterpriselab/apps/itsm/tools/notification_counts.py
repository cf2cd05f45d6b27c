"""How many notifications: per status, type and incident."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.arguments import Maybe
from enterpriselab.apps.itsm.ids import IncidentId
from enterpriselab.apps.itsm.rules.enums import CountedType, NotificationStatus
from enterpriselab.apps.itsm.tallies import tally
from enterpriselab.toolkit import Context, tool

_TABLE = "notification"


class StatusCount(TypedDict):
    """How many notifications have a status."""

    status: NotificationStatus
    count: int


class StatusCounts(TypedDict):
    """One number per status, and their sum."""

    counts: list[StatusCount]
    total: int


class TypeCount(TypedDict):
    """How many notifications are of a type."""

    type: CountedType
    count: int


class TypeCounts(TypedDict):
    """One number per type, and their sum."""

    counts: list[TypeCount]
    total: int


class AboutCount(TypedDict):
    """How many notifications are about an incident."""

    incident_id: IncidentId
    count: int


class AboutCounts(TypedDict):
    """One number per incident, and their sum."""

    counts: list[AboutCount]
    total: int


class AboutAverage(TypedDict):
    """The mean number of notifications about an incident."""

    incidents: int
    """How many incidents were averaged, those without a notification among them."""
    notifications: int
    average: float | None
    """Null where there is no incident."""


@tool()
def count_notifications_by_status(ctx: Context, *, status: Maybe[list[NotificationStatus]] = None) -> StatusCounts:
    """Count notifications by status.

    Args:
        status: The statuses to count; all of them when left out or empty.
    """
    found = tally(ctx, _TABLE, "status", status)
    counts: list[StatusCount] = [{"status": name, "count": n or 0} for name, n in found.items()]  # type: ignore[typeddict-item]
    return {"counts": counts, "total": sum(each["count"] for each in counts)}


@tool()
def count_notifications_by_type(ctx: Context, *, type: Maybe[list[CountedType]] = None) -> TypeCounts:
    """Count notifications by type.

    Args:
        type: The types to count; all of them when left out or empty.
    """
    found = tally(ctx, _TABLE, "type", type)
    counts: list[TypeCount] = [{"type": name, "count": n or 0} for name, n in found.items()]  # type: ignore[typeddict-item]
    return {"counts": counts, "total": sum(each["count"] for each in counts)}


@tool()
def count_notifications_by_incident(ctx: Context, *, incident_id: Maybe[list[IncidentId]] = None) -> AboutCounts:
    """Count notifications by incident.

    Args:
        incident_id: The incidents to count for; when left out or empty, those that have a notification.
    """
    _check_incidents(ctx, incident_id or ())
    found = tally(ctx, _TABLE, "incident_id", incident_id)
    counts: list[AboutCount] = [{"incident_id": name, "count": n or 0} for name, n in found.items()]
    return {"counts": counts, "total": sum(each["count"] for each in counts)}


@tool()
def average_notifications_by_incident(ctx: Context, *, incident_id: Maybe[list[IncidentId]] = None) -> AboutAverage:
    """Give the mean number of notifications about an incident; an incident without any counts as zero.

    Args:
        incident_id: The incidents to average over; when left out or empty, all of them.
    """
    _check_incidents(ctx, incident_id or ())
    wanted = incident_id or _readable_incidents(ctx)
    counted = tally(ctx, _TABLE, "incident_id", wanted) if wanted else {}
    total = sum(n or 0 for n in counted.values())
    return {
        "incidents": len(counted),
        "notifications": total,
        "average": total / len(counted) if counted else None,
    }


def _readable_incidents(ctx: Context) -> list[str]:
    allowed, named = access.visible(ctx, "incident")
    return [row["incident_id"] for row in rows.every(ctx, f"SELECT incident_id FROM incident WHERE {allowed}", named)]


def _check_incidents(ctx: Context, wanted: Sequence[str]) -> None:
    """Refuse incidents that do not exist or may not be read; level parity counts zero for them."""
    for key in () if access.is_parity(ctx) else wanted:
        access.check_right(ctx, "incident", "read", rows.need(ctx, "incident", key))
