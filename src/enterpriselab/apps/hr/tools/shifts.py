"""Shifts: types, and who works which shift when."""

from typing import Any, NotRequired

from typing_extensions import TypedDict

from enterpriselab.apps.hr import staff
from enterpriselab.apps.hr.days import check_period
from enterpriselab.apps.hr.ids import EmployeeId, EmployeeName, ShiftAssignmentId, ShiftStatus, ShiftTypeName
from enterpriselab.apps.hr.listing import compact, like, of_people, page_rows, where
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.apps.hr.notices import notify
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, Row, ToolError, not_found, tool


class ShiftType(TypedDict):
    """A kind of shift; times are local to the site, an end before the start is on the next day."""

    shift_type: ShiftTypeName
    start_time: str
    end_time: str
    grace_minutes: int


class ShiftAssignment(TypedDict):
    """Who works which shift when; without an end date until further notice."""

    shift_assignment_id: ShiftAssignmentId
    employee_id: EmployeeId
    employee_name: EmployeeName
    shift_type: ShiftTypeName
    start_date: Date
    end_date: NotRequired[Date]
    status: ShiftStatus


_ASSIGNMENT = """
SELECT a.id AS shift_assignment_id, a.employee_id, p.full_name AS employee_name, a.shift_type, a.start_date,
       a.end_date, a.status
FROM hr_shift_assignment a
LEFT JOIN hr_employee e ON e.id = a.employee_id LEFT JOIN company_person p ON p.id = e.person_id"""
_FAR = "9999-12-31"


@tool()
def list_shift_types(
    ctx: Context, query: str | None = None, page: PageNumber = 1, per_page: PerPage = 20
) -> Page[ShiftType]:
    """List the kinds of shift with start, end and minutes of grace before a late mark.

    Args:
        query: Part of the name.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    condition, params = where(("name LIKE ? ESCAPE '!'", like(query)))
    columns = "name AS shift_type, start_time, end_time, grace_minutes"
    sql = f"SELECT {columns} FROM hr_shift_type WHERE {condition} ORDER BY start_time, name"
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool()
def get_shift_assignments(
    ctx: Context,
    employee_id: EmployeeId | None = None,
    from_date: Date | None = None,
    to_date: Date | None = None,
    status: ShiftStatus | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[ShiftAssignment]:
    """List shift assignments by start: the caller's own and of everybody below, or all for HR.

    Args:
        employee_id: Only this employee.
        from_date: Only assignments that run on or after this day.
        to_date: Only assignments that begin on or before this day.
        status: Active or Cancelled.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    if employee_id is not None:
        staff.require_access(ctx, staff.find_staff(ctx, employee_id), "shift.read", "the shifts")
    condition, params = where(
        (of_people("a.employee_id"), staff.visible_person_ids(ctx, "shift.read") if employee_id is None else None),
        ("a.employee_id = ?", employee_id),
        ("coalesce(a.end_date, '9999-12-31') >= ?", from_date),
        ("a.start_date <= ?", to_date),
        ("a.status = ?", status),
    )
    sql = f"{_ASSIGNMENT} WHERE {condition} ORDER BY a.start_date, a.id"
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]


@tool(writes=True)
def assign_shift(
    ctx: Context, employee_id: EmployeeId, shift_type: ShiftTypeName, start_date: Date, end_date: Date | None = None
) -> ShiftAssignment:
    """Put an employee on a shift for a period; for managers above the employee and HR. Assignments of one employee do
    not overlap.

    Args:
        employee_id: Who works the shift.
        shift_type: One of list_shift_types.
        start_date: First day, today or later.
        end_date: Last day; until further notice when left out.
    """
    person = staff.find_staff(ctx, employee_id)
    staff.require_decider(ctx, person, "shift.write", "assign shifts")
    kind = _find_type(ctx, shift_type)
    _check_dates(ctx, person, start_date, end_date)
    _check_free(ctx, employee_id, start_date, end_date, but="")
    key = next_id(ctx, "hr_shift_assignment")
    values = {"shift_type": kind, "start_date": start_date, "end_date": end_date, "status": "Active"}
    ctx.db.insert("hr_shift_assignment", id=key, employee_id=employee_id, **values)
    return _tell(ctx, key, person, "assigned")  # type: ignore[no-any-return]


@tool(writes=True, idempotent=True)
def update_shift_assignment(
    ctx: Context,
    shift_assignment_id: ShiftAssignmentId,
    shift_type: ShiftTypeName | None = None,
    start_date: Date | None = None,
    end_date: Date | None = None,
) -> ShiftAssignment:
    """Change an active shift assignment. Once it has begun only the end can move, and not before today.

    Args:
        shift_assignment_id: The assignment.
        shift_type: Another kind of shift.
        start_date: Another first day, today or later.
        end_date: Another last day.
    """
    row, person = _active(ctx, shift_assignment_id)
    if shift_type is None and start_date is None and end_date is None:
        raise ToolError("invalid", "Nothing to change was given.", accepted=["shift_type", "start_date", "end_date"])
    begun = row["start_date"] < ctx.today
    if begun and (shift_type or start_date):
        message = (
            f"{row['id']} began on {row['start_date']}: only end_date can change. End it and assign the next shift."
        )
        raise ToolError("conflict", message, field="shift_assignment_id", accepted=["end_date"])
    first, last = start_date or row["start_date"], end_date or row["end_date"]
    if begun and last is not None and last < ctx.today:
        raise ToolError("invalid", f"{last} is in the past.", field="end_date", accepted=f"a day from {ctx.today}")
    _check_dates(ctx, person, max(first, ctx.today), last)
    _check_free(ctx, row["employee_id"], first, last, but=row["id"])
    kind = _find_type(ctx, shift_type) if shift_type else row["shift_type"]
    wanted = {"shift_type": kind, "start_date": first, "end_date": last}
    changed = {name: value for name, value in wanted.items() if value != row[name]}
    if not changed:
        return _shown(ctx, row["id"])  # type: ignore[no-any-return]
    ctx.db.update("hr_shift_assignment", {"id": row["id"]}, **changed)
    return _tell(ctx, row["id"], person, "changed")  # type: ignore[no-any-return]


@tool(writes=True, destructive=True)
def cancel_shift_assignment(ctx: Context, shift_assignment_id: ShiftAssignmentId) -> ShiftAssignment:
    """Cancel a shift assignment that has not begun; one that runs is ended with update_shift_assignment.

    Args:
        shift_assignment_id: The assignment.
    """
    row, person = _active(ctx, shift_assignment_id)
    if row["start_date"] < ctx.today:
        message = f"{row['id']} began on {row['start_date']}; set its end_date with update_shift_assignment."
        raise ToolError("conflict", message, field="shift_assignment_id", accepted=f"end_date from {ctx.today}")
    ctx.db.update("hr_shift_assignment", {"id": row["id"]}, status="Cancelled")
    return _tell(ctx, row["id"], person, "cancelled")  # type: ignore[no-any-return]


def _find_type(ctx: Context, name: str) -> str:
    found: str | None = ctx.db.value("SELECT name FROM hr_shift_type WHERE name = ? COLLATE NOCASE", name)
    if found is None:
        names = ctx.db.values("SELECT name FROM hr_shift_type ORDER BY name")
        raise ToolError("not_found", f"No shift type {name!r}.", field="shift_type", accepted=names)
    return found


def _active(ctx: Context, assignment_id: str) -> tuple[Row, Row]:
    row = ctx.db.row("SELECT * FROM hr_shift_assignment WHERE id = ?", assignment_id)
    if row is None:
        hint = "get_shift_assignments lists valid ids."
        raise not_found("shift assignment", assignment_id, field="shift_assignment_id", hint=hint)
    person = staff.find_staff(ctx, row["employee_id"])
    staff.require_decider(ctx, person, "shift.write", "change shifts")
    if row["status"] != "Active":
        raise ToolError(
            "conflict", f"{assignment_id} is {row['status']}; only an Active one changes.", accepted=["Active"]
        )
    if row["end_date"] and row["end_date"] < ctx.today:
        raise ToolError("conflict", f"{assignment_id} ended on {row['end_date']}; the past does not change.")
    return row, person


def _check_dates(ctx: Context, person: Row, first: str, last: str | None) -> None:
    if first < ctx.today:
        raise ToolError("invalid", f"{first} is in the past.", field="start_date", accepted=f"a day from {ctx.today}")
    if last is not None:
        check_period(first, last, field="end_date")
    staff.require_employed(person, first, field="start_date")
    staff.require_employed(person, last or first, field="end_date")


def _check_free(ctx: Context, employee_id: str, first: str, last: str | None, *, but: str) -> None:
    other = ctx.db.row(
        "SELECT id, shift_type, start_date, end_date FROM hr_shift_assignment WHERE employee_id = ? AND id <> ?"
        " AND status = 'Active' AND start_date <= ? AND coalesce(end_date, ?) >= ? ORDER BY start_date LIMIT 1",
        employee_id,
        but,
        last or _FAR,
        _FAR,
        first,
    )
    if other is not None:
        until = other["end_date"] or "further notice"
        message = f"{other['id']} ({other['shift_type']}) holds from {other['start_date']} until {until}."
        raise ToolError("conflict", message, field="start_date", accepted="a period without another active assignment")


def _shown(ctx: Context, assignment_id: str) -> Any:
    row = ctx.db.row(f"{_ASSIGNMENT} WHERE a.id = ?", assignment_id)
    assert row is not None, assignment_id
    return compact(row)


def _tell(ctx: Context, assignment_id: str, person: Row, verb: str) -> Any:
    row = _shown(ctx, assignment_id)
    period = f"{row['start_date']} to {row.get('end_date', 'further notice')}"
    notify(
        ctx,
        [person["email"]],
        subject=f"Shift {verb}: {row['shift_type']}",
        body=f"Your shift {row['shift_type']} ({assignment_id}, {period}) was {verb} by {ctx.me.name}.",
        kind=f"shift_{verb}",
    )
    return row
