"""Leave: types, balances, allocations, and applications from Open to Approved, Rejected or Cancelled."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import leave_rules, staff
from enterpriselab.apps.hr.days import check_period
from enterpriselab.apps.hr.ids import (
    EmployeeId,
    EmployeeName,
    LeaveAllocationId,
    LeaveApplicationId,
    LeaveStatus,
    LeaveTypeName,
    Note,
    Reason,
)
from enterpriselab.apps.hr.listing import compact, of_people, page_rows, where
from enterpriselab.apps.hr.naming import next_id
from enterpriselab.apps.hr.notices import email_of, notify
from enterpriselab.company.events import LeaveApproved
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, Row, ToolError, tool

Year = Annotated[int, Field(ge=2025, le=2027)]


class LeaveType(TypedDict):
    """A kind of leave and its rules."""

    leave_type: LeaveTypeName
    is_paid: bool
    needs_allocation: bool
    max_consecutive_days: int
    notice_days: int
    backdate_days: int
    allow_half_day: bool
    description: str


class Balance(TypedDict):
    """Days of one type in a calendar year; no `available` where no allocation is needed."""

    leave_type: LeaveTypeName
    allocated: float
    taken: float
    pending: float
    available: NotRequired[float]


class Balances(TypedDict):
    """All balances of an employee in a calendar year."""

    employee_id: EmployeeId
    employee_name: EmployeeName
    year: int
    balances: list[Balance]


class Allocation(TypedDict):
    """Days given to an employee."""

    leave_allocation_id: LeaveAllocationId
    employee_id: EmployeeId
    leave_type: LeaveTypeName
    from_date: Date
    to_date: Date
    days: float
    available: float


class Application(TypedDict):
    """A leave application; reason and decision only when there are any."""

    leave_application_id: LeaveApplicationId
    employee_id: EmployeeId
    employee_name: EmployeeName
    leave_type: LeaveTypeName
    from_date: Date
    to_date: Date
    days: float
    half_day: NotRequired[bool]
    status: LeaveStatus
    reason: NotRequired[str]
    decision_note: NotRequired[str]


_APPLICATION = """
SELECT a.id AS leave_application_id, a.employee_id, p.full_name AS employee_name, a.leave_type, a.from_date, a.to_date,
       a.days, CASE a.half_day WHEN 1 THEN 1 END AS half_day, a.status, a.reason, a.decision_note
FROM hr_leave_application a
LEFT JOIN hr_employee e ON e.id = a.employee_id LEFT JOIN company_person p ON p.id = e.person_id"""


def _shown(ctx: Context, application_id: str) -> Any:
    row = ctx.db.row(f"{_APPLICATION} WHERE a.id = ?", application_id)
    assert row is not None, application_id
    return compact(row, flags=("half_day",))


def _balances(ctx: Context, person: Row, leave_type: str | None, year: int | None) -> Any:
    name = leave_rules.find_leave_type(ctx, leave_type)["name"] if leave_type else None
    chosen = str(year or ctx.today[:4])
    rows = [compact(row) for row in leave_rules.balances(ctx, person["employee_id"], chosen, name)]
    head = {"employee_id": person["employee_id"], "employee_name": person["employee_name"], "year": int(chosen)}
    return {**head, "balances": rows}


@tool()
def list_leave_types(ctx: Context, page: PageNumber = 1, per_page: PerPage = 20) -> Page[LeaveType]:
    """List the kinds of leave with their rules: allocation, longest run, notice, half days.

    Args:
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    columns = "is_paid, needs_allocation, max_consecutive_days, notice_days, backdate_days, allow_half_day, description"
    flags = ("is_paid", "needs_allocation", "allow_half_day")
    sql = f"SELECT name AS leave_type, {columns} FROM hr_leave_type ORDER BY name"
    return page_rows(ctx, sql, [], page=page, per_page=per_page, flags=flags)  # type: ignore[no-any-return]


@tool()
def get_my_leave_balance(ctx: Context, leave_type: LeaveTypeName | None = None, year: Year | None = None) -> Balances:
    """Show the caller's own leave balances: allocated, taken, pending and available days of each type.

    Args:
        leave_type: Only this type.
        year: Calendar year; the present one when left out.
    """
    return _balances(ctx, staff.myself(ctx), leave_type, year)  # type: ignore[no-any-return]


@tool()
def get_leave_balance(
    ctx: Context, employee_id: EmployeeId, leave_type: LeaveTypeName | None = None, year: Year | None = None
) -> Balances:
    """Show an employee's leave balances; for the employee, managers above and HR.

    Args:
        employee_id: The employee.
        leave_type: Only this type.
        year: Calendar year; the present one when left out.
    """
    person = staff.find_staff(ctx, employee_id)
    staff.require_access(ctx, person, "leave.read", "the leave")
    return _balances(ctx, person, leave_type, year)  # type: ignore[no-any-return]


@tool(writes=True, permission="leave.allocate")
def allocate_leave(
    ctx: Context,
    employee_id: EmployeeId,
    leave_type: LeaveTypeName,
    days: Annotated[float, Field(gt=0, le=120)],
    from_date: Date | None = None,
    to_date: Date | None = None,
    note: Note = "",
) -> Allocation:
    """Give an employee days of a leave type, added to what was allocated before.

    Args:
        employee_id: Who gets the days; nobody allocates to themselves.
        leave_type: A type that needs allocation.
        days: Days in steps of a half.
        from_date: First day of validity; 1 January of the year when left out.
        to_date: Last day of validity, in the same calendar year; 31 December when left out.
        note: Why the days are given.
    """
    person = staff.find_staff(ctx, employee_id)
    kind = leave_rules.find_leave_type(ctx, leave_type)
    year = (from_date or to_date or ctx.today)[:4]
    first, last = from_date or f"{year}-01-01", to_date or f"{year}-12-31"
    check_period(first, last)
    _check_allocation(ctx, person, kind, days, first, last)
    key = next_id(ctx, "hr_leave_allocation")
    values = {"from_date": first, "to_date": last, "days": days}
    ctx.db.insert("hr_leave_allocation", id=key, employee_id=employee_id, leave_type=kind["name"], note=note, **values)
    available = leave_rules.balances(ctx, employee_id, first[:4], kind["name"])[0]["available"]
    head = {"leave_allocation_id": key, "employee_id": employee_id, "leave_type": kind["name"]}
    return {**head, **values, "available": available}  # type: ignore[typeddict-item]


def _check_allocation(ctx: Context, person: Row, kind: Row, days: float, first: str, last: str) -> None:
    if staff.is_self(ctx, person):
        raise ToolError("forbidden", "Nobody allocates leave to themselves.", accepted="another person of HR")
    staff.require_employed(person, max(ctx.today, person["hired_on"]), field="employee_id")
    if not kind["needs_allocation"]:
        raise ToolError(
            "invalid", f"{kind['name']} needs no allocation; it can be applied for at once.", field="leave_type"
        )
    if days * 2 != int(days * 2):
        raise ToolError("invalid", f"{days} is not a multiple of half a day.", field="days", accepted="steps of 0.5")
    if first[:4] != last[:4]:
        raise ToolError(
            "invalid", "An allocation lies in one calendar year.", field="to_date", accepted=f"up to {first[:4]}-12-31"
        )


@tool(writes=True)
def apply_leave(
    ctx: Context,
    leave_type: LeaveTypeName,
    from_date: Date,
    to_date: Date,
    employee_id: EmployeeId | None = None,
    half_day: bool = False,
    reason: Note = "",
) -> Application:
    """Apply for leave. Weekends and holidays of the employee's site cost no days; the application is Open until a
    manager or HR decides. HR may apply for others and for past days.

    Args:
        leave_type: One of list_leave_types.
        from_date: First day of leave.
        to_date: Last day of leave, in the same calendar year.
        employee_id: Who takes the leave; the caller when left out.
        half_day: Only half of one day; from_date and to_date are then equal.
        reason: Why, for the approver.
    """
    person = staff.self_or(ctx, employee_id)
    staff.require_self_or(ctx, person, "leave.write", "apply for leave")
    kind = leave_rules.find_leave_type(ctx, leave_type)
    days = leave_rules.leave_days(ctx, person, from_date, to_date, half_day=half_day)
    staff.require_employed(person, from_date, field="from_date")
    staff.require_employed(person, to_date, field="to_date")
    exempt = not staff.is_self(ctx, person)
    leave_rules.check_dates(ctx, kind, from_date, days=days, half_day=half_day, exempt=exempt)
    leave_rules.check_overlap(ctx, person["employee_id"], from_date, to_date)
    row = {"employee_id": person["employee_id"], "from_date": from_date, "to_date": to_date, "days": days}
    leave_rules.check_balance(ctx, kind, row, pending_counts=True)
    key = next_id(ctx, "hr_leave_application")
    fixed = {"half_day": int(half_day), "reason": reason, "status": "Open", "posted_on": ctx.today}
    ctx.db.insert("hr_leave_application", id=key, leave_type=kind["name"], **row, **fixed)
    what = f"{days:g} day(s) of {kind['name']}, {from_date} to {to_date}"
    notify(
        ctx,
        email_of(ctx, person["manager_id"]),
        subject=f"Leave application {key} of {person['employee_name']}",
        body=f"{person['employee_name']} asks for {what}. {reason}".strip(),
        kind="leave_requested",
    )
    return _shown(ctx, key)  # type: ignore[no-any-return]


@tool()
def get_leave_applications(
    ctx: Context,
    employee_id: EmployeeId | None = None,
    status: LeaveStatus | None = None,
    from_date: Date | None = None,
    to_date: Date | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[Application]:
    """List leave applications, latest leave first: the caller's own and of everybody below, or all for HR.

    Args:
        employee_id: Only this employee.
        status: Only this status; Open ones wait for a decision.
        from_date: Only leave that ends on or after this day.
        to_date: Only leave that begins on or before this day.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    if employee_id is not None:
        staff.require_access(ctx, staff.find_staff(ctx, employee_id), "leave.read", "the leave")
    condition, params = where(
        (of_people("a.employee_id"), staff.visible_person_ids(ctx, "leave.read") if employee_id is None else None),
        ("a.employee_id = ?", employee_id),
        ("a.status = ?", status),
        ("a.to_date >= ?", from_date),
        ("a.from_date <= ?", to_date),
    )
    sql = f"{_APPLICATION} WHERE {condition} ORDER BY a.from_date DESC, a.id"
    return page_rows(ctx, sql, params, page=page, per_page=per_page, flags=("half_day",))  # type: ignore[no-any-return]


def _decide(ctx: Context, application: Row, person: Row, *, status: str, note: str) -> None:
    key = {"id": application["id"]}
    decision = {"status": status, "decided_by": ctx.me.id, "decided_on": ctx.today, "decision_note": note}
    ctx.db.update("hr_leave_application", key, **decision)
    period = f"{application['leave_type']}, {application['from_date']} to {application['to_date']}"
    tail = f" {note}" if note else ""
    notify(
        ctx,
        [person["email"]],
        subject=f"Leave application {application['id']} {status.lower()}",
        body=f"Your leave application {application['id']} ({period}) was {status.lower()} by {ctx.me.name}.{tail}",
        kind=f"leave_{status.lower()}",
    )


@tool(writes=True)
def approve_leave(ctx: Context, leave_application_id: LeaveApplicationId, note: Note = "") -> Application:
    """Approve an open leave application: the days leave the balance, attendance and calendar show the leave, and the
    employee gets a mail. For managers above the employee and HR; nobody approves their own.

    Args:
        leave_application_id: The open application.
        note: Words to the employee.
    """
    application = leave_rules.find_application(ctx, leave_application_id)
    person = staff.find_staff(ctx, application["employee_id"])
    staff.require_decider(ctx, person, "leave.decide", "approve leave")
    leave_rules.require_transition(application, "Approved")
    staff.require_employed(person, application["to_date"], field="leave_application_id")
    kind = leave_rules.find_leave_type(ctx, application["leave_type"])
    leave_rules.check_balance(ctx, kind, application, pending_counts=False)
    leave_rules.block_attendance(ctx, person, application)
    _decide(ctx, application, person, status="Approved", note=note)
    period = (application["from_date"], application["to_date"], bool(application["half_day"]))
    ctx.emit(LeaveApproved(leave_application_id, person["person_id"], *period, application["leave_type"]))
    return _shown(ctx, leave_application_id)  # type: ignore[no-any-return]


@tool(writes=True)
def reject_leave(ctx: Context, leave_application_id: LeaveApplicationId, reason: Reason) -> Application:
    """Reject an open leave application; the employee gets a mail with the reason. For managers above
    the employee and HR.

    Args:
        leave_application_id: The open application.
        reason: Why it is rejected.
    """
    application = leave_rules.find_application(ctx, leave_application_id)
    person = staff.find_staff(ctx, application["employee_id"])
    staff.require_decider(ctx, person, "leave.decide", "reject leave")
    leave_rules.require_transition(application, "Rejected")
    _decide(ctx, application, person, status="Rejected", note=reason)
    return _shown(ctx, leave_application_id)  # type: ignore[no-any-return]


@tool(writes=True, destructive=True)
def cancel_leave(ctx: Context, leave_application_id: LeaveApplicationId, reason: Note = "") -> Application:
    """Take back an open or approved leave application; approved days return to the balance and the calendar is freed.
    The employee may do so until the leave begins, managers above and HR always.

    Args:
        leave_application_id: The application.
        reason: Why it is taken back.
    """
    application = leave_rules.find_application(ctx, leave_application_id)
    person = staff.find_staff(ctx, application["employee_id"])
    if not staff.is_self(ctx, person):
        staff.require_decider(ctx, person, "leave.decide", "cancel leave")
    leave_rules.require_transition(application, "Cancelled")
    begun = application["status"] == "Approved" and application["from_date"] <= ctx.today
    if begun and staff.is_self(ctx, person):
        message = f"The leave began on {application['from_date']}; a manager or HR must cancel it."
        raise ToolError("forbidden", message, accepted=["a manager above the employee", "role HR User"])
    leave_rules.take_back(ctx, person, application, note=reason)
    receivers = [person["email"], *email_of(ctx, person["manager_id"])]
    period = f"{application['from_date']} to {application['to_date']}"
    notify(
        ctx,
        receivers,
        subject=f"Leave application {application['id']} cancelled",
        body=f"The leave of {person['employee_name']}, {period}, was cancelled.",
        kind="leave_cancelled",
    )
    return _shown(ctx, leave_application_id)  # type: ignore[no-any-return]
