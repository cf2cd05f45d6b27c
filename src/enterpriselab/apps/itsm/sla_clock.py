"""The clocks of an incident's SLAs: when they are due, when they stand still, when they are breached.

A paused row is right as of its `updated_on`: from then on its deadline moves with the time, and whatever changes the
row first credits the pause (`credited`). Level parity moves nothing by itself, as the original does.
"""

from datetime import datetime, timedelta

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.arguments import stored_now
from enterpriselab.apps.itsm.rules.sla import SLA
from enterpriselab.toolkit import Context, Row

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
        definition = rows.need(ctx, "sla_definition", row["sla_def_id"])
        stage = stage_for(incident["status"], definition, row["stage"])
        if stage != row["stage"]:
            end = incident["resolved"] if incident["status"] == "resolved" else None
            rows.revise(ctx, TABLE, row, entering(ctx, row, stage, end=end), by_rule=True)


def stage_for(status: str, definition: Row, stage: str = "in_progress") -> str:
    """The stage that belongs to an incident's status; a canceled SLA stays canceled, a fulfilled response fulfilled."""
    if stage == "canceled" or (stage == "completed" and definition["metric"] == "response"):
        return stage
    if status in SLA.canceling:
        return "canceled" if stage in SLA.running else stage
    if status in SLA.completing[definition["metric"]]:
        return "completed"
    return "paused" if status in SLA.pausing and definition["pause_on_pending"] else "in_progress"


def entering(ctx: Context, row: Row, stage: str, *, end: str | None = None) -> Row:
    """What changes in a row that enters a stage: the deadline, the end and the breach with it."""
    now = stored_now(ctx)
    after = credited(row, now) | {"stage": stage}
    after["completed_time"] = (end or now) if stage == "completed" else None
    after["has_breached"] = int(is_breached(after, now))
    return {name: after[name] for name in ("stage", "breach_time", "completed_time", "has_breached")}
