"""Designations, employees with their history, and shift assignments."""

from enterpriselab.apps.hr.naming import document_id
from enterpriselab.apps.hr.seeding.base import Seeding, days_from_today, employee_id
from enterpriselab.company import TODAY, Person

_FRONT = ("Junior ", "Senior ", "Principal ")
_REASONS = (
    "Accepted a position at another company.",
    "Returns to university.",
    "Moves abroad with the family.",
    "End of the fixed-term contract.",
    "Retirement.",
)
SHIFT_TEAMS = ("First Line Europe", "First Line Americas", "First Line Asia Pacific", "Service Desk")
_WEEKS = (-14, -7, 0, 7)
"""First days of the weeks with shifts, from today."""


def seed_designations(seeding: Seeding) -> None:
    """Every title that somebody holds, and the junior form of each base title that has other forms."""
    titles = {person.title for person in seeding.firm.people}
    titles |= {f"Junior {title.removeprefix('Senior ')}" for title in titles if title.startswith("Senior ")}
    titles |= {title.removeprefix("Senior ") for title in titles if title.startswith("Senior ")}
    seeding.insert("hr_designation", [(title, _family(title), "") for title in sorted(titles)])


def _family(title: str) -> str:
    for front in _FRONT:
        title = title.removeprefix(front)
    return title


def seed_employees(seeding: Seeding, hired: dict[str, str]) -> None:
    """One employee for each person; `hired` maps persons to the applicants they once were."""
    employees, changes = [], []
    for person in seeding.firm.people:
        employees.append(_employee(seeding, person, hired.get(person.id)))
        changes += _history(seeding, person)
    seeding.insert("hr_employee", employees)
    numbered = sorted(changes, key=lambda change: (change[2], change[0]))
    seeding.insert("hr_employee_change", [(number, *change) for number, change in enumerate(numbered, start=1)])


def _employee(seeding: Seeding, person: Person, applicant_id: str | None) -> tuple[object, ...]:
    dice = seeding.dice
    draw = dice.unit()
    kind = "Part-time" if draw > 0.94 else "Contract" if draw > 0.91 else "Full-time"
    if person.grade == "IC1" and draw < 0.2:
        kind = "Apprentice" if draw < 0.1 else "Intern"
    age = {"IC1": (20, 27), "IC2": (23, 45), "IC3": (27, 58)}.get(person.grade, (32, 62))
    year = int(person.hired_on[:4]) - dice.between(0, 2) - dice.between(*age) + 2
    born = f"{min(year, int(person.hired_on[:4]) - 18)}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}"
    notice, reason = None, None
    if person.left_on:
        notice, reason = min(TODAY, max(person.hired_on, days_from_today(-12))), dice.one(_REASONS)
        if person.status == "left":
            notice = person.left_on
    shift = "Evening Support" if person.team == "First Line Americas" else "Day Shift"
    return (employee_id(person.id), person.id, kind, born, shift, applicant_id, notice, reason)


def _history(seeding: Seeding, person: Person) -> list[tuple[object, ...]]:
    """(employee, kind, day, old, new, by): the hire, a promotion of some seniors, the end."""
    key = employee_id(person.id)
    department = seeding.firm.department(person.department_id)
    by = seeding.firm.department("hr").head_id
    found: list[tuple[object, ...]] = [(key, "Hire", person.hired_on, None, f"{person.title}, {department.name}", by)]
    if person.title.startswith("Senior ") and person.hired_on < "2024-01-01" and seeding.dice.unit() < 0.5:
        old = person.title.removeprefix("Senior ")
        found[0] = (key, "Hire", person.hired_on, None, f"{old}, {department.name}", by)
        found.append((key, "Promotion", f"2025-{seeding.dice.one(('01', '04', '07'))}-01", old, person.title, by))
    if person.status == "left" and person.left_on:
        found.append((key, "Separation", person.left_on, None, "Employment ended.", by))
    return found


def seed_shifts(seeding: Seeding) -> dict[str, str]:
    """Weekly shifts of the teams that work in shifts; returns person -> shift of last week.

    The last week is planned for half of the people only: the rest is work to do.
    """
    dice, last_week = seeding.dice, {}
    rows: list[tuple[object, ...]] = []
    teams = seeding.firm.teams()
    for team in SHIFT_TEAMS:
        people = [person for person in teams[team] if person.status == "active" and not person.left_on]
        for number, person in enumerate(people):
            for week, offset in enumerate(_WEEKS):
                if offset == 7 and number % 2:
                    continue
                kind = ("Early Shift", "Late Shift", "Day Shift")[(number + week) % 3]
                if offset == -7:
                    last_week[person.id] = kind
                status = "Cancelled" if offset > 0 and dice.unit() < 0.08 else "Active"
                rows.append(
                    (employee_id(person.id), kind, days_from_today(offset), days_from_today(offset + 4), status)
                )
    rows.sort(key=lambda row: (str(row[2]), str(row[0])))
    numbered = [(document_id("hr_shift_assignment", 2026, n), *row) for n, row in enumerate(rows, start=1)]
    seeding.insert("hr_shift_assignment", numbered)
    return last_week
