"""Checking in and out: which shift holds, which day a log counts for, late and early marks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from enterpriselab.apps.hr.days import local_time, plus_days
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.core.clock import parse_instant
from enterpriselab.toolkit import Context, Row, ToolError

LONGEST_HOURS = 16
"""An OUT counts for the IN before it when it comes within this many hours."""


@dataclass(frozen=True, slots=True)
class Working:
    """Planned start and end of work on a day, in local time of the site."""

    shift_type: str
    start: datetime
    end: datetime
    grace: timedelta


def working_on(ctx: Context, person: Row, day: str) -> Working:
    """The shift of that day: an active assignment, else the employee's default shift."""
    assigned = ctx.db.value(
        "SELECT shift_type FROM hr_shift_assignment WHERE employee_id = ? AND status = 'Active'"
        " AND start_date <= ? AND (end_date IS NULL OR end_date >= ?) ORDER BY start_date DESC LIMIT 1",
        person["employee_id"],
        day,
        day,
    )
    shift = ctx.db.row("SELECT * FROM hr_shift_type WHERE name = ?", assigned or person["default_shift"])
    assert shift is not None
    start, end = (datetime.fromisoformat(f"{day}T{shift[name]}") for name in ("start_time", "end_time"))
    if end <= start:
        end += timedelta(days=1)
    return Working(shift["name"], start, end, timedelta(minutes=shift["grace_minutes"]))


def clock(ctx: Context, person: Row, log_type: str, time: str) -> Row:
    """Insert the log and bring the day's attendance up to date; returns {checkin_id, attendance_id}."""
    last = ctx.db.row(
        "SELECT c.log_type, c.time, c.attendance_id, a.attendance_date AS day FROM hr_checkin c"
        " JOIN hr_attendance a ON a.id = c.attendance_id WHERE c.employee_id = ? ORDER BY c.time DESC LIMIT 1",
        person["employee_id"],
    )
    if last is not None and time <= last["time"]:
        log = f"{last['log_type']} at {last['time']}"
        message = f"The last log of {person['employee_name']} is {log}; {time} is not after it."
        raise ToolError("conflict", message, field="time", accepted=f"an instant after {last['time']}")
    here = local_time(ctx, person["site_id"], time)
    attendance_id = (
        _clock_in(ctx, person, here, last) if log_type == "IN" else _clock_out(ctx, person, time, here, last)
    )
    key = next_id(ctx, "hr_checkin")
    values = {"employee_id": person["employee_id"], "log_type": log_type, "time": time}
    ctx.db.insert("hr_checkin", id=key, attendance_id=attendance_id, **values)
    return {"checkin_id": key, "attendance_id": attendance_id}


def _day_of(ctx: Context, person: Row, here: datetime) -> str:
    """The local day, or the day before while its night shift is still running."""
    day = here.date().isoformat()
    before = plus_days(day, -1)
    night = working_on(ctx, person, before)
    return before if night.end.date() > night.start.date() and here < night.end else day


def _clock_in(ctx: Context, person: Row, here: datetime, last: Row | None) -> str:
    day = _day_of(ctx, person, here)
    if last is not None and last["log_type"] == "IN" and last["day"] == day:
        message = f"{person['employee_name']} is checked in since {last['time']}; the next log is OUT."
        raise ToolError("conflict", message, field="log_type", accepted=["OUT"])
    plan = working_on(ctx, person, day)
    late = int(here > plan.start + plan.grace)
    row = ctx.db.row(
        "SELECT * FROM hr_attendance WHERE employee_id = ? AND attendance_date = ?", person["employee_id"], day
    )
    if row is None:
        key = next_id(ctx, "hr_attendance")
        values = {"attendance_date": day, "status": "Present", "in_time": f"{here:%H:%M}", "late_entry": late}
        ctx.db.insert("hr_attendance", id=key, employee_id=person["employee_id"], **values)
        return key
    if row["status"] == "On Leave":
        message = f"{person['employee_name']} is on leave on {day} ({row['leave_application_id']})."
        raise ToolError("conflict", message, accepted="cancel_leave first")
    columns: Row = {} if row["in_time"] else {"in_time": f"{here:%H:%M}", "late_entry": late}
    if row["status"] == "Absent":
        columns["status"] = "Present"
    ctx.db.update("hr_attendance", {"id": row["id"]}, **columns)
    found: str = row["id"]
    return found


def _clock_out(ctx: Context, person: Row, time: str, here: datetime, last: Row | None) -> str:
    open_until = parse_instant(last["time"]) + timedelta(hours=LONGEST_HOURS) if last else None
    if last is None or last["log_type"] == "OUT" or open_until is None or parse_instant(time) > open_until:
        message = f"{person['employee_name']} is not checked in; the next log is IN."
        raise ToolError("conflict", message, field="log_type", accepted=["IN"])
    plan = working_on(ctx, person, last["day"])
    columns = {"out_time": f"{here:%H:%M}", "early_exit": int(here < plan.end)}
    ctx.db.update("hr_attendance", {"id": last["attendance_id"]}, **columns)
    found: str = last["attendance_id"]
    return found
