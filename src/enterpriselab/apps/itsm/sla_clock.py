"""The clocks of an incident's SLAs: when they are due, when they stand still, when they are breached.

A paused row is right as of its `updated_on`: from then on its deadline moves with the time, and whatever changes the
row first credits the pause (`credited`). Level parity moves nothing by itself, as the original does.
"""

from datetime import datetime, timedelta

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.arguments import stored_now
from enterpriselab.apps.itsm.rules.sla import SLA
from enterpriselab.toolkit import Context, Row, ToolError

TABLE = "incident_sla"
_FORM = "%Y-%m-%d %H:%M:%S"


def later(stamp: str, seconds: float) -> str:
    """The stored instant so many seconds after a stored instant."""
    return (datetime.fromisoformat(stamp) + timedelta(seconds=seconds)).strftime(_FORM)


def seconds_between(earlier: str, stamp: str) -> float:
    """Seconds from one stored instant to another."""
    return (datetime.fromisoformat(stamp) - datetime.fromisoformat(earlier)).total_seconds()


def credited(row: Row, now: str) -> Row:
    """The row with its deadline moved by the pause so far, where it is paused."""
    if row["stage"] != "paused" or row["breach_time"] is None or row["updated_on"] is None:
        return row
    waited = max(0.0, seconds_between(row["updated_on"], now))
    return row | {"breach_time": later(row["breach_time"], waited)}


def is_breached(row: Row, now: str) -> bool:
    """Did the clock run out: before it was stopped, or by now? A paused row counts as of now, once credited."""
    if row["breach_time"] is None or row["stage"] == "canceled":
        return bool(row["has_breached"])
    return bool((row["completed_time"] or now) > row["breach_time"])


def follow_status(ctx: Context, incident: Row) -> None:
    """After a change of an incident's status: stop, pause, resume, reopen or cancel its SLAs by rules/sla.py."""
    if access.is_parity(ctx):
        return
    query = f"SELECT * FROM {TABLE} WHERE incident_id = ? ORDER BY incident_sla_id"
    for row in ctx.db.rows(query, incident["incident_id"]):
        stage = stage_for(incident["status"], definition_of(ctx, row), row["stage"])
        if stage != row["stage"]:
            end = incident["resolved"] if incident["status"] == "resolved" else None
            rows.revise(ctx, TABLE, row, entering(ctx, row, stage, end=end), by_rule=True)


def definition_of(ctx: Context, row: Row) -> Row:
    """The definition of an incident's SLA, of whichever organization."""
    found = ctx.db.row("SELECT * FROM sla_definition WHERE sla_def_id = ?", row["sla_def_id"])
    return found or {}


def stage_for(status: str, definition: Row, stage: str = "in_progress") -> str:
    """The stage that belongs to an incident's status; a canceled SLA stays canceled, a fulfilled response fulfilled."""
    if stage == "canceled" or (stage == "completed" and definition["metric"] == "response"):
        return stage
    if status in SLA.canceling:
        return "canceled" if stage in SLA.running else stage
    if status in SLA.completing[definition["metric"]]:
        return "completed"
    return _running_stage(status, definition)


def entering(ctx: Context, row: Row, stage: str, *, end: str | None = None) -> Row:
    """What changes in a row that enters a stage: the deadline, the end and the breach with it."""
    now = stored_now(ctx)
    after = credited(row, now) | {"stage": stage}
    after["completed_time"] = (end or now) if stage == "completed" else None
    after["has_breached"] = int(is_breached(after, now))
    return {name: after[name] for name in ("stage", "breach_time", "completed_time", "has_breached")}


def linked(ctx: Context, given: Row, incident: Row, definition: Row) -> Row:
    """The columns of a new SLA of an incident: what is given, and what follows from the definition and the status."""
    new = rows.with_defaults(ctx, TABLE, given)
    if access.is_parity(ctx):
        return new
    due = later(new["start_time"], definition["target_mins"] * 60)
    after = {"breach_time": due, "completed_time": None} | new
    if "stage" not in given:
        after["stage"] = "completed" if after["completed_time"] else _running_stage(incident["status"], definition)
    if after["stage"] == "completed" and after["completed_time"] is None:
        after["completed_time"] = stored_now(ctx)
    return after | _breach(ctx, after, given)


def changed(ctx: Context, row: Row, given: Row) -> Row:
    """The columns of an incident's SLA that change: what is given and differs, and what follows from it."""
    new = rows.differing(row, given)
    if access.is_parity(ctx) or not new:
        return given
    if new.get("completed_time") and "stage" not in given:
        new["stage"] = "completed"
    after = credited(row, stored_now(ctx)) | new
    if "stage" in new:
        after |= entering(ctx, row, new["stage"], end=new.get("completed_time")) | new
    if {"start_time", "sla_def_id"} & new.keys() and "breach_time" not in new:
        after["breach_time"] = later(after["start_time"], definition_of(ctx, after)["target_mins"] * 60)
    after |= _breach(ctx, after, given)
    return {name: value for name, value in after.items() if value != row[name]}


def _running_stage(status: str, definition: Row) -> str:
    return "paused" if status in SLA.pausing and definition["pause_on_pending"] else "in_progress"


def _breach(ctx: Context, after: Row, given: Row) -> Row:
    """Whether the deadline has passed; at level enforced nobody may say otherwise."""
    true = is_breached(after, stored_now(ctx))
    if "has_breached" not in given:
        return {"has_breached": int(true)}
    if access.enforces(ctx) and bool(given["has_breached"]) != true:
        message = f"POLICY_VIOLATION: with the deadline {after['breach_time']} has_breached is {str(true).lower()}."
        raise ToolError("conflict", message, field="has_breached", accepted=[true])
    return {"has_breached": int(given["has_breached"])}
