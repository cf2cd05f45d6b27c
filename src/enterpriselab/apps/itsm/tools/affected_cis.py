"""Which configuration items an incident affects, beside the one that it names itself."""

from typing import Any

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe
from enterpriselab.apps.itsm.filters import Listing, Removed
from enterpriselab.apps.itsm.ids import AffectedItemId, IncidentId, ItemId, OrganizationId
from enterpriselab.toolkit import Context, tool

_TABLE = "incident_affected_cis"


class AffectedItem(TypedDict):
    """One item that one incident affects."""

    incident_affected_cis_id: AffectedItemId
    configuration_item: ItemId
    incident_id: IncidentId
    org_id: OrganizationId
    created_on: str | None
    updated_on: str | None


class LinkedItem(TypedDict):
    """The new link."""

    incident_affected_ci: AffectedItem


@tool(writes=True)
def link_affected_ci_to_incident(ctx: Context, *, configuration_item: ItemId, incident_id: IncidentId) -> LinkedItem:
    """Say that an incident affects a configuration item.

    Args:
        configuration_item: The item, which is in use or in maintenance.
        incident_id: The incident, which does not yet list the item.
    """
    item = rows.need(ctx, "configuration_item", configuration_item, field="configuration_item")
    access.check_linkable(ctx, "configuration_item", item, field="configuration_item")
    rows.need(ctx, "incident", incident_id)
    pair: dict[str, Any] = {"configuration_item": configuration_item, "incident_id": incident_id}
    rows.refuse_taken(ctx, _TABLE, "DUPLICATE_AFFECTED_CI", **pair)
    return {"incident_affected_ci": rows.shown(_TABLE, rows.add(ctx, _TABLE, **pair))}


@tool()
def list_incident_affected_cis(
    ctx: Context,
    *,
    incident_affected_cis_id: Maybe[AffectedItemId] = None,
    configuration_item: Maybe[ItemId] = None,
    incident_id: Maybe[IncidentId] = None,
    created_before: Maybe[Instant] = None,
    created_after: Maybe[Instant] = None,
) -> Listing[AffectedItem]:
    """List which items are affected by which incidents, newest first.

    Args:
        incident_affected_cis_id: One link.
        configuration_item: Links of this item.
        incident_id: Links of this incident.
        created_before: Created at this day or time, or earlier.
        created_after: Created at this day or time, or later.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        _TABLE,
        equal={
            "incident_affected_cis_id": incident_affected_cis_id,
            "configuration_item": configuration_item,
            "incident_id": incident_id,
        },
        created=(created_after, created_before),
    )


@tool(destructive=True, idempotent=True)
def remove_affected_ci_from_incident(
    ctx: Context,
    *,
    incident_affected_cis_id: Maybe[AffectedItemId] = None,
    configuration_item: Maybe[ItemId] = None,
    incident_id: Maybe[IncidentId] = None,
    created_before: Maybe[Instant] = None,
    created_after: Maybe[Instant] = None,
) -> Removed[AffectedItem]:
    """Remove every link between items and incidents that passes all given filters; at least one must be given.

    Args:
        incident_affected_cis_id: One link.
        configuration_item: Links of this item.
        incident_id: Links of this incident.
        created_before: Created at this day or time, or earlier.
        created_after: Created at this day or time, or later.
    """
    return filters.removal(  # type: ignore[no-any-return]
        ctx,
        _TABLE,
        equal={
            "incident_affected_cis_id": incident_affected_cis_id,
            "configuration_item": configuration_item,
            "incident_id": incident_id,
        },
        created=(created_after, created_before),
    )
