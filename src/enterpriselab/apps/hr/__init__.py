"""Frappe HR: employees, leave, attendance, shifts, expenses, payroll and recruitment."""

from pathlib import Path

from enterpriselab.apps.hr.seed import seed
from enterpriselab.apps.hr.tools import (
    attendance,
    employees,
    expenses,
    interviews,
    leave,
    openings,
    payroll,
    recruitment,
    reports,
    shifts,
)
from enterpriselab.toolkit import App, tools_in

_HR = frozenset({"HR User", "HR Manager"})
_HR_AND_AUDIT = _HR | {"Auditor"}

APP = App(
    key="hr",
    title="Frappe HR",
    domain="Human Resources",
    folder=Path(__file__).parent,
    seed=seed,
    tools=tools_in(employees, leave, attendance, shifts, expenses, payroll, openings, recruitment, interviews, reports),
    permissions={
        "employee.read": _HR_AND_AUDIT | {"Payroll"},
        "employee.hire": _HR,
        "employee.change": _HR,
        "employee.terminate": frozenset({"HR Manager"}),
        "leave.read": _HR_AND_AUDIT | {"Payroll"},
        "leave.write": _HR,
        "leave.decide": _HR,
        "leave.allocate": _HR,
        "attendance.read": _HR_AND_AUDIT | {"Payroll"},
        "attendance.write": _HR,
        "shift.read": _HR,
        "shift.write": _HR,
        "expense.read": _HR_AND_AUDIT | {"Finance", "Payroll"},
        "expense.write": _HR,
        "expense.decide": frozenset({"Finance", "HR Manager"}),
        "expense.pay": frozenset({"Finance", "Payroll"}),
        "payroll.read": frozenset({"Payroll", "HR Manager"}),
        "recruit.read": _HR | {"Recruiter"},
        "recruit.write": frozenset({"Recruiter", "HR Manager"}),
        "report.people": _HR_AND_AUDIT,
        "report.money": frozenset({"HR Manager", "Finance", "Payroll", "Auditor"}),
        "report.recruiting": _HR | {"Recruiter"},
    },
)
