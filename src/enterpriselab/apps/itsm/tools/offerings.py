"""Service offerings: what can be had of a service."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, catalogue, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import OfferingId, OfferingName, OrganizationId, ServiceId, UserId
from enterpriselab.apps.itsm.rules.enums import Classification, Criticality, ServiceStatus, UsedFor
from enterpriselab.toolkit import Context, tool

Title = Annotated[str, Field(min_length=1, max_length=120)]
Short = Annotated[str, Field(max_length=120)]


class Offering(TypedDict):
    """An offering of a service."""

    service_offering_id: OfferingId
    name: OfferingName
    short_description: str
    owned_by: UserId
    business_service: ServiceId
    org_id: OrganizationId
    used_for: UsedFor
    status: ServiceStatus
    service_classification: Classification
    business_criticality: Criticality
    description: str | None
    created_on: str | None
    updated_on: str | None


class FoundOffering(TypedDict):
    """The offering, where there is one."""

    service_offering: NotRequired[Offering]


class AddedOffering(TypedDict):
    """The new offering."""

    service_offering: Offering


class ChangedOffering(AddedOffering):
    """The offering after the change."""

    open_work: NotRequired[list[str]]
    """After a retirement: unfinished incidents, problems and changes that still name the offering."""


@tool()
def find_service_offerings(
    ctx: Context,
    *,
    service_offering_id: Maybe[OfferingId] = None,
    name: Maybe[str] = None,
    owned_by: Maybe[UserId] = None,
    used_for: Maybe[UsedFor] = None,
    status: Maybe[ServiceStatus] = None,
    service_classification: Maybe[Classification] = None,
    business_criticality: Maybe[Criticality] = None,
    short_description: Maybe[str] = None,
    parent: Maybe[ServiceId] = None,
    created_after: Maybe[Instant] = None,
    created_before: Maybe[Instant] = None,
) -> Listing[Offering]:
    """List service offerings, newest first.

    Args:
        service_offering_id: One offering.
        name: Part of the name.
        owned_by: Offerings of this owner.
        used_for: What the offering is used for.
        status: Present status.
        service_classification: Kind of offering.
        business_criticality: How much the business depends on it.
        short_description: Part of the short description.
        parent: Offerings of this service.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "service_offering",
        like={"name": name, "short_description": short_description},
        equal={
            "service_offering_id": service_offering_id,
            "owned_by": owned_by,
            "used_for": used_for,
            "status": status,
            "service_classification": service_classification,
            "business_criticality": business_criticality,
            "business_service": parent,
        },
        created=(created_after, created_before),
    )


@tool()
def find_service_offering_by_name(ctx: Context, *, name: OfferingName) -> FoundOffering:
    """Find a service offering by its whole name, without regard to case; of several the one with the lowest id.

    Args:
        name: Name of the offering.
    """
    return rows.find_one(ctx, "service_offering", "service_offering", name=name)  # type: ignore[no-any-return]


@tool(writes=True)
def register_new_service_offering(
    ctx: Context,
    *,
    name: Title,
    owned_by: UserId,
    used_for: Maybe[UsedFor] = None,
    status: Maybe[ServiceStatus] = None,
    service_classification: Maybe[Classification] = None,
    business_criticality: Maybe[Criticality] = None,
    short_description: Short,
    parent: ServiceId,
) -> AddedOffering:
    """Add an offering to a service.

    Left out, it is an operational business offering for production, somewhat critical.

    Args:
        name: Name that no other offering of the organization has.
        owned_by: Who answers for the offering, an active user.
        used_for: What the offering is used for.
        status: Status to begin with.
        service_classification: Kind of offering.
        business_criticality: How much the business depends on it.
        short_description: What one gets.
        parent: The service that it belongs to, which is not retired.
    """
    columns = rows.given(
        name=name,
        owned_by=owned_by,
        used_for=used_for,
        status=status,
        service_classification=service_classification,
        business_criticality=business_criticality,
        short_description=short_description,
        business_service=parent,
    )
    access.check_linkable(ctx, "service", rows.need(ctx, "service", parent, field="parent"), field="parent")
    offering = rows.add(ctx, "service_offering", **rows.with_defaults(ctx, "service_offering", columns))
    catalogue.check_entry(ctx, "service_offering", columns, offering)
    return {"service_offering": rows.shown("service_offering", offering)}


@tool(writes=True, idempotent=True)
def update_service_offering(
    ctx: Context,
    *,
    service_offering_id: OfferingId,
    name: Maybe[Title] = None,
    owned_by: Maybe[UserId] = None,
    used_for: Maybe[UsedFor] = None,
    status: Maybe[ServiceStatus] = None,
    service_classification: Maybe[Classification] = None,
    business_criticality: Maybe[Criticality] = None,
    short_description: Maybe[Short] = None,
    parent: Maybe[ServiceId] = None,
) -> ChangedOffering:
    """Change a service offering; what is not given stays as it is.

    Args:
        service_offering_id: The offering.
        name: New name, which no other offering of the organization has.
        owned_by: New owner, an active user.
        used_for: New use.
        status: New status.
        service_classification: New kind of offering.
        business_criticality: New criticality.
        short_description: New short description.
        parent: Service that the offering moves to, which is not retired.
    """
    row = rows.need(ctx, "service_offering", service_offering_id)
    changes = rows.given(
        name=name,
        owned_by=owned_by,
        used_for=used_for,
        status=status,
        service_classification=service_classification,
        business_criticality=business_criticality,
        short_description=short_description,
        business_service=parent,
    )
    if parent:
        access.check_linkable(ctx, "service", rows.need(ctx, "service", parent, field="parent"), field="parent")
    offering = rows.revise(ctx, "service_offering", row, changes)
    catalogue.check_entry(ctx, "service_offering", changes, offering)
    shown: ChangedOffering = {"service_offering": rows.shown("service_offering", offering)}
    return {**shown, **catalogue.aftermath(ctx, "service_offering", row, offering)}  # type: ignore[typeddict-item]
