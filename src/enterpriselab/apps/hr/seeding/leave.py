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


@dataclass(frozen=True, slots=True)
class Wish:
    """An application before it is checked: `length` working days from the first one at `start`."""

    kind: str
    start: str
    length: int
    status: str
    half: bool = False
    reason: str | None = None
    """None: drawn from the usual ones."""


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
        start = f"2025-{dice.one(('07', '08'))}-{dice.between(1, 25):02d}"
        _add(seeding, plan, Wish("Annual Leave", start, 10, "Approved"))
    if person.status == "left":
        return
    if person.status == "on_leave":
        kind = "Parental Leave" if dice.unit() < 0.7 else "Leave Without Pay"
        length = 50 if kind == "Parental Leave" else 35
        _add(seeding, plan, Wish(kind, days_from_today(-dice.between(10, 40)), length, "Approved", reason=""))
        return
    if dice.unit() < 0.3:
        status = "Approved" if dice.unit() < 0.9 else "Rejected"
        _add(seeding, plan, Wish("Annual Leave", days_from_today(-dice.between(12, 55)), dice.between(1, 3), status))
    if dice.unit() < 0.25:
        start, reason = days_from_today(-dice.between(3, 55)), dice.one(_SICK_REASONS)
        _add(seeding, plan, Wish("Sick Leave", start, dice.between(1, 3), "Approved", reason=reason))
    if dice.unit() < 0.35:
        status = "Cancelled" if dice.unit() < 0.15 else "Rejected" if dice.unit() < 0.12 else "Approved"
        _add(seeding, plan, Wish("Annual Leave", days_from_today(dice.between(3, 150)), dice.between(1, 8), status))
    if dice.unit() < OPEN_SHARE:
        _add(seeding, plan, _open_wish(seeding, person.site_id))


def _open_wish(seeding: Seeding, site_id: str) -> Wish:
    """An application that waits: mostly annual leave ahead, a few for past sickness, one day or a half among them."""
    dice, draw = seeding.dice, seeding.dice.unit()
    if draw < 0.12:
        return Wish("Sick Leave", days_from_today(-dice.between(3, 9)), 1, "Open", reason="Flu")
    if draw < 0.22 and site_id == "PNQ":
        return Wish("Casual Leave", days_from_today(dice.between(2, 20)), 1, "Open", half=draw < 0.18)
    if draw < 0.3:
        return Wish("Annual Leave", days_from_today(dice.between(3, 60)), 1, "Open", half=True)
    if draw < 0.38:
        return Wish("Leave Without Pay", days_from_today(dice.between(20, 90)), dice.between(5, 15), "Open")
    return Wish("Annual Leave", days_from_today(dice.between(3, 160)), dice.between(1, 10), "Open")


def _add(seeding: Seeding, plan: Plan, wish: Wish) -> None:
    """The application, unless it does not fit the employment, the balance or other applications."""
    person, year, length = plan.person, wish.start[:4], wish.length
    end = min(shifted(wish.start, length * 2 + 6), f"{year}-12-31")
    window = seeding.working_days(person.site_id, wish.start, end)[:length]
    if not window or wish.start < person.hired_on or window[-1] > (person.left_on or "9999"):
        return
    first, last, days = window[0], window[-1], 0.5 if wish.half else float(len(window))
    if wish.status in ("Open", "Approved"):
        free = plan.days_left.get((wish.kind, year), 99.0 if wish.kind == "Leave Without Pay" else 0.0)
        if days > free or any(a <= last and b >= first for a, b in plan.spans):
            return
        plan.days_left[wish.kind, year] = free - days
        plan.spans.append((first, last))
    head = (employee_id(person.id), wish.kind, first, last, int(wish.half), days)
    plan.rows.append((*head, *_paper(seeding, person, wish, first)))


def _paper(seeding: Seeding, person: Person, wish: Wish, first: str) -> tuple[object, ...]:
    """reason, status, posted_on, decided_by, decided_on, decision_note."""
    dice, status = seeding.dice, wish.status
    before = shifted(first, 1 if wish.kind == "Sick Leave" else -dice.between(3, 20))
    posted = min(before, days_from_today(-dice.between(1, 14)))
    reason = dice.one(_ANNUAL_REASONS) if wish.reason is None else wish.reason
    if status == "Open":
        return (reason, status, posted, None, None, "")
    decided = min(shifted(posted, dice.between(0, 3)), TODAY)
    by = person.id if status == "Cancelled" else seeding.manager_of(person)
    return (reason, status, posted, by, decided, dice.one(_REJECTIONS) if status == "Rejected" else "")


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
        row
        for plan in workers
        for row in plan.rows
        if (row[1], row[7]) == ("Annual Leave", "Open") and float(str(row[5])) >= 2
    ]
    for row in asking[:OVERDRAWN]:
        used = sum(float(str(other[5])) for plan in plans for other in plan.rows if _counts_with(other, row))
        place = next(n for n, item in enumerate(allocations) if item[:2] == row[:2] and item[2] >= "2026")
        employee, kind, start, end, _, _ = allocations[place]
        allocations[place] = (
            employee,
            kind,
            start,
            end,
            used + float(str(row[5])) - 1,
            "Corrected in February: part-time from January.",
        )


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
