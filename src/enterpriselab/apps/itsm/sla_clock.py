"""The clocks of an incident's SLAs: when they are due, when they stand still, when they are breached.

A paused row is right as of its `updated_on`: from then on its deadline moves with the time, and whatever changes the
row first credits the pause (`credited`). Level parity moves nothing by itself, as the original does.
"""

from datetime import UTC, datetime, timedelta

from enterpriselab.apps.itsm import access, rows
from enterpriselab.apps.itsm.arguments import stored_now
from enterpriselab.apps.itsm.rules.sla import SLA
from enterpriselab.toolkit import Context, Row, ToolError

TABLE = "incident_sla"


def due(start: str, definition: Row) -> str:
    """The deadline of a clock: its start and the target minutes. Raises ToolError("invalid") after the last year."""
    try:
        return _stamp(moment_of(start) + timedelta(minutes=definition["target_mins"]))
    except OverflowError:
        message = f"INVALID_DATE_RANGE: {definition['target_mins']} minutes after {start} is after the year 9999."
        raise ToolError("invalid", message, field="start_time") from None


def moment_of(stamp: str) -> datetime:
    """The instant of a stored text, in UTC; a foreign database may hold other forms of ISO 8601 than ours."""
    moment = datetime.fromisoformat(stamp)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def credited(row: Row, now: str) -> Row:
    """The row with its deadline moved by the pause so far, where it is paused."""
    if row["stage"] != "paused" or row["breach_time"] is None or row["updated_on"] is None:
        return row
    waited = max(timedelta(0), moment_of(now) - moment_of(row["updated_on"]))
    return row | {"breach_time": _stamp(min(moment_of(row["breach_time"]), datetime.max - waited) + waited)}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")


def is_breached(row: Row, now: str) -> bool:
    """Did the clock run out: before it was stopped, or by now? A paused row counts as of now, once credited."""
    if row["breach_time"] is None or row["stage"] == "canceled":
        return bool(row["has_breached"])
    return moment_of(row["completed_time"] or now) > moment_of(row["breach_time"])


def follow_status(ctx: Context, before: Row, incident: Row) -> None:
    """After a change of an incident's status: stop, pause, resume, reopen or cancel its SLAs by rules/sla.py."""
    if access.is_parity(ctx):
        return
    query = f"SELECT * FROM {TABLE} WHERE incident_id = ? ORDER BY incident_sla_id"
    for row in ctx.db.rows(query, incident["incident_id"]):
        stage = _stage_after(row["stage"], definition_of(ctx, row), before["status"], incident["status"])
        if stage != row["stage"]:
            rows.revise(ctx, TABLE, row, entering(ctx, row, stage, end=incident["resolved"]), by_rule=True)


def definition_of(ctx: Context, row: Row) -> Row:
    """The definition of an incident's SLA, of whichever organization."""
    found = ctx.db.row("SELECT * FROM sla_definition WHERE sla_def_id = ?", row["sla_def_id"])
    return found or {}


def entering(ctx: Context, row: Row, stage: str, *, end: str | None = None) -> Row:
    """What changes in a row that enters a stage: the deadline, the end and the breach with it.

    A breach on record stays, even one that somebody wrote down by hand.
    """
    now = stored_now(ctx)
    after = credited(row, now) | {"stage": stage}
    after["completed_time"] = (end or now) if stage == "completed" else None
    after["has_breached"] = int(row["has_breached"] or is_breached(after, now))
    return {name: after[name] for name in ("stage", "breach_time", "completed_time", "has_breached")}


def linked(ctx: Context, given: Row, incident: Row, definition: Row) -> Row:
    """The columns of a new SLA of an incident: what is given, and what follows from the definition and the status."""
    new = rows.with_defaults(ctx, TABLE, given)
    if access.is_parity(ctx):
        return new
    after: Row = {"completed_time": None} | new
    after["breach_time"] = new.get("breach_time") or due(new["start_time"], definition)
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
        after |= entering(ctx, row, new["stage"], end=given.get("completed_time")) | new
    after["has_breached"] = int(after["has_breached"] or is_breached(after, stored_now(ctx)))
    moved = {"start_time", "sla_def_id", "breach_time"} & new.keys()
    if moved and "breach_time" not in new:
        after["breach_time"] = due(after["start_time"], definition_of(ctx, after))
    if moved or "has_breached" in given:
        after |= _breach(ctx, after, given)
    return {name: value for name, value in after.items() if value != row[name]}


def _stage_after(stage: str, definition: Row, old: str, new: str) -> str:
    """The stage when an incident goes from a status to another; what is over starts again only with a reopening."""
    kept = SLA.completing[definition["metric"]]
    if stage == "canceled" or (stage == "completed" and (old not in kept or definition["metric"] == "response")):
        return stage
    if new in SLA.canceling:
        return "canceled" if stage in SLA.running else stage
    return "completed" if new in kept else _running_stage(new, definition)


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
