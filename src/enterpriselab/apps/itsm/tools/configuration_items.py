"""Configuration items: machines, programs and other things that the desk looks after."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import catalogue, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Nullable
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import ItemId, ItemName, LocationId, OrganizationId, SerialNumber, UserId
from enterpriselab.apps.itsm.rules.enums import ItemStatus
from enterpriselab.toolkit import Context, ToolError, tool

Title = Annotated[str, Field(min_length=1, max_length=120)]
Serial = Annotated[SerialNumber, Field(min_length=1, max_length=60)]
Cost = Annotated[float, Field(ge=0)]
_TOO_MUCH = 100_000_000
"""The column holds ten digits, two of them behind the point."""


class Item(TypedDict):
    """A configuration item."""

    configuration_item_id: ItemId
    name: ItemName
    serial_number: SerialNumber
    owner_id: UserId
    location_id: LocationId | None
    org_id: OrganizationId
    status: ItemStatus
    cost: float | None
    created_on: str | None
    updated_on: str | None


class FoundItem(TypedDict):
    """The item, where there is one."""

    configuration_item: NotRequired[Item]


class AddedItem(TypedDict):
    """The new item."""

    configuration_item: Item


class ChangedItem(AddedItem):
    """The item after the change."""

    open_work: NotRequired[list[str]]
    """After a retirement: unfinished incidents, problems and changes that still name the item."""


@tool(writes=True)
def register_configuration_item(
    ctx: Context,
    *,
    name: Title,
    owner_id: UserId,
    location_id: LocationId,
    serial_number: Serial,
    status: ItemStatus,
    cost: Cost,
) -> AddedItem:
    """Register a configuration item of the acting user's organization.

    Args:
        name: Name of the item.
        owner_id: Who answers for it, an active user.
        location_id: Where it stands.
        serial_number: Number that no other item of the organization has.
        status: in_stock, in_use or maintenance for an item that begins its life.
        cost: What it cost, to the cent.
    """
    columns = rows.given(
        name=name,
        owner_id=owner_id,
        location_id=location_id,
        serial_number=serial_number,
        status=status,
        cost=_cents(cost),
    )
    item = rows.add(ctx, "configuration_item", **columns)
    catalogue.check_entry(ctx, "configuration_item", columns, item)
    return {"configuration_item": rows.shown("configuration_item", item)}


@tool(writes=True, idempotent=True)
def update_configuration_item(
    ctx: Context,
    *,
    configuration_item_id: ItemId,
    owner_id: Nullable[UserId] = None,
    location_id: Nullable[LocationId] = None,
    serial_number: Nullable[Serial] = None,
    status: Nullable[ItemStatus] = None,
    cost: Nullable[Cost] = None,
    name: Nullable[Annotated[str, Field(max_length=120)]] = None,
) -> ChangedItem:
    """Change a configuration item; what is not given stays as it is.

    Args:
        configuration_item_id: The item.
        owner_id: New owner, an active user.
        location_id: Where it stands now.
        serial_number: New number, which no other item of the organization has.
        status: New status; retired and disposed end the item's life.
        cost: New cost, to the cent.
        name: New name.
    """
    row = rows.need(ctx, "configuration_item", configuration_item_id)
    changes = rows.given(
        owner_id=owner_id,
        location_id=location_id,
        serial_number=serial_number,
        status=status,
        cost=None if cost is None else _cents(cost),
        name=name,
    )
    item = rows.revise(ctx, "configuration_item", row, changes)
    catalogue.check_entry(ctx, "configuration_item", changes, item)
    shown: ChangedItem = {"configuration_item": rows.shown("configuration_item", item)}
    return {**shown, **catalogue.aftermath(ctx, "configuration_item", row, item)}  # type: ignore[typeddict-item]


@tool()
def find_configuration_item_by_serial_number(ctx: Context, *, serial_number: SerialNumber) -> FoundItem:
    """Find a configuration item by its whole serial number, without regard to case.

    Args:
        serial_number: Serial number of the item.
    """
    label = "configuration_item"
    return rows.find_one(ctx, label, label, serial_number=serial_number)  # type: ignore[no-any-return]


@tool()
def find_configuration_items(
    ctx: Context,
    *,
    configuration_item_id: Nullable[ItemId] = None,
    owner_id: Nullable[UserId] = None,
    location_id: Nullable[LocationId] = None,
    serial_number: Nullable[str] = None,
    status: Nullable[ItemStatus] = None,
    cost: Nullable[float] = None,
    created_after: Nullable[Instant] = None,
    created_before: Nullable[Instant] = None,
) -> Listing[Item]:
    """List configuration items, newest first.

    Args:
        configuration_item_id: One item.
        owner_id: Items of this owner.
        location_id: Items at this location.
        serial_number: Part of the serial number.
        status: Present status.
        cost: Items that cost exactly this.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "configuration_item",
        like={"serial_number": serial_number},
        equal={
            "configuration_item_id": configuration_item_id,
            "owner_id": owner_id,
            "location_id": location_id,
            "status": status,
            "cost": cost,
        },
        created=(created_after, created_before),
    )


def _cents(cost: float) -> float:
    """The cost as the column holds it. Raises ToolError("invalid") for one that does not fit."""
    rounded = round(cost, 2)
    if rounded >= _TOO_MUCH:
        raise ToolError("invalid", f"VALUE_TOO_LONG: cost must be less than {_TOO_MUCH}, got {cost}.", field="cost")
    return float(rounded)
