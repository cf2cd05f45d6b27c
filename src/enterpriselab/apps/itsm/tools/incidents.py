"""Incidents: look-up, lists and what is assigned to whom."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Nullable, stored_instant
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import (
    ChangeId,
    GroupId,
    IncidentId,
    IncidentNumber,
    ItemId,
    OfferingId,
    OrganizationId,
    ProblemId,
    ServiceId,
    TemplateId,
    UserId,
)
from enterpriselab.apps.itsm.rules.enums import (
    ContactType,
    Impact,
    IncidentCategory,
    IncidentStatus,
    ListedChannel,
    OnHoldReason,
    Priority,
    ResolutionCode,
    Urgency,
)
from enterpriselab.toolkit import Context, tool


class Incident(TypedDict):
    """A disturbance that somebody reported."""

    incident_id: IncidentId
    number: IncidentNumber
    short_description: str
    caller_id: UserId
    service: ServiceId | None
    service_offering: OfferingId | None
    configuration_item: ItemId | None
    assigned_to: UserId | None
    assignment_group: GroupId | None
    resolved_by: UserId | None
    problem: ProblemId | None
    change_request: ChangeId | None
    caused_by_change: ChangeId | None
    incident_template: TemplateId | None
    parent_incident: IncidentId | None
    org_id: OrganizationId
    channel: ListedChannel | None
    contact_type: ContactType | None
    status: IncidentStatus
    category: IncidentCategory
    description: str | None
    worknotes: str | None
    resolution_notes: str | None
    close_notes: str | None
    impact: Impact
    urgency: Urgency
    priority: Priority
    resolution_code: ResolutionCode | None
    on_hold_reason: OnHoldReason | None
    resolved: str | None
    created_at: str | None
    updated_at: str | None
    service_display: str | None
    service_offering_display: str | None
    configuration_item_display: str | None
    assigned_to_display: str | None
    assignment_group_display: str | None
    parent_incident_display: str | None
    problem_display: str | None
    change_request_display: str | None
    incident_template_display: str | None


class FoundIncident(TypedDict):
    """The incident, where there is one."""

    incident: NotRequired[Incident]


@tool()
def find_incident_by_number(ctx: Context, *, number: IncidentNumber) -> FoundIncident:
    """Find an incident by its number.

    Two organizations can use the same number: the incident with the lowest id is given. `list_incidents` shows all.

    Args:
        number: The number, without regard to case.
    """
    return rows.find_one(ctx, "incident", "incident", number=number)  # type: ignore[no-any-return]


@tool()
def find_incident_by_id(ctx: Context, *, incident_id: IncidentId) -> FoundIncident:
    """Find an incident by its id.

    Args:
        incident_id: The incident.
    """
    return rows.find_one(ctx, "incident", "incident", incident_id=incident_id)  # type: ignore[no-any-return]


@tool()
def list_incidents(
    ctx: Context,
    *,
    incident_id: Nullable[IncidentId] = None,
    number: Nullable[IncidentNumber] = None,
    service: Nullable[ServiceId] = None,
    service_offering: Nullable[OfferingId] = None,
    configuration_item: Nullable[ItemId] = None,
    called_id: Nullable[UserId] = None,
    channel: Nullable[ListedChannel] = None,
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
    created_after: Nullable[Instant] = None,
    created_before: Nullable[Instant] = None,
) -> Listing[Incident]:
    """List incidents, newest first; every filter that is given must hold.

    Args:
        incident_id: One incident.
        number: Part of the number.
        service: Service that is disturbed.
        service_offering: Offering that is disturbed.
        configuration_item: Item that is at fault.
        called_id: Who reported it (the caller).
        channel: How it was reported.
        status: Where it stands.
        category: Kind of disturbance.
        short_description: Part of the short description.
        description: Part of the description.
        impact: How far it reaches.
        urgency: How long it can wait.
        priority: In which order it is worked on.
        assigned_to: Who works on it.
        assignment_group: Group that works on it.
        worknotes: Part of the work notes.
        resolution_notes: Part of the resolution notes.
        close_notes: Part of the closing notes.
        resolution_code: How it was resolved.
        parent_incident: Incident that it is part of.
        problem: Problem that causes it.
        change_request: Change that is to end it.
        caused_by_change: Change that caused it.
        resolved_by: Who resolved it.
        on_hold_reason: What it waits for.
        incident_template: Template that it was made from.
        resolved: When it was resolved: a day, or an instant to the second.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    texts = {"number": number, "short_description": short_description, "description": description}
    notes = {"worknotes": worknotes, "resolution_notes": resolution_notes, "close_notes": close_notes}
    assets = {"service": service, "service_offering": service_offering, "configuration_item": configuration_item}
    people = {"caller_id": called_id, "assigned_to": assigned_to, "resolved_by": resolved_by}
    kinds = {"channel": channel, "status": status, "category": category, "assignment_group": assignment_group}
    levels = {"impact": impact, "urgency": urgency, "priority": priority, "resolution_code": resolution_code}
    links = {"problem": problem, "change_request": change_request, "caused_by_change": caused_by_change}
    origin = {"incident_id": incident_id, "parent_incident": parent_incident, "incident_template": incident_template}
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "incident",
        like=texts | notes | {"resolved": _resolved_part(ctx, resolved)},
        equal={**assets, **people, **kinds, **levels, **links, **origin, "on_hold_reason": on_hold_reason},
        created=(created_after, created_before),
    )


@tool()
def get_incidents_assigned_to(
    ctx: Context, *, assignment_group: Nullable[GroupId] = None, assigned_to: Nullable[UserId] = None
) -> Listing[Incident]:
    """List the incidents of a group, of a person, or of a person within a group, newest first.

    Args:
        assignment_group: The group; this or `assigned_to` is needed.
        assigned_to: The person.
    """
    return filters.assigned(ctx, "incident", assignment_group, assigned_to)  # type: ignore[no-any-return]


def _resolved_part(ctx: Context, resolved: str | None) -> str | None:
    """The part of a stored instant that a filter means: ten characters for a day."""
    if resolved is None or access.is_parity(ctx):
        return resolved
    return stored_instant(resolved, field="resolved")[: 10 if len(resolved.strip()) <= 10 else None]
