"""The rules of leave: balances, days, overlaps, transitions and what an approval does to attendance."""

import difflib

from enterpriselab.apps.hr.days import check_period, plus_days, why_closed, working_days
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.company.events import LeaveCancelled
from enterpriselab.toolkit import Context, Row, ToolError, not_found

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "Open": ("Approved", "Rejected", "Cancelled"),
    "Approved": ("Cancelled",),
    "Rejected": (),
    "Cancelled": (),
}
"""Status of a leave application -> statuses that may follow."""

_BALANCES = """
WITH given AS (
    SELECT leave_type, sum(days) AS days FROM hr_leave_allocation
    WHERE employee_id = ?1 AND substr(from_date, 1, 4) = ?2 GROUP BY leave_type
), used AS (
    SELECT leave_type, sum(CASE status WHEN 'Approved' THEN days ELSE 0 END) AS taken,
           sum(CASE status WHEN 'Open' THEN days ELSE 0 END) AS pending
    FROM hr_leave_application
    WHERE employee_id = ?1 AND from_date BETWEEN ?2 || '-01-01' AND ?2 || '-12-31'
      AND status IN ('Open', 'Approved') GROUP BY leave_type
)
SELECT t.name AS leave_type, coalesce(g.days, 0.0) AS allocated, coalesce(u.taken, 0.0) AS taken,
       coalesce(u.pending, 0.0) AS pending,
       CASE t.needs_allocation WHEN 1 THEN coalesce(g.days, 0) - coalesce(u.taken, 0) - coalesce(u.pending, 0) END
           AS available
FROM hr_leave_type t LEFT JOIN given g ON g.leave_type = t.name LEFT JOIN used u ON u.leave_type = t.name
WHERE (g.days IS NOT NULL OR u.taken IS NOT NULL) AND (?3 IS NULL OR t.name = ?3) ORDER BY t.name
"""


def balances(ctx: Context, employee_id: str, year: str, leave_type: str | None = None) -> list[Row]:
    """allocated, taken (approved), pending (open) and available days of each type in a calendar year.

    `available` is None for a type that needs no allocation.
    """
    return ctx.db.rows(_BALANCES, employee_id, year, leave_type)


def find_leave_type(ctx: Context, name: str) -> Row:
    """The row of hr_leave_type, name in any case. Raises not_found with all names."""
    found = ctx.db.row("SELECT * FROM hr_leave_type WHERE name = ? COLLATE NOCASE", name)
    if found is not None:
        return found
    names = ctx.db.values("SELECT name FROM hr_leave_type ORDER BY name")
    near = difflib.get_close_matches(name, names, n=2)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ToolError("not_found", f"No leave type {name!r}.{hint}", field="leave_type", accepted=names)


def find_application(ctx: Context, application_id: str) -> Row:
    """The row of hr_leave_application. Raises not_found."""
    found = ctx.db.row("SELECT * FROM hr_leave_application WHERE id = ?", application_id)
    if found is None:
        hint = "get_leave_applications lists valid ids, e.g. HR-LAP-2026-00031."
        raise not_found("leave application", application_id, field="leave_application_id", hint=hint)
    return found


def require_transition(application: Row, wanted: str) -> None:
    """The state machine; a conflict names the present state and what may follow."""
    status = application["status"]
    if wanted not in TRANSITIONS[status]:
        allowed = ", ".join(TRANSITIONS[status]) or "nothing"
        message = f"{application['id']} is {status}; from there it can become: {allowed}."
        raise ToolError("conflict", message, field="leave_application_id", accepted=list(TRANSITIONS[status]))


def leave_days(ctx: Context, person: Row, from_date: str, to_date: str, *, half_day: bool) -> float:
    """Working days of a leave; checks the period, half days and that anything is left after weekends and holidays."""
    check_period(from_date, to_date)
    if from_date[:4] != to_date[:4]:
        message = f"Balances run by calendar year; the leave goes from {from_date[:4]} into {to_date[:4]}."
        raise ToolError("invalid", message, field="to_date", accepted="two applications, one for each year")
    if half_day and from_date != to_date:
        raise ToolError(
            "invalid", "A half day begins and ends on the same day.", field="half_day", accepted=[from_date]
        )
    days = working_days(ctx, person["site_id"], from_date, to_date)
    if not days:
        why = why_closed(ctx, person["site_id"], from_date)
        message = (
            f"There is no working day from {from_date} to {to_date} at site {person['site_id']}: {from_date} is {why}."
        )
        raise ToolError("invalid", message, field="from_date", accepted="a period with at least one working day")
    return 0.5 if half_day else float(len(days))


def check_dates(ctx: Context, kind: Row, from_date: str, *, days: float, half_day: bool, exempt: bool) -> None:
    """Rules of the leave type: half days, longest run, notice and how late one may apply (`exempt`: HR records it)."""
    if half_day and not kind["allow_half_day"]:
        raise ToolError("invalid", f"{kind['name']} is taken in whole days.", field="half_day", accepted=[False])
    if days > kind["max_consecutive_days"]:
        message = (
            f"{days:g} working days; one application for {kind['name']} holds at most {kind['max_consecutive_days']}."
        )
        raise ToolError(
            "invalid", message, field="to_date", accepted=f"at most {kind['max_consecutive_days']} working days"
        )
    earliest = plus_days(ctx.today, kind["notice_days"] - kind["backdate_days"])
    if from_date < earliest and not exempt:
        rule = (
            f"{kind['notice_days']} days of notice"
            if kind["notice_days"]
            else f"a start {kind['backdate_days']} days back at most"
        )
        message = f"{kind['name']} needs {rule}; {from_date} is before {earliest}."
        raise ToolError("invalid", message, field="from_date", accepted=f"a day from {earliest}")


def check_overlap(ctx: Context, employee_id: str, from_date: str, to_date: str) -> None:
    """No open or approved application of the employee touches the period; otherwise a conflict that names it."""
    other = ctx.db.row(
        "SELECT id, leave_type, from_date, to_date, status FROM hr_leave_application"
        " WHERE employee_id = ? AND from_date <= ? AND to_date >= ? AND status IN ('Open', 'Approved')"
        " ORDER BY from_date LIMIT 1",
        employee_id,
        to_date,
        from_date,
    )
    if other is not None:
        message = (
            f"{other['id']} ({other['leave_type']}, {other['status']}) covers {other['from_date']}"
            f" to {other['to_date']}. cancel_leave takes it back."
        )
        raise ToolError("conflict", message, field="from_date")


def check_balance(ctx: Context, kind: Row, application: Row, *, pending_counts: bool) -> None:
    """Enough allocated days for an application not yet counted (`pending_counts`), or for one that is open itself."""
    if not kind["needs_allocation"]:
        return
    found = balances(ctx, application["employee_id"], application["from_date"][:4], kind["name"])
    row = found[0] if found else {"allocated": 0.0, "taken": 0.0, "pending": 0.0}
    free = row["allocated"] - row["taken"] - (row["pending"] if pending_counts else 0)
    if application["days"] > free:
        waiting = f", {row['pending']:g} waiting for a decision" if pending_counts else ""
        message = (
            f"{application['days']:g} days of {kind['name']} asked for, {free:g} free in {application['from_date'][:4]}"
            f" ({row['allocated']:g} allocated, {row['taken']:g} taken{waiting})."
        )
        raise ToolError("conflict", message, field="leave_type", accepted=f"at most {max(free, 0):g} days")


def block_attendance(ctx: Context, person: Row, application: Row) -> None:
    """Attendance rows for the working days of a leave; a day marked Absent becomes leave, one at work refuses."""
    days = working_days(ctx, person["site_id"], application["from_date"], application["to_date"])
    status = "Half Day" if application["half_day"] else "On Leave"
    sql = (
        "SELECT attendance_date, id, status FROM hr_attendance"
        " WHERE employee_id = ? AND attendance_date BETWEEN ? AND ?"
    )
    there = {row["attendance_date"]: row for row in ctx.db.rows(sql, person["employee_id"], days[0], days[-1])}
    number_from = next_id(ctx, "hr_attendance")
    for row in there.values():
        if row["attendance_date"] in days and row["status"] != "Absent" and not application["half_day"]:
            message = f"{person['employee_name']} is marked {row['status']} on {row['attendance_date']} ({row['id']})."
            raise ToolError("conflict", message, accepted="mark_attendance as Absent first, or another period")
    head, number = number_from.rsplit("-", 1)
    for day in days:
        if day in there:
            key = {"id": there[day]["id"]}
            ctx.db.update("hr_attendance", key, status=status, leave_application_id=application["id"])
            continue
        values = {"employee_id": person["employee_id"], "attendance_date": day, "status": status}
        ctx.db.insert("hr_attendance", id=f"{head}-{number}", leave_application_id=application["id"], **values)
        number = f"{int(number) + 1:05d}"


def take_back(ctx: Context, person: Row, application: Row, *, note: str) -> None:
    """Set Cancelled; an approved leave gives back its days of attendance and the other apps hear of it."""
    ctx.db.update(
        "hr_leave_application",
        {"id": application["id"]},
        status="Cancelled",
        decided_by=ctx.me.id,
        decided_on=ctx.today,
        decision_note=note,
    )
    if application["status"] != "Approved":
        return
    key = application["id"]
    ctx.db.execute(
        "UPDATE hr_attendance SET status = 'Present', leave_application_id = NULL"
        " WHERE leave_application_id = ? AND in_time IS NOT NULL",
        key,
    )
    ctx.db.delete("hr_attendance", leave_application_id=key)
    ctx.emit(LeaveCancelled(key, person["person_id"], application["from_date"], application["to_date"]))


def cancel_after(ctx: Context, person: Row, last_day: str) -> int:
    """Cancel what a leaver cannot take: open applications that end, approved ones that begin after the last day."""
    rows = ctx.db.rows(
        "SELECT * FROM hr_leave_application WHERE employee_id = ? AND"
        " ((status = 'Open' AND to_date > ?) OR (status = 'Approved' AND from_date > ?)) ORDER BY id",
        person["employee_id"],
        last_day,
        last_day,
    )
    for row in rows:
        take_back(ctx, person, row, note=f"Employment ends on {last_day}.")
    return len(rows)
