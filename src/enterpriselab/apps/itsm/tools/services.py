"""Services: what the desk supports, who owns it and how much depends on it."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import catalogue, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import OfferingId, OrganizationId, ServiceId, ServiceName, UserId
from enterpriselab.apps.itsm.rules.enums import Classification, Criticality, ServiceStatus, UsedFor
from enterpriselab.toolkit import Context, tool

Title = Annotated[str, Field(min_length=1, max_length=100)]


class Service(TypedDict):
    """A service of an organization."""

    service_id: ServiceId
    name: ServiceName
    owned_by: UserId
    org_id: OrganizationId
    used_for: UsedFor
    status: ServiceStatus
    service_classification: Classification
    business_criticality: Criticality
    description: str | None
    created_on: str | None
    updated_on: str | None


class FoundService(TypedDict):
    """The service, where there is one."""

    service: NotRequired[Service]


class AddedService(TypedDict):
    """The new service."""

    service: Service


class ChangedService(AddedService):
    """The service after the change."""

    retired_offerings: NotRequired[list[OfferingId]]
    """Offerings that were retired with the service."""
    open_work: NotRequired[list[str]]
    """After a retirement: unfinished incidents, problems and changes that still name the service."""


@tool()
def find_services(
    ctx: Context,
    *,
    service_id: Maybe[ServiceId] = None,
    name: Maybe[str] = None,
    owned_by: Maybe[UserId] = None,
    used_for: Maybe[UsedFor] = None,
    status: Maybe[ServiceStatus] = None,
    service_classification: Maybe[Classification] = None,
    business_criticality: Maybe[Criticality] = None,
    created_after: Maybe[Instant] = None,
    created_before: Maybe[Instant] = None,
) -> Listing[Service]:
    """List services, newest first.

    Args:
        service_id: One service.
        name: Part of the name.
        owned_by: Services of this owner.
        used_for: What the service is used for.
        status: Present status.
        service_classification: Kind of service.
        business_criticality: How much the business depends on it.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "service",
        like={"name": name},
        equal={
            "service_id": service_id,
            "owned_by": owned_by,
            "used_for": used_for,
            "status": status,
            "service_classification": service_classification,
            "business_criticality": business_criticality,
        },
        created=(created_after, created_before),
    )


@tool()
def find_service_by_name(ctx: Context, *, name: ServiceName) -> FoundService:
    """Find a service by its whole name, without regard to case; of several the one with the lowest id.

    Args:
        name: Name of the service.
    """
    return rows.find_one(ctx, "service", "service", name=name)  # type: ignore[no-any-return]


@tool(writes=True)
def add_new_service(
    ctx: Context,
    *,
    name: Title,
    owned_by: UserId,
    used_for: Maybe[UsedFor] = None,
    status: Maybe[ServiceStatus] = None,
    service_classification: Maybe[Classification] = None,
    business_criticality: Maybe[Criticality] = None,
    description: Maybe[str] = None,
) -> AddedService:
    """Add a service to the acting user's organization.

    Left out, it is an operational business service for production, somewhat critical.

    Args:
        name: Name that no other service of the organization has.
        owned_by: Who answers for the service, an active user.
        used_for: What the service is used for.
        status: Status to begin with.
        service_classification: Kind of service.
        business_criticality: How much the business depends on it.
        description: What it does, at most 500 characters.
    """
    columns = rows.given(
        name=name,
        owned_by=owned_by,
        used_for=used_for,
        status=status,
        service_classification=service_classification,
        business_criticality=business_criticality,
        description=description,
    )
    service = rows.add(ctx, "service", **rows.with_defaults(ctx, "service", columns))
    catalogue.check_entry(ctx, "service", columns, service)
    return {"service": rows.shown("service", service)}


@tool(writes=True, idempotent=True)
def update_service(
    ctx: Context,
    *,
    service_id: ServiceId,
    name: Maybe[Title] = None,
    owned_by: Maybe[UserId] = None,
    used_for: Maybe[UsedFor] = None,
    status: Maybe[ServiceStatus] = None,
    service_classification: Maybe[Classification] = None,
    business_criticality: Maybe[Criticality] = None,
    description: Maybe[str] = None,
) -> ChangedService:
    """Change a service; what is not given stays as it is. A service that is retired takes its offerings with it.

    Args:
        service_id: The service.
        name: New name, which no other service of the organization has.
        owned_by: New owner, an active user.
        used_for: New use.
        status: New status.
        service_classification: New kind of service.
        business_criticality: New criticality.
        description: New description, at most 500 characters.
    """
    row = rows.need(ctx, "service", service_id)
    changes = rows.given(
        name=name,
        owned_by=owned_by,
        used_for=used_for,
        status=status,
        service_classification=service_classification,
        business_criticality=business_criticality,
        description=description,
    )
    service = rows.revise(ctx, "service", row, changes)
    catalogue.check_entry(ctx, "service", changes, service)
    shown: ChangedService = {"service": rows.shown("service", service)}
    return {**shown, **catalogue.aftermath(ctx, "service", row, service)}  # type: ignore[typeddict-item]
