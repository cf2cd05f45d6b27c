"""Attendance (one row a day), check-in and check-out, and timesheets."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import staff
from enterpriselab.apps.hr.clocking import clock
from enterpriselab.apps.hr.days import plus_days, why_closed
from enterpriselab.apps.hr.ids import (
    Activity,
    AttendanceId,
    AttendanceStatus,
    CheckinId,
    EmployeeId,
    EmployeeName,
    LeaveApplicationId,
    MarkedStatus,
    ProjectCode,
    TimesheetId,
    TimesheetStatus,
)
from enterpriselab.apps.hr.listing import compact, of_people, page_rows, where
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.core.clock import parse_instant
from enterpriselab.toolkit import Context, Date, DateTime, Page, PageNumber, PerPage, Row, ToolError, not_found, tool

CORRECTION_DAYS = 60
"""Managers and HR mark attendance this many days back."""
OWN_LOG_HOURS, HR_LOG_HOURS = 24, 720
LONGEST_DAY_HOURS = 16
LONGEST_SHEET_DAYS = 7


class Attendance(TypedDict):
    """Attendance of one day; times are local to the site."""

    attendance_id: AttendanceId
    employee_id: EmployeeId
    employee_name: EmployeeName
    attendance_date: Date
    status: AttendanceStatus
    in_time: NotRequired[str]
    out_time: NotRequired[str]
    late_entry: NotRequired[bool]
    early_exit: NotRequired[bool]
    leave_application_id: NotRequired[LeaveApplicationId]


class Checkin(TypedDict):
    """A log and what it made of the day."""

    checkin_id: CheckinId
    log_type: Literal["IN", "OUT"]
    time: DateTime
    attendance: Attendance


class TimeLog(TypedDict):
    """One line of a timesheet."""

    work_date: Annotated[Date, Field(description="Day of the work.")]
    activity_type: Annotated[Activity, Field(description="Kind of work.")]
    hours: Annotated[float, Field(gt=0, le=16, description="Hours in steps of a quarter.")]
    project_code: NotRequired[Annotated[ProjectCode, Field(description="An active project, if the work is for one.")]]
    description: NotRequired[Annotated[str, Field(max_length=200, description="What was done.")]]


class Timesheet(TypedDict):
    """A timesheet with its lines."""

    timesheet_id: TimesheetId
    employee_id: EmployeeId
    start_date: Date
    end_date: Date
    total_hours: float
    status: TimesheetStatus
    time_logs: list[TimeLog]


_ATTENDANCE = """
SELECT a.id AS attendance_id, a.employee_id, p.full_name AS employee_name, a.attendance_date, a.status,
       a.in_time, a.out_time, nullif(a.late_entry, 0) AS late_entry, nullif(a.early_exit, 0) AS early_exit,
       a.leave_application_id
FROM hr_attendance a
LEFT JOIN hr_employee e ON e.id = a.employee_id LEFT JOIN company_person p ON p.id = e.person_id"""
_FLAGS = ("late_entry", "early_exit")
_SHEET = "SELECT id AS timesheet_id, employee_id, start_date, end_date, total_hours, status FROM hr_timesheet"
_LOG = "SELECT work_date, activity_type, hours, project_code, description FROM hr_timesheet_log"


def _attendance(ctx: Context, attendance_id: str) -> Any:
    row = ctx.db.row(f"{_ATTENDANCE} WHERE a.id = ?", attendance_id)
    assert row is not None, attendance_id
    return compact(row, _FLAGS)


@tool(writes=True, idempotent=True)
def mark_attendance(
    ctx: Context, status: MarkedStatus, employee_id: EmployeeId | None = None, attendance_date: Date | None = None
) -> Attendance:
    """Mark a working day, once a day: employees mark themselves Present or Work From Home today; managers above and HR
    mark and correct anybody else, up to 60 days back. Leave is not marked here, it comes from approve_leave.

    Args:
        status: What the day was.
        employee_id: Whose day; the caller's when left out.
        attendance_date: The day, not in the future; today when left out.
    """
    person = staff.self_or(ctx, employee_id)
    day = attendance_date or ctx.today
    _check_marking(ctx, person, status, day)
    sql = "SELECT * FROM hr_attendance WHERE employee_id = ? AND attendance_date = ?"
    row = ctx.db.row(sql, person["employee_id"], day)
    if row is None:
        key = next_id(ctx, "hr_attendance")
        ctx.db.insert("hr_attendance", id=key, employee_id=person["employee_id"], attendance_date=day, status=status)
        return _attendance(ctx, key)  # type: ignore[no-any-return]
    if row["status"] != status:
        _correct(ctx, person, row, status)
    return _attendance(ctx, row["id"])  # type: ignore[no-any-return]


def _check_marking(ctx: Context, person: Row, status: str, day: str) -> None:
    if day > ctx.today:
        raise ToolError("invalid", f"{day} is in the future.", field="attendance_date", accepted=f"up to {ctx.today}")
    if staff.is_self(ctx, person):
        if status not in ("Present", "Work From Home") or day != ctx.today:
            message = (
                "Employees mark themselves Present or Work From Home, and only today; a manager or HR marks the rest."
            )
            raise ToolError("forbidden", message, accepted=["a manager above the employee", "role HR User"])
    else:
        staff.require_decider(ctx, person, "attendance.write", "mark attendance")
        earliest = plus_days(ctx.today, -CORRECTION_DAYS)
        if day < earliest:
            raise ToolError("invalid", f"{day} is closed.", field="attendance_date", accepted=f"a day from {earliest}")
    staff.require_employed(person, day, field="attendance_date")
    why = why_closed(ctx, person["site_id"], day)
    if why:
        message = f"{day} is {why} at site {person['site_id']}, no working day."
        raise ToolError("invalid", message, field="attendance_date", accepted="a working day of the site")


def _correct(ctx: Context, person: Row, row: Row, status: str) -> None:
    if row["leave_application_id"]:
        message = f"{row['attendance_date']} is leave ({row['leave_application_id']}); cancel_leave frees the day."
        raise ToolError("conflict", message, field="attendance_date")
    if staff.is_self(ctx, person):
        message = f"The day is marked {row['status']} already ({row['id']}); a manager or HR corrects it."
        raise ToolError("conflict", message, field="status", accepted=[row["status"]])
    ctx.db.update("hr_attendance", {"id": row["id"]}, status=status)


@tool()
def get_attendance(
    ctx: Context,
    employee_id: EmployeeId | None = None,
    from_date: Date | None = None,
    to_date: Date | None = None,
    status: AttendanceStatus | None = None,
    late_only: bool = False,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[Attendance]:
    """List attendance up to today, latest day first: the caller's own and of everybody below, or all for HR.

    Args:
        employee_id: Only this employee.
        from_date: From this day on.
        to_date: Up to this day; today when left out, a later day also shows leave ahead.
        status: Only this status.
        late_only: Only days with a late mark.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    if employee_id is not None:
        staff.require_access(ctx, staff.find_staff(ctx, employee_id), "attendance.read", "the attendance")
    condition, params = where(
        (of_people("a.employee_id"), staff.visible_person_ids(ctx, "attendance.read") if employee_id is None else None),
        ("a.employee_id = ?", employee_id),
        ("a.attendance_date >= ?", from_date),
        ("a.attendance_date <= ?", to_date or max(ctx.today, from_date or "")),
        ("a.status = ?", status),
        ("a.late_entry = ?", 1 if late_only else None),
    )
    sql = f"{_ATTENDANCE} WHERE {condition} ORDER BY a.attendance_date DESC, a.employee_id"
    return page_rows(ctx, sql, params, page=page, per_page=per_page, flags=_FLAGS)  # type: ignore[no-any-return]


@tool(writes=True)
def checkin(
    ctx: Context, log_type: Literal["IN", "OUT"], employee_id: EmployeeId | None = None, time: DateTime | None = None
) -> Checkin:
    """Clock in or out. IN and OUT alternate; the first IN of a day makes the attendance row and a late mark when it is
    after the shift's start and grace, an OUT before the shift's end is an early exit.

    Args:
        log_type: IN or OUT.
        employee_id: Whose log; the caller's when left out. HR may log for others.
        time: When; now when left out, at most 24 hours back for oneself.
    """
    person = staff.self_or(ctx, employee_id)
    staff.require_self_or(ctx, person, "attendance.write", "log time")
    moment = time or ctx.now
    back = OWN_LOG_HOURS if staff.is_self(ctx, person) else HR_LOG_HOURS
    age = (parse_instant(ctx.now) - parse_instant(moment)).total_seconds() / 3600
    if not 0 <= age <= back:
        message = f"{moment} is in the future or more than {back} hours back."
        raise ToolError("invalid", message, field="time", accepted=f"up to {ctx.now}, at most {back} hours back")
    staff.require_employed(person, moment[:10], field="time")
    made = clock(ctx, person, log_type, moment)
    shown = _attendance(ctx, made["attendance_id"])
    return {"checkin_id": made["checkin_id"], "log_type": log_type, "time": moment, "attendance": shown}


@tool(writes=True)
def create_timesheet(
    ctx: Context,
    time_logs: Annotated[list[TimeLog], Field(min_length=1, max_length=40)],
    employee_id: EmployeeId | None = None,
) -> Timesheet:
    """Make a draft timesheet out of lines of work within seven days; submit_timesheet hands it in.

    Args:
        time_logs: The lines: work_date, activity_type, hours, and project_code and description if any.
        employee_id: Whose work; the caller's when left out. HR may write for others.
    """
    person = staff.self_or(ctx, employee_id)
    staff.require_self_or(ctx, person, "attendance.write", "write a timesheet")
    logs = sorted(time_logs, key=lambda log: log["work_date"])
    _check_logs(ctx, person, logs)
    key = next_id(ctx, "hr_timesheet")
    values = {"start_date": logs[0]["work_date"], "end_date": logs[-1]["work_date"], "status": "Draft"}
    total = sum(log["hours"] for log in logs)
    ctx.db.insert("hr_timesheet", id=key, employee_id=person["employee_id"], total_hours=total, **values)
    for number, log in enumerate(logs, start=1):
        ctx.db.insert("hr_timesheet_log", timesheet_id=key, line_no=number, **log)
    return _sheet(ctx, key)  # type: ignore[no-any-return]


def _check_logs(ctx: Context, person: Row, logs: list[TimeLog]) -> None:
    first, last = logs[0]["work_date"], logs[-1]["work_date"]
    if last > ctx.today or last > plus_days(first, LONGEST_SHEET_DAYS - 1):
        message = f"A timesheet covers at most {LONGEST_SHEET_DAYS} days, none in the future; here {first} to {last}."
        raise ToolError(
            "invalid", message, field="time_logs", accepted=f"days up to {min(ctx.today, plus_days(first, 6))}"
        )
    staff.require_employed(person, first, field="time_logs")
    active = set(ctx.db.values("SELECT code FROM company_project WHERE status = 'active'"))
    for number, log in enumerate(logs):
        if log["hours"] * 4 != int(log["hours"] * 4):
            message = f"{log['hours']} hours is not a multiple of a quarter."
            raise ToolError("invalid", message, field=f"time_logs.{number}.hours", accepted="steps of 0.25")
        if "project_code" in log and log["project_code"] not in active:
            message = f"{log['project_code']!r} is no active project."
            raise ToolError("not_found", message, field=f"time_logs.{number}.project_code", accepted=sorted(active))
    sql = (
        "SELECT l.work_date, sum(l.hours) AS hours FROM hr_timesheet t JOIN hr_timesheet_log l ON l.timesheet_id = t.id"
        " WHERE t.employee_id = ? AND l.work_date BETWEEN ? AND ? GROUP BY l.work_date"
    )
    booked = {row["work_date"]: row["hours"] for row in ctx.db.rows(sql, person["employee_id"], first, last)}
    for log in logs:
        day = log["work_date"]
        booked[day] = booked.get(day, 0) + log["hours"]
        if booked[day] > LONGEST_DAY_HOURS:
            message = f"{booked[day]:g} hours on {day}, earlier timesheets included; a day holds {LONGEST_DAY_HOURS}."
            raise ToolError("conflict", message, field="time_logs", accepted=f"at most {LONGEST_DAY_HOURS} hours a day")


def _sheet(ctx: Context, timesheet_id: str) -> Any:
    row = ctx.db.row(f"{_SHEET} WHERE id = ?", timesheet_id)
    if row is None:
        raise not_found("timesheet", timesheet_id, field="timesheet_id", hint="hr_get_timesheets lists valid ids.")
    logs = ctx.db.rows(f"{_LOG} WHERE timesheet_id = ? ORDER BY line_no", timesheet_id)
    return {**row, "time_logs": [compact(log) for log in logs]}


@tool()
def hr_get_timesheets(
    ctx: Context,
    employee_id: EmployeeId | None = None,
    from_date: Date | None = None,
    to_date: Date | None = None,
    status: TimesheetStatus | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 5,
) -> Page[Timesheet]:
    """List timesheets with their lines, latest first: the caller's own and of everybody below, or all for HR.

    Args:
        employee_id: Only this employee.
        from_date: Only sheets that end on or after this day.
        to_date: Only sheets that begin on or before this day.
        status: Draft or Submitted.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    if employee_id is not None:
        staff.require_access(ctx, staff.find_staff(ctx, employee_id), "attendance.read", "the timesheets")
    people = staff.visible_person_ids(ctx, "attendance.read") if employee_id is None else None
    condition, params = where(
        ("employee_id IN (SELECT id FROM hr_employee WHERE person_id IN (SELECT value FROM json_each(?)))", people),
        ("employee_id = ?", employee_id),
        ("end_date >= ?", from_date),
        ("start_date <= ?", to_date),
        ("status = ?", status),
    )
    sql = f"{_SHEET} WHERE {condition} ORDER BY start_date DESC, id"
    found = page_rows(ctx, sql, params, page=page, per_page=per_page)
    found["items"] = [_sheet(ctx, row["timesheet_id"]) for row in found["items"]]
    return found  # type: ignore[no-any-return]


@tool(writes=True)
def submit_timesheet(ctx: Context, timesheet_id: TimesheetId) -> Timesheet:
    """Hand in a draft timesheet; afterwards it cannot be changed.

    Args:
        timesheet_id: The draft.
    """
    sheet = _sheet(ctx, timesheet_id)
    staff.require_self_or(ctx, staff.find_staff(ctx, sheet["employee_id"]), "attendance.write", "submit a timesheet")
    if sheet["status"] != "Draft":
        message = f"{timesheet_id} is {sheet['status']} already; only a Draft can be submitted."
        raise ToolError("conflict", message, field="timesheet_id", accepted=["Draft"])
    ctx.db.update("hr_timesheet", {"id": timesheet_id}, status="Submitted")
    return _sheet(ctx, timesheet_id)  # type: ignore[no-any-return]
