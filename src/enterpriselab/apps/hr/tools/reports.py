"""Named reports: one SQL text each, with the permission that it needs and the filters that it takes."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from enterpriselab.apps.hr import staff
from enterpriselab.apps.hr.ids import DepartmentName, EmployeeId, JobOpeningId, LeaveTypeName
from enterpriselab.apps.hr.leave_rules import find_leave_type
from enterpriselab.toolkit import Context, Page, PageNumber, PerPage, ToolError, page_of, tool

Month = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-20\d\d$")]
ReportName = Literal[
    "Department Headcount",
    "Employee Leave Balance",
    "Open Leave Applications",
    "Monthly Attendance",
    "Expense Claim Summary",
    "Recruitment Pipeline",
    "Salary Register",
    "Employees Leaving",
]


class Filters(TypedDict, total=False):
    """What a report may be narrowed by; each report names those it takes."""

    department: NotRequired[Annotated[DepartmentName, Field(description="Exact department name.")]]
    leave_type: NotRequired[Annotated[LeaveTypeName, Field(description="Kind of leave.")]]
    month: NotRequired[Annotated[Month, Field(description="MM-YYYY.")]]


@with_config(ConfigDict(extra="allow"))
class ReportRow(TypedDict, total=False):
    """The ids that a row may hold; its other columns depend on the report."""

    employee_id: EmployeeId
    job_opening_id: JobOpeningId
    department: DepartmentName
    leave_type: LeaveTypeName


@dataclass(frozen=True, slots=True)
class Report:
    """SQL with the named parameters ?1 department id, ?2 leave type, ?3 month 'YYYY-MM', ?4 year; None means all."""

    permission: str
    takes: tuple[str, ...]
    sql: str


REPORTS: dict[str, Report] = {
    "Department Headcount": Report(
        "report.people",
        ("department",),
        """SELECT department, count(*) AS employees, sum(status = 'On Leave') AS on_leave,
                  sum(left_on IS NOT NULL) AS leaving, count(DISTINCT site_id) AS sites FROM hr_staff
           WHERE status <> 'Left' AND (?1 IS NULL OR department_id = ?1) GROUP BY department ORDER BY department""",
    ),
    "Employee Leave Balance": Report(
        "report.people",
        ("department", "leave_type"),
        """SELECT s.employee_id, s.employee_name, s.department, g.leave_type, g.days AS allocated,
                  coalesce(u.taken, 0.0) AS taken, coalesce(u.pending, 0.0) AS pending,
                  g.days - coalesce(u.taken, 0) - coalesce(u.pending, 0) AS available
           FROM (SELECT employee_id, leave_type, sum(days) AS days FROM hr_leave_allocation
                 WHERE substr(from_date, 1, 4) = ?4 GROUP BY 1, 2) g
           JOIN hr_staff s ON s.employee_id = g.employee_id
           LEFT JOIN (SELECT employee_id, leave_type, sum(CASE status WHEN 'Approved' THEN days ELSE 0 END) AS taken,
                             sum(CASE status WHEN 'Open' THEN days ELSE 0 END) AS pending FROM hr_leave_application
                      WHERE substr(from_date, 1, 4) = ?4 AND status IN ('Open', 'Approved') GROUP BY 1, 2) u
                  ON u.employee_id = g.employee_id AND u.leave_type = g.leave_type
           WHERE s.status <> 'Left' AND (?1 IS NULL OR s.department_id = ?1) AND (?2 IS NULL OR g.leave_type = ?2)
           ORDER BY s.employee_id, g.leave_type""",
    ),
    "Open Leave Applications": Report(
        "report.people",
        ("department", "leave_type"),
        """SELECT s.department, count(*) AS applications, sum(a.days) AS days, min(a.from_date) AS first_day
           FROM hr_leave_application a JOIN hr_staff s ON s.employee_id = a.employee_id
           WHERE a.status = 'Open' AND (?1 IS NULL OR s.department_id = ?1) AND (?2 IS NULL OR a.leave_type = ?2)
           GROUP BY s.department ORDER BY s.department""",
    ),
    "Monthly Attendance": Report(
        "report.people",
        ("department", "month"),
        """SELECT s.department, sum(a.present) AS present, sum(a.work_from_home) AS work_from_home,
                  sum(a.half_day) AS half_day, sum(a.on_leave) AS on_leave, sum(a.absent) AS absent,
                  sum(a.late_marks) AS late_marks
           FROM (SELECT employee_id, sum(status = 'Present') AS present,
                        sum(status = 'Work From Home') AS work_from_home, sum(status = 'Half Day') AS half_day,
                        sum(status = 'On Leave') AS on_leave, sum(status = 'Absent') AS absent,
                        sum(late_entry) AS late_marks
                 FROM hr_attendance WHERE attendance_date BETWEEN ?3 || '-01' AND ?3 || '-31' GROUP BY employee_id) a
           JOIN hr_staff s ON s.employee_id = a.employee_id
           WHERE ?1 IS NULL OR s.department_id = ?1 GROUP BY s.department ORDER BY s.department""",
    ),
    "Expense Claim Summary": Report(
        "report.money",
        ("department",),
        """SELECT s.department, c.status, count(*) AS claims, sum(c.claimed_cents) / 100.0 AS claimed,
                  coalesce(sum(c.sanctioned_cents), 0) / 100.0 AS sanctioned
           FROM hr_expense_claim c JOIN hr_staff s ON s.employee_id = c.employee_id
           WHERE ?1 IS NULL OR s.department_id = ?1 GROUP BY s.department, c.status ORDER BY s.department, c.status""",
    ),
    "Recruitment Pipeline": Report(
        "report.recruiting",
        ("department",),
        """SELECT o.id AS job_opening_id, o.job_title, o.status, o.no_of_positions, count(a.id) AS applicants,
                  coalesce(sum(a.status IN ('Open', 'Replied')), 0) AS new,
                  coalesce(sum(a.status = 'Shortlisted'), 0) AS shortlisted,
                  coalesce(sum(a.status = 'Interview'), 0) AS interview,
                  coalesce(sum(a.status = 'Offered'), 0) AS offered,
                  coalesce(sum(a.status = 'Accepted'), 0) AS accepted,
                  coalesce(sum(a.status = 'Rejected'), 0) AS rejected
           FROM hr_job_opening o LEFT JOIN hr_job_applicant a ON a.job_opening_id = o.id
           WHERE ?1 IS NULL OR o.department_id = ?1 GROUP BY o.id ORDER BY o.id""",
    ),
    "Salary Register": Report(
        "payroll.read",
        ("department", "month"),
        """SELECT s.department, l.currency, count(*) AS slips, sum(l.gross_cents) / 100.0 AS gross,
                  sum(l.deduction_cents) / 100.0 AS deductions, sum(l.net_cents) / 100.0 AS net
           FROM hr_salary_slip l JOIN hr_staff s ON s.employee_id = l.employee_id
           WHERE l.month = ?3 AND l.status <> 'Cancelled' AND (?1 IS NULL OR s.department_id = ?1)
           GROUP BY s.department, l.currency ORDER BY s.department, l.currency""",
    ),
    "Employees Leaving": Report(
        "report.people",
        ("department",),
        """SELECT employee_id, employee_name, department, designation, left_on AS last_working_day FROM hr_staff
           WHERE status <> 'Left' AND left_on IS NOT NULL AND (?1 IS NULL OR department_id = ?1)
           ORDER BY left_on, employee_id""",
    ),
}


@tool()
def get_hrms_report(
    ctx: Context,
    report_name: ReportName,
    filters: Filters = {},  # noqa: B006  # pydantic copies it
    page: PageNumber = 1,
    per_page: PerPage = 20,
) -> Page[ReportRow]:
    """Run a named report over the whole company or one department; for HR, Payroll and Auditor as the report allows.

    Args:
        report_name: Which report.
        filters: department for all reports; leave_type for the leave reports; month (MM-YYYY, the last month when left
            out) for Monthly Attendance and Salary Register.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    report = REPORTS[report_name]
    ctx.require(report.permission)
    unused = [name for name in filters if name not in report.takes]
    if unused:
        message = f"{report_name} has no filter {unused[0]!r}."
        raise ToolError("invalid", message, field=f"filters.{unused[0]}", accepted=list(report.takes))
    highest = max(number for number in range(1, 5) if f"?{number}" in report.sql)
    params = _params(ctx, filters)[:highest]  # SQLite wants as many values as the highest number in the text
    rows = ctx.db.rows(report.sql, *params)  # once: counting a grouped query costs as much as reading it
    shown = rows[(page - 1) * per_page : page * per_page]
    return page_of(shown, total=len(rows), page=page, per_page=per_page)  # type: ignore[no-any-return]


def _params(ctx: Context, filters: Filters) -> list[Any]:
    department = (
        staff.find_department(ctx, filters["department"], field="filters.department")["id"]
        if "department" in filters
        else None
    )
    leave_type = find_leave_type(ctx, filters["leave_type"])["name"] if "leave_type" in filters else None
    given = filters.get("month")
    month = f"{given[3:]}-{given[:2]}" if given else _last_month(ctx.today)
    return [department, leave_type, month, ctx.today[:4]]


def _last_month(today: str) -> str:
    year, month = int(today[:4]), int(today[5:7])
    return f"{year}-{month - 1:02d}" if month > 1 else f"{year - 1}-12"
