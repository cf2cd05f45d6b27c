"""SLAs of incidents: which promises run, which stand still, which were broken."""

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows, sla_clock
from enterpriselab.apps.itsm.arguments import Instant, Maybe, stored_instant, stored_now
from enterpriselab.apps.itsm.filters import Listing, Removed
from enterpriselab.apps.itsm.ids import IncidentId, IncidentSlaId, OrganizationId, SlaId
from enterpriselab.apps.itsm.rules.enums import Stage
from enterpriselab.apps.itsm.rules.machines import INCIDENT_WAITS
from enterpriselab.apps.itsm.sla_clock import TABLE
from enterpriselab.apps.itsm.tallies import tally
from enterpriselab.toolkit import Context, Row, ToolError, tool

TIMES = ("start_time", "breach_time", "completed_time")


class IncidentSla(TypedDict):
    """The clock of one SLA definition for one incident."""

    incident_sla_id: IncidentSlaId
    incident_id: IncidentId
    sla_def_id: SlaId
    org_id: OrganizationId
    stage: Stage
    has_breached: bool
    start_time: str
    breach_time: str | None
    completed_time: str | None
    created_on: str | None
    updated_on: str | None


class WrittenIncidentSla(TypedDict):
    """The SLA as it is after the call."""

    incident_sla: IncidentSla


class StageCount(TypedDict):
    """How many breached SLAs are in a stage."""

    stage: Stage
    count: int


class StageCounts(TypedDict):
    """One number per stage, and their sum."""

    counts: list[StageCount]
    total: int


@tool()
def find_incident_slas(
    ctx: Context,
    *,
    incident_sla_id: Maybe[IncidentSlaId] = None,
    incident_id: Maybe[IncidentId] = None,
    sla_def_id: Maybe[SlaId] = None,
    stage: Maybe[str] = None,
    has_breached: Maybe[bool] = None,
    created_before: Maybe[Instant] = None,
    created_after: Maybe[Instant] = None,
) -> Listing[IncidentSla]:
    """List the SLAs of incidents, newest first, as they were when something last changed them.

    Args:
        incident_sla_id: One of them.
        incident_id: Those of an incident.
        sla_def_id: Those of a definition.
        stage: in_progress, paused, completed or canceled.
        has_breached: True for those whose deadline has passed, false for the others.
        created_before: Created at this day or time, or earlier.
        created_after: Created at this day or time, or later.
    """
    ids = {"incident_sla_id": incident_sla_id, "incident_id": incident_id, "sla_def_id": sla_def_id}
    equal = {**ids, "stage": stage, "has_breached": has_breached}
    return filters.listing(ctx, TABLE, equal=equal, created=(created_after, created_before))  # type: ignore[no-any-return]


@tool()
def find_stage_wise_breached_incident_sla_counts(ctx: Context, *, stages: Maybe[list[str]] = None) -> StageCounts:
    """Count the breached SLAs of incidents by stage.

    Args:
        stages: in_progress, paused, completed, canceled; all of them when left out or empty.
    """
    found = tally(ctx, TABLE, "stage", stages, condition="has_breached = 1")
    counts: list[StageCount] = [{"stage": name, "count": n or 0} for name, n in found.items()]  # type: ignore[typeddict-item]
    return {"counts": counts, "total": sum(each["count"] for each in counts)}


@tool(writes=True)
def link_new_incident_sla(
    ctx: Context,
    *,
    incident_id: IncidentId,
    sla_def_id: SlaId,
    stage: Maybe[str] = None,
    has_breached: Maybe[bool] = None,
    start_time: Instant,
    breach_time: Maybe[Instant] = None,
    completed_time: Maybe[Instant] = None,
) -> WrittenIncidentSla:
    """Start the clock of an SLA definition for an incident; a definition is linked to an incident once.

    Left out: the deadline is the start plus the target minutes; the stage follows from the status of the incident, the
    breach from deadline and time.

    Args:
        incident_id: The incident.
        sla_def_id: The definition: an active one for the priority of the incident.
        stage: in_progress, paused, completed or canceled.
        has_breached: Whether the deadline has passed.
        start_time: From when the clock runs.
        breach_time: The deadline.
        completed_time: When the promise was kept.
    """
    given = _given(locals()) | {"start_time": stored_instant(start_time, field="start_time")}
    access.check_right(ctx, TABLE, "create")
    incident, definition = rows.need(ctx, "incident", incident_id), rows.need(ctx, "sla_definition", sla_def_id)
    rows.refuse_taken(ctx, TABLE, "DUPLICATE_INCIDENT_SLA", incident_id=incident_id, sla_def_id=sla_def_id)
    columns = sla_clock.linked(ctx, given, incident, definition)
    _check_times(ctx, columns)
    _check_definition(ctx, incident, definition)
    _check_start(ctx, columns, definition)
    return {"incident_sla": rows.shown(TABLE, rows.add(ctx, TABLE, **columns))}


@tool(writes=True, idempotent=True)
def update_incident_sla_details(
    ctx: Context,
    *,
    incident_sla_id: IncidentSlaId,
    incident_id: Maybe[IncidentId] = None,
    sla_def_id: Maybe[SlaId] = None,
    stage: Maybe[str] = None,
    has_breached: Maybe[bool] = None,
    start_time: Maybe[Instant] = None,
    breach_time: Maybe[Instant] = None,
    completed_time: Maybe[Instant] = None,
) -> WrittenIncidentSla:
    """Change an SLA of an incident; what is not given stays as it is, or follows from what is given.

    A pause moves the deadline by its length; a new start or definition sets it anew. Completing stamps the present
    time. The breach is computed anew, unless it is given.

    Args:
        incident_sla_id: The SLA.
        incident_id: The incident that it belongs to.
        sla_def_id: The definition that it follows.
        stage: in_progress, paused, completed or canceled.
        has_breached: Whether the deadline has passed.
        start_time: From when the clock runs.
        breach_time: The deadline.
        completed_time: When the promise was kept.
    """
    given = _given(locals())
    row = rows.need(ctx, TABLE, incident_sla_id)
    access.check_right(ctx, TABLE, "update", row)
    incident = rows.need(ctx, "incident", incident_id or row["incident_id"])
    definition = rows.need(ctx, "sla_definition", sla_def_id or row["sla_def_id"])
    pair = {"incident_id": incident["incident_id"], "sla_def_id": definition["sla_def_id"]}
    rows.refuse_taken(ctx, TABLE, "DUPLICATE_INCIDENT_SLA", but=row, **pair)
    changes = sla_clock.changed(ctx, row, given)
    if changes.keys() & set(TIMES):
        _check_times(ctx, row | changes)
    if pair.items() & changes.items():
        _check_definition(ctx, incident, definition)
    return {"incident_sla": rows.shown(TABLE, rows.revise(ctx, TABLE, row, changes))}


@tool(destructive=True, idempotent=True)
def delete_incident_slas(
    ctx: Context,
    *,
    incident_sla_id: Maybe[IncidentSlaId] = None,
    incident_id: Maybe[IncidentId] = None,
    sla_def_id: Maybe[SlaId] = None,
    stage: Maybe[str] = None,
    has_breached: Maybe[bool] = None,
    created_before: Maybe[Instant] = None,
    created_after: Maybe[Instant] = None,
) -> Removed[IncidentSla]:
    """Delete every SLA of incidents that passes all filters given; at least one is needed.

    Args:
        incident_sla_id: One of them.
        incident_id: Those of an incident.
        sla_def_id: Those of a definition.
        stage: in_progress, paused, completed or canceled.
        has_breached: True for those whose deadline has passed, false for the others.
        created_before: Created at this day or time, or earlier.
        created_after: Created at this day or time, or later.
    """
    ids = {"incident_sla_id": incident_sla_id, "incident_id": incident_id, "sla_def_id": sla_def_id}
    equal = {**ids, "stage": stage, "has_breached": has_breached}
    return filters.removal(ctx, TABLE, equal=equal, created=(created_after, created_before))  # type: ignore[no-any-return]


def _given(arguments: Row) -> Row:
    given = rows.given_of(arguments, "incident_sla_id")
    return given | {name: stored_instant(given[name], field=name) for name in TIMES if name in given}


def _check_times(ctx: Context, after: Row) -> None:
    """The deadline is not before the start; a promise is kept neither before that nor in the future."""
    start, due, end = (sla_clock.moment_of(after[name]) if after.get(name) else None for name in TIMES)
    if start and due and due < start:
        raise ToolError("invalid", f"INVALID_DATE_RANGE: breach_time {due} is before {start}.", field="breach_time")
    if end is None or access.is_parity(ctx):
        return
    if start and end < start:
        raise ToolError(
            "invalid", f"INVALID_DATE_RANGE: completed_time {end} is before {start}.", field="completed_time"
        )
    if end > sla_clock.moment_of(stored_now(ctx)):
        raise ToolError("invalid", f"INVALID_DATE: completed_time {end} is in the future.", field="completed_time")


def _check_definition(ctx: Context, incident: Row, definition: Row) -> None:
    """Level enforced: an incident gets active definitions for its priority."""
    if not access.enforces(ctx):
        return
    key, wanted = definition["sla_def_id"], definition["applies_to_priority"]
    if not definition["active"]:
        raise ToolError("conflict", f"POLICY_VIOLATION: {key} is not active.", field="sla_def_id")
    if wanted not in (None, incident["priority"]):
        message = f"POLICY_VIOLATION: {key} is for priority {wanted!r}, the incident has {incident['priority']!r}."
        query = "SELECT sla_def_id FROM sla_definition WHERE applies_to_priority = ? AND active = 1 AND org_id = ?"
        fitting = ctx.db.values(f"{query} ORDER BY sla_def_id", incident["priority"], definition["org_id"])
        raise ToolError("conflict", message, field="sla_def_id", accepted=fitting)


def _check_start(ctx: Context, columns: Row, definition: Row) -> None:
    """Level enforced: a new clock has the deadline of its definition and pauses only with the incident."""
    if not access.enforces(ctx):
        return
    due = sla_clock.due(columns["start_time"], definition)
    if columns["breach_time"] != due:
        message = f"POLICY_VIOLATION: the deadline is {definition['target_mins']} minutes after the start."
        raise ToolError("conflict", message, field="breach_time", accepted=[due])
    if columns["stage"] == "paused" and not access.holds(ctx, INCIDENT_WAITS, columns):
        message = f"POLICY_VIOLATION: an SLA is paused only when {INCIDENT_WAITS.text}."
        raise ToolError("conflict", message, field="stage", accepted=["in_progress"])
