"""Incidents: reporting and working on them."""

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, family, incident_status, rows, sla_clock
from enterpriselab.apps.itsm.arguments import Instant, Nullable, stored_instant
from enterpriselab.apps.itsm.ids import (
    ChangeId,
    GroupId,
    IncidentId,
    IncidentNumber,
    ItemId,
    OfferingId,
    ProblemId,
    ServiceId,
    TemplateId,
    UserId,
    next_number,
)
from enterpriselab.apps.itsm.rules.enums import (
    Channel,
    Impact,
    IncidentCategory,
    IncidentStatus,
    OnHoldReason,
    Priority,
    ResolutionCode,
    Urgency,
)
from enterpriselab.apps.itsm.tools.incidents import Incident
from enterpriselab.toolkit import Context, Row, tool


class WrittenIncident(TypedDict):
    """The incident as it is after the call."""

    incident: Incident


@tool(writes=True)
def create_incident(
    ctx: Context,
    *,
    service: Nullable[ServiceId] = None,
    service_offering: Nullable[OfferingId] = None,
    configuration_item: Nullable[ItemId] = None,
    caller_id: UserId,
    channel: Nullable[Channel] = None,
    status: Nullable[IncidentStatus] = None,
    category: Nullable[IncidentCategory] = None,
    short_description: str,
    description: Nullable[str] = None,
    impact: Nullable[Impact] = None,
    urgency: Nullable[Urgency] = None,
    priority: Nullable[Priority] = None,
    assigned_to: Nullable[UserId] = None,
    assignment_group: Nullable[GroupId] = None,
    worknotes: Nullable[str] = None,
    resolution_notes: Nullable[str] = None,
    close_notes: Nullable[str] = None,
    resolution_code: Nullable[ResolutionCode] = None,
    parent_incident: Nullable[IncidentId] = None,
    problem: Nullable[ProblemId] = None,
    change_request: Nullable[ChangeId] = None,
    caused_by_change: Nullable[ChangeId] = None,
    resolved_by: Nullable[UserId] = None,
    on_hold_reason: Nullable[OnHoldReason] = None,
    incident_template: Nullable[TemplateId] = None,
    resolved: Nullable[Instant] = None,
) -> WrittenIncident:
    """Report an incident; texts take at most 120 characters.

    Left out: status is new, channel chat, category inquiry-help, impact and urgency low; the priority follows from
    impact and urgency. A template fills what is left out before that. An incident reported as resolved is stamped with
    the present time and the acting user.

    Args:
        service: Service that is disturbed.
        service_offering: Offering that is disturbed.
        configuration_item: Item that is at fault.
        caller_id: Who reports it.
        channel: How it is reported.
        status: Where it stands.
        category: Kind of disturbance.
        short_description: What happened, in one line.
        description: What happened, in full.
        impact: How far it reaches.
        urgency: How long it can wait.
        priority: In which order it is worked on.
        assigned_to: Who works on it: an active agent or manager of the assignment group.
        assignment_group: Group that works on it.
        worknotes: Notes of those who work on it.
        resolution_notes: How it was resolved, in words.
        close_notes: Closing words.
        resolution_code: How it was resolved.
        parent_incident: Incident that it is part of; becomes its parent in the list of child incidents too.
        problem: Problem that causes it.
        change_request: Change that is to end it.
        caused_by_change: Change that caused it.
        resolved_by: Who resolved it.
        on_hold_reason: What it waits for.
        incident_template: Template to make it from.
        resolved: When it was resolved.
    """
    given = _given(locals())
    access.check_right(ctx, "incident", "create")
    columns = incident_status.completed(ctx, given)
    incident_status.check_resolved(ctx, columns)
    incident_status.check_links(ctx, columns, columns)
    incident = rows.add(ctx, "incident", number=next_number(ctx, "incident"), **columns)
    family.map_parent(ctx, incident)
    return {"incident": rows.shown("incident", incident)}


@tool(writes=True, idempotent=True)
def update_incident(
    ctx: Context,
    *,
    incident_id: IncidentId,
    number: Nullable[IncidentNumber] = None,
    service: Nullable[ServiceId] = None,
    service_offering: Nullable[OfferingId] = None,
    configuration_item: Nullable[ItemId] = None,
    caller_id: Nullable[UserId] = None,
    channel: Nullable[Channel] = None,
    status: Nullable[IncidentStatus] = None,
    category: Nullable[IncidentCategory] = None,
    short_description: Nullable[str] = None,
    description: Nullable[str] = None,
    impact: Nullable[Impact] = None,
    urgency: Nullable[Urgency] = None,
    priority: Nullable[Priority] = None,
    assigned_to: Nullable[UserId] = None,
    assignment_group: Nullable[GroupId] = None,
    worknotes: Nullable[str] = None,
    resolution_notes: Nullable[str] = None,
    close_notes: Nullable[str] = None,
    resolution_code: Nullable[ResolutionCode] = None,
    parent_incident: Nullable[IncidentId] = None,
    problem: Nullable[ProblemId] = None,
    change_request: Nullable[ChangeId] = None,
    caused_by_change: Nullable[ChangeId] = None,
    resolved_by: Nullable[UserId] = None,
    on_hold_reason: Nullable[OnHoldReason] = None,
    incident_template: Nullable[TemplateId] = None,
    resolved: Nullable[Instant] = None,
) -> WrittenIncident:
    """Change an incident; what is not given stays as it is, and texts take at most 120 characters.

    A new impact or urgency gives a new priority, unless one is given. Resolving stamps the time and the acting user;
    reopening clears how it was resolved; leaving on_hold clears the reason. The SLAs of the incident follow its status:
    they pause while it is on hold, where their definition says so, and end when it is resolved or canceled.

    Args:
        incident_id: The incident.
        number: New number, which no other incident of the organization has.
        service: Service that is disturbed.
        service_offering: Offering that is disturbed.
        configuration_item: Item that is at fault.
        caller_id: Who reported it.
        channel: How it was reported.
        status: Where it stands. on_hold needs a reason, resolved a resolution code and notes.
        category: Kind of disturbance.
        short_description: What happened, in one line.
        description: What happened, in full.
        impact: How far it reaches.
        urgency: How long it can wait.
        priority: In which order it is worked on.
        assigned_to: Who works on it: an active agent or manager of the assignment group.
        assignment_group: Group that works on it.
        worknotes: Notes of those who work on it; they replace the present ones.
        resolution_notes: How it was resolved, in words.
        close_notes: Closing words.
        resolution_code: How it was resolved.
        parent_incident: Incident that it is part of; becomes its parent in the list of child incidents too.
        problem: Problem that causes it.
        change_request: Change that is to end it.
        caused_by_change: Change that caused it.
        resolved_by: Who resolved it.
        on_hold_reason: What it waits for.
        incident_template: Template that it was made from; fills nothing in.
        resolved: When it was resolved.
    """
    given = _given(locals())
    row = rows.need(ctx, "incident", incident_id)
    return {"incident": rows.shown("incident", _update(ctx, row, given))}


def _update(ctx: Context, row: Row, given: Row) -> Row:
    access.check_right(ctx, "incident", "update", row)
    changes = incident_status.revised(ctx, row, given)
    new = rows.differing(row, changes)
    incident_status.check_resolved(ctx, new, row)
    incident_status.check_links(ctx, new, row | changes)
    rows.refuse_taken(ctx, "incident", "DUPLICATE_NUMBER", but=row, number=new.get("number"), org_id=row["org_id"])
    incident = rows.revise(ctx, "incident", row, changes)
    if incident["parent_incident"] != row["parent_incident"]:
        family.map_parent(ctx, incident)
    if incident["status"] != row["status"]:
        sla_clock.follow_status(ctx, row, incident)
    return incident


def _given(arguments: Row) -> Row:
    given = rows.given_of(arguments, "incident_id")
    if "resolved" in given:
        given["resolved"] = stored_instant(given["resolved"], field="resolved")
    return given
