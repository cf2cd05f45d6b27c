"""Job openings with applicants, and later their interviews and offers. The words are in recruitment_data.py."""

from dataclasses import dataclass

from enterpriselab.apps.hr.naming import document_id
from enterpriselab.apps.hr.seeding.base import Seeding, days_from_today, employee_id
from enterpriselab.apps.hr.seeding.recruitment_data import (
    COUNTRIES,
    EXPERIENCE,
    LOOKALIKES,
    MAIL_HOSTS,
    OPENINGS,
    OTHER_SKILLS,
    SOFTWARE_ENGINEERS,
    STRENGTHS,
    WISHES,
    Candidate,
    OpeningPlan,
)
from enterpriselab.company import Person
from enterpriselab.company.people import draw_name, slug

_OPEN_FIELD = (
    "Open",
    "Interview",
    "Shortlisted",
    "Interview",
    "Open",
    "Replied",
    "Interview",
    "Shortlisted",
    "Rejected",
    "Hold",
)
_CLOSED_FIELD = ("Rejected",)
_SOURCES = ("Website", "Website", "Job Board", "Job Board", "Referral", "Agency", "Campus")
_ROUNDS = ("Screening", "Technical", "Manager", "Final")


@dataclass(frozen=True, slots=True)
class _Application:
    """An applicant with the day of application, before the number."""

    day: str
    opening_id: str
    candidate: Candidate
    email: str
    person_id: str | None = None
    """Of the person who was hired."""


def seed_recruitment(seeding: Seeding) -> dict[str, str]:
    """Insert openings, applicants and skills; returns person -> applicant of those who were hired through them."""
    applications: list[_Application] = []
    openings: list[tuple[object, ...]] = []
    skills: list[tuple[object, ...]] = []
    plans = sorted(OPENINGS, key=lambda plan: -plan.posted_days_ago)
    counts: dict[str, int] = {}
    for plan in plans:
        posted = days_from_today(-plan.posted_days_ago)
        counts[posted[:4]] = counts.get(posted[:4], 0) + 1
        key = document_id("hr_job_opening", posted[:4], counts[posted[:4]])
        openings.append(_opening(seeding, key, plan, posted))
        skills += [(key, skill, "required") for skill in plan.required.split(",")]
        skills += [(key, skill, "preferred") for skill in plan.preferred.split(",")]
        applications += _applications(seeding, key, plan, posted)
    seeding.insert("hr_job_opening", openings)
    seeding.insert("hr_opening_skill", skills)
    return _insert_applications(seeding, applications)


def _opening(seeding: Seeding, key: str, plan: OpeningPlan, posted: str) -> tuple[object, ...]:
    head = seeding.firm.department(plan.department).head_id
    closed = None if plan.closed_days_ago is None else days_from_today(-plan.closed_days_ago)
    status = "Open" if closed is None else "Closed"
    place = (plan.department, plan.site, head)
    return (key, plan.title, plan.designation, *place, plan.summary, plan.positions, status, posted, closed)


def _applications(seeding: Seeding, key: str, plan: OpeningPlan, posted: str) -> list[_Application]:
    dice = seeding.dice
    showcase = plan.title == "Software Engineer" and plan.site == "HAM"
    field = (
        SOFTWARE_ENGINEERS
        if showcase
        else tuple(_candidate(seeding, plan, number) for number in range(plan.applicants))
    )
    newest = plan.closed_days_ago + 14 if plan.closed_days_ago else 1
    found = []
    for number, candidate in enumerate(field):
        day = days_from_today(-dice.between(newest, plan.posted_days_ago - 1))
        address = f"{'.'.join(slug(part) for part in candidate.name.split())}@{MAIL_HOSTS[number % len(MAIL_HOSTS)]}"
        found.append(_Application(max(day, posted), key, candidate, address))
    for title, site, address, candidate in LOOKALIKES:
        if (title, site) == (plan.title, plan.site):
            found.append(_Application(days_from_today(-2), key, candidate, address))
    if plan.closed_days_ago is not None:
        found[0] = _who_came(seeding, plan, found[0])
    return found


def _who_came(seeding: Seeding, plan: OpeningPlan, application: _Application) -> _Application:
    """The person of the firm who was hired last for such a position, as the applicant they were."""
    fits = [p for p in seeding.firm.staff if p.title == plan.designation and p.department_id == plan.department]
    person: Person = max(fits, key=lambda p: p.hired_on)
    seen = application.candidate
    candidate = Candidate(
        person.full_name, seen.country, seen.years, 5, "Accepted", seen.source, seen.skills, seen.resume
    )
    address = f"{slug(person.first_name)}.{slug(person.last_name)}@{MAIL_HOSTS[0]}"
    return _Application(application.day, application.opening_id, candidate, address, person.id)


def _candidate(seeding: Seeding, plan: OpeningPlan, number: int) -> Candidate:
    dice = seeding.dice
    country = dice.one(
        ("DE", "GB", "FR", "PL", "NL", "ES", "IT", "IE")
        if plan.site not in ("PNQ", "AUS")
        else (("IN",), ("US",))[plan.site == "AUS"]
    )
    first, last = draw_name(dice, country)
    years = dice.between(1, 14)
    known = dice.some(plan.required.split(","), dice.between(1, 3)) + dice.some(
        plan.preferred.split(","), dice.between(0, 2)
    )
    known += [skill for skill in dice.some(OTHER_SKILLS, 2) if skill not in known]
    levels = [(skill, max(1, min(5, years // 3 + dice.between(0, 2)))) for skill in known]
    resume = " ".join(
        (
            dice.one(EXPERIENCE).format(years=years),
            dice.one(STRENGTHS).format(first=known[0], second=known[1]),
            f"Further: {', '.join(known[2:])}." if known[2:] else "",
            dice.one(WISHES),
        )
    ).replace("  ", " ")
    status = _CLOSED_FIELD[0] if plan.closed_days_ago else _OPEN_FIELD[number % len(_OPEN_FIELD)]
    rating = (
        0
        if status == "Open" and dice.unit() < 0.6
        else dice.between(1, 5 if status in ("Shortlisted", "Interview") else 4)
    )
    text = ",".join(f"{skill} {level}" for skill, level in levels)
    return Candidate(f"{first} {last}", COUNTRIES[country], years, rating, status, dice.one(_SOURCES), text, resume)


def _insert_applications(seeding: Seeding, applications: list[_Application]) -> dict[str, str]:
    applications.sort(key=lambda item: (item.day, item.opening_id, item.email))
    counts: dict[str, int] = {}
    rows: list[tuple[object, ...]] = []
    skills: list[tuple[object, ...]] = []
    hired: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for item in applications:
        if (item.opening_id, item.email) in taken:
            continue
        taken.add((item.opening_id, item.email))
        counts[item.day[:4]] = counts.get(item.day[:4], 0) + 1
        key = document_id("hr_job_applicant", item.day[:4], counts[item.day[:4]])
        who = item.candidate
        contact = (who.name, item.email, "", who.country, who.source, who.years, who.rating, who.status)
        rows.append((key, item.opening_id, *contact, who.resume, "", item.day))
        for pair in who.skills.split(","):
            skill, level = pair.rsplit(" ", 1)
            skills.append((key, skill, int(level)))
        if item.person_id:
            hired[item.person_id] = key
    seeding.insert("hr_job_applicant", rows)
    seeding.insert("hr_applicant_skill", skills)
    return hired


@dataclass(slots=True)
class _Booked:
    """Rows of interviews while they are drawn, and which instants each interviewer has given away."""

    interviews: list[tuple[object, ...]]
    interviewers: list[tuple[object, ...]]


def seed_interviews(seeding: Seeding, hired: dict[str, str]) -> None:
    """Interviews of applicants who came that far, in every state, and offers."""
    sql = (
        "SELECT a.id, a.status, o.department_id, o.hiring_manager_id, o.site_id, a.applied_on FROM hr_job_applicant a"
        " JOIN hr_job_opening o ON o.id = a.job_opening_id WHERE a.status IN ('Interview', 'Accepted') ORDER BY a.id"
    )
    booked = _Booked([], [])
    offers: list[tuple[object, ...]] = []
    moved: list[tuple[str, str]] = []
    for number, row in enumerate(seeding.connection.execute(sql).fetchall()):
        key, status, department, head, site, applied = row
        if status == "Accepted":
            person = next(person_id for person_id, applicant in hired.items() if applicant == key)
            _add_interview(seeding, booked, key, (0, "Cleared", applied, department, head))
            offers.append(_offer(seeding, key, "Accepted", site, seeding.firm.by_id(person).hired_on))
            continue
        scene = number % 5
        first = ("Cleared", "Cleared", "Under Review", "Pending", "Pending")[scene]
        when = days_from_today((-12, -11, -4, -3, 3)[scene])
        _add_interview(seeding, booked, key, (0, first, when, department, head))
        if scene == 0:
            _add_interview(seeding, booked, key, (1, "Pending", days_from_today(2), department, head))
        if scene == 1:
            _add_interview(seeding, booked, key, (1, "Cleared", days_from_today(-5), department, head))
            if number % 2:
                offers.append(_offer(seeding, key, "Awaiting Response", site, days_from_today(60)))
                moved.append(("Offered", key))
    numbered = sorted(booked.interviews, key=lambda row: (str(row[3]), str(row[1])))
    year_counts: dict[str, int] = {}
    names: dict[str, str] = {}
    rows = []
    for interview in numbered:
        year = str(interview[3])[:4]
        year_counts[year] = year_counts.get(year, 0) + 1
        names[str(interview[0])] = document_id("hr_interview", year, year_counts[year])
        rows.append((names[str(interview[0])], *interview[1:]))
    seeding.insert("hr_interview", rows)
    seeding.insert("hr_interviewer", [(names[str(row[0])], *row[1:]) for row in booked.interviewers])
    offers.sort(key=lambda row: str(row[2]))
    offer_counts: dict[str, int] = {}
    for offer in offers:
        year = str(offer[2])[:4]
        offer_counts[year] = offer_counts.get(year, 0) + 1
        seeding.insert("hr_job_offer", [(document_id("hr_job_offer", year, offer_counts[year]), *offer)])
    seeding.connection.executemany("UPDATE hr_job_applicant SET status = ? WHERE id = ?", moved)


def _add_interview(seeding: Seeding, booked: _Booked, applicant: str, plan: tuple[int, str, str, str, str]) -> None:
    """One interview with two interviewers of the department: (round, status, day, department, hiring manager)."""
    round_number, status, day, department, head = plan
    dice = seeding.dice
    days = seeding.working_days(seeding.firm.by_id(head).site_id, day, "2026-12-31")
    hour = 8 + len(booked.interviews) % 8  # one after the other, so that nobody is booked twice at the same time
    start, end = (f"{days[0]}T{hour:02d}:{minute:02d}:00Z" for minute in (0, 45))
    key = str(len(booked.interviews))
    booked.interviews.append((key, applicant, _ROUNDS[round_number], start, end, status))
    staff = [p for p in seeding.firm.people_in(department) if p.status == "active" and p.id != head and not p.left_on]
    people = [head, dice.one(staff).id]
    for number, person_id in enumerate(people):
        spoken = status in ("Cleared", "Rejected") or (status == "Under Review" and number == 1)
        verdict = (
            ("Cleared", dice.between(3, 5), "Clear answers, good examples.", days[0])
            if spoken
            else (None, None, None, None)
        )
        booked.interviewers.append((key, employee_id(person_id), *verdict))


def _offer(seeding: Seeding, applicant: str, status: str, site: str, start: str) -> tuple[object, ...]:
    """Columns of hr_job_offer after the id."""
    salary = seeding.dice.between(48, 82) * 100_000
    made = (
        min(days_from_today(-4), max("2025-01-01", start))
        if status == "Awaiting Response"
        else min(start, days_from_today(-30))
    )
    return (applicant, status, made, start, salary, seeding.firm.site(site).currency, "")
