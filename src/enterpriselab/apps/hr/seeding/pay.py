"""Payroll of January and February: a run for each site, a slip for each employee; two sites are still at a draft."""

from enterpriselab.apps.hr.naming import document_id
from enterpriselab.apps.hr.seeding.base import Seeding, employee_id
from enterpriselab.company import Person

MONTHS = (("2026-01", "2026-01-31", "2026-01-28"), ("2026-02", "2026-02-28", "2026-02-26"))
"""month, last day, day of posting."""
STILL_DRAFT = ("PNQ", "AUS")
_MONTHLY_EUR = {
    "IC1": 3400, "IC2": 4300, "IC3": 5500, "IC4": 6900, "IC5": 8200, "M1": 6800, "M2": 7800, "M3": 9500,
    "E1": 11500, "E2": 13500, "E3": 16000, "E4": 20000,
}  # fmt: skip
_LOCAL = {"EUR": 1.0, "GBP": 0.84, "USD": 1.4, "INR": 34.0}
"""Currency -> what one EUR of the table above becomes in a local contract; pay levels, not an exchange rate."""
_TAX = {"HAM": 0.24, "LYO": 0.17, "LDS": 0.21, "PNQ": 0.14, "AUS": 0.18}


def seed_payroll(seeding: Seeding, shifts: dict[str, str]) -> None:
    """Runs, slips and their lines; net pay is gross pay less deductions."""
    runs: list[tuple[object, ...]] = []
    slips: list[tuple[object, ...]] = []
    lines: list[tuple[object, ...]] = []
    basics = {person.id: _basic(seeding, person) for person in seeding.firm.people}
    for number, (month, last, posted) in enumerate(MONTHS, start=1):
        for site in seeding.firm.sites:
            key = document_id("hr_payroll_entry", 2026, len(runs) + 1)
            status = "Draft" if number == 2 and site.id in STILL_DRAFT else "Submitted"
            runs.append((key, site.id, "Monthly", f"{month}-01", last, status, posted))
            for person in seeding.firm.people:
                if person.site_id != site.id or person.hired_on > f"{month}-01" or (person.left_on or "9999") < last:
                    continue
                slip = f"Sal Slip/{employee_id(person.id)}/{number:05d}"
                parts = _parts(person, basics[person.id], person.id in shifts)
                gross = sum(cents for _, cents in parts if cents > 0)
                taken = -sum(cents for _, cents in parts if cents < 0)
                slips.append(
                    (slip, employee_id(person.id), key, month, site.currency, status, gross, taken, gross - taken)
                )
                lines += [(slip, name, "Earning" if cents > 0 else "Deduction", abs(cents)) for name, cents in parts]
    cancelled = document_id("hr_payroll_entry", 2026, len(runs) + 1)
    runs.append((cancelled, "PNQ", "Fortnightly", "2026-02-01", "2026-02-14", "Cancelled", "2026-02-13"))
    seeding.insert("hr_payroll_entry", runs)
    seeding.insert("hr_salary_slip", slips)
    seeding.insert("hr_salary_slip_line", lines)


def _basic(seeding: Seeding, person: Person) -> int:
    """Monthly base pay in cents of the site's currency."""
    euros = _MONTHLY_EUR[person.grade] * (0.92 + 0.16 * seeding.dice.unit())
    return round(euros * _LOCAL[seeding.firm.site(person.site_id).currency]) * 100


def _parts(person: Person, basic: int, in_shifts: bool) -> list[tuple[str, int]]:
    """(component, cents); deductions are negative."""
    parts = [("Basic Salary", basic)]
    if person.site_id == "PNQ":
        parts.append(("Housing Allowance", basic * 2 // 5))
    if person.title.endswith("Account Executive"):
        parts.append(("Sales Commission", basic // 4))
    if in_shifts:
        parts.append(("Shift Allowance", basic // 20))
    gross = sum(cents for _, cents in parts)
    parts.append(("Income Tax", -round(gross * _TAX[person.site_id])))
    parts.append(("Social Security", -round(gross * 0.09)))
    return parts
