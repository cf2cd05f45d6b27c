"""Naming series of documents: HR-LAP-2026-00031 follows HR-LAP-2026-00030. The tables themselves are the counter."""

from enterpriselab.toolkit import Context

SERIES: dict[str, tuple[str, int]] = {
    "hr_leave_application": ("HR-LAP", 5),
    "hr_leave_allocation": ("HR-LAL", 5),
    "hr_attendance": ("HR-ATT", 5),
    "hr_checkin": ("HR-CKI", 5),
    "hr_shift_assignment": ("HR-SHA", 5),
    "hr_expense_claim": ("HR-EXP", 5),
    "hr_timesheet": ("HR-TS", 5),
    "hr_job_opening": ("HR-OPN", 4),
    "hr_job_applicant": ("HR-APP", 5),
    "hr_interview": ("HR-INT", 4),
    "hr_job_offer": ("HR-OFF", 4),
    "hr_payroll_entry": ("HR-PRUN", 4),
}
"""Table -> (prefix, digits of the running number); the year stands between them."""


def document_id(table: str, year: int | str, number: int) -> str:
    """The id of the number-th document of a year."""
    prefix, digits = SERIES[table]
    return f"{prefix}-{year}-{number:0{digits}d}"


def next_id(ctx: Context, table: str) -> str:
    """The next free id of the present year."""
    year = ctx.today[:4]
    prefix = f"{SERIES[table][0]}-{year}-"
    last = ctx.db.value(f"SELECT max(id) FROM {table} WHERE id >= ? AND id < ?", prefix, prefix + ":")
    return document_id(table, year, int(last[len(prefix) :]) + 1 if last else 1)


def next_employee_id(ctx: Context) -> str:
    """The next free employee id; the series runs over all years."""
    last = ctx.db.value("SELECT max(id) FROM hr_employee") or "HR-EMP-00000"
    return f"HR-EMP-{int(last[7:]) + 1:05d}"
