"""Leave: allocations of two years and applications in every state, with open ones for managers to decide."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from enterpriselab.apps.hr.naming import document_id
from enterpriselab.apps.hr.seeding.base import Seeding, days_from_today, employee_id, shifted
from enterpriselab.company import TODAY, Person

ANNUAL_DAYS = {"HAM": 30.0, "LDS": 26.0, "LYO": 27.0, "PNQ": 24.0, "AUS": 20.0}
SICK_DAYS, CASUAL_DAYS = 15.0, 7.0
OPEN_SHARE = 0.27
"""Share of people with an open application."""
_ANNUAL_REASONS = (
    "Family holiday",
    "Trip to the coast",
    "Moving house",
    "Wedding of a friend",
    "School holidays",
    "",
    "",
)
_SICK_REASONS = ("Flu", "Fever", "Dental surgery", "Migraine", "")
_REJECTIONS = (
    "Release week, please choose other days.",
    "Two colleagues are away already.",
    "Please finish the handover first.",
)

Spans = list[tuple[str, str]]
Allocation = tuple[str, str, str, str, float, str]
"""employee, leave type, first day, last day, days, note."""


@dataclass(slots=True)
class Plan:
    """The leave of one person while it is drawn."""

    person: Person
    days_left: dict[tuple[str, str], float] = field(default_factory=dict)
    """(leave type, year) -> days that no application uses yet."""
    spans: Spans = field(default_factory=list)
    rows: list[tuple[object, ...]] = field(default_factory=list)


Taken = dict[str, dict[str, tuple[str, bool]]]
"""Person -> day -> (approved application, half day)."""
OVERDRAWN = 3
"""Open applications whose allocation was cut after they were made, so that an approval is refused."""


def seed_leave(seeding: Seeding) -> tuple[Taken, dict[str, set[str]]]:
    """Insert allocations and applications; returns approved days, and person -> days of open applications."""
    allocations: list[Allocation] = []
    plans: list[Plan] = []
    for person in seeding.firm.people:
        plan = Plan(person)
        given = _allocate(seeding, plan)
        _draw(seeding, plan)
        used = {(row[1], str(row[2])[:4]) for row in plan.rows}
        allocations += [row for row in given if row[2] >= "2026" or (row[1], "2025") in used]
        plans.append(plan)
        _ask_beyond_the_end(seeding, plan)
    _overdraw(allocations, plans)
    _insert_numbered(seeding, "hr_leave_allocation", allocations, by=2)
    rows = [row for plan in plans for row in plan.rows]
    return _insert_applications(seeding, rows)


def _allocate(seeding: Seeding, plan: Plan) -> list[Allocation]:
    person, found = plan.person, []
    for year in ("2025", "2026"):
        if person.hired_on > f"{year}-12-31" or (person.left_on or "9999") < f"{year}-01-01":
            continue
        start = max(f"{year}-01-01", person.hired_on)
        months = 13 - int(start[5:7])
        annual = round(ANNUAL_DAYS[person.site_id] * months / 6) / 2
        kinds = [("Annual Leave", annual)]
        if year == "2026" and person.status != "left":
            kinds.append(("Sick Leave", SICK_DAYS))
            if person.site_id == "PNQ":
                kinds.append(("Casual Leave", CASUAL_DAYS))
            if person.status == "on_leave":
                kinds.append(("Parental Leave", 130.0))
            elif seeding.dice.unit() < 0.06:
                kinds.append(
                    (seeding.dice.one(("Compensatory Leave", "Study Leave")), float(seeding.dice.between(1, 4)))
                )
        for name, days in kinds:
            plan.days_left[name, year] = days
            found.append((employee_id(person.id), name, start, f"{year}-12-31", days, ""))
    return found


def _draw(seeding: Seeding, plan: Plan) -> None:
    """Applications of one person: last year's summer, this year's past, planned leave, open wishes."""
    dice, person = seeding.dice, plan.person
    if dice.unit() < 0.45:
        _add(
            seeding,
            plan,
            "Annual Leave",
            f"2025-{dice.one(('07', '08'))}-{dice.between(1, 25):02d}",
            length=10,
            status="Approved",
        )
    if person.status == "left":
        return
    if person.status == "on_leave":
        kind = "Parental Leave" if dice.unit() < 0.7 else "Leave Without Pay"
        start, length = days_from_today(-dice.between(10, 40)), 50 if kind == "Parental Leave" else 35
        _add(seeding, plan, kind, start, length=length, status="Approved", reason="")
        return
    if dice.unit() < 0.3:
        status = "Approved" if dice.unit() < 0.9 else "Rejected"
        _add(
            seeding,
            plan,
            "Annual Leave",
            days_from_today(-dice.between(12, 55)),
            length=dice.between(1, 3),
            status=status,
        )
    if dice.unit() < 0.25:
        reason = dice.one(_SICK_REASONS)
        start = days_from_today(-dice.between(3, 55))
        _add(seeding, plan, "Sick Leave", start, length=dice.between(1, 3), status="Approved", reason=reason)
    if dice.unit() < 0.35:
        status = "Cancelled" if dice.unit() < 0.15 else "Rejected" if dice.unit() < 0.12 else "Approved"
        _add(
            seeding,
            plan,
            "Annual Leave",
            days_from_today(dice.between(3, 150)),
            length=dice.between(1, 8),
            status=status,
        )
    if dice.unit() < OPEN_SHARE:
        _open(seeding, plan)


def _open(seeding: Seeding, plan: Plan) -> None:
    """An application that waits: mostly annual leave ahead, a few for past sickness, one day or a half among them."""
    dice, draw = seeding.dice, seeding.dice.unit()
    if draw < 0.12:
        _add(seeding, plan, "Sick Leave", days_from_today(-dice.between(3, 9)), length=1, status="Open", reason="Flu")
    elif draw < 0.22 and plan.person.site_id == "PNQ":
        _add(
            seeding,
            plan,
            "Casual Leave",
            days_from_today(dice.between(2, 20)),
            length=1,
            status="Open",
            half=draw < 0.18,
        )
    elif draw < 0.3:
        _add(seeding, plan, "Annual Leave", days_from_today(dice.between(3, 60)), length=1, status="Open", half=True)
    elif draw < 0.38:
        _add(
            seeding,
            plan,
            "Leave Without Pay",
            days_from_today(dice.between(20, 90)),
            length=dice.between(5, 15),
            status="Open",
        )
    else:
        _add(
            seeding,
            plan,
            "Annual Leave",
            days_from_today(dice.between(3, 160)),
            length=dice.between(1, 10),
            status="Open",
        )


def _add(
    seeding: Seeding,
    plan: Plan,
    kind: str,
    start: str,
    *,
    length: int,
    status: str,
    half: bool = False,
    reason: str | None = None,
) -> None:
    """One application of `length` calendar-ish days from the first working day at `start`, unless it does not fit."""
    person, year = plan.person, start[:4]
    window = seeding.working_days(person.site_id, start, min(shifted(start, length * 2 + 6), f"{year}-12-31"))[:length]
    if not window or start < person.hired_on or window[-1] > (person.left_on or "9999"):
        return
    first, last, days = window[0], window[-1], 0.5 if half else float(len(window))
    free = plan.days_left.get((kind, year), 99.0 if kind == "Leave Without Pay" else 0.0)
    counts = status in ("Open", "Approved")
    if counts and (days > free or any(a <= last and b >= first for a, b in plan.spans)):
        return
    if counts:
        plan.days_left[kind, year] = free - days
        plan.spans.append((first, last))
    dice = seeding.dice
    lead = 20 if kind != "Sick Leave" else -1
    posted = min(shifted(first, -dice.between(3, lead) if lead > 0 else 1), days_from_today(-dice.between(1, 14)))
    text = dice.one(_ANNUAL_REASONS) if reason is None else reason
    decided = None if status == "Open" else min(shifted(posted, dice.between(0, 3)), TODAY)
    by = None if status == "Open" else person.id if status == "Cancelled" else seeding.manager_of(person)
    note = dice.one(_REJECTIONS) if status == "Rejected" else ""
    key = employee_id(person.id)
    plan.rows.append((key, kind, first, last, int(half), days, text, status, posted, by, decided, note))


def _ask_beyond_the_end(seeding: Seeding, plan: Plan) -> None:
    """Whoever gave notice asks for days that end after the last one: nobody should approve them."""
    person = plan.person
    if person.status == "active" and person.left_on:
        window = seeding.working_days(person.site_id, shifted(person.left_on, -3), shifted(person.left_on, 6))
        posted = days_from_today(-2)
        what = (float(len(window)), "Rest of my holiday", "Open", posted, None, None, "")
        plan.rows.append((employee_id(person.id), "Annual Leave", window[0], window[-1], 0, *what))


def _overdraw(allocations: list[Allocation], plans: list[Plan]) -> None:
    """Cut the allocation of some who wait for an answer to less than they ask for."""
    workers = [plan for plan in plans if "Manager" not in plan.person.roles and not plan.person.left_on]
    asking = [
        row for plan in workers for row in plan.rows if (row[1], row[7]) == ("Annual Leave", "Open") and float(str(row[5])) >= 2
    ]
    for row in asking[:OVERDRAWN]:
        used = sum(float(str(other[5])) for plan in plans for other in plan.rows if _counts_with(other, row))
        place = next(n for n, item in enumerate(allocations) if item[:2] == row[:2] and item[2] >= "2026")
        employee, kind, start, end, _, _ = allocations[place]
        allocations[place] = (employee, kind, start, end, used + float(str(row[5])) - 1, "Corrected in February: part-time from January.")


def _counts_with(other: tuple[object, ...], row: tuple[object, ...]) -> bool:
    return other[:2] == row[:2] and other[7] == "Approved" and str(other[2]) >= "2026"


def _insert_numbered(
    seeding: Seeding, table: str, rows: Iterable[tuple[object, ...]], *, by: int
) -> list[tuple[object, ...]]:
    """Number the rows within the year of column `by`, in that column's order, and insert them."""
    ordered = sorted(rows, key=lambda row: (str(row[by]), str(row[0])))
    counts: defaultdict[str, int] = defaultdict(int)
    numbered: list[tuple[object, ...]] = []
    for row in ordered:
        year = str(row[by])[:4]
        counts[year] += 1
        numbered.append((document_id(table, year, counts[year]), *row))
    seeding.insert(table, numbered)
    return numbered


def _insert_applications(seeding: Seeding, rows: list[tuple[object, ...]]) -> tuple[Taken, dict[str, set[str]]]:
    taken: defaultdict[str, dict[str, tuple[str, bool]]] = defaultdict(dict)
    waiting: defaultdict[str, set[str]] = defaultdict(set)
    for row in _insert_numbered(seeding, "hr_leave_application", rows, by=8):
        key, employee, _, first, last, half, _, _, status = row[:9]
        if status not in ("Approved", "Open"):
            continue
        person = seeding.firm.by_id(f"p{int(str(employee)[7:]):04d}")
        for day in seeding.working_days(person.site_id, str(first), str(last)):
            if status == "Open":
                waiting[person.id].add(day)
            else:
                taken[person.id][day] = (str(key), bool(half))
    return taken, waiting
