"""Which changes belong to which incidents and problems."""

from typing import Any

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, filters, rows
from enterpriselab.apps.itsm.arguments import Instant, Maybe, Nullable
from enterpriselab.apps.itsm.filters import Listing, Removed
from enterpriselab.apps.itsm.ids import ChangeId, ChangeMappingId, IncidentId, OrganizationId, ProblemId
from enterpriselab.toolkit import Context, tool

_TABLE = "change_request_mapping"


class Mapping(TypedDict):
    """A change and the incident, the problem, or the incident and problem that it is for."""

    change_request_mapping_id: ChangeMappingId
    change_id: ChangeId
    incident_id: IncidentId | None
    problem_id: ProblemId | None
    org_id: OrganizationId
    created_at: str | None
    updated_at: str | None


class AddedMapping(TypedDict):
    """The new mapping."""

    change_request_mapping: Mapping


@tool(writes=True)
def map_change_request(
    ctx: Context,
    *,
    change_id: ChangeId,
    incident_id: Nullable[IncidentId] = None,
    problem_id: Nullable[ProblemId] = None,
) -> AddedMapping:
    """Map a change to an incident, to a problem, or to both; at least one must be given.

    Args:
        change_id: The change.
        incident_id: Incident that the change is for; it is not yet mapped to the change.
        problem_id: Problem that the change is for; it is not yet mapped to the change.
    """
    filters.refuse_unfiltered(incident_id=incident_id, problem_id=problem_id)
    rows.need(ctx, "change", change_id)
    targets: dict[str, Any] = rows.given(incident_id=incident_id, problem_id=problem_id)
    for column, key in targets.items():
        rows.need(ctx, column.removesuffix("_id"), key)
        rows.refuse_taken(ctx, _TABLE, "DUPLICATE_MAPPING", **{column: key}, change_id=change_id)
    mapping = rows.add(ctx, _TABLE, change_id=change_id, **targets)
    return {"change_request_mapping": rows.shown(_TABLE, mapping)}


@tool()
def list_change_request_mappings(
    ctx: Context,
    *,
    change_request_mapping_id: Maybe[ChangeMappingId] = None,
    change_id: Maybe[ChangeId] = None,
    incident_id: Maybe[IncidentId] = None,
    problem_id: Maybe[ProblemId] = None,
    created_after: Maybe[Instant] = None,
    created_before: Maybe[Instant] = None,
) -> Listing[Mapping]:
    """List mappings of changes, newest first.

    Args:
        change_request_mapping_id: One mapping.
        change_id: Mappings of this change.
        incident_id: Mappings to this incident.
        problem_id: Mappings to this problem.
        created_after: Created at this day or time, or later.
        created_before: Created at this day or time, or earlier.
    """
    equal = rows.given_of(locals(), "created_after", "created_before")
    created = (created_after, created_before)
    return filters.listing(ctx, _TABLE, equal=equal, created=created)  # type: ignore[no-any-return]


@tool()
def find_change_request_mappings_for_incident(ctx: Context, *, incident_id: IncidentId) -> Listing[Mapping]:
    """List the changes that are mapped to an incident, newest mapping first.

    Args:
        incident_id: The incident.
    """
    return _mapped_to(ctx, "incident", incident_id)  # type: ignore[no-any-return]


@tool()
def find_change_request_mappings_for_problem(ctx: Context, *, problem_id: ProblemId) -> Listing[Mapping]:
    """List the changes that are mapped to a problem, newest mapping first.

    Args:
        problem_id: The problem.
    """
    return _mapped_to(ctx, "problem", problem_id)  # type: ignore[no-any-return]


@tool(destructive=True, idempotent=True)
def delete_change_request_mappings(
    ctx: Context,
    *,
    change_request_mapping_id: Maybe[ChangeMappingId] = None,
    change_id: Maybe[ChangeId] = None,
    incident_id: Maybe[IncidentId] = None,
    problem_id: Maybe[ProblemId] = None,
) -> Removed[Mapping]:
    """Delete every mapping that passes all given filters; at least one must be given.

    Args:
        change_request_mapping_id: One mapping.
        change_id: Mappings of this change.
        incident_id: Mappings to this incident.
        problem_id: Mappings to this problem.
    """
    equal = {
        "change_request_mapping_id": change_request_mapping_id,
        "change_id": change_id,
        "incident_id": incident_id,
        "problem_id": problem_id,
    }
    return filters.removal(ctx, _TABLE, equal=equal)  # type: ignore[no-any-return]


def _mapped_to(ctx: Context, table: str, key: str) -> Any:
    if not access.is_parity(ctx):
        rows.need(ctx, table, key)
    return filters.listing(ctx, _TABLE, equal={f"{table}_id": key})
