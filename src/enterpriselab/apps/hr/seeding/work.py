"""Daily work: attendance of last week with logs, expense claims, timesheets."""

from collections import defaultdict

from enterpriselab.apps.hr.naming import document_id
from enterpriselab.apps.hr.seeding.base import Seeding, days_from_today, employee_id
from enterpriselab.apps.hr.seeding.leave import Taken
from enterpriselab.company import Person

_PLANNED = {
    "Day Shift": (540, 1050),
    "Early Shift": (360, 840),
    "Late Shift": (840, 1320),
    "Evening Support": (960, 1410),
}
"""Shift -> start and end in minutes after midnight; as in seed.SHIFT_TYPES."""
_GRACE = {"Day Shift": 15}
_UTC_MINUTES = {"HAM": 60, "LYO": 60, "LDS": 0, "PNQ": 330, "AUS": -360}
"""Minutes east of UTC in the winter in which the logs lie."""
LAST_FRIDAY = days_from_today(-3)

TRIPS = (
    ("Customer visit", ("Travel", "Accommodation", "Meals"), "sales services support eng-analytics"),
    ("Trade fair", ("Travel", "Accommodation", "Client Entertainment"), "sales marketing product"),
    ("Team meeting in Hamburg", ("Travel", "Meals"), "eng eng-platform eng-edge product it hr"),
    ("Course", ("Training", "Travel"), "eng-platform eng-edge eng-analytics it finance hr legal"),
    ("Home office", ("Mobile and Internet", "Office Supplies"), "support it eng finance hr legal product"),
    ("Visit to a supplier", ("Mileage", "Meals"), "finance eng-edge"),
    ("Work abroad", ("Visa and Permits", "Travel"), "services sales eng-platform"),
)
"""occasion, expense types, departments."""
_AMOUNTS = {
    "Travel": (4_000, 62_000),
    "Accommodation": (9_000, 98_000),
    "Meals": (1_200, 8_400),
    "Client Entertainment": (4_500, 31_000),
    "Office Supplies": (900, 14_000),
    "Training": (15_000, 139_000),
    "Mobile and Internet": (1_999, 5_900),
    "Mileage": (1_800, 21_000),
    "Visa and Permits": (6_000, 35_000),
}
_REFUSALS = ("Please attach the receipts and file it again.", "Private travel is not paid.", "Filed twice.")
CLAIMS = 170


def seed_attendance(seeding: Seeding, shifts: dict[str, str], taken: Taken, waiting: dict[str, set[str]]) -> None:
    """Rows for last week and for all leave of this year, and the logs of Friday of those who work in shifts.

    Whoever asks for leave on a past day was absent then. The present day is open, but for leave.
    """
    week = [days_from_today(offset) for offset in range(-7, -2)]
    rows: list[list[object]] = []
    logs: list[tuple[object, ...]] = []
    for person in seeding.firm.people:
        away = taken.get(person.id, {})
        rows += [_leave_row(person, day, *away[day]) for day in sorted(away) if day >= "2026"]
        if person.status != "active" or person.left_on:
            continue
        for day in seeding.working_days(person.site_id, week[0], week[-1]):
            if day in waiting.get(person.id, ()):
                rows.append([employee_id(person.id), day, "Absent", None, None, None, 0, 0])
            elif day not in away:
                rows.append(_day_row(seeding, person, day, shifts.get(person.id, "Day Shift")))
    rows.sort(key=lambda row: (str(row[1]), str(row[0])))
    numbered = [[document_id("hr_attendance", 2026, n), *row] for n, row in enumerate(rows, start=1)]
    seeding.insert("hr_attendance", numbered)
    in_shifts = {employee_id(person_id): seeding.firm.by_id(person_id).site_id for person_id in shifts}
    for key, employee, on, status, _, came, went, *_ in numbered:
        if on == LAST_FRIDAY and status == "Present" and employee in in_shifts and came:
            for kind, clock in (("IN", came), ("OUT", went)):
                logs.append((employee, kind, _utc(str(on), str(clock), in_shifts[str(employee)]), key))
    logs.sort(key=lambda log: (str(log[2]), str(log[0])))
    seeding.insert("hr_checkin", [(document_id("hr_checkin", 2026, n), *log) for n, log in enumerate(logs, start=1)])


def _leave_row(person: Person, day: str, application: str, half: bool) -> list[object]:
    return [employee_id(person.id), day, "Half Day" if half else "On Leave", application, None, None, 0, 0]


def _day_row(seeding: Seeding, person: Person, day: str, shift: str) -> list[object]:
    dice, draw = seeding.dice, seeding.dice.unit()
    key = employee_id(person.id)
    if draw > 0.97:
        return [key, day, "Absent" if draw > 0.985 else "Half Day", None, None, None, 0, 0]
    if draw > 0.8 and shift == "Day Shift":
        return [key, day, "Work From Home", None, None, None, 0, 0]
    start, end = _PLANNED[shift]
    came = start + dice.between(-14, 9) + (dice.between(16, 40) if dice.unit() < 0.07 else 0)
    went = end + dice.between(0, 35) - (dice.between(40, 90) if dice.unit() < 0.05 else 0)
    late = int(came > start + _GRACE.get(shift, 10))
    return [key, day, "Present", None, _clock(came), _clock(went), late, int(went < end)]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _utc(day: str, clock: str, site_id: str) -> str:
    minutes = int(clock[:2]) * 60 + int(clock[3:]) - _UTC_MINUTES[site_id]
    if minutes >= 1440:
        return f"{days_from_today(-2)}T{_clock(minutes - 1440)}:00Z"
    return f"{day}T{_clock(minutes)}:00Z"


def seed_expenses(seeding: Seeding, limits: dict[str, int]) -> None:
    """Claims of the last ninety days in all states; a fifth waits for a decision."""
    dice = seeding.dice
    claims: list[tuple[str, Person, int]] = []
    for _ in range(CLAIMS):
        occasion = dice.below(len(TRIPS))
        people = [p for unit in TRIPS[occasion][2].split() for p in seeding.firm.people_in(unit)]
        claims.append((days_from_today(-dice.between(1, 80)), dice.one(people), occasion))
    claims.sort(key=lambda claim: (claim[0], claim[1].id))
    counts: defaultdict[str, int] = defaultdict(int)
    heads: list[tuple[object, ...]] = []
    lines: list[tuple[object, ...]] = []
    for posted, person, occasion in claims:
        counts[posted[:4]] += 1
        key = document_id("hr_expense_claim", posted[:4], counts[posted[:4]])
        status = _claim_status(dice.unit(), posted)
        made = _claim_lines(seeding, key, posted, occasion, limits if status in ("Approved", "Paid") else None)
        heads.append(_claim_head(seeding, key, person, posted, status, made))
        lines += made
    seeding.insert("hr_expense_claim", heads)
    seeding.insert("hr_expense_line", lines)


def _claim_status(draw: float, posted: str) -> str:
    if posted > days_from_today(-20):
        return "Draft" if draw < 0.15 else "Submitted" if draw < 0.8 else "Approved"
    return "Submitted" if draw < 0.06 else "Rejected" if draw < 0.16 else "Approved" if draw < 0.34 else "Paid"


def _claim_lines(
    seeding: Seeding, key: str, posted: str, occasion: int, limits: dict[str, int] | None
) -> list[tuple[object, ...]]:
    dice, (what, kinds, _) = seeding.dice, TRIPS[occasion]
    found: list[tuple[object, ...]] = []
    day = max(days_from_today(-89), str(posted))
    for number, kind in enumerate(kinds[: dice.between(1, len(kinds))], start=1):
        cents = dice.between(*_AMOUNTS[kind])
        granted = None if limits is None else min(cents, limits[kind])
        found.append((key, number, kind, day, what, cents, granted))
    return found


def _claim_head(
    seeding: Seeding, key: str, person: Person, posted: str, status: str, lines: list[tuple[object, ...]]
) -> tuple[object, ...]:
    claimed = sum(int(str(line[5])) for line in lines)
    decided = status not in ("Draft", "Submitted")
    granted = sum(int(str(line[6] or 0)) for line in lines) if decided else None
    day = min(days_from_today(-1), posted) if decided else None
    note = seeding.dice.one(_REFUSALS) if status == "Rejected" else ""
    by = seeding.manager_of(person) if decided else None
    return (
        key,
        employee_id(person.id),
        status,
        posted,
        claimed,
        granted,
        by,
        day,
        note,
        day if status == "Paid" else None,
    )


def seed_timesheets(seeding: Seeding, taken: Taken) -> None:
    """Two weeks of project work: the week before last handed in, last week partly still a draft."""
    dice = seeding.dice
    sheets: list[tuple[object, ...]] = []
    logs: list[tuple[object, ...]] = []
    on_project = {
        p: project.code for project in seeding.firm.projects if project.status == "active" for p, _ in project.members
    }
    workers = [seeding.firm.by_id(person_id) for person_id in sorted(on_project)]
    for offset in (-14, -7):
        for person in workers:
            if person.status != "active" or dice.unit() < 0.55:
                continue
            away = taken.get(person.id, {})
            week = seeding.working_days(person.site_id, days_from_today(offset), days_from_today(offset + 4))
            days = [day for day in week if day not in away]
            if not days:
                continue
            key = document_id("hr_timesheet", 2026, len(sheets) + 1)
            made = [_log(seeding, key, number, day, on_project[person.id]) for number, day in enumerate(days, start=1)]
            status = "Draft" if offset == -7 and dice.unit() < 0.4 else "Submitted"
            total = sum(float(str(log[5])) for log in made)
            sheets.append((key, employee_id(person.id), days[0], days[-1], total, status))
            logs += made
    seeding.insert("hr_timesheet", sheets)
    seeding.insert("hr_timesheet_log", logs)


def _log(seeding: Seeding, key: str, number: int, day: str, project: str) -> tuple[object, ...]:
    kind = seeding.dice.one(("Development", "Development", "Testing", "Consulting", "Meetings"))
    return (key, number, day, kind, None if kind == "Meetings" else project, seeding.dice.between(12, 34) / 4, "")
