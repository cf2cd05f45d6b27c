"""Locations: where people sit and items stand."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.itsm import filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Nullable
from enterpriselab.apps.itsm.filters import Listing
from enterpriselab.apps.itsm.ids import LocationId, LocationName, OrganizationId
from enterpriselab.toolkit import Context, tool

Filled = Annotated[str, Field(min_length=1)]


class Location(TypedDict):
    """A place of an organization."""

    location_id: LocationId
    name: LocationName
    org_id: OrganizationId
    plot_no: str | None
    street: str | None
    city: str
    state: str | None
    country: str
    active: bool
    created_on: str | None
    updated_on: str | None


class LocationResult(TypedDict):
    """The location after a change."""

    location: Location


class FoundLocation(TypedDict):
    """The location, where there is one."""

    location: NotRequired[Location]


@tool()
def find_location_by_given_name(ctx: Context, *, name: LocationName) -> FoundLocation:
    """Find a location by its whole name, without regard to case.

    Names need not be unique: of several locations the one with the lowest id is given.

    Args:
        name: Name of the location.
    """
    return rows.find_one(ctx, "location", "location", name=name)  # type: ignore[no-any-return]


@tool()
def find_locations(
    ctx: Context,
    *,
    name: Nullable[str] = "",
    city: Nullable[str] = "",
    country: Nullable[str] = "",
    active: Nullable[bool] = True,
    created_after: Nullable[Instant] = "",
    created_before: Nullable[Instant] = "",
) -> Listing[Location]:
    """List locations, newest first; those in use unless `active` says otherwise.

    Args:
        name: Part of the name.
        city: Part of the city.
        country: Part of the country.
        active: True for those in use, false for closed ones, null for both.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    return filters.listing(  # type: ignore[no-any-return]
        ctx,
        "location",
        like={"name": name, "city": city, "country": country},
        equal={"active": active},
        created=(created_after, created_before),
    )


@tool(writes=True)
def add_location(
    ctx: Context,
    *,
    name: Filled,
    active: Nullable[bool] = True,
    plot_no: Nullable[str] = "",
    street: Nullable[str] = "",
    city: Filled,
    state: Nullable[str] = "",
    country: Filled,
) -> LocationResult:
    """Add a location to the acting user's organization.

    Args:
        name: Name of the location.
        active: Whether it is in use.
        plot_no: Number of the plot or building.
        street: Street.
        city: City.
        state: State, region or province.
        country: Country.
    """
    added = rows.add(
        ctx,
        "location",
        name=name,
        active=active is not False,
        plot_no=plot_no,
        street=street,
        city=city,
        state=state,
        country=country,
    )
    return {"location": rows.shown("location", added)}


@tool()
def get_location_by_id(ctx: Context, *, location_id: LocationId) -> FoundLocation:
    """Get a location by its id.

    Args:
        location_id: The location.
    """
    return rows.find_one(ctx, "location", "location", location_id=location_id)  # type: ignore[no-any-return]


@tool(writes=True)
def update_location(
    ctx: Context,
    *,
    location_id: LocationId,
    name: Nullable[str] = "",
    active: Nullable[bool] = None,
    plot_no: Nullable[str] = "",
    street: Nullable[str] = "",
    city: Nullable[Filled] = None,
    state: Nullable[str] = "",
    country: Nullable[Filled] = None,
) -> LocationResult:
    """Change a location; what is not given stays as it is.

    Args:
        location_id: The location.
        name: New name.
        active: False closes it, true opens it again.
        plot_no: New number of the plot or building.
        street: New street.
        city: New city.
        state: New state, region or province.
        country: New country.
    """
    row = rows.need(ctx, "location", location_id)
    changes = rows.given(
        name=name, active=active, plot_no=plot_no, street=street, city=city, state=state, country=country
    )
    return {"location": rows.shown("location", rows.revise(ctx, "location", row, changes))}
