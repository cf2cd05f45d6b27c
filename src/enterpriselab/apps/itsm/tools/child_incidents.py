"""Child incidents: which incidents are parts of a larger one. An incident has one parent at most."""

from typing import NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.itsm import access, family, filters, rows
from enterpriselab.apps.itsm.arguments import Nullable
from enterpriselab.apps.itsm.filters import Listing, Removed
from enterpriselab.apps.itsm.ids import ChildMappingId, IncidentId
from enterpriselab.apps.itsm.tools.incidents import Incident
from enterpriselab.toolkit import Context, Row, ToolError, not_found, tool


class ChildIncident(TypedDict):
    """That one incident is part of another."""

    child_incident_mapping_id: ChildMappingId
    parent_incident: IncidentId
    child_incident: IncidentId
    created_at: str | None
    updated_at: str | None


class FoundParent(TypedDict):
    """The parent and how it is mapped, where there is one."""

    mapping: NotRequired[ChildIncident]
    parent: NotRequired[Incident]


class WrittenChild(TypedDict):
    """The mapping as it is after the call."""

    mapping: ChildIncident


class AddedChildren(TypedDict):
    """The new mappings, in the order of the children given."""

    mappings: list[ChildIncident]
    total: int


@tool()
def list_child_incidents(ctx: Context, *, parent_incident: IncidentId) -> Listing[ChildIncident]:
    """List the mappings of an incident's children, newest first.

    Args:
        parent_incident: The parent.
    """
    if not access.is_parity(ctx):
        rows.need(ctx, "incident", parent_incident, field="parent_incident")
    return filters.listing(ctx, family.TABLE, equal={"parent_incident": parent_incident})  # type: ignore[no-any-return]


@tool()
def find_parent_incident(ctx: Context, *, child_incident: IncidentId) -> FoundParent:
    """Find the incident that an incident is part of.

    Args:
        child_incident: The child.
    """
    access.check_right(ctx, family.TABLE, "read")
    child = rows.look_up(ctx, "incident", child_incident)
    mapping = family.mapping_of(ctx, child_incident) if child else None
    if mapping is not None:
        parent = rows.need(ctx, "incident", mapping["parent_incident"])
        return {"mapping": rows.shown(family.TABLE, mapping), "parent": rows.shown("incident", parent)}
    if access.is_parity(ctx):
        return {}
    what = "parent of incident" if child else "incident"
    raise not_found(what, child_incident, field="child_incident")


@tool(writes=True)
def add_child_incident(ctx: Context, *, parent_incident: IncidentId, child_incident: IncidentId) -> WrittenChild:
    """Make an incident part of another; its `parent_incident` says so too.

    Args:
        parent_incident: The parent, which is not below the child itself.
        child_incident: The child, which has no parent yet.
    """
    return {"mapping": rows.shown(family.TABLE, _add(ctx, parent_incident, child_incident))}


@tool(writes=True)
def add_child_incidents(
    ctx: Context, *, parent_incident: IncidentId, child_incidents: list[IncidentId]
) -> AddedChildren:
    """Make several incidents parts of another: all of them, or none when one cannot be.

    Args:
        parent_incident: The parent, which is not below any of the children itself.
        child_incidents: The children, which have no parent yet; each is named once.
    """
    if not child_incidents:
        raise ToolError("invalid", "MISSING_FIELD: child_incidents names no incident.", field="child_incidents")
    added = [rows.shown(family.TABLE, _add(ctx, parent_incident, child)) for child in child_incidents]
    return {"mappings": added, "total": len(added)}


@tool(writes=True, idempotent=True)
def update_child_incident(
    ctx: Context,
    *,
    child_incident_mapping_id: ChildMappingId,
    parent_incident: IncidentId,
    child_incident: IncidentId,
) -> WrittenChild:
    """Change which incident is part of which: the child may get another parent, or give its place to another child.

    Args:
        child_incident_mapping_id: The mapping.
        parent_incident: The parent from now on.
        child_incident: The child from now on.
    """
    access.check_right(ctx, family.TABLE, "update")
    mapping = _need_mapping(ctx, child_incident_mapping_id)
    family.check_pair(ctx, parent_incident, child_incident, but=mapping)
    changes = {"parent_incident": parent_incident, "child_incident": child_incident}
    changed = rows.revise(ctx, family.TABLE, mapping, changes)
    for child in sorted({mapping["child_incident"], child_incident}):
        family.name_parent(ctx, child)
    return {"mapping": rows.shown(family.TABLE, changed)}


@tool(destructive=True, idempotent=True)
def remove_child_incident(
    ctx: Context,
    *,
    child_incident_mapping_id: Nullable[ChildMappingId] = None,
    parent_incident: Nullable[IncidentId] = None,
    child_incident: Nullable[IncidentId] = None,
) -> Removed[ChildIncident]:
    """Make incidents stand for themselves again: every mapping that fits all that is given is removed.

    Args:
        child_incident_mapping_id: One mapping.
        parent_incident: The parent; alone it lets all its children go.
        child_incident: The child.
    """
    access.check_right(ctx, family.TABLE, "delete")
    if child_incident_mapping_id and not access.is_parity(ctx):
        _need_mapping(ctx, child_incident_mapping_id)
    named = {"parent_incident": parent_incident, "child_incident": child_incident}
    for field, incident_id in named.items() if access.enforces(ctx) else ():
        if incident_id:
            rows.need(ctx, "incident", incident_id, field=field)
    key = {"child_incident_mapping_id": child_incident_mapping_id}
    removed: Removed[ChildIncident] = filters.removal(ctx, family.TABLE, equal=key | named)
    for mapping in removed["removed"]:
        family.name_parent(ctx, mapping["child_incident"])
    return removed


def _add(ctx: Context, parent_id: str, child_id: str) -> Row:
    access.check_right(ctx, family.TABLE, "create")
    family.check_pair(ctx, parent_id, child_id)
    mapping = rows.add(ctx, family.TABLE, parent_incident=parent_id, child_incident=child_id)
    family.name_parent(ctx, child_id)
    return mapping


def _need_mapping(ctx: Context, mapping_id: str) -> Row:
    """The mapping, whose parent the acting user may see; it has no organization of its own."""
    mapping = rows.need(ctx, family.TABLE, mapping_id)
    if rows.look_up(ctx, "incident", mapping["parent_incident"]) is None:
        raise not_found(rows.words(family.TABLE), mapping_id, field="child_incident_mapping_id")
    return mapping
