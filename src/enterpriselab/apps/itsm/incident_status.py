"""What follows for an incident from its own changes: resolution stamps, cleared reasons, links that must fit."""

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.arguments import stored_now
from enterpriselab.apps.itsm.priorities import with_priority
from enterpriselab.apps.itsm.rules.people import OPEN_WORK
from enterpriselab.apps.itsm.sla_clock import moment_of
from enterpriselab.toolkit import Context, Row, ToolError

OPEN = OPEN_WORK["incident"]
RESOLUTION = ("resolved", "resolved_by", "resolution_code", "resolution_notes")
"""Columns that say how an incident ended; a reopened one has none of them."""


def completed(ctx: Context, given: Row) -> Row:
    """The columns of a new incident: what its author gave, its template's values, defaults, what follows from them."""
    filled = rows.with_defaults(ctx, "incident", _from_template(ctx, given))
    new = with_priority(ctx, filled)
    return new if access.is_parity(ctx) else new | _implied(ctx, {}, new)


def revised(ctx: Context, row: Row, given: Row) -> Row:
    """The columns of an incident that change: what is given and differs, and what follows from it."""
    if access.is_parity(ctx) or not rows.differing(row, given):
        return given
    new = with_priority(ctx, given, row)
    return new | _implied(ctx, row, new)


def check_resolved(ctx: Context, columns: Row, before: Row | None = None) -> None:
    """Refuse (`invalid`) a new `resolved` in the future, or before the creation of a stored incident.

    What is reported only after it was resolved may name the past.
    """
    resolved, created = columns.get("resolved"), (before or {}).get("created_at")
    if resolved is None or access.is_parity(ctx):
        return
    if moment_of(resolved) > moment_of(stored_now(ctx)):
        raise ToolError("invalid", f"INVALID_DATE: resolved {resolved} is in the future.", field="resolved")
    if created and moment_of(resolved) < moment_of(created):
        message = f"INVALID_DATE_RANGE: resolved {resolved} is before the creation at {created}."
        raise ToolError("invalid", message, field="resolved")


def check_links(ctx: Context, columns: Row, after: Row) -> None:
    """Hold the columns of an incident that are new against the rules: item, service, offering, assignee, template."""
    access.check_references(ctx, columns, after)
    if template_id := columns.get("incident_template"):
        template = rows.need(ctx, "incident_template", template_id, field="incident_template")
        if access.enforces(ctx) and not template["active"]:
            raise ToolError("conflict", f"POLICY_VIOLATION: {template_id} is not active.", field="incident_template")
    if parent_id := columns.get("parent_incident"):
        rows.need(ctx, "incident", parent_id, field="parent_incident")


def _from_template(ctx: Context, given: Row) -> Row:
    """Fill what the author leaves open from the template; a given impact or urgency decides the priority anew."""
    if "incident_template" not in given or access.is_parity(ctx):
        return given
    template = rows.need(ctx, "incident_template", given["incident_template"], field="incident_template")
    names = ["channel", "category", "impact", "urgency", "configuration_item", "service", "service_offering"]
    if not {"impact", "urgency"} & given.keys():
        names.append("priority")
    return rows.given(**{name: template[name] for name in names}) | given


def _implied(ctx: Context, before: Row, new: Row) -> Row:
    old, status = before.get("status"), new.get("status", before.get("status"))
    implied: Row = {}
    if old == status:
        return implied
    if status == "resolved":
        implied = {"resolved": stored_now(ctx), "resolved_by": ctx.me.id}
    elif status in OPEN and old not in (None, *OPEN):
        implied = dict.fromkeys(RESOLUTION)
    if old == "on_hold":
        implied["on_hold_reason"] = None
    return {name: value for name, value in implied.items() if name not in new}
