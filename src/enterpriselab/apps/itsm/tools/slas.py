"""SLA definitions: how soon incidents are answered and resolved, and what the targets add up to."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe, Nullable
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import OrganizationId, SlaId, SlaName
from enterpriselab.apps.itsm.principals import organization_of
from enterpriselab.apps.itsm.rules.enums import Metric, SlaPriority
from enterpriselab.apps.itsm.tallies import tally
from enterpriselab.toolkit import Context, tool

TABLE = "sla_definition"
Minutes = Annotated[int, Field(ge=1)]


class SlaDefinition(TypedDict):
    """A promise about incidents of a priority."""

    sla_def_id: SlaId
    name: SlaName
    metric: Metric
    target_mins: int
    pause_on_pending: bool
    applies_to_priority: SlaPriority | None
    active: bool
    schedule: str | None
    org_id: OrganizationId
    created_on: str | None
    updated_on: str | None


class FoundDefinition(TypedDict):
    """The definition, where there is one."""

    sla_definition: NotRequired[SlaDefinition]


class WrittenDefinition(TypedDict):
    """The definition as it is after the call."""

    sla_definition: SlaDefinition


class PrioritySum(TypedDict):
    """The target minutes of all definitions for a priority together."""

    priority: SlaPriority
    total_target_mins: int


class PrioritySums(TypedDict):
    """One sum per priority, and the sum of these."""

    sums: list[PrioritySum]
    total: int


class PriorityAverage(TypedDict):
    """The mean of the target minutes of the definitions for a priority; null where there are none."""

    priority: SlaPriority
    average_target_mins: float | None


class PriorityAverages(TypedDict):
    """One mean per priority."""

    averages: list[PriorityAverage]


@tool(writes=True)
def add_new_sla_definition(
    ctx: Context,
    *,
    name: str,
    metric: Metric,
    target_mins: Minutes,
    pause_on_pending: bool,
    active: bool,
    applies_to_priority: Maybe[SlaPriority] = None,
    schedule: Maybe[str] = None,
) -> WrittenDefinition:
    """Add an SLA definition to the acting user's organization.

    Args:
        name: Name that no other definition of the organization has.
        metric: What is promised: a response or a resolution.
        target_mins: Minutes from the start to the deadline.
        pause_on_pending: Whether the clock stands still while the incident is on hold.
        active: Whether it is linked to new incidents.
        applies_to_priority: Incidents of this priority get it; of any when left out.
        schedule: When the clock runs, for example 24x7.
    """
    access.check_right(ctx, TABLE, "create")
    columns = rows.given(metric=metric, target_mins=target_mins, applies_to_priority=applies_to_priority)
    flags = {"pause_on_pending": pause_on_pending, "active": active}
    rows.refuse_taken(ctx, TABLE, "DUPLICATE_NAME", name=name, org_id=organization_of(ctx))
    definition = rows.add(ctx, TABLE, name=name, schedule=schedule, **columns, **flags)
    return {"sla_definition": rows.shown(TABLE, definition)}


@tool(writes=True, idempotent=True)
def update_sla_definition(
    ctx: Context,
    *,
    sla_def_id: SlaId,
    name: Maybe[str] = None,
    metric: Maybe[Metric] = None,
    target_mins: Maybe[Minutes] = None,
    pause_on_pending: Maybe[bool] = None,
    active: Maybe[bool] = None,
    applies_to_priority: Maybe[SlaPriority] = None,
    schedule: Maybe[str] = None,
) -> WrittenDefinition:
    """Change an SLA definition; what is not given stays as it is. SLAs that already run keep their deadline.

    Args:
        sla_def_id: The definition.
        name: New name, which no other definition of the organization has.
        metric: What is promised: a response or a resolution.
        target_mins: Minutes from the start to the deadline.
        pause_on_pending: Whether the clock stands still while the incident is on hold.
        active: Whether it is linked to new incidents.
        applies_to_priority: Incidents of this priority get it.
        schedule: When the clock runs, for example 24x7.
    """
    row = rows.need(ctx, TABLE, sla_def_id)
    access.check_right(ctx, TABLE, "update", row)
    terms = {"metric": metric, "target_mins": target_mins, "applies_to_priority": applies_to_priority}
    flags = {"pause_on_pending": pause_on_pending, "active": active}
    rows.refuse_taken(ctx, TABLE, "DUPLICATE_NAME", but=row, name=name, org_id=row["org_id"])
    changed = rows.revise(ctx, TABLE, row, rows.given(name=name, schedule=schedule, **terms, **flags))
    return {"sla_definition": rows.shown(TABLE, changed)}


@tool()
def find_sla_definition_by_name(ctx: Context, *, name: SlaName) -> FoundDefinition:
    """Find an SLA definition by its whole name, without regard to case; of several the one with the lowest id.

    Args:
        name: Name of the definition.
    """
    return rows.find_one(ctx, TABLE, TABLE, name=name)  # type: ignore[no-any-return]


@tool()
def find_sla_definitions(
    ctx: Context,
    *,
    sla_def_id: Maybe[SlaId] = None,
    name: Maybe[str] = None,
    metric: Nullable[Metric] = None,
    target_mins: Nullable[int] = None,
    pause_on_pending: Nullable[bool] = None,
    applies_to_priority: Nullable[SlaPriority] = None,
    active: Nullable[bool] = None,
    created_after: Maybe[Instant] = None,
    created_before: Maybe[Instant] = None,
) -> Listing[SlaDefinition]:
    """List SLA definitions, newest first.

    Args:
        sla_def_id: One definition.
        name: Part of the name.
        metric: What is promised: a response or a resolution.
        target_mins: Exactly so many minutes to the deadline.
        pause_on_pending: Whether the clock stands still while the incident is on hold.
        applies_to_priority: Incidents of this priority get it.
        active: True for those in use, false for retired ones; both when left out.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    terms = {"metric": metric, "target_mins": target_mins, "applies_to_priority": applies_to_priority}
    flags = {"pause_on_pending": pause_on_pending, "active": active}
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        TABLE,
        like={"name": name},
        equal={"sla_def_id": sla_def_id, **terms, **flags},
        created=(created_after, created_before),
    )


@tool()
def total_sum_of_target_mins_per_priority(ctx: Context, *, priority: Maybe[list[SlaPriority]] = None) -> PrioritySums:
    """Add up the target minutes of the SLA definitions for each priority, active or not.

    Args:
        priority: The priorities to add up; all of them when left out or empty.
    """
    whole = "CAST(total(target_mins) AS INTEGER)"  # sum() ends with an error beyond 64 bits
    found = tally(ctx, TABLE, "applies_to_priority", priority, measure=whole)
    sums: list[PrioritySum] = [{"priority": name, "total_target_mins": n or 0} for name, n in found.items()]  # type: ignore[typeddict-item]
    return {"sums": sums, "total": sum(each["total_target_mins"] for each in sums)}


@tool()
def average_target_mins_per_priority(ctx: Context, *, priority: Maybe[list[SlaPriority]] = None) -> PriorityAverages:
    """Give the mean of the target minutes of the SLA definitions for each priority, active or not.

    Args:
        priority: The priorities to average; all of them when left out or empty.
    """
    found = tally(ctx, TABLE, "applies_to_priority", priority, measure="avg(target_mins)")
    return {"averages": [{"priority": name, "average_target_mins": n} for name, n in found.items()]}  # type: ignore[typeddict-item]
