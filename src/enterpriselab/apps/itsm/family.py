"""Parents and children among incidents: the mapping table and the column `parent_incident` tell the same story.

Level parity keeps the two apart, as the original does, and takes several parents and circles.
"""

from enterpriselab.apps.itsm import access, rows
from enterpriselab.toolkit import Context, Row, ToolError

TABLE = "child_incident"


def mapping_of(ctx: Context, child_id: str) -> Row | None:
    """The mapping that names the parent of an incident; of several the one with the lowest id."""
    key = "child_incident_mapping_id"
    query = f"SELECT * FROM {TABLE} WHERE child_incident = ? ORDER BY length({key}), {key}"
    return ctx.db.row(query, child_id)


def check_pair(ctx: Context, parent_id: str, child_id: str, but: Row | None = None) -> None:
    """Refuse what may not become parent and child.

    Args:
        ctx: the call.
        parent_id: the parent to be.
        child_id: the child to be.
        but: the mapping that is to be changed, which is no obstacle.

    Raises:
        ToolError: `not_found`; `invalid`, its own parent; `conflict`, a circle, or the child has a parent already.
    """
    rows.need(ctx, "incident", parent_id, field="parent_incident")
    rows.need(ctx, "incident", child_id, field="child_incident")
    if parent_id == child_id:
        message = f"SELF_REFERENCE: {parent_id} cannot be its own parent."
        raise ToolError("invalid", message, field="parent_incident")
    pair = {"parent_incident": parent_id, "child_incident": child_id}
    rows.refuse_taken(ctx, TABLE, "DUPLICATE_CHILD_INCIDENT", but=but, **pair)
    if access.is_parity(ctx):
        return
    if child_id in ancestors(ctx, parent_id, but):
        message = f"CIRCULAR_REFERENCE: {parent_id} is already below {child_id}."
        raise ToolError("conflict", message, field="parent_incident")
    rows.refuse_taken(ctx, TABLE, "ALREADY_HAS_PARENT", but=but, child_incident=child_id)


def ancestors(ctx: Context, incident_id: str, but: Row | None = None) -> list[str]:
    """The parent of an incident, its parent, and so on, as if one mapping were not there."""
    query = f"""WITH RECURSIVE
        mapping AS (SELECT * FROM {TABLE} WHERE child_incident_mapping_id <> :but),
        above(id) AS (
        SELECT parent_incident FROM mapping WHERE child_incident = :start
        UNION SELECT m.parent_incident FROM mapping m JOIN above ON m.child_incident = above.id)
        SELECT id FROM above"""
    named = {"but": but["child_incident_mapping_id"] if but else "", "start": incident_id}
    return [row["id"] for row in rows.every(ctx, query, named)]


def map_parent(ctx: Context, incident: Row) -> None:
    """After a change of an incident's `parent_incident`: the mapping says so too."""
    parent_id, child_id = incident["parent_incident"], incident["incident_id"]
    present = mapping_of(ctx, child_id)
    if access.is_parity(ctx) or parent_id is None or (present and present["parent_incident"] == parent_id):
        return
    check_pair(ctx, parent_id, child_id, but=present)
    if present:
        rows.revise(ctx, TABLE, present, {"parent_incident": parent_id}, by_rule=True)
    else:
        rows.add(ctx, TABLE, parent_incident=parent_id, child_incident=child_id, by_rule=True)


def name_parent(ctx: Context, child_id: str) -> None:
    """After a change of an incident's mapping: its `parent_incident` says so too."""
    child = ctx.db.row("SELECT * FROM incident WHERE incident_id = ?", child_id)
    mapping = mapping_of(ctx, child_id)
    parent_id = mapping["parent_incident"] if mapping else None
    if child is not None and not access.is_parity(ctx) and child["parent_incident"] != parent_id:
        rows.revise(ctx, "incident", child, {"parent_incident": parent_id})
