"""Incident templates: what a common kind of incident says, so that it is reported the same way each time."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe, Nullable
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import (
    ItemId,
    OfferingId,
    OrganizationId,
    ServiceId,
    TemplateId,
    TemplateName,
    UserId,
)
from enterpriselab.apps.itsm.priorities import with_priority
from enterpriselab.apps.itsm.rules.enums import Channel, Impact, Priority, TemplateCategory, Urgency
from enterpriselab.toolkit import Context, Row, ToolError, tool

TABLE = "incident_template"
Title = Annotated[str, Field(min_length=1, max_length=120)]
NewTitle = Annotated[str, Field(min_length=0, max_length=120)]


class NewValues(TypedDict):
    """What an incident made from a new template says."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    caller_id: UserId
    short_description: str
    channel: NotRequired[Maybe[Channel]]
    category: NotRequired[Maybe[TemplateCategory]]
    impact: NotRequired[Maybe[Impact]]
    urgency: NotRequired[Maybe[Urgency]]
    priority: NotRequired[Maybe[Priority]]
    configuration_item: NotRequired[Maybe[ItemId]]
    service: NotRequired[Maybe[ServiceId]]
    service_offering: NotRequired[Maybe[OfferingId]]


class ChangedValues(TypedDict, total=False):
    """What changes in a template; empty texts change nothing."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    caller_id: Maybe[UserId]
    short_description: Maybe[str]
    channel: Nullable[Channel]
    category: Nullable[TemplateCategory]
    impact: Maybe[Impact]
    urgency: Maybe[Urgency]
    priority: Maybe[Priority]
    configuration_item: Nullable[ItemId]
    service: Nullable[ServiceId]
    service_offering: Nullable[OfferingId]


UNCHANGED: ChangedValues = dict.fromkeys(ChangedValues.__annotations__, "")  # type: ignore[assignment]
"""The public default: every value empty."""


class Template(TypedDict):
    """A template for incidents."""

    incident_template_id: TemplateId
    name: TemplateName
    active: bool | None
    caller_id: UserId
    channel: Channel | None
    short_description: str
    category: TemplateCategory | None
    impact: Impact
    urgency: Urgency
    priority: Priority
    configuration_item: ItemId | None
    service: ServiceId | None
    service_offering: OfferingId | None
    org_id: OrganizationId
    created_at: str | None
    updated_at: str | None


class FoundTemplate(TypedDict):
    """The template, where there is one."""

    incident_template: NotRequired[Template]


class WrittenTemplate(TypedDict):
    """The template as it is after the call."""

    incident_template: Template


@tool(writes=True)
def create_new_incident_template(
    ctx: Context, *, name: Title, change_request_values: NewValues, active: Maybe[bool] = None
) -> WrittenTemplate:
    """Add a template for incidents to the acting user's organization.

    Args:
        name: Name of the template.
        change_request_values: What an incident made from it says. Impact and urgency are low when left out; the
            priority follows from them. The offering is one of the service.
        active: Whether incidents can be made from it; true when left out.
    """
    access.check_right(ctx, TABLE, "create")
    given = rows.given(name=name, active=active, **change_request_values)
    columns = with_priority(ctx, rows.with_defaults(ctx, TABLE, given))
    _check_links(ctx, columns, columns)
    return {"incident_template": rows.shown(TABLE, rows.add(ctx, TABLE, **columns))}


@tool(writes=True, idempotent=True)
def update_incident_template(
    ctx: Context,
    *,
    incident_template_id: TemplateId,
    name: Maybe[NewTitle] = "",
    change_request_values: ChangedValues = UNCHANGED,
    active: Nullable[bool] = None,
) -> WrittenTemplate:
    """Change a template; what is not given stays as it is. Incidents already made from it do not change.

    Args:
        incident_template_id: The template.
        name: New name.
        change_request_values: What an incident made from it says from now on. A new impact or urgency gives a new
            priority, unless one is given.
        active: False retires the template, true brings it back.
    """
    row = rows.need(ctx, TABLE, incident_template_id)
    given = rows.given(name=name, active=active, **change_request_values)
    access.check_right(ctx, TABLE, "update", row)
    changes = with_priority(ctx, given, row)
    _check_links(ctx, rows.differing(row, changes), row | changes)
    return {"incident_template": rows.shown(TABLE, rows.revise(ctx, TABLE, row, changes))}


@tool()
def get_incident_template_by_name(ctx: Context, *, name: TemplateName) -> FoundTemplate:
    """Get a template by its whole name, without regard to case; of several the one with the lowest id.

    Args:
        name: Name of the template.
    """
    return rows.find_one(ctx, TABLE, TABLE, name=name)  # type: ignore[no-any-return]


@tool()
def get_incident_templates(
    ctx: Context,
    *,
    incident_template_id: Nullable[TemplateId] = None,
    name: Nullable[str] = None,
    active: Nullable[bool] = None,
    created_after: Nullable[Instant] = None,
    created_before: Nullable[Instant] = None,
) -> Listing[Template]:
    """List templates, newest first.

    Args:
        incident_template_id: One template.
        name: Part of the name.
        active: True for those in use, false for retired ones; both when left out.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        TABLE,
        like={"name": name},
        equal={"incident_template_id": incident_template_id, "active": active},
        created=(created_after, created_before),
    )


def _check_links(ctx: Context, columns: Row, after: Row) -> None:
    """Service and offering are of one organization, at every level; enforced: the offering is one of the service."""
    access.check_references(ctx, columns, after)
    service_id, offering_id = after.get("service"), after.get("service_offering")
    if not offering_id or not {"service", "service_offering"} & columns.keys():
        return
    offering = rows.need(ctx, "service_offering", offering_id, field="service_offering")
    service = rows.need(ctx, "service", service_id or offering["business_service"], field="service")
    if service["org_id"] != offering["org_id"]:
        message = (
            f"CROSS_ORGANIZATION_ACCESS: {offering_id} belongs to {offering['org_id']}, not to {service['org_id']}."
        )
        raise ToolError("forbidden", message, field="service_offering")
    if access.enforces(ctx) and service["service_id"] != offering["business_service"]:
        message = f"POLICY_VIOLATION: {offering_id} is an offering of {offering['business_service']}."
        raise ToolError("conflict", message, field="service_offering", accepted=[offering["business_service"]])
