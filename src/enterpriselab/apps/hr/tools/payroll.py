"""Salary slips and payroll runs, to read. Slips are for their employee, Payroll and HR Managers only."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from enterpriselab.apps.hr import staff
from enterpriselab.apps.hr.ids import (
    EmployeeId,
    EmployeeName,
    PayrollEntryId,
    PayrollFrequency,
    SalarySlipId,
    SiteId,
    SlipStatus,
)
from enterpriselab.apps.hr.listing import page_rows, where
from enterpriselab.toolkit import Context, Date, Page, PageNumber, PerPage, tool

Month = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-20\d\d$")]
"""'MM-YYYY'."""


class PayLine(TypedDict):
    """One earning or deduction."""

    component: str
    amount: float


class SalarySlip(TypedDict):
    """A month's pay: net_pay is gross_pay less total_deduction."""

    salary_slip_id: SalarySlipId
    employee_id: EmployeeId
    employee_name: EmployeeName
    month: str
    status: SlipStatus
    currency: str
    gross_pay: float
    total_deduction: float
    net_pay: float
    earnings: list[PayLine]
    deductions: list[PayLine]


class PayrollEntry(TypedDict):
    """A payroll run of a site; totals are in the currency of the site."""

    payroll_entry_id: PayrollEntryId
    site: SiteId
    payroll_frequency: PayrollFrequency
    start_date: Date
    end_date: Date
    status: SlipStatus
    salary_slips: int
    total_net_pay: float
    currency: str


_SLIP = """
SELECT l.id AS salary_slip_id, l.employee_id, s.employee_name,
       substr(l.month, 6) || '-' || substr(l.month, 1, 4) AS month, l.status, l.currency,
       l.gross_cents / 100.0 AS gross_pay, l.deduction_cents / 100.0 AS total_deduction,
       l.net_cents / 100.0 AS net_pay
FROM hr_salary_slip l JOIN hr_staff s ON s.employee_id = l.employee_id"""
_LINES = """
SELECT component, amount_cents / 100.0 AS amount, kind
FROM hr_salary_slip_line WHERE salary_slip_id = ? ORDER BY amount_cents DESC, component"""


def _with_lines(ctx: Context, slip: Any) -> Any:
    lines = ctx.db.rows(_LINES, slip["salary_slip_id"])
    for key, kind in (("earnings", "Earning"), ("deductions", "Deduction")):
        slip[key] = [
            {"component": line["component"], "amount": line["amount"]} for line in lines if line["kind"] == kind
        ]
    return slip


@tool()
def get_salary_slip(
    ctx: Context,
    employee_id: EmployeeId | None = None,
    month: Month | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 3,
) -> Page[SalarySlip]:
    """Show the salary slips of one employee with earnings and deductions, latest first.

    Args:
        employee_id: Whose slips; the caller's own when left out. Others only for Payroll and HR Managers.
        month: Only this month, as MM-YYYY, for example 02-2026.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    person = staff.self_or(ctx, employee_id)
    staff.require_self_or(ctx, person, "payroll.read", "see salary slips")
    condition, params = where(
        ("l.employee_id = ?", person["employee_id"]),
        ("l.month = ?", f"{month[3:]}-{month[:2]}" if month else None),
    )
    found = page_rows(ctx, f"{_SLIP} WHERE {condition} ORDER BY l.month DESC", params, page=page, per_page=per_page)
    found["items"] = [_with_lines(ctx, slip) for slip in found["items"]]
    return found  # type: ignore[no-any-return]


@tool(permission="payroll.read")
def get_payroll_entry(
    ctx: Context,
    payroll_frequency: PayrollFrequency | None = None,
    status: SlipStatus | None = None,
    site: SiteId | None = None,
    page: PageNumber = 1,
    per_page: PerPage = 10,
) -> Page[PayrollEntry]:
    """List payroll runs with the number of slips and their net sum, latest first.

    Args:
        payroll_frequency: Only this frequency.
        status: Draft, Submitted or Cancelled.
        site: Only this site id or city.
        page: Page number, from 1.
        per_page: Rows on a page.
    """
    condition, params = where(
        ("e.payroll_frequency = ?", payroll_frequency),
        ("e.status = ?", status),
        ("e.site_id = ?", staff.find_site(ctx, site)["id"] if site else None),
    )
    sql = f"""
    SELECT e.id AS payroll_entry_id, e.site_id AS site, e.payroll_frequency, e.start_date, e.end_date, e.status,
           count(l.id) AS salary_slips, coalesce(sum(l.net_cents), 0) / 100.0 AS total_net_pay, c.currency
    FROM hr_payroll_entry e JOIN company_site c ON c.id = e.site_id
    LEFT JOIN hr_salary_slip l ON l.payroll_entry_id = e.id AND l.status <> 'Cancelled'
    WHERE {condition} GROUP BY e.id ORDER BY e.start_date DESC, e.id"""
    return page_rows(ctx, sql, params, page=page, per_page=per_page)  # type: ignore[no-any-return]
